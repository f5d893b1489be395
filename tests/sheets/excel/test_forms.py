"""Filling in a form: marks become text, all the rest stays as it was."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from sheets.excel.forms import filled, marks
from sheets.register import Unreadable


def a_form() -> bytes:
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("8D")
    sheet.write("A1", "Report {{number}}", book.add_format({"bold": True}))
    sheet.write("A2", "{{ company }} / {{ company }}")
    sheet.write_rich_string("A3", "Prod", book.add_format({"bold": True}), "uct {{ pro", "duct }}")
    sheet.write("A4", "no marks & <none>")
    sheet.write("A5", "{{ nobody_knows }}")
    chart = book.add_chart({"type": "pie"})
    chart.add_series({"values": "='8D'!$C$1:$C$3"})
    sheet.insert_chart("F1", chart)
    book.close()
    return out.getvalue()


def shown(data: bytes) -> list[Any]:
    return [cell.value for cell in openpyxl.load_workbook(BytesIO(data)).active["A"]]


VALUES = {"number": "CP-1", "company": "=HYPERLINK(1)", "product": "<灯> & 'co'\r\nline _x0041_"}


def test_marks_become_text_and_nothing_is_ever_a_formula() -> None:
    new = filled(a_form(), VALUES)
    expected = [
        "Report CP-1",
        "=HYPERLINK(1) / =HYPERLINK(1)",
        "Product <灯> & 'co'\nline _x0041_",
        "no marks & <none>",
        None,
    ]
    assert [value or None for value in shown(new)] == expected
    assert all(cell.data_type != "f" for cell in openpyxl.load_workbook(BytesIO(new)).active["A"])


def test_strings_written_into_their_cells_are_filled_in_too(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "inline.xlsx", {"constant_memory": True}) as book:
        book.add_worksheet().write("A1", "Report {{ number }}")
    assert shown(filled((tmp_path / "inline.xlsx").read_bytes(), VALUES)) == ["Report CP-1"]


def test_everything_without_marks_stays_byte_for_byte() -> None:
    values = {"number": "1", "company": "x"}
    old, new = (zipfile.ZipFile(BytesIO(data)) for data in (a_form(), filled(a_form(), values)))
    assert old.namelist() == new.namelist()
    assert [name for name in old.namelist() if old.read(name) != new.read(name)] == ["xl/sharedStrings.xml"]
    untouched = openpyxl.Workbook()
    untouched.active["A1"] = "nothing to fill in"
    out = BytesIO()
    untouched.save(out)
    assert filled(out.getvalue(), VALUES) == out.getvalue()


def test_a_row_is_made_high_enough_for_what_goes_into_it() -> None:
    values = {"number": "一" * 40, "company": "x", "nobody_knows": "one\ntwo\nthree"}
    sheet = openpyxl.load_workbook(BytesIO(filled(a_form(), values))).active
    # 87 digits' width in a column of 8.43 are eleven lines.
    assert [sheet.row_dimensions[row].height for row in (1, 2, 4, 5)] == [165.0, None, None, 45.0]


def test_the_names_a_form_asks_for_are_known() -> None:
    assert marks(a_form()) == {"number", "company", "product", "nobody_knows"}


def test_what_is_no_workbook_is_refused() -> None:
    with pytest.raises(Unreadable):
        marks(b"no workbook")
