"""The tabs are people's: renamed, widened, deleted, at any time; and never is a second register made beside one."""

from __future__ import annotations

from pathlib import Path

import pytest
from gpeople import GooglePeople
from installed import TITLE, register_in, rows_in
from register_contract import a_row, put, row_of

from mailbot.demo.google.server import LocalGoogle
from sheets.google.backend import GoogleRegister
from sheets.register import Unreadable, Waiting


def test_the_hidden_tab_deleted_or_renamed_is_made_again(google: LocalGoogle, register: GoogleRegister) -> None:
    sheet = register.read()
    (book,) = google.books.values()
    hidden = next(tab for tab in book.tabs if tab.properties.get("hidden"))
    hidden.properties["title"] = "renamed"
    with pytest.raises(Waiting):
        register.write(sheet, [a_row(1)])
    assert register.write(register.read(), [a_row(1)]) == (a_row(1),)
    (book,) = google.books.values()
    book.tabs = [tab for tab in book.tabs if not tab.properties.get("hidden")]
    book.names.clear()
    book.version += 1
    assert register.write(register.read(), [a_row(2)]) == (a_row(2),)
    assert rows_in(google) == 2


def test_a_sheet_that_grew_wider_than_the_hidden_tab_can_be_written(
    google: LocalGoogle, register: GoogleRegister
) -> None:
    register.write(register.read(), [a_row(1)])
    (book,) = google.books.values()
    people = GooglePeople(google, book, TITLE)
    for number in range(60):
        people.add_column(f"ours {number}")
    for _ in range(2):  # the first may have to find out
        sheet = register.read()
        try:
            done = register.write(sheet, [put(row_of(sheet), "status", "open")])
        except Waiting:
            continue
    assert len(done) == 1


def test_a_renamed_tab_is_followed(google: LocalGoogle, register: GoogleRegister) -> None:
    register.write(register.read(), [a_row(1)])
    (book,) = google.books.values()
    register.read()
    tab = book.titled(TITLE)
    assert tab is not None
    tab.properties["title"] = "2026"
    book.version += 1
    assert len(register.read().rows) == 1


def test_a_tab_renamed_while_the_program_was_down_is_followed(
    google: LocalGoogle, register: GoogleRegister, tmp_path: Path
) -> None:
    register.write(register.read(), [a_row(1)])
    (book,) = google.books.values()
    tab = book.titled(TITLE)
    assert tab is not None
    tab.properties["title"] = "2026"
    book.version += 1
    restarted = register_in(google, book, tmp_path, ready=False)
    assert len(restarted.read().rows) == 1  # `mailbot check`
    restarted.recover()
    assert len(restarted.read().rows) == 1
    assert [tab.title for tab in google.books[book.id].tabs if not tab.properties.get("hidden")] == ["2026"]


def test_a_tab_that_is_gone_is_never_made_again_unasked(
    google: LocalGoogle, register: GoogleRegister, tmp_path: Path
) -> None:
    """It may have been renamed before this machine ever saw it, and have all the rows."""
    register.write(register.read(), [a_row(1)])
    (book,) = google.books.values()
    tab = book.titled(TITLE)
    assert tab is not None
    tab.properties["title"] = "2026"
    book.version += 1
    for kept in tmp_path.glob("book*.json"):
        kept.unlink()
    restarted = register_in(google, book, tmp_path, ready=False)
    restarted.recover()
    with pytest.raises(Unreadable, match=r"no-such-tab: .*'2026'"):
        restarted.read()
    assert not google.books[book.id].titled(TITLE)
    restarted.set_up()
    assert google.books[book.id].titled(TITLE)
    assert restarted.read().rows == ()
