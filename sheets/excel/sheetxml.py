"""A worksheet part: where its rows stand, and the few rows that are looked into.

Rows are found in one pass over the bytes; only touched rows are taken apart, and their untouched cells are kept byte
for byte. Markup that would make this unsafe (comments, CDATA, unordered rows) is refused.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from sheets.excel.outline import Element, Splice, attributes_of, outline, tag_with
from sheets.excel.ranges import Area, areas, place
from sheets.letters import number
from sheets.register import Refused, Unreadable

_ATTRIBUTES = rb"((?:\s+[^\s=/<>]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*)\s*(/?)>"
_DATA = re.compile(rb"<((?:[\w.-]+:)?)sheetData" + _ATTRIBUTES)
_ROW_NUMBER = re.compile(rb"(?:^|\s)r\s*=\s*[\"'](\d{1,7})[\"']")
_ANCHOR = re.compile(rb"<(?:\w+:)?f\b[^<>]*\bt\s*=\s*[\"'](?:array|dataTable)[\"'][^<>]*>")
_ROW_SHAPE = ("s", "customFormat", "ht", "customHeight")


@dataclass(frozen=True, slots=True, kw_only=True)
class CellXml:
    """One `<c>`: its column from 1, its bytes, and what an editor must know.

    `formula` is its text, None when there is none; `text` its value as written, None when there is none; `special` says
    why it must not be overwritten, mostly empty.
    """

    column: int
    raw: bytes
    style: int
    type: str
    formula: str | None
    text: str | None
    special: str

    @property
    def unread(self) -> str:
        """What stands here although a reader of values sees nothing: the error, or the formula without a value."""
        if self.type == "e":
            return self.text or ""
        valued = self.text or (self.text is not None and self.type == "str")  # a formula may well give ""
        return "" if self.formula is None or valued else f"={self.formula}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowXml:
    """One `<row>`: its number from 1, its bytes' place, its start tag, and its cells by column."""

    number: int
    start: int
    end: int
    tag: bytes
    cells: Mapping[int, CellXml]

    @property
    def shape(self) -> Mapping[str, str]:
        """The attributes a new row below takes over: height and format."""
        return {key: value for key, value in attributes_of(self.tag).items() if key in _ROW_SHAPE}

    @property
    def style(self) -> int:
        """The format of cells the row has no element for."""
        return int(self.shape.get("s", "0")) if self.shape.get("customFormat") in ("1", "true") else 0


class SheetXml:
    """A worksheet part in UTF-8; `formulas`: whether it holds any. Raises Unreadable, Refused where it is unsafe."""

    def __init__(self, part: bytes, *, formulas: bool) -> None:
        self.formulas = formulas
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
        odd = any(_tag_with(part, sign, self.start, self.end) for sign in (b"!", b"?"))
        if odd or part.find(b"AlternateContent", self.start, self.end) >= 0:
            raise Refused("odd-markup", "comments or alternatives among the cells")
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
        part, needle, at = self.part, b"<" + self.prefix.encode() + b"row", self.start
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
        numbers, starts = self._index
        index = bisect_left(numbers, wanted)
        if index == len(numbers) or numbers[index] != wanted:
            return None
        start = starts[index]
        limit = starts[index + 1] if index + 1 < len(starts) else self.end
        closing = self.part.rfind(self.row_end, start, limit)
        end = self.part.index(b">", start) + 1 if closing < 0 else closing + len(self.row_end)
        return row_xml(self.part[start:end], wanted, start)

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
        numbers, starts = self._index
        index = bisect_left(numbers, wanted)
        at = starts[index] if index < len(starts) else self.end
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


def row_xml(raw: bytes, number: int, start: int = 0) -> RowXml:
    """A row taken apart. Raises Unreadable when it is not well-formed, Refused when it holds anything but cells."""
    element = outline(raw, f"row {number}")
    cells = _cells(element, raw, number)
    return RowXml(number=number, start=start, end=start + len(raw), tag=raw[: element.opened], cells=cells)


def has_formulas(part: bytes) -> bool:
    """Whether a worksheet part holds a formula, in any notation; plain searches, as parts are large."""
    if b"<f" not in part and b":f" not in part:
        return False
    return any(mark in part for mark in (b"<f>", b"<f ", b"<f/", b":f>", b":f ", b":f/", b"<f\n", b"<f\t"))


def _cells(row: Element, raw: bytes, row_number: int) -> Mapping[int, CellXml]:
    cells: dict[int, CellXml] = {}
    last = 0
    for element in row.children:
        if element.name != "c":
            raise Refused("odd-markup", f"<{element.name}> in row {row_number}")
        reference = element.attributes.get("r", "")
        column = number(reference.rstrip("0123456789")) if reference else last + 1
        if column <= last or (reference and not reference.endswith(f"{row_number}")):
            raise Refused("odd-markup", f"cell {reference} in row {row_number}")
        cells[column] = _cell(element, column, raw[element.start : element.end])
        last = column
    return cells


def _cell(element: Element, column: int, raw: bytes) -> CellXml:
    formula, value = element.child("f"), element.child("v")
    special = "metadata" if {"cm", "vm"} & element.attributes.keys() else ""
    if formula is not None:
        kind = formula.attribute("t")
        special = kind if kind in ("array", "dataTable") or (kind == "shared" and formula.text) else special
    return CellXml(
        column=column,
        raw=raw,
        style=int(element.attributes.get("s", "0")),
        type=element.attributes.get("t", "n"),
        formula=None if formula is None else formula.text,
        text=None if value is None else value.text,
        special=special,
    )


def addressed(cell: CellXml, row: int) -> bytes:
    """The cell's bytes with its address in this row: where it had none new neighbours would move it."""
    end = cell.raw.index(b">") + 1
    tag, address = cell.raw[:end], place(row, cell.column)
    return cell.raw if attributes_of(tag).get("r") == address else tag_with(tag, {"r": address}) + cell.raw[end:]


def _opened(tag: bytes) -> bytes:
    return tag[:-2].rstrip() + b">" if tag.endswith(b"/>") else tag
