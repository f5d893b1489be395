"""A register made before the rules knew some columns is given them, and lives on with all that stood in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from test_takeover import mailbot

from mailbot import config as configuration
from mailbot.clock import system_clock
from mailbot.commands.init import Answers, set_up
from mailbot.rows import columns
from mailbot.steps.reconcile import reconcile
from mailbot.wiring import open_desk
from sheets.excel.create import create

LATER = ("basis", "validity", "bot_note")
"""Columns the older register does not have yet."""
TITLES = ["机器人提示", "判定依据", "有效性"]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation whose register lacks some columns, with a complaint in it."""
    monkeypatch.setenv("COLUMNS", "200")
    answers = Answers(company="华信", address="c@x.example", imap="127.0.0.1", smtp="127.0.0.1", operator="i@x.example")
    set_up(tmp_path, answers, ask=False)
    config = tmp_path / "config.toml"
    config.write_text(config.read_text("utf-8").replace("quiet_seconds = 3", "quiet_seconds = 0"), "utf-8")
    book = tmp_path / "register.xlsx"
    with open_desk(configuration.load(config)) as office:
        known = columns(office.procedure)
    book.unlink()
    create(
        book, [c for c in known if c.key not in LATER], "台账", rows=[{"company": "瑞达", "description": "轴承异响"}]
    )
    return tmp_path


def sheet(folder: Path) -> Any:
    return openpyxl.load_workbook(folder / "register.xlsx").worksheets[0]


def test_the_columns_come_on_the_right_and_are_filled_in_the_next_round(desk: Path) -> None:
    before = [cell.value for cell in sheet(desk)[1]]
    status, said = mailbot(desk, "register", "upgrade", "--yes")
    assert status == 0
    assert all(title in said for title in TITLES)
    assert [cell.value for cell in sheet(desk)[1]] == [*before, *TITLES]
    with open_desk(configuration.load(desk / "config.toml")) as office:
        reconcile(office, system_clock())
    row = [cell.value for cell in sheet(desk)[2]]
    assert row[len(before)], "the bot's note"
    (table,) = sheet(desk).tables.values()
    assert table.ref.endswith(sheet(desk).cell(2, len(before) + 3).coordinate)
    assert "no column is missing" in mailbot(desk, "register", "upgrade")[1]


def test_nothing_is_changed_before_a_yes(desk: Path) -> None:
    before = (desk / "register.xlsx").read_bytes()
    assert mailbot(desk, "register", "upgrade", typed="no\n")[0] == 1
    assert (desk / "register.xlsx").read_bytes() == before


def test_who_has_it_open_is_waited_for(desk: Path) -> None:
    before = (desk / "register.xlsx").read_bytes()
    (desk / ".~lock.register.xlsx#").write_text(",li,desk,01.01.2026 10:00,file;")
    status, said = mailbot(desk, "register", "upgrade", "--yes")
    assert (status, "li" in said) == (1, True)
    assert (desk / "register.xlsx").read_bytes() == before
