"""Reading the register out of a workbook: which sheet it stands on, under which header, and what its rows show.

A sheet written the usual way is read by its different cells, and of a version after a known one only rows written
otherwise; any other sheet is read as a whole, with errors and formulas without a value looked up in the XML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from sheets.excel.archive import Buffer
from sheets.excel.coded import CodedRows
from sheets.excel.decoding import Decoder
from sheets.excel.extent import check_extent
from sheets.excel.lines import known_columns, rows_of
from sheets.excel.little import first_texts, little_workbook
from sheets.excel.marks import Marks, position_of, row_pieces, setting_of, texts_of
from sheets.excel.parts import Book, SheetPart
from sheets.excel.reader import lines, tops
from sheets.excel.sheetxml import SheetXml, has_formulas
from sheets.header import HEADER_ROWS, Header, find_header, missing
from sheets.register import Refused, Unreadable
from sheets.table import Cell, Column, Sheet

_BLANK_TO_READERS = re.compile(
    rb"\bt\s*=\s*[\"']e[\"']|</(?:[\w.-]+:)?f>\s*(?:<(?:[\w.-]+:)?v\s*/>|<(?:[\w.-]+:)?v></(?:[\w.-]+:)?v>)?\s*</"
    rb"|<(?:[\w.-]+:)?f\b[^<>]*/>\s*</"
)

_Unread = Mapping[int, Mapping[str, Cell]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One reading: the sheet for the program; where it stands, and whether it holds formulas, for the editor.

    `rows` are those of the sheet. By `marks` they are known again in a later version; None where they cannot be.
    """

    sheet: Sheet
    rows: CodedRows
    part: SheetPart
    header: Header
    formulas: bool
    marks: Marks | None = None

    @property
    def last_row(self) -> int:
        """The last row with something in a known column; the header's when there is none."""
        return self.rows.positions[-1] if len(self.rows) else self.header.row


def version_of(data: bytes) -> str:
    """The name of a version: the SHA-256 of the file."""
    return sha256(data).hexdigest()


def read_workbook(data: bytes, columns: Sequence[Column], *, before: str = "") -> Reading:
    """Read the register out of a workbook's bytes; `before` is the sheet it stood on, chosen where others look alike.

    Raises Unreadable with its own reason for each way to fail.
    """
    book = Book(data, later=True)
    (part, header), doubles = _found(book, columns, before)
    book.forget(but=part.part)
    try:
        decoder = Decoder(book, part, header, columns)
        rows, formulas = decoder.rows(), decoder.formulas
        marks = Marks(rows=decoder.marks, setting=setting_of(book, part), texts=texts_of(book))
    except Refused:
        formulas, marks = has_formulas(book.xml(part.part)), None
        rows = _read_as_a_whole(book, part, header, columns, formulas=formulas)
    remarks = (*header.remarks, *(f"no column is headed {title!r}" for title in missing(header, columns)))
    found = frozenset(header.columns)
    sheet = Sheet(rows=rows, found=found, version=version_of(data), remarks=remarks, doubles=doubles)
    return Reading(sheet=sheet, rows=rows, part=part, header=header, formulas=formulas, marks=marks)


def read_again(before: Reading | None, data: bytes, columns: Sequence[Column]) -> Reading | None:
    """The reading of `data`, a later version than `before`; None when in doubt: it must be read from the start."""
    if before is None or before.marks is None:
        return None
    try:
        book, marks, part = Book(data, later=True), before.marks, before.part
        if setting_of(book, part) != marks.setting or texts_of(book, marks.texts[0]) != marks.texts:
            return None
        book.forget(but=part.part)
        positions = dict(zip(marks.rows.each(), marks.rows.positions, strict=True))
        decoder = Decoder(book, part, before.header, columns, before.rows, positions)
        book.archive.look_through()
        rows = decoder.rows()
        new = replace(marks, rows=decoder.marks, texts=texts_of(book))
        if new.rows.above(before.header.row) != marks.rows.above(before.header.row):
            return None
    except (Unreadable, Refused):
        return None  # reading from the start finds the reason, or finds none
    sheet = replace(before.sheet, rows=rows, version=version_of(data))
    return replace(before, sheet=sheet, rows=rows, formulas=before.formulas or decoder.formulas, marks=new)


