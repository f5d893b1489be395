"""Making a Google Sheet a register: all that is needed, nothing twice, and nothing of anybody's changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from gpeople import GooglePeople
from installed import TITLE, new_book, register_in
from register_contract import COLUMNS, a_row

from mailbot.demo.google.book import Book
from mailbot.demo.google.server import LocalGoogle
from mailbot.demo.google.tab import Tab
from mailbot.demo.google.typed import raw, typed
from sheets.google.address import book_id, location_of
from sheets.register import Unreadable
from sheets.table import Column, Highlight, Owner

COLOURED = (
    *COLUMNS[:-1],
    Column(
        key="status",
        title="状态",
        owner=Owner.BOT,
        highlights=(Highlight(text="overdue", fill="F8CBAD", row=True), Highlight(text="open", fill="FFF2CC")),
    ),
)


def now(google: LocalGoogle) -> Book:
    (book,) = google.books.values()
    return book


def described(book: Book) -> Any:
    """All there is to a spreadsheet but its cells' values and its seal."""
    tabs = [
        (tab.properties, tab.grid, tab.row_count, tab.column_count, tab.protected, tab.colours, tab.filter, tab.columns)
        for tab in book.tabs
    ]
    cells = [cell for tab in book.tabs for row in tab.rows for cell in row.cells.values()]
    lists = [cell["dataValidation"] for cell in cells if "dataValidation" in cell]
    return tabs, lists, len(book.names)


def test_an_empty_sheet_gets_all_a_register_has(google: LocalGoogle, tmp_path: Path) -> None:
    register_in(google, new_book(google), tmp_path, COLOURED)
    tab, hidden = now(google).tabs
    assert [tab.value(0, place) for place in range(len(COLUMNS))] == [column.title for column in COLUMNS]
    assert (tab.title, tab.grid["frozenRowCount"], tab.grid["frozenColumnCount"]) == (TITLE, 1, 1)
    assert hidden.properties["hidden"] is True
    bots = [column for column in COLUMNS if column.owner is Owner.BOT]
    assert [rule["warningOnly"] for rule in tab.protected] == [True] * len(bots)
    formulas = [rule["booleanRule"]["condition"]["values"][0]["userEnteredValue"] for rule in tab.colours]
    assert formulas == ['=$K1="open"', '=$K1="overdue"']
    assert tab.filter is not None
    rule = tab.cell(9, 7)["dataValidation"]
    assert [value["userEnteredValue"] for value in rule["condition"]["values"]] == ["一般", "重要", "紧急"]
    assert rule["strict"] is False


def test_a_second_set_up_changes_nothing(google: LocalGoogle, tmp_path: Path) -> None:
    register = register_in(google, new_book(google), tmp_path, COLOURED)
    register.write(register.read(), [a_row(1)])
    before = described(now(google))
    assert register.set_up() == 0
    assert register_in(google, now(google), tmp_path, COLOURED, ready=False).set_up() == 0
    assert described(now(google)) == before


def test_the_first_rows_ever_added_are_coloured_and_warned_of_too(google: LocalGoogle, tmp_path: Path) -> None:
    register = register_in(google, new_book(google), tmp_path, COLOURED)
    register.write(register.read(), [a_row(1), a_row(2)])
    tab = now(google).tabs[0]
    ranges = [part for rule in tab.colours for part in rule["ranges"]] + [rule["range"] for rule in tab.protected]
    assert all(part.get("startRowIndex", 0) <= 1 and "endRowIndex" not in part for part in ranges)
    assert all("dataValidation" in tab.cell(row, 7) for row in (1, 2))


def test_what_people_changed_of_it_stays(google: LocalGoogle, tmp_path: Path) -> None:
    register = register_in(google, new_book(google), tmp_path, COLOURED)
    tab = now(google).tabs[0]
    theirs = {"condition": {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": "A"}]}, "showCustomUi": True}
    for row in range(1, tab.row_count):
        tab.place(row, 7)["dataValidation"] = theirs
    assert register.set_up() == 0
    assert now(google).tabs[0].cell(5, 7)["dataValidation"] == theirs


def test_a_sheet_with_headings_of_its_own_is_adopted(google: LocalGoogle, tmp_path: Path) -> None:
    book = new_book(google)
    tab = book.tabs[0]
    tab.properties["title"] = TITLE
    tab.enter(0, 0, raw("Complaints of 2026"))
    for place, heading in enumerate(["编号", "备注", "客户名称", "问题描述", "状态"]):
        tab.enter(2, place, raw(heading))
    tab.enter(3, 1, raw("ours"))
    register = register_in(google, book, tmp_path)
    assert register.read().found == {"number", "customer", "description", "status"}
    register.write(register.read(), [a_row(1, description="text")])
    tab = now(google).tabs[0]
    assert (tab.value(0, 0), tab.value(4, 1)) == ("Complaints of 2026", "ours")
    assert [row.cells["description"] for row in register.read().rows] == ["text"]
    assert tab.filter is not None
    assert tab.filter["range"]["startRowIndex"] == 2


def test_a_tab_that_holds_something_else_is_never_touched(google: LocalGoogle, tmp_path: Path) -> None:
    book = new_book(google)
    book.tabs[0].properties["title"] = TITLE
    book.tabs[0].enter(0, 0, raw("my recipes"))
    with pytest.raises(Unreadable, match="no-header"):
        register_in(google, book, tmp_path)
    assert now(google).version == 1


def test_beside_other_tabs_a_new_one_is_made(google: LocalGoogle, tmp_path: Path) -> None:
    book = new_book(google)
    book.tabs[0].enter(0, 0, raw("my recipes"))
    register_in(google, book, tmp_path)
    assert [tab.title for tab in now(google).tabs] == ["Sheet1", TITLE, "mailbot"]


def test_what_staff_type_into_a_text_column_stays_text(google: LocalGoogle, tmp_path: Path) -> None:
    register = register_in(google, new_book(google), tmp_path)
    register.write(register.read(), [a_row(1)])
    people = GooglePeople(google, now(google), TITLE)
    tab, place = people.tab, people._place("batch")
    form = tab.cell(1, place)["userEnteredFormat"]["numberFormat"]["type"]
    tab.enter(1, place, *typed("0012", form))
    now(google).version += 1
    assert [row.cells["batch"] for row in register.read().rows] == ["0012"]


def test_a_spreadsheet_that_is_nearly_full_is_announced(google: LocalGoogle, tmp_path: Path) -> None:
    register = register_in(google, new_book(google), tmp_path)
    assert not [remark for remark in register.read().remarks if "Google allows" in remark]
    archive = Tab({"sheetId": 5, "title": "2019", "index": 2}, row_count=46_000, column_count=200)
    now(google).tabs.append(archive)
    (remark,) = register_in(google, now(google), tmp_path).read().remarks
    assert "cells of the 10000000 Google allows" in remark


def test_a_sheet_is_named_by_its_id_or_any_of_its_addresses() -> None:
    key = "1S_BLfCbQDFbROywtjC4LXZO18nIcmpsnVafpKgy0Kl4"
    for text in (key, f" {key} ", f"https://docs.google.com/spreadsheets/d/{key}/edit?gid=0#gid=0"):
        assert book_id(text) == key
        assert location_of(text) == f"https://docs.google.com/spreadsheets/d/{key}/edit"
