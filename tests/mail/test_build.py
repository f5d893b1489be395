from __future__ import annotations

import re
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.core.model import Attachment, Mailbox
from mailbot.errors import Permanent
from mailbot.mail.build import build_letter, clean
from mailbot.mail.sender import objection

TO = "customer@example.net"


def a_letter(**more: Any) -> bytes:
    plain: dict[str, Any] = {
        "sender": Mailbox(name="客户服务部", address="bot@example.test"),
        "recipient": TO,
        "subject": "CP-2026-000001: 您的投诉已登记",
        "text": "尊敬的客户：\n\n您的投诉已登记。\n",
        "message_id": "<token.1@example.test>",
        "date": datetime(2026, 3, 2, 1, 30, tzinfo=UTC),
    }
    return build_letter(**{**plain, **more})


def read(raw: bytes) -> EmailMessage:
    return BytesParser(policy=policy.default).parsebytes(raw)


def an_attachment(name: str, content: bytes = b"\x89PNG\r\n\x1a\n", kind: str = "image/png") -> Attachment:
    return Attachment(filename=name, content_type=kind, size=len(content), sha256="", content=content)


class TestWhatIsReadAgain:
    def test_headers_say_what_was_meant(self) -> None:
        letter = read(a_letter(recipient_name="王小明", reply_to="bot+t@example.test", automatic="auto-replied"))
        assert letter["From"] == "客户服务部 <bot@example.test>"
        assert letter["To"] == "王小明 <customer@example.net>"
        assert letter["Reply-To"] == "bot+t@example.test"
        assert letter["Subject"] == "CP-2026-000001: 您的投诉已登记"
        assert letter["Message-ID"] == "<token.1@example.test>"
        assert letter["Date"] == "Mon, 02 Mar 2026 01:30:00 +0000"
        assert letter["Auto-Submitted"] == "auto-replied"
        assert letter["X-Auto-Response-Suppress"] == "All"

    def test_the_text_comes_back(self) -> None:
        assert read(a_letter()).get_content() == "尊敬的客户：\r\n\r\n您的投诉已登记。\r\n"

    def test_english_text_stays_readable_on_the_way(self) -> None:
        raw = a_letter(
            text="Dear customer,\n\nwe have it: café = 1.\n.\nFrom here on\n" + "word " * 60, subject="Got it: CP-1"
        )
        assert b"quoted-printable" in raw
        assert b"\r\nSubject: Got it: CP-1\r\n" in raw
        assert "\r\n\r\nwe have it: café = 1.\r\n.\r\nFrom here on\r\nword word " in read(raw).get_content()

    def test_text_and_html_are_alternatives(self) -> None:
        letter = read(a_letter(html="<p>您的投诉已登记。</p>"))
        assert letter.get_content_type() == "multipart/alternative"
        assert [part.get_content_type() for part in letter.iter_parts()] == ["text/plain", "text/html"]
        html = letter.get_body(("html",))
        assert html is not None
        assert html.get_content() == "<p>您的投诉已登记。</p>\r\n"

    @pytest.mark.parametrize("name", ["8D report.xlsx", "8D报告（终稿）" * 8 + ".xlsx", 'a"b\\c;d.pdf', "x.pdf"])
    def test_attachments_keep_name_and_bytes(self, name: str) -> None:
        content = bytes(range(256)) * 5
        letter = read(a_letter(html="<p>x</p>", attachments=[an_attachment(name, content), an_attachment("2.png")]))
        first, second = letter.iter_attachments()
        assert letter.get_content_type() == "multipart/mixed"
        assert first.get_filename() == clean(name, 100)
        assert (first.get_content(), first.get_content_type()) == (content, "image/png")
        assert second.get_filename() == "2.png"
        assert letter.get_body(("plain",)) is not None

    @pytest.mark.parametrize("kind", ["", "message/rfc822", "multipart/mixed", "a/b\r\nBcc: x@y", "TEXT/HTML; x=y"])
    def test_an_odd_type_becomes_bytes(self, kind: str) -> None:
        (part,) = read(a_letter(attachments=[an_attachment("x", kind=kind)])).iter_attachments()
        assert part.get_content_type() == "application/octet-stream"

    def test_a_reply_joins_its_thread(self) -> None:
        ids = [f"<{number}@example.net>" for number in range(40)]
        letter = read(a_letter(in_reply_to=ids[-1], references=[*ids, ids[0], "no id", "<a b@c>", "<x@y>\r\nBcc: z@y"]))
        assert letter["In-Reply-To"] == ids[-1]
        assert letter["References"].split() == [ids[0], *ids[-21:]]

    def test_what_is_no_id_is_left_out(self) -> None:
        letter = read(a_letter(in_reply_to="<a>\r\nBcc: x@y", references=["=?utf-8?q?x?="]))
        assert "In-Reply-To" not in letter
        assert "References" not in letter

    def test_headers_of_our_own_come_back(self) -> None:
        token = "cp1." + "0123456789abcdef" * 4
        raw = a_letter(headers={"X-Mailbot-Token": token, "X-Mailbot-Case": "投诉"})
        assert f"\r\nX-Mailbot-Token: {token}\r\n".encode() in raw
        assert read(raw)["X-Mailbot-Case"] == "投诉"


