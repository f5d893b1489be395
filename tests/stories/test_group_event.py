"""Several customers complain about one batch: the third complaint is grave, the emergency list hears of it, and why."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from stories.house import House, open_house

TEXT = "台灯HX-L11不亮了，请换货。批号 2604C，订单号 8812026{n} 电话1360000441{n}"
DAY = timedelta(days=1)


def complain(house: House, n: int, sender: str) -> str:
    house.customer_writes(TEXT.format(n=n), sender=sender)
    assert house.round(after=DAY)
    return house.cases()[-1].number


def test_the_third_customer_of_a_batch_makes_it_a_group_event(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        first = complain(house, 1, "于静 <yj@mailg.example>")
        again = complain(house, 2, "于静 <service@mailg.example>")
        second = complain(house, 3, "李明 <lm@other.example>")
        assert {case.values["severity"] for case in house.cases()} == {"normal"}
        assert not house.letters("general.manager@example.test", first)
        third = complain(house, 4, "赵云 <zy@third.example>")
        assert house.case(third).values["severity"] == "critical"
        assert house.letters("general.manager@example.test", third)
        basis = str(house.row(third)["basis"])
        assert "group event" in basis
        assert f"2604C：30 天内另有投诉 3 件（{first}, {again}, {second}）" in basis
        assert "2026-01" in basis
        assert house.case(first).values["severity"] == "normal"


def test_a_row_typed_by_hand_looks_back_as_well_and_a_further_mail_does_not(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        complain(house, 1, "于静 <yj@mailg.example>")
        second = complain(house, 2, "李明 <lm@other.example>")
        (receipt,) = house.letters("lm@other.example", second)
        house.customer_answers(receipt, "批号是 2604C，还是不亮，请尽快。")
        assert house.round()
        assert house.case(second).values["severity"] == "normal"
        house.staff_adds_row(company="三星商贸", description="台灯不亮", batch="2604c", channel="电话")
        assert house.round()
        assert house.cases()[-1].values["severity"] == "critical"


def test_nobody_lowers_a_group_event_until_the_batch_is_found_to_be_another(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        for n, sender in enumerate(
            ("于静 <yj@mailg.example>", "李明 <lm@other.example>", "赵云 <zy@third.example>"), 1
        ):
            number = complain(house, n, sender)
        house.staff_types(number, severity="一般")
        assert house.round()
        assert house.case(number).values["severity"] == "critical"
        assert "低于本案规则的下限" in str(house.row(number)["bot_note"])
        house.staff_types(number, batch="2604D")
        assert house.round()
        assert house.case(number).values["severity"] == "normal"
