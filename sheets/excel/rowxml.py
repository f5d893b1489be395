"""One row taken apart into its cells.

Rows written as nearly every one is are read by a pattern, which costs a tenth; all others by the parser of XML. What
the pattern takes is well-formed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sheets.excel.outline import Element, attributes_of, outline, tag_with
from sheets.excel.ranges import place
from sheets.letters import number
from sheets.register import Refused

_ROW_SHAPE = ("s", "customFormat", "ht", "customHeight")
_TAG = re.compile(rb'<row r="([1-9]\d{0,6})"((?: [A-Za-z0-9]+(?::[A-Za-z]+)?="[\w.:, -]*")*)>')
_TEXT = rb"[^<>&\x00-\x08\x0b-\x1f]*"
_REFERENCE = rb"&(?:amp|lt|gt|quot|apos|#(?:9|10|13|[3-9]\d|[1-9]\d{2,3}|[1-4]\d{4}));"
_CELL = re.compile(
    rb'<c r="([A-Z]{1,3})([1-9]\d{0,6})"(?: s="(\d{1,9})")?(?: t="([A-Za-z]+)")?'
    rb'(?: ?/>|>(?:<v>(%b)</v>|<is><t(?: xml:space="preserve")?>%b(?>%b%b)*+</t></is>)?</c>)'
    % (_TEXT, _TEXT, _REFERENCE, _TEXT)
)
_NO_CHARACTERS = re.compile("[\ufffe\uffff]")


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


def row_xml(raw: bytes, number: int, start: int = 0) -> RowXml:
    """A row taken apart. Raises Unreadable when it is not well-formed, Refused when it holds anything but cells."""
    opened, cells = _plain_cells(raw, number) or _parsed_cells(raw, number)
    return RowXml(number=number, start=start, end=start + len(raw), tag=raw[:opened], cells=cells)


def _plain_cells(raw: bytes, row_number: int) -> tuple[int, Mapping[int, CellXml]] | None:
    """Where a row's start tag ends, and its cells by column; None unless it is written as nearly every one is."""
    tag = _TAG.match(raw)
    if tag is None or int(tag[1]) != row_number or len(attributes_of(tag[0])) != tag[0].count(b"=") or _odd(raw):
        return None
    cells: dict[int, CellXml] = {}
    last, end = 0, tag.end()
    for match in _CELL.finditer(raw, end):
        column = number(match[1].decode())
        if match.start() != end or column <= last or match[2] != tag[1]:
            return None
        last, end = column, match.end()
        cells[column] = CellXml(
            column=column,
            raw=match[0],
            style=int(match[3] or 0),
            type=(match[4] or b"n").decode(),
            formula=None,
            text=None if match[5] is None else match[5].decode(),
            special="",
        )
    return (tag.end(), cells) if raw[end:] == b"</row>" else None


def _odd(raw: bytes) -> bool:
    """Whether bytes are no text XML may hold."""
    try:
        return not raw.isascii() and _NO_CHARACTERS.search(raw.decode()) is not None
    except UnicodeDecodeError:
        return True


def _parsed_cells(raw: bytes, row_number: int) -> tuple[int, Mapping[int, CellXml]]:
    row, cells, last = outline(raw, f"row {row_number}"), dict[int, CellXml](), 0
    for element in row.children:
        if element.name != "c":
            raise Refused("odd-markup", f"<{element.name}> in row {row_number}")
        reference = element.attributes.get("r", "")
        column = number(reference.rstrip("0123456789")) if reference else last + 1
        if column <= last or (reference and not reference.endswith(f"{row_number}")):
            raise Refused("odd-markup", f"cell {reference} in row {row_number}")
        cells[column] = _cell(element, column, raw[element.start : element.end])
        last = column
    return row.opened, cells


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
    if tag.startswith(b'<c r="%b"' % address.encode()):
        return cell.raw
    return cell.raw if attributes_of(tag).get("r") == address else tag_with(tag, {"r": address}) + cell.raw[end:]
