"""What the customer still owes us: asked for in the acknowledgement, once more some days later, then never again.

A human decides how to go on after that; the row says so [D-14]. Of a claim nothing is asked by itself [D-43], and once
a human has answered the customer, humans ask.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from mailbot.core.decisions import CLAIM, acknowledgement_key, remark, second_request, then
from mailbot.core.model import Case, Decision, Event
from mailbot.core.procedure import Procedure
from mailbot.core.remarks import listed, say
from mailbot.core.ruletables import Ask
from mailbot.core.worktime import add, is_open

PHOTO = "photo"


def still_missing(case: Case, procedure: Procedure) -> tuple[str, ...]:
    """What was asked for and is not in the row yet, in the order it was asked."""
    asked = tuple(str(case.values.get("missing") or "").split())
    return tuple(key for key in asked if not _known(key, asked, case, procedure))


def answered(case: Case, procedure: Procedure, pictures: bool) -> Case:
    """The case after a mail of the customer: what came is not missing any more, pictures included."""
    left = tuple(key for key in still_missing(case, procedure) if not (pictures and key == PHOTO))
    case = replace(case, values={**case.values, "missing": " ".join(left) or None})
    return replace(case, needs_human="") if not left and _given_up(case) in case.done else case


def ask_again(case: Case, now: datetime, procedure: Procedure) -> Decision | None:
    """Ask a second time, or give up and tell staff; None when neither is due. In working hours only."""
    if not _may_ask(case, procedure) or not is_open(procedure.calendar, now):
        return None
    assert case.asked_at is not None  # noqa: S101 - asked by _may_ask
    if add(procedure.calendar, case.asked_at, procedure.ask_again_after, "working_days") > now:
        return None
    wrote_since = bool(case.heard_at and case.opened_at != case.heard_at >= case.asked_at)
    if f"{case.number}:ask_again" in case.done or wrote_since or bounced(case, case.answer_to) in case.done:
        return _give_up(case, now, procedure)
    return _ask(case, now, procedure)


def bounced(case: Case, recipient: str) -> str:
    """The mark a case keeps of an address whose letter came back."""
    return f"{case.number}:bounced:{recipient.casefold()}"


def _may_ask(case: Case, procedure: Procedure) -> bool:
    asked = case.asked_at and acknowledgement_key(case) in case.done and _given_up(case) not in case.done
    silent = not case.values.get("first_answer_on") and case.values.get("claim_type") != CLAIM
    reachable = case.open and case.answer_to and procedure.ask_again_after
    return bool(asked and silent and reachable and still_missing(case, procedure))


def _ask(case: Case, now: datetime, procedure: Procedure) -> Decision:
    columns = _named(case, procedure)
    event = Event(case=case.number, at=now, actor="bot", kind="asked_again", facts={"missing": columns})
    when = f"{now.astimezone(procedure.calendar.zone):%Y-%m-%d %H:%M}"
    said = say("asked_again", procedure.language, when=when, columns=columns)
    return then(Decision(case=remark(case, said), events=(event,)), second_request(remark(case, said), now))


def _give_up(case: Case, now: datetime, procedure: Procedure) -> Decision:
    columns = _named(case, procedure)
    event = Event(case=case.number, at=now, actor="bot", kind="asked_in_vain", facts={"missing": columns})
    said = say("still_missing", procedure.language, columns=columns)
    done = (*case.done, _given_up(case))
    return Decision(case=replace(case, needs_human=said, done=done), events=(event,))


def _given_up(case: Case) -> str:
    return f"{case.number}:asked_in_vain"


def _named(case: Case, procedure: Procedure) -> str:
    names = [procedure.label("missing", key) for key in still_missing(case, procedure)]
    return listed(names, procedure.language)


def _known(key: str, asked: tuple[str, ...], case: Case, procedure: Procedure) -> bool:
    """Whether the row holds it, or what may stand for it: of what was asked as alternatives one is enough."""
    if case.values.get(key) not in (None, ""):
        return True
    fields = {ask.field for ask in procedure.asks}
    return any(
        case.values.get(other) not in (None, "")
        for ask in procedure.asks
        if ask.field == key and _offered(ask, fields, asked)
        for other in ask.known
    )


def _offered(ask: Ask, fields: set[str], asked: tuple[str, ...]) -> bool:
    """Whether this entry is the one that was asked by: everything it could have asked for instead was asked too."""
    return all(other in asked for other in ask.known if other in fields)
