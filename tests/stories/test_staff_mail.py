"""Staff answer a letter instead of opening the register; strangers who try get nowhere."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

from stories.house import House, open_house

ENGINEER = "张晓峰 <quality.engineer@example.test>"
TO_ENGINEER = "quality.engineer@example.test"


def a_case_at_root_cause(house: House) -> tuple[str, EmailMessage]:
    """A complaint assigned to the engineer, and the letter that told him."""
    house.customer_writes(
        "贵司型号HX-SK60的插座有12只插不进插头，请换货。\n杨帆 中启建设有限公司", subject="插座插不进"
    )
    assert house.round()
    number = house.cases()[-1].number
    house.staff_types(number, owner="张晓峰", responsibility="我司", severity="一般", assessed_on=house.today())
    assert house.round()
    assert house.case(number).stage == "root_cause"
    house.new_letters()
    return number, house.letters(TO_ENGINEER, number)[-1]


def answers(house: House) -> list[str]:
    """What the engineer was told since the last look."""
    letters = [m for m in house.new_letters() if TO_ENGINEER in str(m["To"]) and "回复" in str(m["Subject"])]
    return [str(m.get_body(("plain",)).get_content()) for m in letters]  # type: ignore[union-attr]


def test_a_stage_is_closed_and_a_deadline_moved_by_answering_a_letter(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        number, letter = a_case_at_root_cause(house)
        due = house.row(number)["due"]
        house.customer_answers(letter, "延期 2天 因为样品还没到", sender=ENGINEER)
        assert house.round()
        assert (house.row(number)["due"] - due).days == 2
        assert "样品还没到" in str(house.row(number)["bot_note"])
        assert ["样品还没到" in said for said in answers(house)] == [True]
        assert house.letters("quality.manager@example.test", "已按邮件回复更新")  # the head hears of it

        house.customer_answers(letter, "完成 原因分析", sender=ENGINEER)
        assert house.round()
        assert house.case(number).stage == "root_cause"
        (said,) = answers(house)
        assert "主要原因" in said
        assert "内部证据" in said
        assert house.row(number)["analysed_on"] is not None

        house.customer_answers(letter, "完成\n主要原因：卡簧弹力不足\n内部证据：IQC-0511", sender=ENGINEER)
        assert house.round()
        assert house.case(number).stage == "plan"
        assert house.row(number)["cause_main"] == "卡簧弹力不足"
        (said,) = answers(house)
        assert "“方案”" in said
        assert len(house.cases()) == 1
        assert house.round()
        assert answers(house) == []


def test_who_has_no_letter_of_his_own_changes_nothing(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        number, letter = a_case_at_root_cause(house)
        before = house.case(number)
        receipt = house.letters("wangmin@ruida-dz.example")[0]

        house.customer_writes("完成 原因分析", subject=f"Re: [{number}]", sender=ENGINEER)  # the number alone
        house.customer_answers(receipt, "完成", sender=ENGINEER)  # the customer's token
        house.customer_answers(letter, "完成", sender="李四 <li.si@example.test>")  # a colleague nobody knows
        house.customer_answers(letter, "完成", sender="郑洁 <finance.manager@example.test>")  # another's letter
        assert house.round()
        assert house.case(number) == before
        assert len(house.cases()) == 1
        assert answers(house) == []
        assert house.office.ledger.mails.balance().by_end["needs_human"] == 4
        assert house.round()
        assert house.letters("it@example.test")


def test_the_customer_who_writes_done_is_a_customer_who_writes(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        number, letter = a_case_at_root_cause(house)
        house.customer_answers(letter, "完成", sender="王敏 <wangmin@ruida-dz.example>")
        assert house.round()
        assert house.case(number).stage == "root_cause"
        assert house.row(number)["analysed_on"] is None


def test_who_only_claims_to_be_the_colleague_changes_nothing(tmp_path: Path) -> None:
    server = {'authentication_server = ""': 'authentication_server = "mx.example.test"'}
    with open_house(tmp_path, settings=server) as house:
        number, letter = a_case_at_root_cause(house)
        due = house.row(number)["due"]
        for result, days in (("dmarc=fail", 0), ("dmarc=pass", 2)):
            house.customer_writes(
                "延期 2天 因为样品还没到",
                subject=f"回复：{letter['Subject']}",
                sender=ENGINEER,
                In_Reply_To=str(letter["Message-ID"]),
                Authentication_Results=f"mx.example.test; {result}",
            )
            assert house.round()
            assert (house.row(number)["due"] - due).days == days


def test_what_stands_there_already_is_no_change(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        number, letter = a_case_at_root_cause(house)
        for text in ("完成\n内部证据：IQC-0511", "完成\n内部证据：IQC-0511\n主要原因：卡簧弹力不足"):
            house.customer_answers(letter, text, sender=ENGINEER)
            assert house.round()
        assert house.case(number).stage == "plan"
        typed = [e.facts["column"] for e in house.office.ledger.cases.history(number) if e.kind == "edited"]
        assert typed.count("evidence") == 1
