"""Cell references in A1 notation: reading them, writing them, and growing those that end where the register ended."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sheets.letters import letters, number

LAST_ROW = 1_048_576
LAST_COLUMN = 16_384

_CELL = re.compile(r"^\$?([A-Za-z]{1,3})\$?(\d+)$")
_AREA = re.compile(r"(?<![A-Za-z0-9_$])(\$?)([A-Z]{1,3})(\$?)(\d+):(\$?)([A-Z]{1,3})(\$?)(\d+)(?![A-Za-z0-9_(])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A rectangle of cells, edges included, counted from 1."""

    left: int
    top: int
    right: int
    bottom: int

    def holds(self, row: int, column: int) -> bool:
        """Whether a cell lies in it."""
        return self.top <= row <= self.bottom and self.left <= column <= self.right

    def touches(self, other: Area) -> bool:
        """Whether two areas share a cell."""
        beside = self.right < other.left or other.right < self.left
        return not (beside or self.bottom < other.top or other.bottom < self.top)

    def __str__(self) -> str:
        first, last = f"{letters(self.left)}{self.top}", f"{letters(self.right)}{self.bottom}"
        return first if first == last else f"{first}:{last}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """How the register grew: over columns `left` to `right`, from one of the `edges` (rows) down to row `bottom`."""

    left: int
    right: int
    header: int
    edges: frozenset[int]
    bottom: int


def place(row: int, column: int) -> str:
    """The reference of a cell: `C7`."""
    return f"{letters(column)}{row}"


def areas(references: str) -> tuple[Area, ...]:
    """The areas of a blank-separated list such as `A1:B2 D4`; what is no plain area (`A:A`) is left out."""
    return tuple(area for area in map(_area, references.split()) if area is not None)


def grown(references: str, growth: Growth) -> str:
    """The references with every area's bottom edge moved down where it stood at an edge of the register.

    Works on `A1:B2 D4:E9` as on `'Sheet 1'!$A$1:$B$9`. Single cells and whole columns stay.
    """

    def moved(match: re.Match[str]) -> str:
        first, bottom = match[0].rsplit(match[8], 1)[0], int(match[8])
        beside = number(match[6]) < growth.left or number(match[2]) > growth.right
        grows = bottom in growth.edges and not beside and bottom < growth.bottom
        return f"{first}{growth.bottom}" if grows else match[0]

    return _AREA.sub(moved, references)


def widened(references: str, *, row: int, edge: int, right: int) -> str:
    """The references with the right edge of every area moved from column `edge` to `right` where it begins at `row`."""

    def moved(match: re.Match[str]) -> str:
        if int(match[4]) != row or number(match[6]) != edge:
            return match[0]
        return f"{match[1]}{match[2]}{match[3]}{match[4]}:{match[5]}{letters(right)}{match[7]}{match[8]}"

    return _AREA.sub(moved, references)


def _area(reference: str) -> Area | None:
    first, _, last = reference.rpartition("!")[2].partition(":")
    start, end = _CELL.match(first), _CELL.match(last or first)
    if start is None or end is None:
        return None
    return Area(left=number(start[1]), top=int(start[2]), right=number(end[1]), bottom=int(end[2]))
