"""Each different cell read once shows what the sheet read as a whole shows; odd markup is read as a whole."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from workbooks import COLUMNS, members, replaced, workbook

from sheets.excel.coded import CodedRows
from sheets.excel.parts import Book
from sheets.excel.reading import Reading, _read_as_a_whole, read_workbook

SHEET = "sheet1.xml"
THIRD = b'<c r="C3"><v>20</v></c>'


def kinds(rows: Any) -> list[Any]:
    return [(row.position, [(key, type(cell), cell) for key, cell in row.cells.items()]) for row in rows]


def read(data: bytes, *, quickly: bool = True) -> Reading:
    """A reading that is what the whole shows; `quickly`: cell by cell."""
    reading, book = read_workbook(data, COLUMNS), Book(data)
    whole = _read_as_a_whole(book, reading.part, reading.header, COLUMNS, formulas=True)
    assert kinds(reading.rows) == kinds(whole)
    assert (reading.marks is not None) is quickly
    return reading


def inline(text: str) -> bytes:
    return f'<c r="C3" t="inlineStr"><is><t>{text}</t></is></c>'.encode()


@pytest.mark.parametrize(
    "cell",
    [
        inline('size 3" pipe'),
        inline('C3"'),
        inline('"D3" t="s">'),
        inline('&lt;c r="D3" t="s"&gt;'),
        inline(" outer "),
        b'<c r="C3" t="inlineStr"><is><r><rPr><b/></rPr><t>bold</t></r><r><t> and not</t></r></is></c>',
        b'<c r="C3" s="3"><v>3</v></c>',
        b'<c r="C3" t="str"><f>IF(B3="3","C3",1)</f><v>x</v></c>',
        b'<c r="C3"><f t="shared" ref="C3:C4" si="0">B3</f><v>4</v></c>',
        b'<c r="C3"><f>B3</f></c>',
        b'<c r="C3" t="e"><v>#N/A</v></c>',
        b"<c r=\"C3\" t='e'><v>#N/A</v></c>",
        b'<c r="C3" t="b"><v>1</v></c>',
        b'<c r="C3" s="1" />',
        b'<c r="C3"></c>',
        b'<c r="C3"><v xml:space="preserve">7</v></c>\n  ',
        b'<c r="C3" t="d"><v>2026-05-03T00:00:00</v></c>',
        b"",
    ],
)
def test_a_cell_in_any_usual_markup_is_read_by_itself(cell: bytes) -> None:
    read(replaced(workbook(rows=6), SHEET, THIRD, cell))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (THIRD, b'<c s="0" r="C3"><v>20</v></c>'),
        (THIRD, b"<c r='C3'><v>20</v></c>"),
        (THIRD, b"<!-- a remark -->" + THIRD),
        (b'<row r="3"', b'<row spans="1:5" r="3"'),
    ],
    ids=["address behind", "single quotes", "a comment", "number behind"],
)
def test_what_is_written_oddly_is_read_as_a_whole(old: bytes, new: bytes) -> None:
    reading = read(replaced(workbook(), SHEET, old, new), quickly=False)
    assert reading.rows[1].cells["amount"] == 20


def test_rows_without_cells_and_below_all_are_no_rows() -> None:
    end = b'<row r="9" ht="30"/><row r="10"><c r="C10"/></row><row r="11"/></sheetData>'
    assert [row.position for row in read(replaced(workbook(), SHEET, b"</sheetData>", end)).rows] == [2, 3, 4]


def test_a_prefixed_sheet_is_read_cell_by_cell() -> None:
    old = workbook()
    part = members(old)["xl/worksheets/sheet1.xml"]
    prefixed = part.replace(b"<", b"<x:").replace(b"<x:/", b"</x:").replace(b"<x:?xml", b"<?xml")
    prefixed = prefixed.replace(b"<x:worksheet xmlns=", b"<x:worksheet xmlns:x=")
    assert len(read(replaced(old, SHEET, part, prefixed)).rows) == 3


_TEXT = st.text(st.sampled_from('3C"<>=&; \u5ba2a'), max_size=9)
_CELLS = st.one_of(_TEXT, st.integers(0, 99), st.floats(-9, 9), st.booleans(), st.none())


@given(st.lists(st.lists(_CELLS, min_size=4, max_size=4), min_size=1, max_size=6))
def test_whatever_stands_in_it_reads_as_the_whole_does(grid: list[list[Any]]) -> None:
    def build(book: Any, sheet: Any) -> None:
        for row, cells in enumerate(grid, start=1):
            for column, cell in enumerate(cells, start=1):
                sheet.write_string(row, column, cell) if isinstance(cell, str) else sheet.write(row, column, cell)

    read(workbook(build))


def test_values_no_row_shows_any_more_are_let_go_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sheets.excel.coded._SPARE", 3)
    rows = CodedRows.of(["a", "b"], [(2, ["x", 1]), (5, [None, True])])
    for number in range(20):
        rows = rows.changed({2: {"a": f"text {number}"}, 9: {"b": number}})
        assert len(rows.values) <= len(rows.codes) + 3 + 2
    assert [(row.position, *row.cells.values()) for row in rows] == [(2, "text 19", 1), (5, None, True), (9, None, 19)]
    assert type(rows[1].cells["b"]) is bool
    assert [row.position for row in rows.changed({5: {"b": None}, 9: {"b": None}})] == [2]
