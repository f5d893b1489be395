"""How many requests a round takes: Google allows 60 reads and 60 writes a minute."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from gpeople import GooglePeople
from installed import TITLE, new_book, register_in
from register_contract import COLUMNS, a_row, put, row_of

from mailbot.demo.google.book import Book
from mailbot.demo.google.server import LocalGoogle
from mailbot.demo.google.typed import raw
from sheets.google.backend import FORCED, GoogleRegister
from sheets.google.budget import Budget

COUNT = 10_000


def filled(google: LocalGoogle, book: Book, count: int) -> None:
    """Put so many rows in by hand, as if they had been written."""
    tab = google.books[book.id].titled(TITLE)
    assert tab is not None
    number, customer = (next(i for i, c in enumerate(COLUMNS) if c.key == key) for key in ("number", "customer"))
    tab.row_count = count + 100
    for row in range(1, count + 1):
        tab.enter(row, number, raw(f"CP-2026-{row:06d}"))
        tab.enter(row, customer, raw(f"Customer {row}"))
    google.books[book.id].version += 1


@pytest.fixture
def register(google: LocalGoogle, tmp_path: Path) -> GoogleRegister:
    book = new_book(google)
    register = register_in(google, book, tmp_path)
    filled(google, book, COUNT)
    return register


def test_a_quiet_round_asks_drive_once_and_sheets_never(google: LocalGoogle, register: GoogleRegister) -> None:
    register.read()
    google.log.clear()
    register.read()
    assert [kind for _, kind in google.log] == ["drive"]


def test_the_sheet_is_read_every_ten_minutes_though_drive_knows_of_no_change(
    google: LocalGoogle, register: GoogleRegister
) -> None:
    """Drive's version may lag: nothing depends on it alone."""
    now = [datetime(2026, 5, 4, tzinfo=UTC)]
    register._now = lambda: now[0]
    register.read()
    tab = next(iter(google.books.values())).titled(TITLE)
    assert tab is not None
    tab.enter(1, 2, raw("typed, and Drive does not know"))
    now[0] += FORCED - timedelta(seconds=1)
    assert register.read().rows[0].cells["customer"] == "Customer 1"
    now[0] += timedelta(seconds=1)
    assert register.read().rows[0].cells["customer"] == "typed, and Drive does not know"


def test_fifty_changes_and_twenty_new_rows_take_five_requests(google: LocalGoogle, register: GoogleRegister) -> None:
    register.read()
    next(iter(google.books.values())).version += 1
    google.log.clear()
    sheet = register.read()
    changes = [put(row, "status", "open") for row in sheet.rows[100:5100:100]]
    changes += [a_row(COUNT + number) for number in range(1, 21)]
    assert len(register.write(sheet, changes)) == 70
    assert [kind for _, kind in google.log] == ["drive", "read", "read", "drive", "write"]


def test_five_hundred_complaints_at_once_stay_within_the_quota(google: LocalGoogle, tmp_path: Path) -> None:
    register = register_in(google, new_book(google), tmp_path)
    google.quota = 60
    google.log.clear()
    rows = [a_row(number) for number in range(1, 501)]
    assert register.write(register.read(), rows) == tuple(rows)
    assert len(register.read().rows) == 500
    assert google.asked("write") <= 4
    assert google.asked("read") <= 6


def test_a_burst_of_five_hundred_complaints_drains_within_the_quota(google: LocalGoogle, tmp_path: Path) -> None:
    """Round upon round, each with new rows and changes to older ones: more than half of Google's quota allows."""
    now, waits = [0.0], []

    def pause(seconds: float) -> None:
        waits.append(seconds)
        now[0] += seconds

    register = register_in(google, new_book(google), tmp_path)
    google.quota, google.clock = 30, lambda: now[0]
    register._google._client.budget = Budget(per_minute=30, clock=lambda: now[0], pause=pause)
    for start in range(0, 500, 10):
        sheet = register.read()
        late = [put(row, "status", "open") for row in sheet.rows[-10:]]
        changes = [*late, *(a_row(start + number) for number in range(1, 11))]
        assert len(register.write(sheet, changes)) == len(changes)
        now[0] += 0.2
    sheet = register.read()
    assert len({row.cells["number"] for row in sheet.rows}) == len(sheet.rows) == 500
    assert google.refused == 0
    assert waits
    assert now[0] < 180


def test_others_who_use_up_the_quota_are_waited_for(google: LocalGoogle, tmp_path: Path) -> None:
    now = [0.0]
    register = register_in(google, new_book(google), tmp_path)

    def pause(seconds: float) -> None:
        now[0] += seconds

    register._google._pause = pause
    google.quota, google.clock = 2, lambda: now[0]
    for number in range(1, 6):
        assert len(register.write(register.read(), [a_row(number)])) == 1
    assert google.refused > 0
    assert len(register.read().rows) == 5


def test_answers_are_asked_for_without_blanks(google: LocalGoogle, register: GoogleRegister) -> None:
    google.log.clear()
    sheet = register.read()
    register.write(sheet, [put(sheet.rows[0], "status", "open")])
    asked = [request for request, kind in google.log if kind != "drive"]
    assert asked
    assert all("prettyPrint=false" in request for request in asked)


def test_answers_come_packed(google: LocalGoogle, register: GoogleRegister) -> None:
    """Google's documentation asks for two headers; with one of them a large register comes ten times as long."""
    came: list[int] = []

    def weigh(answer: Any, **_: object) -> None:
        if "/v4/" in answer.url:
            came.append(len(answer.content) // int(answer.headers["Content-Length"]))

    register._google._client.session.hooks["response"].append(weigh)
    register.read()
    assert max(came) > 5


def test_long_texts_are_sent_in_several_requests(google: LocalGoogle, tmp_path: Path) -> None:
    register = register_in(google, new_book(google), tmp_path)
    rows = [a_row(number, description="长" * 30_000) for number in range(1, 26)]
    google.log.clear()
    assert register.write(register.read(), rows) == tuple(rows)
    assert google.asked("write") == 3


def test_a_change_elsewhere_does_not_stop_a_write(google: LocalGoogle, tmp_path: Path) -> None:
    register = register_in(google, new_book(google), tmp_path)
    register.write(register.read(), [a_row(1), a_row(2)])
    sheet = register.read()
    GooglePeople(google, next(iter(google.books.values())), TITLE).set(row_of(sheet, 2).position, "cause", "theirs")
    change = put(row_of(sheet, 1), "status", "open")
    assert register.write(sheet, [change]) == (change,)
