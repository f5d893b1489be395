"""The verbs of casework: a complaint arrives, the customer writes again, staff change the row, a letter bounces.

Each verb takes the facts and `now` and returns a Decision; nothing here touches a mailbox, a workbook or a clock.
Walking through the stages is `progress`, watching deadlines `chasing`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from mailbot.core.model import (
    Case,
    Decision,
    Event,
    Language,
    LetterOrder,
    Pause,
    ReadMail,
    Recipient,
    Value,
    Verdict,
)
from mailbot.core.procedure import Procedure
from mailbot.core.progress import advance, customer_letter, enter, remark, then
from mailbot.core.remarks import say

ADDRESS = re.compile(r"[^\s<>,;@\x00-\x20\"]+@[^\s<>,;@\"]+\.[^\s<>,;@\".]+")
DESCRIPTION_LIMIT = 4000
"""Characters of the customer's text shown in the row; the whole text stays in the archived mail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """A mail that asks for a new case, with what the rules say of it and who is to hear of it.

    `answer_to` is the address letters can go to, maybe none. `not_acknowledged` says, in the staff's words, why the customer gets no acknowledgement; empty: he does.
    `possibly` is the number of a case this mail names without its sender being known there.
    """

    mail: ReadMail
    verdict: Verdict
    received_at: datetime
    answer_to: str = ""
    not_acknowledged: str = ""
    possibly: str = ""
    needs_human: str = ""
    parties: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CellEdit:
    """What staff put into a cell, understood: `value`, or `misfit` as typed with the `complaint` to show."""

    column: str
    old: Value
    value: Value = None
    misfit: str = ""
    complaint: str = ""


def open_case(number: str, token: str, intake: Intake, now: datetime, procedure: Procedure) -> Decision:
    """Make a case of a mailed complaint: first stage, acknowledgement, assignment, emergency mail if it is one."""
    mail, verdict = intake.mail, intake.verdict
    case = Case(
        number=number,
        token=token,
        opened_at=intake.received_at,
        language=mail.language,
        channel="email",
        stage=procedure.stages.start,
        values=_values_from(mail, verdict),
        parties=intake.parties,
        reasons=verdict.reasons,
        procedure=procedure.version,
        answer_to=intake.answer_to,
        thread=tuple(i for i in (mail.message_id,) if i),
        needs_human=intake.needs_human,
    )
    if intake.possibly:
        case = remark(case, say("possibly", procedure.language, number=intake.possibly))
    if mail.unread:
        case = remark(case, say("unread", procedure.language, why=mail.unread))
    facts = {"from": mail.sender.address, "message_id": mail.message_id, "rules": [r.rule for r in verdict.reasons]}
    opened = Event(case=number, at=now, actor=f"mail:{mail.sender.address}", kind="opened", facts=facts)
    decision = Decision(case=case, events=(opened,))
    decision = then(decision, _acknowledge(decision.case, now, procedure, intake.not_acknowledged))
    if mail.forwarded_by:
        decision = then(decision, _tell_forwarder(decision.case, mail.forwarded_by, procedure))
    return _start(decision, now, procedure, emergency=verdict.emergency)


def type_case(
    number: str, token: str, values: Mapping[str, Value], misfits: Mapping[str, str], now: datetime, procedure: Procedure
) -> Decision:
    """Make a case of a row staff typed by hand [D-10]. The clock starts now; an address in the row is written to."""
    address = _address(values.get("email"))
    case = Case(
        number=number,
        token=token,
        opened_at=now,
        language=_language_of(values, procedure.language),
        channel=str(values.get("channel") or ""),
        stage=procedure.stages.start,
        values={**values, "severity": values.get("severity") or procedure.severities[0]},
        misfits=misfits,
        parties=(address,) if address else (),
        procedure=procedure.version,
        answer_to=address,
    )
    opened = Event(case=number, at=now, actor="sheet", kind="opened", facts={"values": dict(values)})
    decision = Decision(case=case, events=(opened,))
    if address:
        decision = then(decision, _acknowledge(case, now, procedure, ""))
    emergency = case.values["severity"] == procedure.top_severity()
    return _start(decision, now, procedure, emergency=emergency)


def add_mail(case: Case, mail: ReadMail, received_at: datetime, now: datetime, procedure: Procedure, *, complains: bool) -> Decision:
    """Join a further mail: fill empty cells, never overwrite, tell whoever acts; reopen only on a real complaint [D-66]."""
    values, differing = _supplement(case, mail)
    language = procedure.language
    when = f"{received_at.astimezone(procedure.calendar.zone):%Y-%m-%d %H:%M}"
    party = mail.customer.address
    case = replace(
        case,
        values=values,
        parties=case.parties if not party or party in case.parties else (*case.parties, party),
        thread=(*case.thread, mail.message_id) if mail.message_id else case.thread,
        remarks=(say("follow_up", language, when=when),),
    )
    for column, text in differing.items():
        said = say("follow_up_differs", language, column=procedure.column_name(column), text=text)
        case = remark(case, said)
    facts = {"from": mail.sender.address, "message_id": mail.message_id, "text": mail.new_text[:DESCRIPTION_LIMIT]}
    event = Event(case=case.number, at=now, actor=f"mail:{mail.sender.address}", kind="mail_joined", facts=facts)
    decision = Decision(case=case, events=(event,))
    if not case.open and (score := case.values.get("satisfaction")) is not None:
        decision = then(decision, _after_rating(case, score, now, procedure))
    if not decision.case.open and complains:
        decision = then(decision, _reopen(decision.case, procedure.stages.reopen, now, procedure))
    decision = then(decision, _tell_actor(decision.case, mail, procedure))
    return then(decision, advance(decision.case, now, procedure))


def apply_edits(
    case: Case, edits: tuple[CellEdit, ...], now: datetime, procedure: Procedure, *, conflicts: frozenset[str] = frozenset()
) -> Decision:
    """Take what staff typed into the row, record each edit, then move the case on as far as its evidence allows."""
    language = procedure.language
    events = tuple(_edited(case.number, e, now) for e in edits)
    values = {**case.values, **{e.column: e.value for e in edits if not e.misfit}}
    misfits = {c: t for c, t in case.misfits.items() if c not in {e.column for e in edits}}
    misfits |= {e.column: e.misfit for e in edits if e.misfit}
    before = case
    case = replace(case, values=values, misfits=misfits, remarks=(), needs_human="")
    for edit in edits:
        if edit.complaint:
            case = remark(case, edit.complaint)
        if edit.column in conflicts:
            shown = procedure.label(edit.column, edit.value) or edit.misfit
            case = remark(case, say("conflict", language, column=procedure.column_name(edit.column), text=shown))
    case = _follow_values(before, case, now, procedure)
    decision = Decision(case=case, events=events)
    top = procedure.top_severity()
    if case.values.get("severity") == top != before.values.get("severity"):
        decision = then(decision, _emergency(decision.case, procedure))
    if case.open is False and (score := values.get("satisfaction")) != before.values.get("satisfaction"):
        decision = then(decision, _after_rating(decision.case, score, now, procedure))
    return then(decision, advance(decision.case, now, procedure, frozenset(e.column for e in edits)))


def note_automatic(case: Case, mail: ReadMail, now: datetime) -> Decision:
    """An automatic answer to one of our letters: kept in the history; it changes nothing and is never answered."""
    facts = {"from": mail.sender.address, "kind": mail.kind.value, "text": mail.new_text[:DESCRIPTION_LIMIT]}
    event = Event(case=case.number, at=now, actor=f"mail:{mail.sender.address}", kind="automatic_mail", facts=facts)
    return Decision(case=case, events=(event,))


def note_bounce(case: Case, recipient: str, letter: str, why: str, now: datetime, procedure: Procedure) -> Decision:
    """A letter of ours came back: say so in the row and in the history, and tell whoever acts."""
    case = remark(case, say("bounced", procedure.language, text=recipient))
    event = Event(case=case.number, at=now, actor="bot", kind="letter_bounced", facts={"recipient": recipient})
    facts = {"recipient": recipient, "letter": letter, "why": why}
    letters = _to_actors(case, "bounce_notice", f"bounce:{letter}:{recipient}", facts, procedure)
    return Decision(case=case, events=(event,), letters=letters)


def _start(decision: Decision, now: datetime, procedure: Procedure, *, emergency: bool) -> Decision:
    decision = then(decision, enter(decision.case, procedure.stages.start, now, procedure))
    if emergency:
        decision = then(decision, _emergency(decision.case, procedure))
    return then(decision, advance(decision.case, now, procedure))


def _values_from(mail: ReadMail, verdict: Verdict) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for key, finding in mail.fields.items():
        values[key] = "; ".join(finding.value) if isinstance(finding.value, tuple) else finding.value
    text = mail.new_text.strip() or mail.subject
    values |= {
        "subject": mail.subject,
        "channel": "email",
        "email": values.get("email") or mail.customer.address,
        "description": text[:DESCRIPTION_LIMIT] + ("…" if len(text) > DESCRIPTION_LIMIT else ""),
        "nature": verdict.nature,
        "severity": verdict.severity,
        "department": verdict.department,
        "missing": " ".join(verdict.missing) or None,
        "claim_type": verdict.claim_type or None,
        "intake_type": "claim" if verdict.claim_type == "claim" else "complaint",
    }
    return values


def _acknowledge(case: Case, now: datetime, procedure: Procedure, why_not: str) -> Decision:
    """Order the one acknowledgement a complaint ever gets [D-13]."""
    language = procedure.language
    if not case.answer_to:
        return Decision(case=remark(case, say("no_address", language)))
    if why_not:
        event = Event(case=case.number, at=now, actor="bot", kind="not_acknowledged", facts={"why": why_not})
        return Decision(case=remark(case, say("not_acknowledged", language, why=why_not)), events=(event,))
    key = f"{case.number}:acknowledgement"
    order = LetterOrder(key=key, kind="acknowledgement", to=_customer(case), case=case.number)
    return Decision(case=replace(case, done=(*case.done, key)), letters=(order,))


def _tell_forwarder(case: Case, address: str, procedure: Procedure) -> Decision:
    person = procedure.people.find(address)
    to = Recipient(
        address=address,
        name=person.name if person else "",
        language=person.language if person else procedure.language,
    )
    key = f"{case.number}:forwarder:{address}"
    return Decision(case=case, letters=(LetterOrder(key=key, kind="forwarder_notice", to=to, case=case.number),))


def _emergency(case: Case, procedure: Procedure) -> Decision:
    """Mail the emergency list at once, each member once per case [D-42]."""
    members = procedure.people.in_role("emergency") or procedure.actors(case, "head")
    orders = _orders(case, "emergency", "emergency", members, {})
    return Decision(case=case, letters=orders)


def _tell_actor(case: Case, mail: ReadMail, procedure: Procedure) -> Decision:
    facts = {"said": mail.new_text[:DESCRIPTION_LIMIT], "customer": mail.customer.name or mail.customer.address}
    mark = mail.message_id or mail.content_hash
    return Decision(case=case, letters=_to_actors(case, "follow_up_notice", f"mail:{mark}", facts, procedure))


def _to_actors(case: Case, kind: str, mark: str, facts: Mapping[str, object], procedure: Procedure) -> tuple[LetterOrder, ...]:
    people = procedure.actors(case, "actor" if case.open else "owner")
    return _orders(case, kind, mark, people, facts)


def _orders(case: Case, kind: str, mark: str, people: tuple[object, ...], facts: Mapping[str, object]) -> tuple[LetterOrder, ...]:
    orders = []
    for person in dict.fromkeys(people):
        to = Recipient(address=person.address, name=person.name, language=person.language)  # type: ignore[attr-defined]
        orders.append(LetterOrder(key=f"{case.number}:{mark}:{to.address}", kind=kind, to=to, case=case.number, facts=facts))
    return tuple(orders)


def _supplement(case: Case, mail: ReadMail) -> tuple[dict[str, Value], dict[str, str]]:
    """Fill what is empty; what differs is only reported. Quantities that grew are staff's to judge."""
    values, differing = dict(case.values), {}
    for key, finding in mail.fields.items():
        new = "; ".join(finding.value) if isinstance(finding.value, tuple) else finding.value
        if new in (None, ""):
            continue
        if values.get(key) in (None, ""):
            values[key] = new
        elif str(values[key]) != str(new) and key not in ("demand", "email"):
            differing[key] = str(new)
    if rating := _rating(case, mail):
        values["satisfaction"] = rating
    return values, differing


