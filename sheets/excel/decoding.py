"""Reading a sheet by its different cells: what a cell shows depends on its bytes without its address.

Rows known from an earlier reading are taken over; of the others each different cell goes through the reader of values
once, however often it stands in the sheet. Only sheets written the usual way are read so; all others are refused.
"""

from __future__ import annotations

import re
from array import array
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import chain, count, islice
from operator import itemgetter, lt

from sheets.excel.coded import CodedRows
from sheets.excel.distinct import DistinctCells
from sheets.excel.lines import at_midnight, known_columns
from sheets.excel.marks import RowMarks, mark, row_blocks
from sheets.excel.parts import Book, SheetPart
from sheets.excel.ranges import LAST_COLUMN, LAST_ROW
from sheets.excel.sharedtexts import PlainTexts
from sheets.header import Header
from sheets.letters import number
from sheets.register import Refused
from sheets.table import Cell, Column, Kind

_LETTERS = re.compile(rb"[A-Z]{1,3}")
_NEXT = re.compile(rb'<(?:[\w.-]+:)?c r="([A-Z]{1,3})')
_BLANK_ROWS = rb"(?:\s*<%brow(?: [^<>]*)?/>)*\s*"
_HEAD = _BLANK_ROWS + rb'<%brow r="([1-9]\d{0,6})"(?: [^<>]*)?(?<!/)>\s*'
_OPENING = rb'(?: [^<>]*)?(?<!/)>\s*<%bc r="([A-Z]{1,3})'

