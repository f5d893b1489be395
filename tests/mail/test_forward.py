# ruff: noqa: E501 - mails and pages are quoted one to a line
"""What a colleague passes on belongs to the customer; nobody else can speak for another."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from mailbot.core.model import MailKind, ReadMail
from mailbot.mail.forward import moment_of
from mailbot.mail.read import OwnAddresses, Parts, read_mail

OWN = OwnAddresses(domains=frozenset({"us.example"}))
CHINA = timezone(timedelta(hours=8))
INNER = "发件人: 王敏 <wang@x.example>\n发送时间: 2026年8月5日 17:20\n收件人: 张磊 <zhang@us.example>\n主题: 漏水\n\n水壶漏水，请换货。\n\n王敏\n0755-2600 0184"


def read(
    body: str, *, subject: str = "转发: 漏水", sender: str = "张磊 <zhang@us.example>", to: str = "cs@us.example"
) -> tuple[ReadMail, Parts]:
    head = f"From: {sender}\r\nTo: {to}\r\nSubject: {subject}\r\nDate: Thu, 6 Aug 2026 09:00:00 +0800\r\n"
    return read_mail(f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{body}".encode(), OWN)


@pytest.mark.parametrize("subject", ["转发: 漏水", "Fwd: 漏水", "FW: 漏水", "WG: 漏水", "客户投诉，请处理"])
def test_a_colleagues_forward_is_the_customers_complaint(subject: str) -> None:
    mail, parts = read(f"请处理。\n\n张磊\n\n{INNER}", subject=subject)
    assert mail.forwarded_by == "zhang@us.example"
    assert (mail.customer.name, mail.customer.address) == ("王敏", "wang@x.example")
    assert mail.new_text == "水壶漏水，请换货。"
    assert mail.kind is MailKind.COMPLAINT
    assert parts.note == "请处理。"
    assert parts.signature == "王敏\n0755-2600 0184"
    assert parts.inner_subject == "漏水"
    assert parts.written_at == datetime(2026, 8, 5, 17, 20, tzinfo=CHINA)
    assert "请处理。" in mail.removed_text


def test_an_outsiders_forward_stays_the_outsiders() -> None:
    mail, _ = read(f"请处理。\n\n{INNER}", sender="李四 <li@other.example>")
    assert mail.forwarded_by is None
    assert mail.customer.address == "li@other.example"
    assert mail.new_text == "请处理。"


def test_a_colleagues_answer_to_the_customer_with_us_in_copy_is_no_forward() -> None:
    mail, _ = read(f"您好，已安排。\n\n{INNER}", subject="答复: 漏水", to="wang@x.example, cs@us.example")
    assert mail.forwarded_by is None
    assert mail.new_text == "您好，已安排。"


def test_a_colleagues_forward_of_our_own_letter_is_no_customers_mail() -> None:
    own = INNER.replace("wang@x.example", "cs@us.example")
    assert read(f"看一下\n\n{own}")[0].forwarded_by is None


def test_two_colleagues_in_a_row_lead_to_the_customer() -> None:
    middle = f"发件人: 李娜 <lina@us.example>\n发送时间: 2026年8月5日 18:00\n收件人: 张磊 <zhang@us.example>\n主题: 转发: 漏水\n\n给你\n\n{INNER}"
    mail, _ = read(f"请处理\n\n{middle}")
    assert mail.customer.address == "wang@x.example"
    assert mail.new_text == "水壶漏水，请换货。"


def test_a_dealer_who_only_passed_it_on_is_passed_over() -> None:
    dealer = f"发件人: 经销商 <shop@dealer.example>\n发送时间: 2026年8月5日 18:00\n收件人: 张磊 <zhang@us.example>\n主题: 转发: 漏水\n\n请看下面客户的邮件\n\n{INNER}"
    assert read(f"请处理\n\n{dealer}")[0].customer.address == "wang@x.example"


def test_the_history_below_the_customers_text_is_not_his_new_text() -> None:
    older = "发件人: 客服 <cs@us.example>\n发送时间: 2026年8月1日 10:00\n收件人: 王敏\n主题: 漏水\n\n请提供照片。"
    mail, _ = read(f"请处理\n\n{INNER}\n\n{older}")
    assert mail.new_text == "水壶漏水，请换货。"
    assert mail.customer.address == "wang@x.example"


@pytest.mark.parametrize("mark", ["", "> "])
def test_an_attached_mail_is_opened_and_its_files_are_the_complaints(mark: str) -> None:
    inner = (
        "From: =?gbk?B?zfXD9A==?= <wang@x.example>\r\nSubject: leak\r\nDate: Wed, 5 Aug 2026 17:20:00 +0800\r\n"
        "Content-Type: multipart/mixed; boundary=i\r\n\r\n--i\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        "水壶漏水，请换货。\r\n--i\r\nContent-Type: image/jpeg; name=a.jpg\r\nContent-Disposition: attachment\r\n\r\nphoto\r\n--i--\r\n"
    )
    raw = (
        "From: zhang@us.example\r\nTo: cs@us.example\r\nSubject: customer\r\nContent-Type: multipart/mixed; boundary=o\r\n\r\n"
        f"--o\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{mark}see attached\r\n--o\r\nContent-Type: message/rfc822\r\n\r\n{inner}\r\n--o--\r\n"
    )
    mail, parts = read_mail(raw.encode(), OWN)
    assert (mail.customer.name, mail.customer.address) == ("王敏", "wang@x.example")
    assert mail.new_text == "水壶漏水，请换货。"
    assert [a.filename for a in mail.attachments] == ["a.jpg"]
    assert parts.inner_subject == "leak"
    outsider = read_mail(raw.replace("zhang@us.example", "x@y.example").encode(), OWN)[0]
    assert outsider.forwarded_by is None
    assert [a.filename for a in outsider.attachments] == ["leak.eml"]


def test_an_address_only_in_the_html_is_found() -> None:
    plain = "请登记\n\n发件人： 吴建平\n发送时间： 2026-07-14 21:07\n收件人： zhang\n主题： 异响\n风扇异响。"
    page = plain.replace("吴建平", '<a href="mailto:wu@x.example">吴建平</a>').replace("\n", "<br>")
    raw = (
        "From: zhang@us.example\r\nSubject: Fw: x\r\nContent-Type: multipart/alternative; boundary=a\r\n\r\n"
        f"--a\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{plain}\r\n--a\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{page}\r\n--a--\r\n"
    )
    mail, _ = read_mail(raw.encode(), OWN)
    assert (mail.customer.name, mail.customer.address) == ("吴建平", "wu@x.example")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026年5月14日週四 下午6:22", (2026, 5, 14, 18, 22)),
        ("2026-07-14 21:07", (2026, 7, 14, 21, 7)),
        ("Tuesday, June 2, 2026 8:15 PM", (2026, 6, 2, 20, 15)),
        ("13 April 2026 11:06", (2026, 4, 13, 11, 6)),
        ("2026年9月21日(周一) 上午12:05", (2026, 9, 21, 0, 5)),
        ("2026/3/1", (2026, 3, 1, 0, 0)),
    ],
)
def test_the_dates_of_quoted_headers_are_read_in_the_forwarders_zone(
    text: str, moment: tuple[int, int, int, int, int]
) -> None:
    assert moment_of(text, CHINA) == datetime(*moment, tzinfo=CHINA)


def test_a_date_that_is_none_is_none() -> None:
    assert moment_of("2026年13月40日", CHINA) is None
    assert moment_of("yesterday", CHINA) is None
    assert moment_of("", CHINA) is None
