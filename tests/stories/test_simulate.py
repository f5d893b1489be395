"""What changed rules would have made of past mails is told before they are used; the telling touches nothing."""

from __future__ import annotations

import hashlib
import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from stories.house import House, open_house

from mailbot.commands.simulate import simulate
from mailbot.errors import Usage

LAMP = "台灯HX-L11不亮了，请换货。订单号 881202601 电话13600004417"
LATE = "订单 PO-88123 约定 5 月 1 日交货，现在还没发货，请确认出货日期。电话13600004418"
QUESTION = "Please send me your catalogue and a quotation for 50 lamps."
LONG = "9999d"
"""The stories play in May 2026, whatever the machine's date is."""


def lived_in(house: House) -> tuple[str, str]:
    """A company with a lamp, a late delivery that staff found important, and a question."""
    house.customer_writes(LAMP, subject="台灯", sender="于静 <yj@mailg.example>")
    house.customer_writes(LATE, subject="催货", sender="李明 <lm@mailg.example>")
    house.customer_writes(QUESTION, subject="Quotation", sender="J <j@mailg.example>")
    assert house.round()
    lamp, late = (case.number for case in house.cases())
    house.staff_types(late, severity="重要")
    assert house.round()
    return lamp, late


def changed(house: House, folder: Path, name: str, *swaps: tuple[str, str]) -> Path:
    """A folder that holds one changed rule file."""
    folder.mkdir(exist_ok=True)
    text = (house.folder / "rules" / name).read_text(encoding="utf-8")
    for old, new in swaps:
        assert old in text
        text = text.replace(old, new)
    (folder / name).write_text(text, encoding="utf-8")
    return folder


LAMPS_MATTER = (
    'name = "customer\'s line stopped"\nwords = [',
    'name = "lamps and delays"\nwords = ["台灯", "没发货", ',
)


def everything(folder: Path) -> dict[str, str]:
    return {str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.rglob("*") if p.is_file()}


def test_a_folder_of_changed_rules_is_tried_on_the_past(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with open_house(tmp_path / "house") as house:
        lamp, late = lived_in(house)
        folder = changed(house, tmp_path / "new", "severity.toml", LAMPS_MATTER)
        changed(house, folder, "stages.toml", ("amount = 24", "amount = 12"))
        before = everything(house.folder)
        assert simulate(house.folder / "config.toml", LONG, folder, as_json=False) == 0
        shown = capsys.readouterr().out
        assert everything(house.folder) == before
        of_lamp, of_late = shown.split(lamp)[1].split(late)[0], shown.split(late)[1]
        assert "severity: 一般 → 紧急, because lamps and delays [2026-01] (台灯)" in of_lamp
        assert "staff have put 重要" not in of_lamp
        assert "staff have put 重要" in of_late
        assert "due 首次答复: 2026-05-12 09:00 CST → 2026-05-11 21:00 CST" in of_lamp
        assert "due 评估" not in shown
        assert "3 mails and cases" in shown
        assert "2 would be judged otherwise, deadlines would move for 2" in shown


def test_the_present_files_are_compared_with_the_verdicts_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_house(tmp_path / "house") as house:
        lamp, late = lived_in(house)
        config = house.folder / "config.toml"
        capsys.readouterr()
        assert simulate(config, LONG, None, as_json=True) == 0
        assert json.loads(capsys.readouterr().out) == []
        changed(house, tmp_path / "new", "severity.toml", LAMPS_MATTER)
        light = [(f"weight = {points}\n", "weight = 0\n") for points in (1, 2, 3)]
        changed(house, tmp_path / "new", "nature.toml", *light)
        shutil.copytree(tmp_path / "new", house.folder / "rules", dirs_exist_ok=True)
        assert simulate(config, LONG, None, as_json=True) == 0
        found = {one["number"]: one for one in json.loads(capsys.readouterr().out)}
        (severity,) = found[lamp]["verdict"]
        assert (severity["before"], severity["after"], severity["staff"]) == ("normal", "urgent", None)
        (severity,) = found[late]["verdict"]
        assert (severity["before"], severity["after"], severity["staff"]) == ("normal", "urgent", "important")
        (question,) = (one for number, one in found.items() if number.startswith("mail "))
        assert {d["key"]: d["after"] for d in question["verdict"]} == {"kind": "complaint"}


def test_mails_before_the_span_and_lost_ones_are_said_to_be_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_house(tmp_path) as house:
        lamp, _ = lived_in(house)
        config = house.folder / "config.toml"
        day = house.today() + timedelta(days=1)
        assert simulate(config, day.isoformat(), None, as_json=False) == 0
        assert "2 mails and cases since 2026-05-12 00:00 CST: 0 would be judged otherwise" in capsys.readouterr().out
        (row,) = (row for row in house.office.ledger.mails.of_case(lamp))
        house.office.archive.path(row.sha256).unlink()
        assert simulate(config, LONG, None, as_json=False) == 0
        shown = capsys.readouterr().out
        assert "not replayed" in shown
        assert "1 could not be read again" in shown
        with pytest.raises(Usage, match="write 90d, 12w or a day"):
            simulate(config, "long ago", None, as_json=False)
        with pytest.raises(Usage, match="is no folder"):
            simulate(config, "90d", tmp_path / "nowhere", as_json=False)
