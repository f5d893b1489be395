"""Reading a sheet by its different cells: what a cell shows depends on its bytes without its address.

Rows known from an earlier reading are taken over; of the others each different cell goes through the reader of values
once, however often it stands in the sheet. Only sheets written the usual way are read so; all others are refused.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from sheets.excel.coded import CodedRows
from sheets.excel.lines import Value, at_midnight, cell_of, known_columns
from sheets.excel.little import little_workbook
from sheets.excel.marks import mark, row_pieces
from sheets.excel.outline import outline
from sheets.excel.parts import Book, SheetPart
from sheets.excel.ranges import LAST_COLUMN, LAST_ROW
from sheets.excel.reader import plain_values
from sheets.excel.sheetxml import SheetXml, row_xml
from sheets.header import Header
from sheets.letters import number
from sheets.register import Refused
from sheets.table import Cell, Column, Kind

_WIDTH = 64
_SIGN = "first and last"
_LETTERS = re.compile(rb"[A-Z]{1,3}(?: [A-Z]{1,3})*")
_HEAD = rb'(?:\s*<%brow(?: [^<>]*)?/>)*\s*<%brow r="([1-9]\d{0,6})"(?: [^<>]*)?(?<!/)>\s*'
_PLAIN = re.compile(
    rb'(?: (?!r=)[a-z]+="[^"<]*")*(?:/>|></c>|>(?:<f(?: [^<>]*)?(?:/>|>[^<]*</f>))?(?:<v>[^<]*</v>|<v/>)?</c>'
    rb'|><is><t(?: xml:space="preserve")?>[^<]*</t></is></c>)\s*'
)
"""A cell behind its address, as nearly every one is written; others are parsed to see that they are one cell."""

_Picker = Callable[[Sequence[int]], Sequence[int]]


class Decoder:
    """One reading of one sheet. `known` are the rows of an earlier reading, `marks` their positions by mark."""

    def __init__(
        self,
        book: Book,
        part: SheetPart,
        header: Header,
        columns: Sequence[Column],
        known: CodedRows | None = None,
        marks: Mapping[bytes, int] | None = None,
    ) -> None:
        self.book, self.part, self.header, self.columns = book, part, header, known_columns(header, columns)
        self.sheet = SheetXml(book.xml(part.part), formulas=True)
        self.known = known or CodedRows([c.key for c in self.columns], [None], array("I"), array("I"))
        self.positions_known = marks or {}
        self.cells = _Cells(len(self.known.values))
        self.marks: dict[int, bytes] = {}
        self.fresh: set[int] = set()
        self._positions, self._codes = array("I"), array("I")
        self._pickers: dict[bytes, _Picker] = {}
        prefix = self.sheet.prefix.encode()
        self._head, self._cell = re.compile(_HEAD % (prefix, prefix)), b"<" + prefix + b'c r="'
        self._blank = array("I", bytes(4 * len(self.columns)))

    def rows(self) -> CodedRows:
        """The rows below the header. Raises Refused when the sheet cannot be read so, Unreadable when it is damaged."""
        last, read = 0, self.sheet.start
        for piece in row_pieces(self.sheet):
            sign, read = mark(piece), read + len(piece) + len(self.sheet.row_end)
            position = self.positions_known.get(sign, 0)
            codes = self._taken_over(position) if position else None
            if codes is None:
                position, codes = self._taken_apart(piece)
                self.fresh.add(position)
            if not last < position <= LAST_ROW:
                raise Refused("odd-markup", f"row {position} after row {last}")
            last, self.marks[position] = position, sign
            if position > self.header.row:
                self._positions.append(position)
                self._codes.extend(codes)
        if self.sheet.part.find(self._cell[:-3], read, self.sheet.end) >= 0:
            raise Refused("odd-markup", "cells below the last row")
        values = [*self.known.values, *self._values()]
        self._to_midnight(values)
        return CodedRows(self.known.keys, values, self._positions, self._codes).without_empty()

    def _taken_over(self, position: int) -> Sequence[int]:
        place = self.known.place(position)
        return self._blank if place is None else self.known.coded(place)

    def _taken_apart(self, piece: bytes) -> tuple[int, Sequence[int]]:
        """A row's number and those of its cells."""
        head, *cells = piece.split(self._cell)
        match = self._head.fullmatch(head)
        if match is None:
            raise Refused("odd-markup", "a row written in an unusual way")
        if not cells:
            return int(match[1]), self._blank
        addresses, _, written = zip(*[cell.partition(b'"') for cell in cells], strict=True)
        joined = b" ".join(addresses)
        letters = joined.replace(match[1], b"")
        if len(joined) - len(letters) != len(cells) * len(match[1]):
            raise Refused("odd-markup", f"an address in row {match[1].decode()}")
        picker = self._pickers.get(letters) or self._picker(letters)
        return int(match[1]), picker([*map(self.cells.__getitem__, written), 0])

    def _picker(self, letters: bytes) -> _Picker:
        """What picks the columns known out of a row with these columns and an empty cell behind them."""
        if not _LETTERS.fullmatch(letters):
            raise Refused("odd-markup", "an address")
        there = [number(column.decode()) for column in letters.split(b" ")]
        if there != sorted(set(there)) or there[-1] > LAST_COLUMN:
            raise Refused("odd-markup", "columns out of order")
        places = [
            there.index(column) if column in there else len(there)
            for column in (self.header.columns[c.key] for c in self.columns)
        ]
        pick: Any = itemgetter(*places) if len(places) > 1 else lambda codes: (codes[places[0]],)
        self._pickers[letters] = pick
        return self._pickers[letters]

    def _values(self) -> list[Cell]:
        """What the different cells show, in the order of their numbers."""
        written = [*self.cells]
        if not written:
            return []
        prefix = self.sheet.prefix.encode()
        for cell in written:
            if not _PLAIN.fullmatch(cell):
                _check_one(cell, prefix)
        shown = self._shown(written, prefix)
        return [_seen(value, cell, prefix) for value, cell in zip(shown, written, strict=True)]

    def _shown(self, written: Sequence[bytes], prefix: bytes) -> list[Value]:
        """The cells through the reader, in a workbook of them alone."""
        sign = b' t="inlineStr"><%bis><%bt>%b</%bt></%bis></%bc>' % (*(prefix,) * 2, _SIGN.encode(), *(prefix,) * 3)
        lines = [[sign] * _WIDTH, *(written[n : n + _WIDTH] for n in range(0, len(written), _WIDTH)), [sign]]
        opening, closing, cell = b"<%brow><%bc" % (prefix, prefix), b"</%brow>" % prefix, b"<%bc" % prefix
        body = [opening + cell.join(line) + closing for line in lines]
        around = self.sheet.part[: self.sheet.start], self.sheet.part[self.sheet.end :]
        little = little_workbook(self.book, {self.part.part: [around[0], *body, around[1]]}, texts=True)
        first, *read, last = plain_values(little, self.part.name)
        if first != [_SIGN] * _WIDTH or last[0] != _SIGN or len(read) != len(body) - 2:
            raise Refused("odd-markup", "cells do not stand where they were put")
        return [value for line in read for value in line][: len(written)]

    def _to_midnight(self, values: list[Cell]) -> None:
        """Bare days in columns with time of day become moments."""
        moments = [place for place, column in enumerate(self.columns) if column.kind is Kind.DATETIME]
        numbers: dict[int, int] = {}
        for code in range(len(self.known.values), len(values)) if moments else ():
            if (moment := at_midnight(values[code])) is not values[code]:
                numbers[code] = len(values)
                values.append(moment)
        for place in moments:
            column = self._codes[place :: len(self.columns)]
            self._codes[place :: len(self.columns)] = array("I", [numbers.get(code, code) for code in column])


class _Cells(dict[bytes, int]):
    """The numbers of cells by their bytes behind the address, from `first` on."""

    def __init__(self, first: int) -> None:
        super().__init__()
        self.first = first

    def __missing__(self, written: bytes) -> int:
        code = self[written] = self.first + len(self)
        return code


def _check_one(written: bytes, prefix: bytes) -> None:
    """Raise unless these bytes are the rest of one well-formed cell and nothing else."""
    raw = b'<row><%bc r="A1"%b</row>' % (prefix, written)
    if [child.name for child in outline(raw, "a cell").children] != ["c"]:
        raise Refused("odd-markup", "something else between the cells")


def _seen(value: Value, written: bytes, prefix: bytes) -> Cell:
    """A value of the reader as a cell; where it sees nothing, what stands there all the same."""
    cell = cell_of(value, Kind.TEXT)
    if (cell is None or b'"e"' in written) and not written.rstrip().endswith(b"/>"):
        return row_xml(b'<row r="1"><%bc r="A1"%b</row>' % (prefix, written), 1).cells[1].unread or cell
    return cell
