"""Filling in a form: a workbook of anybody's making in whose cells `{{ name }}` stands for a value.

Only the texts with such marks are replaced, and their rows made high enough; pictures, formats, print settings and
everything else stay byte for byte. Values go in as text: never a formula, whatever they begin with.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from math import ceil
from unicodedata import east_asian_width
from xml.sax.saxutils import escape

from sheets.excel.outline import Element, Splice, spliced, with_attributes
from sheets.excel.parts import Book
from sheets.excel.ranges import Area, areas

MARK = re.compile(r"\{\{\s*(\w+)\s*\}\}")
LONGEST = 32_767  # characters a cell holds, by the file format
LINE, HIGHEST = 15.0, 409.0  # points: a line of 10-point text, and the highest row the file format allows
DEFAULT_WIDTH = 8.43  # characters, where a column says nothing
WIDEST = 256  # columns of a form that are looked at
_UNSHOWN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


def marks(data: bytes) -> set[str]:
    """The names a form asks for. Raises Unreadable when it is no workbook."""
    book = Book(data)
    texts = (_said(element) for part in _parts(book) for element in book.outline(part).all("si", "is"))
    return {name for text in texts for name in MARK.findall(text)}


def filled(data: bytes, values: Mapping[str, str]) -> bytes:
    """The form with its marks replaced; a name without a value leaves nothing. Raises Unreadable."""
    book = Book(data)
    shared = _shared(book)
    strings = list(book.outline(shared).all("si")) if shared else []
    texts = {str(index): _fill(element, values) for index, element in enumerate(strings) if _marked(element)}
    replaced = {}
    for part in _parts(book):
        elements = [each for each in book.outline(part).all("si", "is") if _marked(each)]
        splices = [_splice(each, _fill(each, values)) for each in elements]
        if part != shared:
            splices += _heights(book.xml(part), book.outline(part), texts, values)
        if splices:
            replaced[part] = [spliced(book.xml(part), sorted(splices))]
    return book.archive.rebuilt(replaced)


def _parts(book: Book) -> Iterator[str]:
    """Where texts stand: shared strings, and the sheets with what is written into their cells."""
    shared = _shared(book)
    yield from (*((shared,) if shared else ()), *(sheet.part for sheet in book.sheets))


def _shared(book: Book) -> str | None:
    return next((r.target for r in book.related if r.type == "sharedStrings" and r.target), None)


def _said(element: Element) -> str:
    """The text of a string, without the reading aids of Japanese."""
    runs = (t for child in element.children if child.name == "r" for t in child.all("t"))
    return "".join(t.text for t in (*(child for child in element.children if child.name == "t"), *runs))


def _marked(element: Element) -> bool:
    return MARK.search(_said(element)) is not None


def _fill(element: Element, values: Mapping[str, str]) -> str:
    text = MARK.sub(lambda mark: values.get(mark[1], ""), _said(element)).strip()[:LONGEST]
    return _UNSHOWN.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def _splice(element: Element, text: str) -> Splice:
    prefix = f"{element.prefix}:" if element.prefix else ""
    safe = escape(_ESCAPE.sub("_x005F_", text))
    return element.opened, element.closing, f'<{prefix}t xml:space="preserve">{safe}</{prefix}t>'.encode()


def _heights(part: bytes, sheet: Element, texts: Mapping[str, str], values: Mapping[str, str]) -> Iterator[Splice]:
    """Rows whose filled-in texts take more room than they have: few programs see to that when they open a file."""
    widths = _widths(sheet)
    merged = [area for each in sheet.all("mergeCell") for area in areas(each.attribute("ref"))]
    for row in sheet.all("row"):
        lines = [_lines(text, _width(at, widths, merged)) for at, text in _texts_of(row, texts, values)]
        height = min(HIGHEST, LINE * max(lines, default=0))
        if height > max(LINE, float(row.attribute("ht", "0"))):
            yield with_attributes(part, row, {"ht": f"{height:g}", "customHeight": "1"})


def _texts_of(row: Element, texts: Mapping[str, str], values: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for cell in row.all("c"):
        inline, shared = cell.child("is"), cell.child("v")
        if inline is not None and _marked(inline):
            yield cell.attribute("r"), _fill(inline, values)
        elif cell.attribute("t") == "s" and shared is not None and shared.text in texts:
            yield cell.attribute("r"), texts[shared.text]


def _widths(sheet: Element) -> dict[int, float]:
    """How many characters each column holds that says so."""
    return {
        column: float(each.attribute("width", str(DEFAULT_WIDTH)))
        for each in sheet.all("col")
        for column in range(int(each.attribute("min")), min(int(each.attribute("max")), WIDEST) + 1)
    }


def _width(reference: str, widths: Mapping[int, float], merged: list[Area]) -> float:
    (cell,) = areas(reference) or (Area(left=1, top=1, right=1, bottom=1),)
    whole = next((area for area in merged if area.holds(cell.top, cell.left)), cell)
    return sum(widths.get(column, DEFAULT_WIDTH) for column in range(whole.left, whole.right + 1))


def _lines(text: str, width: float) -> int:
    return sum(max(1, ceil(_room(line) / width)) for line in text.split("\n"))


def _room(line: str) -> int:
    """How wide a line is in digits: a Chinese character takes two."""
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in line)
