"""The dashboard of a register a company works with: its figures are those of the ledger, counted another way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from dashboards import Figures, shown, tiles
from libreoffice import convert, needed
from stories.house import SHANGHAI, House, open_house

from mailbot.commands.init import Answers, set_up
from mailbot.core.chasing import standing
from mailbot.core.model import Case, Language
from mailbot.core.punctuality import fell_due
from mailbot.dashboard import WORDS

pytestmark = needed
SAID = WORDS[Language.ZH_CN]
MAILS = (
    (70, "你们的 HX-L11 灯，批号 A11，有 20 个不亮，请尽快处理。", "王敏 <wangmin@ruida-dz.example>"),
    (40, "订单 PO-778 的货一直没有到，交期已经晚了两周，请说明原因。", "李强 <liqiang@dongfang.example>"),
    (39, "收到的外壳有划痕，约 5 件，批号 B7，型号 HX-K2，要求换货。", "赵静 <zhaojing@meijia.example>"),
    (2, "使用时插头漏电，电到手了！型号 HX-P3，批号 C3。", "陈红 <chenhong@anju.example>"),
)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A company that opened its register some months ago; its clock is the office program's by now."""
    with open_house(tmp_path, now=datetime.now(SHANGHAI) - timedelta(days=71)) as house:
        yield house


def months_of_work(house: House) -> None:
    """Complaints of three months: one closed, one answered, one without an owner."""
    today = datetime.now(SHANGHAI)
    for days, text, sender in MAILS:
        house.clock.now = today - timedelta(days=days)
        house.customer_writes(text, sender=sender)
        assert house.round()
    first, second, *_ = (case.number for case in house.cases())
    close(house, first)
    house.staff_types(second, owner="刘洋", first_answer_on=today.date() - timedelta(days=39))
    assert house.round(until=datetime.now(SHANGHAI))


def close(house: House, number: str) -> None:
    """Explain to the customer that it is not our fault, and be done with it."""
    day = datetime.now(SHANGHAI).replace(tzinfo=None) - timedelta(days=1)
    given = {
        "owner": "张晓峰",
        "nature": "功能故障",
        "severity": "一般",
        "claim_type": "申诉",
        "responsibility": "客户",
    }
    steps: list[dict[str, Any]] = [
        given | {"first_answer_on": day - timedelta(days=50), "assessed_on": day},
        {"note_to_customer": "安装方法见说明书第3页。", "approved_by": "王立新", "explained_on": day},
        {"understood": "理解"},
        {"result": "已解释", "validity": "无效", "closed_on": day},
    ]
    for cells in steps:
        house.staff_types(number, **cells)
        assert house.round()
    assert not house.case(number).open


def counted(house: House) -> Figures:
    """The same figures from the ledger's cases."""
    now, office, cases = datetime.now(SHANGHAI), house.office.procedure, house.cases()
    opened = [case for case in cases if case.open]
    late = [case for case in opened if standing(case, now, office).status == "overdue"]

    def by(key: str, of: list[Case]) -> Counter[str]:
        if key == "stage":
            return Counter(office.stage(case).name(office.language) for case in of)
        return Counter(office.label(key, case.values.get(key)) or SAID["nobody"] for case in of)

    def month(moment: Any) -> str:
        return f"{moment.astimezone(SHANGHAI) if isinstance(moment, datetime) else moment:%Y-%m}"

    figures: Figures = {}
    for key in ("stage", "severity", "department", "owner"):
        every, overdue = by(key, opened), by(key, late)
        figures[SAID[f"by_{key}"]] = {label: (every[label], overdue[label]) for label in every}
    new = Counter(month(c.opened_at) for c in cases)
    closed = Counter(month(c.values["closed_on"]) for c in cases if not c.open)
    figures[SAID["months"]] = {label: (new[label], closed[label]) for label in new | closed}
    answers = [
        (month(c.opened_at), due) for c in cases for due in fell_due(c, now, office) if due.key == "first_answer"
    ]
    due, kept = Counter(m for m, _ in answers), Counter(m for m, answer in answers if answer.kept)
    title = SAID["on_time"].format(deadline="首次答复")
    figures[title] = {m: (due[m], kept[m], round(kept[m] / due[m], 9)) for m in due}
    figures[SAID["pareto"]] = {label: (count,) for label, count in by("nature", cases).items()}
    return figures


def test_its_figures_are_those_of_the_ledger(house: House, tmp_path: Path) -> None:
    months_of_work(house)
    calculated = convert(house.workbook, "xlsx", tmp_path / "out", zone="Asia/Shanghai")
    found, expected = shown(calculated, SAID["name"]), counted(house)
    assert found.keys() == expected.keys()
    for title, lines in expected.items():
        told = {label: cells for label, cells in found[title].items() if any(cells)}
        if title == SAID["pareto"]:
            told = {label: cells[:1] for label, cells in told.items() if cells[0]}
        assert told == lines, title
    assert tiles(calculated, SAID["name"])[SAID["open"]] == 3
    assert list(found[SAID["pareto"]].values())[-1][-1] == 1


def test_an_installation_may_do_without_it(tmp_path: Path) -> None:
    with open_house(tmp_path, settings={"dashboard = true": "dashboard = false"}) as house:
        assert SAID["name"] in openpyxl.load_workbook(house.workbook).sheetnames
        house.workbook.unlink()
        set_up(tmp_path, Answers(), ask=False)
        assert SAID["name"] not in openpyxl.load_workbook(house.workbook).sheetnames
