"""Where the register stands in the workbook: found again wherever people put it, and never mistaken."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from openpyxl import load_workbook
from workbooks import COLUMNS, TITLES, cell, line, put, register, replaced, workbook

from sheets.excel import ExcelRegister
from sheets.register import Unreadable


def written_below(path: Path, build: Any) -> tuple[Any, Any]:
    """A workbook of `build(book)` with one cell changed and one row added: our reading of it, and openpyxl's."""
    book = xlsxwriter.Workbook(path)
    build(book)
    book.close()
    store = register(path, path.read_bytes())
    sheet = store.read()
    changes = [put(sheet.rows[0], "text", "ours"), line(9, text="new")]
    assert store.write(sheet, changes) == tuple(changes)
    return store.read(), load_workbook(path)


def table(sheet: Any, top: int, titles: list[str] = TITLES, first: int = 1) -> None:
    sheet.write_row(top - 1, 0, titles)
    for row in range(3):
        sheet.write_row(top + row, 0, [f"CP-{first + row}", f"text {row}", row])


def test_a_header_in_row_seven_below_a_title_and_a_legend(tmp_path: Path) -> None:
    def build(book: Any) -> None:
        sheet = book.add_worksheet("台账")
        sheet.merge_range("A1:E2", "客户投诉登记台账")
        sheet.write("A4", "编制：质量部")
        table(sheet, 7)

    sheet, book = written_below(tmp_path / "r.xlsx", build)
    assert [row.position for row in sheet.rows] == [8, 9, 10, 11]
    assert book["台账"]["B8"].value == "ours"
    assert [cell.value for cell in book["台账"][11]][:2] == ["CP-9", "new"]
    assert book["台账"]["A1"].value == "客户投诉登记台账"


def test_two_header_rows_with_merged_titles(tmp_path: Path) -> None:
    def build(book: Any) -> None:
        sheet = book.add_worksheet("Register")
        for column, title in enumerate(TITLES[:3]):
            sheet.merge_range(0, column, 1, column, title)
        sheet.merge_range("D1:E1", "Times")
        sheet.write_row("D2", TITLES[3:])
        for row in range(3):
            sheet.write_row(2 + row, 0, [f"CP-{row + 1}", f"text {row}", row])

    sheet, book = written_below(tmp_path / "r.xlsx", build)
    assert sheet.found == {column.key for column in COLUMNS}
    assert [row.position for row in sheet.rows] == [3, 4, 5, 6]
    assert book["Register"]["A6"].value == "CP-9"


def test_of_two_registers_in_one_workbook_the_visible_first_one_is_used(tmp_path: Path) -> None:
    def build(book: Any) -> None:
        table(book.add_worksheet("2026"), 1)
        table(book.add_worksheet("2025"), 1, first=100)

    sheet, book = written_below(tmp_path / "r.xlsx", build)
    assert cell(sheet, 2, "number") == "CP-1"
    assert book["2025"]["B2"].value == "text 0"
    assert book["2025"].max_row == 4


def test_a_second_register_below_the_first_is_not_written_into(tmp_path: Path) -> None:
    def build(book: Any) -> None:
        sheet = book.add_worksheet("both")
        table(sheet, 1)
        table(sheet, 8, first=100)

    _, book = written_below(tmp_path / "r.xlsx", build)
    assert [row[0].value for row in book["both"].iter_rows(max_col=1)][-1] == "CP-9"
    assert book["both"]["B9"].value == "text 0"


def test_a_sheet_renamed_or_copied_while_the_program_runs(tmp_path: Path) -> None:
    path = tmp_path / "r.xlsx"
    store = register(path, workbook())
    assert len(store.read().rows) == 3
    book = load_workbook(path)
    book.copy_worksheet(book["Register"])
    book["Register"].title = "台账（新）"
    book.save(path)
    sheet = store.read()
    store.write(sheet, [put(sheet.rows[0], "text", "ours")])
    assert sheet.doubles == ("Register Copy",)
    after = load_workbook(path)
    assert after["台账（新）"]["B2"].value == "ours"
    assert after["Register Copy"]["B2"].value == "text 1"


def test_a_copy_of_the_sheet_put_in_front_does_not_take_its_place(tmp_path: Path) -> None:
    path = tmp_path / "r.xlsx"
    store = register(path, workbook())
    assert len(store.read().rows) == 3
    book = load_workbook(path)
    book.copy_worksheet(book["Register"])
    book.move_sheet("Register Copy", -1)
    book.save(path)
    sheet = store.read()
    store.write(sheet, [put(sheet.rows[0], "text", "ours")])
    assert load_workbook(path)["Register"]["B2"].value == "ours"


@pytest.mark.parametrize(
    ("spoilt", "reason"),
    [
        (lambda data: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + data, "encrypted"),
        (lambda data: data[: len(data) // 2], "not-a-workbook"),
        (
            lambda data: replaced(data, "sheet1.xml", b"<worksheet", b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet'),
            "unsafe",
        ),
        (lambda data: replaced(data, "sheet1.xml", b'r="C4"', b'r="XFD1048576"'), "too-large"),
    ],
)
def test_what_cannot_be_read_is_never_acted_on_and_a_copy_is_kept(tmp_path: Path, spoilt: Any, reason: str) -> None:
    path, data = tmp_path / "r.xlsx", workbook()
    store = register(path, data)
    good = store.read()
    bad = spoilt(data)
    path.write_bytes(bad)
    for _ in range(2):
        with pytest.raises(Unreadable, match=reason):
            store.read()
        with pytest.raises(Exception, match="changed"):
            store.write(good, [put(good.rows[0], "text", "ours")])
    assert path.read_bytes() == bad
    assert [kept.read_bytes() for kept in (tmp_path / "kept").glob("unreadable-*")] == [bad]
    path.write_bytes(data)
    assert isinstance(store, ExcelRegister)
    assert store.read().rows == good.rows
