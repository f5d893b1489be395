"""Cases that take another way than the long one: delivery, not ours, typed by hand, and what customers add by mail."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from stories.house import MONDAY, open_house


def test_a_delivery_complaint_goes_to_the_plan_without_a_root_cause(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.customer_writes(
            "Our order NG-4471 for 200 axial fans HX-F80 was promised for 4 May and has still not been delivered."
            " Please tell us when it ships.\n\nSarah Whitcombe\nNorthgate HVAC Ltd.\nTel. +44 161 496 0123",
            subject="Order NG-4471 not delivered",
            sender="Sarah Whitcombe <sarah@northgate-hvac.example>",
        )
        assert house.round()
        (case,) = house.cases()
        assert house.row(case.number)["nature"] == "交期"
        assert house.row(case.number)["department"] == "PMC"
        (receipt,) = house.letters("sarah@northgate-hvac.example")
        assert "We have received" in str(receipt["Subject"])
        house.staff_types(case.number, owner="刘洋", responsibility="我司", assessed_on=house.today())
        assert house.round()
        assert [v.stage for v in house.case(case.number).visits] == ["assessment", "plan"]


def test_a_complaint_that_is_not_ours_is_explained_and_closed_when_understood(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.customer_writes(
            "你好，上月买的插座HX-SK60用了几天外壳就裂了，订单号 8812026041, 请换货。\n于静 电话136 0000 4417",
            subject="插座外壳开裂",
            sender="于静 <yujing@mailg.example>",
        )
        assert house.round()
        (case,) = house.cases()
        number = case.number
        house.staff_types(number, owner="张晓峰", responsibility="客户", assessed_on=house.today())
        assert house.round()
        assert house.case(number).stage == "explanation"
        assert not house.letters("yujing@mailg.example", "说明")
        house.staff_types(number, explained_on=house.today())
        assert house.round()
        assert "给客户的说明" in str(house.row(number)["bot_note"])
        words = "外壳系安装时螺丝过紧受力开裂，建议按说明书的力矩安装。"
        house.staff_types(number, approved_by="王立新", note_to_customer=words)
        assert house.round()
        (letter,) = house.letters("yujing@mailg.example", "说明")
        assert "力矩" in str(letter.get_body(("plain",)).get_content())  # type: ignore[union-attr]
        house.staff_types(number, understood="理解", result="已解释", validity="无效", closed_on=house.today())
        assert house.round()
        assert house.case(number).stage == "closed"


def test_a_row_typed_by_hand_gets_a_number_and_lives_like_a_mailed_complaint(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        assert house.round()
        house.staff_adds_row(
            channel="电话",
            company="中启建设",
            contact_name="杨帆",
            email="yangfan@zhongqi-build.example",
            product="五孔插座",
            description="12只插座插不进插头",
            department="品质部",
            severity="重要",
        )
        assert house.round()
        (case,) = house.cases()
        row = house.row(case.number)
        assert row["channel"] == "电话"
        assert row["description"] == "12只插座插不进插头"
        assert row["stage"] == "评估"
        assert row["due"] is not None
        assert len(house.letters("yangfan@zhongqi-build.example", case.number)) == 1
        assert house.letters("quality.manager@example.test", case.number)
        assert house.round()
        assert len(house.table()) == 1


def test_a_follow_up_brings_the_missing_batch_and_changes_nothing_that_stands(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        first = house.customer_writes(
            "我司收到的五孔插座（型号HX-SK60，订单号HX2604-1120）有12只插不进插头，请换货。\n"
            "杨帆 中启建设有限公司 电话029-8800 0155",
            subject="插座插不进去 12只",
            sender="杨帆 <yangfan@zhongqi-build.example>",
        )
        assert house.round()
        (case,) = house.cases()
        assert house.row(case.number)["batch"] is None
        house.staff_types(case.number, quantity=15)
        assert house.round()
        house.customer_writes(
            "批号：0407-3，不良数量17只。",
            subject="Re: 插座插不进去 12只",
            sender="杨帆 <yangfan@zhongqi-build.example>",
            In_Reply_To=str(first["Message-ID"]),
        )
        assert house.round()
        assert len(house.cases()) == 1
        row = house.row(case.number)
        assert row["batch"] == "0407-3"
        assert row["quantity"] == 15
        assert "17" in str(row["bot_note"])
        assert len(house.letters("yangfan@zhongqi-build.example")) == 1
        assert house.letters("quality.manager@example.test", "再次来信")


def test_a_customer_answering_the_acknowledgement_joins_his_case(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.customer_writes(
            "在你们网店买的台灯用了一个星期就不亮了，怎么办？", subject="台灯坏了", sender="小雨 <xy@mailg.example>"
        )
        assert house.round()
        (receipt,) = house.letters("xy@mailg.example")
        assert "补充" in str(receipt.get_body(("plain",)).get_content())  # type: ignore[union-attr]
        house.customer_answers(
            receipt,
            "型号HX-L11，订单号 88120260501177，我叫余小雨，电话 138 0000 7788。",
            sender="小雨 <xy@mailg.example>",
        )
        assert house.round()
        (case,) = house.cases()
        row = house.row(case.number)
        assert (row["model"], row["order_no"], row["phone"]) == ("HX-L11", "88120260501177", "138 0000 7788")
        assert len(house.letters("xy@mailg.example")) == 1


def test_an_auto_reply_is_kept_and_never_answered(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.customer_writes(
            "台灯HX-L11不亮了，请换货。订单号 881202601", subject="台灯", sender="小雨 <xy@mailg.example>"
        )
        assert house.round()
        (receipt,) = house.letters("xy@mailg.example")
        house.customer_writes(
            "您好，我正在休假，无法及时回复您的邮件。",
            subject="自动回复: " + str(receipt["Subject"]),
            sender="小雨 <xy@mailg.example>",
            In_Reply_To=str(receipt["Message-ID"]),
            Auto_Submitted="auto-replied",
        )
        assert house.round()
        assert len(house.cases()) == 1
        assert len(house.letters("xy@mailg.example")) == 1
        kinds = [e.kind for e in house.office.ledger.cases.history(house.cases()[0].number)]
        assert "automatic_mail" in kinds


def test_a_bounce_of_our_own_letter_is_shown_in_the_row_and_told_to_staff(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.customer_writes(
            "台灯HX-L11不亮了，请换货。订单号 881202601", subject="台灯", sender="小雨 <xy@mailg.example>"
        )
        assert house.round()
        (receipt,) = house.letters("xy@mailg.example")
        house.deliver(bounce_of(str(receipt["Message-ID"]), "xy@mailg.example", house.server.user))
        assert house.round(after=timedelta(minutes=5))
        (case,) = house.cases()
        assert "xy@mailg.example" in str(house.row(case.number)["bot_note"])
        assert house.letters("quality.manager@example.test", "退回")
        letter = house.office.ledger.letters.by_message_id(str(receipt["Message-ID"]))
        assert letter is not None
        assert letter.state == "failed"


def test_a_bounce_that_names_no_letter_of_ours_changes_nothing(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.customer_writes(
            "台灯HX-L11不亮了，请换货。订单号 881202601", subject="台灯", sender="小雨 <xy@mailg.example>"
        )
        assert house.round()
        before = house.row(house.cases()[0].number)
        house.deliver(bounce_of("<forged@example.net>", "xy@mailg.example", house.server.user))
        assert house.round()
        assert len(house.cases()) == 1
        assert house.row(house.cases()[0].number)["bot_note"] == before["bot_note"]


def bounce_of(message_id: str, recipient: str, to: str) -> bytes:
    """A delivery status notification as a mail server writes it."""
    return f"""From: MAILER-DAEMON@mx.mailg.example (Mail Delivery System)
