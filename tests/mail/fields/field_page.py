"""Small mails with the fields found in them, for the tests of each field."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from mailbot.core.model import Finding, Language, Mailbox, MailKind, ReadMail
from mailbot.core.rulebook import Rules, load_rules
from mailbot.mail.fields import find_fields
from mailbot.mail.fold import fold
from mailbot.mail.read import Parts

TUESDAY = datetime.fromisoformat("2026-03-10T21:14:05+08:00")


@cache
def shipped_rules() -> Rules:
    root = Path(__file__).parents[3] / "rules"
    return load_rules(lambda name: root / name, fold)


def findings(
    text: str,
    *,
    subject: str = "投诉",
    signature: str = "",
    name: str = "",
    at: datetime | None = TUESDAY,
    kind: MailKind = MailKind.COMPLAINT,
    language: Language = Language.ZH_CN,
) -> dict[str, Finding]:
    mail = ReadMail(
        kind=kind,
        language=language,
        subject=subject,
        sender=Mailbox(),
        customer=Mailbox(name=name, address="who@customer.example"),
        new_text=text,
    )
    parts = Parts(text=text, new_text=text, signature=signature, subject=subject, inner_subject=subject, written_at=at)
    return dict(find_fields(parts, mail, shipped_rules()))


def fields_of(text: str, **mail: Any) -> dict[str, Any]:
    return {key: finding.value for key, finding in findings(text, **mail).items() if key != "email"}
