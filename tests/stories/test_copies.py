"""Synchronising programs leave copies of the register; nothing people typed in one is lost."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import openpyxl
import pytest
from stories.house import House, open_house

TEXTS = ("台灯HX-L11不亮了，请换货。订单号 881202601 电话13600004417", "落地灯HX-F02外壳开裂，请退款。电话13600004418")


def fork(house: House, name: str, **changes: object) -> Path:
    """Somebody saves the register under another name, with cells (by address) changed, a minute ago."""
    copy = house.workbook.with_name(name)
    shutil.copy(house.workbook, copy)
    book = openpyxl.load_workbook(copy)
    for address, value in changes.items():
        book.worksheets[0][address] = value
    book.save(copy)
    os.utime(copy, (copy.stat().st_mtime - 60,) * 2)
    return copy


def two_cases(house: House) -> list[str]:
    for number, text in enumerate(TEXTS):
        house.customer_writes(text, sender=f"于静 <yj{number}@mailg.example>")
    assert house.round()
    return [case.number for case in house.cases()]


def column(house: House, key: str) -> str:
    heads = openpyxl.load_workbook(house.workbook).worksheets[0][1]
    return str(next(cell.column_letter for cell in heads if cell.value == house.heading(key)))


@pytest.mark.parametrize(
    "name",
    [
        "register (张晓峰's conflicted copy 2026-05-11).xlsx",
        "register (conflicted copy 2026-05-11 093000).xlsx",
        "register.sync-conflict-20260511-093000-ABCDEFG.xlsx",
        "register-DESKTOP-7Q2M.xlsx",
    ],
)
def test_a_conflict_copy_is_merged_from_the_version_both_grew_from(tmp_path: Path, name: str) -> None:
    with open_house(tmp_path) as house:
        one, two = two_cases(house)
        product, owner = column(house, "product"), column(house, "owner")
        typed = {column(house, "company") + "4": "恒泰", column(house, "description") + "4": "交货短少三件"}
        copy = fork(house, name, **{f"{owner}2": "张晓峰", f"{product}3": "台灯甲"}, **typed)
        house.staff_types(one, batch="B-1")
        house.staff_types(two, product="台灯乙")
        assert house.round()
        assert house.round()
        assert house.case(one).values["owner"] == "张晓峰"
        assert house.case(one).values["batch"] == "B-1"
        assert house.case(two).values["product"] == "台灯乙"
        assert [case.values.get("description") for case in house.cases()][2:] == ["交货短少三件"]
        assert not copy.exists()
        told = [notice.text for notice in house.office.ledger.notices.all()]
        assert any("merged" in text and "台灯甲" in text for text in told)
        assert list((tmp_path / "data" / "register-versions").glob("aside-*"))


def test_a_copy_whose_changes_cannot_all_be_written_stays(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        one, _ = two_cases(house)
        typed = {column(house, "company") + "4": "恒泰", column(house, "description") + "4": "交货短少三件"}
        changes = {f"{column(house, 'owner')}2": "张晓峰", **typed}
        copy = fork(house, "register.sync-conflict-20260511-093000-ABCDEFG.xlsx", **changes)
        book = openpyxl.load_workbook(house.workbook)
        book.worksheets[0].merge_cells("A4:C5")
        book.save(house.workbook)
        house.round()
        assert house.round()
        assert house.case(one).values["owner"] == "张晓峰"
        assert copy.exists()
        assert any("1 of its changes cannot be written" in notice.text for notice in house.office.ledger.notices.all())


def test_a_copy_somebody_made_is_announced_once_and_left_alone(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        one, _ = two_cases(house)
        copy = fork(house, "register-备份.xlsx", **{f"{column(house, 'owner')}2": "张晓峰"})
        before = copy.read_bytes()
        for _ in range(3):
            assert house.round()
        assert copy.read_bytes() == before
        assert house.case(one).values.get("owner") != "张晓峰"
        assert len(house.letters("it@example.test", "register-备份")) == 1


def test_another_workbook_beside_the_register_is_none_of_our_business(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        two_cases(house)
        openpyxl.Workbook().save(house.workbook.with_name("register-2025-figures.xlsx"))
        assert house.round()
        assert house.office.ledger.notices.all() == []


def test_a_copy_of_the_sheet_is_announced(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        two_cases(house)
        book = openpyxl.load_workbook(house.workbook)
        book.copy_worksheet(book.worksheets[0]).title = "副本"
        book.save(house.workbook)
        for _ in range(2):
            assert house.round()
        assert len(house.letters("it@example.test", "副本")) == 1


def test_a_copied_row_is_told_of_once_wherever_it_is_moved(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        two_cases(house)
        for place in (5, 7, 6):
            book = openpyxl.load_workbook(house.workbook)
            sheet = book.worksheets[0]
            for row in (5, 6, 7):
                for cell in sheet[row]:
                    cell.value = None
            for cell in sheet[2]:
                sheet.cell(place, cell.column).value = cell.value
            book.save(house.workbook)
            assert house.round()
        assert len([n for n in house.office.ledger.notices.all() if n.key.startswith("row:")]) == 1
        assert len(house.letters("it@example.test", "不是它自己的")) == 1
