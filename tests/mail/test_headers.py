"""Header fields as senders really write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.model import Mailbox
from mailbot.mail import headers, transfer
from mailbot.mail.addresses import OwnAddresses, mailboxes


def test_a_character_cut_between_two_encoded_words_is_whole() -> None:
    assert headers.text(b"=?utf-8?B?5Yav5YGc57q/5o2f5aQ=?=\r\n =?utf-8?B?sSDor7fph43op4Y=?=") == "冯停线损失 请重视"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b"=?utf-8?Q?a_b?c=3D?= x", "a b?c= x"),
        (b"=?GB2312?B?t+fJyA==?=", "风扇"),
        (b"=?gbk?B?t+fJyA?=", "风扇"),
        (b"=?x-unknown?Q?plain?=", "plain"),
        (b"a =?utf-8?Q?b?= =?utf-8?Q?c?= d", "a bc d"),
        ("风扇坏了，请回复".encode("gbk"), "风扇坏了，请回复"),
        ("风扇坏了".encode(), "风扇坏了"),
        (b"=?utf-8?B?5aSn", "大"),
        (b"one\r\n\ttwo\x00 \x07three", "one two three"),
        (b"=?utf-8?Q?line=0D=0ABcc:_x@y.example?=", "line Bcc: x@y.example"),
    ],
)
def test_subjects_are_read(value: bytes, text: str) -> None:
    assert headers.text(value) == text


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (b"attachment; filename*0*=utf-8''%E6%BC%8F; filename*1*=%E6%B0%B4.pdf", "漏水.pdf"),
        (b"attachment; filename*1*=%E6%B0%B4.pdf; filename*0*=utf-8''%E6%BC%8F", "漏水.pdf"),
        (b"attachment; filename*=gb2312''%C2%A9%CB%AE.jpg", "漏水.jpg"),
        (b"attachment; filename=\"plain.txt\"; filename*=utf-8''%E6%BC%8F.txt", "漏.txt"),
        (b"attachment; filename=\"UTF-8''%E6%BC%8F%E6%B0%B4.jpg\"", "漏水.jpg"),
        (b'attachment; filename="=?gbk?B?t+fJyA==?=.jpg"', "风扇.jpg"),
        (b"attachment; filename==?gbk?B?t+fJyA==?=", "风扇"),
        (b"attachment; filename=" + "外观不良报告.docx".encode("gbk"), "外观不良报告.docx"),
        (b'attachment; filename="a;b\\"c.txt"', 'a;b"c.txt'),
        (b"attachment; filename=a b c.txt", "a b c.txt"),
        (b"attachment; filename*0=long; filename*1=name.txt", "longname.txt"),
    ],
)
def test_file_names_are_read(value: bytes, name: str) -> None:
    assert headers.parameters(value)[1]["filename"] == name


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ('"Brandl, Thomas" <t@x.example>', [("Brandl, Thomas", "t@x.example")]),
        ("MAILER-DAEMON@mx1.example (Mail System)", [("Mail System", "MAILER-DAEMON@mx1.example")]),
        ("undisclosed-recipients:;", []),
        ("Team: a@x.example, b@x.example;", [("", "a@x.example"), ("", "b@x.example")]),
        (
            "a@x.example, <b@x.example>; C D <c@x.example>",
            [("", "a@x.example"), ("", "b@x.example"), ("C D", "c@x.example")],
        ),
        ("=?utf-8?q?Bob_=3Cbob=40x=2Eexample=3E?=", [("Bob", "bob@x.example")]),
        ("张三 [mailto:z@x.example]", [("张三", "z@x.example")]),
        ('"张三"<z@x.example>;', [("张三", "z@x.example")]),
        ("Only A Name", [("Only A Name", "")]),
    ],
)
def test_addresses_are_read(value: str, found: list[tuple[str, str]]) -> None:
    assert mailboxes(value) == tuple(Mailbox(name=n, address=a) for n, a in found)


def test_own_addresses_fold_case_and_tags_but_not_sub_domains() -> None:
    own = OwnAddresses(domains=frozenset({"us.example"}), addresses=frozenset({"boss@mail.example"}))
    assert own.includes("Li@US.example")
    assert own.includes("BOSS+x@mail.example")
    assert not own.includes("li@sub.us.example")
    assert not own.includes("other@mail.example")
    assert not own.includes("")


def test_a_torn_header_block_is_read_to_its_end() -> None:
    fields, at = headers.block(b"From x\r\nSubject: a\r\n b\r\ntorn line\r\nTo: c\r\n\r\nbody", most=100)
    assert fields.text("subject") == "a b"
    assert fields.text("to") == "c"
    assert at == len(b"From x\r\nSubject: a\r\n b\r\ntorn line\r\nTo: c\r\n\r\n")


def test_dates_keep_their_zone_and_absurd_ones_are_none() -> None:
    found = headers.moment(b"Tue, 10 Mar 2026 21:14:05 +0800 (CST)")
    assert found is not None
    assert found.utcoffset() == timedelta(hours=8)
    assert found.astimezone(UTC) == datetime(2026, 3, 10, 13, 14, 5, tzinfo=UTC)
    for absurd in (
        b"",
        b"soon",
        b"Mon, 5 Jan 9999 10:00:00 +0800",
        b"Thu, 1 Jan 1970 00:00:00 +0000",
        b"1 Jan 2026 10:00 +999999",
    ):
        assert headers.moment(absurd) is None


def test_message_ids_are_kept_once_in_order() -> None:
    assert headers.message_ids(b"<a@x>,\r\n <b@x> junk <a@x>") == ("<a@x>", "<b@x>")


@pytest.mark.parametrize(
    ("body", "content"),
    [
        (b"aGVs\r\nbG8=\r\n", b"hello"),
        (b"aGVsbG8", b"hello"),
        (b"aGVsbG8=aGVsbG8=", b"hellohello"),
        (b"aG!Vs~bG8=\x00", b"hello"),
        (b"aGVsb", b"hel"),
    ],
)
def test_damaged_base64_gives_what_it_can(body: bytes, content: bytes) -> None:
    assert transfer.decoded(body, " BASE64 ") == content


def test_uuencoded_files_are_decoded() -> None:
    assert transfer.decoded(b"begin 644 a.txt\n%:&5L;&\\\n`\nend\n", "x-uuencode") == b"hello"


@given(st.binary(max_size=400))
def test_no_bytes_make_a_header_raise(raw: bytes) -> None:
    fields, at = headers.block(raw, most=50)
    assert 0 <= at <= len(raw)
    for name, value in fields.fields:
        assert fields.text(name).isprintable() or "\u3000" in fields.text(name) or fields.text(name)
        headers.parameters(value)
        headers.moment(value)
        mailboxes(headers.loose(value))