class TestWhatIsRefused:
    @pytest.mark.parametrize("name", ["Bcc", "X-A\r\nBcc", "Subject", "X-", "X-Ä"])
    def test_only_headers_of_our_own_can_be_added(self, name: str) -> None:
        with pytest.raises(ValueError, match="X-"):
            a_letter(headers={name: "x"})

    @pytest.mark.parametrize("recipient", ["", "nobody", "a@b\r\nBcc: c@d", "a@b, c@d", "<a@b>", '"a b"@c.de'])
    def test_an_address_that_cannot_be_used_is_told_with_a_remedy(self, recipient: str) -> None:
        with pytest.raises(Permanent) as caught:
            a_letter(recipient=recipient)
        assert caught.value.remedy

    @pytest.mark.parametrize("message_id", ["", "a@b", "<a@b", "<a b@c>", "<a@b>\r\nBcc: x@y"])
    def test_our_own_id_must_be_one(self, message_id: str) -> None:
        with pytest.raises(ValueError, match="Message-ID"):
            a_letter(message_id=message_id)

    def test_a_date_without_a_zone_is_refused(self) -> None:
        with pytest.raises(ValueError, match="aware"):
            a_letter(date=datetime(2026, 3, 2))


INJECTIONS = [
    "A =?UTF-8?Q?=0A?=Bcc: x@example.org",
    "a\r\nBcc: x@example.org",
    "a\nBcc: x@example.org\n\nbody",
    "a\u2028Bcc: x@example.org",
    "a\x85Bcc: x@example.org",
    "=?=?utf-8?q?x?=?= <x@example.org>",
    "a, b <x@example.org>",
    '"' + "a, " * 60 + '" <x@example.org>',
    "\u202egpj.exe",
    "\ud800",
    "\0",
    "x@example.org",
    ">, <x@example.org",
]


@pytest.mark.parametrize("text", INJECTIONS)
def test_foreign_text_stays_text(text: str) -> None:
    raw = a_letter(recipient_name=text, subject=text, attachments=[an_attachment(text)], headers={"X-A": text})
    assert objection(raw, TO) == ""
    assert "Bcc" not in read(raw)
    assert len(read(raw)["To"].addresses) == 1


def test_the_same_arguments_give_the_same_bytes() -> None:
    more = {"html": "<p>x</p>", "attachments": [an_attachment("报告.pdf")], "headers": {"X-B": "1", "X-A": "2"}}
    assert a_letter(**more) == a_letter(**more)
    assert a_letter(**more) != a_letter(**more, message_id="<2@example.test>")


def test_cleaning_keeps_rare_characters_and_drops_what_cannot_be_seen() -> None:
    assert clean("𱁬 \ue000 龘\u200b\u202e x\r\ny\tz", 50) == "𱁬 \ue000 龘 x y z"
    assert clean("长" * 30, 10) == "长" * 9 + "…"


WORDS = st.text(max_size=300) | st.sampled_from(INJECTIONS)


@settings(max_examples=150, deadline=None)
@given(name=WORDS, subject=WORDS, text=WORDS, html=WORDS, filename=WORDS, value=WORDS)
def test_whatever_is_put_in_one_clean_letter_comes_out(
    name: str, subject: str, text: str, html: str, filename: str, value: str
) -> None:
    raw = a_letter(
        recipient_name=name,
        subject=subject,
        text=text,
        html=html,
        attachments=[an_attachment(filename)],
        headers={"X-Mailbot-Note": value},
    )
    assert objection(raw, TO) == ""
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", raw)
    letter = read(raw)
    assert set(letter.keys()) == {
        *("Date", "From", "To", "Subject", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress"),
        *("X-Mailbot-Note", "MIME-Version", "Content-Type"),
    }
    assert letter["Subject"] == clean(subject, 200).encode("utf-8", "replace").decode()
    assert len(list(letter.iter_attachments())) == 1
