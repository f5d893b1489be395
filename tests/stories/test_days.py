"""Days: the summary on a busy and on a quiet one, a make-up Saturday, reminders that wait for the office to open."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from stories.house import SHANGHAI, House, open_house

from mailbot.commands.case import show_case
from mailbot.commands.status import show_status

BOSS = "quality.manager@example.test"


def at(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


def body(letter: EmailMessage) -> str:
    part = letter.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def a_complaint(house: House) -> str:
    house.customer_writes(
        "台灯HX-L11不亮了，请换货。订单号 881202601 电话13600004417", sender="于静 <yj@mailg.example>"
    )
    assert house.round()
    return house.cases()[-1].number


def summaries(house: House) -> list[EmailMessage]:
    return [m for m in house.letters(BOSS) if "日报" in str(m["Subject"])]


def test_the_summary_names_what_is_overdue_and_who_is_waited_for(tmp_path: Path) -> None:
    with open_house(tmp_path, now=at(5, 11, 9)) as house:
        number = a_complaint(house)
        assert house.round(until=at(5, 14, 8, 29))
        before = len(summaries(house))
        assert house.round(until=at(5, 14, 8, 30))
        (summary,) = summaries(house)[before:]
        text = body(summary)
        assert number in text
        assert "王立新" in text
        assert "逾期 1" in str(summary["Subject"])
        assert house.round(until=at(5, 14, 17, 0))
        assert len(summaries(house)) == before + 1


def test_a_quiet_day_says_so(tmp_path: Path) -> None:
    with open_house(tmp_path, now=at(5, 12, 8, 31)) as house:
        assert house.round()
        (summary,) = summaries(house)
        assert "今日无待办" in str(summary["Subject"])


def test_a_make_up_saturday_is_a_working_day_and_an_ordinary_one_is_not(tmp_path: Path) -> None:
    with open_house(tmp_path, now=at(5, 9, 8, 31)) as house:
        assert house.round()
        assert len(summaries(house)) == 1
        assert house.round(until=at(5, 16, 8, 31))
        assert len(summaries(house)) == 1


def test_deadlines_in_working_days_count_the_make_up_saturday(tmp_path: Path) -> None:
    with open_house(tmp_path, now=at(5, 8, 9)) as house:
        number = a_complaint(house)
        cells = {"owner": "张晓峰", "responsibility": "我司", "nature": "功能故障", "severity": "一般"}
        house.staff_types(number, **cells, assessed_on=house.today())
        assert house.round()
        assert house.case(number).stage == "root_cause"
        # Seven working days from Friday 8 May: Saturday the 9th counts, Sunday and the next weekend do not.
        assert house.row(number)["due"].date().isoformat() == "2026-05-18"


def test_a_reminder_at_night_waits_for_the_morning_and_comes_once(tmp_path: Path) -> None:
    with open_house(tmp_path, now=at(5, 12, 20)) as house:
        number = a_complaint(house)
        sent = len(house.letters(BOSS, number))
        assert house.round(until=at(5, 14, 21))
        assert len(house.letters(BOSS, number)) == sent
        assert house.round(until=at(5, 15, 8, 31))
        reminders = [m for m in house.letters(BOSS)[sent:] if "日报" not in str(m["Subject"])]
        assert len(reminders) == 1
        assert house.round(after=timedelta(minutes=5))
        assert len([m for m in house.letters(BOSS)[sent:] if "日报" not in str(m["Subject"])]) == 1


def test_the_ladder_ends_with_the_supervisor_and_stops_when_the_stage_moves(tmp_path: Path) -> None:
    with open_house(tmp_path, now=at(5, 11, 9)) as house:
        number = a_complaint(house)
        house.staff_types(number, owner="张晓峰", department="业务部")
        assert house.round()
        assert house.round(until=at(5, 18, 10))
        assert house.letters("sales.manager@example.test", "升级")
        assert house.letters(BOSS, "升级")
        house.staff_types(number, responsibility="我司", assessed_on=house.today())
        assert house.round()
        count = len(house.letters())
        assert house.round(after=timedelta(minutes=5))
        assert len(house.letters()) == count


def test_a_case_shows_how_every_deadline_was_counted_also_of_stages_left_behind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_house(tmp_path) as house:
        rules = house.folder / "rules" / "stages.toml"
        text = rules.read_text(encoding="utf-8")
        old = 'start = "receipt", pauses = ["customer"] }'
        rules.write_text(text.replace(old, f"{old[:-2]}, amounts = {{ normal = 72 }} }}"), encoding="utf-8")
        house.customer_writes("台灯HX-L11不亮了，请换货。", sender="于静 <yj@mailg.example>")
        assert house.round()
        (case,) = house.cases()
        house.staff_types(case.number, owner="张晓峰", waiting="等客户")
        assert house.round()
        house.staff_types(case.number, waiting=None, responsibility="我司", assessed_on="✓")
        assert house.round(after=timedelta(hours=5))
        capsys.readouterr()
        show_case(house.folder / "config.toml", case.number, as_json=False)
        shown = capsys.readouterr().out
    assert "评估: 72 hours from receipt, due 2026-05-14 14:00 CST, done 2026-05-11 14:02 CST\n" in shown
    assert "    2026-05-11 09:02 CST - 2026-05-11 14:02 CST  not counted (customer)\n" in shown
    assert "    used 0 of 72 hours; the customer waited 5\n" in shown
    assert "首次答复: 24 hours from receipt, due 2026-05-12 09:00 CST, done 2026-05-11\n" in shown
    assert "原因分析: 7 working days from stage, due 2026-05-20 14:02 CST\n" in shown


def test_a_case_on_hold_is_listed_as_overdue_with_the_deadline_that_passed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_house(tmp_path) as house:
        number = a_complaint(house)
        house.staff_types(number, waiting="等客户")
        assert house.round()
        assert house.row(number)["due"] is None
        capsys.readouterr()
        show_status(house.folder / "config.toml", as_json=False)
        (line,) = (text for text in capsys.readouterr().out.splitlines() if text.startswith(number))
        assert "2026-05-12 09:00 CST" in line