def _rating(case: Case, mail: ReadMail) -> int | None:
    """The 1-5 a customer answers with, only where satisfaction was asked and nothing else may be meant."""
    asked = any(":satisfaction:" in key for key in case.done)
    given = re.match(r"\s*(?:满意度|滿意度|satisfaction|评分|評分)?\s*[:：]?\s*([1-5１-５])\s*(?:分|$|\n|[.。,，!！])", mail.new_text)
    return int(given[1]) if asked and given and case.values.get("satisfaction") in (None, "") else None


def _after_rating(case: Case, score: Value, now: datetime, procedure: Procedure) -> Decision:
    low = isinstance(score, int | float) and score <= procedure.stages.low_satisfaction
    if not (low and procedure.stages.dissatisfied):
        return Decision(case=case)
    return _reopen(case, procedure.stages.dissatisfied, now, procedure)


def _reopen(case: Case, stage: str, now: datetime, procedure: Procedure) -> Decision:
    """Open a closed case again and tell the customer so."""
    event = Event(case=case.number, at=now, actor="bot", kind="reopened", facts={"stage": stage})
    decision = Decision(case=remark(replace(case, closed_at=None), say("reopened", procedure.language)), events=(event,))
    decision = then(decision, customer_letter(decision.case, "reopened", now, procedure, stage=stage))
    return then(decision, enter(decision.case, stage, now, procedure))


