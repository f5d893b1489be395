"""A version that differs little is read row by row, and shows what it would show read from the start."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from workbooks import COLUMNS, line, members, put, register, replaced, workbook

from sheets.excel.reading import Reading, read_again, read_workbook

SHEET, TEXTS = "sheet1.xml", "sharedStrings.xml"


def read(data: bytes) -> Reading:
    return read_workbook(data, COLUMNS)


def again(before: bytes, after: bytes) -> Reading:
    """The later version as read after the earlier one; it must be what a reading from the start gives."""
    found = read_again(read(before), after, COLUMNS)
    assert found is not None
    assert found.sheet == read(after).sheet
    assert found.marks == read(after).marks
    assert found.formulas or not read(after).formulas
    return found


def from_the_start(before: bytes, after: bytes) -> bool:
    return read_again(read(before), after, COLUMNS) is None


def shared(text: str, count: int = 3) -> bytes:
    """A register with a text more, which the first row shows."""
    old = workbook(rows=count)
    new = replaced(old, TEXTS, b"</sst>", f"<si><t>{text}</t></si></sst>".encode())
    number = members(old)["xl/sharedStrings.xml"].count(b"<si>")
    return replaced(new, SHEET, b'<c r="B2" t="s"><v>6</v>', f'<c r="B2" t="s"><v>{number}</v>'.encode())


def test_a_text_added_behind_the_others_is_read() -> None:
    assert again(workbook(), shared("news")).sheet.rows[0].cells["text"] == "news"


def test_texts_that_changed_their_numbers_are_read_from_the_start() -> None:
    old = workbook()
    assert from_the_start(old, replaced(old, TEXTS, b"<t>text 2</t>", b"<t>another</t>"))


def test_other_formats_are_read_from_the_start() -> None:
    old = workbook()
    assert from_the_start(old, replaced(old, "styles.xml", b"<fonts", b"<fonts "))


def test_another_heading_is_read_from_the_start() -> None:
    old = workbook()
    assert from_the_start(old, replaced(old, SHEET, b'<row r="1"', b'<row r="1" ht="30"'))


def test_a_renamed_sheet_is_read_from_the_start() -> None:
    old = workbook()
    assert from_the_start(old, replaced(old, "workbook.xml", b'name="Register"', b'name="register"'))


def with_dashboard(book: Any, sheet: Any) -> None:
    other = book.add_worksheet("Dashboard")
    other.write("A1", "Open")
    other.write_formula("B1", "=COUNTA(Register!A:A)", value=3)


def test_a_dashboard_that_counts_anew_changes_no_row() -> None:
    old = workbook(with_dashboard)
    again(old, replaced(old, "sheet2.xml", b"<v>3</v>", b"<v>4</v>"))


def test_a_sheet_that_gets_headings_is_seen() -> None:
    old = workbook(with_dashboard)
    headings = b'<c r="C1" t="inlineStr"><is><t>No.</t></is></c></row>'
    assert from_the_start(old, replaced(old, "sheet2.xml", b"</row>", headings))


@pytest.mark.parametrize(
    ("new", "shown"),
    [
        (b'<c r="C3"><v>7.5</v></c>', 7.5),
        (b'<c r="C3"/>', None),
        (b"", None),
        (b'<c r="C3" t="e"><v>#DIV/0!</v></c>', "#DIV/0!"),
        (b'<c r="C3"><f>C2*2</f></c>', "=C2*2"),
        (b'<c r="C3"><f>C2*2</f><v>20</v></c>', 20),
        (b'<c r="C3" t="b"><v>1</v></c>', True),
        (b'<c r="C3" t="inlineStr"><is><t>a</t></is></c>', "a"),
    ],
)
def test_a_changed_cell_of_any_kind_is_read(new: bytes, shown: Any) -> None:
    old = workbook()
    row = again(old, replaced(old, SHEET, b'<c r="C3"><v>20</v></c>', new)).sheet.rows[1]
    assert row.cells["amount"] == shown


def test_rows_come_and_go() -> None:
    old, gone = workbook(rows=4), replaced(workbook(rows=4), SHEET, b'<c r="C3"><v>20</v></c>', b"")
    assert len(again(old, gone).sheet.rows) == 4
    part = members(old)["xl/worksheets/sheet1.xml"]
    third = part[part.index(b'<row r="3"') : part.index(b'<row r="4"')]
    assert [row.position for row in again(old, replaced(old, SHEET, third, b"")).sheet.rows] == [2, 4, 5]
    assert [row.position for row in again(replaced(old, SHEET, third, b""), old).sheet.rows] == [2, 3, 4, 5]


def test_a_change_of_every_row_is_read() -> None:
    part = members(old := workbook(rows=400))["xl/worksheets/sheet1.xml"]
    changed = re.sub(rb'(<c r="C(?!1")\d+")><v>(\d+)', rb"\1 ><v>\g<2>5", part)
    assert again(old, replaced(old, SHEET, part, changed)).sheet.rows[1].cells["amount"] == 205


def test_a_heading_row_that_is_gone_is_missed() -> None:
    part = members(old := workbook())["xl/worksheets/sheet1.xml"]
    first = part[part.index(b'<row r="1"') : part.index(b'<row r="2"')]
    assert from_the_start(old, replaced(old, SHEET, first, b""))


def test_a_colleagues_save_is_read_after_our_own_write(tmp_path: Path) -> None:
    program = register(tmp_path / "r.xlsx", workbook())
    sheet = program.read()
    program.write(sheet, [put(sheet.rows[0], "text", "=ours"), line(4, text="new", day=date(2026, 5, 3))])
    ours = (tmp_path / "r.xlsx").read_bytes()
    theirs = replaced(ours, SHEET, b'<c r="C3"><v>20</v></c>', b'<c r="C3"><v>21</v></c>')
    assert program._reading is not None
    found = read_again(program._reading, theirs, COLUMNS)
    assert found is not None
    assert found.sheet == read(theirs).sheet


texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)
values = st.one_of(texts, st.integers(-9, 10**9), st.floats(-1e6, 1e6), st.none(), st.booleans())


@given(st.lists(st.tuples(st.integers(0, 5), values), min_size=1, max_size=6))
def test_whatever_was_written_reads_as_from_the_start(
    tmp_path_factory: pytest.TempPathFactory, edits: list[Any]
) -> None:
    store = register(tmp_path_factory.mktemp("again") / "r.xlsx", old := workbook(rows=6))
    sheet = store.read()
    store.write(sheet, [put(sheet.rows[n], "text", value) for n, value in dict(edits).items()])
    new = Path(store.location()).read_bytes()
    if new != old:
        assert store._reading is not None
        assert store.read() == read(new).sheet
        assert read_again(store._reading, new, COLUMNS) is not None
