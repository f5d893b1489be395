"""Looking at a table somebody else made: which row heads it, what its columns are called and hold.

Nothing is read into meaning here, and nothing is written to a file: bytes in, bytes out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sheets.excel.extent import check_extent
from sheets.excel.lines import cell_of
from sheets.excel.parts import Book, SheetPart
from sheets.excel.reader import plain_values
from sheets.header import HEADER_ROWS, find_header, two_rows
from sheets.register import Unreadable
from sheets.table import Cell, Column, Kind

_LONGEST_HEADING = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """A table found: its sheet, its header's row, and by column (from 1) the headings and the cells below them.

    `width` is the last column anything on the sheet reaches to, `doubles` are other sheets headed alike.
    """

    part: SheetPart
    row: int
    headings: Mapping[int, str]
    below: Mapping[int, tuple[Cell, ...]]
    width: int
    doubles: tuple[str, ...] = ()


def survey(data: bytes, columns: Sequence[Column], *, sheet: str = "", row: int = 0) -> Survey:
    """Find the table whose header names most of `columns`; where none does, the row with most headings of any kind.

    Of sheets that are alike, as one for each year, the latest year's. `sheet` and `row` (from 1) say where to look
    instead. Raises Unreadable.
    """
    book = Book(data)
    found: list[tuple[tuple[int, int, bool, int], Survey]] = []
    for part in book.sheets:
        if sheet and part.name != sheet:
            continue
        check_extent(book.xml(part.part), part.name)
        lines = plain_values(data, part.name)
        header = find_header(lines, columns)
        at = row or (header.row if header else _widest(lines))
        if 0 < at <= len(lines):
            said = _surveyed(part, at, lines)
            rank = len(header.columns) if header else 0, len(said.headings), part.visible, _year(part.name)
            found.append((rank, said))
    if not found:
        raise Unreadable("no-header", "no sheet has a row of headings" + (f" ({sheet!r}, row {row})" if sheet else ""))
    best, said = max(found, key=lambda one: one[0])
    others = tuple(other.part.name for rank, other in found if rank[:2] == best[:2] and other is not said)
    return replace(said, doubles=others)


def _surveyed(part: SheetPart, row: int, lines: Sequence[Sequence[object]]) -> Survey:
    line = lines[row - 1]
    # A row above belongs to the header when it heads columns this one does not; a title in one cell does not.
    above = lines[row - 2] if row > 1 and sum(map(_heads, lines[row - 2])) > 1 else ()
    both = two_rows(above, line)
    headings = {n: str(text).strip() for n, text in enumerate(both, start=1) if _heads(text)}
    below = {n: tuple(_cell(other, n) for other in lines[row:]) for n in headings}
    return Survey(part=part, row=row, headings=headings, below=below, width=max(map(len, lines)))


def _cell(line: Sequence[object], column: int) -> Cell:
    value = line[column - 1] if column <= len(line) else None
    return cell_of(value, Kind.TEXT)  # type: ignore[arg-type]


def _year(name: str) -> int:
    """The year in a sheet's name; 0 when there is none."""
    years = re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", name)
    return int(years[-1]) if years else 0


def _widest(lines: Sequence[Sequence[object]]) -> int:
    """The row with most different headings; 0 when no row has three."""
    counts = [len({str(text).strip() for text in line if _heads(text)}) for line in lines[:HEADER_ROWS]]
    return counts.index(max(counts)) + 1 if counts and max(counts) >= 3 else 0


def _heads(text: object) -> bool:
    return isinstance(text, str) and 0 < len(text.strip()) <= _LONGEST_HEADING
