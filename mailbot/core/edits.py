"""Staff change cells of a row: each edit is recorded, what hangs on it follows, the case moves on as far as it can.

What could not be understood is kept as typed beside the value before it; the note says what is wrong with it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from mailbot.core.addresses import plain_address
from mailbot.core.cells import CellEdit
from mailbot.core.decisions import acknowledgement, emergency_letters, remark, then
from mailbot.core.floor import floor, hold_floor, raised
from mailbot.core.lookback import NOTHING, Past
from mailbot.core.model import Case, Decision, Event, Pause, Value
from mailbot.core.procedure import Procedure
from mailbot.core.progress import advance
from mailbot.core.remarks import say
from mailbot.core.reopening import reopen_if_dissatisfied, reopen_if_taken_back

ADDRESS = re.compile(r"[^\s<>,;@\x00-\x20\"]+@[^\s<>,;@\"]+\.[^\s<>,;@\".]+")


def apply_edits(
    case: Case,
    edits: tuple[CellEdit, ...],
    now: datetime,
    procedure: Procedure,
    *,
    conflicts: frozenset[str] = frozenset(),
    actor: str = "sheet",
    past: Past = NOTHING,
) -> Decision:
    """Take what staff typed into the row, record each edit, then move the case on as far as its evidence allows.

    A misfit leaves the value before it in force: it is shown and complained of until it is mended. So does a severity
    below the floor of the case. `actor` is who the history names, `past` what rules that look back go by.
    """
    least = floor(case, case.values, procedure, past)
    edits = hold_floor(case, edits, procedure, past)
    before, fresh = case, frozenset(e.column for e in edits)
    values = {**case.values, **{e.column: e.value for e in edits if not e.misfit}}
    misfits = {c: t for c, t in case.misfits.items() if c not in fresh} | {
        e.column: e.misfit for e in edits if e.misfit
    }
    case = replace(case, values=values, misfits=misfits, remarks=(), needs_human="")
    case = replace(case, presumed=tuple(column for column in case.presumed if column not in fresh))
    for edit in edits:
        if edit.column in conflicts:
            shown = procedure.label(edit.column, edit.value) or edit.misfit
            facts = {"column": procedure.column_name(edit.column), "text": shown}
            case = remark(case, say("conflict", procedure.language, **facts))
    case = raised(least, follow_cells(before.values, case, now, procedure), procedure, past)
    values = dict(case.values)
    decision = Decision(case=case, events=tuple(_edited(case.number, e, now, actor) for e in edits))
    if case.answer_to and not before.answer_to and _at_start(case, procedure):
        decision = then(decision, acknowledgement(case, now, procedure))
    if values.get("severity") == procedure.top_severity() != before.values.get("severity"):
        decision = then(decision, emergency_letters(decision.case, procedure))
    if not case.open and values.get("satisfaction") != before.values.get("satisfaction"):
        decision = then(decision, reopen_if_dissatisfied(decision.case, now, procedure, fresh))
    decision = then(decision, reopen_if_taken_back(decision.case, fresh, now, procedure))
    return then(decision, advance(decision.case, now, procedure, fresh))


def follow_cells(before: Mapping[str, Value], case: Case, now: datetime, procedure: Procedure) -> Case:
    """Bring what hangs on single cells in line: pauses with 等待, the answer address with 邮箱."""
    if before.get("waiting") != (reason := case.values.get("waiting")):
        ended = tuple(p if p.ended_at else replace(p, ended_at=now) for p in case.pauses)
        case = replace(case, pauses=(*ended, Pause(reason=str(reason), started_at=now)) if reason else ended)
    if (typed := case.values.get("email")) != before.get("email"):
        address = _address(typed)
        parties = case.parties if not address or address in case.parties else (*case.parties, address)
        case = replace(case, answer_to=address, parties=parties)
        if typed and not address:
            shown = {"column": procedure.column_name("email"), "text": typed}
            case = remark(case, say("bad_address", procedure.language, **shown))
    return case


def _address(text: Value) -> str:
    found = ADDRESS.fullmatch(str(text or "").strip())
    return found[0].casefold() if found and plain_address(found[0]) else ""


def _edited(number: str, edit: CellEdit, now: datetime, actor: str) -> Event:
    facts = {"column": edit.column, "old": edit.old, "new": edit.misfit or edit.value}
    return Event(case=number, at=now, actor=actor, kind="edited", facts=facts)


def _at_start(case: Case, procedure: Procedure) -> bool:
    """Whether the customer has heard nothing yet and a receipt still makes sense."""
    return case.open and case.visit.stage == procedure.stages.start and case.visit.number == 1
