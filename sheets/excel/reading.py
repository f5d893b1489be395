"""Reading a workbook's values: the only module that knows the fast reader (python-calamine).

It shows errors and formulas without a value as blanks; those cells are looked up in the XML, so that nobody is said to
have cleared them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from types import MappingProxyType

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from sheets.excel.extent import check_extent
from sheets.excel.lines import Value, rows_of
from sheets.excel.marks import Marks, positions, setting_of, texts_of
from sheets.excel.parts import Book, SheetPart
from sheets.excel.sheetxml import SheetXml, has_formulas
from sheets.header import HEADER_ROWS, Header, find_header, missing
from sheets.register import Refused, Unreadable
from sheets.table import Cell, Column, Row, Sheet

_BLANK_TO_READERS = re.compile(
    rb"\bt\s*=\s*[\"']e[\"']|</(?:[\w.-]+:)?f>\s*(?:<(?:[\w.-]+:)?v\s*/>|<(?:[\w.-]+:)?v></(?:[\w.-]+:)?v>)?\s*</"
    rb"|<(?:[\w.-]+:)?f\b[^<>]*/>\s*</"
)


_Unread = Mapping[int, Mapping[str, Cell]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One reading: the sheet for the program; where it stands, and whether it holds formulas, for the editor.

    By `marks` the rows are known again in a later version; None where they cannot be.
    """

    sheet: Sheet
    part: SheetPart
    header: Header
    formulas: bool
    marks: Marks | None = None

    @property
    def last_row(self) -> int:
        """The last row with something in a known column; the header's when there is none."""
        return self.sheet.rows[-1].position if self.sheet.rows else self.header.row


def version_of(data: bytes) -> str:
    """The name of a version: the SHA-256 of the file."""
    return sha256(data).hexdigest()


def read_workbook(data: bytes, columns: Sequence[Column], *, before: str = "") -> Reading:
    """Read the register out of a workbook's bytes; `before` is the sheet it stood on, chosen where others look alike.

    Raises Unreadable with its own reason for each way to fail.
    """
    book = Book(data)
    try:
        with CalamineWorkbook.from_filelike(BytesIO(data)) as workbook:
            (part, header, cells, looks), doubles = _found(book, workbook, columns, before)
            # Line by line spares the memory of the whole; empty columns on the left are cut off then.
            first = 1 + (cells.start[1] if cells.start else 0)
            rows = tuple(rows_of(cells.iter_rows(), first, header, columns))
            del cells
    except CalamineError as error:
        raise Unreadable("damaged", str(error)) from error
    remarks = (*header.remarks, *(f"no column is headed {title!r}" for title in missing(header, columns)))
    found = frozenset(header.columns)
    if looks.hides:
        rows = _with_unread(rows, _unread(book.xml(part.part), header, formulas=looks.formulas), header)
    sheet = Sheet(rows=rows, found=found, version=version_of(data), remarks=remarks, doubles=doubles)
    by_position = {row.position: row for row in rows}
    known = {mark: by_position.get(position) for mark, position in looks.positions.items()}
    marks = Marks(rows=known, setting=setting_of(book, part), texts=texts_of(book)) if known else None
    return Reading(sheet=sheet, part=part, header=header, formulas=looks.formulas, marks=marks)


def plain_values(data: bytes, sheet: str) -> list[list[Value]]:
    """A small sheet's rows from row 1 and column A. Raises Unreadable."""
    try:
        with CalamineWorkbook.from_filelike(BytesIO(data)) as workbook:
            return workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    except CalamineError as error:
        raise Unreadable("damaged", str(error)) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class _Looks:
    """What the markup says before it is read: whether there are formulas, and cells a reader of values sees blank;
    the rows' numbers by mark."""

    formulas: bool
    hides: bool
    positions: Mapping[int, int]


_Place = tuple[SheetPart, Header, CalamineSheet, _Looks]


def _found(
    book: Book, workbook: CalamineWorkbook, columns: Sequence[Column], before: str
) -> tuple[_Place, tuple[str, ...]]:
    """The sheet whose header names most of our columns, and the names of others that name as many.

    Of several that name equally many: the one it was before, then a visible one, then the first.
    """
    found: list[tuple[tuple[int, bool, bool], _Place]] = []
    for part in book.sheets:
        looks = _looked_at(book.xml(part.part), part.name)
        book.forget()  # a large sheet takes hundreds of megabytes, and the reader as much again
        cells = workbook.get_sheet_by_name(part.name)
        header = find_header(cells.to_python(skip_empty_area=False, nrows=HEADER_ROWS), columns)
        if header is not None:
            found.append(((len(header.columns), part.name == before, part.visible), (part, header, cells, looks)))
    if not found:
        raise Unreadable("no-header", "no sheet has the register's headings in its first 30 rows")
    best = max(found, key=lambda one: one[0])
    part, header, *_ = best[1]
    identity = next(column for column in columns if column.identity)
    if identity.key not in header.columns:
        raise Unreadable("no-identity", f"sheet {part.name!r} has no column {identity.title!r}")
    return best[1], tuple(place[0].name for rank, place in found if rank[0] == best[0][0] and place[0] != part)


def _with_unread(rows: tuple[Row, ...], unread: _Unread, header: Header) -> tuple[Row, ...]:
    """The rows with errors (`#DIV/0!`) and formulas without a value (`=A1+B1`) as text in place of blanks."""
    if not unread:
        return rows
    by_position = {row.position: row.cells for row in rows}
    blank: Mapping[str, Cell] = dict.fromkeys(header.columns)
    for position, cells in unread.items():
        by_position[position] = MappingProxyType({**by_position.get(position, blank), **cells})
    return tuple(Row(position=position, cells=by_position[position]) for position in sorted(by_position))


def _looked_at(part: bytes, name: str) -> _Looks:
    """Look at a sheet before it is read. Raises Unreadable when it is too large."""
    check_extent(part, name)
    formulas = has_formulas(part)
    hides = (formulas or b'"e"' in part or b"'e'" in part) and _BLANK_TO_READERS.search(part) is not None
    return _Looks(formulas=formulas, hides=hides, positions=positions(part))


def _unread(part: bytes, header: Header, *, formulas: bool) -> _Unread:
    """What stands where a reader of values sees blanks. Raises Unreadable when the sheet cannot be searched."""
    try:
        sheet = SheetXml(part, formulas=formulas)
        places = {sheet.row_at(m.start()) for m in _BLANK_TO_READERS.finditer(sheet.part, sheet.start, sheet.end)}
        return _unread_cells(sheet, sorted(place for place in places if place > header.row), header)
    except Refused as refused:
        raise Unreadable(refused.reason, refused.detail) from refused


def _unread_cells(sheet: SheetXml, places: Sequence[int], header: Header) -> _Unread:
    unread: dict[int, dict[str, Cell]] = {}
    for position in places:
        row = sheet.row(position)
        for key, column in header.columns.items():
            cell = row.cells.get(column) if row else None
            if cell is not None and cell.unread:
                unread.setdefault(position, {})[key] = cell.unread
    return unread
