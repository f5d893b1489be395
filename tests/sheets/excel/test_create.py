"""A new register is a table people can work with at once."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from workbooks import NOW, line

from sheets.excel import ExcelRegister
from sheets.excel.create import create
from sheets.table import Column, Highlight, Kind, Owner

COLUMNS = (
    Column(key="number", title="编号", owner=Owner.BOT, identity=True, width=17),
    Column(key="text", title="问题描述", owner=Owner.SHARED, width=40),
    Column(key="day", title="完成日期", owner=Owner.STAFF, kind=Kind.DATE),
    Column(
        key="status",
        title="状态",
        owner=Owner.BOT,
        kind=Kind.CHOICE,
        choices=("处理中", "已关闭"),
        highlights=(Highlight(text='a "b"', fill="FF0000"), Highlight(text="已关闭", fill="00FF00", row=True)),
    ),
    Column(key="token", title="Token", owner=Owner.BOT, hidden=True),
)


def made(path: Path, **options: object) -> Worksheet:
    create(path, COLUMNS, "客诉台账 [2026]", **options)  # type: ignore[arg-type]
    return openpyxl.load_workbook(path).active


def test_headings_are_a_table_that_filters_and_stays_in_view(tmp_path: Path) -> None:
    sheet = made(tmp_path / "r.xlsx")
    assert sheet.title == "客诉台账 -2026-"
    assert [cell.value for cell in sheet[1]] == [column.title for column in COLUMNS]
    assert sheet.tables["Register"].ref == sheet.tables["Register"].autoFilter.ref == "A1:E2"
    assert sheet.freeze_panes == "B2"
    assert (sheet.column_dimensions["A"].width, sheet.column_dimensions["E"].hidden) == (17, True)


def test_choices_and_colours_reach_to_the_end_of_the_sheet(tmp_path: Path) -> None:
    sheet = made(tmp_path / "r.xlsx")
    (choices,) = sheet.data_validations.dataValidation
    assert (choices.formula1, str(choices.sqref)) == ('"处理中,已关闭"', "D2:D1048576")
    rules = {str(area.sqref): rule.formula for area in sheet.conditional_formatting for rule in area.rules}
    assert rules == {"D2:D1048576": ['$D2="a ""b"""'], "A2:E1048576": ['$D2="已关闭"']}


def test_choices_too_long_for_a_cell_lie_on_a_hidden_sheet(tmp_path: Path) -> None:
    names = tuple(f"Department of {n}, building {n}" for n in range(20))
    columns = [replace(c, choices=names) if c.key in ("status", "text") else c for c in COLUMNS]
    create(tmp_path / "r.xlsx", columns, "Register")
    workbook = openpyxl.load_workbook(tmp_path / "r.xlsx")
    rules = {rule.formula1 for rule in workbook.active.data_validations.dataValidation}
    assert rules == {"Lists!$A$1:$A$20", "Lists!$B$1:$B$20"}
    assert workbook["Lists"].sheet_state == "hidden"
    assert tuple(cell.value for cell in workbook["Lists"]["B"]) == names


def test_rows_given_and_rows_added_later_look_alike(tmp_path: Path) -> None:
    rows = [{"number": f"CP-{n}", "text": "=1+1", "day": date(2026, 5, n)} for n in (1, 2)]
    made(tmp_path / "r.xlsx", rows=rows)
    store = ExcelRegister(tmp_path / "r.xlsx", COLUMNS, keep=None, now=lambda: NOW)
    store.write(store.read(), [line(3, text="=2", day=date(2026, 5, 3))])
    sheet = openpyxl.load_workbook(tmp_path / "r.xlsx").active
    assert sheet.tables["Register"].ref == "A1:E4"
    looks = {(row[1].fill.fgColor.rgb, row[1].quotePrefix, row[2].number_format) for row in sheet["A2:E4"]}
    assert looks == {("00000000", True, "yyyy-mm-dd")}
    assert len({sheet.row_dimensions[n].height for n in (2, 3, 4)}) == 1


def test_a_file_that_exists_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "r.xlsx").write_bytes(b"theirs")
    with pytest.raises(FileExistsError):
        create(tmp_path / "r.xlsx", COLUMNS, "Register")
    assert (tmp_path / "r.xlsx").read_bytes() == b"theirs"


def test_an_empty_cell_asked_for_in_quotation_marks_is_coloured(tmp_path: Path) -> None:
    columns = [replace(c, asks=c.key == "text") for c in COLUMNS]
    create(tmp_path / "r.xlsx", columns, "Register")
    areas = openpyxl.load_workbook(tmp_path / "r.xlsx").active.conditional_formatting
    (formula,) = (rule.formula[0] for area in areas for rule in area.rules if "FIND" in rule.formula[0])
    assert formula.startswith('AND(A2="",A$1<>"",OR(')
    assert 'FIND("“"&A$1&"”",$B2)' in formula
    assert 'FIND("「"&A$1&"」",$B2)' in formula


def test_a_column_is_wide_enough_for_the_words_of_its_heading(tmp_path: Path) -> None:
    columns = (*COLUMNS, Column(key="who", title="Responsibility", owner=Owner.STAFF, width=8))
    create(tmp_path / "r.xlsx", columns, "Register")
    assert openpyxl.load_workbook(tmp_path / "r.xlsx").active.column_dimensions["F"].width > len("Responsibility")
