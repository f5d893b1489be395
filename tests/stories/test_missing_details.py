"""What a complaint leaves out: asked once in the acknowledgement, once more days later, then a human decides."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from stories.house import MONDAY, House, open_house

DAY = timedelta(days=1)
CUSTOMER = "小雨 <xy@mailg.example>"
VAGUE = "在你们网店买的台灯用了一个星期就不亮了，请换货。"


def text_of(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    return str(body.get_content() if body else "")


def asked_again(house: House) -> list[EmailMessage]:
    return house.letters("xy@mailg.example", "请补充")


def a_vague_complaint(house: House) -> str:
    house.customer_writes(VAGUE, subject="台灯坏了", sender=CUSTOMER)
    assert house.round()
    return house.cases()[0].number


def test_a_silent_customer_is_asked_once_more_and_then_a_human_decides(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        number = a_vague_complaint(house)
        (receipt,) = house.letters("xy@mailg.example")
        assert "订单编号" in text_of(receipt)
        assert house.round(until=MONDAY + 2 * DAY)
        assert not asked_again(house)
        assert house.round(until=MONDAY + 3 * DAY + timedelta(hours=1))
        (second,) = asked_again(house)
        assert "订单编号" in text_of(second)
        assert house.round()
        assert "再次请客户补充" in house.row(number)["bot_note"]
        for day in range(4, 15):
            assert house.round(until=MONDAY + day * DAY + timedelta(hours=2))
        assert len(asked_again(house)) == 1
        assert "客户仍未提供" in house.row(number)["bot_note"]
        house.staff_types(number, owner="张晓峰")
        assert house.round()
        assert "客户仍未提供" not in house.row(number)["bot_note"]


def test_the_answer_fills_the_row_and_nothing_is_asked_again(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        number = a_vague_complaint(house)
        (receipt,) = house.letters("xy@mailg.example")
        answer = EmailMessage(policy=SMTP)
        answer["From"], answer["To"], answer["Subject"] = CUSTOMER, house.server.user, f"回复：{receipt['Subject']}"
        answer["In-Reply-To"], answer["Message-ID"] = str(receipt["Message-ID"]), "<photo@mailg.example>"
        answer.set_content("型号HX-L11，订单号 88120260501177，我叫余小雨，电话 138 0000 7788。")
        answer.add_attachment(b"\xff\xd8\xff" * 9000, maintype="image", subtype="jpeg", filename="灯.jpg")
        house.deliver(answer.as_bytes())
        assert house.round(after=DAY)
        row = house.row(number)
        assert (row["model"], row["order_no"], row["phone"]) == ("HX-L11", "88120260501177", "138 0000 7788")
        assert house.case(number).values["missing"] is None
        assert house.round(until=MONDAY + 4 * DAY)
        assert house.round(until=MONDAY + 9 * DAY)
        assert not asked_again(house)


def test_who_answered_in_part_is_not_asked_again_and_the_row_says_what_is_open(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        number = a_vague_complaint(house)
        (receipt,) = house.letters("xy@mailg.example")
        house.customer_answers(receipt, "型号是HX-L11，别的我找不到了。", sender=CUSTOMER)
        assert house.round(after=DAY)
        assert house.round(until=MONDAY + 4 * DAY)
        assert house.round()
        assert not asked_again(house)
        note = house.row(number)["bot_note"]
        assert "客户仍未提供" in note
        assert "产品型号" not in note.partition("客户仍未提供")[2].partition("。")[0]


def test_nobody_is_asked_again_in_a_claim_or_when_staff_have_answered(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.customer_writes(
            "贵司电源不良导致我司产线停线6小时，要求赔偿停线损失人民币38,600元。", subject="索赔函", sender=CUSTOMER
        )
        house.customer_writes(VAGUE, subject="台灯坏了", sender="李明 <lm@mailg.example>")
        assert house.round()
        claim, vague = house.cases()
        assert house.row(claim.number)["claim_type"] == "索赔"
        house.staff_types(vague.number, first_answer_on=house.today())
        for day in range(1, 12):
            assert house.round(until=MONDAY + day * DAY + timedelta(hours=1))
        assert not house.letters(subject="请补充")


def test_a_receipt_that_waited_is_not_followed_at_once_by_a_second_request(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.sink.script["RCPT"] = "450 4.2.0 greylisted"
        a_vague_complaint(house)
        assert house.round(until=MONDAY + 9 * DAY)
        house.sink.script.clear()
        assert house.round(until=MONDAY + 9 * DAY + timedelta(hours=2))
        assert len(house.letters("xy@mailg.example")) == 1
        assert house.round(until=MONDAY + 11 * DAY)
        assert not asked_again(house)
        assert house.round(until=MONDAY + 15 * DAY)
        assert len(asked_again(house)) == 1


def test_the_company_may_switch_the_second_request_off(tmp_path: Path) -> None:
    with open_house(tmp_path / "house") as house:
        rules = house.folder / "rules" / "missing.toml"
        rules.write_text(rules.read_text(encoding="utf-8").replace("ask_again_after = 3", "ask_again_after = 0"))
        a_vague_complaint(house)
        for day in range(1, 12):
            assert house.round(until=MONDAY + day * DAY + timedelta(hours=1))
        assert not asked_again(house)
