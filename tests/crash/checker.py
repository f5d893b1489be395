"""What must be true once all is quiet again, whatever happened before: one function for each promise.

The eyes are not the bot's own where that is possible: openpyxl for the workbook, IMAP for the mailbox, the receiver's
copies for letters, sqlite3 for the ledger's health. `Outcome` is compared with that of a morning without a crash.
"""

from __future__ import annotations

import email
import hashlib
import sqlite3
from collections import Counter
from dataclasses import dataclass
from email import policy
from pathlib import Path
from typing import Any

import openpyxl
from crash.scene import EDITED, EDITED_LATER, OVERDUE, TYPED, Scene
from stories.house import House

from mailbot import changelog
from mailbot.core.model import Case, End
from mailbot.ledger.letterstates import LetterState
from mailbot.lock import running
from mailbot.rows import cells
from mailbot.wiring import lock_path
from sheets.cells import same

ALARM = "operator_alert"
"""Letters that tell of the crash itself; the only ones a crash may add."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a morning comes to: every letter ordered, each mail's end, each case with its stage and deadline."""

    letters: Counter[tuple[str, str, str]]
    ends: Counter[tuple[str, str]]
    cases: dict[str, tuple[str, object]]


def outcome(house: House) -> Outcome:
    """What the ledger says came of it. The deadline of a row typed by hand hangs on the second it was read."""
    ledger = house.office.ledger
    shown = {c.number: (c.stage, _row(house, c)["due"] if c.channel == "email" else None) for c in house.cases()}
    return Outcome(
        letters=Counter((m.kind, m.case, m.recipient) for m in ledger.letters.list() if m.kind != ALARM),
        ends=Counter((m.end.value, m.case or "") for end in End for m in ledger.mails.ended_as(end) if m.end),
        cases=shown,
    )


def check(scene: Scene, house: House, undisturbed: Outcome, kills: int) -> None:
    """Every promise, after `kills` crashes."""
    every_mail_is_in_the_ledger_once_and_visible(scene, house)
    no_letter_is_lost_or_doubled(house, kills)
    every_edit_of_staff_stands(house)
    nothing_is_credited_to_staff_that_they_did_not_type(house)
    the_register_says_what_the_ledger_says(house)
    the_sheet_of_changes_tells_every_change_once(house)
    numbers_are_unique_and_without_gaps(house)
    the_ledger_is_whole(house)
    nothing_is_left_lying_about(house)
    every_request_is_done(house)
    assert outcome(house) == undisturbed


def every_mail_is_in_the_ledger_once_and_visible(scene: Scene, house: House) -> None:
    mails = [m for end in End for m in house.office.ledger.mails.ended_as(end)]
    assert Counter(m.sha256 for m in mails) == Counter(map(_digest, scene.mails))
    balance = house.office.ledger.mails.balance()
    assert balance.even
    assert balance.unfinished == 0
    assert not house.office.ledger.mails.pending(house.office.account)
    shown = {row[house.heading("number")] for row in house.table()}
    for mail in mails:
        if mail.case:
            assert mail.case in shown
        if mail.case and mail.end in (End.NEW_CASE, End.FOLLOW_UP):
            folder = house.office.archive.view(mail.case)
            assert mail.sha256 in [_digest(file.read_bytes()) for file in folder.iterdir()]
    human = [m.sha256 for m in mails if m.end is End.NEEDS_HUMAN]
    inbox, processed = scene.on_server("INBOX"), scene.on_server("Processed")
    assert sorted(map(_digest, inbox)) == sorted(human)
    assert Counter(map(_digest, inbox + processed)) == Counter(map(_digest, scene.mails))


def the_sheet_of_changes_tells_every_change_once(house: House) -> None:
    events, office = house.office.ledger.cases.events_after(0, 10_000), house.office.procedure
    expected = [list(line.values()) for number, event in events for line in changelog.lines(number, event, office)]
    sheet = openpyxl.load_workbook(house.workbook)[changelog.TITLES[office.language]]
    shown = [row[0] for row in sheet.iter_rows(min_row=2, values_only=True) if any(row)]
    assert shown == [line[0] for line in expected]


