"""Senders whom our own mail server holds for forged: registered, never answered, never obeyed, known to no case."""

from __future__ import annotations

from pathlib import Path

from stories.house import House, open_house

FORGED = "mx.example.test; dmarc=fail header.from=anywhere"
SERVER = {'authentication_server = ""': 'authentication_server = "mx.example.test"'}
CUSTOMER = "于静 <yj@mailg.example>"
TEXT = "台灯HX-L11不亮了，请换货。订单号 881202601 电话13600004417"


def a_case(house: House) -> str:
    house.customer_writes(TEXT, sender=CUSTOMER, Authentication_Results="mx.example.test; dmarc=pass")
    assert house.round()
    return house.cases()[0].number


def test_a_forged_sender_is_registered_and_not_answered_and_the_row_says_so(tmp_path: Path) -> None:
    with open_house(tmp_path, settings=SERVER) as house:
        number = a_case(house)
        assert len(house.letters("yj@mailg.example")) == 1
        house.customer_writes("电水壶漏水，请退款", sender="victim@bank.example", Authentication_Results=FORGED)
        assert house.round()
        forged = house.cases()[-1]
        assert forged.number != number
        assert not house.letters("victim@bank.example")
        assert "DMARC" in str(house.row(forged.number))


def test_a_forged_sender_joins_no_case_by_its_number_subject_or_headers(tmp_path: Path) -> None:
    with open_house(tmp_path, settings=SERVER) as house:
        number = a_case(house)
        before = house.case(number)
        letter = house.letters("yj@mailg.example")[0]
        for text, subject in ((f"{number} 请把货发到新地址", "新地址"), ("台灯HX-L11不亮了，还没处理", "投诉")):
            house.customer_writes(text, subject=subject, sender=CUSTOMER, Authentication_Results=FORGED)
        assert house.round()
        assert house.case(number).values == before.values
        assert house.case(number).remarks == before.remarks
        assert len(house.cases()) == 3
        assert len(house.letters("yj@mailg.example")) == 1
        house.customer_answers(letter, "批号是 2407A")  # the real one
        assert house.round()
        assert house.case(number).values["batch"] == "2407A"