_Place = tuple[SheetPart, Header]


def _found(book: Book, columns: Sequence[Column], before: str) -> tuple[_Place, tuple[str, ...]]:
    """The sheet whose header names most of our columns, and the names of others that name as many.

    Of several that name equally many: the one it was before, then a visible one, then the first.
    """
    parts = {part.part: _cut(book, part) for part in book.sheets}
    book.archive.look_through()  # those read have been
    data = little_workbook(book, parts | first_texts(book, parts.values()), texts=True)
    found: list[tuple[tuple[int, bool, bool], _Place]] = []
    for part, top in zip(book.sheets, tops(data, [part.name for part in book.sheets], HEADER_ROWS), strict=True):
        header = find_header(top, columns)
        if header is not None:
            found.append(((len(header.columns), part.name == before, part.visible), (part, header)))
    if not found:
        raise Unreadable("no-header", "no sheet has the register's headings in its first 30 rows")
    best = max(found, key=lambda one: one[0])
    part, header = best[1]
    identity = next(column for column in columns if column.identity)
    if identity.key not in header.columns:
        raise Unreadable("no-identity", f"sheet {part.name!r} has no column {identity.title!r}")
    return best[1], tuple(place[0].name for rank, place in found if rank[0] == best[0][0] and place[0] != part)


def _cut(book: Book, part: SheetPart) -> list[Buffer]:
    """A sheet's part without the rows no heading is looked for in; whole where rows are not told in the usual way.

    Raises Unreadable when it is too large.
    """
    xml = book.xml(part.part)
    try:
        sheet = book.sheet(part.part)
    except (Refused, Unreadable):
        sheet = None
    end = _end_of_top(sheet) if sheet else None
    if sheet is None or end is None:
        check_extent(xml, part.name)
        return [xml]
    top = sheet.part[:end] + sheet.part[sheet.end :]
    check_extent(top, part.name)
    return [top]


def _end_of_top(sheet: SheetXml) -> int | None:
    end = sheet.start
    for piece in row_pieces(sheet):
        position = position_of(piece, sheet)
        if not position:
            return None
        if position > HEADER_ROWS:
            break
        end += len(piece) + len(sheet.row_end)
    return end


def _read_as_a_whole(
    book: Book, part: SheetPart, header: Header, columns: Sequence[Column], *, formulas: bool
) -> CodedRows:
    xml = book.xml(part.part)
    check_extent(xml, part.name)
    hides = (formulas or b'"e"' in xml or b"'e'" in xml) and _BLANK_TO_READERS.search(xml) is not None
    del xml
    book.forget()  # a large sheet takes hundreds of megabytes, and the reader as much again
    first, read = lines(book.archive.data, part.name)
    keys = [column.key for column in known_columns(header, columns)]
    rows = CodedRows.of(keys, rows_of(read, first, header, columns)).without_empty()
    return rows.changed(_unread(book.xml(part.part), header, formulas=formulas)) if hides else rows


def _unread(part: bytes, header: Header, *, formulas: bool) -> _Unread:
    """Errors (`#DIV/0!`) and formulas without a value (`=A1+B1`), where a reader of values sees blanks.

    Raises Unreadable when the sheet cannot be searched.
    """
    try:
        sheet = SheetXml(part, formulas=formulas)
        places = {sheet.row_at(m.start()) for m in _BLANK_TO_READERS.finditer(sheet.part, sheet.start, sheet.end)}
        wanted = sorted(place for place in places if place > header.row)
        return {place: dict(_unread_cells(sheet, place, header)) for place in wanted}
    except Refused as refused:
        raise Unreadable(refused.reason, refused.detail) from refused


def _unread_cells(sheet: SheetXml, position: int, header: Header) -> Iterator[tuple[str, Cell]]:
    row = sheet.row(position)
    for key, column in header.columns.items():
        cell = row.cells.get(column) if row else None
        if cell is not None and cell.unread:
            yield key, cell.unread
