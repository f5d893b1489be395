"""Fetching every cell of a tab as it is held, with the seal of the last write.

A small tab comes whole in one request, each number with its format: that tells a date from a number. The formats make
an answer ten times as long, so a large tab comes in two: the bare values, then numbers and formats of the columns that
have numbers. Only when both show the same numbers do they belong together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sheets.google.tabs import PROPERTIES, Notebook, Seal, Tab, seal_of, tab_of
from sheets.google.transport import Google, Rejected
from sheets.google.values import Held, dated, held, mark, number
from sheets.letters import letters
from sheets.register import Unreadable

LARGE = 100_000
"""From so many cells on, blank ones too, a tab is read in two requests."""
_TRIES = 3
_ABOUT = f"namedRanges(namedRangeId,name),sheets(properties({PROPERTIES}),merges,data"
_WHOLE = f"{_ABOUT}(rowData(values(effectiveValue,effectiveFormat.numberFormat.type))))"
_DATES = (
    f"{_ABOUT}(startRow,startColumn,rowData(values(effectiveValue.numberValue,effectiveFormat.numberFormat.type))))"
)

Grid = tuple[tuple[Held, ...], ...]
Numeric = Callable[[Sequence[Sequence[Held]]], frozenset[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A tab as it was found. `dated` are the rows, by column, in which a number is shown as a date; all from 0."""

    tab: Tab
    grid: Grid
    dated: Mapping[int, set[int]]
    merged: tuple[Mapping[str, int], ...]
    seal: Seal | None


def fetch(google: Google, book: str, tab: Tab, notebook: Notebook, numeric: Numeric) -> Fetched:
    """Fetch a tab; `numeric` names the columns in which it matters whether a number is a date.

    Raises Unreadable (`no-such-tab`) and what the transport raises.
    """
    try:
        for _ in range(_TRIES if tab.cells >= LARGE else 0):
            if (got := _in_two(google, book, tab, notebook, numeric)) is not None:
                return got
        return _in_one(google, book, tab, notebook)
    except Rejected as error:
        raise _gone(tab) from error


def _in_one(google: Google, book: str, tab: Tab, notebook: Notebook) -> Fetched:
    answer = google.read(book, [tab.address], _WHOLE)
    sheet = _sheet(answer, tab)
    rows = [line.get("values", []) for line in sheet.get("data", [{}])[0].get("rowData", [])]
    dates: dict[int, set[int]] = {}
    for row, line in enumerate(rows):
        for column, given in enumerate(line):
            if dated(given):
                dates.setdefault(column, set()).add(row)
    grid = tuple(tuple(map(held, line)) for line in rows)
    return _fetched(sheet, grid, dates, seal_of(answer, notebook))


def _in_two(google: Google, book: str, tab: Tab, notebook: Notebook, numeric: Numeric) -> Fetched | None:
    """The values, then formats; None when people changed a number in between."""
    values = google.values(book, tab.address)
    grid = tuple(tuple(None if value == "" else value for value in line) for line in values)
    columns = numeric(grid)
    answer = google.read(book, [f"{tab.address}!{span}" for span in _spans(columns)] or [f"{tab.address}!A1"], _DATES)
    sheet = _sheet(answer, tab)
    dates: dict[int, set[int]] = {column: set() for column in columns}
    shown: dict[int, dict[int, str]] = {column: {} for column in columns}
    for row, column, given in _cells(sheet):
        if column in columns and number(value := held(given)):
            shown[column][row] = mark(value)
            if dated(given):
                dates[column].add(row)
    same = all(shown[column] == dict(_numbers(grid, column)) for column in columns)
    return _fetched(sheet, grid, dates, seal_of(answer, notebook)) if same else None


def _spans(columns: frozenset[int]) -> Iterator[str]:
    """Columns as ranges, neighbours together."""
    for column in sorted(columns):
        if column - 1 not in columns:
            last = column
            while last + 1 in columns:
                last += 1
            yield f"{letters(column + 1)}:{letters(last + 1)}"


def _numbers(grid: Grid, column: int) -> Iterator[tuple[int, str]]:
    for row, line in enumerate(grid):
        if column < len(line) and number(line[column]):
            yield row, mark(line[column])


def _cells(sheet: Mapping[str, Any]) -> Iterator[tuple[int, int, Mapping[str, Any]]]:
    for part in sheet.get("data", ()):
        for row, line in enumerate(part.get("rowData", ()), start=part.get("startRow", 0)):
            for column, given in enumerate(line.get("values", ()), start=part.get("startColumn", 0)):
                yield row, column, given


def _sheet(answer: Mapping[str, Any], tab: Tab) -> Mapping[str, Any]:
    sheet = next((s for s in answer["sheets"] if tab_of(s["properties"]).id == tab.id), None)
    if sheet is None:
        raise _gone(tab)
    return sheet  # type: ignore[no-any-return]


def _gone(tab: Tab) -> Unreadable:
    return Unreadable("no-such-tab", f"there is no tab {tab.title!r} any more")


def _fetched(sheet: Mapping[str, Any], grid: Grid, dates: Mapping[int, set[int]], seal: Seal | None) -> Fetched:
    return Fetched(
        tab=tab_of(sheet["properties"]),
        grid=grid,
        dated=dates,
        merged=tuple(sheet.get("merges", ())),
        seal=seal,
    )
