"""What is asked for: in many wordings, and never what is denied, cited or done already."""

from __future__ import annotations

import pytest
from field_page import fields_of

ASKED = [
    ("这东西我不要了，把钱还我", "refund"),
    ("不想要了，退货退钱", "return refund"),
    ("能不能寄一台新的过来", "replace"),
    ("我唔要換，要退番錢", "refund"),
    ("保修期内免费给我修", "repair"),
    ("还有一箱没到，请补寄", "resend"),
    ("请安排技术人员到现场分析", "support"),
    ("希望给我一个合理的解释", "report"),
    ("误工费500元请你们承担", "compensate"),
    ("请加急处理，先空运一部分，请告知准确的到货日期", "expedite"),
    ("不需要赔偿，只要道歉", "apology"),
    ("Please take the pallet back at your cost", "return compensate"),
    ("I'd like to know why this happened, and my money back", "report refund"),
    ("Could you exchange it for a working one?", "replace"),
    ("Just send it or tell me when", "expedite"),
    ("We need 40 of the right ones, ship the remaining pieces", "replace resend"),
    ("Can it be repaired? Could you help us set it up?", "repair support"),
]
NOT_ASKED = [
    "已经换过两次了",
    "上次你们修好又坏了",
    "我已經收到退款，謝謝",
    "去年赔偿过我们一次",
    "The old one was replaced under warranty",
    "My neighbour got a refund from another shop",
    "We had to repair it ourselves",
    "I don't expect a refund",
    "我不知道什么原因",
]


@pytest.mark.parametrize(("text", "demands"), ASKED)
def test_what_is_asked_is_found(text: str, demands: str) -> None:
    assert set(fields_of(text)["demand"]) == set(demands.split())


@pytest.mark.parametrize("text", NOT_ASKED)
def test_what_is_told_or_denied_is_not_asked(text: str) -> None:
    assert "demand" not in fields_of(text)
