"""A register the company kept by hand is taken over: shown first, then lived with; nobody is written to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from house import MONDAY, SHANGHAI, Hands
from typer.testing import CliRunner

from mailbot import config as configuration
from mailbot.cli import app
from mailbot.clock import system_clock
from mailbot.commands.init import Answers, set_up
from mailbot.errors import MailbotError
from mailbot.office import Office
from mailbot.steps.chase import remind
from mailbot.steps.reconcile import reconcile
from mailbot.wiring import open_desk

HEADS = [
    (2, ["序号", "编号", "客户信息", None, "产品名称", "不良现象", "数量", "原因", "投诉日期", "状态", "备注栏"]),
    (3, [None, None, "客户名称", "联系人", None, None, None, None, None, None, None]),
]
ROWS: list[list[Any]] = [
    [
        1,
        "KS-018",
        "瑞达电子",
        "王敏",
        "轴承",
        "轴承异响，转动不畅",
        12,
        "润滑不足",
        date(2026, 3, 2),
        "已结案",
        "老客户",
    ],
    [2, "KS-019", "恒泰机械", "李强", "齿轮", "齿面剥落", 3, None, date(2026, 4, 20), "处理中", None],
    [3, None, "华丰科技", "陈", "电机", "外壳破裂", "几台", None, None, "未结案", "要加急"],
    ["合计", None, None, None, None, None, 15, None, None, None, None],
]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation whose register is still the company's own workbook."""
    monkeypatch.setenv("COLUMNS", "200")
    answers = Answers(
        company="华信", address="c@huaxin.example", imap="127.0.0.1", smtp="127.0.0.1", operator="it@huaxin.example"
    )
    set_up(tmp_path, answers, ask=False)
    config = tmp_path / "config.toml"
    config.write_text(config.read_text("utf-8").replace("quiet_seconds = 3", "quiet_seconds = 0"), "utf-8")
    book = openpyxl.Workbook()
    notes = book.active
    notes.title = "说明"
    notes["A1"] = "客户投诉管理办法"
    sheet = book.create_sheet("2026年")
    sheet.append(["客户投诉登记台账（2026）"])
    sheet.merge_cells("A1:K1")
    for _, heads in HEADS:
        sheet.append(heads)
    for column in "ABEFGHIJK":
        sheet.merge_cells(f"{column}2:{column}3")
    sheet.merge_cells("C2:D2")
    for row in ROWS:
        sheet.append(row)
    book.save(tmp_path / "old.xlsx")
    return tmp_path


def mailbot(folder: Path, *words: str, typed: str = "") -> tuple[int, str]:
    result = CliRunner().invoke(app, [*words, "--config", str(folder / "config.toml")], input=typed)
    status = result.exception.exit_status if isinstance(result.exception, MailbotError) else result.exit_code
    return status, result.output


def cells(folder: Path) -> list[dict[str, Any]]:
    """The rows below the two headings, by heading, as another program reads them."""
    sheet = openpyxl.load_workbook(folder / "old.xlsx")["2026年"]
    lines = list(sheet.iter_rows(values_only=True))
    heads = [low or high for high, low in zip(lines[1], lines[2], strict=True)]
    return [dict(zip(heads, line, strict=True)) for line in lines[3:]]


@pytest.fixture
def office(desk: Path) -> Iterator[Office]:
    status, said = mailbot(desk, "register", "adopt", str(desk / "old.xlsx"), "--column", "备注栏=-", "--yes")
    assert status == 0, said
    with open_desk(configuration.load(desk / "config.toml"), Hands(MONDAY)) as opened:
        yield opened


def test_nothing_changes_before_a_yes(desk: Path) -> None:
    before = {path: path.read_bytes() for path in desk.rglob("*") if path.is_file()}
    status, said = mailbot(desk, "register", "adopt", str(desk / "old.xlsx"), typed="-\n" * 8 + "no\n")
    assert status == 1
    assert "3 cases" in said
    assert {path: path.read_bytes() for path in desk.rglob("*") if path.is_file()} == before


