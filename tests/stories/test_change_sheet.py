"""The sheet of changes: who changed what, when, from what to what; staff may do with it what they like."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from stories.house import House, open_house

from mailbot import changelog, changesheet
from mailbot.commands.init import Answers, set_up
from mailbot.core.model import Language
from mailbot.procedures import load_procedure
from mailbot.rows import columns
from mailbot.shipped import shipped
from mailbot.steps.reconcile import CHANGES
from sheets.header import meant

LAMP = "台灯HX-L11不亮了，请换货。批号 0407"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A company with the sheet, and its first complaint."""
    with open_house(tmp_path, settings={"history_sheet = false": "history_sheet = true"}) as house:
        house.workbook.unlink()
        set_up(tmp_path, Answers(), ask=False)
        house.customer_writes(LAMP)
        assert house.round()
        yield house


def log(house: House) -> list[dict[str, Any]]:
    """The lines, by column."""
    keys = [column.key for column in changelog.columns(Language.ZH_CN)]
    rows = openpyxl.load_workbook(house.workbook)["变更记录"].iter_rows(min_row=2, values_only=True)
    return [dict(zip(keys, row, strict=False)) for row in rows if any(row)]


def expected(house: House) -> list[str]:
    """The first columns of all lines there should be."""
    events, rules = house.office.ledger.cases.events_after(0, 1000), house.office.procedure
    return [str(line["entry"]) for number, event in events for line in changelog.lines(number, event, rules)]


def edit(house: House, **cells: Any) -> None:
    house.staff_types(house.cases()[0].number, **cells)
    assert house.round()


def notice(house: House) -> str:
    """What the operator is told of the sheet."""
    return next((n.text for n in house.office.ledger.notices.all() if n.key == CHANGES), "")


def retouched(house: House, change: Any) -> None:
    """Staff work in the sheet and save."""
    book = openpyxl.load_workbook(house.workbook)
    change(book["变更记录"])
    book.save(house.workbook)


def test_it_tells_who_changed_what_from_what_to_what(house: House) -> None:
    number = house.cases()[0].number
    edit(house, owner="张晓峰", severity="紧急")
    lines = log(house)
    assert [line["entry"] for line in lines] == expected(house)
    assert lines[0] | {"at": None} == {
        **{"entry": "E-0000001", "at": None, "case": number, "who": "邮件 wangmin@ruida-dz.example"},
        **{"column": "投诉编号", "old": None, "new": number, "rules": None},
    }
    told = {line["column"]: (line["who"], line["old"], line["new"]) for line in lines}
    assert told["责任人"] == ("台账", None, "张晓峰")
    assert told["严重程度"] == ("台账", "一般", "紧急")
    assert all(line["at"] for line in lines)


def test_quiet_rounds_leave_the_workbook_alone(house: House) -> None:
    assert house.round()
    before = house.workbook.stat().st_mtime_ns
    assert house.round()
    assert house.workbook.stat().st_mtime_ns == before


def upside_down(sheet: Worksheet) -> None:
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    for row, values in zip(
        sheet.iter_rows(min_row=2), sorted(rows, key=lambda r: str(r[0]), reverse=True), strict=True
    ):
        for cell, value in zip(row, values, strict=True):
            cell.value = value


def written_over(sheet: Worksheet) -> None:
    for row in sheet.iter_rows(min_row=2, min_col=2):
        for cell in row:
            cell.value = "?"


def without_the_first(sheet: Worksheet) -> None:
    sheet.delete_rows(2, 1)


@pytest.mark.parametrize("change", [upside_down, written_over, without_the_first])
def test_what_staff_do_to_it_is_not_undone_and_it_goes_on(house: House, change: Any) -> None:
    edit(house, owner="张晓峰")
    retouched(house, change)
    kept = [line["entry"] for line in log(house)]
    edit(house, owner="王立新")
    now = log(house)
    assert [line["entry"] for line in now][: len(kept)] == kept
    assert [(line["old"], line["new"]) for line in now[len(kept) :]] == [("张晓峰", "王立新")]


def test_emptied_it_goes_on_with_what_happens_next(house: House) -> None:
    retouched(house, lambda sheet: sheet.delete_rows(2, 100))
    edit(house, owner="张晓峰")
    assert [line["new"] for line in log(house)] == ["张晓峰"]


def test_an_older_copy_saved_over_it_is_made_whole(house: House, tmp_path: Path) -> None:
    shutil.copy(house.workbook, tmp_path / "older.xlsx")
    edit(house, owner="张晓峰")
    edit(house, batch="0408")
    shutil.copy(tmp_path / "older.xlsx", house.workbook)
    house.round()
    edit(house, quantity=3)
    assert [line["entry"] for line in log(house)] == expected(house)


def test_without_the_sheet_the_register_goes_on_and_the_operator_reads_why(house: House) -> None:
    book = openpyxl.load_workbook(house.workbook)
    del book["变更记录"]
    book.save(house.workbook)
    house.staff_types(number := house.cases()[0].number, severity="紧急")
    assert house.round()
    assert house.case(number).values["severity"] == "urgent"
    assert "记录号, 变更时间" in notice(house)
    assert house.round()
    assert house.letters("it@example.test")


def test_a_full_sheet_stops_and_says_how_to_make_room(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changesheet, "LIMIT", len(log(house)) + 1)
    edit(house, owner="张晓峰")
    house.staff_types(house.cases()[0].number, owner="王立新")
    assert house.round()
    assert "delete its oldest rows" in notice(house)
    retouched(house, without_the_first)
    assert house.round()
    assert not notice(house)
    assert [line["new"] for line in log(house)][-1] == "王立新"


@pytest.mark.parametrize("rules", [None, shipped("rules") / "examples" / "simple-en"], ids=["usual", "simple-en"])
@pytest.mark.parametrize("language", Language)
def test_none_of_its_headings_is_one_of_the_register(rules: Path | None, language: Language) -> None:
    register = columns(load_procedure(rules, language, "CP-{year}-{seq:06d}").procedure)
    titles = [column.title for column in changelog.columns(language)]
    assert [meant(title, register) for title in titles] == [None] * len(titles)
    assert [meant(title, changelog.columns(language)) for title in titles] == [
        c.key for c in changelog.columns(language)
    ]
