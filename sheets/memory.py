"""A register in memory, and people at work on it: the smallest thing that behaves like a shared table.

It keeps the port's promises exactly, so whatever works on it must work on the real ones, which pass the same contract
suite. Positions count like a workbook's: the heading is row 1.
"""

from __future__ import annotations

from collections.abc import Sequence

from sheets.cells import same, shaped, shown
from sheets.records import canonical
from sheets.register import Refused, Waiting
from sheets.table import AppendRow, Cell, Change, Column, Kind, Row, SetCell, Sheet


class MemoryRegister:
    """A Register whose table, heading first, is `grid`. `people` act on the same table."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.refused: tuple[tuple[Change, Refused], ...] = ()
        self._columns = {column.key: column for column in columns}
        self.grid: list[list[Cell]] = [[column.title for column in columns]]
        self.saves = 0
        self.locked_by = ""
        self.people = People(self)

    def read(self) -> Sheet:
        """Read the whole table; raises Waiting while it is locked."""
        self._wait_for_people()
        places = self.places()
        rows = (
            Row(position=position, cells={key: cells[place] for key, place in places.items()})
            for position, cells in enumerate(self.grid[1:], start=2)
        )
        gone = tuple(f"column gone: {c.title}" for key, c in self._columns.items() if key not in places)
        return Sheet(rows=tuple(rows), found=frozenset(places), version=str(self.saves), remarks=gone)

    def write(self, sheet: Sheet, changes: Sequence[Change]) -> tuple[Change, ...]:
        """Carry out what still fits; raises Waiting when locked or changed since `sheet`, and does nothing then."""
        self._wait_for_people()
        if sheet.version != str(self.saves):
            raise Waiting("changed")
        done = tuple(change for change in changes if self._carry_out(change))
        self.saves += bool(done)
        return done

    def recover(self) -> None:
        """Do nothing: what is only in memory is never left half-way."""

    def location(self) -> str:
        """Name the place for messages."""
        return "memory"

    def places(self) -> dict[str, int]:
        """Return where each known column stands now: its title counts before its aliases, the first of equals."""
        headings: dict[str, int] = {}
        for place, heading in enumerate(self.grid[0]):
            headings.setdefault(canonical(heading), place)
        named = {key: [canonical(name) for name in (c.title, *c.aliases)] for key, c in self._columns.items()}
        found = {key: [headings[name] for name in names if name in headings] for key, names in named.items()}
        return {key: places[0] for key, places in found.items() if places}

    def cell(self, key: str, value: Cell) -> Cell:
        """Return what a cell of column `key` shows once `value` was put in."""
        kind = self._columns[key].kind if key in self._columns else Kind.TEXT
        return shaped(shown(value) if isinstance(value, str) else value, kind)

    def _wait_for_people(self) -> None:
        if self.locked_by:
            raise Waiting("open", self.locked_by)

    def _carry_out(self, change: Change) -> bool:
        return self._append(change) if isinstance(change, AppendRow) else self._set(change)

    def _set(self, change: SetCell) -> bool:
        place, there = self.places().get(change.column), 1 < change.position <= len(self.grid)
        if place is None or not there or not same(self.grid[change.position - 1][place], change.expected):
            return False
        self.grid[change.position - 1][place] = self.cell(change.column, change.value)
        return True

    def _append(self, change: AppendRow) -> bool:
        row: list[Cell] = [None] * len(self.grid[0])
        for key, place in self.places().items():
            row[place] = self.cell(key, change.cells.get(key))
        end = len(self.grid)
        while all(cell is None for cell in self.grid[end - 1]):
            end -= 1
        self.grid.insert(end, row)
        return True


class People:
    """What people do to a shared table. Every act is a save of theirs; a column is named by key or by its heading."""

    def __init__(self, register: MemoryRegister) -> None:
        self._register = register

    def get(self, position: int, column: str) -> Cell:
        """Look at one cell."""
        return self._register.grid[position - 1][self._place(column)]

    def set(self, position: int, column: str, value: Cell) -> None:
        """Type into one cell, below the last row too."""
        grid = self._save()
        while len(grid) < position:
            grid.append([None] * len(grid[0]))
        grid[position - 1][self._place(column)] = self._register.cell(column, value)

    def sort(self, column: str, *, without: Sequence[str] = (), reverse: bool = False) -> None:
        """Sort the rows by a column; columns `without` stay where they are, as after a careless selection."""
        grid, place = self._save(), self._place(column)
        left = [self._place(name) for name in without]
        ordered = sorted(grid[1:], key=lambda row: (row[place] is None, str(row[place])), reverse=reverse)
        grid[1:] = [
            [(stays if index in left else moves)[index] for index in range(len(grid[0]))]
            for stays, moves in zip(grid[1:], ordered, strict=True)
        ]

    def delete(self, position: int) -> None:
        """Delete a row; those below move up."""
        del self._save()[position - 1]

    def insert(self, position: int) -> None:
        """Insert a blank row above."""
        grid = self._save()
        grid.insert(position - 1, [None] * len(grid[0]))

    def copy(self, position: int, to: int) -> None:
        """Insert a copy of a row above row `to`."""
        grid = self._save()
        grid.insert(to - 1, list(grid[position - 1]))

    def rename(self, column: str, title: str) -> None:
        """Type another heading."""
        self._save()[0][self._place(column)] = title

    def move(self, column: str, index: int) -> None:
        """Drag a column to the place `index`, from 0."""
        place = self._place(column)
        for cells in self._save():
            cells.insert(index, cells.pop(place))

    def add_column(self, title: str) -> None:
        """Add a column of their own at the right."""
        for cells in self._save():
            cells.append(None)
        self._register.grid[0][-1] = title

    def delete_column(self, column: str) -> None:
        """Delete a column with all it holds."""
        place = self._place(column)
        for cells in self._save():
            del cells[place]

    def hide(self, position: int) -> None:
        """Filter a row away: it is not seen, yet stays in the table."""
        self._save()

    def lock(self, who: str) -> None:
        """Open the table so that nobody else can save."""
        self._register.locked_by = who

    def unlock(self) -> None:
        """Close it again."""
        self._register.locked_by = ""

    def _save(self) -> list[list[Cell]]:
        self._register.saves += 1
        return self._register.grid

    def _place(self, column: str) -> int:
        places = self._register.places()
        return places[column] if column in places else self._register.grid[0].index(column)
