"""What different cells show: put into a little workbook of their own, they go through the reader of values once each.

A cell is given by its bytes from behind its address; the beginning of the cell that followed it may still stand there.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

from sheets.excel.lines import Known, Value
from sheets.excel.little import SHARED, little_workbook
from sheets.excel.outline import outline
from sheets.excel.parts import Book, SheetPart
from sheets.excel.reader import plain_values
from sheets.excel.rowxml import row_xml
from sheets.excel.sharedtexts import PlainTexts
from sheets.register import Refused, Unreadable
from sheets.table import Cell

_WIDTH = 64
_AT_ONCE = 1024
_SIGN = "first and last"
_GAP = b"\r\t\r"
"""Stands between cells: XML allows it there, and no program writes it."""
_PLAIN = re.compile(
    rb'(?:(?: s="\d+")?(?: t="[a-z]+")?><v>[^<\r]*</v></c>(?:<c r="[A-Z]{1,3})?\r\t\r'
    rb'|(?: (?!r=)[a-z]+="[^"<\r]*")*'
    rb"(?:/>|></c>|>(?:<f(?: [^<>\r]*)?(?:/>|>[^<\r]*</f>))?(?:<v>[^<\r]*</v>|<v/>)?</c>"
    rb'|><is><t(?: xml:space="preserve")?>[^<\r]*</t></is></c>)[ \n\t]*(?:<c r="[A-Z]{1,3})?\r\t\r)*'
)
"""Cells as nearly every one is written."""
_TO_SHARED = re.compile(rb'(?: s="\d+")? t="s"><v>(\d{1,9})</v></c>(?:<c r="[A-Z]{1,3})?\r\t\r|[^\r]*\r\t\r')
"""A cell that points to a shared text; any other."""
_NEXT = rb'<%bc r="[A-Z]{1,3}\r\t\r'


class DistinctCells:
    """The different cells of a sheet whose elements have this prefix.

    What points to a plain shared text is known already, what is left stands in lines for a little workbook. Raises
    Refused unless each is one well-formed cell.
    """

    def __init__(self, cells: Iterable[bytes], prefix: bytes, texts: PlainTexts) -> None:
        self.prefix, self._texts, self._numbers = prefix, texts, array("l")
        together, rest = iter(cells), list[bytes]()
        while some := [*islice(together, _AT_ONCE)]:
            numbers = texts.plain(_pointing(some))
            rest += [cell for cell, number in zip(some, numbers, strict=True) if number < 0]
            self._numbers.fromlist(numbers)
        self.lines = [*_lines(rest, prefix)]
        self.formulas = any(b"<f" in line or b":f" in line for line in self.lines)
        """Whether one of them is calculated."""

    def workbook(self, book: Book, part: SheetPart, frame: tuple[bytes, bytes]) -> bytes:
        """A workbook of these cells alone; `frame` is what stands before and behind the rows of their sheet."""
        p = self.prefix
        sign = b'<%bc t="inlineStr"><%bis><%bt>%b</%bt></%bis></%bc>' % (p, p, p, _SIGN.encode(), p, p, p)
        body = [b"<%brow>%b</%brow>" % (p, line, p) for line in (sign * _WIDTH, *self.lines, sign)]
        texts = any(SHARED.search(line) for line in self.lines)
        return little_workbook(book, {part.part: [frame[0], *body, frame[1]]}, texts=texts)

    def shown(self, little: bytes, name: str) -> list[Cell]:
        """What they show, those left in that workbook. Raises Refused when they stand elsewhere in it."""
        shown = plain_values(little, name)
        first, last = shown[0], shown[-1]
        if first != [_SIGN] * _WIDTH or last[0] != _SIGN or len(shown) != 2 + len(self.lines):
            raise Refused("odd-markup", "cells do not stand where they were put")
        lines, known = zip(self.lines, islice(shown, 1, None), strict=False), Known()
        rest = chain.from_iterable(self._seen(line, values, known) for line, values in lines)
        try:
            return [next(rest) if text is None else text for text in self._texts.of(self._numbers)]
        except UnicodeDecodeError as error:
            raise Refused("odd-markup", "texts that are none") from error

    def _seen(self, line: bytes, values: Sequence[Value], known: Known) -> list[Cell]:
        seen: list[Cell] = [
            # Nearly all of them are texts.
            value if value.__class__ is str and value and "\r" not in value else known[value]
            for value in values
        ]
        if None in seen or b'"e"' in line:
            for place, cell in enumerate(line.split(_GAP)):
                seen[place] = self._unread(cell, seen[place])
        return seen

    def _unread(self, written: bytes, cell: Cell) -> Cell:
        """Where the reader sees nothing, what stands there all the same."""
        if (cell is not None and b'"e"' not in written) or written.rstrip().endswith(b"/>"):
            return cell
        opening = b"<%bc" % self.prefix
        raw = b'<row r="1">%b r="A1"%b</row>' % (opening, written.removeprefix(opening))
        return row_xml(raw, 1).cells[1].unread or cell


def _pointing(cells: Sequence[bytes]) -> list[int]:
    """The numbers of the shared texts that cells show and nothing else; -1 for any other cell."""
    numbers = [int(number or -1) for number in _TO_SHARED.findall(_GAP.join(cells) + _GAP)]
    return numbers if len(numbers) == len(cells) else [-1] * len(cells)


def _lines(cells: Iterable[bytes], prefix: bytes) -> Iterator[bytes]:
    """The cells as elements without an address, so many to a line."""
    following, opening, rest = re.compile(_NEXT % prefix), b"<%bc" % prefix, iter(cells)
    while some := [*islice(rest, _WIDTH)]:
        line = _GAP.join(some) + _GAP
        if line.count(_GAP) != len(some):
            raise Refused("odd-markup", "a cell with a byte no program writes")
        if _PLAIN.fullmatch(line):
            line = following.sub(_GAP, line)
        else:
            line = b"".join(_checked(cell, prefix) + _GAP for cell in some)
        yield opening + line[: -len(_GAP)].replace(_GAP, _GAP + opening)


def _checked(written: bytes, prefix: bytes) -> bytes:
    """A cell without the beginning of the next. Raises Refused unless it is one well-formed cell."""
    written = written if written.rstrip().endswith(b">") else written[: max(0, written.rfind(b"<"))]
    raw = b'<row><%bc r="A1"%b</row>' % (prefix, written)
    try:
        names = [child.name for child in outline(raw, "a cell").children]
    except Unreadable as error:
        raise Refused("odd-markup", "cells that are none") from error
    if names != ["c"]:
        raise Refused("odd-markup", "something else between the cells")
    return written
