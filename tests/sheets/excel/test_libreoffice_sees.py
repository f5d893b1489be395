"""What was written as LibreOffice shows it, and a register it saved again."""

import csv
from datetime import date
from pathlib import Path

from libreoffice import convert, needed
from workbooks import COLUMNS, NOW, line, put, register, workbook

from sheets.excel import ExcelRegister
from sheets.excel.create import create

pytestmark = needed
TEXTS = ["=1+1", "0012", "a_x000D_b", "two\nlines", "<b>&", "😀", "  blanks"]


def filled(path: Path) -> ExcelRegister:
    store = register(path, workbook())
    sheet = store.read()
    rows = [line(number, text=text, amount=2.5, day=date(2026, 5, 3)) for number, text in enumerate(TEXTS, start=4)]
    store.write(sheet, [put(sheet.rows[0], "text", "changed"), *rows])
    return store


def test_it_shows_the_cells_as_they_were_meant(tmp_path: Path) -> None:
    filled(tmp_path / "r.xlsx")
    shown = convert(tmp_path / "r.xlsx", "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true", tmp_path / "out")
    with shown.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert [row[1] for row in rows[1:]] == ["changed", "text 2", "text 3", *TEXTS]
    assert {row[2] for row in rows[4:]} == {"2.5"}
    assert all("3" in row[3] and "26" in row[3] for row in rows[4:])


def test_a_register_it_saved_is_read_and_written_on(tmp_path: Path) -> None:
    create(tmp_path / "new.xlsx", COLUMNS, "Register", rows=[{"number": "CP-1", "text": "=1", "day": date(2026, 5, 3)}])
    before = ExcelRegister(tmp_path / "new.xlsx", COLUMNS, keep=None, now=lambda: NOW).read()
    saved = convert(tmp_path / "new.xlsx", "xlsx", tmp_path / "out")
    store = register(saved, saved.read_bytes())
    sheet = store.read()
    assert sheet.rows == before.rows
    store.write(sheet, [put(sheet.rows[0], "text", "theirs and ours"), line(2, text="+2")])
    again = convert(saved, "xlsx", tmp_path / "again")
    texts = [row.cells["text"] for row in register(again, again.read_bytes()).read().rows]
    assert texts == ["theirs and ours", "+2"]
