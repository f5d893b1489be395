"""Careless and hostile hands on the workbook: no edit of staff is lost, nothing is guessed, one row stops no other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from stories.house import House, open_house

TEXT = "台灯HX-L1{0}不亮了，请换货。订单号 88120260{0} 电话13600004417"
ODD: tuple[Any, ...] = (
    *(True, 0, -1, 1e308, 10**18, "nan", "=1/0", "#N/A", "x" * 40_000, "9999-12-31", "2026年2月30日", "１２", "½", "-"),
    *(dt.datetime(9999, 12, 31, 23, 59), dt.datetime(1900, 1, 1), dt.time(12, 0), "{{7*7}}", "<b>", "a@b", "李@b.cn"),
)


@contextmanager
def a_house(folder: Path, cases: int = 7) -> Iterator[House]:
    """A house with a few rows in its register."""
    with open_house(folder) as house:
        for n in range(cases):
            house.customer_writes(TEXT.format(n), subject=f"台灯 {n}", sender=f"p{n} <p{n}@mail{n}.example>")
        assert house.round()
        assert house.round()
        yield house


def change(house: House, work: Callable[[Any, dict[str, int]], None]) -> None:
    """Somebody changes the sheet by hand; `work` gets it and the columns by key."""
    book = openpyxl.load_workbook(house.workbook)
    sheet = book.worksheets[0]
    places = {cell.value: cell.column for cell in sheet[1]}
    work(
        sheet,
        {key: places[house.heading(key)] for key in house.office.procedure.columns if house.heading(key) in places},
    )
    book.save(house.workbook)


def failing(house: House) -> str:
    return next((p.message for p in house.office.ledger.health.all() if p.part == "reconcile" and p.failing_since), "")


def fill_rows(sheet: Any, at: dict[str, int]) -> None:
    """Put each odd value into every column of a row of its own."""
    for row, value in enumerate(ODD, start=2):
        for key, column in at.items():
            if key != "number":
                sheet.cell(row, column).value = value


def test_whatever_is_typed_into_whatever_column_the_rounds_go_on(tmp_path: Path) -> None:
    with a_house(tmp_path, len(ODD)) as house:
        change(house, fill_rows)
        assert house.round(), failing(house)
        assert house.round(after=dt.timedelta(days=3)), failing(house)
        number = house.cases()[-1].number
        house.staff_types(number, batch="0407-A")
        assert house.round()
        assert house.case(number).values["batch"] == "0407-A"
        assert not house.office.ledger.notices.all()


def test_whatever_stands_in_a_row_typed_by_hand_it_becomes_a_case(tmp_path: Path) -> None:
    def described(sheet: Any, at: dict[str, int]) -> None:
        fill_rows(sheet, at)
        for row in range(2, 2 + len(ODD)):
            sheet.cell(row, at["description"]).value = f"灯坏了，第 {row} 只"

    with a_house(tmp_path, 0) as house:
        change(house, described)
        assert house.round(), failing(house)
        assert house.round(after=dt.timedelta(days=3)), failing(house)
        assert len(house.cases()) == len(house.table()) == len(ODD)
        assert not house.office.ledger.notices.all()


def test_a_row_that_cannot_be_taken_stops_no_other_and_is_told(tmp_path: Path) -> None:
    broken = tmp_path / "templates" / "zh-CN" / "assignment.txt"
    broken.parent.mkdir(parents=True)
    broken.write_text("Subject: x\n{% if owner == '张晓峰' %}{{ 1 // 0 }}{% endif %}\n", encoding="utf-8")
    with a_house(tmp_path, 2) as house:
        first, second = (case.number for case in house.cases())
        house.staff_types(first, owner="张晓峰")
        house.staff_types(second, batch="0407-A")
        for _ in range(3):
            assert house.round(), failing(house)
        assert house.case(second).values["batch"] == "0407-A"
        assert house.row(first)["owner"] == "张晓峰"
        assert len(house.letters("it@example.test", first)) == 1


@pytest.mark.parametrize("sooner", [False, True])
def test_an_older_version_put_back_loses_no_edit_and_no_case(tmp_path: Path, sooner: bool) -> None:
    with a_house(tmp_path, 3) as house:
        first, second, _ = (case.number for case in house.cases())
        house.staff_types(second, batch="OLD")
        assert house.round()
        assert house.round()
        older = house.workbook.read_bytes()
        house.staff_types(first, owner="张晓峰", batch="B-1")
        house.staff_types(second, batch="NEW")
        assert house.round()
        for n in range(3, 4 if sooner else 12):
            house.customer_writes(TEXT.format(n), subject=f"台灯 {n}", sender=f"p{n} <p{n}@mail{n}.example>")
        assert house.round()
        assert house.round()
        letters = len(house.letters("张晓峰"))
        house.workbook.write_bytes(older)
        assert house.round(), failing(house)
        assert house.round()
        assert (house.row(first)["owner"], house.row(first)["batch"]) == ("张晓峰", "B-1")
        assert house.row(second)["batch"] == house.case(second).values["batch"] == "NEW"
        assert len(house.table()) == len(house.cases())
        assert len(house.letters("张晓峰")) == letters
        assert any("较早的版本" in n.text for n in house.office.ledger.notices.all())
        house.staff_types(second, batch="NEWEST")
        assert house.round()
        assert house.case(second).values["batch"] == "NEWEST"


def test_an_older_version_with_a_typed_row_that_is_a_case_by_now_makes_no_second_case(tmp_path: Path) -> None:
    with a_house(tmp_path, 2) as house:
        house.staff_adds_row(description="电话投诉：灯坏了", email="walkin@mailg.example")
        older = house.workbook.read_bytes()
        assert house.round()
        assert house.round()
        house.workbook.write_bytes(older)
        house.round()
        house.round()
        assert len(house.cases()) == 3
        assert len(house.letters("walkin@mailg.example")) == 1


def sort_all_but_the_numbers(sheet: Any, at: dict[str, int]) -> None:
    columns = [c for c in range(1, sheet.max_column + 1) if c != at["number"]]
    lines = [[sheet.cell(r, c).value for c in columns] for r in range(2, 9)]
    for r, line in enumerate(reversed(lines), start=2):
        for c, value in zip(columns, line, strict=True):
            sheet.cell(r, c).value = value


FREEZING: dict[str, Callable[[Any, dict[str, int]], None]] = {
    "sorted without the numbers": sort_all_but_the_numbers,
    "every row deleted": lambda sheet, at: sheet.delete_rows(2, 7),
    "the number column deleted": lambda sheet, at: sheet.delete_cols(at["number"]),
    "its heading retyped": lambda sheet, at: setattr(sheet.cell(1, at["number"]), "value", "我的编号"),
}


@pytest.mark.parametrize("accident", FREEZING)
def test_an_accident_to_the_whole_table_freezes_it_and_an_older_version_ends_it(tmp_path: Path, accident: str) -> None:
    with a_house(tmp_path) as house:
        good, letters = house.workbook.read_bytes(), len(house.letters())
        change(house, FREEZING[accident])
        spoilt = house.workbook.read_bytes()
        assert not house.round()
        assert failing(house)
        assert house.workbook.read_bytes() == spoilt
        house.workbook.write_bytes(good)
        assert house.round(), failing(house)
        assert len(house.table()) == len(house.cases()) == 7
        assert len(house.letters()) == letters


def protect(sheet: Any, at: dict[str, int]) -> None:
    sheet.protection.sheet = True


def copy_a_row(sheet: Any, at: dict[str, int]) -> None:
    for column in range(1, sheet.max_column + 1):
        sheet.cell(9, column).value = sheet.cell(3, column).value


def type_over_numbers(sheet: Any, at: dict[str, int]) -> None:
    for row, number in enumerate(("CP-2026-999999", "x", None), start=3):
        sheet.cell(row, at["number"]).value = number


HARMLESS: dict[str, Callable[[Any, dict[str, int]], None]] = {
    "protected": protect,
    "a row copied": copy_a_row,
    "numbers typed over": type_over_numbers,
    "rows deleted": lambda sheet, at: sheet.delete_rows(3, 2),
    "a column deleted": lambda sheet, at: sheet.delete_cols(at["description"]),
    "a column put in front": lambda sheet, at: sheet.insert_cols(1),
    "lines above the headings": lambda sheet, at: sheet.insert_rows(1, 3),
    "cells merged": lambda sheet, at: sheet.merge_cells(
        start_row=3, end_row=4, start_column=at["batch"], end_column=at["batch"] + 1
    ),
}


@pytest.mark.parametrize("slip", HARMLESS)
def test_a_slip_of_the_hand_makes_no_case_and_mails_no_customer(tmp_path: Path, slip: str) -> None:
    with a_house(tmp_path) as house:
        customers = len(house.letters(".example>")) + len(house.letters("mail"))
        descriptions = [case.values["description"] for case in house.cases()]
        change(house, HARMLESS[slip])
        assert house.round(), failing(house)
        assert house.round(), failing(house)
        assert [case.values["description"] for case in house.cases()] == descriptions
        assert len(house.letters(".example>")) + len(house.letters("mail")) == customers


def test_a_symbolic_link_in_the_registers_place_is_not_followed(tmp_path: Path) -> None:
    with a_house(tmp_path, 1) as house:
        elsewhere = tmp_path / "elsewhere.xlsx"
        house.workbook.rename(elsewhere)
        house.workbook.symlink_to(elsewhere)
        before = elsewhere.read_bytes()
        assert not house.round()
        assert elsewhere.read_bytes() == before
        assert "symbolic link" in failing(house)
