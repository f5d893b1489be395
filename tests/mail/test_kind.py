"""Machines are told from people, and people who look like machines are not silenced."""

from __future__ import annotations

import pytest

from mailbot.core.model import MailKind, ReadMail
from mailbot.mail.read import OwnAddresses, read_mail

OWN = OwnAddresses(domains=frozenset({"us.example"}))
COMPLAINT = "The fan I bought last week smokes. Please replace it. Order 4711."


def read(head: str = "", body: str = COMPLAINT, *, subject: str = "fan", sender: str = "ann@x.example") -> ReadMail:
    raw = f"From: {sender}\r\nTo: cs@us.example\r\nSubject: {subject}\r\n{head}\r\n{body}"
    return read_mail(raw.encode(), OWN)[0]


@pytest.mark.parametrize(
    "head",
    [
        "Auto-Submitted: auto-replied\r\n",
        "Auto-Submitted: (by rule) AUTO-REPLIED; owner-email=x\r\n",
        "Auto-Submitted: auto-generated\r\nIn-Reply-To: <a@us.example>\r\n",
        "X-Autoreply: yes\r\n",
        "Precedence: auto_reply\r\n",
    ],
)
def test_an_automatic_answer_is_known_by_its_headers(head: str) -> None:
    assert read(head).kind is MailKind.AUTO_REPLY


@pytest.mark.parametrize(
    "subject", ["自动回复: x", "自動回覆：x", "Automatic reply: x", "Out of Office: x", "Abwesenheitsnotiz: x"]
)
def test_an_automatic_answer_is_known_by_its_subject(subject: str) -> None:
    assert read(subject=subject).kind is MailKind.AUTO_REPLY


@pytest.mark.parametrize(
    "body",
    [
        "I am on annual leave until 4 January. For urgent matters please contact my colleague.",
        "您好，我正在休假，5月6日返回后回复您的邮件。",
        "您好，本人目前出差中，緊急事項請聯絡王小姐。",
    ],
)
def test_an_absence_notice_without_headers_is_known_when_it_answers(body: str) -> None:
    assert read("In-Reply-To: <a@us.example>\r\n", body, subject="Re: x").kind is MailKind.AUTO_REPLY
    assert not read(body=body).kind.automatic


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("List-Unsubscribe: <https://relay.example/u>\r\n", COMPLAINT),
        ("Precedence: bulk\r\n", COMPLAINT),
        ("Precedence: list\r\nList-Id: <complaints.us.example>\r\nList-Unsubscribe: <x>\r\n", COMPLAINT),
        (
            "List-Unsubscribe: <https://relay.example/u>\r\n",
            COMPLAINT + "\r\n\r\nSent by Relay. Unsubscribe: https://relay.example",
        ),
        ("X-Auto-Response-Suppress: All\r\n", COMPLAINT),
        ("Auto-Submitted: no\r\n", COMPLAINT),
        ("", "Your weekly newsletter promised a special offer and the fan broke. Refund me."),
        ("Return-Path: <>\r\n", COMPLAINT),
    ],
)
def test_one_weak_sign_does_not_silence_a_complaint(head: str, body: str) -> None:
    assert read(head, body).kind is MailKind.COMPLAINT


@pytest.mark.parametrize(
    ("head", "subject", "body"),
    [
        ("List-Id: <weekly.news.example>\r\nList-Unsubscribe: <x>\r\n", "News", "This month in fans"),
        ("List-Unsubscribe: <x>\r\nPrecedence: bulk\r\n", "培训", "研修班火热报名中，早鸟立减800元"),
        ("", "代开发票", "我司长期代开各类正规发票，点数优惠。"),
        ("", "8D实战班（AD）", "欢迎参加"),
        ("Auto-Submitted: auto-generated\r\n", "Disk full", "Volume C: is full"),
    ],
)
def test_mass_mail_and_notices_are_known(head: str, subject: str, body: str) -> None:
    assert read(head, body, subject=subject).kind is MailKind.LIST


def a_report(action: str) -> str:
    return (
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\nSorry.\r\n"
        f"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\nAction: {action}\r\n"
        "--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <cp-1@us.example>\r\n--b--\r\n"
    )


@pytest.mark.parametrize(
    ("action", "kind", "failed"),
    [
        ("failed", MailKind.BOUNCE, ("<cp-1@us.example>",)),
        ("delayed", MailKind.BOUNCE, ()),
        ("delivered", MailKind.AUTO_REPLY, ()),
    ],
)
def test_a_delivery_report_says_what_happened_to_which_letter(
    action: str, kind: MailKind, failed: tuple[str, ...]
) -> None:
    head, _, body = a_report(action).partition("\r\n\r\n")
    mail = read(head + "\r\n", body, sender="MAILER-DAEMON@x.example", subject="Undelivered Mail Returned to Sender")
    assert mail.kind is kind
    assert mail.failed_message_ids == failed


@pytest.mark.parametrize(
    ("sender", "subject", "body"),
    [
        ("PostMaster@qq.example", "系统退信", "抱歉，您的邮件被退回来了。收件人邮箱地址不存在"),
        (
            "MAILER-DAEMON@x.example",
            "failure notice",
            "Sorry, I wasn't able to deliver your message.\nMessage-ID: <cp-1@us.example>",
        ),
        ("postmaster@x.example", "Undeliverable: x", "The recipient's mailbox is full."),
    ],
)
def test_a_bounce_in_a_form_of_its_own_is_known(sender: str, subject: str, body: str) -> None:
    mail = read("", body, sender=sender, subject=subject)
    assert mail.kind is MailKind.BOUNCE
    assert mail.failed_message_ids == (("<cp-1@us.example>",) if "cp-1" in body else ())


def test_a_complaint_about_delivery_is_no_bounce() -> None:
    body = "The courier said the parcel could not be delivered and my mailbox is full of your excuses."
    assert read(body=body, subject="Delivery failed again").kind is MailKind.COMPLAINT
    assert read(body=body, subject="Where is my order").kind is MailKind.COMPLAINT


def test_a_read_receipt_is_automatic() -> None:
    head = "Content-Type: multipart/report; report-type=disposition-notification; boundary=b\r\n"
    assert read(head, "--b\r\n\r\nread\r\n--b--").kind is MailKind.AUTO_REPLY


def test_the_sign_that_decided_is_named() -> None:
    assert "auto-replied" in read("Auto-Submitted: auto-replied\r\n").kind_reason


@pytest.mark.parametrize("footer", ["To opt out, reply STOP.", "Reply REMOVE and we never write again", "回复TD退订"])
def test_who_says_how_to_opt_out_advertises_unless_he_answers(footer: str) -> None:
    assert read(body=f"We have 14 stands left.\r\n\r\n{footer}").kind is MailKind.LIST
    assert not read(body=f"It leaks.\r\n\r\n> {footer}", subject="Re: our news").kind.automatic
