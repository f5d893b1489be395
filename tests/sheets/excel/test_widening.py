"""New columns on the right of a register people keep: filter and table reach over them, nothing else changes."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from workbooks import COLUMNS, TITLES, members, replaced, workbook

from sheets.excel.reader import plain_values
from sheets.excel.reading import read_workbook
from sheets.excel.survey import survey
from sheets.excel.widening import same_parts, unlisted, with_columns
from sheets.register import Refused
from sheets.table import Column, Highlight, Kind, Owner

NEW = (
    Column(
        key="kind", title='Kind & "sort"', owner=Owner.STAFF, kind=Kind.CHOICE, choices=("good", "bad <1>"), width=9
    ),
    Column(key="note", title="Note", owner=Owner.BOT, width=40),
)


def wide(data: bytes) -> bytes:
    return with_columns(data, survey(data, COLUMNS), NEW)


def table(book: Any, sheet: Any) -> None:
    sheet.add_table(0, 0, 3, 4, {"columns": [{"header": title} for title in TITLES]})


def opened(data: bytes) -> Any:
    return openpyxl.load_workbook(BytesIO(data))["Register"]


def test_the_headings_stand_on_the_right_and_all_else_reads_as_before() -> None:
    old = workbook(lambda book, sheet: sheet.write(1, 7, "a remark beside the table"))
    lines, before = plain_values(wide(old), "Register"), plain_values(old, "Register")
    assert lines[0][8:] == [column.title for column in NEW]
    assert [line[:8] for line in lines] == before
    assert read_workbook(wide(old), COLUMNS).sheet.rows == read_workbook(old, COLUMNS).sheet.rows


def test_only_the_sheet_is_written_anew_where_there_is_no_table() -> None:
    old = workbook()
    new = members(wide(old))
    assert [name for name, content in members(old).items() if new[name] != content] == ["xl/worksheets/sheet1.xml"]


def test_the_table_takes_the_columns_in() -> None:
    sheet = opened(wide(workbook(table)))
    (found,) = sheet.tables.values()
    assert found.ref == found.autoFilter.ref == "A1:G4"
    assert [column.name for column in found.tableColumns] == [*TITLES, *(column.title for column in NEW)]
    assert len({column.id for column in found.tableColumns}) == 7


def test_a_table_that_ends_elsewhere_is_left_alone() -> None:
    def build(book: Any, sheet: Any) -> None:
        table(book, sheet)
        sheet.write(1, 7, "a remark beside the table")

    old = workbook(build)
    assert members(wide(old))["xl/tables/table1.xml"] == members(old)["xl/tables/table1.xml"]


def test_the_filter_reaches_over_the_columns() -> None:
    new = wide(workbook(lambda book, sheet: sheet.autofilter("A1:E4")))
    assert opened(new).auto_filter.ref == "A1:G4"
    assert b"$A$1:$G$4" in members(new)["xl/workbook.xml"]


def test_a_column_of_choices_gets_its_list_beside_those_there_are() -> None:
    def build(book: Any, sheet: Any) -> None:
        sheet.data_validation("B2:B9", {"validate": "list", "source": ["x", "y"]})

    for old, count in ((workbook(), 1), (workbook(build), 2)):
        rules = opened(wide(old)).data_validations.dataValidation
        assert len(rules) == count
        assert (str(rules[-1].sqref), rules[-1].formula1) == ("F2:F1048576", '"good,bad <1>"')


def test_widths_are_set_beside_those_there_are() -> None:
    for old in (workbook(), workbook(lambda book, sheet: sheet.set_column(0, 0, 30))):
        assert opened(wide(old)).column_dimensions["G"].width == 40


def test_the_order_excel_wants_is_kept() -> None:
    def build(book: Any, sheet: Any) -> None:
        sheet.merge_range("A8:B8", "x")
        sheet.write_url("A9", "https://example.org")
        sheet.conditional_format("A2:A4", {"type": "cell", "criteria": ">", "value": 1})

    part = members(wide(workbook(build)))["xl/worksheets/sheet1.xml"]
    order = [b"<cols>", b"<sheetData>", b"<mergeCells", b"<conditionalFormatting", b"<dataValidations", b"<hyperlinks"]
    places = [part.index(mark) for mark in order]
    assert places == sorted(places)


def test_a_prefixed_sheet_gets_prefixed_columns() -> None:
    old = workbook()
    part = members(old)["xl/worksheets/sheet1.xml"]
    prefixed = part.replace(b"<", b"<x:").replace(b"<x:/", b"</x:").replace(b"<x:?xml", b"<?xml")
    prefixed = prefixed.replace(b"<x:worksheet xmlns=", b"<x:worksheet xmlns:x=")
    assert opened(wide(replaced(old, "sheet1.xml", part, prefixed)))["G1"].value == "Note"


ASKING = Column(key="hint", title="Hint", owner=Owner.BOT, asks=True)


def dotted(book: Any, sheet: Any) -> None:
    sheet.conditional_format(
        "A2:A4", {"type": "cell", "criteria": ">", "value": 1, "format": book.add_format({"bold": 1})}
    )


@pytest.mark.parametrize("build", [None, dotted])
def test_cells_the_asking_column_names_become_yellow_once(build: Any) -> None:
    old = workbook(build)
    new = with_columns(old, survey(old, COLUMNS), [ASKING])
    rules = {str(r.sqref): r.rules for r in opened(new).conditional_formatting}
    (rule,) = rules["A2:F1048576"]
    assert rule.dxf.fill.bgColor.rgb == "FFFFFFB3"
    assert rule.formula[0].startswith('AND(A2="",A$1<>"",OR(ISNUMBER(FIND("“"&A$1&"”",$F2))')
    assert rule.priority == len(rules)
    again = with_columns(new, survey(new, (*COLUMNS, ASKING)), [], asking=6)
    assert same_parts(again, new)


def test_a_register_that_asked_in_vain_gets_its_yellow_and_nothing_else() -> None:
    old = workbook(lambda book, sheet: sheet.write(0, 5, "Hint"))
    new = with_columns(old, survey(old, (*COLUMNS, ASKING)), [], asking=6)
    changed = [name for name, content in members(old).items() if members(new)[name] != content]
    assert sorted(changed) == ["xl/styles.xml", "xl/worksheets/sheet1.xml"]
    assert [str(r.sqref) for r in opened(new).conditional_formatting] == ["A2:F1048576"]


@pytest.mark.parametrize("reason", ["protected", "full"])
def test_what_must_not_be_widened_is_refused(reason: str) -> None:
    def build(book: Any, sheet: Any) -> None:
        if reason == "protected":
            sheet.protect()
        else:
            sheet.write(1, 16_383, "the last column")

    with pytest.raises(Refused) as caught:
        wide(workbook(build))
    assert caught.value.reason == reason


SHOWING = Column(
    key="state",
    title="State",
    owner=Owner.BOT,
    highlights=(Highlight(text='a "b" <c>', fill="FF0000"), Highlight(text="closed", fill="00FF00", row=True)),
)


def test_new_columns_bring_their_colours() -> None:
    old = workbook(dotted)
    new = with_columns(old, survey(old, COLUMNS), [SHOWING])
    rules = {str(r.sqref): r.rules[0] for r in opened(new).conditional_formatting}
    assert rules["F2:F1048576"].formula == ['$F2="a ""b"" <c>"']
    assert rules["A2:F1048576"].formula == ['$F2="closed"']
    assert [rules[where].dxf.fill.bgColor.rgb for where in ("F2:F1048576", "A2:F1048576")] == ["FFFF0000", "FF00FF00"]
    assert len({rule.priority for rule in rules.values()}) == len(rules) == 3


def test_colours_of_whole_rows_reach_over_new_columns_and_others_do_not() -> None:
    def build(book: Any, sheet: Any) -> None:
        bold = {"format": book.add_format({"bold": 1})}
        sheet.conditional_format("A2:E99", {"type": "formula", "criteria": '=$B2="x"', **bold})
        sheet.conditional_format("E2:E99", {"type": "formula", "criteria": '=$E2="x"', **bold})
        sheet.conditional_format("B2:E99", {"type": "formula", "criteria": '=$E2="y"', **bold})
        sheet.conditional_format("A3:E99", {"type": "formula", "criteria": '=$E3="y"', **bold})
        sheet.conditional_format("A2:E98", {"type": "cell", "criteria": ">", "value": 1, **bold})

    found = {str(r.sqref) for r in opened(wide(workbook(build))).conditional_formatting}
    assert found == {"A2:G99", "E2:E99", "B2:E99", "A3:E99", "A2:E98"}


def test_a_protected_sheet_is_not_coloured() -> None:
    def build(book: Any, sheet: Any) -> None:
        sheet.write(0, 5, "Hint")
        sheet.protect()

    old = workbook(build)
    with pytest.raises(Refused, match="protected"):
        with_columns(old, survey(old, (*COLUMNS, ASKING)), [], asking=6)


def test_choices_too_long_for_a_list_are_told() -> None:
    choices = tuple(f"Department of {n}, building" for n in range(20))
    assert unlisted(replace(NEW[0], choices=choices))
    assert unlisted(replace(NEW[0], choices=("a,b", "c")))
    assert not unlisted(NEW[0])
    assert not unlisted(NEW[1])
