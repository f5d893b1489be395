"""What cannot be written without harm is refused with its reason, and does not hold up the rest."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from workbooks import TITLES, cell, line, put, register, replaced, workbook

from sheets.excel import ExcelRegister
from sheets.register import Refused
from sheets.table import Cell


def reasons(store: ExcelRegister) -> list[str]:
    return [refused.reason for _, refused in store.refused]


def merged(book: Any, sheet: Any) -> None:
    sheet.merge_range("B2:B3", "both", None)


def spilled(book: Any, sheet: Any) -> None:
    sheet.write_dynamic_array_formula("B2:B3", "=C2:C3", None, "both")


def shared(book: Any, sheet: Any) -> None:
    sheet.write_formula("B2", "=C2", None, 5)
    sheet.write("B3", "both")


@pytest.mark.parametrize(
    ("build", "row", "reason"), [(merged, 1, "merged"), (spilled, 0, "array"), (spilled, 1, "array")]
)
def test_a_cell_that_is_not_its_own_is_refused_and_others_are_written(
    tmp_path: Path, build: Any, row: int, reason: str
) -> None:
    store = register(tmp_path / "r.xlsx", workbook(build))
    sheet = store.read()
    bad, good = put(sheet.rows[row], "text", "ours"), put(sheet.rows[2], "text", "ours")
    assert store.write(sheet, [bad, good]) == (good,)
    assert reasons(store)[0] in (reason, "metadata")
    assert store.refused[0][0] == bad


def test_the_origin_of_a_shared_formula_is_refused(tmp_path: Path) -> None:
    data = replaced(workbook(shared), "sheet1.xml", b"<f>C2</f>", b'<f t="shared" ref="B2:B4" si="0">C2</f>')
    store = register(tmp_path / "r.xlsx", data)
    sheet = store.read()
    assert store.write(sheet, [put(sheet.rows[0], "text", "ours")]) == ()
    assert reasons(store) == ["shared"]


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("amount", float("nan"), "not-a-number"),
        ("amount", float("inf"), "not-a-number"),
        ("amount", 12345678901234567890, "too-many-digits"),
        ("day", date(1899, 1, 1), "date-out-of-range"),
        ("moment", datetime(2026, 5, 3, tzinfo=UTC), "date-with-zone"),
    ],
)
def test_an_impossible_value_is_left_out_of_its_row(tmp_path: Path, column: str, value: Cell, reason: str) -> None:
    store = register(tmp_path / "r.xlsx", workbook())
    row = line(4, text="rest", **{column: value})
    assert store.write(store.read(), [row]) == (row,)
    assert reasons(store) == [reason]
    assert cell(store.read(), 5, "text") == "rest"


def test_nothing_is_added_below_a_totals_row(tmp_path: Path) -> None:
    def build(book: Any, sheet: Any) -> None:
        columns = [{"header": t, "total_string": "total"} for t in TITLES]
        sheet.add_table("A1:E5", {"columns": columns, "total_row": True})

    store = register(tmp_path / "r.xlsx", workbook(build))
    sheet = store.read()
    change = put(sheet.rows[0], "text", "ours")
    assert store.write(sheet, [line(4), change]) == (change,)
    assert reasons(store) == ["totals-row"]


def test_nothing_is_added_over_another_table_below(tmp_path: Path) -> None:
    def build(book: Any, sheet: Any) -> None:
        sheet.add_table("A5:B8", {"columns": [{"header": "Other"}, {"header": "Table"}], "header_row": False})

    store = register(tmp_path / "r.xlsx", workbook(build))
    assert store.write(store.read(), [line(4)]) == ()
    assert reasons(store) == ["foreign"]


def test_a_protected_sheet_takes_only_what_people_may_change_too(tmp_path: Path) -> None:
    def build(book: Any, sheet: Any) -> None:
        sheet.protect("secret")
        sheet.write("B2", "free", book.add_format({"locked": False}))

    store = register(tmp_path / "r.xlsx", workbook(build))
    sheet = store.read()
    free = put(sheet.rows[0], "text", "ours")
    assert store.write(sheet, [free, put(sheet.rows[1], "text", "ours"), line(4)]) == (free,)
    assert reasons(store) == ["protected", "protected"]


def test_a_workbook_marked_as_final_is_not_touched(tmp_path: Path) -> None:
    data = workbook(lambda book, sheet: book.set_custom_property("_MarkAsFinal", True))
    store = register(tmp_path / "r.xlsx", data)
    with pytest.raises(Refused, match="final"):
        store.write(store.read(), [line(4)])
    assert (tmp_path / "r.xlsx").read_bytes() == data


def test_comments_among_the_cells_are_not_edited_around(tmp_path: Path) -> None:
    data = replaced(workbook(), "sheet1.xml", b'<row r="3"', b'<!-- odd --><row r="3"')
    store = register(tmp_path / "r.xlsx", data)
    with pytest.raises(Refused, match="odd-markup"):
        store.write(store.read(), [line(4)])
