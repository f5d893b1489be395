"""Staff for any set of rules: they type what a procedure's own columns allow, or finish what is before them.

Nothing here knows a stage or a column by name: what may be typed, and which way leads to an end, the rules say.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import combinations

from mailbot.core.casework import CellEdit, apply_edits
from mailbot.core.columns import ColumnSpec
from mailbot.core.model import Case, Decision, Value
from mailbot.core.procedure import Procedure
from mailbot.core.stages import Stage

WORDS = ("甲、乙", "see report 7", "一")


def typeable(procedure: Procedure) -> dict[str, ColumnSpec]:
    """The columns people may type into."""
    return {key: spec for key, spec in procedure.columns.items() if spec.owner != "bot"}


def possible(column: str, procedure: Procedure, now: datetime) -> list[Value]:
    """What may stand in a cell, as read."""
    spec, people = procedure.columns[column], [person.name for person in procedure.people.persons]
    kinds: dict[str, list[Value]] = {
        "choice": [*procedure.labels.get(column, {})],
        "date": [now.date()],
        "datetime": [now],
        "number": [5, 1, 12000],
        "text": [*people, *WORDS],
    }
    return kinds[spec.kind]


def finish_stage(case: Case, now: datetime, procedure: Procedure) -> Decision:
    """Close the present stage the way that leads nearest to an end; AssertionError when nothing they type does."""
    far = distances(procedure)
    detour = None
    for typed in _ways(case, now, procedure):
        cells = tuple(CellEdit(column=column, old=None, value=value) for column, value in typed.items())
        decision = apply_edits(case, cells, now, procedure)
        if far[decision.case.stage] < far[case.stage]:
            return decision
        if detour is None and len(decision.case.visits) > len(case.visits):
            detour = decision
    assert detour, f"nothing that can be typed leads on from {case.stage}: {dict(case.values)}"
    return detour


def _ways(case: Case, now: datetime, procedure: Procedure) -> Iterator[dict[str, Value]]:
    """The first value in each cell on which this stage depends, then one cell otherwise, then two."""
    columns = [column for column in _asked(procedure.stage(case), procedure) if column in typeable(procedure)]
    choice = {column: possible(column, procedure, now) for column in columns}
    usual = {column: values[0] for column, values in choice.items()}
    yield usual
    others = [(column, value) for column, values in choice.items() for value in values[1:]]
    yield from ({**usual, column: value} for column, value in others)
    yield from ({**usual, **dict(pair)} for pair in combinations(others, 2))


def _asked(stage: Stage, procedure: Procedure) -> list[str]:
    decides = [
        procedure.branches[stage.key, n].names for n in range(len(stage.next)) if (stage.key, n) in procedure.branches
    ]
    approver = [stage.approval.column, *stage.approval.differs_from] if stage.approval else []
    pairs = [column for pair in stage.differs for column in pair]
    named = (
        *(name for names in decides for name in names),
        *approver,
        *pairs,
        *stage.refuses,
        *stage.requires,
        stage.done,
    )
    return list(dict.fromkeys(named))


def distances(procedure: Procedure) -> dict[str, int]:
    """How many stages each stage is from an end."""
    stages = procedure.stages.stage
    found = {stage.key: 0 for stage in stages if stage.end}
    while len(found) < len(stages):
        nearer = {s.key: 1 + min(found[b.to] for b in s.next if b.to in found) for s in stages
                  if s.key not in found and any(b.to in found for b in s.next)}  # fmt: skip
        assert nearer, "a stage from which no way leads to an end"
        found |= nearer
    return found
