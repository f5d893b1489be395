"""The register as colleagues have it on the screen: opened with openpyxl, typed into, sorted, saved once, closed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

Value = Any


class Desk:
    """The opened workbook. Columns are named by key; `titles` says what they are headed."""

    def __init__(self, sheet: Worksheet, titles: Mapping[str, str]) -> None:
        self.sheet, self._titles, self.touched = sheet, titles, False
        self._places = {cell.value: cell.column for cell in sheet[1] if cell.value}

    def place(self, column: str) -> int:
        """Where a column stands, from 1."""
        return int(self._places[self._titles.get(column, column)])

    def lines(self) -> dict[str, int]:
        """Where each number stands, the upper of two."""
        number = self.place("number")
        found = ((self.sheet.cell(line, number).value, line) for line in range(self.sheet.max_row, 1, -1))
        return {str(value): line for value, line in found if value}

    def rows(self) -> dict[str, dict[str, Value]]:
        """Every row with a number, by column key."""
        places = {key: self._places[title] - 1 for key, title in self._titles.items() if title in self._places}
        rows: dict[str, dict[str, Value]] = {}
        for cells in self.sheet.iter_rows(min_row=2, values_only=True):
            if cells[places["number"]]:
                rows.setdefault(str(cells[places["number"]]), {key: cells[place] for key, place in places.items()})
        return rows

    def type(self, line: int, column: str, value: Value) -> None:
        """Type into a cell."""
        self.sheet.cell(line, self.place(column)).value = value
        self.touched = True

    def add(self, cells: Mapping[str, Value]) -> int:
        """Type a new row below the last one; where it stands."""
        line = max([1, *self._filled()]) + 1
        for column, value in cells.items():
            self.type(line, column, value)
        return line

    def add_column(self, title: str) -> None:
        """A column of their own at the right."""
        place = max(self._places.values()) + 1
        self.sheet.cell(1, place).value = title
        self._places[title], self.touched = place, True

    def sort(self, column: str, *, reverse: bool = False) -> None:
        """Sort all rows by a column, as the button does: empty cells last."""
        key = self.place(column) - 1
        rows = [
            cells for cells in self.sheet.iter_rows(min_row=2, values_only=True) if any(c is not None for c in cells)
        ]
        filled = sorted((r for r in rows if r[key] is not None), key=lambda r: _sortable(r[key]), reverse=reverse)
        self._write_rows([*filled, *(r for r in rows if r[key] is None)])

    def insert_blank(self, line: int) -> None:
        """Insert an empty row above a line."""
        rows = list(self.sheet.iter_rows(min_row=2, values_only=True))
        self._write_rows([*rows[: line - 2], (None,) * self.sheet.max_column, *rows[line - 2 :]])

    def copy(self, line: int) -> None:
        """Copy a row to the end, number and all."""
        rows = list(self.sheet.iter_rows(min_row=2, values_only=True))
        self._write_rows([*rows, rows[line - 2]])

    def delete(self, line: int) -> None:
        """Delete a row; those below move up."""
        self.sheet.delete_rows(line)
        self.touched = True

    def _filled(self) -> Iterator[int]:
        for line, cells in enumerate(self.sheet.iter_rows(min_row=2, values_only=True), start=2):
            if any(cell is not None for cell in cells):
                yield line

    def _write_rows(self, rows: list[tuple[Value, ...]]) -> None:
        for line in range(2, max(self.sheet.max_row, len(rows) + 1) + 1):
            cells = rows[line - 2] if line - 2 < len(rows) else ()
            for column in range(1, self.sheet.max_column + 1):
                self.sheet.cell(line, column).value = cells[column - 1] if column <= len(cells) else None
        self.touched = True


@contextmanager
def sitting(path: Path, titles: Mapping[str, str]) -> Iterator[Desk]:
    """Open the workbook, work in it; saved when something was typed."""
    book = openpyxl.load_workbook(path)
    desk = Desk(book.worksheets[0], titles)
    yield desk
    if desk.touched:
        book.save(path)


def _sortable(value: Value) -> tuple[str, Value]:
    return ("1", value.isoformat()) if isinstance(value, datetime) else ("2", str(value))
