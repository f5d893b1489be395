"""Workbooks made for the tests with XlsxWriter, a writer the program itself does not use."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import xlsxwriter

from sheets.excel import ExcelRegister
from sheets.table import AppendRow, Cell, Column, Kind, Owner, Row, SetCell, Sheet

NOW = datetime(2030, 1, 1, tzinfo=UTC)
"""Long after any file was made: nothing is fresh."""

COLUMNS = (
    Column(key="number", title="No.", owner=Owner.BOT, identity=True),
    Column(key="text", title="Text", owner=Owner.SHARED),
    Column(key="amount", title="Amount", owner=Owner.SHARED, kind=Kind.NUMBER),
    Column(key="day", title="Day", owner=Owner.STAFF, kind=Kind.DATE),
    Column(key="moment", title="Moment", owner=Owner.BOT, kind=Kind.DATETIME),
)
TITLES = [column.title for column in COLUMNS]

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc000000301010018dd8db0"
    "0000000049454e44ae426082"
)


def workbook(build: Callable[[Any, Any], None] | None = None, rows: int = 3, **options: Any) -> bytes:
    """A register of `rows` rows on sheet Register, with what `build(book, sheet)` adds."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out, options)
    # The same call gives the same bytes in every second: XlsxWriter would note the time of making.
    book.set_properties({"created": datetime(2026, 1, 5, 9, 0)})
    sheet = book.add_worksheet("Register")
    sheet.write_row(0, 0, TITLES)
    for row in range(1, rows + 1):
        sheet.write_row(row, 0, [f"CP-{row}", f"text {row}", row * 10])
    if build is not None:
        build(book, sheet)
    book.close()
    return out.getvalue()


def register(path: Path, data: bytes, columns: Sequence[Column] = COLUMNS) -> ExcelRegister:
    """A register over a file with `data`."""
    path.write_bytes(data)
    return ExcelRegister(path, columns, keep=path.parent / "kept", now=lambda: NOW)


def put(row: Row, column: str, value: Cell) -> SetCell:
    identity = str(row.cells["number"])
    return SetCell(position=row.position, identity=identity, column=column, expected=row.cells[column], value=value)


def line(number: int, **cells: Cell) -> AppendRow:
    return AppendRow(identity=f"CP-{number}", cells={"number": f"CP-{number}", **cells})


def cell(sheet: Sheet, position: int, column: str) -> Cell:
    return next(row.cells[column] for row in sheet.rows if row.position == position)


def members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rezipped(data: bytes, change: Callable[[str, bytes], bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The file with each member's content as `change(name, content)` gives it."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in members(data).items():
            archive.writestr(name, change(name, content))
    return out.getvalue()


def replaced(data: bytes, part: str, old: bytes, new: bytes) -> bytes:
    """The file with bytes of one part exchanged; they must be there."""

    def change(name: str, content: bytes) -> bytes:
        if not name.endswith(part):
            return content
        assert old in content, f"{old!r} not in {name}"
        return content.replace(old, new)

    return rezipped(data, change)