def test_a_workbook_somebody_has_open_is_not_taken_over(desk: Path) -> None:
    lock = desk / ".~lock.old.xlsx#"
    lock.write_text(",李,PC,11.05.2026 09:00,file:///home/z;", encoding="utf-8")
    before = (desk / "old.xlsx").read_bytes()
    status, said = mailbot(desk, "register", "adopt", str(desk / "old.xlsx"), "--yes")
    assert status == 1
    assert "waiting (open) for 李" in said
    assert not (desk / "rules" / "register.toml").exists()
    assert (desk / "old.xlsx").read_bytes() == before


def test_a_wrong_heading_or_column_is_named(desk: Path) -> None:
    for column, reason in (("天气=description", "天气"), ("数量=weather", "weather")):
        result = CliRunner().invoke(
            app,
            ["register", "adopt", str(desk / "old.xlsx"), "--column", column, "--config", str(desk / "config.toml")],
        )
        assert isinstance(result.exception, MailbotError)
        assert reason in str(result.exception)


def test_every_cell_of_the_company_stays_and_columns_are_added(office: Office, desk: Path) -> None:
    found = cells(desk)
    for row, line in zip(ROWS, found, strict=True):
        shown = [value.date() if isinstance(value, datetime) else value for value in list(line.values())[:11]]
        # A day of receipt nobody wrote down is the day of the takeover.
        assert shown == row or (row[0] == 3 and shown[:8] == row[:8] and shown[9:] == row[9:])
    year = datetime.now(SHANGHAI).year
    assert [line["投诉编号"] for line in found] == [f"CP-{year}-00000{n}" for n in (1, 2, 3)] + [None]
    assert found[0]["状态（系统）"] == "已结案"
    assert found[1]["状态"] == "处理中"


def test_rows_become_cases_at_the_stage_their_columns_show(office: Office) -> None:
    closed, open_one, third = office.ledger.cases.all()
    assert not closed.open
    assert closed.opened_at.astimezone(MONDAY.tzinfo).date() == date(2026, 3, 2)
    assert open_one.open
    assert open_one.stage == "assessment"
    assert third.misfits == {"quantity": "几台"}
    assert third.values["company"] == "华丰科技"


def test_nobody_is_written_to_and_later_edits_are_taken(office: Office, desk: Path) -> None:
    assert not any(office.ledger.letters.counts().values())
    book = openpyxl.load_workbook(desk / "old.xlsx")
    sheet = book["2026年"]
    sheet["F5"] = "齿面剥落，三件"
    book.save(desk / "old.xlsx")
    reconcile(office, MONDAY)
    remind(office, office.ledger.cases.open(), MONDAY)
    assert list(office.ledger.cases.all())[1].values["description"] == "齿面剥落，三件"
    assert not any(office.ledger.letters.counts().values())
    assert len(list(office.ledger.cases.all())) == 3


def test_taking_over_again_makes_no_second_case(office: Office, desk: Path) -> None:
    status, said = mailbot(desk, "register", "adopt", str(desk / "old.xlsx"), "--column", "备注栏=-", "--yes")
    assert status == 0, said
    assert len(list(office.ledger.cases.all())) == 3


def test_verify_says_what_differs_and_changes_nothing(office: Office, desk: Path) -> None:
    assert mailbot(desk, "register", "verify")[0] == 0
    book = openpyxl.load_workbook(desk / "old.xlsx")
    sheet = book["2026年"]
    sheet["F5"] = "别的"
    book.save(desk / "old.xlsx")
    before = (desk / "old.xlsx").read_bytes()
    status, said = mailbot(desk, "register", "verify")
    assert status == 1
    assert "1: cells staff changed" in said
    assert (desk / "old.xlsx").read_bytes() == before


def test_a_lost_register_is_rebuilt_from_the_ledger(office: Office, desk: Path) -> None:
    assert mailbot(desk, "register", "rebuild")[0] == 2
    (desk / "old.xlsx").unlink()
    status, said = mailbot(desk, "register", "rebuild")
    assert status == 0, said
    reconcile(office, system_clock())
    assert mailbot(desk, "register", "verify")[0] == 0
    assert len(list(office.ledger.cases.all())) == 3
