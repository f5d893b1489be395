"""A colleague answers a letter of ours by mail: the stage is finished, or its deadline moved, as the row would do it.

The same evidence is asked for as in the register. Every answer is answered once: what was done, or what is missing. Who
may do it and what a cell means is found out before (`steps.staff_mail`).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from mailbot.core.cells import CellEdit
from mailbot.core.chasing import clocks
from mailbot.core.decisions import remark, staff_letters, then
from mailbot.core.edits import apply_edits
from mailbot.core.instructions import Instruction
from mailbot.core.lookback import NOTHING, Past
from mailbot.core.model import Case, Decision, Event
from mailbot.core.people import Person
from mailbot.core.procedure import Procedure
from mailbot.core.progress import hindrances
from mailbot.core.remarks import say
from mailbot.core.replies import reply
from mailbot.core.worktime import add


def may_answer(case: Case, person: Person, procedure: Procedure) -> bool:
    """Whether a person has a say in a case: who acts now, the owner, the head of the department, a supervisor."""
    return any(person in procedure.actors(case, who) for who in ("actor", "owner", "head", "supervisor"))


def finish(
    case: Case,
    edits: tuple[CellEdit, ...],
    person: Person,
    now: datetime,
    procedure: Procedure,
    untaken: tuple[str, ...] = (),
    past: Past = NOTHING,
) -> tuple[Decision, tuple[str, ...]]:
    """Fill the cells of the present stage and close it when its evidence is there; with it what to tell the person.

    `untaken` says what of the answer could not be taken, `past` is what rules that look back go by.
    """
    stage = procedure.stage(case)
    decision = apply_edits(case, edits, now, procedure, actor=f"mail:{person.address}", past=past)
    language, after = person.language, decision.case
    spoken = replace(procedure, language=language)
    if after.visits[: len(case.visits)] != case.visits:
        following = procedure.stage(after).name(language)
        return decision, (*untaken, reply("closed", language, stage=stage.name(language), next=following))
    lacks = tuple(hindrances(after, spoken))
    return decision, (*untaken, reply("still_open", language, stage=stage.name(language)), *lacks)


def extend(
    case: Case, asked: Instruction, person: Person, now: datetime, procedure: Procedure
) -> tuple[Decision, tuple[str, ...]]:
    """Move the deadline of the present stage, as far as the file allows; with it what to tell the person.

    A deadline that has passed already is moved from now on.
    """
    language, stage = person.language, procedure.stage(case).name(person.language)
    present, first = _due(case, procedure), _due(_unmoved(case), procedure)
    if present is None or first is None:
        return Decision(case=case), (reply("no_deadline", language, stage=stage),)
    if not asked.amount:
        return Decision(case=case), (reply("how_long", language),)
    if not asked.why:
        return Decision(case=case), (reply("no_reason", language),)
    until = add(procedure.calendar, max(present, now), asked.amount, asked.unit)
    latest = max(first, case.visit.entered_at) + timedelta(days=procedure.stages.extension_days)
    if until > latest:
        said = (
            reply("too_long", language, latest=_wall(latest, procedure)) if latest > now else reply("never", language)
        )
        return Decision(case=case), (said,)
    facts = {"stage": case.stage, "old": present, "new": until, "why": asked.why}
    event = Event(case=case.number, at=now, actor=f"mail:{person.address}", kind="extended", facts=facts)
    case = replace(case, visits=(*case.visits[:-1], replace(case.visit, extended_to=until)))
    words = {"stage": stage, "old": _wall(present, procedure), "new": _wall(until, procedure), "why": asked.why}
    shown = {**words, "stage": procedure.stage(case).name(procedure.language), "who": person.name}
    case = remark(case, say("extended", procedure.language, **shown))
    told = _tell_head(case, person, procedure, reply("extended_by", language, who=person.name, **words))
    return then(Decision(case=case, events=(event,)), told), (reply("extended", language, **words),)


def answered(decision: Decision, person: Person, mail: str, said: tuple[str, ...], *, obeyed: bool) -> Decision:
    """Order the one letter that tells a colleague what became of his mail; `mail` is what the mail is known by."""
    facts = {"note": "\n".join(said), "answered": obeyed}
    return then(decision, staff_letters(decision.case, "answer_noted", f"answer:{mail}", (person,), facts))


def _tell_head(case: Case, person: Person, procedure: Procedure, said: str) -> Decision:
    heads = [head for head in procedure.actors(case, "head") if head != person]
    mark = f"extended:{case.visit.stage}:{case.visit.number}:{case.visit.extended_to:%Y%m%dT%H%M}"
    return staff_letters(case, "answer_noted", mark, heads, {"note": said, "answered": True})


def _due(case: Case, procedure: Procedure) -> datetime | None:
    """When the present stage is due; None when it has no deadline or its clock stands still."""
    stage = procedure.stage(case)
    return next((c.due.at for c in clocks(case, procedure)), None) if stage.deadline else None


def _unmoved(case: Case) -> Case:
    return replace(case, visits=(*case.visits[:-1], replace(case.visit, extended_to=None)))


def _wall(moment: datetime, procedure: Procedure) -> str:
    return f"{moment.astimezone(procedure.calendar.zone):%Y-%m-%d %H:%M}"
