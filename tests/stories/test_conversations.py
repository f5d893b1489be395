"""Who a mail is from and which case it belongs to: forwards, known senders, repeats, strangers, thanks."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from stories.house import House, open_house

from mailbot.core.model import End

DAY = timedelta(days=1)
CUSTOMER = "杨帆 <yangfan@zhongqi-build.example>"
TEXT = (
    "我司收到的五孔插座（型号HX-SK60，订单号HX2604-1120）有12只插不进插头，请换货。\n"
    "杨帆 中启建设有限公司 电话029-8800 0155"
)
SUBJECT = "插座插不进去"


def text_of(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    return str(body.get_content() if body else "")


def ends(house: House) -> dict[End, int]:
    return dict(house.office.ledger.mails.balance().by_end)


def forwarded(text: str, sender: str = CUSTOMER, note: str = "请处理，谢谢。") -> str:
    head = f"发件人：{sender}\n发送时间：2026年5月11日 08:10\n收件人：孙倩\n主题：{SUBJECT}"
    return f"{note}\n\n---------- 转发邮件 ----------\n{head}\n\n{text}\n"


# Who --------------------------------------------------------------------------------------------------------------


def test_a_colleague_passes_a_mail_on_and_the_customer_is_answered(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.customer_writes(forwarded(TEXT), subject=f"Fw: {SUBJECT}", sender="孙倩 <sunqian@example.test>")
        assert house.round()
        (case,) = house.cases()
        assert house.row(case.number)["email"] == "yangfan@zhongqi-build.example"
        assert len(house.letters("yangfan@zhongqi-build.example", case.number)) == 1
        (told,) = house.letters("sunqian@example.test")
        assert case.number in str(told["Subject"])


def test_a_customers_own_forward_stays_the_customers(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.customer_writes(
            forwarded(TEXT, sender="陈工 <chen@enduser.example>", note="我们的客户反映插座有问题，请换货。"),
            subject=f"Fw: {SUBJECT}",
            sender=CUSTOMER,
        )
        assert house.round()
        (case,) = house.cases()
        assert case.answer_to == "yangfan@zhongqi-build.example"
        assert not house.letters("chen@enduser.example")


def test_a_colleague_who_writes_for_nobody_known_is_told_and_the_row_asks_for_the_customer(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.customer_writes(
            "客户来电投诉：台灯HX-L11不亮，要求换货，请登记。", subject="电话投诉", sender="孙倩 <sunqian@example.test>"
        )
        assert house.round()
        (case,) = house.cases()
        row = house.row(case.number)
        assert row["email"] is None
        assert "孙倩" in row["bot_note"]
        assert "未认出客户" in row["bot_note"]
        (told,) = house.letters("sunqian@example.test")
        assert "您转来的" in str(told["Subject"])
        house.staff_types(case.number, email="zhou@mailg.example", contact_name="周立")
        assert house.round()
        assert len(house.letters("zhou@mailg.example", case.number)) == 1


def test_a_mail_the_customer_sent_himself_is_no_second_case_when_a_colleague_passes_it_on(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.customer_writes(TEXT, subject=SUBJECT, sender=CUSTOMER)
        assert house.round()
        house.customer_writes(forwarded(TEXT), subject=f"转发: {SUBJECT}", sender="孙倩 <sunqian@example.test>")
        assert house.round()
        (case,) = house.cases()
        assert len(house.letters("yangfan@zhongqi-build.example")) == 1
        assert house.letters("sunqian@example.test", case.number)


def test_what_is_known_of_a_sender_fills_empty_cells_and_says_so(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.customer_writes(TEXT, subject=SUBJECT, sender=CUSTOMER)
        assert house.round()
        first = house.cases()[0].number
        company = house.row(first)["company"]
        assert company
        house.customer_writes(
            "你们的开关HX-SW20批次0518松动，要求换货。", subject="开关松动", sender="yangfan@zhongqi-build.example"
        )
        assert house.round()
        second = house.cases()[1]
        row = house.row(second.number)
        assert (row["company"], row["phone"]) == (company, "029-8800 0155")
        assert first in row["bot_note"]
        (receipt,) = house.letters("yangfan@zhongqi-build.example", second.number)
        assert "029-8800" not in text_of(receipt)
        assert "您的联系电话" not in text_of(receipt)
        house.staff_types(second.number, company="中启集团")
        assert house.round()
        assert "company" not in house.case(second.number).presumed


def test_a_colleague_at_a_shared_address_is_not_given_the_others_name_and_phone(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.customer_writes(TEXT, subject=SUBJECT, sender=CUSTOMER)
        house.customer_writes("联系人：李强\n开关HX-SW20松动，要求换货。", subject="开关松动", sender=CUSTOMER)
        assert house.round()
        row = house.row(house.cases()[1].number)
        assert row["contact_name"] == "李强"
        assert row["phone"] is None


# Which case -------------------------------------------------------------------------------------------------------


def test_a_second_mail_under_the_same_subject_joins_within_two_weeks(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.customer_writes(TEXT, subject=SUBJECT, sender=CUSTOMER)
        assert house.round()
        house.customer_writes("补充一下，批号是0407-3，外壳也裂了。", subject=SUBJECT, sender=CUSTOMER)
        assert house.round(after=DAY)
        (case,) = house.cases()
        assert house.row(case.number)["batch"] == "0407-3"
        assert len(house.letters("yangfan@zhongqi-build.example")) == 1
        assert house.round(after=15 * DAY)
        house.customer_writes("又有3只插座松动，要求换货。", subject=SUBJECT, sender=CUSTOMER)
        assert house.round()
        assert len(house.cases()) == 2


def test_the_same_subject_about_another_order_is_another_case(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.customer_writes(TEXT, subject="投诉", sender=CUSTOMER)
        house.customer_writes("订单号HX2605-2001的开关（型号HX-SW20）松动，请换货。", subject="投诉", sender=CUSTOMER)
        assert house.round()
        assert len(house.cases()) == 2


def copy_of(mail: EmailMessage, **changed: str) -> bytes:
    for name, value in changed.items():
        del mail[name.replace("_", "-")]
        mail[name.replace("_", "-")] = value
    return mail.as_bytes()


def test_a_mail_that_comes_twice_or_is_sent_again_is_one_case_with_one_receipt(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        mail = house.customer_writes(TEXT, subject=SUBJECT, sender=CUSTOMER)
        house.deliver(copy_of(mail, To="sales@example.test", Received="from mx by imap; later"))
        assert house.round()
        house.deliver(copy_of(mail, Message_ID="<again-1@zhongqi-build.example>"))
        assert house.round(after=5 * DAY)
        (case,) = house.cases()
        assert len(house.letters("yangfan@zhongqi-build.example", "收到")) == 1
        assert ends(house) == {End.NEW_CASE: 1, End.DUPLICATE: 2}
        assert "又发了一次" in house.row(case.number)["bot_note"]


def test_the_same_question_a_week_later_is_a_new_mail(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.customer_writes(TEXT, subject=SUBJECT, sender=CUSTOMER)
        assert house.round()
        (receipt,) = house.letters("yangfan@zhongqi-build.example")
        for _ in range(2):
            house.customer_answers(receipt, "请问处理得怎么样了？", sender=CUSTOMER)
            assert house.round(after=4 * DAY)
        assert ends(house) == {End.NEW_CASE: 1, End.FOLLOW_UP: 2}


def test_the_same_words_in_answer_to_two_letters_are_two_answers(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.customer_writes(TEXT, subject=SUBJECT, sender=CUSTOMER)
        assert house.round()
        (receipt,) = house.letters("yangfan@zhongqi-build.example")
        for letter in (str(receipt["Message-ID"]), "<the.next.letter@example.test>"):
            house.customer_writes("不同意。", subject=f"Re: {receipt['Subject']}", sender=CUSTOMER, In_Reply_To=letter)
            assert house.round()
        assert ends(house) == {End.NEW_CASE: 1, End.FOLLOW_UP: 2}


def test_the_same_complaint_sent_long_after_is_told_as_a_further_mail_of_its_case(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        mail = house.customer_writes(TEXT, subject=SUBJECT, sender=CUSTOMER)
        assert house.round()
        house.deliver(copy_of(mail, Message_ID="<year@zhongqi-build.example>"), house.clock.now + 60 * DAY)
        assert house.round(after=60 * DAY)
        assert ends(house) == {End.NEW_CASE: 1, End.FOLLOW_UP: 1}


def test_a_stranger_who_quotes_a_number_learns_nothing_and_joins_nothing(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        first = house.customer_writes(TEXT, subject=SUBJECT, sender=CUSTOMER)
        assert house.round()
        number = house.cases()[0].number
        before = house.row(number)
        house.customer_writes(
            f"关于 {number}：我的插座也插不进去，要求退货。",
            subject=f"Re: [{number}]",
            sender="假冒 <x@stranger.example>",
            In_Reply_To=str(first["Message-ID"]),
        )
        assert house.round()
        other = house.cases()[1]
        assert number in house.row(other.number)["bot_note"]
        assert house.row(number) == before
        (receipt,) = house.letters("x@stranger.example")
        assert number not in text_of(receipt) + str(receipt["Subject"])
        assert "杨帆" not in text_of(receipt)


def test_whom_the_customer_copies_may_write_about_the_case_and_our_own_people_are_nobodys_party(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        first = house.customer_writes(TEXT, subject=SUBJECT, sender=CUSTOMER)
        assert house.round()
        house.customer_writes(
            "补充：批号0407-3。",
            subject=f"Re: {SUBJECT}",
            sender=CUSTOMER,
            Cc="监理 <jianli@jl-consult.example>, 孙倩 <sunqian@example.test>",
            In_Reply_To=str(first["Message-ID"]),
        )
        assert house.round()
        (case,) = house.cases()
        assert "jianli@jl-consult.example" in case.parties
        assert not any(party.endswith("@example.test") for party in house.case(case.number).parties)
        house.customer_writes(
            f"{case.number} 的现场照片稍后提供。", subject=case.number, sender="jianli@jl-consult.example"
        )
        assert house.round()
        assert len(house.cases()) == 1


def test_a_colleague_who_answers_the_customer_with_us_in_copy_is_not_taken_for_him(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        first = house.customer_writes(TEXT, subject=SUBJECT, sender=CUSTOMER)
        assert house.round()
        house.customer_writes(
            "您好，我们先补发12只，批号0999请以新箱为准。",
            subject=f"Re: {SUBJECT}",
            sender="孙倩 <sunqian@example.test>",
            In_Reply_To=str(first["Message-ID"]),
        )
        assert house.round()
        (case,) = house.cases()
        row = house.row(case.number)
        assert row["batch"] is None
        assert "孙倩" in row["bot_note"]
        assert not house.letters("quality.manager@example.test", "再次来信")
        assert not any(party.endswith("@example.test") for party in case.parties)


def test_a_colleague_who_answers_the_daily_summary_makes_no_complaint_of_it(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        assert house.round()
        (summary,) = house.letters("quality.manager@example.test", "客诉日报")
        house.customer_answers(summary, "收到，谢谢。", sender="王立新 <quality.manager@example.test>")
        assert house.round()
        assert house.cases() == []
        assert ends(house) == {End.NEEDS_HUMAN: 1}


@pytest.mark.parametrize("thanks", ["谢谢！", "好的，收到，谢谢你们。", "Thank you, all good now."])
def test_a_thank_you_leaves_a_closed_case_closed_and_a_complaint_opens_it(tmp_path: Path, thanks: str) -> None:
    with open_house(tmp_path) as house:
        house.customer_writes(TEXT, subject=SUBJECT, sender=CUSTOMER)
        assert house.round()
        (case,) = house.cases()
        close(house, case.number)
        letter = house.letters("yangfan@zhongqi-build.example")[-1]
        house.customer_answers(letter, thanks, sender=CUSTOMER)
        assert house.round()
        assert not house.case(case.number).open
        house.customer_answers(letter, "换来的插座还是插不进去，要求退货！", sender=CUSTOMER)
        assert house.round()
        assert house.case(case.number).open
        assert len(house.cases()) == 1


def close(house: House, number: str) -> None:
    """Not our fault, explained, understood: the short way to the end."""
    note = "插头尺寸不合国标，请更换插头。"
    house.staff_types(number, owner="张晓峰", responsibility="客户", assessed_on=house.today())
    assert house.round()
    house.staff_types(number, explained_on=house.today(), note_to_customer=note, approved_by="王立新")
    assert house.round()
    house.staff_types(number, understood="理解", result="已解释", validity="无效", closed_on=house.today())
    assert house.round()
    assert not house.case(number).open
