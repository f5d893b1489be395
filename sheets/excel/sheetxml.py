"""A worksheet part: where its rows stand, and the few rows that are looked into.

Rows are found in one pass over the bytes, in a part known to be written the usual way by halving it again and again;
only touched rows are taken apart, and their untouched cells are kept byte for byte. Markup that would make this unsafe
(comments, CDATA, unordered rows) is refused.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from functools import cached_property
from operator import lt

from sheets.excel.outline import Element, Splice, attributes_of, outline, tag_with
from sheets.excel.ranges import Area, areas
from sheets.excel.rowxml import RowXml, addressed, row_xml
from sheets.register import Refused, Unreadable

_ATTRIBUTES = rb"((?:\s+[^\s=/<>]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*)\s*(/?)>"
_DATA = re.compile(rb"<((?:[\w.-]+:)?)sheetData" + _ATTRIBUTES)
_ROW_NUMBER = re.compile(rb"(?:^|\s)r\s*=\s*[\"'](\d{1,7})[\"']")
_ANCHOR = re.compile(rb"<(?:\w+:)?f\b[^<>]*\bt\s*=\s*[\"'](?:array|dataTable)[\"'][^<>]*>")


class SheetXml:
    """A worksheet part in UTF-8; `formulas`: whether it holds any. Raises Unreadable, Refused where it is unsafe.

    `usual`: these very bytes were read cell by cell, so that they hold no comments, and rows with cells are in order.
    """

    def __init__(self, part: bytes, *, formulas: bool, usual: bool = False) -> None:
        self.formulas, self._usual = formulas, usual
        match = _DATA.search(part)
        if match is None:
            raise Refused("odd-markup", "the sheet has no cells")
        tag_end = match.end()
        if match[3]:  # an empty sheet: open the element, so that rows have a place
            opened = _opened(match[0])
            part = part[: match.start()] + opened + b"</" + match[1] + b"sheetData>" + part[tag_end:]
            tag_end = match.start() + len(opened)
        self.part = part
        self.prefix = match[1].decode()
        self.start, self.end = tag_end, part.rfind(b"</" + match[1] + b"sheetData")
        if self.end < self.start:
            raise Unreadable("damaged", "the cells of a sheet break off")
        odd = not usual and any(_tag_with(part, sign, self.start, self.end) for sign in (b"!", b"?"))
        if odd or (not usual and part.find(b"AlternateContent", self.start, self.end) >= 0):
            raise Refused("odd-markup", "comments or alternatives among the cells")
        self._tag = b"<" + match[1] + b"row"
        self._row = re.compile(b"<" + match[1] + b"row" + _ATTRIBUTES)
        self.row_end = b"</" + match[1] + b"row>"
        self.frame_part = part[: self.start] + part[self.end :]
        self._rows: dict[int, RowXml | None] = {}

    @cached_property
    def frame(self) -> Element:
        """The outline of everything around the rows, over `frame_part`."""
        return outline(self.frame_part, "the sheet")

    def placed(self, splice: Splice) -> Splice:
        """A splice over `frame_part` as one over the whole part."""
        shift = self.end - self.start if splice[0] >= self.start else 0
        return splice[0] + shift, splice[1] + shift, splice[2]

    @cached_property
    def _index(self) -> tuple[array[int], array[int]]:
        """Row numbers and where their start tags begin."""
        numbers, starts, last = array("q"), array("q"), 0
        for start, given in self._row_tags():
            row = last + 1 if given is None else given
            if row <= last:
                raise Refused("odd-markup", f"row {row} after row {last}")
            numbers.append(row)
            starts.append(start)
            last = row
        return numbers, starts

    def _row_tags(self) -> Iterator[tuple[int, int | None]]:
        """Where the rows' start tags are, and their numbers where they are given.

        Searching for bytes is ten times as quick as searching with a pattern.
        """
        part, needle, at = self.part, self._tag, self.start
        usual = needle + b' r="'
        while (at := part.find(needle, at, self.end)) >= 0:
            behind = at + len(usual)
            digits = part[behind : part.find(b'"', behind, behind + 8)] if part.startswith(usual, at) else b""
            if digits.isdigit():
                yield at, int(digits)
            elif match := self._row.match(part, at):
                given = _ROW_NUMBER.search(match[1])
                yield at, int(given[1]) if given else None
            at += len(needle)

    def row(self, wanted: int) -> RowXml | None:
        """A row taken apart; None when the sheet has no element for it."""
        if wanted not in self._rows:
            self._rows[wanted] = self._taken_apart(wanted)
        return self._rows[wanted]

    def _taken_apart(self, wanted: int) -> RowXml | None:
        start, number, limit = self._from(wanted)
        if number != wanted:
            return None
        closing = self.part.rfind(self.row_end, start, limit)
        end = self.part.index(b">", start) + 1 if closing < 0 else closing + len(self.row_end)
        return row_xml(self.part[start:end], wanted, start)

    def _from(self, wanted: int) -> tuple[int, int, int]:
        """The first row from `wanted` on: where it begins, its number (0: there is none) and where the next begins."""
        if self._usual and (found := self._halved(wanted)) is not None:
            return found
        numbers, starts = self._index
        index = bisect_left(numbers, wanted)
        if index == len(numbers):
            return self.end, 0, self.end
        return starts[index], numbers[index], starts[index + 1] if index + 1 < len(starts) else self.end

    def _halved(self, wanted: int) -> tuple[int, int, int] | None:
        """The same found by halving what is left; None unless it and its neighbours are as usual and in order."""
        low, high = self.start, self.end
        while low < high:
            middle = (low + high) // 2
            at = self._next_row(middle, high)
            if at < 0 or self._number_at(at) >= wanted:
                high = middle
            else:
                low = at + 1
        at = self._next_row(low, self.end)
        before = self.part.rfind(self._tag, self.start, self.end if at < 0 else at)
        behind = -1 if at < 0 else self._next_row(at + 1, self.end)
        numbers = [self._number_at(place) for place in (before, at, behind) if place >= 0]
        if not all(map(lt, [0, *numbers], numbers)) or (before >= 0 and numbers[0] >= wanted):
            return None
        if at < 0:
            return self.end, 0, self.end
        return at, self._number_at(at), self.end if behind < 0 else behind

    def _next_row(self, start: int, end: int) -> int:
        """Where the first row that begins between the two does; -1 where none does."""
        return self.part.find(self._tag, start, min(end + len(self._tag) - 1, self.end))

    def _number_at(self, at: int) -> int:
        """The number of the row that begins there; 0 where it is not said in the usual way."""
        behind = at + len(self._tag) + len(b' r="')
        digits = self.part[behind : self.part.find(b'"', behind, behind + 8)]
        return int(digits) if digits.isdigit() and self.part[behind - 4 : behind] == b' r="' else 0

    def row_at(self, offset: int) -> int:
        """The number of the row whose bytes hold this offset; 0 above the first."""
        numbers, starts = self._index
        index = bisect_right(starts, offset)
        return numbers[index - 1] if index else 0

    @cached_property
    def anchored(self) -> tuple[Area, ...]:
        """The areas array formulas and data tables spill over."""
        if not self.formulas:
            return ()
        found = (attributes_of(match[0]).get("ref", "") for match in _ANCHOR.finditer(self.part, self.start, self.end))
        return tuple(area for reference in found for area in areas(reference))

    def with_cells(self, row: RowXml, new: Mapping[int, bytes]) -> Splice:
        """The splice that puts cells (by column) into a row that exists."""
        kept = {column: addressed(cell, row.number) for column, cell in row.cells.items()}
        tag = tag_with(_opened(row.tag), {"r": str(row.number), "spans": None})
        return row.start, row.end, self._joined(tag, {**kept, **new})

    def with_row(self, wanted: int, shape: Mapping[str, str], new: Mapping[int, bytes]) -> Splice:
        """The splice that adds a row that has no element yet."""
        at, _, _ = self._from(wanted)
        tag = tag_with(f"<{self.prefix}row>".encode(), {"r": str(wanted), **shape})
        return at, at, self._joined(tag, new)

    def _joined(self, tag: bytes, cells: Mapping[int, bytes]) -> bytes:
        return tag + b"".join(cells[column] for column in sorted(cells)) + self.row_end


def _tag_with(part: bytes, sign: bytes, start: int, end: int) -> bool:
    """Whether a tag begins with this sign. Looking for one byte is many times as quick as looking for two."""
    while (start := part.find(sign, start, end)) >= 0:
        if part[start - 1 : start] == b"<":
            return True
        start += 1
    return False


def has_formulas(part: bytes) -> bool:
    """Whether a worksheet part holds a formula, in any notation; plain searches, as parts are large."""
    if b"<f" not in part and b":f" not in part:
        return False
    return any(mark in part for mark in (b"<f>", b"<f ", b"<f/", b":f>", b":f ", b":f/", b"<f\n", b"<f\t"))


def _opened(tag: bytes) -> bytes:
    return tag[:-2].rstrip() + b">" if tag.endswith(b"/>") else tag
