"""A row of an older register becomes a case where it stands: nobody is written to, no deadline is reminded of twice.

Which stage a row has reached is what its filled columns show; the evidence our stages ask for counts from there on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from mailbot.core.chasing import told_so_far
from mailbot.core.decisions import acknowledgement_key, then
from mailbot.core.edits import follow_cells
from mailbot.core.model import Case, Decision, Event, Value, Verdict
from mailbot.core.opening import language_of
from mailbot.core.procedure import Procedure
from mailbot.core.progress import assigned, enter
from mailbot.core.stages import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class OldRow:
    """What stands in a row: its values, what could not be understood, when it was received (None: not said).

    `finished`: the row says in a column of the company's own that all is over.
    """

    values: Mapping[str, Value]
    misfits: Mapping[str, str]
    received_at: datetime | None
    finished: bool = False


def adopt_case(
    number: str, token: str, row: OldRow, now: datetime, procedure: Procedure, *, verdict: Verdict | None
) -> Decision:
    """Make a case of an older row, at the stage its columns show; a finished one is closed at the day it says."""
    values = {key: value for key, value in row.values.items() if value not in (None, "")}
    judged = _judged(verdict, procedure) if not is_over(row, procedure) else {}
    case = Case(
        number=number,
        token=token,
        opened_at=row.received_at or now,
        language=language_of(values, procedure.language),
        channel=str(values.get("channel") or ""),
        stage=procedure.stages.start,
        values={**judged, **values},
        misfits=row.misfits,
        procedure=procedure.version,
    )
    case = follow_cells({}, replace(case, done=(acknowledgement_key(case),)), now, procedure)
    stage = _end(procedure) if is_over(row, procedure) else shown_stage(case, procedure)
    at = _closed_on(case, procedure) or case.opened_at if stage == _end(procedure) else now
    adopted = Event(case=number, at=now, actor="operator", kind="adopted", facts={"stage": stage, "values": values})
    decision = then(Decision(case=case, events=(adopted,)), enter(case, stage, at, procedure))
    # Whom it waits for is told by the register and the summary: a hundred mails on one day would tell nobody anything.
    quiet = told_so_far(assigned(decision.case, procedure).case, now, procedure)
    return replace(decision, case=quiet, letters=())


def shown_stage(case: Case, procedure: Procedure) -> str:
    """The stage after the last one that is done; the last one with anything filled in when that is further on."""
    reached = procedure.stages.start
    for stage in _path(case, procedure):
        if stage.end:
            break
        if case.values.get(stage.done) not in (None, ""):
            reached = _next(case, stage, procedure)
        elif any(case.values.get(key) not in (None, "") for key in _own(stage, procedure)):
            reached = stage.key
    return reached


def _path(case: Case, procedure: Procedure) -> Iterator[Stage]:
    """The stages in the order this case would go through them, each once."""
    seen: set[str] = set()
    key = procedure.stages.start
    while key and key not in seen:
        seen.add(key)
        stage = procedure.stages.by_key[key]
        yield stage
        key = _next(case, stage, procedure)


def _next(case: Case, stage: Stage, procedure: Procedure) -> str:
    branch = procedure.branch(replace(case, stage=stage.key))
    return branch.to if branch else stage.key


def _own(stage: Stage, procedure: Procedure) -> list[str]:
    """What only this stage asks for: a column several stages need says nothing about where the case is."""
    asked = [key for other in procedure.stages.stage for key in set(other.requires)]
    first = stage.key == procedure.stages.start
    return [] if first else [key for key in stage.requires if asked.count(key) == 1]


def is_over(row: OldRow, procedure: Procedure) -> bool:
    """Whether nothing is left to be done: the row says so, or a column is filled that closes a case."""
    return row.finished or any(row.values.get(key) not in (None, "") for key in _closing(procedure))


def _closing(procedure: Procedure) -> set[str]:
    """The columns that close a case: of stages from which it may end."""
    ends = {stage.key for stage in procedure.stages.stage if stage.end}
    return {s.done for s in procedure.stages.stage if s.done and any(branch.to in ends for branch in s.next)}


def _end(procedure: Procedure) -> str:
    return next(stage.key for stage in procedure.stages.stage if stage.end)


def _closed_on(case: Case, procedure: Procedure) -> datetime | None:
    days = [value for key in _closing(procedure) if isinstance(value := case.values.get(key), date)]
    if not days:
        return None
    day = max(days, key=lambda value: value.isoformat())
    moment = day if isinstance(day, datetime) else datetime.combine(day, time(12))
    return moment if moment.tzinfo else moment.replace(tzinfo=procedure.calendar.zone)


def _judged(verdict: Verdict | None, procedure: Procedure) -> Mapping[str, Value]:
    if verdict is None:
        return {"severity": procedure.severities[0], "department": procedure.default_department or None}
    return {"severity": verdict.severity, "nature": verdict.nature, "department": verdict.department}
