"""How far a worksheet reaches, asked before it is read: the reader allots the whole rectangle of cells at once.

One stray value at XFD1048576 makes it ask for more memory than there is, and that ends the process.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sheets.excel.ranges import LAST_COLUMN, LAST_ROW
from sheets.letters import letters, number
from sheets.register import Unreadable

CELL_LIMIT = 21_000_000
_PIECE = 1 << 20

_ANY = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]+)(\d+)[\"']")
_FILLED = re.compile(rb"<(?:[\w.-]+:)?c\s[^<>]*?\br\s*=\s*[\"']([A-Za-z]+)(\d+)[\"'][^<>]*(?<!/)>")
_FAR_OR_ODD = re.compile(rb'<c(?! r="[A-C]?[A-Z]1?\d{1,5}")')
"""A cell out of 104 columns by 199,999 rows, or not written as nearly every program writes it."""


def check_extent(part: bytes, sheet: str) -> None:
    """Raise Unreadable when the sheet's rectangle of values is too large or its addresses are none."""
    # The first question is the quickest, and 104 * 199,999 within the limit; the second counts formatted blanks too.
    if _plainly_small(part):
        return
    for pattern in (_ANY, _FILLED):
        rows, columns = _corner(pattern, part)
        if rows <= LAST_ROW and columns <= LAST_COLUMN and rows * columns <= CELL_LIMIT:
            return
    detail = f"the cells of sheet {sheet!r} reach to column {letters(min(columns, LAST_COLUMN + 1))}, row {rows}"
    raise Unreadable("too-large", detail)


def _plainly_small(part: bytes) -> bool:
    """Whether every cell is written the usual way, left of column DA and above row 200000."""
    start, end = part.find(b"<sheetData"), part.rfind(b"</sheetData>")
    if start < 0 or end < start or part.find(b":c", start, end) >= 0:
        return False
    return _FAR_OR_ODD.search(part, start + len(b"<sheetData"), end) is None


def _corner(pattern: re.Pattern[bytes], part: bytes) -> tuple[int, int]:
    """The last row and column."""
    deepest = widest = 0
    for piece in _pieces(part, 0, len(part)):
        found = pattern.findall(piece)
        columns = {column for column, _ in found}
        widest = max([widest, *(number(c.decode()) if len(c) < 4 else LAST_COLUMN + 1 for c in columns)])
        deepest = max([deepest, *(int(row[:9]) for row in {row for _, row in found})])
    return deepest, widest


def _pieces(part: bytes, start: int, end: int) -> Iterator[bytes]:
    """The part in pieces that begin with a tag: all references at once would need a multiple of it."""
    while start < end:
        cut = part.find(b"<", start + _PIECE, end)
        cut = end if cut < 0 else cut
        yield part[start:cut]
        start = cut
