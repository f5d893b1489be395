"""Reading the register's tab: one request gives every cell as it is held, and the seal of the last write.

The tab is found by its title, and by its id once it is known, so that people may rename it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from sheets.google.transport import Google, Rejected
from sheets.google.values import Held, cell, held
from sheets.header import Header, find_header, missing
from sheets.register import Unreadable
from sheets.table import Cell, Column, Row, Sheet

SEAL = "mailbot_"
"""How the name of the seal begins: a named range, made anew by every write."""

CELLS_LIMIT = 10_000_000
_NEARLY_FULL = 0.9

_PROPERTIES = "sheetId,title,hidden,gridProperties(rowCount,columnCount)"
_FIELDS = (
    f"namedRanges(namedRangeId,name),sheets(properties({_PROPERTIES}),merges,"
    "data(rowData(values(effectiveValue,effectiveFormat.numberFormat.type))))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """A tab of a spreadsheet: its id, title and the size of its grid."""

    id: int
    title: str
    rows: int
    columns: int
    hidden: bool = False

    @property
    def cells(self) -> int:
        """How many cells it has, blank ones too."""
        return self.rows * self.columns

    @property
    def address(self) -> str:
        """The tab as a range."""
        return "'" + self.title.replace("'", "''") + "'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """The last write's mark: the id and the name of a named range."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One reading. `grid` holds every cell of the tab, people's own columns too; rows and columns from 0."""

    sheet: Sheet
    tab: Tab
    header: Header
    grid: tuple[tuple[Held, ...], ...]
    merged: tuple[Mapping[str, int], ...]
    seal: Seal | None

    @property
    def last_row(self) -> int:
        """The last row, from 1, with something in a known column; the header's when there is none."""
        return self.sheet.rows[-1].position if self.sheet.rows else self.header.row

    @property
    def width(self) -> int:
        """How many columns the tab has."""
        return self.tab.columns

    def at(self, row: int) -> tuple[Held, ...]:
        """A row of the grid, from 0, as wide as the tab."""
        cells = self.grid[row] if row < len(self.grid) else ()
        return (*cells, *(None for _ in range(self.width - len(cells))))

    def covered(self, row: int, column: int) -> bool:
        """Whether a cell, from 0, lies under another one it is merged with."""
        return any(
            area.get("startRowIndex", 0) <= row < area["endRowIndex"]
            and area.get("startColumnIndex", 0) <= column < area["endColumnIndex"]
            and (row, column) != (area.get("startRowIndex", 0), area.get("startColumnIndex", 0))
            for area in self.merged
        )


def tabs_of(google: Google, book: str) -> tuple[Tab, ...]:
    """Every tab of the spreadsheet."""
    answer = google.read(book, (), f"sheets.properties({_PROPERTIES})")
    return tuple(_tab(sheet["properties"]) for sheet in answer.get("sheets", ()))


def find_tab(tabs: Sequence[Tab], title: str, known: int | None) -> Tab:
    """The register's tab: the one known by its id, the one with the title. Raises Unreadable."""
    for tab in tabs:
        if tab.id == known or (known is None and tab.title == title):
            return tab
    titles = ", ".join(repr(tab.title) for tab in tabs if not tab.hidden)
    raise Unreadable("no-such-tab", f"there is no tab {title!r}; there are {titles}")


def read_tab(google: Google, book: str, tab: Tab, columns: Sequence[Column], beside: int = 0) -> Reading:
    """Read a tab; `beside` is how many cells the other tabs have.

    Raises Unreadable (`no-header`, `no-identity`, `no-such-tab`) and what the transport raises.
    """
    try:
        answer = google.read(book, [tab.address], _FIELDS)
    except Rejected as error:
        raise Unreadable("no-such-tab", f"there is no tab {tab.title!r} any more") from error
    sheet = next((s for s in answer["sheets"] if _tab(s["properties"]).id == tab.id), None)
    if sheet is None:
        raise Unreadable("no-such-tab", f"there is no tab {tab.title!r} any more")
    rows = [line.get("values", []) for line in sheet.get("data", [{}])[0].get("rowData", [])]
    grid = tuple(tuple(held(given) for given in line) for line in rows)
    header = _header(grid, columns, tab)
    now = _tab(sheet["properties"])
    found = _rows(rows, header, columns)
    remarks = (
        *header.remarks,
        *(f"no column is headed {title!r}" for title in missing(header, columns)),
        *_fullness(now, beside),
    )
    return Reading(
        sheet=Sheet(rows=found, found=frozenset(header.columns), version=_version(header, found), remarks=remarks),
        tab=now,
        header=header,
        grid=grid,
        merged=tuple(sheet.get("merges", ())),
        seal=seal_of(answer),
    )


def seal_of(answer: Mapping[str, Any]) -> Seal | None:
    """The seal among the named ranges of an answer."""
    for name in answer.get("namedRanges", ()):
        if name["name"].startswith(SEAL):
            return Seal(id=name["namedRangeId"], name=name["name"])
    return None


def _tab(properties: Mapping[str, Any]) -> Tab:
    grid = properties.get("gridProperties", {})
    return Tab(
        id=properties.get("sheetId", 0),
        title=properties["title"],
        rows=grid.get("rowCount", 0),
        columns=grid.get("columnCount", 0),
        hidden=properties.get("hidden", False),
    )


def _header(grid: Sequence[Sequence[Held]], columns: Sequence[Column], tab: Tab) -> Header:
    header = find_header(grid, columns)
    if header is None:
        raise Unreadable("no-header", f"tab {tab.title!r} does not have the register's headings in its first 30 rows")
    identity = next(column for column in columns if column.identity)
    if identity.key not in header.columns:
        raise Unreadable("no-identity", f"tab {tab.title!r} has no column {identity.title!r}")
    return header


def _rows(rows: Sequence[Sequence[Mapping[str, Any]]], header: Header, columns: Sequence[Column]) -> tuple[Row, ...]:
    wanted = [(c.key, header.columns[c.key] - 1, c.kind) for c in columns if c.key in header.columns]
    found = []
    for position, values in enumerate(rows[header.row :], start=header.row + 1):
        cells: dict[str, Cell] = {
            key: cell(values[place], kind) if place < len(values) else None for key, place, kind in wanted
        }
        if any(value is not None for value in cells.values()):
            found.append(Row(position=position, cells=MappingProxyType(cells)))
    return tuple(found)


def _version(header: Header, rows: Sequence[Row]) -> str:
    content = [sorted(header.columns.items()), *((row.position, sorted(row.cells.items())) for row in rows)]
    return sha256(repr(content).encode()).hexdigest()


def _fullness(tab: Tab, beside: int) -> tuple[str, ...]:
    cells = tab.cells + beside
    if cells < _NEARLY_FULL * CELLS_LIMIT:
        return ()
    return (f"the spreadsheet has {cells} cells of the {CELLS_LIMIT} Google allows: delete blank rows and columns",)
