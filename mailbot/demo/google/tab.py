"""One tab of a spreadsheet: its cells row by row, and what hangs on rows, columns and ranges.

A batch works on a `fork`, which shares its rows with the tab until it changes one, so that it can be dropped whole.

A row that is inserted, deleted, moved or sorted takes everything of its own along; what is said of a range of cells
(validation, protection, names) stays at its place and is moved by insertions and deletions only.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from mailbot.demo.google.ranges import Area
from mailbot.demo.google.typed import plain

Cell = dict[str, Any]
"""userEnteredValue, userEnteredFormat, note, dataValidation, where given."""


@dataclass(slots=True)
class GridRow:
    """The cells of a row by column from 0, and its own properties."""

    cells: dict[int, Cell] = field(default_factory=dict)
    properties: dict[str, Any] = field(default_factory=dict)
    generation: int = 0


@dataclass(slots=True)
class Tab:
    """`properties` as in the API, without the grid's size; `rows` is only as long as something stands in it."""

    properties: dict[str, Any]
    row_count: int = 1000
    column_count: int = 26
    grid: dict[str, Any] = field(default_factory=dict)
    rows: list[GridRow] = field(default_factory=list)
    columns: dict[int, dict[str, Any]] = field(default_factory=dict)
    merges: list[Area] = field(default_factory=list)
    protected: list[dict[str, Any]] = field(default_factory=list)
    colours: list[dict[str, Any]] = field(default_factory=list)
    groups: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    filter: dict[str, Any] | None = None
    charts: list[dict[str, Any]] = field(default_factory=list)
    views: list[dict[str, Any]] = field(default_factory=list)
    generation: int = 0

    def fork(self) -> Tab:
        """A copy to try changes on."""
        small = (
            "properties",
            "grid",
            "columns",
            "merges",
            "protected",
            "colours",
            "groups",
            "filter",
            "charts",
            "views",
        )
        copies = {name: copy.deepcopy(getattr(self, name)) for name in small}
        return replace(self, rows=list(self.rows), generation=self.generation + 1, **copies)

    @property
    def id(self) -> int:
        return int(self.properties["sheetId"])

    @property
    def title(self) -> str:
        return str(self.properties["title"])

    def whole(self) -> Area:
        return Area(top=0, bottom=self.row_count, left=0, right=self.column_count)

    def cell(self, row: int, column: int) -> Cell:
        """A cell to look at; never change it."""
        return self.rows[row].cells.get(column, {}) if row < len(self.rows) else {}

    def place(self, row: int, column: int) -> Cell:
        """A cell to change."""
        return self.row(row).cells.setdefault(column, {})

    def row(self, row: int) -> GridRow:
        """A row to change."""
        while len(self.rows) <= row:
            self.rows.append(GridRow(generation=self.generation))
        there = self.rows[row]
        if there.generation != self.generation:
            cells, properties = copy.deepcopy(there.cells), dict(there.properties)
            there = self.rows[row] = GridRow(cells=cells, properties=properties, generation=self.generation)
        return there

    def put(self, row: int, column: int, cell: Cell) -> None:
        """Let a cell be as given, empty ones not at all."""
        if cell:
            self.row(row).cells[column] = cell
        elif row < len(self.rows) and column in self.rows[row].cells:
            del self.row(row).cells[column]

    def enter(self, row: int, column: int, value: dict[str, Any], form: dict[str, Any] | None = None) -> None:
        """Put a value into a cell and leave the rest of it."""
        cell = self.place(row, column)
        cell.pop("userEnteredValue", None)
        if value:
            cell["userEnteredValue"] = value
        if form:
            cell.setdefault("userEnteredFormat", {})["numberFormat"] = form
        self.put(row, column, cell)

    def value(self, row: int, column: int) -> Any:
        """What a cell holds, "" when nothing."""
        return plain(self.cell(row, column).get("userEnteredValue", {}))

    def used(self, area: Area) -> Iterator[tuple[int, int]]:
        """The places in `area` where there is anything at all."""
        for index in range(area.top, min(area.bottom, len(self.rows))):
            yield from ((index, column) for column in self.rows[index].cells if area.left <= column < area.right)

    def filled(self) -> Iterator[tuple[int, int]]:
        """The places of cells with a value."""
        for index, row in enumerate(self.rows):
            for column, cell in row.cells.items():
                if cell.get("userEnteredValue"):
                    yield index, column

    def insert_rows(self, start: int, count: int, like: int | None) -> None:
        """Blank rows at `start`, with the formats of row `like`."""
        new = [GridRow(generation=self.generation) for _ in range(count)]
        if like is not None and like < len(self.rows):
            kept = ("userEnteredFormat", "dataValidation")
            for row in new:
                row.cells = {
                    column: {key: copy.deepcopy(cell[key]) for key in kept if key in cell}
                    for column, cell in self.rows[like].cells.items()
                    if any(key in cell for key in kept)
                }
        if start < len(self.rows) or any(row.cells for row in new):
            self.row(max(start - 1, 0)) if start else None
            self.rows[start:start] = new
        self.row_count += count
        self.merges = [_shifted_rows(area, start, count) for area in self.merges]

    def delete_rows(self, start: int, end: int) -> None:
        del self.rows[start:end]
        self.row_count -= end - start
        kept = [area for area in self.merges if not (start <= area.top and area.bottom <= end)]
        self.merges = [_shifted_rows(area, start, start - end) for area in kept]

    def insert_columns(self, start: int, count: int) -> None:
        self._move_columns(lambda column: column + count if column >= start else column)
        self.column_count += count

    def delete_columns(self, start: int, end: int) -> None:
        for index in range(len(self.rows)):
            row = self.row(index)
            row.cells = {column: cell for column, cell in row.cells.items() if not start <= column < end}
        self._move_columns(lambda column: column - (end - start) if column >= end else column)
        self.column_count -= end - start

    def _move_columns(self, moved: Any) -> None:
        for index in range(len(self.rows)):
            row = self.row(index)
            row.cells = {moved(column): cell for column, cell in row.cells.items()}
        self.columns = {moved(column): properties for column, properties in self.columns.items()}

    def move_column(self, start: int, to: int) -> None:
        """Drag one column so that it stands before the one now at `to`."""
        order = list(range(self.column_count))
        order.remove(start)
        order.insert(to if to <= start else to - 1, start)
        places = {old: new for new, old in enumerate(order)}
        self._move_columns(lambda column: places[column])

    def sort_rows(self, area: Area, keys: list[tuple[int, bool]]) -> None:
        """Sort rows of `area` by (column, descending); numbers before text, blanks last. Only its columns move."""
        rows = [self.row(index) for index in range(area.top, area.bottom)]
        parts = [{c: cell for c, cell in row.cells.items() if area.left <= c < area.right} for row in rows]
        for column, descending in reversed(keys):
            filled = [p for p in parts if p.get(column, {}).get("userEnteredValue")]
            blank = [p for p in parts if not p.get(column, {}).get("userEnteredValue")]
            filled.sort(key=lambda part: _rank(plain(part[column]["userEnteredValue"])), reverse=descending)
            parts = filled + blank
        for row, part in zip(rows, parts, strict=True):
            outside = {c: cell for c, cell in row.cells.items() if not area.left <= c < area.right}
            row.cells = outside | part


def _rank(value: Any) -> tuple[int, Any]:
    if isinstance(value, bool):
        return 2, value
    return (0, value) if isinstance(value, int | float) else (1, str(value).casefold())


def _shifted_rows(area: Area, start: int, count: int) -> Area:
    if area.top < start:
        return area
    return Area(top=area.top + count, bottom=area.bottom + count, left=area.left, right=area.right)
