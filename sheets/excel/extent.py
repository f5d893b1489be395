"""How far a worksheet reaches, asked before it is read: the reader allots the whole rectangle of cells at once.

One stray value at XFD1048576 makes it ask for more memory than there is, and that ends the process.
"""

from __future__ import annotations

import re

from sheets.excel.ranges import LAST_COLUMN, LAST_ROW, letters, number
from sheets.register import Unreadable

CELL_LIMIT = 20_000_000
_PIECE = 1 << 20

_ANY = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]+)(\d+)[\"']")
_FILLED = re.compile(rb"<(?:[\w.-]+:)?c\s[^<>]*?\br\s*=\s*[\"']([A-Za-z]+)(\d+)[\"'][^<>]*(?<!/)>")


def check_extent(part: bytes, sheet: str) -> None:
    """Raise Unreadable when the sheet's rectangle of values is too large or its addresses are none."""
    # The first pattern is quick and counts formatted blanks too; only when they reach far is the exact one asked.
    for pattern in (_ANY, _FILLED):
        rows, columns = _corner(pattern, part)
        if rows <= LAST_ROW and columns <= LAST_COLUMN and rows * columns <= CELL_LIMIT:
            return
    detail = f"the cells of sheet {sheet!r} reach to column {letters(min(columns, LAST_COLUMN + 1))}, row {rows}"
    raise Unreadable("too-large", detail)


def _corner(pattern: re.Pattern[bytes], part: bytes) -> tuple[int, int]:
    """The last row and column, taken piece by piece: all references at once would need a multiple of the part."""
    deepest = widest = start = 0
    while start < len(part):
        end = part.find(b"<", start + _PIECE)
        end = len(part) if end < 0 else end
        found = pattern.findall(part, start, end)
        columns = {column for column, _ in found}
        widest = max([widest, *(number(c.decode()) if len(c) < 4 else LAST_COLUMN + 1 for c in columns)])
        deepest = max([deepest, *(int(row[:9]) for row in {row for _, row in found})])
        start = end
    return deepest, widest
