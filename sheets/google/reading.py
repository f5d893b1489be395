"""Reading the register's tab: its headings, its rows, and what else stands there.

How the cells are fetched is the matter of `fetch`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from hashlib import sha256
from types import MappingProxyType

from sheets.google.fetch import Fetched, fetch
from sheets.google.tabs import Notebook, Seal, Tab
from sheets.google.transport import Google
from sheets.google.values import Held, cell, number
from sheets.header import Header, find_header, missing
from sheets.register import Unreadable
from sheets.table import Cell, Column, Kind, Row, Sheet

CELLS_LIMIT = 10_000_000
_NEARLY_FULL = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One reading. `grid` holds every cell of the tab, people's own columns too; rows and columns from 0."""

    sheet: Sheet
    tab: Tab
    header: Header
    grid: tuple[tuple[Held, ...], ...]
    merged: tuple[Mapping[str, int], ...]
    notebook: Notebook
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


def read_tab(
    google: Google, book: str, tab: Tab, columns: Sequence[Column], notebook: Notebook, beside: int = 0
) -> Reading:
    """Read a tab recorded in `notebook`; `beside` is how many cells the other tabs have.

    Raises Unreadable (`no-header`, `no-identity`, `no-such-tab`) and what the transport raises.
    """
    got = fetch(google, book, tab, notebook, lambda grid: _numeric(grid, columns))
    header = _header(got.grid, columns, tab)
    found = _rows(got, header, columns)
    remarks = (
        *header.remarks,
        *(f"no column is headed {title!r}" for title in missing(header, columns)),
        *_fullness(got.tab, beside),
        *(_protected(google.account, area) for area in tab.closed),
    )
    return Reading(
        sheet=Sheet(rows=found, found=frozenset(header.columns), version=_version(header, found), remarks=remarks),
        tab=got.tab,
        header=header,
        grid=got.grid,
        merged=got.merged,
        notebook=notebook,
        seal=got.seal,
    )


def _header(grid: Sequence[Sequence[Held]], columns: Sequence[Column], tab: Tab) -> Header:
    header = find_header(grid, columns)
    if header is None:
        raise Unreadable("no-header", f"tab {tab.title!r} does not have the register's headings in its first 30 rows")
    identity = next(column for column in columns if column.identity)
    if identity.key not in header.columns:
        raise Unreadable("no-identity", f"tab {tab.title!r} has no column {identity.title!r}")
    return header


def _protected(account: str, area: str) -> str:
    return f"{area} is protected: where the bot has cells there, allow {account} (Data → Protect sheets and ranges)"


def _rows(got: Fetched, header: Header, columns: Sequence[Column]) -> tuple[Row, ...]:
    wanted: list[tuple[str, int, Kind, Set[int]]] = [
        (c.key, place, c.kind, got.dated.get(place, frozenset()))
        for c in columns
        if c.key in header.columns
        for place in [header.columns[c.key] - 1]
    ]
    found = []
    for row, held in enumerate(got.grid[header.row :], start=header.row):
        cells: dict[str, Cell] = {
            key: cell(held[place], kind, dated=row in dated) if place < len(held) else None
            for key, place, kind, dated in wanted
        }
        if any(value is not None for value in cells.values()):
            found.append(Row(position=row + 1, cells=MappingProxyType(cells)))
    return tuple(found)


def _numeric(grid: Sequence[Sequence[Held]], columns: Sequence[Column]) -> frozenset[int]:
    """The register's columns that hold numbers, some of which may be dates; none when there are no headings."""
    header = find_header(grid, columns)
    places = [place - 1 for place in header.columns.values()] if header else []
    return frozenset(place for place in places if any(number(row[place]) for row in grid if place < len(row)))


def _version(header: Header, rows: Sequence[Row]) -> str:
    content = sha256(repr(sorted(header.columns.items())).encode())
    for row in rows:
        content.update(repr((row.position, sorted(row.cells.items()))).encode())
    return content.hexdigest()


def _fullness(tab: Tab, beside: int) -> tuple[str, ...]:
    cells = tab.cells + beside
    if cells < _NEARLY_FULL * CELLS_LIMIT:
        return ()
    return (f"the spreadsheet has {cells} cells of the {CELLS_LIMIT} Google allows: delete blank rows and columns",)
