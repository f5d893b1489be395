"""A large sheet is read in two lean requests, as exactly as a small one in one."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from gpeople import GooglePeople
from installed import TITLE, new_book, register_in
from register_contract import a_row, row_of

from mailbot.demo.google.server import LocalGoogle
from sheets.google import fetch
from sheets.google.backend import GoogleRegister
from sheets.table import Cell

DAY = {"numberFormat": {"type": "DATE", "pattern": "yyyy-mm-dd"}}
HELD: list[tuple[dict[str, Any], dict[str, Any] | None]] = [
    ({"stringValue": "0012"}, None),
    ({"stringValue": "1E5"}, None),
    ({"numberValue": 12}, None),
    ({"numberValue": 0.1}, None),
    ({"numberValue": 46146}, None),
    ({"numberValue": 46146}, DAY),
    ({"numberValue": 46146.354166666664}, {"numberFormat": {"type": "DATE_TIME"}}),
    ({"numberValue": 46146}, {"numberFormat": {"type": "CURRENCY"}}),
    ({"stringValue": "2026-05-04"}, DAY),
    ({"boolValue": True}, None),
    ({"boolValue": False}, DAY),
    ({}, DAY),
]
COLUMNS = ("description", "batch", "quantity", "arrived", "received")


def place(google: LocalGoogle, row: int, column: str, held: dict[str, Any], look: dict[str, Any] | None) -> None:
    (book,) = google.books.values()
    tab = book.titled(TITLE)
    assert tab is not None
    staff = GooglePeople(google, book, TITLE)
    tab.enter(row, staff._place(column), held)
    cell = tab.place(row, staff._place(column))
    cell.pop("userEnteredFormat", None)
    cell |= {"userEnteredFormat": look} if look else {}
    book.version += 1


def reading(register: GoogleRegister, large: int, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Cell]]:
    monkeypatch.setattr(fetch, "LARGE", large)
    register._version = ""
    return [dict(row.cells) for row in register.read().rows]


@pytest.fixture
def register(google: LocalGoogle, tmp_path: Path) -> GoogleRegister:
    register = register_in(google, new_book(google), tmp_path)
    register.write(register.read(), [a_row(number) for number in range(1, len(HELD) + 1)])
    return register


def test_both_ways_read_the_same_of_every_kind_of_cell(
    google: LocalGoogle, register: GoogleRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    for row, (held, look) in enumerate(HELD, start=1):
        for column in COLUMNS:
            place(google, row, column, held, look)
    whole = reading(register, 10**9, monkeypatch)
    assert reading(register, 0, monkeypatch) == whole
    assert [type(cells["arrived"]) for cells in whole[4:7]] == [type(whole[4]["quantity"]), date, datetime]
    assert whole[0]["batch"] == "0012"


def test_a_large_sheet_takes_two_requests_without_the_formats_of_text(
    google: LocalGoogle, register: GoogleRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    google.log.clear()
    reading(register, 0, monkeypatch)
    first, second = [request for request, kind in google.log if kind == "read"]
    assert "values:batchGet" in first
    assert second.count("ranges=") == 1  # of these columns only the time of receipt holds numbers


@pytest.mark.parametrize("times", [1, 3], ids=["once", "again and again"])
def test_a_number_changed_between_the_two_requests_is_not_mistaken_for_a_date(
    google: LocalGoogle, register: GoogleRegister, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    """Somebody makes a plain number a date in that moment: neither the old number nor its new look is taken alone."""
    place(google, 1, "arrived", {"numberValue": 5}, None)
    changed: list[int] = []

    def between() -> None:
        if "effectiveValue.numberValue" in google.log[-1][0] and len(changed) < times:
            changed.append(46146 + len(changed))
            place(google, 1, "arrived", {"numberValue": changed[-1]}, DAY)

    google.between = between
    google.log.clear()
    cells = reading(register, 0, monkeypatch)[0]
    assert len(changed) == times
    assert cells["arrived"] == date(2026, 5, 4 + times - 1)
    whole = [request for request, kind in google.log if "effectiveValue%2CeffectiveFormat" in request]
    assert bool(whole) == (times == 3)


def test_a_large_sheet_whose_tab_was_renamed_is_followed(
    google: LocalGoogle, register: GoogleRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    (book,) = google.books.values()
    tab = book.titled(TITLE)
    assert tab is not None
    tab.properties["title"] = "它's 2026"
    book.version += 1
    assert len(reading(register, 0, monkeypatch)) == len(HELD)


def test_a_large_sheet_is_written_like_a_small_one(
    google: LocalGoogle, register: GoogleRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "LARGE", 0)
    register.write(register.read(), [a_row(99, description="new")])
    assert row_of(register.read(), 99).cells["description"] == "new"
