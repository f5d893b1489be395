"""Nouns with defaults, for ledger tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from mailbot.core.model import Case, Decision, Event, Language, Letter, Visit
from mailbot.ledger.ledger import Ledger
from mailbot.ledger.mails import SeenMail

NOW = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


def a_case(number: str = "CP-2026-000001", **changes: Any) -> Case:
    visit = Visit(stage="assessed", number=1, entered_at=NOW)
    known = {"opened_at": NOW, "language": Language.ZH_CN, "channel": "email", "stage": "assessed", "visits": (visit,)}
    return Case(number=number, **known | changes)


def an_event(case: str = "CP-2026-000001", **changes: Any) -> Event:
    return Event(**{"case": case, "at": NOW, "actor": "bot", "kind": "opened"} | changes)


def a_letter(key: str = "CP-2026-000001/ack", **changes: Any) -> Letter:
    known = {"kind": "ack", "case": "CP-2026-000001", "recipient": "li@kunde.example", "subject": "已收到您的投诉"}
    return Letter(
        key=key, **known | {"message_id": f"<{key}@huaxin.example>", "raw": b"From: a\r\n\r\nx\r\n"} | changes
    )


def a_decision(number: str = "CP-2026-000001", **changes: Any) -> Decision:
    return Decision(case=a_case(number, **changes), events=(an_event(number),))


def a_delivery(uid: int = 1, **changes: Any) -> SeenMail:
    known = {"account": "quality", "folder": "INBOX", "uidvalidity": 7, "size": 900, "received_at": NOW}
    return SeenMail(uid=uid, **known | changes)


class Undone(Exception):
    """What stops a transaction in a test."""


@contextmanager
def undone(ledger: Ledger) -> Iterator[None]:
    """A transaction that fails at its end."""
    with suppress(Undone), ledger.transaction():
        yield
        raise Undone
