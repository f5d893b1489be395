"""Mails, verdicts, cases and the shipped procedure with defaults, for tests that care about one thing each."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from mailbot.core.casework import CellEdit, Intake, apply_edits, open_case
from mailbot.core.model import Case, Decision, Finding, Language, Mailbox, MailKind, ReadMail, Verdict
from mailbot.core.procedure import Procedure
from mailbot.procedures import load_procedure

NUMBER = "CP-2026-000123"
CUSTOMER = "li.wei@customer.example"
MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
"""Monday 2 March 2026, 10:00 in Shanghai: an ordinary working week."""
ENGINEER, HEAD, SUPERVISOR = "Quality Engineer", "Quality Manager", "Quality Manager"

ASSESSED = {
    "responsibility": "ours",
    "owner": ENGINEER,
    "assessed_on": MONDAY.date(),
}
ANALYSED = {"cause_main": "胶水固化不足", "evidence": "切片照片", "analysed_on": MONDAY.date()}
PLANNED = {
    "corrective": "更换胶水",
    "preventive": "首件确认",
    "approved_by": "General Manager",
    "implementation_due": MONDAY.date() + timedelta(days=9),
    "note_to_customer": "我们将更换胶水。",
    "planned_on": MONDAY.date(),
}
ACCEPTED = {"plan_answer": "accepted"}
IMPLEMENTED = {"implemented_by": "张三", "implemented_on": MONDAY.date()}
VERIFIED = {"verified_by": "李四", "verification": "ok"}
CONFIRMED = {"customer_confirmation": "ok"}
CLOSED = {"result": "已换货", "validity": "valid", "closed_on": MONDAY.date()}
ROAD = (ASSESSED, ANALYSED, PLANNED, ACCEPTED, IMPLEMENTED, VERIFIED, CONFIRMED, CLOSED)
"""What staff fill in, stage by stage, on the way of an ordinary complaint about the goods."""
STAGES = ("root_cause", "plan", "acceptance", "implementation", "verification", "confirmation", "closing", "closed")
"""The stage each step of ROAD leads to."""


@cache
def the_procedure(language: Language = Language.ZH_CN) -> Procedure:
    """The procedure as shipped."""
    return load_procedure(None, language, "CP-{year}-{seq:06d}").procedure


def a_mail(text: str = "灯不亮，请换货。", **more: Any) -> ReadMail:
    """A customer's mail; `fields` may be given as plain values."""
    fields = {k: v if isinstance(v, Finding) else Finding(value=v) for k, v in more.pop("fields", {}).items()}
    defaults: dict[str, Any] = {
        "kind": MailKind.COMPLAINT,
        "language": Language.ZH_CN,
        "subject": "灯具投诉",
        "sender": Mailbox(name="李伟", address=CUSTOMER),
        "customer": Mailbox(name="李伟", address=CUSTOMER),
        "message_id": "<first@customer.example>",
        "content_hash": "first",
    }
    return ReadMail(**{**defaults, **more}, new_text=text, fields=fields)


def a_reply(text: str, **more: Any) -> ReadMail:
    """A further mail of the same customer."""
    mark = str(abs(hash((text, str(more)))))
    return a_mail(
        text, **{"kind": MailKind.FOLLOW_UP, "message_id": f"<{mark}@customer.example>", "content_hash": mark} | more
    )


def a_verdict(**more: Any) -> Verdict:
    """A verdict on an ordinary complaint about the goods."""
    defaults: dict[str, Any] = {
        "nature": "function",
        "severity": "normal",
        "department": "quality",
        "claim_type": "appeal",
    }
    return Verdict(**{**defaults, **more})


def an_opening(mail: ReadMail | None = None, verdict: Verdict | None = None, **more: Any) -> Decision:
    """The decision that makes a case of a mail."""
    defaults: dict[str, Any] = {"answer_to": CUSTOMER, "parties": (CUSTOMER,), "received_at": MONDAY}
    intake = Intake(mail=mail or a_mail(), verdict=verdict or a_verdict(), **{**defaults, **more})
    return open_case(NUMBER, f"{NUMBER}-K7Q2MXT4A9B3C5D6", intake, MONDAY, the_procedure())


def edits(**values: Any) -> tuple[CellEdit, ...]:
    """Cells staff filled in."""
    return tuple(CellEdit(column=key, old=None, value=value) for key, value in values.items())


def edited(case: Case, now: datetime = MONDAY, **values: Any) -> Decision:
    """The decision after staff filled in these cells."""
    return apply_edits(case, edits(**values), now, the_procedure())


def a_case(stage: str = "assessment", verdict: Verdict | None = None, **values: Any) -> Case:
    """A mailed case brought to `stage` the way staff do it, then with `values` put in place."""
    case = an_opening(verdict=verdict).case
    for step in ROAD:
        if case.stage == stage:
            break
        case = edited(case, **step).case
    assert case.stage == stage, f"{stage} is not on the ordinary road"
    return replace(case, values={**case.values, **values})


def kinds(decision: Decision) -> list[str]:
    """What letters were ordered, in order."""
    return [letter.kind for letter in decision.letters]
