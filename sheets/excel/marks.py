"""Marks of rows: a digest of each row's bytes, by which it is known again in a later version of the file.

What a row shows depends on its bytes and on what they point to: formats, shared texts, the day count. Only while those
stand as before does a mark mean the same row. Nothing is compared here.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import chain, islice

from sheets.excel.parts import Book, SheetPart
from sheets.excel.sheetxml import SheetXml
from sheets.header import HEADER_ROWS
from sheets.register import Refused, Unreadable

MARK_BYTES = 16
_BLOCK = 1 << 18
_CALCULATED = re.compile(
    rb"(<(?:[\w.-]+:)?f\b[^<>]*(?:/>|>[^<]*</(?:[\w.-]+:)?f>))\s*<(?:[\w.-]+:)?v>[^<]*</(?:[\w.-]+:)?v>"
)
_FIRST_TEXT = re.compile(rb"<(?:[\w.-]+:)?si[\s/>]")


@dataclass(frozen=True, slots=True, kw_only=True)
class RowMarks:
    """The marks of rows, one after the other in `signs`: as objects of their own they would hold on to memory."""

    positions: array[int]
    signs: bytes

    def each(self) -> Iterator[bytes]:
        """The marks in order of the rows."""
        return (self.signs[start : start + MARK_BYTES] for start in range(0, len(self.signs), MARK_BYTES))

    def above(self, position: int) -> Sequence[tuple[int, bytes]]:
        """Positions and marks of the rows down to this one."""
        return [*zip(self.positions[: bisect_right(self.positions, position)], self.each(), strict=False)]

    def changed(self, new: Mapping[int, bytes]) -> RowMarks:
        """The same with new marks of some rows, or of rows added."""
        positions, signs = self.positions[:], bytearray(self.signs)
        for position in sorted(new):
            place = bisect_left(positions, position)
            there = place < len(positions) and positions[place] == position
            if not there:
                positions.insert(place, position)
            signs[place * MARK_BYTES : (place + there) * MARK_BYTES] = new[position]
        return RowMarks(positions=positions, signs=bytes(signs))


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """The marks of a reading's rows, empty ones and the heading too; `setting` and `texts` (length and digest) are what
    the rows point to."""

    rows: RowMarks
    setting: str
    texts: tuple[int, str]


def mark(piece: bytes | memoryview) -> bytes:
    """The mark of a row's bytes."""
    return blake2b(piece, digest_size=MARK_BYTES).digest()


def row_pieces(sheet: SheetXml) -> Iterator[bytes]:
    """The bytes of each row without its end tag; what stands before a row (blanks, rows without cells) is of it."""
    return chain.from_iterable(row_blocks(sheet))


def row_blocks(sheet: SheetXml) -> Iterator[list[bytes]]:
    """The pieces of so many rows at a time as a processor keeps at hand."""
    ending, start = sheet.row_end, sheet.start
    while start < sheet.end:
        cut = sheet.part.rfind(ending, start, min(start + _BLOCK, sheet.end))
        cut = sheet.part.find(ending, start, sheet.end) if cut < 0 else cut
        if cut < 0:
            return
        yield sheet.part[start:cut].split(ending)
        start = cut + len(ending)


def position_of(piece: bytes, sheet: SheetXml) -> int:
    """The row's number; 0 where it is not said in the usual way."""
    tag = b"<" + sheet.prefix.encode() + b'row r="'
    at = piece.rfind(tag[:-4])
    if at < 0 or not piece.startswith(tag, at):
        return 0
    digits = piece[at + len(tag) : piece.find(b'"', at + len(tag))]
    return int(digits) if digits.isdigit() and len(digits) < 8 else 0


def setting_of(book: Book, part: SheetPart) -> str:
    """What else decides what rows show, and which sheet is the register: formats, and the tops of the other sheets."""
    others = [_top(book, other.part) for other in book.sheets if other.part != part.part]
    styles = mark(book.xml(book.styles)) if book.styles else b""
    return mark(repr((book.sheets, book.date1904, styles, others)).encode()).hex()


def _top(book: Book, part: str) -> object:
    """The rows a heading may stand in, without what formulas gave: a dashboard shows something else on each save."""
    try:
        sheet = book.sheet(part)
    except (Refused, Unreadable):
        return book.archive.checksum(part)
    return mark(b"".join(_CALCULATED.sub(rb"\1", piece) for piece in islice(row_pieces(sheet), HEADER_ROWS)))


def texts_of(book: Book, length: int | None = None) -> tuple[int, str]:
    """How long the shared texts are and their digest; of the first `length` bytes of them when it is given."""
    if book.shared_texts is None:
        return 0, ""
    part = book.xml(book.shared_texts)
    first = _FIRST_TEXT.search(part)
    texts = memoryview(part)[first.start() : part.rindex(b"</")][:length] if first else memoryview(b"")
    return len(texts), mark(texts).hex()
