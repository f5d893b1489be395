"""What colleagues save the register with: two programs, neither of them the bot's own.

`anew` is openpyxl: the whole workbook is read, and every part of it written anew in its own way. `in_place` types into
the cells of the sheet and leaves everything else as it stands, at a tenth of the time.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
from openpyxl.utils import get_column_letter
from python_calamine import CalamineWorkbook

Value = Any
Grid = list[list[Value]]
"""The first sheet, line by line from the first, each as wide as the widest."""

SHEET = "xl/worksheets/sheet1.xml"
_ROW = re.compile(rb'<row\b[^>]*?\br="(\d+)"[^>]*?(?:/>|>.*?</row>)', re.DOTALL)
_STYLE = re.compile(rb'<col\b(?=[^>]*\bstyle="(\d+)")(?=[^>]*\bmin="(\d+)")(?=[^>]*\bmax="(\d+)")')
_DIMENSION = re.compile(rb'<dimension ref="[^"]*"')
_END = re.compile(rb"<sheetData/>|</sheetData>")
_FIRST_DAY = datetime(1899, 12, 30)


def opened(path: Path) -> Grid:
    """The first sheet as it stands: empty cells are None, days are times at midnight, as a spreadsheet has them."""
    lines = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    return [[_plain(cell) for cell in line] for line in lines]


def anew(path: Path, before: Grid, after: Grid) -> None:
    """Save with openpyxl."""
    book = openpyxl.load_workbook(path)
    for line, column, value in _differing(before, after):
        book.worksheets[0].cell(line, column).value = value
    book.save(path)


def in_place(path: Path, before: Grid, after: Grid) -> None:
    """Save by typing into the cells that differ, in the format a cell has; days in that of their column."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    typed: dict[int, dict[int, Value]] = {}
    for line, column, value in _differing(before, after):
        typed.setdefault(line, {})[column] = value
    parts[SHEET] = _typed_into(parts[SHEET], typed, after)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)


def _plain(cell: Value) -> Value:
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    if isinstance(cell, date) and not isinstance(cell, datetime):
        return datetime.combine(cell, time())
    return None if cell == "" else cell


def _differing(before: Grid, after: Grid) -> Iterator[tuple[int, int, Value]]:
    empty: list[Value] = []
    for line in range(max(len(before), len(after))):
        was, now = (grid[line] if line < len(grid) else empty for grid in (before, after))
        if was != now:
            for column in range(max(len(was), len(now))):
                old, new = (cells[column] if column < len(cells) else None for cells in (was, now))
                if old != new:
                    yield line + 1, column + 1, new


def _typed_into(sheet: bytes, typed: Mapping[int, Mapping[int, Value]], after: Sequence[Sequence[Value]]) -> bytes:
    styles = {n: int(s) for s, low, high in _STYLE.findall(sheet) for n in range(int(low), int(high) + 1)}
    rows = {int(row[1]): row[0] for row in _ROW.finditer(sheet)}
    start, end = sheet.index(b"<sheetData"), _END.search(sheet)
    assert end
    for line, cells in typed.items():
        rows[line] = _row(rows.get(line, b'<row r="%d"/>' % line), line, cells, styles)
    body = b"".join(rows[line] for line in sorted(rows))
    size = f'<dimension ref="A1:{get_column_letter(max(map(len, after)))}{max(rows)}"'.encode()
    return b"%s<sheetData>%s</sheetData>%s" % (_DIMENSION.sub(size, sheet[:start], 1), body, sheet[end.end() :])


def _row(written: bytes, line: int, typed: Mapping[int, Value], styles: Mapping[int, int]) -> bytes:
    row = ElementTree.fromstring(written)
    cells = {_column(str(cell.get("r"))): cell for cell in row}
    for column, value in typed.items():
        attributes = {"r": f"{get_column_letter(column)}{line}"}
        kept = column in cells and not isinstance(value, date)
        if style := (cells[column].get("s") if kept else styles.get(column)):
            attributes["s"] = str(style)
        cells[column] = _cell(attributes, value)
    row[:] = [cells[column] for column in sorted(cells)]
    return ElementTree.tostring(row, encoding="unicode").encode()


def _cell(attributes: dict[str, str], value: Value) -> ElementTree.Element:
    cell = ElementTree.Element("c", attributes)
    if isinstance(value, str):
        cell.set("t", "inlineStr")
        text = ElementTree.SubElement(ElementTree.SubElement(cell, "is"), "t", {"xml:space": "preserve"})
        text.text = value
    elif value is not None:
        ElementTree.SubElement(cell, "v").text = str(_number(value))
    return cell


def _number(value: Value) -> Value:
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time())
    return (value - _FIRST_DAY).total_seconds() / 86400 if isinstance(value, datetime) else value


def _column(reference: str) -> int:
    place = 0
    for letter in reference.rstrip("0123456789"):
        place = place * 26 + ord(letter) - 64
    return place
