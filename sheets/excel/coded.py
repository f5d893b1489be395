"""Rows kept as numbers of values: a large register repeats few values, and a row is made when somebody looks at it.

`values` only ever grows, so that a later version shares it with the one before. Number 0 is the empty cell.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import overload

from sheets.table import Cell, Row

_SPARE = 100_000
"""So many values no row shows any more may be kept."""


class CodedRows(Sequence[Row]):
    """Rows by position, ascending. `codes` holds the numbers of each row's cells, row after row, in order of `keys`."""

    __slots__ = ("codes", "keys", "positions", "values")

    def __init__(self, keys: Sequence[str], values: list[Cell], positions: array[int], codes: array[int]) -> None:
        self.keys, self.values, self.positions, self.codes = tuple(keys), values, positions, codes

    @classmethod
    def of(cls, keys: Sequence[str], rows: Iterable[tuple[int, Sequence[Cell]]]) -> CodedRows:
        """Rows given as position and cells, in order of `keys`."""
        numbers: dict[tuple[type, Cell], int] = {(type(None), None): 0}
        positions, codes = array("I"), array("I")
        for position, cells in rows:
            positions.append(position)
            codes.extend(numbers.setdefault((cell.__class__, cell), len(numbers)) for cell in cells)
        return cls(keys, [value for _, value in numbers], positions, codes)

    def __len__(self) -> int:
        return len(self.positions)

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Row, ...]: ...
    def __getitem__(self, index: int | slice) -> Row | tuple[Row, ...]:
        if isinstance(index, slice):
            return tuple(self._row(place) for place in range(*index.indices(len(self))))
        return self._row(range(len(self))[index])

    def __iter__(self) -> Iterator[Row]:
        return map(self._row, range(len(self)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(a == b for a, b in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]

    def at(self, position: int) -> Mapping[str, Cell] | None:
        """The cells of the row at a position; None when there is no such row."""
        place = self.place(position)
        return None if place is None else self._row(place).cells

    def place(self, position: int) -> int | None:
        """How many rows stand above the one at a position; None when there is no such row."""
        place = bisect_left(self.positions, position)
        return place if place < len(self) and self.positions[place] == position else None

    def coded(self, place: int) -> array[int]:
        """The numbers of a row's cells."""
        return self.codes[place * len(self.keys) : (place + 1) * len(self.keys)]

    def changed(self, cells: Mapping[int, Mapping[str, Cell]]) -> CodedRows:
        """The rows with these cells, by position and key; a row left empty is no row any more."""
        new = CodedRows(self.keys, self.values, self.positions[:], self.codes[:])
        for position in sorted(cells):
            new._put(position, cells[position])
        return new._tidied()

    def without_empty(self, among: Iterable[int] | None = None) -> CodedRows:
        """The rows that show something; only those at positions `among` are looked at."""
        blank = {number for number, value in enumerate(self.values) if value is None}
        places = range(len(self)) if among is None else map(self.place, among)
        empty = [place for place in places if place is not None]
        for column in range(len(self.keys)):
            empty = [place for place in empty if self.codes[place * len(self.keys) + column] in blank]
            if not empty:
                return self._tidied()
        filled = sorted({*range(len(self))}.difference(empty))
        codes = array("I")
        for place in filled:
            codes.extend(self.coded(place))
        positions = array("I", [self.positions[place] for place in filled])
        return CodedRows(self.keys, self.values, positions, codes)._tidied()

    def _row(self, place: int) -> Row:
        cells = map(self.values.__getitem__, self.coded(place))
        return Row(position=self.positions[place], cells=MappingProxyType(dict(zip(self.keys, cells, strict=True))))

    def _put(self, position: int, cells: Mapping[str, Cell]) -> None:
        place, width = bisect_left(self.positions, position), len(self.keys)
        if place == len(self) or self.positions[place] != position:
            self.positions.insert(place, position)
            self.codes[place * width : place * width] = array("I", bytes(width * self.codes.itemsize))
        for number, key in enumerate(self.keys, start=place * width):
            if key in cells:
                self.codes[number] = self._number(cells[key])
        if all(self.values[number] is None for number in self.coded(place)):
            del self.positions[place], self.codes[place * width : (place + 1) * width]

    def _number(self, value: Cell) -> int:
        if value is None:
            return 0
        self.values.append(value)
        return len(self.values) - 1

    def _tidied(self) -> CodedRows:
        """The same with the values in use alone, once too many are not."""
        if len(self.values) <= len(self.codes) + _SPARE:
            return self
        numbers = {0: 0}
        codes = array("I", [numbers.setdefault(code, len(numbers)) for code in self.codes])
        return CodedRows(self.keys, [self.values[number] for number in numbers], self.positions, codes)
