"""Dates, places, demands and money."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from field_page import fields_of
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.model import Language
from mailbot.mail.fields.calendar_words import dates_in
from mailbot.mail.fields.numerals import numeral

TODAY = date(2026, 3, 10)  # a Tuesday


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026年3月5日", "2026-03-05"),
        ("2026-03-05", "2026-03-05"),
        ("2026/3/5", "2026-03-05"),
        ("3月5号", "2026-03-05"),
        ("三月五日", "2026-03-05"),
        ("12月29日", "2025-12-29"),
        ("去年12月29日", "2025-12-29"),
        ("上个月29号", None),
        ("上个月20号", "2026-02-20"),
        ("民国115年3月5日", "2026-03-05"),
        ("115/03/05", "2026-03-05"),
        ("昨天", "2026-03-09"),
        ("前天晚上", "2026-03-08"),
        ("上周三", "2026-03-04"),
        ("上星期六", "2026-03-07"),
        ("上上周五", "2026-02-27"),
        ("三天前", "2026-03-07"),
        ("去年国庆", "2025-10-01"),
        ("今年情人节", "2026-02-14"),
        ("下周五", None),
        ("yesterday", "2026-03-09"),
        ("last night", "2026-03-09"),
        ("last friday", "2026-03-06"),
        ("june 14", "2025-06-14"),
        ("march 6, 2026", "2026-03-06"),
        ("6th of march", "2026-03-06"),
        ("25 july", "2025-07-25"),
        ("two weeks ago", "2026-02-24"),
        ("2月30日", None),
        ("20号", "2026-02-20"),
        ("on the 3rd", "2026-03-03"),
        ("15.01.2026", "2026-01-15"),
        ("a fortnight ago", "2026-02-24"),
        ("寻日", "2026-03-09"),
        ("3号线", None),
    ],
)
def test_a_date_is_resolved_against_the_day_of_writing(text: str, day: str | None) -> None:
    found = [d.day.isoformat() for d in dates_in(text, TODAY, west=False)]
    assert found == ([day] if day else [])


def test_a_slashed_date_is_read_as_the_writer_would() -> None:
    assert dates_in("on 3/2 it broke", TODAY, west=True)[0].day == date(2026, 3, 2)
    assert dates_in("on 3/2 it broke", TODAY, west=False)[0].day == date(2026, 2, 3)
    assert dates_in("3/2坏了", TODAY, west=False)[0].day == date(2026, 3, 2)


@given(st.text(alphabet="0123456789/-.年月日号上周个一三五昨天 march"), st.dates(date(1990, 1, 1), date(2090, 1, 1)))
def test_any_text_gives_real_dates_near_the_day_of_writing(text: str, today: date) -> None:
    for found in dates_in(text, today, west=False):
        assert abs((found.day - today).days) < 366 * 15
        assert text[found.start : found.end]


MEANT: list[tuple[str, dict[str, str]]] = [
    ("6月18日在苏美电器城买的，前天晚上开始响", {"purchased_on": "2025-06-18", "occurred_on": "2026-03-08"}),
    ("贵司上周三送来的母座，我们昨天上线后卡死", {"shipped_on": "2026-03-04", "occurred_on": "2026-03-09"}),
    ("于 2/11 進料檢驗發現端子氧化", {"occurred_on": "2026-02-11"}),
    ("该批贵司2月22日出货", {"shipped_on": "2026-02-22"}),
    ("2月28号收到的风扇，请于3月12日前回复", {}),
    ("合同交期是2月20日，已延期", {}),
    ("第一次修：1月8日，换主板\n第三次坏：昨天，又是充不上电", {"occurred_on": "2026-03-09"}),
    ("今天推出去前轮就掉了", {"occurred_on": "2026-03-10"}),
    ("我家孩子今天中午把手指伸进网罩里，食指被割伤", {"occurred_on": "2026-03-10"}),
    (
        "I bought it at Argos on 2 February and last night it exploded",
        {"purchased_on": "2026-02-02", "occurred_on": "2026-03-09"},
    ),
    (
        "The charger I bought on 25 February stopped charging last Friday",
        {"purchased_on": "2026-02-25", "occurred_on": "2026-03-06"},
    ),
    ("3月5日，委托人通过网上商城购得轮椅", {"purchased_on": "2026-03-05"}),
    ("贵司2月15日发来的斜齿轮", {"shipped_on": "2026-02-15"}),
    ("2月2日晚上，我们一家三口在帐篷里淋浴", {"occurred_on": "2026-02-02"}),
    ("It arrived on Monday. Please reply by 12 March", {}),
]


@pytest.mark.parametrize(("text", "dates"), MEANT)
def test_a_date_belongs_to_its_verb(text: str, dates: dict[str, str]) -> None:
    said = fields_of(text)
    assert {k: v.isoformat() for k, v in said.items() if isinstance(v, date)} == dates


def test_without_the_day_of_writing_no_date_is_guessed() -> None:
    assert "occurred_on" not in fields_of("昨天坏了", at=None)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("我在惠万家商城买的充电头", "惠万家商城"),
        ("所以去年国庆儿子在乐购城给我们买了台灯", "乐购城"),
        ("在贵公司官方商城购买洗碗机", "贵公司官方商城"),
        ("上星期六在福客多賣場買的電熱水瓶", "福客多賣場"),
        ("I bought your power bank at Kettle & Cord on June 14", "Kettle & Cord"),
        ("ordered two fans from your web store on March 9", "your web store"),
        ("购买渠道：京东自营", "京东自营"),
        ("购于苏宁新街口店，去年买的", "苏宁新街口店"),
        ("委托人通过贵司网上商城购得轮椅一台", "贵司网上商城"),
    ],
)
def test_the_place_of_purchase_is_found(text: str, place: str) -> None:
    assert fields_of(text)["purchased_from"] == place


DEMANDS = [
    ("不用退款，能给我换一个新的吗？", {"replace"}),
    ("线换过两根了，请维修", {"repair"}),
    ("不想送修，希望換一台", {"replace"}),
    ("不急着要报告，先换货就好", {"replace"}),
    ("派人上门修一下？不行就退了算了", {"repair", "return"}),
    ("我要退货退款，插座的钱你们也要赔", {"return", "refund", "compensate"}),
    ("请于3个工作日内提供8D报告，并安排换货", {"report", "replace"}),
    ("请务必派人到我司一起分析", {"support"}),
    ("尽快补发", {"resend"}),
    ("请给确切的出货日期，并优先生产", {"expedite"}),
    ("要求这个客服本人给我道歉", {"apology"}),
    ("No need for a refund, I would just like a replacement", {"replace"}),
    ("I don't want my money back, just get them here", {"expedite"}),
    ("Please issue an RMA and send a credit note", {"return", "refund"}),
    ("I want to know what went wrong and I want the carpet paid for", {"report", "compensate"}),
]


@pytest.mark.parametrize(("text", "demands"), DEMANDS)
def test_what_is_asked_is_told_from_what_is_refused(text: str, demands: set[str]) -> None:
    assert set(fields_of(text).get("demand", ())) == demands


MONEY: list[tuple[str, Any, str | None]] = [
    ("插座的钱你们也要赔，80块。", 80, "CNY"),
    ("赔偿上述损失人民币叁仟元整", 3000, "CNY"),
    ("损失先按¥1.2万算，从货款里扣", 12000, "CNY"),
    ("单价4.15元/只，开票4.51元/只，合计多收2,060元", 2060, "CNY"),
    ("已被扣款 NT$3,500，須由貴公司負擔", 3500, "TWD"),
    ("We will debit EUR 850 for sorting", 850, "EUR"),
    ("I'd like the second £34.99 back please", 34.99, "GBP"),
    ("I would like my money back ($24.90)", 24.9, "USD"),
    ("花了269块，用了一年", None, None),
]


@pytest.mark.parametrize(("text", "amount", "currency"), MONEY)
def test_a_claim_is_told_from_a_price(text: str, amount: Any, currency: str | None) -> None:
    said = fields_of(text)
    assert (said.get("claim_amount"), said.get("claim_currency")) == (amount, currency)


def test_yuan_are_of_the_writers_country() -> None:
    assert fields_of("請賠償2000元", language=Language.ZH_TW)["claim_currency"] == "TWD"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,340", 1340),
        ("1.2万", 12000),
        ("叁仟", 3000),
        ("二十三", 23),
        ("十", 10),
        ("一万二千", 12000),
        ("abc", None),
        ("", None),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, value: float | None) -> None:
    assert numeral(text) == value


def test_a_date_of_another_zone_is_the_writers_day() -> None:
    late = datetime.fromisoformat("2026-07-03T22:51:37-05:00")
    assert fields_of("last night it exploded", at=late)["occurred_on"] == date(2026, 7, 2)