def _edited(number: str, edit: CellEdit, now: datetime) -> Event:
    new = edit.misfit or edit.value
    return Event(case=number, at=now, actor="sheet", kind="edited", facts={"column": edit.column, "old": edit.old, "new": new})


def _follow_values(before: Case, case: Case, now: datetime, procedure: Procedure) -> Case:
    """Bring what hangs on single cells in line: pauses with 等待, the answer address with 邮箱."""
    if before.values.get("waiting") != case.values.get("waiting"):
        ended = tuple(p if p.ended_at else replace(p, ended_at=now) for p in case.pauses)
        reason = case.values.get("waiting")
        case = replace(case, pauses=(*ended, Pause(reason=str(reason), started_at=now)) if reason else ended)
    if (typed := case.values.get("email")) != before.values.get("email"):
        address = _address(typed)
        if typed and not address:
            shown = {"column": procedure.column_name("email"), "text": typed}
            return remark(case, say("bad_address", procedure.language, **shown))
        parties = case.parties if not address or address in case.parties else (*case.parties, address)
        case = replace(case, answer_to=address, parties=parties)
    return case


def _customer(case: Case) -> Recipient:
    name = str(case.values.get("contact_name") or "")
    return Recipient(address=case.answer_to, name=name, language=case.language, customer=True)


def _address(text: Value) -> str:
    found = ADDRESS.fullmatch(str(text or "").strip())
    return found[0].casefold() if found else ""


def _language_of(values: Mapping[str, Value], usual: Language) -> Language:
    """The language to write to a customer of whom only a typed row is known: what the row is written in."""
    text = str(values.get("description") or "")
    if not text or any("\u4e00" <= c <= "\u9fff" for c in text):
        return usual if usual is not Language.EN or not text else Language.ZH_CN
    return Language.EN
