"""Trouble: the mailbox is down, the workbook is open, the SMTP server refuses, a mail cannot be handled."""

from __future__ import annotations

import struct
from datetime import timedelta
from pathlib import Path

import openpyxl
from stories.house import open_house

from mailbot.core.model import End

HOUR = timedelta(hours=1)
TEXT = "台灯HX-L11不亮了，请换货。订单号 881202601 电话13600004417"


def parts(house: object) -> dict[str, object]:
    return {p.part: p.failing_since for p in house.office.ledger.health.all()}  # type: ignore[attr-defined]


def test_a_mailbox_that_is_down_for_an_hour_stops_nothing_else_and_loses_nothing(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.customer_writes(TEXT, sender="于静 <yj@mailg.example>")
        assert house.round()
        number = house.cases()[0].number
        house.server.stop()
        house.staff_types(number, owner="张晓峰")
        assert not house.round()
        assert parts(house)["intake"] is not None
        assert parts(house)["reconcile"] is None
        assert house.letters("quality.engineer@example.test", number)
        assert not house.round(after=HOUR)
        assert house.letters("it@example.test", "收不到邮件")
        house.server.start()
        house.customer_writes(TEXT.replace("台灯", "落地灯"), sender="李明 <lm@mailg.example>")
        assert house.round()
        assert len(house.cases()) == 2
        assert parts(house)["intake"] is None


def test_whoever_has_the_workbook_open_is_asked_once_to_close_it(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        lock = house.workbook.with_name(".~lock.register.xlsx#")
        lock.write_text(",张晓峰,PC-7,11.05.2026 09:00,file:///home/z;", encoding="utf-8")
        house.customer_writes(TEXT, sender="于静 <yj@mailg.example>")
        for minutes in (1, 20, 20, 5):
            assert not house.round(after=timedelta(minutes=minutes))
        asked = house.letters("quality.engineer@example.test", "请保存并关闭")
        assert len(asked) == 1
        assert str(house.workbook) in asked[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]
        lock.unlink()
        assert house.round()
        assert len(house.table()) == 1


def test_a_workbook_that_is_open_for_an_hour_makes_the_changes_wait_visibly(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.customer_writes(TEXT, sender="于静 <yj@mailg.example>")
        assert house.round()
        lock = house.workbook.with_name("~$register.xlsx")
        name = "李经理"
        lock.write_bytes(
            bytes([6])
            + name.encode("gbk").ljust(54, b" ")
            + struct.pack("<H", len(name))
            + name.encode("utf-16-le").ljust(108, b" ")
        )
        house.customer_writes(TEXT.replace("台灯", "落地灯"), sender="李明 <lm@mailg.example>")
        assert not house.round()
        assert house.letters("lm@mailg.example")
        assert len(house.table()) == 1
        waiting = next(p for p in house.office.ledger.health.all() if p.part == "reconcile")
        assert "李经理" in waiting.message
        assert not house.round(after=HOUR)
        lock.unlink()
        assert house.round()
        assert len(house.table()) == 2


def test_what_staff_saved_meanwhile_is_taken_in_although_the_workbook_stays_open(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.customer_writes(TEXT, sender="于静 <yj@mailg.example>")
        assert house.round()
        number = house.cases()[0].number
        lock = house.workbook.with_name(".~lock.register.xlsx#")
        lock.write_text(",wang,office-pc,11.05.2026 09:10,file:///home/wang;", encoding="utf-8")
        house.staff_types(number, batch="0407-A")
        house.round()
        assert house.case(number).values["batch"] == "0407-A"
        lock.unlink()
        assert house.round()
        assert house.row(number)["batch"] == "0407-A"


def test_a_broken_workbook_stops_nothing_else_and_is_left_as_it_is(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        assert house.round()
        good = house.workbook.read_bytes()
        house.workbook.write_bytes(b"this is no workbook, somebody saved a text file here")
        house.customer_writes(TEXT, sender="于静 <yj@mailg.example>")
        assert not house.round(after=HOUR)
        assert house.letters("yj@mailg.example")
        assert house.workbook.read_bytes().startswith(b"this is no workbook")
        house.workbook.write_bytes(good)
        assert house.round(after=HOUR)
        assert len(house.table()) == 1


def test_an_smtp_server_that_refuses_for_now_gets_the_same_letters_later_once(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.sink.script["MAIL"] = "451 4.3.0 try again later"
        house.customer_writes(TEXT, sender="于静 <yj@mailg.example>")
        house.round()
        assert not house.letters()
        house.sink.script.pop("MAIL")
        assert house.round(after=HOUR)
        assert len(house.letters("yj@mailg.example")) == 1
        assert house.round(after=HOUR)
        assert len(house.letters("yj@mailg.example")) == 1


def test_a_letter_whose_answer_never_came_waits_in_doubt_and_is_not_sent_again(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.sink.dots.append((True, None))
        house.customer_writes(TEXT, sender="于静 <yj@mailg.example>")
        house.round()
        assert house.round(after=HOUR)
        assert len(house.letters("yj@mailg.example")) == 1
        assert [m.state for m in house.office.ledger.letters.list()].count("in_doubt") == 1
        assert house.letters("it@example.test")


def test_a_row_deleted_by_mistake_comes_back_and_a_second_sheet_stays(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        for person in ("a", "b", "c"):
            house.customer_writes(TEXT + person, subject=f"台灯 {person}", sender=f"{person} <{person}@mailg.example>")
        assert house.round()
        book = openpyxl.load_workbook(house.workbook)
        book.create_sheet("我的统计")["A1"] = "不要动"
        book.worksheets[0].delete_rows(3)
        book.save(house.workbook)
        assert house.round()
        assert house.round()
        numbers = [row[house.heading("number")] for row in house.table()]
        assert sorted(numbers) == [c.number for c in house.cases()]
        assert openpyxl.load_workbook(house.workbook)["我的统计"]["A1"].value == "不要动"


def test_every_mail_has_an_end_and_the_sum_is_right(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        mail = house.customer_writes(TEXT, sender="于静 <yj@mailg.example>")
        house.deliver(mail.as_bytes())
        house.customer_writes(
            "Please send me your catalogue and a quotation for 50 lamps.",
            subject="Quotation",
            sender="J <j@mailg.example>",
        )
        house.deliver(b"\xff\xfe no mail at all \x00")
        assert house.round()
        balance = house.office.ledger.mails.balance()
        assert balance.even
        assert balance.unfinished == 0
        assert balance.by_end[End.DUPLICATE] == 1
        assert balance.received == 4


def test_a_row_that_cannot_be_written_is_reported_and_written_when_it_can_be(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        house.customer_writes(TEXT, sender="于静 <yj@mailg.example>")
        assert house.round()
        book = openpyxl.load_workbook(house.workbook)
        table = next(iter(book.worksheets[0].tables.values()))
        table.totalsRowCount = 1
        book.save(house.workbook)
        house.customer_writes(TEXT.replace("台灯", "落地灯"), sender="李明 <lm@mailg.example>")
        assert not house.round()
        failing = next(p for p in house.office.ledger.health.all() if p.part == "reconcile")
        assert "CP-2026-000002" in failing.message
        book = openpyxl.load_workbook(house.workbook)
        next(iter(book.worksheets[0].tables.values())).totalsRowCount = None
        book.save(house.workbook)
        assert house.round(after=HOUR)
        assert len(house.table()) == 2
