"""What people see in the workbook is what is read, wherever they put it and however they format it."""

from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from workbooks import COLUMNS, TITLES, cell, line, put, register, replaced, workbook

from sheets.table import Cell


def test_errors_and_formulas_without_a_value_are_not_blanks(tmp_path: Path) -> None:
    def build(book: Any, sheet: Any) -> None:
        sheet.write_formula("B2", "=1/0", None, "#DIV/0!")
        sheet.write_formula("C2", "=C3*2", None, 60)
        sheet.write_formula("B3", '=IF(C3>0,"","x")', None, "empty")
        sheet.write_formula("B4", "=C4&C3", None, "")

    data = replaced(workbook(build), "sheet1.xml", b"<v>empty</v>", b"<v></v>")
    sheet = register(tmp_path / "r.xlsx", data).read()
    assert [row.cells["text"] for row in sheet.rows] == ["#DIV/0!", None, "=C4&C3"]
    assert cell(sheet, 2, "amount") == 60


def test_a_blank_that_is_an_error_is_not_written_over(tmp_path: Path) -> None:
    data = workbook(lambda book, sheet: sheet.write_formula("B2", "=1/0", None, "#DIV/0!"))
    store = register(tmp_path / "r.xlsx", data)
    sheet = store.read()
    change = put(sheet.rows[0], "text", "ours")
    assert store.write(sheet, [replace(change, expected=None)]) == ()
    assert store.write(sheet, [change]) == (change,)


@pytest.mark.parametrize("system", [False, True])
def test_dates_mean_the_same_day_in_both_systems(tmp_path: Path, system: bool) -> None:
    store = register(tmp_path / "r.xlsx", workbook(date_1904=system))
    cells: dict[str, Cell] = {"day": date(2026, 2, 28), "moment": datetime(2026, 12, 31, 23, 59, 59)}
    store.write(store.read(), [line(4, **cells)])
    read = store.read().rows[3].cells
    assert {key: read[key] for key in cells} == cells


def test_a_day_in_a_cell_formatted_for_numbers_or_times_shows_as_a_day(tmp_path: Path) -> None:
    def build(book: Any, sheet: Any) -> None:
        sheet.write("D2", 0.5, book.add_format({"num_format": "hh:mm"}))
        sheet.write("D3", 7, book.add_format({"num_format": "0.00"}))
        sheet.write("D4", datetime(2026, 1, 2), book.add_format({"num_format": 'yyyy"年"m"月"d"日"'}))

    store = register(tmp_path / "r.xlsx", workbook(build))
    sheet = store.read()
    assert [row.cells["day"] for row in sheet.rows] == [str(time(12)), 7, date(2026, 1, 2)]
    store.write(sheet, [put(row, "day", date(2026, 5, 3)) for row in sheet.rows])
    assert [row.cells["day"] for row in store.read().rows] == [date(2026, 5, 3)] * 3
    seen = openpyxl.load_workbook(tmp_path / "r.xlsx")["Register"]
    assert (seen["D4"].number_format, seen["D2"].is_date) == ('yyyy"年"m"月"d"日"', True)


def test_a_number_in_a_cell_formatted_as_a_date_is_a_number(tmp_path: Path) -> None:
    data = workbook(lambda book, sheet: sheet.write("C2", 5, book.add_format({"num_format": "yyyy-mm-dd"})))
    store = register(tmp_path / "r.xlsx", data)
    sheet = store.read()
    store.write(sheet, [put(sheet.rows[0], "amount", 12)])
    assert cell(store.read(), 2, "amount") == 12


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Text", "TEXT"),
        ("Text", "Ｔｅｘｔ *"),
        ("Text", " Text (as the customer says)"),
        ("Text", "问题\nText"),
        ("Text", "问题 / Text"),
        ("Amount", "Amount【pcs】："),
    ],
)
def test_a_heading_is_known_however_it_is_decorated(tmp_path: Path, old: str, new: str) -> None:
    data = replaced(workbook(), "sharedStrings.xml", f">{old}<".encode(), f' xml:space="preserve">{new}<'.encode())
    assert register(tmp_path / "r.xlsx", data).read().found == {column.key for column in COLUMNS}


def test_the_register_is_found_below_a_title_and_beside_other_sheets(tmp_path: Path) -> None:
    def build(book: Any, sheet: Any) -> None:
        other = book.add_worksheet("2026")
        other.write("B2", "客诉台账")
        other.write_row("B4", [*TITLES, "Text"])
        other.write_row("B5", ["CP-9", "nine"])
        sheet.write_row(0, 0, ["Statistics", *[""] * len(TITLES)])

    store = register(tmp_path / "r.xlsx", workbook(build))
    sheet = store.read()
    assert [(row.position, row.cells["text"]) for row in sheet.rows] == [(5, "nine")]
    assert sheet.remarks == ("two columns are headed 'Text': the first one counts",)
    store.write(sheet, [put(sheet.rows[0], "text", "new"), line(10)])
    assert [row.cells["number"] for row in store.read().rows] == ["CP-9", "CP-10"]


def test_a_visible_register_is_taken_before_its_hidden_copy(tmp_path: Path) -> None:
    def build(book: Any, sheet: Any) -> None:
        copy = book.add_worksheet("Copy")
        copy.write_row(0, 0, [*TITLES])
        copy.write_row(1, 0, ["CP-8", "copy"])
        copy.activate()
        sheet.hide()

    assert [row.cells["text"] for row in register(tmp_path / "r.xlsx", workbook(build)).read().rows] == ["copy"]


def test_rows_with_nothing_of_ours_are_no_rows_but_keep_their_place(tmp_path: Path) -> None:
    def build(book: Any, sheet: Any) -> None:
        sheet.write("H6", "a note of theirs")
        sheet.write("A7", "CP-7")

    store = register(tmp_path / "r.xlsx", workbook(build))
    sheet = store.read()
    assert [row.position for row in sheet.rows] == [2, 3, 4, 7]
    store.write(sheet, [line(8)])
    assert [row.position for row in store.read().rows] == [2, 3, 4, 7, 8]


def test_formats_down_to_the_last_row_of_the_sheet_are_no_rows(tmp_path: Path) -> None:
    data = workbook(lambda book, sheet: sheet.write_blank("B1048576", None, book.add_format({"bold": True})))
    store = register(tmp_path / "r.xlsx", data)
    store.write(store.read(), [line(4)])
    assert store.read().rows[-1].position == 5


def test_an_unchanged_file_is_read_once(tmp_path: Path) -> None:
    store = register(tmp_path / "r.xlsx", workbook())
    assert store.read() is store.read()