To: {to}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
Message-ID: <bounce-{abs(hash(message_id))}@mx.mailg.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.
<{recipient}>: host mx.mailg.example said: 550 5.1.1 User unknown

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.mailg.example

Final-Recipient: rfc822; {recipient}
Action: failed
Status: 5.1.1

--b1
Content-Type: text/rfc822-headers

From: {to}
To: {recipient}
Subject: your complaint
Message-ID: {message_id}

--b1--
""".replace("\n", "\r\n").encode()


def test_letters_of_a_claim_are_held_after_the_receipt_until_a_human_releases_them(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.customer_writes(
            "贵司HX-PS24电源（批号0016）不良导致我司产线停线6小时，要求赔偿停线损失人民币38,600元。\n"
            "周启明 凯德汽车零部件有限公司 电话0512-6600 0188",
            subject="索赔函",
            sender="周启明 <zqm@kaide-auto.example>",
        )
        assert house.round()
        (case,) = house.cases()
        assert house.row(case.number)["claim_type"] == "索赔"
        house.staff_types(case.number, owner="张晓峰", responsibility="我司", assessed_on=house.today())
        assert house.round()
        assert len(house.letters("zqm@kaide-auto.example")) == 1
        assert house.letters("quality.engineer@example.test", "未发出")
        (held,) = [m for m in house.office.ledger.letters.list() if m.state == "held"]
        house.office.ledger.letters.release(held.id, house.clock())
        assert house.round()
        assert len(house.letters("zqm@kaide-auto.example")) == 2


def test_a_safety_complaint_reaches_the_emergency_list_at_once_and_at_night(tmp_path: Path) -> None:
    with open_house(tmp_path, now=MONDAY.replace(hour=23)) as house:
        house.customer_writes("你们的热水壶HX-KT17漏电，我母亲被电了一下，手都麻了！", sender="陈 <chen@mailg.example>")
        assert house.round()
        (case,) = house.cases()
        assert house.row(case.number)["severity"] == "严重"
        for boss in ("general.manager", "quality.manager", "sales.manager"):
            assert len(house.letters(f"{boss}@example.test", "紧急")) == 1
