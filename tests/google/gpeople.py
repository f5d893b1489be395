"""People at a Google Sheet: each act is done on the local Google's state at once, as their browsers do."""

from __future__ import annotations

from datetime import date
from typing import Any

from register_contract import COLUMNS

from mailbot.demo.google.book import Book
from mailbot.demo.google.server import LocalGoogle
from mailbot.demo.google.tab import Tab
from mailbot.demo.google.typed import raw, serial, typed
from sheets.cells import shaped
from sheets.google.values import cell, dated, held
from sheets.table import Cell, Kind

_TITLES = {column.key: (column.title, *column.aliases) for column in COLUMNS}
_KINDS = {column.key: column.kind for column in COLUMNS}


class GooglePeople:
    """They act on the tab `title`, whose headings are in row 1. Positions count from 1."""

    def __init__(self, google: LocalGoogle, book: Book, title: str) -> None:
        self._google, self._id, self._title = google, book.id, title

    @property
    def tab(self) -> Tab:
        """The tab as it is now."""
        tab = self._google.books[self._id].titled(self._title)
        assert tab is not None
        return tab

    def get(self, position: int, column: str) -> Cell:
        with self._google.lock:
            there = self.tab.cell(position - 1, self._place(column))
            given = {
                "effectiveValue": there.get("userEnteredValue", {}),
                "effectiveFormat": there.get("userEnteredFormat", {}),
            }
            return cell(held(given), _KINDS.get(column, Kind.TEXT), dated=dated(given))

    def set(self, position: int, column: str, value: Cell) -> None:
        """Type a value; text is typed with an apostrophe, so that it stays text."""
        with self._saving() as tab:
            place = self._place(column)
            tab.enter(position - 1, place, *_typed(value))
            tab.row_count = max(tab.row_count, position)

    def sort(self, column: str, *, reverse: bool = False) -> None:
        with self._saving() as tab:
            rows = tab.rows[1:]
            place = self._place(column)
            rows.sort(key=lambda row: _rank(row.cells.get(place, {})), reverse=reverse)
            rows.sort(key=lambda row: not row.cells)
            tab.rows[1:] = rows

    def delete(self, position: int) -> None:
        with self._saving() as tab:
            tab.delete_rows(position - 1, position)

    def insert(self, position: int) -> None:
        with self._saving() as tab:
            tab.insert_rows(position - 1, 1, None)

    def copy(self, position: int, to: int) -> None:
        """Insert a copy of a row above row `to`."""
        with self._saving() as tab:
            cells = {column: dict(cell) for column, cell in tab.row(position - 1).cells.items()}
            tab.insert_rows(to - 1, 1, None)
            tab.row(to - 1).cells = cells

    def cut(self, position: int, to: int) -> None:
        """Cut a row's cells and paste them over those of another row."""
        with self._saving() as tab:
            cells, tab.row(position - 1).cells = tab.row(position - 1).cells, {}
            tab.row(to - 1).cells = cells

    def hide(self, position: int) -> None:
        with self._saving() as tab:
            tab.row(position - 1).properties["hiddenByFilter"] = True

    def rename(self, column: str, title: str) -> None:
        with self._saving() as tab:
            tab.enter(0, self._place(column), raw(title))

    def move(self, column: str, index: int) -> None:
        with self._saving() as tab:
            place = self._place(column)
            tab.move_column(place, index if index <= place else index + 1)

    def add_column(self, title: str) -> None:
        with self._saving() as tab:
            place = max(tab.row(0).cells, default=-1) + 1
            tab.column_count = max(tab.column_count, place + 1)
            tab.enter(0, place, raw(title))

    def headings(self) -> list[Any]:
        return [self.tab.value(0, column) for column in range(self.tab.column_count)]

    def _place(self, column: str) -> int:
        titles = _TITLES.get(column, (column,))
        headings = self.headings()
        return next(index for index, heading in enumerate(headings) if heading in titles or heading == column)

    def _saving(self) -> _Saving:
        return _Saving(self._google, self._id, self)


class _Saving:
    """The lock is held, and the file has a new version afterwards."""

    def __init__(self, google: LocalGoogle, book_id: str, people: GooglePeople) -> None:
        self._google, self._id, self._people = google, book_id, people

    def __enter__(self) -> Tab:
        self._google.lock.acquire()
        return self._people.tab

    def __exit__(self, *_: object) -> None:
        self._google.books[self._id].version += 1
        self._google.lock.release()


def _typed(value: Cell) -> tuple[dict[str, Any], dict[str, str] | None]:
    if isinstance(value, date):
        _, form = typed("2026-01-01 10:00:00" if hasattr(value, "hour") else "2026-01-01")
        return {"numberValue": serial(value)}, form
    return raw("" if value is None else shaped(value, Kind.TEXT)), None


def _rank(there: dict[str, Any]) -> tuple[bool, str]:
    value = there.get("userEnteredValue", {})
    shown = next(iter(value.values()), None)
    return shown is None, str(shown)
