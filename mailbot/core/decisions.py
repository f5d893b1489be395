"""What a decision is made of: one after the other, with remarks to staff and letters to people.

Every letter of a case is ordered here and leaves its key in `Case.done`, so that none is ordered twice. What the
customer of a claim gets beyond the receipt is ordered held, for a human to release [D-43].
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from mailbot.core.model import EMPTY, Case, Decision, Event, LetterOrder, Recipient, Visit
from mailbot.core.people import Person
from mailbot.core.procedure import Procedure
from mailbot.core.remarks import say

CLAIM = "claim"
"""The key of the column 申诉类别 (`claim_type`) that holds letters back."""


def then(first: Decision, second: Decision) -> Decision:
    """Join two decisions about one case, taken one after the other."""
    return Decision(case=second.case, events=first.events + second.events, letters=first.letters + second.letters)


def remark(case: Case, text: str) -> Case:
    """Add a sentence to what the row says to staff, once."""
    return case if text in case.remarks else replace(case, remarks=(*case.remarks, text))


def staff_letters(
    case: Case, kind: str, mark: str, people: Iterable[Person], facts: Mapping[str, Any] = EMPTY
) -> Decision:
    """Order a letter to each of these people, once per `mark` and address for ever."""
    orders = []
    for person in people:
        to = Recipient(address=person.address, name=person.name, language=person.language)
        orders.append(
            LetterOrder(key=f"{case.number}:{mark}:{to.address}", kind=kind, to=to, case=case.number, facts=facts)
        )
    return _order(case, orders)


def emergency_letters(case: Case, procedure: Procedure) -> Decision:
    """Mail the emergency list at once, each member once per case [D-42]."""
    members = procedure.people.in_role("emergency") or procedure.actors(case, "head")
    return staff_letters(case, "emergency", "emergency", members)


def forwarder_letter(case: Case, address: str, procedure: Procedure) -> Decision:
    """Tell whoever passed the customer's mail on that it is a case now."""
    person = procedure.people.find(address) or Person(name="", address=address, language=procedure.language)
    return staff_letters(case, "forwarder_notice", "forwarder", [replace(person, address=address)])


def acknowledgement(case: Case, now: datetime, procedure: Procedure, why_not: str = "") -> Decision:
    """Order the one acknowledgement a complaint ever gets [D-13].

    `why_not` says, in the staff's words, why it gets none; empty: it does.
    """
    language = procedure.language
    if not case.answer_to:
        return Decision(case=remark(case, say("no_address", language)))
    if why_not:
        event = Event(case=case.number, at=now, actor="bot", kind="not_acknowledged", facts={"why": why_not})
        return Decision(case=remark(case, say("not_acknowledged", language, why=why_not)), events=(event,))
    key = acknowledgement_key(case)
    order = LetterOrder(key=key, kind="acknowledgement", to=_customer(case), case=case.number)
    return _order(replace(case, asked_at=case.asked_at or now), [order])


def acknowledgement_key(case: Case) -> str:
    """The key of a case's acknowledgement; in `Case.done` once it was ordered."""
    return f"{case.number}:acknowledgement"


def second_request(case: Case, now: datetime) -> Decision:
    """Order the one letter that asks the customer again for what is missing [D-14]."""
    order = LetterOrder(key=f"{case.number}:ask_again", kind="ask_again", to=_customer(case), case=case.number)
    return _order(replace(case, asked_at=now), [order])


def customer_letter(case: Case, kind: str, now: datetime, procedure: Procedure, *, left: Visit, stage: str) -> Decision:
    """Order a stage letter to the customer whose case went to `stage`, once for the stay in the stage it `left`.

    Staff's message goes with it and leaves its cell. Only a letter that goes out by itself counts as the first answer.
    """
    if not case.answer_to:
        return Decision(case=remark(case, say("no_address", procedure.language)))
    key = f"{case.number}:{kind}:{left.stage}:{left.number}"
    if key in case.done:
        return Decision(case=case)
    message = case.values.get("note_to_customer")
    facts = {"note": str(message or ""), "stage": stage}
    hold = "claim" if case.values.get("claim_type") == CLAIM else ""
    order = LetterOrder(key=key, kind=kind, to=_customer(case), case=case.number, facts=facts, hold=hold)
    event = Event(case=case.number, at=now, actor="bot", kind="letter_ordered", facts={"letter": kind, "note": message})
    written = Decision(case=_written(case, now, procedure, held=bool(hold)), events=(event,))
    ordered = then(written, _order(written.case, [order]))
    if not hold:
        return ordered
    why = {"recipient": case.answer_to, "letter": kind, "why": say("held_claim", procedure.language)}
    tell = staff_letters(ordered.case, "held_letter", f"held:{key}", procedure.actors(case, "actor"), why)
    return then(ordered, tell)


def _written(case: Case, now: datetime, procedure: Procedure, *, held: bool) -> Case:
    """The row after a letter: staff's message has left its cell, and the first answer has its day."""
    language, values = procedure.language, dict(case.values)
    if values.pop("note_to_customer", None):
        case = remark(case, say("note_sent", language))
    if held:
        case = remark(case, say("held_claim", language))
    elif not values.get("first_answer_on"):
        values["first_answer_on"] = now.astimezone(procedure.calendar.zone).date()
    return replace(case, values=values)


def _customer(case: Case) -> Recipient:
    name = "" if "contact_name" in case.presumed else str(case.values.get("contact_name") or "")
    return Recipient(address=case.answer_to, name=name, language=case.language, customer=True)


def _order(case: Case, orders: list[LetterOrder]) -> Decision:
    new = {order.key: order for order in orders if order.key not in case.done}
    return Decision(case=replace(case, done=(*case.done, *new)), letters=tuple(new.values()))
