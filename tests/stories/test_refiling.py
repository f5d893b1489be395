"""Mails the bot makes nothing of: where they are seen, how a human files them, and that every mail is accounted for."""

from __future__ import annotations

import json
import sqlite3
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from stories.house import House, open_house
from stories.test_branches import bounce_of

from mailbot.commands.mail import list_mails, refile_mail, show_mail
from mailbot.commands.status import show_status
from mailbot.core.model import End
from mailbot.errors import Usage
from mailbot.ledger.archive import Archive

HOUR = timedelta(hours=1)
LAMP = "台灯HX-L11不亮了，请换货。订单号 881202601 电话13600004417"
QUESTION = "Please send me your catalogue and a quotation for 50 lamps."


def config(house: House) -> Path:
    return house.folder / "config.toml"


def the_mail(house: House, end: End) -> int:
    (mail,) = house.office.ledger.mails.ended_as(end)
    return mail.id


def ends(house: House) -> dict[End, int]:
    return dict(house.office.ledger.mails.balance().by_end)


def inbox(house: House) -> int:
    return len(house.office.source.list(lambda folder, validity: set()))


def said(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def test_what_is_no_complaint_gets_no_row_and_no_answer_and_is_told_by_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_house(tmp_path) as house:
        house.customer_writes(QUESTION, subject="Quotation", sender="J <j@mailg.example>")
        house.customer_writes("应聘品质工程师，简历见附件。", subject="求职", sender="应聘者 <job@mailg.example>")
        house.customer_writes(
            "附件为贵司5月货款的电子发票，请查收入账。", subject="发票", sender="会计 <inv@mailg.example>"
        )
        assert house.round()
        assert house.cases() == []
        assert not house.letters("mailg.example")
        assert ends(house) == {End.NEEDS_HUMAN: 3}
        assert inbox(house) == 3
        capsys.readouterr()
        list_mails(config(house), "", as_json=True)
        assert [mail["subject"] for mail in said(capsys)] == ["Quotation", "求职", "发票"]
        assert house.round(after=24 * HOUR)
        summary = house.letters("quality.manager@example.test", "客诉日报")[-1]
        assert "Quotation" in str(summary.get_body(("plain",)).get_content())  # type: ignore[union-attr]


def test_a_mail_in_doubt_gets_a_row_a_human_must_look_at_and_no_answer(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.customer_writes(
            "请问，你们的插座插上去冒烟了，能不能继续用？怎么使用才对？请问说明书有没有电子版？",
            subject="请问怎么使用",
            sender="于静 <yj@mailg.example>",
        )
        house.customer_writes("想问一下，灯不亮了，怎么设置？", subject="台灯", sender="周 <z@mailg.example>")
        assert house.round()
        for case in house.cases():
            assert "不能确定这是不是投诉" in house.row(case.number)["bot_note"]
            assert not house.letters(case.answer_to)
        assert ends(house) == {End.NEW_CASE: 2}


def test_a_colleagues_forward_is_never_passed_over(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.customer_writes(
            f"请登记\n\n---------- 转发邮件 ----------\n发件人：J <j@mailg.example>\n发送时间：2026年5月11日 08:10\n"
            f"收件人：孙倩\n主题：Quotation\n\n{QUESTION}\n",
            subject="Fw: Quotation",
            sender="孙倩 <sunqian@example.test>",
        )
        assert house.round()
        (case,) = house.cases()
        assert case.needs_human
        assert not house.letters("j@mailg.example")
        assert house.letters("sunqian@example.test", case.number)


def test_a_human_makes_a_complaint_of_it_and_it_is_answered_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_house(tmp_path) as house:
        house.customer_writes(QUESTION, subject="Quotation", sender="J <j@mailg.example>")
        assert house.round()
        number = the_mail(house, End.NEEDS_HUMAN)
        for _ in range(2):
            refile_mail(config(house), number, as_kind="complaint", to="")
        assert "noted" in capsys.readouterr().out
        assert house.cases() == []
        assert house.round()
        assert house.round()
        (case,) = house.cases()
        assert len(house.letters("j@mailg.example", case.number)) == 1
        assert ends(house) == {End.NEW_CASE: 1}
        assert house.office.ledger.mails.balance().even
        assert inbox(house) == 0
        show_mail(config(house), number, as_json=True)
        record = said(capsys)
        assert record["case"] == case.number
        assert [r["outcome"] for r in record["requests"]] == [f"new_case {case.number}"]
        with pytest.raises(Usage, match="go on in the register"):
            refile_mail(config(house), number, as_kind="complaint", to="")


def test_a_mail_is_filed_into_a_case_and_split_off_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with open_house(tmp_path) as house:
        house.customer_writes(LAMP, subject="台灯", sender="于静 <yj@mailg.example>")
        house.customer_writes("灯的批号是0407-A，谢谢", subject="表扬 修好了", sender="于静 <yj@work.example>")
        assert house.round()
        first = house.cases()[0].number
        number = house.office.ledger.mails.ended_as(End.NEEDS_HUMAN)[0].id
        refile_mail(config(house), number, as_kind="", to=first.lower())
        assert house.round()
        assert house.row(first)["batch"] == "0407-A"
        assert ends(house) == {End.NEW_CASE: 1, End.FOLLOW_UP: 1}
        told = len(house.letters("quality.manager@example.test", "再次来信"))
        assert told == 1
        with pytest.raises(Usage, match="belongs to"):
            refile_mail(config(house), number, as_kind="", to="")
        refile_mail(config(house), number, as_kind="complaint", to="")
        assert house.round()
        assert len(house.cases()) == 2
        assert "mail_moved" in [e.kind for e in house.office.ledger.cases.history(first)]
        assert len(house.letters("yj@work.example")) == 1
        assert len(house.letters("yj@mailg.example")) == 1


def test_wrong_requests_are_refused_with_the_reason(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.customer_writes(QUESTION, subject="Quotation", sender="J <j@mailg.example>")
        assert house.round()
        number = the_mail(house, End.NEEDS_HUMAN)
        for arguments, words in (
            ({"as_kind": "order", "to": ""}, "complaint"),
            ({"as_kind": "complaint", "to": "CP-2026-000001"}, "not both"),
            ({"as_kind": "", "to": "CP-2026-000099"}, "there is no case"),
        ):
            with pytest.raises(Usage, match=words):
                refile_mail(config(house), number, **arguments)
        with pytest.raises(Usage, match="there is no mail 77"):
            refile_mail(config(house), 77, as_kind="", to="")
        with pytest.raises(Usage, match="the ends are"):
            list_mails(config(house), "lost", as_json=False)


def test_a_mail_that_was_set_aside_is_told_of_and_taken_up_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_house(tmp_path) as house:
        house.customer_writes(LAMP, subject="台灯", sender="于静 <yj@mailg.example>")
        with monkeypatch.context() as broken:
            broken.setattr(Archive, "get", a_damaged_disk)
            for _ in range(3):
                house.round()
        number = the_mail(house, End.QUARANTINED)
        assert house.round()
        assert any(f"mail show {number}" in n.text for n in house.office.ledger.notices.all())
        assert house.letters("it@example.test")
        refile_mail(config(house), number, as_kind="", to="")
        assert house.round()
        assert ends(house) == {End.NEW_CASE: 1}
        assert len(house.letters("yj@mailg.example")) == 1
        assert not any(n.key.startswith("quarantined") for n in house.office.ledger.notices.all())
        capsys.readouterr()
        show_mail(config(house), number, as_json=False)
        assert "HX-L11" in capsys.readouterr().out


def a_damaged_disk(self: Archive, sha256: str) -> bytes:
    raise OSError(5, "Input/output error", sha256)


def test_mails_that_do_not_add_up_are_an_alarm(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with open_house(tmp_path) as house:
        house.customer_writes(QUESTION, subject="Quotation", sender="J <j@mailg.example>")
        house.customer_writes(LAMP, subject="台灯", sender="于静 <yj@mailg.example>")
        assert house.round()
        assert house.office.ledger.mails.balance().even
        with sqlite3.connect(house.folder / "data" / "ledger.sqlite3") as database:
            database.execute("DELETE FROM mails WHERE subject = 'Quotation'")
        database.close()
        assert house.round(after=HOUR)
        (alarm,) = house.letters("it@example.test")
        assert "邮件数对不上" in str(alarm["Subject"])
        capsys.readouterr()
        assert show_status(config(house), as_json=True) == 3
        assert said(capsys)["mails"]["balanced"] is False


def test_a_bounce_that_names_another_recipient_fails_no_letter(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.customer_writes(LAMP, subject="台灯", sender="小雨 <xy@mailg.example>")
        assert house.round()
        (receipt,) = house.letters("xy@mailg.example")
        raw = bounce_of(str(receipt["Message-ID"]), "other@mailg.example", house.server.user)
        house.deliver(raw.replace(b"To: other@mailg.example", b"To: xy@mailg.example"))
        assert house.round()
        letter = house.office.ledger.letters.by_message_id(str(receipt["Message-ID"]))
        assert letter is not None
        assert letter.state == "sent"
        assert "退回" not in house.row(house.cases()[0].number)["bot_note"]


def test_a_flood_is_registered_answered_within_limits_and_seen_in_status(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_house(tmp_path) as house:
        monkeypatch.setenv("MAILBOT_CLOCK_OFFSET", str(house.clock.now.timestamp() - time.time()))
        for n in range(5):
            house.customer_writes(
                f"{LAMP} 第{n}张订单 99{n}0000{n}", subject=f"台灯{n}", sender="于 <yj@mailg.example>"
            )
        for n in range(25):
            house.customer_writes(f"{LAMP} {n}", subject=f"插座{n}", sender=f"x{n} <x{n}@bomb.example>")
        assert house.round()
        assert len(house.cases()) == 30
        assert len(house.letters("yj@mailg.example")) == 3
        assert len(house.letters("bomb.example")) == 20
        capsys.readouterr()
        show_status(config(house), as_json=True)
        facts = said(capsys)
        assert facts["not_acknowledged_today"] == 7
        assert len([n for n in facts["notices"] if "收件回执已达" in n["text"]]) == 2
        assert house.round()
        assert len(house.letters("it@example.test")) == 1
