"""Addresses of cells: A1 notation and the half-open GridRanges of the service, both bounded by the grid they lie on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_CELL = re.compile(r"\$?([A-Za-z]{1,3})?\$?(\d+)?")
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LOOKS_LIKE_A_CELL = re.compile(r"[A-Za-z]{1,3}\d+")


class BadAddress(Exception):
    """Nothing of this name exists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """Rows `top` to `bottom` and columns `left` to `right`, from 0, without the last."""

    top: int
    bottom: int
    left: int
    right: int

    def cells(self) -> list[tuple[int, int]]:
        return [(row, column) for row in range(self.top, self.bottom) for column in range(self.left, self.right)]


def letters(column: int) -> str:
    """The letters of a column counted from 0."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def index_of(name: str) -> int:
    """The column, from 0, of its letters."""
    number = 0
    for letter in name.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def split(address: str) -> tuple[str, str]:
    """The title of the tab, unquoted, and the cells; either may be empty."""
    if address.startswith("'"):
        end = re.match(r"'((?:[^']|'')*)'", address)
        if end is None:
            raise BadAddress(address)
        rest = address[end.end() :]
        return end[1].replace("''", "'"), rest.removeprefix("!")
    title, mark, cells = address.rpartition("!")
    return (title, cells) if mark else ("", address)


def area(cells: str, rows: int, columns: int) -> Area:
    """The cells of an A1 address on a grid; an open side reaches to the grid's end."""
    first, _, last = cells.partition(":")
    corners = [_corner(first), _corner(last or first)]
    if not last and None in corners[0]:
        raise BadAddress(cells)
    tops = [row for row, _ in corners if row is not None]
    lefts = [column for _, column in corners if column is not None]
    top = min(tops) if tops else 0
    left = min(lefts) if lefts else 0
    bottom = max(tops) + 1 if len(tops) == 2 else rows
    right = max(lefts) + 1 if len(lefts) == 2 else columns
    return Area(top=top, bottom=min(bottom, rows), left=left, right=min(right, columns))


def _corner(cell: str) -> tuple[int | None, int | None]:
    found = _CELL.fullmatch(cell)
    if found is None or not cell:
        raise BadAddress(cell)
    return int(found[2]) - 1 if found[2] else None, index_of(found[1]) if found[1] else None


def bounded(grid_range: Mapping[str, Any], rows: int, columns: int) -> Area:
    """A GridRange on a grid; a missing bound reaches to the grid's end."""
    return Area(
        top=grid_range.get("startRowIndex") or 0,
        bottom=min(grid_range.get("endRowIndex", rows), rows),
        left=grid_range.get("startColumnIndex") or 0,
        right=min(grid_range.get("endColumnIndex", columns), columns),
    )


def written(title: str, place: Area) -> str:
    """The address as the service writes it in its answers."""
    first = f"{letters(place.left)}{place.top + 1}"
    last = f"{letters(place.right - 1)}{place.bottom}"
    return f"{quoted(title)}!{first}" + (f":{last}" if last != first else "")


def quoted(title: str) -> str:
    """A title with quotes where it needs them."""
    if _PLAIN.fullmatch(title) and not _LOOKS_LIKE_A_CELL.fullmatch(title):
        return title
    return "'" + title.replace("'", "''") + "'"
