"""Clocks that jump, servers that refuse, a ledger in PostgreSQL: nothing is sent twice, nobody is flooded."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import postgres
import pytest
from stories.house import House, open_house
from stories.test_attacks_mail import HOSTILE

from mailbot.ledger.letterstates import LetterState

TEXT = "台灯HX-L11不亮了，请换货。订单号 881202601 电话13600004417"
BOSS = "quality.manager@example.test"
OPERATOR = "it@example.test"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def complaints(house: House, count: int) -> None:
    for n in range(count):
        house.customer_writes(f"{TEXT} 第{n}个", subject=f"台灯 {n}", sender=f"p{n} <p{n}@mail{n}.example>")
    house.round()


def states(house: House) -> list[str]:
    return [row.state.value for row in house.office.ledger.letters.list()]


def test_an_operator_whose_address_is_refused_is_not_told_so_by_letters_without_end(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.sink.script["RCPT"] = "550 5.1.1 no such user"
        complaints(house, 3)
        for _ in range(5):
            house.round()
        kinds = [row.kind for row in house.office.ledger.letters.list()]
        assert kinds.count("operator_alert") == 1
        assert set(states(house)) == {"failed"}


def test_a_flood_of_senders_is_one_piece_of_news_to_the_operator(tmp_path: Path) -> None:
    few = {"acknowledgements_per_hour = 60": "acknowledgements_per_hour = 2"}
    with open_house(tmp_path, settings=few) as house:
        complaints(house, 8)
        assert house.round()
        assert len(house.cases()) == 8
        assert len(house.letters("mail")) - len(house.letters(BOSS)) <= 2 + len(house.letters(OPERATOR))
        assert len(house.letters(OPERATOR)) == 1


def test_a_clock_set_back_by_a_year_holds_up_neither_mail_nor_letters(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        complaints(house, 1)
        house.clock.now += 400 * DAY
        house.server.stop()
        house.sink.script["MAIL"] = "451 4.3.0 later"
        house.daemon.round()
        house.clock.now -= 400 * DAY - HOUR
        house.server.start()
        house.sink.script.clear()
        house.customer_writes(TEXT + "二", sender="李明 <lm@mailg.example>")
        house.daemon.round()
        assert len(house.cases()) == 2
        assert set(states(house)) == {"sent"}


def test_a_clock_a_day_back_repeats_no_letter(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        complaints(house, 2)
        assert house.round(after=2 * DAY + HOUR)
        before = len(house.letters())
        assert house.round(after=-DAY)
        assert house.round(after=DAY)
        assert len({str(m["Message-ID"]) for m in house.letters()}) == len(house.letters())
        assert len(house.letters()) - before <= 1  # the summary of the day gone back to


def test_after_a_week_without_power_everybody_gets_one_reminder(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        complaints(house, 6)
        house.new_letters()
        assert house.round(after=8 * DAY)
        letters = [m for m in house.new_letters() if "日报" not in str(m["Subject"])]
        assert [str(m["To"]).count(BOSS) for m in letters] == [1, *[0] * 6]
        assert ["请补充" in str(m["Subject"]) for m in letters] == [False, *[True] * 6]
        assert len({str(m["To"]) for m in letters}) == 7


def test_a_letter_that_waited_while_nothing_ran_is_tried_more_than_once(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.sink.script["RCPT"] = "450 4.2.0 greylisted"
        complaints(house, 1)
        assert house.round(after=9 * DAY)
        assert "failed" not in states(house)
        house.sink.script.clear()
        assert house.round(after=3 * HOUR)
        assert set(states(house)) == {"sent"}
        assert len(house.letters("p0@mail0.example")) == 1


def test_a_recipient_at_whom_the_server_hangs_up_holds_up_nobody_else(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        usual = house.sink.says
        house.sink.says = lambda verb, reply: (  # type: ignore[method-assign]
            None if verb == "RCPT" and b"p0@" in house.sink.heard[-1] else usual(verb, reply)
        )
        complaints(house, 3)
        assert [len(house.letters(f"p{n}@")) for n in range(3)] == [0, 1, 1]


def test_a_refused_login_stops_all_letters_and_loses_none(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.sink.script["MAIL"] = "535 5.7.8 bad credentials"
        complaints(house, 2)
        assert not house.round()
        assert not house.letters()
        house.sink.script.clear()
        assert house.round(after=HOUR)
        assert [len(house.letters(f"p{n}@")) for n in range(2)] == [1, 1]


def test_reminders_that_cannot_be_made_are_told_to_the_operator(tmp_path: Path) -> None:
    (tmp_path / "templates" / "zh-CN").mkdir(parents=True)
    for kind in ("reminder", "escalation"):
        broken = "Subject: x\n{% if 'mail0' in items[0].customer %}{{ 1 // 0 }}{% endif %}\n"
        (tmp_path / "templates" / "zh-CN" / f"{kind}.txt").write_text(broken, encoding="utf-8")
    with open_house(tmp_path) as house:
        complaints(house, 1)
        assert not house.round(after=3 * DAY)
        house.round(after=HOUR)
        assert house.letters(OPERATOR, "提醒与日报无法生成")


def test_a_whole_story_with_the_ledger_in_postgresql(tmp_path: Path) -> None:
    with postgres.running() as cluster:
        if cluster is None:
            pytest.skip("PostgreSQL is not installed")
        url = {'url = "sqlite:///data/ledger.sqlite3"': f'url = "{cluster.create("story")}"'}
        with open_house(tmp_path, settings=url) as house:
            complaints(house, 1)
            number = house.cases()[0].number
            house.staff_types(number, owner="张晓峰", responsibility="我司", assessed_on=house.today())
            for mail in HOSTILE:
                house.deliver(mail)
            assert house.round()
            assert house.case(number).stage != "assessment"
            assert len(house.cases()) == 1 + len(HOSTILE)
            assert house.round(after=7 * DAY)
            assert house.office.ledger.mails.balance().even
            assert house.office.ledger.letters.counts()[LetterState.FAILED] == 0
            assert len(house.letters("p0@mail0.example")) == 2
