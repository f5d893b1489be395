"""Reading a sheet by its different cells: what a cell shows depends on its bytes without its address.

Rows known from an earlier reading are taken over; of the others each different cell goes through the reader of values
once, however often it stands in the sheet. Only sheets written the usual way are read so; all others are refused.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from operator import itemgetter

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
from sheets.register import Refused, Unreadable
from sheets.table import Cell, Column, Kind

_WIDTH = 64
_SIGN = "first and last"
_LETTERS = re.compile(rb"[A-Z]{1,3}")
_NEXT = re.compile(rb'<(?:[\w.-]+:)?c r="([A-Z]{1,3})')
_HEAD = rb'(?:\s*<%brow(?: [^<>]*)?/>)*\s*<%brow r="([1-9]\d{0,6})"(?: [^<>]*)?(?<!/)>\s*'
_OPENING = rb'(?: [^<>]*)?(?<!/)>\s*<%bc r="([A-Z]{1,3})'
_PLAIN = re.compile(
    rb'((?: (?!r=)[a-z]+="[^"<]*")*(?:/>|></c>|>(?:<f(?: [^<>]*)?(?:/>|>[^<]*</f>))?(?:<v>[^<]*</v>|<v/>)?</c>'
    rb'|><is><t(?: xml:space="preserve")?>[^<]*</t></is></c>))\s*(?:<c r="[A-Z]{1,3})?'
)
"""A cell behind its address, as nearly every one is written, and how the next begins."""

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
        self._known_positions = marks or {}
        self._places = {position: place for place, position in enumerate(self.known.positions)}
        self.formulas = False
        """Whether a row read now holds one."""
        self.marks: dict[int, bytes] = {}
        self._cells = _Cells(len(self.known.values))
        self._positions, self._codes = array("I"), array("I")
        self._pickers: dict[tuple[int, ...], _Picker] = {}
        self._openings: dict[bytes, int] = {}
        prefix = self.sheet.prefix.encode()
        self._head, self._opening = re.compile(_HEAD % (prefix, prefix)), re.compile(_OPENING % prefix)
        self._row, self._cell = b"<" + prefix + b'row r="', b"<" + prefix + b'c r="'
        self._blank = array("I", bytes(4 * len(self.columns)))

    def rows(self) -> CodedRows:
        """The rows below the header. Raises Refused when the sheet cannot be read so, Unreadable when it is damaged."""
        last, read, fresh = 0, self.sheet.start, []
        for piece in row_pieces(self.sheet):
            sign, read = mark(piece), read + len(piece) + len(self.sheet.row_end)
            position = self._known_positions.get(sign, 0)
            if position:
                codes = self._taken_over(position)
            else:
                position, codes = self._plain(piece) or self._taken_apart(piece)
                fresh.append(position)
            if not last < position <= LAST_ROW:
                raise Refused("odd-markup", f"row {position} after row {last}")
            last, self.marks[position] = position, sign
            if codes and position > self.header.row:
                self._positions.append(position)
                self._codes.extend(codes)
        if self.sheet.part.find(self._cell[:-3], read, self.sheet.end) >= 0:
            raise Refused("odd-markup", "cells below the last row")
        values = [*self.known.values, *self._values()]
        self._to_midnight(values)
        return CodedRows(self.known.keys, values, self._positions, self._codes).without_empty(fresh)

    def _taken_over(self, position: int) -> Sequence[int]:
        """The numbers of a known row's cells; of one with nothing in it none."""
        place = self._places.get(position)
        return () if place is None else self.known.coded(place)

    def _plain(self, piece: bytes) -> tuple[int, Sequence[int]] | None:
        """The number of a row and those of its cells; None unless it is written as nearly every one is.

        Cut where the row's number ends an address: what stands between goes from one cell to the next.
        """
        digits = piece[len(self._row) : piece.find(b'"', len(self._row))]
        beginning, opening, *cells = [*piece.split(digits + b'"'), b""][:-1] if digits.isdigit() else [b"", b""]
        if beginning != self._row or not cells:
            return None
        before = len(self._cells)
        codes = [*map(self._cells.__getitem__, cells)]
        first = self._openings.get(opening) or self._first(opening)
        columns = first, *map(self._cells.next.__getitem__, codes)
        picker = self._pickers.get(columns)
        if picker is None:
            if columns.index(0) != len(cells):  # the row's number stands elsewhere too
                self._cells.forget(before)
                return None
            picker = self._pickers[columns] = self._picker(columns[:-1])
        codes.append(0)
        return int(digits), picker(codes)

    def _first(self, opening: bytes) -> int:
        """The column of a row's first cell; 0 when these are not the bytes between its number and that cell's."""
        match = self._opening.fullmatch(opening)
        self._openings[opening] = number(match[1].decode()) if match else 0
        return self._openings[opening]

    def _taken_apart(self, piece: bytes) -> tuple[int, Sequence[int]]:
        """The number of a row and those of its cells, each of them looked at. Raises Refused."""
        head, *cells = piece.split(self._cell)
        match = self._head.fullmatch(head)
        if match is None:
            raise Refused("odd-markup", "a row written in an unusual way")
        columns, codes = [], []
        for address, _, written in (cell.partition(b'"') for cell in cells):
            letters = address.removesuffix(match[1])
            if not _LETTERS.fullmatch(letters):
                raise Refused("odd-markup", f"an address in row {match[1].decode()}")
            columns.append(number(letters.decode()))
            codes.append(self._cells[written])
        return int(match[1]), self._picker(columns)([*codes, 0]) if cells else self._blank

    def _picker(self, there: Sequence[int]) -> _Picker:
        """What picks the columns known out of a row with cells in these columns, and an empty one behind them."""
        if [*there] != sorted(set(there)) or there[0] < 1 or there[-1] > LAST_COLUMN:
            raise Refused("odd-markup", "columns out of order")
        wanted = [self.header.columns[column.key] for column in self.columns]
        places = [there.index(column) if column in there else len(there) for column in wanted]
        return itemgetter(*places) if len(places) > 1 else lambda codes: (codes[places[0]],)

    def _values(self) -> list[Cell]:
        """What the different cells show, in the order of their numbers."""
        prefix = self.sheet.prefix.encode()
        written = [
            match[1] if (match := _PLAIN.fullmatch(cell)) else _checked(cell, prefix)  # nearly all are plain
            for cell in self._cells
        ]
        self._cells.clear()
        if not written:
            return []
        little = self._little(written, prefix)
        del self.sheet  # the reader needs as much memory again
        self.book.forget()
        shown = plain_values(little, self.part.name)
        first, last = shown[0], shown[-1]
        if first != [_SIGN] * _WIDTH or last[0] != _SIGN or len(shown) != 2 + -(-len(written) // _WIDTH):
            raise Refused("odd-markup", "cells do not stand where they were put")
        values = (value for line in islice(shown, 1, len(shown) - 1) for value in line)
        return [
            # Nearly all of them are texts.
            value if value.__class__ is str and value and "\r" not in value else _seen(value, cell, prefix)
            for cell, value in zip(written, values, strict=False)
        ]

    def _little(self, written: Sequence[bytes], prefix: bytes) -> bytes:
        """A workbook of these cells alone."""
        sign = b' t="inlineStr"><%bis><%bt>%b</%bt></%bis></%bc>' % (*(prefix,) * 2, _SIGN.encode(), *(prefix,) * 3)
        lines = [[sign] * _WIDTH, *(written[n : n + _WIDTH] for n in range(0, len(written), _WIDTH)), [sign]]
        opening, closing, cell = b"<%brow><%bc" % (prefix, prefix), b"</%brow>" % prefix, b"<%bc" % prefix
        body = [opening + cell.join(line) + closing for line in lines]
        self.formulas = any(b"<f" in line or b":f" in line for line in body)
        sheet = [self.sheet.part[: self.sheet.start], *body, self.sheet.part[self.sheet.end :]]
        return little_workbook(self.book, {self.part.part: sheet}, texts=True)

    def _to_midnight(self, values: list[Cell]) -> None:
        """Bare days in columns with time of day become moments."""
        moments = [place for place, column in enumerate(self.columns) if column.kind is Kind.DATETIME]
        numbers: dict[int, int] = {}
        for code in range(len(self.known.values), len(values)) if moments else ():
            if (moment := at_midnight(values[code])) is not values[code]:
                numbers[code] = len(values)
                values.append(moment)
        for place in moments if numbers else ():
            column = self._codes[place :: len(self.columns)]
            self._codes[place :: len(self.columns)] = array("I", [numbers.get(code, code) for code in column])


class _Cells(dict[bytes, int]):
    """The numbers of cells, from `first` on, by the bytes from behind the address up to the next cell's row number;
    `next` is the column of that next cell by number, 0 where there is none."""

    def __init__(self, first: int) -> None:
        super().__init__()
        self.first, self.next = first, array("H", bytes(2 * first))

    def __missing__(self, written: bytes) -> int:
        code = self[written] = self.first + len(self)
        self.next.append(_next_column(written[written.rfind(b"<") :]))
        return code

    def forget(self, count: int) -> None:
        """Keep the first so many only."""
        while len(self) > count:
            self.popitem()
            self.next.pop()


@lru_cache(maxsize=1024)
def _next_column(tag: bytes) -> int:
    match = _NEXT.fullmatch(tag)
    return number(match[1].decode()) if match else 0


def _checked(written: bytes, prefix: bytes) -> bytes:
    """A cell without the beginning of the next. Raises Refused unless it is one well-formed cell."""
    written = written if written.rstrip().endswith(b">") else written[: written.rindex(b"<")]
    raw = b'<row><%bc r="A1"%b</row>' % (prefix, written)
    try:
        names = [child.name for child in outline(raw, "a cell").children]
    except Unreadable as error:
        raise Refused("odd-markup", "cells that are none") from error
    if names != ["c"]:
        raise Refused("odd-markup", "something else between the cells")
    return written


def _seen(value: Value, written: bytes, prefix: bytes) -> Cell:
    """A value of the reader as a cell; where it sees nothing, what stands there all the same."""
    cell = cell_of(value, Kind.TEXT)
    if (cell is None or b'"e"' in written) and not written.rstrip().endswith(b"/>"):
        return row_xml(b'<row r="1"><%bc r="A1"%b</row>' % (prefix, written), 1).cells[1].unread or cell
    return cell
