"""What the writer of workbooks leaves out: the figures formulas show, for viewers that do not calculate; and of charts
that the formats of labels are their own, and that a chart without a title is to have none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from xml.sax.saxutils import escape

from sheets.excel.parts import Book
from sheets.excel.values import written
from sheets.table import Cell

_FORMULA = re.compile(rb'<c r="([A-Z]+[0-9]+)"([^<>]*)>(<f\b[^<>]*>[^<]*</f>)<v\s*(?:/>|></v>)</c>')
_FORMAT = re.compile(rb'(numFmt formatCode="[^"]*")(\s*/>)')


def with_figures(data: bytes, sheet: str, shown: Mapping[str, Cell]) -> bytes:
    """The workbook with what the formula cells of a sheet show, by address. Raises KeyError when one is left out."""
    book = Book(data, trusted=True)
    part = next(one.part for one in book.sheets if one.name == sheet)
    drawings = book.parts_of(part, "drawing")
    replaced = {part: _FORMULA.sub(lambda found: _filled(found, shown), book.xml(part))}
    for chart in (chart for drawing in drawings for chart in book.parts_of(drawing, "chart")):
        labelled = _FORMAT.sub(rb'\1 sourceLinked="0"\2', book.xml(chart))
        replaced[chart] = labelled.replace(b"<plotArea>", b'<autoTitleDeleted val="1"/><plotArea>', 1)
    return book.archive.rebuilt({name: [content] for name, content in replaced.items()})


def _filled(found: re.Match[bytes], shown: Mapping[str, Cell]) -> bytes:
    place, attributes, formula = found.groups()
    kind, text = _cached(shown[place.decode()])
    return b'<c r="%b"%b%b>%b<v>%b</v></c>' % (place, attributes, kind, formula, text.encode())


def _cached(value: Cell) -> tuple[bytes, str]:
    """The type attribute and the text of a formula's value."""
    if isinstance(value, str):
        return b' t="str"', escape(value)
    return b"", written(value).text if isinstance(value, datetime) else repr(value)
