"""Whose letter came back, by reports as servers write them."""

import pytest
from stories.test_branches import bounce_of

from mailbot.mail.addresses import OwnAddresses
from mailbot.mail.read import read_mail
from mailbot.mail.returned import came_back_from, named

OWN = OwnAddresses(domains=frozenset({"example.test"}))
REPORT = bounce_of("<letter@example.test>", "xy@mailg.example", "bot@example.test")


def came_back(raw: bytes, recipient: str) -> bool:
    return came_back_from(raw, read_mail(raw, OWN)[0], recipient)


def test_a_report_is_about_the_recipients_it_names() -> None:
    assert named(REPORT) == {"xy@mailg.example"}
    assert came_back(REPORT, "XY@mailg.example")
    assert not came_back(REPORT, "y@mailg.example")
    assert not came_back(REPORT, "bot@example.test")


def test_the_letter_that_is_returned_proves_nothing() -> None:
    other = REPORT.replace(b"xy@mailg.example", b"other@mailg.example").replace(
        b"To: other@mailg.example", b"To: xy@mailg.example"
    )
    assert not came_back(other, "xy@mailg.example")


@pytest.mark.parametrize("action", [b"delivered", b"relayed", b"delayed", b"expanded"])
def test_a_recipient_who_was_reached_or_may_be_is_not_named(action: bytes) -> None:
    assert named(REPORT.replace(b"Action: failed", b"Action: " + action)) == frozenset()


def test_an_address_that_was_passed_on_is_named_by_its_original() -> None:
    raw = REPORT.replace(
        b"Final-Recipient: rfc822; xy@mailg.example",
        b"Original-Recipient: rfc822;xy@mailg.example\r\nFinal-Recipient: rfc822; <inner@mailg.example>",
    )
    assert named(raw) == {"xy@mailg.example", "inner@mailg.example"}


def test_a_report_in_words_alone_is_believed() -> None:
    raw = (
        "From: postmaster@qq.example\r\nTo: bot@example.test\r\nSubject: 系统退信\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n\r\n无法发送到 xy@mailg.example，收件人不存在。\r\n"
    ).encode()
    assert named(raw) == frozenset()
    assert came_back(raw, "xy@mailg.example")


def test_a_report_that_names_nobody_is_about_the_only_recipient_of_the_letter_it_names() -> None:
    raw = (
        b"From: MAILER-DAEMON@mx.example\r\nTo: bot@example.test\r\n"
        b"Subject: Undelivered Mail Returned to Sender\r\n\r\n"
        b"Your message from bot@example.test could not be delivered; ask postmaster@mx.example.\r\n"
        b"Message-ID: <letter@example.test>\r\n"
    )
    assert came_back(raw, "xy@mailg.example")
    assert not came_back(raw + b"The user other@mailg.example is unknown.\r\n", "xy@mailg.example")


def test_the_header_some_servers_add_counts() -> None:
    raw = b"X-Failed-Recipients: xy@mailg.example, z@mailg.example\r\nSubject: x\r\n\r\nfailed\r\n"
    assert named(raw) == {"xy@mailg.example", "z@mailg.example"}


def test_a_report_over_every_limit_names_nobody() -> None:
    assert named(b"X: y\r\n" * 100_000) == frozenset()
