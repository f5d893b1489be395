"""The monthly report comes on the first working day, once, and says what happened."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from pathlib import Path

import openpyxl
from stories.house import MONDAY, open_house

LAMP = "台灯HX-L11不亮了，请换货。订单号 881202601 电话13600004417"
BOSS = "general.manager@example.test"


def test_the_month_is_reported_on_its_first_working_day_once_with_a_workbook(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.customer_writes(LAMP, sender="于静 <yj@mailg.example>")
        assert house.round()
        house.customer_writes(LAMP, subject="又坏了一台", sender="李明 <lm@mailg.example>")
        assert house.round()
        first, second = house.cases()
        house.staff_types(first.number, owner="张晓峰", first_answer_on=house.today())
        assert house.round()
        # 31 May 2026 is a Sunday, 1 June a Monday.
        assert house.round(until=MONDAY.replace(month=6, day=1, hour=8, minute=29))
        assert not house.letters(subject="月报")
        assert house.round(until=MONDAY.replace(month=6, day=1, hour=8, minute=31))
        reports = house.letters(subject="月报")
        assert reports
        assert len({m["To"] for m in reports}) == len(reports)
        (mail,) = [m for m in reports if BOSS in m["To"]] or reports[:1]
        text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
        assert f"{second.number} 与 {first.number} 类似" in text
        assert "50.0 % (1/2)" in text
        (file,) = list(mail.iter_attachments())
        book = openpyxl.load_workbook(BytesIO(file.get_content()))
        assert [row[0].value for row in book.worksheets[-1].iter_rows(min_row=2)] == [first.number, second.number]
        assert house.round(after=timedelta(days=1))
        assert len(house.letters(subject="月报")) == len(reports)


def test_after_an_outage_the_month_is_reported_late_and_not_at_night(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.customer_writes(LAMP)
        assert house.round()
        assert house.round(until=MONDAY.replace(month=6, day=3, hour=3))
        assert house.round(until=MONDAY.replace(month=6, day=6, hour=12))  # a Saturday
        assert not house.letters(subject="月报")
        assert house.round(until=MONDAY.replace(month=6, day=8, hour=8, minute=30))
        assert house.letters(subject="月报")


def test_a_first_month_without_cases_is_not_reported(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        assert house.round(until=MONDAY.replace(month=6, day=1, hour=9))
        assert not house.letters(subject="月报")
