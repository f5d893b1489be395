"""Filling in a form: a workbook of anybody's making in whose cells `{{ name }}` stands for a value.

Only the texts with such marks are replaced; pictures, formats, print settings and everything else stay byte for byte.
Values go in as text: never a formula, whatever they begin with.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from xml.sax.saxutils import escape

from sheets.excel.outline import Element, Splice, spliced
from sheets.excel.parts import Book

MARK = re.compile(r"\{\{\s*(\w+)\s*\}\}")
LONGEST = 32_767  # characters a cell holds, by the file format
_UNSHOWN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


def marks(data: bytes) -> set[str]:
    """The names a form asks for. Raises Unreadable when it is no workbook."""
    book = Book(data)
    return {name for _, text in _texts(book) for _, said in text for name in MARK.findall(said)}


def filled(data: bytes, values: Mapping[str, str]) -> bytes:
    """The form with its marks replaced; a name without a value leaves nothing. Raises Unreadable."""
    book = Book(data)
    replaced = {}
    for part, found in _texts(book):
        splices = [_splice(element, said, values) for element, said in found if MARK.search(said)]
        if splices:
            replaced[part] = [spliced(book.xml(part), splices)]
    return book.archive.rebuilt(replaced)


def _texts(book: Book) -> Iterator[tuple[str, list[tuple[Element, str]]]]:
    """Every text of the workbook: shared strings, and those written into their cells."""
    shared = [r.target for r in book.related if r.type == "sharedStrings" and r.target]
    for part in (*shared, *(sheet.part for sheet in book.sheets)):
        elements = book.outline(part).all("si", "is")
        yield part, [(each, "".join(t.text for t in _visible(each))) for each in elements]


def _visible(element: Element) -> Iterator[Element]:
    """The pieces of a text, without the reading aids of Japanese."""
    for child in element.children:
        if child.name == "t":
            yield child
        elif child.name == "r":
            yield from child.all("t")


def _splice(element: Element, said: str, values: Mapping[str, str]) -> Splice:
    text = MARK.sub(lambda mark: values.get(mark[1], ""), said)[:LONGEST]
    safe = escape(_ESCAPE.sub("_x005F_", _UNSHOWN.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))))
    prefix = f"{element.prefix}:" if element.prefix else ""
    return element.opened, element.closing, f'<{prefix}t xml:space="preserve">{safe}</{prefix}t>'.encode()
