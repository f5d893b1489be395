"""The register as colleagues have it on the screen: opened, typed into, sorted, saved once, closed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

from year.spreadsheets import Grid, Value, anew, in_place, opened

ANEW_EACH = 15
"""Every so many saves are made with the program that writes the whole workbook in its own way."""


class Desk:
    """The opened workbook. Columns are named by key; `titles` says what they are headed. Lines count from 1."""

    def __init__(self, grid: Grid, titles: Mapping[str, str]) -> None:
        self.grid, self._titles = grid, titles

    @property
    def _places(self) -> dict[str, int]:
        return {title: place for place, title in enumerate(self.grid[0]) if title}

    def place(self, column: str) -> int:
        """Where a column stands, from 0."""
        return self.grid[0].index(self._titles.get(column, column))

    def headings(self) -> list[Value]:
        """What the columns are headed."""
        return self.grid[0]

    def lines(self) -> dict[str, int]:
        """Where each number stands, the upper of two; from the bottom."""
        number = self.place("number")
        found = ((self.grid[line - 1][number], line) for line in range(len(self.grid), 1, -1))
        return {str(value): line for value, line in found if value}

    def rows(self) -> dict[str, dict[str, Value]]:
        """Every row with a number, by column key."""
        heads = self._places
        places = {key: heads[title] for key, title in self._titles.items() if title in heads}
        rows: dict[str, dict[str, Value]] = {}
        for cells in self.grid[1:]:
            if cells[places["number"]]:
                rows.setdefault(str(cells[places["number"]]), {key: cells[place] for key, place in places.items()})
        return rows

    def type(self, line: int, column: str, value: Value) -> None:
        """Type into a cell."""
        place = self.place(column)
        if isinstance(value, date) and not isinstance(value, datetime):
            value = datetime(value.year, value.month, value.day)
        while len(self.grid) < line:
            self.grid.append([None] * len(self.grid[0]))
        self.grid[line - 1][place] = value

    def add(self, cells: Mapping[str, Value]) -> int:
        """Type a new row below the last one; where it stands."""
        line = 1 + max(n for n, cells in enumerate(self.grid, start=1) if _filled(cells))
        for column, value in cells.items():
            self.type(line, column, value)
        return line

    def add_column(self, title: str) -> None:
        """A column of their own at the right."""
        for cells in self.grid:
            cells.append(None)
        self.grid[0][1 + max(self._places.values())] = title

    def sort(self, column: str, *, reverse: bool = False) -> None:
        """Sort all rows by a column, as the button does: empty cells last."""
        key = self.place(column)
        rows = [cells for cells in self.grid[1:] if _filled(cells)]
        filled = sorted((r for r in rows if r[key] is not None), key=lambda r: _sortable(r[key]), reverse=reverse)
        self.grid[1:] = [*filled, *(r for r in rows if r[key] is None)]

    def insert_blank(self, line: int) -> None:
        """Insert an empty row above a line."""
        self.grid.insert(line - 1, [None] * len(self.grid[0]))

    def copy(self, line: int) -> None:
        """Copy a row to the end, number and all."""
        self.grid.append([*self.grid[line - 1]])

    def delete(self, line: int) -> None:
        """Delete a row; those below move up."""
        del self.grid[line - 1]


@contextmanager
def sitting(path: Path, titles: Mapping[str, str], number: int) -> Iterator[Desk]:
    """Open the workbook, work in it; saved when something was typed, by a program chosen by the sitting's number."""
    before = opened(path)
    desk = Desk([[*cells] for cells in before], titles)
    yield desk
    if desk.grid != before:
        (in_place if number % ANEW_EACH else anew)(path, before, desk.grid)


def _filled(cells: list[Value]) -> bool:
    return any(cell is not None for cell in cells)


def _sortable(value: Value) -> tuple[str, Value]:
    return ("1", value.isoformat()) if isinstance(value, datetime) else ("2", str(value))
