"""Mails that cannot be read whole: a row with a remark in the staff's language, the original, an acknowledgement."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from stories.house import open_house

HEAD = (
    "From: Li Wei <li@customer.example>\r\nTo: cs@example.test\r\nSubject: 水泵投诉\r\n"
    "Message-ID: <{id}@customer.example>\r\nDate: Mon, 11 May 2026 09:00:00 +0800\r\nMIME-Version: 1.0\r\n"
)
ENCRYPTED = HEAD + "Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\r\n\r\nx\r\n"
NESTED = HEAD + "Content-Type: message/rfc822\r\n\r\n" * 60 + "too deep"


@pytest.mark.parametrize(("raw", "why"), [(ENCRYPTED, "邮件已加密"), (NESTED, "邮件结构过于复杂")])
def test_a_mail_that_cannot_be_read_becomes_a_row_with_its_original(tmp_path: Path, raw: str, why: str) -> None:
    with open_house(tmp_path) as house:
        house.deliver(raw.format(id="1").encode())
        assert house.round()
        case = house.cases()[0]
        assert why in str(house.row(case.number)["bot_note"])
        assert why in case.needs_human
        assert house.letters("li@customer.example", case.number)
        names = [p.name for p in house.office.archive.folder(case.number).iterdir()]
        assert any(name.endswith(".eml") for name in names)


def test_an_answer_that_cannot_be_read_is_said_in_its_row(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.customer_writes("水泵不转了，请换货", sender="Li Wei <li@customer.example>")
        assert house.round()
        number = house.cases()[0].number
        answer = ENCRYPTED.format(id="2").replace("水泵投诉", f"Re: [{number}]")
        house.deliver(answer.encode())
        assert house.round(after=timedelta(minutes=5))
        assert [case.number for case in house.cases()] == [number]
        assert "邮件已加密" in str(house.row(number)["bot_note"])


def test_a_mail_whose_reading_takes_too_long_is_registered_all_the_same(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.office.reader.seconds = 0
        house.deliver((HEAD.format(id="3") + "\r\n" + "水泵不转\r\n" * 100_000).encode())
        assert house.round()
        assert "超出限制" in house.cases()[0].needs_human
        assert house.letters("li@customer.example")


@pytest.mark.parametrize(("text", "looked_at"), [("你好，在吗？", True), ("你们的水泵不转了", False)])
def test_a_mail_that_tells_of_nothing_gets_its_answer_and_a_humans_look(
    tmp_path: Path, text: str, looked_at: bool
) -> None:
    with open_house(tmp_path) as house:
        house.customer_writes(text, subject="您好", sender="Li Wei <li@customer.example>")
        assert house.round()
        (case,) = house.cases()
        assert ("请看原信" in case.needs_human) is looked_at
        assert house.letters("li@customer.example", case.number)
