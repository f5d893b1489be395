"""Reading a version that differs little from the one read before: only rows written otherwise are read.

People save a large register for the sake of a few cells. Rows that stand byte for byte are taken over as they were
read; the others go through the same reader in a little workbook of their own. In any doubt all is read from the start.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from sheets.excel.extent import check_extent
from sheets.excel.lines import rows_of
from sheets.excel.marks import Marks, mark, position_of, row_pieces, setting_of, texts_of
from sheets.excel.parts import Book
from sheets.excel.readback import little_workbook
from sheets.excel.reading import Reading, plain_values, version_of
from sheets.excel.sheetxml import RowXml, SheetXml, row_xml
from sheets.header import Header
from sheets.register import Refused, Unreadable
from sheets.table import Cell, Column, Row

_FEW, _SHARE = 100, 0.2
"""So many changed rows, or this share of all, are read by themselves; more are read with the whole."""


def read_again(before: Reading | None, data: bytes, columns: Sequence[Column]) -> Reading | None:
    """The reading of `data`, the next version after `before`; None when it must be read from the start."""
    if before is None or before.marks is None:
        return None
    try:
        book, marks = Book(data), before.marks
        alike = setting_of(book, before.part) == marks.setting and texts_of(book, marks.texts[0]) == marks.texts
        return _Again(before, marks, book, columns).reading() if alike else None
    except (Unreadable, Refused):
        return None  # reading from the start finds the reason, or finds none


class _Again:
    def __init__(self, before: Reading, marks: Marks, book: Book, columns: Sequence[Column]) -> None:
        self.before, self.marks, self.book, self.columns = before, marks, book, columns
        self.sheet = SheetXml(book.xml(before.part.part), formulas=True)
        self.formulas = before.formulas

    def reading(self) -> Reading | None:
        known: dict[int, Row | None] = {}
        changed: dict[int, bytes] = {}
        for piece in row_pieces(self.sheet):
            number = mark(piece)
            if number in self.marks.rows:
                known[number] = self.marks.rows[number]
            else:
                changed[number] = piece
        if len(changed) > max(_FEW, _SHARE * len(self.marks.rows)):
            return None
        found = self._read(changed)
        if found is None:
            return None
        known |= found
        rows = sorted((row for row in known.values() if row is not None), key=lambda row: row.position)
        if len({row.position for row in rows}) != len(rows):
            return None
        sheet = replace(self.before.sheet, rows=tuple(rows), version=version_of(self.book.archive.data))
        marks = replace(self.marks, rows=known, texts=texts_of(self.book))
        return replace(self.before, sheet=sheet, formulas=self.formulas, marks=marks)

    def _read(self, changed: Mapping[int, bytes]) -> dict[int, Row | None] | None:
        """The changed rows by mark; None when one belongs to the heading or does not say its number."""
        numbers = {number: position_of(piece, self.sheet) for number, piece in changed.items()}
        if any(position <= self.before.header.row for position in numbers.values()):
            return None
        rows = {numbers[number]: self._row(piece, numbers[number]) for number, piece in changed.items()}
        self.formulas = self.formulas or any(c.formula is not None for r in rows.values() for c in r.cells.values())
        found = self._values(rows)
        return {number: found.get(position) for number, position in numbers.items()}

    def _row(self, piece: bytes, position: int) -> RowXml:
        start = piece.rindex(b"<" + self.sheet.prefix.encode() + b"row")
        return row_xml(piece[start:] + self.sheet.row_end, position)

    def _values(self, rows: Mapping[int, RowXml]) -> Mapping[int, Row]:
        """The rows as the reader of values sees them, and what it sees blank."""
        if not rows:
            return {}
        frame = self.sheet.part[: self.sheet.start], self.sheet.part[self.sheet.end :]
        part = self.before.part
        little = little_workbook(self.book, part, frame, list(rows.values()), shared=True)
        check_extent(Book(little, trusted=True).xml(part.part), part.name)
        lines = plain_values(little, part.name)
        width = max(self.before.header.columns.values())
        header = Header(row=0, columns=self.before.header.columns)
        padded = ([*line, *[""] * (width - len(line))] for line in lines)
        read = {row.position: row.cells for row in rows_of(padded, 1, header, self.columns)}
        blank: Mapping[str, Cell] = dict.fromkeys(header.columns)
        found = {}
        for line, (position, row) in enumerate(rows.items(), start=1):
            there = {key: row.cells[column] for key, column in header.columns.items() if column in row.cells}
            hidden = {key: cell.unread for key, cell in there.items() if cell.unread}
            cells = {**read.get(line, blank), **hidden}
            if any(cell is not None for cell in cells.values()):
                found[position] = Row(position=position, cells=MappingProxyType(cells))
        return found
