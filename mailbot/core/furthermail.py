"""A mail about a case that exists: the customer writes again, a machine answers, a letter of ours comes back.

Nothing in the row is overwritten by a mail; only danger and a claim change what was judged, and staff are told so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from mailbot.core.asking import answered, bounced
from mailbot.core.decisions import CLAIM, emergency_letters, forwarder_letter, remark, staff_letters, then
from mailbot.core.gaps import in_words
from mailbot.core.model import Case, Decision, Event, ReadMail, Verdict
from mailbot.core.procedure import Procedure
from mailbot.core.progress import advance
from mailbot.core.remarks import say
from mailbot.core.reopening import reopen, reopen_if_dissatisfied
from mailbot.core.supplement import rating, supplement

TEXT_LIMIT = 4000
"""Characters of a mail kept in the history; the whole text stays in the archived mail."""


def add_mail(
    case: Case,
    mail: ReadMail,
    received_at: datetime,
    now: datetime,
    procedure: Procedure,
    *,
    complains: bool,
    verdict: Verdict | None = None,
    pictures: bool = False,
    parties: tuple[str, ...] = (),
) -> Decision:
    """Join a further mail: fill empty cells, tell whoever acts; reopen only on a real complaint [D-66].

    `verdict` is what the rules make of this mail alone; of one that complains, danger and a claim are taken over.
    `pictures`: it shows the fault. `parties` are the outsiders it was sent to: they belong to the case from now on.
    """
    new, rated = supplement(case, mail, procedure), rating(case, mail)
    filled = {**new.values, **({"satisfaction": rated} if rated else {})}
    text = mail.new_text[:TEXT_LIMIT]
    facts = {"from": mail.sender.address, "message_id": mail.message_id, "text": text, "filled": filled}
    event = Event(case=case.number, at=now, actor=f"mail:{mail.sender.address}", kind="mail_joined", facts=facts)
    case = replace(_joined(case, mail, received_at, procedure, parties), values={**case.values, **filled})
    case = answered(
        replace(case, presumed=tuple(c for c in case.presumed if c not in new.confirmed)), procedure, pictures
    )
    for column, other in new.differing.items():
        shown = {"column": procedure.column_name(column), "text": other}
        case = remark(case, say("follow_up_differs", procedure.language, **shown))
    if mail.unread:
        case = remark(case, say("unread", procedure.language, why=in_words(mail.unread, procedure.language)))
    decision = Decision(case=case, events=(event,))
    if verdict and complains:
        decision = then(decision, _graver(decision.case, verdict, now, procedure))
    if rated:
        decision = then(decision, reopen_if_dissatisfied(decision.case, now, procedure))
    if not decision.case.open and complains:
        decision = then(decision, reopen(decision.case, procedure.stages.reopen, now, procedure, "reopened"))
    mark = f"mail:{mail.message_id or mail.content_hash}"
    facts = {"said": text, "customer": mail.customer.name or mail.customer.address}
    decision = then(decision, _tell_actors(decision.case, "follow_up_notice", mark, facts, procedure))
    if mail.forwarded_by:
        decision = then(decision, forwarder_letter(decision.case, mail.forwarded_by, procedure))
    return then(decision, advance(decision.case, now, procedure))


def note_colleague(case: Case, mail: ReadMail, received_at: datetime, now: datetime, procedure: Procedure) -> Decision:
    """One of ours wrote about the case, say to the customer with us in copy: kept and shown, it changes nothing."""
    facts = {"from": mail.sender.address, "message_id": mail.message_id, "text": mail.new_text[:TEXT_LIMIT]}
    event = Event(case=case.number, at=now, actor=f"mail:{mail.sender.address}", kind="colleague_wrote", facts=facts)
    shown = {"when": _clock(received_at, procedure), "name": mail.sender.name or mail.sender.address}
    case = replace(case, thread=(*case.thread, mail.message_id) if mail.message_id else case.thread)
    return Decision(case=remark(case, say("colleague_wrote", procedure.language, **shown)), events=(event,))


def note_repeated(case: Case, mail: ReadMail, received_at: datetime, now: datetime, procedure: Procedure) -> Decision:
    """The customer sent a mail of the case once more: no answer, but staff see that he waits."""
    facts = {"from": mail.sender.address, "message_id": mail.message_id}
    event = Event(case=case.number, at=now, actor=f"mail:{mail.sender.address}", kind="mail_repeated", facts=facts)
    said = say("sent_again", procedure.language, when=_clock(received_at, procedure))
    return Decision(case=remark(case, said) if case.open else case, events=(event,))


def note_automatic(case: Case, mail: ReadMail, now: datetime) -> Decision:
    """An automatic answer to one of our letters: kept in the history; it changes nothing and is never answered."""
    facts = {"from": mail.sender.address, "kind": mail.kind.value, "text": mail.new_text[:TEXT_LIMIT]}
    event = Event(case=case.number, at=now, actor=f"mail:{mail.sender.address}", kind="automatic_mail", facts=facts)
    return Decision(case=case, events=(event,))


def note_bounce(case: Case, recipient: str, letter: str, why: str, now: datetime, procedure: Procedure) -> Decision:
    """A letter of ours came back: the row and the history say so; whoever acts hears it once for a kind of letter."""
    case = replace(case, done=tuple(dict.fromkeys((*case.done, bounced(case, recipient)))))
    case = remark(case, say("bounced", procedure.language, text=recipient))
    event = Event(case=case.number, at=now, actor="bot", kind="letter_bounced", facts={"recipient": recipient})
    facts = {"recipient": recipient, "letter": letter, "why": why}
    told = _tell_actors(case, "bounce_notice", f"bounce:{letter}:{recipient}", facts, procedure)
    return then(Decision(case=case, events=(event,)), told)


def _joined(case: Case, mail: ReadMail, received_at: datetime, procedure: Procedure, others: tuple[str, ...]) -> Case:
    writer = mail.customer.address.casefold()
    parties = (*case.parties, *filter(None, (writer, *others)))
    return replace(
        case,
        parties=tuple(dict.fromkeys(parties)),
        thread=(*case.thread, mail.message_id) if mail.message_id else case.thread,
        heard_at=max(received_at, case.heard_at or received_at),
        remarks=(say("follow_up", procedure.language, when=_clock(received_at, procedure)),),
    )


def _clock(moment: datetime, procedure: Procedure) -> str:
    return f"{moment.astimezone(procedure.calendar.zone):%Y-%m-%d %H:%M}"


def _graver(case: Case, verdict: Verdict, now: datetime, procedure: Procedure) -> Decision:
    """A further mail makes a case graver, never milder, and each way once: what staff decide after that stays."""
    decision = Decision(case=case)
    if verdict.emergency and not any(key.startswith(f"{case.number}:emergency:") for key in case.done):
        graver = procedure.graver(case.values.get("severity"), verdict.severity)
        decision = _rejudged(decision.case, "severity", graver, verdict, now, procedure)
        decision = then(decision, emergency_letters(decision.case, procedure))
    if verdict.claim_type == CLAIM and (mark := f"{case.number}:claim") not in case.done:
        case = replace(decision.case, done=(*decision.case.done, mark))
        decision = then(decision, _rejudged(case, "claim_type", CLAIM, verdict, now, procedure))
    return decision


def _rejudged(case: Case, column: str, value: str, verdict: Verdict, now: datetime, procedure: Procedure) -> Decision:
    """Put a graver value in place; the rules that say so join the reasons the case keeps."""
    if (old := case.values.get(column)) == value:
        return Decision(case=case)
    shown = {"column": procedure.column_name(column), "text": procedure.label(column, value)}
    facts = {"column": column, "old": old, "new": value}
    event = Event(case=case.number, at=now, actor="bot", kind="judged_graver", facts=facts)
    fresh = (reason for reason in verdict.reasons if reason.sets == value and reason not in case.reasons)
    case = replace(case, values={**case.values, column: value}, reasons=(*case.reasons, *fresh))
    return Decision(case=remark(case, say("graver", procedure.language, **shown)), events=(event,))


def _tell_actors(case: Case, kind: str, mark: str, facts: Mapping[str, object], procedure: Procedure) -> Decision:
    return staff_letters(case, kind, mark, procedure.actors(case, "actor" if case.open else "owner"), facts)
