"""`mailbot outbox`: letters that wait for something or somebody, and what a human may do with them."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from mailbot import config as configuration
from mailbot.clock import system_clock
from mailbot.commands.terminal import line, local, table
from mailbot.core.model import Decision, Event
from mailbot.core.stages import CUSTOMER_LETTERS
from mailbot.errors import Usage
from mailbot.ledger.ledger import Ledger
from mailbot.ledger.letterstates import LetterRow, LetterState
from mailbot.wiring import office_zone

WAITING = (LetterState.HELD, LetterState.IN_DOUBT, LetterState.FAILED, LetterState.QUEUED, LetterState.SENDING)


def show_outbox(path: Path, *, as_json: bool) -> None:
    """List every letter that has not gone out, those needing a human first."""
    config = configuration.load(path)
    zone = office_zone(config)
    ledger = Ledger.open(config.ledger_url)
    try:
        waiting = [letter for state in WAITING for letter in ledger.letters.list(state)]
        sent = ledger.letters.counts().get(LetterState.SENT, 0)
    finally:
        ledger.close()
    if as_json:
        print(json.dumps([_record(letter) for letter in waiting], ensure_ascii=False, indent=1))
        return
    if not waiting:
        line(f"nothing waits; {sent} sent")
        return
    rows = [
        (str(m.id), m.state.value, m.case, m.kind, m.recipient, local(m.queued_at, zone), m.hold or m.error)
        for m in waiting
    ]
    table(
        f"Outbox: {len(waiting)} waiting, {sent} sent", ("no", "state", "case", "letter", "to", "ordered", "why"), rows
    )
    if any(m.state in (LetterState.HELD, LetterState.IN_DOUBT, LetterState.FAILED) for m in waiting):
        line("\nLook at one with `mailbot outbox show NO`, then `release`, `resend`, `sent` or `drop` it.")


def act_on(path: Path, verb: str, number: int) -> None:
    """Do what a human decided about one letter. Raises Usage when its state does not allow it."""
    config = configuration.load(path)
    ledger = Ledger.open(config.ledger_url)
    try:
        letter = ledger.letters.get(number)
        if letter is None:
            raise Usage(f"there is no letter {number}; `mailbot outbox` lists them")
        if verb == "show":
            sys.stdout.buffer.write(ledger.letters.raw(number))
            return
        VERBS[verb](ledger, number, system_clock(), office_zone(config))
        after = ledger.letters.get(number)
        assert after is not None  # noqa: S101 - it was there a moment ago
        if after.state is letter.state and after.resent == letter.resent:
            raise Usage(f"letter {number} is {letter.state.value}; it cannot be changed with `{verb}`")
        print(f"letter {number}: {letter.state.value} -> {after.state.value}")
    finally:
        ledger.close()


def _release(ledger: Ledger, number: int, now: datetime, zone: ZoneInfo) -> None:
    """Let a letter go. A letter to the customer is his first answer, if nobody answered before."""
    letter = ledger.letters.get(number)
    with ledger.transaction():
        ledger.letters.release(number, now)
        case = ledger.cases.get(letter.case) if letter and letter.kind in CUSTOMER_LETTERS else None
        if case is not None and case.values.get("first_answer_on") is None:
            values = {**case.values, "first_answer_on": now.astimezone(zone).date()}
            event = Event(case=case.number, at=now, actor="operator", kind="answered", facts={"letter": number})
            ledger.record(Decision(case=replace(case, values=values), events=(event,)), [], now)


VERBS: dict[str, Callable[[Ledger, int, datetime, ZoneInfo], None]] = {
    "release": _release,
    "resend": lambda ledger, number, now, zone: ledger.letters.resend(number, now),
    "sent": lambda ledger, number, now, zone: ledger.letters.sent(number, now),
    "drop": lambda ledger, number, now, zone: ledger.letters.drop(number, now),
}


def _record(letter: LetterRow) -> dict[str, object]:
    return {
        "id": letter.id,
        "state": letter.state.value,
        "case": letter.case,
        "kind": letter.kind,
        "recipient": letter.recipient,
        "subject": letter.subject,
        "ordered_at": letter.queued_at.isoformat(),
        "hold": letter.hold,
        "error": letter.error,
    }
