"""Registers of several makes, as companies keep them, and what a takeover sees in their columns."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from test_takeover import desk, mailbot

from mailbot import config as configuration
from mailbot.core.model import Case
from mailbot.wiring import open_desk

__all__ = ["desk"]

Sheets = dict[str, list[list[Any]]]


def taken_over(folder: Path, sheets: Sheets, *words: str) -> tuple[str, list[Case]]:
    """What the takeover said, and the cases it made."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(folder / "old.xlsx")
    status, said = mailbot(folder, "register", "adopt", str(folder / "old.xlsx"), "--yes", *words)
    assert status == 0, said
    with open_desk(configuration.load(folder / "config.toml")) as office:
        return said, list(office.ledger.cases.all())


HEADS = ["序号", "投诉日期", "客户名称", "投诉内容", "数量"]


@pytest.mark.parametrize(
    ("heading", "marks"),
    [("是否关闭", ["是", "否", "处理中"]), ("结案否", ["Y", "N", None]), ("結案", ["√", "未結案", "待結案"])],
)
def test_a_column_that_asks_whether_it_is_closed_is_believed(desk: Path, heading: str, marks: list[str]) -> None:
    rows = [[n, date(2026, 3, n), "恒泰", f"轴承异响 {n}", n, mark] for n, mark in enumerate(marks, start=1)]
    _, cases = taken_over(desk, {"台账": [[*HEADS, heading], *rows]})
    assert [case.open for case in cases] == [False, True, True]


def test_a_column_of_reasons_closes_nothing(desk: Path) -> None:
    _, cases = taken_over(desk, {"台账": [[*HEADS, "未关闭原因"], [1, date(2026, 3, 1), "恒泰", "轴承异响", 1, "是"]]})
    assert [case.open for case in cases] == [True]


def test_the_day_of_receipt_is_read_although_not_every_one_can_be(desk: Path) -> None:
    rows = [[1, "2026.3.8", "恒泰", "轴承异响", 1], [2, "三月份", "瑞达", "齿面剥落", 2]]
    said, (first, _) = taken_over(desk, {"台账": [HEADS, *rows]})
    assert "stays yours" in said
    assert (first.opened_at.month, first.opened_at.day) in ((3, 7), (3, 8))
    assert openpyxl.load_workbook(desk / "old.xlsx").active["B3"].value == "三月份"


def test_of_sheets_for_each_year_the_latest_is_taken_and_the_others_named(desk: Path) -> None:
    sheets = {f"{year}年": [HEADS, [1, date(year, 3, 1), "恒泰", f"异响 {year}", 1]] for year in (2024, 2026, 2025)}
    said, cases = taken_over(desk, sheets)
    assert [case.values["description"] for case in cases] == ["异响 2026"]
    assert "2024年, 2025年" in said


def test_rows_that_are_no_complaints_are_named(desk: Path) -> None:
    rows = [[1, date(2026, 3, 1), "恒泰", "异响", 1], ["合计", None, None, None, 1], [], [None, None, "审核：王强"]]
    said, cases = taken_over(desk, {"台账": [HEADS, *rows]})
    assert len(cases) == 1
    assert "2 rows are left alone" in said
    assert "3, 5" in said


def test_sorting_by_the_filter_takes_the_new_columns_along(desk: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (HEADS, [1, date(2026, 3, 1), "恒泰", "异响", 1]):
        sheet.append(row)
    sheet.auto_filter.ref = "A1:E2"
    book.save(desk / "old.xlsx")
    assert mailbot(desk, "register", "adopt", str(desk / "old.xlsx"), "--yes")[0] == 0
    sheet = openpyxl.load_workbook(desk / "old.xlsx").active
    assert sheet.auto_filter.ref == f"A1:{sheet.cell(2, sheet.max_column).coordinate}"
