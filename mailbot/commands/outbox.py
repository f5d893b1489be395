"""`mailbot outbox`: letters that wait for something or somebody, and what a human may do with them."""

from __future__ import annotations

import email
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from email import policy
from pathlib import Path
from zoneinfo import ZoneInfo

from mailbot import config as configuration
from mailbot.clock import system_clock
from mailbot.commands.terminal import line, local, table
from mailbot.core.model import Decision, Event
from mailbot.core.outgoing import no_longer_held
from mailbot.core.procedure import Procedure
from mailbot.core.stages import CUSTOMER_LETTERS
from mailbot.errors import Usage
from mailbot.ledger.ledger import Ledger
from mailbot.ledger.letterstates import LetterRow, LetterState
from mailbot.wiring import office_zone, open_procedure

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
        letter = _letter(ledger, number)
        # Read before anything is changed: broken rule files leave letter and row as they are.
        procedure = open_procedure(config).procedure if letter.state is LetterState.HELD else None
        with ledger.transaction():
            VERBS[verb](ledger, number, system_clock(), office_zone(config))
            after = _letter(ledger, number)
            if after.state is letter.state and after.resent == letter.resent:
                raise Usage(f"letter {number} is {letter.state.value}; it cannot be changed with `{verb}`")
            if procedure is not None:
                _tidy(ledger, letter.case, procedure)
        print(f"letter {number}: {letter.state.value} -> {after.state.value}")
    finally:
        ledger.close()


def show_letter(path: Path, number: int, *, raw: bool) -> None:
    """Print a letter as its recipient reads it, or its bytes. Raises Usage when there is none of this number."""
    config = configuration.load(path)
    ledger = Ledger.open(config.ledger_url)
    try:
        letter, written = _letter(ledger, number), ledger.letters.raw(number)
    finally:
        ledger.close()
    if raw:
        sys.stdout.buffer.write(written)
        return
    mail = email.message_from_bytes(written, policy=policy.default)
    why = letter.hold or letter.error
    line(
        f"letter {number} ({letter.kind}, {letter.case or 'no case'}): {letter.state.value}"
        + (f", {why}" if why else "")
    )
    for name in ("From", "To", "Subject"):
        line(f"{name}: {mail[name]}")
    line(f"Date: {local(letter.queued_at, office_zone(config))}")
    for part in mail.iter_attachments():
        line(f"Attached: {part.get_filename() or part.get_content_type()}")
    text = mail.get_body(("plain",))
    line(f"\n{str(text.get_content()).rstrip() if text else ''}")


def _letter(ledger: Ledger, number: int) -> LetterRow:
    letter = ledger.letters.get(number)
    if letter is None:
        raise Usage(f"there is no letter {number}; `mailbot outbox` lists them")
    return letter


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


def _tidy(ledger: Ledger, number: str, procedure: Procedure) -> None:
    """Take from the row what it says of a letter that waits, once no letter of the case waits any more."""
    with ledger.transaction():
        waiting = any(letter.state is LetterState.HELD for letter in ledger.letters.of_case(number))
        case = ledger.cases.get(number)
        if case is not None and not waiting and (tidied := no_longer_held(case, procedure)) != case:
            ledger.record(Decision(case=tidied), [], system_clock())


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