_Picker = Callable[[Sequence[int]], Sequence[int]]
_CodedRow = tuple[int, Sequence[int]]
"""The number of a row and those of its cells."""


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
        self.sheet = book.sheet(part.part)
        self.known = known or CodedRows([c.key for c in self.columns], [None], array("I"), array("I"))
        self._known_positions = marks or {}
        self._places = {position: place for place, position in enumerate(self.known.positions)}
        self.formulas = False
        """Whether a row read now holds one."""
        self._marked, self._signs = array("I"), bytearray()
        self._first_code = len(self.known.values)
        self._cells = defaultdict[bytes, int](count(self._first_code).__next__)
        """The numbers of cells by the bytes from behind the address up to the next cell's row number."""
        self._next, self._tails = array("H", bytes(2 * self._first_code)), _Tails()
        """The column of that next cell, 0 where there is none; by number, and by what the cell's bytes end with."""
        self._positions, self._codes = array("I"), array("I")
        self._pickers: dict[tuple[int, bytes], _Picker | None] = {}
        self._openings: dict[bytes, int] = {}
        prefix = self.sheet.prefix.encode()
        self._head, self._opening = re.compile(_HEAD % (prefix, prefix)), re.compile(_OPENING % prefix)
        self._row, self._cell = b"<" + prefix + b'row r="', b"<" + prefix + b'c r="'
        self._blank = array("I", bytes(4 * len(self.columns)))

    def rows(self) -> CodedRows:
        """The rows below the header. Raises Refused when the sheet cannot be read so, Unreadable when it is damaged."""
        last, read = 0, self.sheet.start
        fresh: list[int] = []
        for pieces in row_blocks(self.sheet):
            signs = [*map(mark, pieces)]
            known = [*map(self._known_positions.get, signs)]
            positions = self._run(known) or self._mixed(pieces, known, fresh)
            if not all(map(lt, [last, *positions], positions)) or positions[-1] > LAST_ROW:
                raise Refused("odd-markup", "rows out of order")
            self._marked.extend(positions)
            self._signs += b"".join(signs)
            last, read = positions[-1], read + sum(map(len, pieces)) + len(pieces) * len(self.sheet.row_end)
        if self.sheet.part.find(self._cell[:-3], read, self.sheet.end) >= 0:
            raise Refused("odd-markup", "cells below the last row")
        values = [*self.known.values, *self._values()]
        self._to_midnight(values)
        rows = CodedRows(self.known.keys, values, self._positions, self._codes)
        return rows.without_empty(fresh if self._known_positions else None)

    @property
    def marks(self) -> RowMarks:
        """The marks of the rows read."""
        return RowMarks(positions=self._marked, signs=bytes(self._signs))

    def _run(self, known: Sequence[int | None]) -> Sequence[int]:
        """Take over rows all known that stood one below the other; gives their positions, none where it is not so."""
        places = [*map(self._places.get, known)]  # type: ignore[arg-type]
        first = places[0]
        if first is None or places != [*range(first, first + len(places))]:
            return ()
        positions, width = self.known.positions[first : first + len(places)], len(self.columns)
        self._positions.extend(positions)
        self._codes.extend(self.known.codes[first * width : (first + len(places)) * width])
        return positions

    def _mixed(self, pieces: Sequence[bytes], known: Sequence[int | None], fresh: list[int]) -> Sequence[int]:
        """Take over the rows known and read the others, `fresh` ones; gives the positions of all."""
        read = self._read([piece for piece, position in zip(pieces, known, strict=True) if position is None])
        fresh += [position for position, _ in read]
        others = iter(read)
        rows = [next(others) if position is None else (position, self._taken_over(position)) for position in known]
        shown = [(position, codes) for position, codes in rows if codes and position > self.header.row]
        self._positions.extend([position for position, _ in shown])
        self._codes.extend(chain.from_iterable(codes for _, codes in shown))
        return [position for position, _ in rows]

    def _taken_over(self, position: int) -> Sequence[int]:
        """The numbers of a known row's cells; of one with nothing in it none."""
        place = self._places.get(position)
        return () if place is None else self.known.coded(place)

    def _read(self, pieces: Sequence[bytes]) -> list[_CodedRow]:
        """Rows cut into cells; where one is not written as nearly every one is, it is looked at by itself."""
        before = len(self._cells)
        cut = [*map(self._cut, pieces)]
        self._learn()
        columns = array("H", [*map(self._next.__getitem__, chain.from_iterable(codes for *_, codes in cut))])
        following, end, rows = columns.tobytes(), 0, []
        for position, first, codes in cut:
            start, end = end, end + 2 * len(codes)
            picker = self._picker_of(first, following[start:end])
            if picker is None:
                self._forget(before)
                middle = len(pieces) // 2
                return self._read(pieces[:middle]) + self._read(pieces[middle:]) if middle else [self._apart(pieces[0])]
            codes.append(0)
            rows.append((position, picker(codes)))
        return rows

    def _cut(self, piece: bytes) -> tuple[int, int, list[int]]:
        """The number of a row, the column of its first cell, 0 where it is written unusually, and its cells' numbers.

        Cut where the row's number ends an address: what stands between goes from one cell to the next.
        """
        digits = piece[len(self._row) : piece.find(b'"', len(self._row))]
        cells = piece.split(digits + b'"') if digits.isdigit() and len(digits) < 8 else []
        if len(cells) < 3 or cells[0] != self._row:
            return 0, 0, []
        opening = cells[1]
        first = self._openings.get(opening) or self._first(opening)
        return int(digits), first, [*map(self._cells.__getitem__, cells[2:])]

    def _learn(self) -> None:
        """Find out what follows the cells met anew."""
        new = [*islice(reversed(self._cells), self._first_code + len(self._cells) - len(self._next))]
        tails = map(self._tails.__getitem__, [cell[cell.rfind(b"<") :] for cell in new])
        self._next.extend([*tails][::-1])

    def _forget(self, kept: int) -> None:
        """Keep the first so many cells only."""
        while len(self._cells) > kept:
            self._cells.popitem()
        del self._next[self._first_code + kept :]
        self._cells.default_factory = count(self._first_code + kept).__next__

    def _first(self, opening: bytes) -> int:
        """The column of a row's first cell; 0 when these are not the bytes between its number and that cell's."""
        match = self._opening.fullmatch(opening)
        self._openings[opening] = number(match[1].decode()) if match else 0
        return self._openings[opening]

    def _apart(self, piece: bytes) -> _CodedRow:
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
        self._learn()
        return int(match[1]), self._picker(columns)([*codes, 0]) if cells else self._blank

    def _picker_of(self, first: int, following: bytes) -> _Picker | None:
        """What picks the cells of a row like this, by the columns of its first cell and of those that follow each."""
        shape = first, following
        if shape not in self._pickers:
            columns = [first, *array("H", following)]
            usual = (
                len(columns) > 1 and all(columns[:-1]) and not columns[-1]
            )  # else the row's number stands elsewhere too
            self._pickers[shape] = self._picker(columns[:-1]) if usual else None
        return self._pickers[shape]

    def _picker(self, there: Sequence[int]) -> _Picker:
        """What picks the columns known out of a row with cells in these columns, and an empty one behind them."""
        if [*there] != sorted(set(there)) or there[0] < 1 or there[-1] > LAST_COLUMN:
            raise Refused("odd-markup", "columns out of order")
        wanted = [self.header.columns[column.key] for column in self.columns]
        places = [there.index(column) if column in there else len(there) for column in wanted]
        return itemgetter(*places) if len(places) > 1 else lambda codes: (codes[places[0]],)

    def _values(self) -> list[Cell]:
        """What the different cells show, in the order of their numbers."""
        if not self._cells:
            return []
        frame, prefix = (self.sheet.part[: self.sheet.start], self.sheet.part[self.sheet.end :]), self.sheet.prefix
        del self.sheet  # what follows needs as much memory again
        self.book.forget()
        shared = self.book.xml(self.book.shared_texts) if self.book.shared_texts else b""
        cells = DistinctCells(self._cells, prefix.encode(), PlainTexts(shared))
        self._cells.clear()
        self.formulas = cells.formulas
        return cells.shown(cells.workbook(self.book, self.part, frame), self.part.name)

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


class _Tails(dict[bytes, int]):
    """The column of the cell whose beginning these bytes are; 0 where they are none."""

    def __missing__(self, tag: bytes) -> int:
        match = _NEXT.fullmatch(tag)
        self[tag] = number(match[1].decode()) if match else 0
        return self[tag]
