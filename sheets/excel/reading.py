"""Reading a workbook's values: the only module that knows the fast reader (python-calamine).

It shows errors and formulas without a value as blanks; those cells are looked up in the XML, so that nobody is said to
have cleared them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from io import BytesIO
from types import MappingProxyType

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from sheets.cells import shaped
from sheets.excel.extent import check_extent
from sheets.excel.parts import Book, SheetPart
from sheets.excel.sheetxml import SheetXml, has_formulas
from sheets.header import HEADER_ROWS, Header, find_header, missing
from sheets.register import Refused, Unreadable
from sheets.table import Cell, Column, Kind, Row, Sheet

_BLANK_TO_READERS = re.compile(
    rb"\bt\s*=\s*[\"']e[\"']|</(?:[\w.-]+:)?f>\s*(?:<(?:[\w.-]+:)?v\s*/>|<(?:[\w.-]+:)?v></(?:[\w.-]+:)?v>)?\s*</"
    rb"|<(?:[\w.-]+:)?f\b[^<>]*/>\s*</"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One reading: the sheet for the program, and where it stands for the editor."""

    sheet: Sheet
    part: SheetPart
    header: Header

    @property
    def last_row(self) -> int:
        """The last row with something in a known column; the header's when there is none."""
        return self.sheet.rows[-1].position if self.sheet.rows else self.header.row


def version_of(data: bytes) -> str:
    """The name of a version: the SHA-256 of the file."""
    return sha256(data).hexdigest()


def read_workbook(data: bytes, columns: Sequence[Column]) -> Reading:
    """Read the register out of a workbook's bytes. Raises Unreadable with its own reason for each way to fail."""
    book = Book(data)
    try:
        with CalamineWorkbook.from_filelike(BytesIO(data)) as workbook:
            part, header, cells = _found(book, workbook, columns)
            rows = _rows(cells, header, columns)
    except CalamineError as error:
        raise Unreadable("damaged", str(error)) from error
    rows = _with_unread(book, part, header, rows)
    remarks = (*header.remarks, *(f"no column is headed {title!r}" for title in missing(header, columns)))
    found = frozenset(header.columns)
    sheet = Sheet(rows=rows, found=found, version=version_of(data), remarks=remarks)
    return Reading(sheet=sheet, part=part, header=header)


def _found(
    book: Book, workbook: CalamineWorkbook, columns: Sequence[Column]
) -> tuple[SheetPart, Header, CalamineSheet]:
    """The sheet whose header names most of our columns; a visible one before a hidden one, then the first."""
    best: tuple[tuple[int, bool], SheetPart, Header, CalamineSheet] | None = None
    for part in book.sheets:
        check_extent(book.xml(part.part), part.name)
        cells = workbook.get_sheet_by_name(part.name)
        header = find_header(cells.to_python(skip_empty_area=False, nrows=HEADER_ROWS), columns)
        if header is not None and (best is None or (len(header.columns), part.visible) > best[0]):
            best = (len(header.columns), part.visible), part, header, cells
    if best is None:
        raise Unreadable("no-header", "no sheet has the register's headings in its first 30 rows")
    identity = next(column for column in columns if column.identity)
    if identity.key not in best[2].columns:
        raise Unreadable("no-identity", f"sheet {best[1].name!r} has no column {identity.title!r}")
    return best[1:]


def _rows(cells: CalamineSheet, header: Header, columns: Sequence[Column]) -> tuple[Row, ...]:
    # Row by row spares the memory of the whole; empty columns on the left are cut off then, empty rows above are not.
    cut = 1 + (cells.start[1] if cells.start else 0)
    wanted = [(c.key, header.columns[c.key] - cut, c.kind) for c in columns if c.key in header.columns]
    found = []
    for position, values in enumerate(cells.iter_rows(), start=1):
        if position <= header.row:
            continue
        row = {key: _cell(values[index], kind) for key, index, kind in wanted}
        if any(value is not None for value in row.values()):
            found.append(Row(position=position, cells=MappingProxyType(row)))
    return tuple(found)


def _cell(value: str | float | bool | date | time | timedelta, kind: Kind) -> Cell:
    """A value of the fast reader as a cell; what is no cell value of ours (a time of day, infinity) as text."""
    if type(value) is str:  # nine cells of ten
        return (shaped(value, kind) if "\r" in value else value) or None
    if isinstance(value, str | bool | date | datetime):
        return shaped(value, kind)
    if isinstance(value, int | float) and abs(value) < float("inf"):
        return shaped(value, kind)
    return str(value)


def _with_unread(book: Book, part: SheetPart, header: Header, rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """The rows with errors (`#DIV/0!`) and formulas without a value (`=A1+B1`) as text in place of blanks."""
    xml = book.xml(part.part)
    if not (has_formulas(xml) or b'"e"' in xml or b"'e'" in xml) or _BLANK_TO_READERS.search(xml) is None:
        return rows
    try:
        unread = _unread(SheetXml(xml), header)
    except Refused as refused:
        raise Unreadable(refused.reason, refused.detail) from refused
    by_position = {row.position: row.cells for row in rows}
    for position, cells in unread.items():
        blank: Mapping[str, Cell] = dict.fromkeys(header.columns)
        by_position[position] = MappingProxyType({**by_position.get(position, blank), **cells})
    return tuple(Row(position=position, cells=by_position[position]) for position in sorted(by_position))


def _unread(sheet: SheetXml, header: Header) -> Mapping[int, Mapping[str, Cell]]:
    places = sorted({sheet.row_at(m.start()) for m in _BLANK_TO_READERS.finditer(sheet.part, sheet.start, sheet.end)})
    unread: dict[int, dict[str, Cell]] = {}
    for position in places:
        row = sheet.row(position) if position > header.row else None
        for key, column in header.columns.items():
            cell = row.cells.get(column) if row else None
            if cell is not None and cell.unread:
                unread.setdefault(position, {})[key] = cell.unread
    return unread