def no_letter_is_lost_or_doubled(house: House, kills: int) -> None:
    """A letter in doubt waits for a human: it may have arrived, and is never sent again."""
    letters = house.office.ledger.letters.list()
    arrived = Counter(str(letter["Message-ID"]) for letter in house.letters())
    assert set(arrived.values()) == {1}
    assert arrived.keys() <= {m.message_id for m in letters}
    for letter in letters:
        assert letter.state in (LetterState.SENT, LetterState.IN_DOUBT), letter
        assert letter.state is LetterState.IN_DOUBT or letter.message_id in arrived, letter
    assert sum(m.state is LetterState.IN_DOUBT for m in letters) <= kills
    receipts = Counter(m.case for m in letters if m.kind == "acknowledgement")
    assert receipts == Counter(c.number for c in house.cases())
    sent = {m.message_id: house.office.ledger.letters.raw(m.id) for m in letters}
    for raw in house.sink.accepted:
        message_id = str(email.message_from_bytes(raw, policy=policy.default)["Message-ID"])
        assert raw == sent[message_id]


def every_edit_of_staff_stands(house: House) -> None:
    row, case = house.row(OVERDUE), house.case(OVERDUE)
    for key, typed in {**EDITED, **EDITED_LATER}.items():
        assert row[key] == typed
        assert case.values[key] == typed
        assert any(e.facts["column"] == key and e.facts["new"] == typed for e in _edits(house, OVERDUE))
    hand = [r for r in house.table() if r[house.heading("company")] == TYPED["company"]]
    assert len(hand) == 1
    assert {key: hand[0][house.heading(key)] for key in TYPED} == TYPED


def nothing_is_credited_to_staff_that_they_did_not_type(house: House) -> None:
    typed = {**EDITED, **EDITED_LATER}
    for case in house.cases():
        credited = [(e.facts["column"], e.facts["new"]) for e in _edits(house, case.number)]
        allowed = typed.items() if case.number == OVERDUE else ()
        assert sorted(credited) == sorted(allowed)


def the_register_says_what_the_ledger_says(house: House) -> None:
    for case in house.cases():
        wanted, shown = _row(house, case), house.row(case.number)
        for key, spec in house.office.procedure.columns.items():
            if spec.owner == "bot" and key != "attachments":
                assert same(wanted[key], shown[key]), (case.number, key, wanted[key], shown[key])
    agreed = house.office.ledger.register.agreed()
    assert agreed.keys() == {c.number for c in house.cases()}
    assert not house.office.ledger.register.intended()


def numbers_are_unique_and_without_gaps(house: House) -> None:
    numbers = [row[house.heading("number")] for row in house.table()]
    assert sorted(numbers) == [f"CP-2026-{n:06d}" for n in range(1, len(numbers) + 1)]
    assert sorted(numbers) == [c.number for c in house.cases()]


def the_ledger_is_whole(house: House) -> None:
    with sqlite3.connect(house.folder / "data" / "ledger.sqlite3") as database:
        assert database.execute("pragma integrity_check").fetchall() == [("ok",)]
    database.close()


def nothing_is_left_lying_about(house: House) -> None:
    beside = {path.name for path in house.folder.iterdir()}
    assert beside == {"config.toml", "password", "rules", "templates", "data", "register.xlsx"}
    assert not [p for p in (house.folder / "data").rglob("*") if p.is_file() and _temporary(house, p)]
    assert running(lock_path(house.office.config)) is None


def every_request_is_done(house: House) -> None:
    ledger = house.office.ledger
    assert not ledger.requests.waiting()
    for mail in (m for end in End for m in ledger.mails.ended_as(end)):
        for request in ledger.requests.of_mail(mail.id):
            assert (mail.end, request.outcome) == (End.NEW_CASE, f"new_case {mail.case}")


def _temporary(house: House, path: Path) -> bool:
    return "incoming" in path.parts or path.suffix == ".tmp" or path.name.endswith("-journal")


def _edits(house: House, number: str) -> list[Any]:
    return [e for e in house.office.ledger.cases.history(number) if e.kind == "edited"]


def _row(house: House, case: Case) -> dict[str, Any]:
    return cells(case, house.clock(), house.office.procedure)


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()
