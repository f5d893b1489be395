"""A case is opened: from a mail, or from a row staff typed by hand [D-10]; both live alike from then on.

Everything that is true of a case in its first moment is set here: its values, its receipt, its first assignment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from mailbot.core.decisions import CLAIM, acknowledgement, emergency_letters, forwarder_letter, remark, then
from mailbot.core.edits import follow_cells
from mailbot.core.floor import raised
from mailbot.core.lookback import NOTHING, Past
from mailbot.core.model import EMPTY, Case, Decision, Event, Language, Mailbox, ReadMail, Value, Verdict
from mailbot.core.procedure import Procedure
from mailbot.core.progress import advance, enter
from mailbot.core.remarks import listed, say

DESCRIPTION_LIMIT = 4000
"""Characters of the customer's text shown in the row; the whole text stays in the archived mail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """A mail that asks for a new case, with what the rules say of it and who is to hear of it.

    `answer_to` is the address letters can go to, maybe none. `not_acknowledged` says, in the staff's words, why the
    customer gets no acknowledgement; empty: he does. `possibly` is the number of a case this mail names without its
    sender being known there. `needs_human` says why a person must look first. `earlier` is what the newest of the
    sender's earlier cases, `earlier_case`, tell of him: little more than a guess, for cells this mail leaves empty.
    `colleague` is one of ours who wrote himself, for a customer who cannot be told from the mail.
    """

    mail: ReadMail
    verdict: Verdict
    received_at: datetime
    answer_to: str = ""
    not_acknowledged: str = ""
    possibly: str = ""
    needs_human: str = ""
    parties: tuple[str, ...] = ()
    earlier: Mapping[str, Value] = field(default_factory=lambda: EMPTY)
    earlier_case: str = ""
    colleague: Mailbox | None = None


def open_case(number: str, token: str, intake: Intake, now: datetime, procedure: Procedure) -> Decision:
    """Make a case of a mailed complaint: first stage, acknowledgement, assignment, emergency mail if it is one."""
    mail, verdict, said = intake.mail, intake.verdict, _values_from(intake.mail, intake.verdict)
    presumed = {key: value for key, value in intake.earlier.items() if said.get(key) in (None, "")}
    said["email"] = said.get("email") or ("" if intake.colleague else mail.customer.address) or None
    case = Case(
        number=number,
        token=token,
        opened_at=intake.received_at,
        language=mail.language,
        channel="email",
        stage=procedure.stages.start,
        values={**said, **presumed},
        presumed=tuple(presumed),
        heard_at=intake.received_at,
        parties=intake.parties,
        reasons=verdict.reasons,
        procedure=procedure.version,
        answer_to=intake.answer_to,
        thread=tuple(i for i in (mail.message_id,) if i),
        needs_human=intake.needs_human or _unknown_customer(intake.colleague, procedure),
    )
    if intake.possibly:
        case = remark(case, say("possibly", procedure.language, number=intake.possibly))
    if presumed:
        columns = listed([procedure.column_name(key) for key in presumed], procedure.language)
        case = remark(case, say("known_sender", procedure.language, columns=columns, number=intake.earlier_case))
    for key, finding in mail.fields.items():
        if finding.suggestion and key in procedure.columns:
            names = {"column": procedure.column_name(key), "text": str(finding.value), "name": finding.suggestion}
            case = remark(case, say("looks_like", procedure.language, **names))
    facts = {"from": mail.sender.address, "message_id": mail.message_id, "rules": [r.rule for r in verdict.reasons]}
    opened = Event(case=number, at=now, actor=f"mail:{mail.sender.address}", kind="opened", facts=facts)
    decision = then(
        Decision(case=case, events=(opened,)), acknowledgement(case, now, procedure, intake.not_acknowledged)
    )
    if teller := mail.forwarded_by or (intake.colleague and intake.colleague.address):
        decision = then(decision, forwarder_letter(decision.case, teller, procedure))
    return _start(decision, now, procedure, emergency=verdict.emergency)


def type_case(
    number: str,
    token: str,
    values: Mapping[str, Value],
    misfits: Mapping[str, str],
    now: datetime,
    procedure: Procedure,
    *,
    verdict: Verdict | None = None,
    not_acknowledged: str = "",
    past: Past = NOTHING,
) -> Decision:
    """Make a case of a row staff typed by hand [D-10]. The clock starts now; an address in the row is written to.

    `verdict` is what the rules make of the row's description: it fills what staff left empty. No severity stays below
    the floor; `past` is what rules that look back go by.
    """
    case = Case(
        number=number,
        token=token,
        opened_at=now,
        language=language_of(values, procedure.language),
        channel=str(values.get("channel") or ""),
        stage=procedure.stages.start,
        values={**_judged(verdict, procedure), **{k: v for k, v in values.items() if v not in (None, "")}},
        misfits=misfits,
        reasons=verdict.reasons if verdict else (),
        procedure=procedure.version,
    )
    opened = Event(case=number, at=now, actor="sheet", kind="opened", facts={"values": dict(values)})
    case = raised("", follow_cells({}, case, now, procedure), procedure, past)
    decision = Decision(case=case, events=(opened,))
    if case.answer_to:
        decision = then(decision, acknowledgement(case, now, procedure, not_acknowledged))
    danger = bool(verdict and verdict.emergency) or case.values["severity"] == procedure.top_severity()
    return _start(decision, now, procedure, emergency=danger)


def _unknown_customer(colleague: Mailbox | None, procedure: Procedure) -> str:
    if colleague is None:
        return ""
    column = procedure.column_name("email")
    return say("staff_wrote", procedure.language, name=colleague.name or colleague.address, column=column)


def _start(decision: Decision, now: datetime, procedure: Procedure, *, emergency: bool) -> Decision:
    decision = then(decision, enter(decision.case, procedure.stages.start, now, procedure))
    if emergency:
        decision = then(decision, emergency_letters(decision.case, procedure))
    return then(decision, advance(decision.case, now, procedure))


def _values_from(mail: ReadMail, verdict: Verdict) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for key, finding in mail.fields.items():
        values[key] = "; ".join(finding.value) if isinstance(finding.value, tuple) else finding.value
    text = mail.new_text.strip() or mail.subject
    values |= {
        "subject": mail.subject,
        "channel": "email",
        "description": text[:DESCRIPTION_LIMIT] + ("…" if len(text) > DESCRIPTION_LIMIT else ""),
        "intake_type": "claim" if verdict.claim_type == CLAIM else "complaint",
    }
    return values | _answers(verdict)


def _judged(verdict: Verdict | None, procedure: Procedure) -> dict[str, Value]:
    """What a typed row holds where staff said nothing."""
    usual: dict[str, Value] = {
        "severity": procedure.severities[0],
        "department": procedure.default_department or None,
    }
    return usual | _answers(verdict) if verdict else usual


def _answers(verdict: Verdict) -> dict[str, Value]:
    return {
        "nature": verdict.nature,
        "severity": verdict.severity,
        "department": verdict.department,
        "missing": " ".join(verdict.missing) or None,
        "claim_type": verdict.claim_type or None,
    }


def language_of(values: Mapping[str, Value], usual: Language) -> Language:
    """The language to write to a customer of whom only a typed row is known: what the row is written in."""
    text = str(values.get("description") or "")
    if not text:
        return usual
    if any("\u4e00" <= c <= "\u9fff" for c in text):
        return usual if usual is not Language.EN else Language.ZH_CN
    return Language.EN
