# ruff: noqa: E501 - mails and pages are quoted one to a line
"""Mails split into their parts, also the ones that break the rules."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.gaps import TEXTS, in_words
from mailbot.core.model import Gap, Language
from mailbot.mail import content, mime
from mailbot.mail.mime import TooMuch

SOURCES = Path(__file__).parents[2] / "mailbot"


def a_multipart(*parts: str, kind: str = "mixed", boundary: str = "b1", head: str = "", closed: bool = True) -> bytes:
    body = "".join(f"--{boundary}\r\n{part}\r\n" for part in parts) + (f"--{boundary}--\r\n" if closed else "")
    return f'{head}Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n{body}'.encode()


TEXT = "Content-Type: text/plain\r\n\r\nhello"
FILE = "Content-Type: image/png; name=a.png\r\nContent-Disposition: attachment\r\nContent-Transfer-Encoding: base64\r\n\r\naGk="


def kinds(raw: bytes) -> list[str]:
    return [part.content_type for part in mime.split(raw).walk()]


def test_parts_come_in_their_order() -> None:
    assert kinds(a_multipart(TEXT, FILE)) == ["multipart/mixed", "text/plain", "image/png"]


def test_an_unclosed_multipart_keeps_its_last_part() -> None:
    assert [f.attachment.content for f in content.read(mime.split(a_multipart(TEXT, FILE, closed=False))).files] == [
        b"hi"
    ]


def test_a_child_that_forgot_its_end_does_not_swallow_its_neighbour() -> None:
    child = a_multipart(TEXT, kind="alternative", boundary="b1-inner", closed=False).decode()
    assert kinds(a_multipart(child, FILE)) == ["multipart/mixed", "multipart/alternative", "text/plain", "image/png"]


def test_a_wrong_boundary_is_guessed() -> None:
    raw = a_multipart(TEXT, FILE).replace(b'boundary="b1"', b'boundary="other"')
    assert kinds(raw) == ["multipart/mixed", "text/plain", "image/png"]


def test_a_folded_boundary_with_trailing_blanks_is_found() -> None:
    raw = b'Content-Type: multipart/mixed;\r\n\tboundary="b1 "\r\n\r\n--b1  \r\n\r\nhello\r\n--b1--  \r\n'
    assert kinds(raw) == ["multipart/mixed", "text/plain"]


def test_a_mail_encoded_as_a_whole_is_opened() -> None:
    raw = b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nU3ViamVjdDogaW4NCg0KYm9keQ=="
    assert mime.split(raw).children[0].headers.text("subject") == "in"


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        (b"Subject: " + b"x" * 300_000 + b"\r\n\r\n", "header: 292 KB"),
        (b"X-A: b\r\n" * 1_200 + b"\r\n", "header: > 1000"),
        (a_multipart(*[TEXT] * 1_100), "parts"),
        (b"Content-Type: message/rfc822\r\n\r\n" * 60, "nested"),
    ],
)
def test_a_mail_over_a_limit_is_refused_with_the_reason(raw: bytes, word: str) -> None:
    with pytest.raises(TooMuch, match=word):
        mime.split(raw)


def test_the_size_limit_is_an_argument() -> None:
    with pytest.raises(TooMuch, match="MB"):
        mime.split(b"x" * 2_000, limit=1_000)


def test_plain_text_is_chosen_among_alternatives_unless_it_is_a_stub() -> None:
    page = "Content-Type: text/html\r\n\r\n<p>page</p>"
    assert content.read(mime.split(a_multipart(TEXT, page, kind="alternative"))).text == "hello"
    stub = "Content-Type: text/plain\r\n\r\nThis message requires an HTML viewer."
    assert content.read(mime.split(a_multipart(stub, page, kind="alternative"))).text == "page"
    empty = "Content-Type: text/plain\r\n\r\n\r\n"
    assert content.read(mime.split(a_multipart(empty, page, kind="alternative"))).text == "page"


def test_every_leaf_is_text_or_a_file_and_hostile_names_are_harmless() -> None:
    named = [
        f'Content-Type: application/x; name="{n}"\r\n\r\nx'
        for n in ("../../etc/cron.d/evil", "a\u202egnp.exe", "", "a" * 999)
    ]
    files = content.read(mime.split(a_multipart(TEXT, *named))).files
    assert [f.attachment.filename for f in files] == ["../../etc/cron.d/evil", "agnp.exe", "attachment-1", "a" * 255]


def test_a_text_file_is_a_file_and_an_unnamed_text_is_text() -> None:
    log = 'Content-Type: text/plain; name="log.txt"\r\nContent-Disposition: attachment\r\n\r\nlog'
    read = content.read(mime.split(a_multipart(TEXT, log, TEXT)))
    assert read.text == "hello\nhello"
    assert [f.attachment.filename for f in read.files] == ["log.txt"]


def test_flowed_lines_are_joined() -> None:
    raw = b"Content-Type: text/plain; format=flowed\r\n\r\none \r\ntwo\r\n> a \r\n> b\r\n-- \r\nme"
    assert content.read(mime.split(raw)).text == "one two\n> a b\n-- \nme"


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        (a_multipart(TEXT, kind="encrypted"), "encrypted"),
        (b"Content-Type: application/pkcs7-mime; name=smime.p7m\r\n\r\nx", "encrypted"),
        (b"Content-Type: text/plain\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n", "encrypted"),
        (b"Content-Type: application/ms-tnef; name=winmail.dat\r\n\r\nx", "damaged"),
        (b"Content-Type: application/zip; name=a.zip\r\n\r\nPK\x03\x04\x14\x00\x01\x00\x08", "locked"),
        (b"Content-Type: application/vnd.ms-outlook; name=a.msg\r\n\r\nx", "damaged"),
    ],
)
def test_what_cannot_be_read_is_said_and_kept(raw: bytes, word: str) -> None:
    assert word in [gap.what for gap in content.read(mime.split(raw)).unread]


def test_every_gap_can_be_told_in_every_language() -> None:
    keys = set(
        re.findall(r'(?:Gap\(what=|TooMuch\()"(\w+)"', "".join(p.read_text("utf-8") for p in SOURCES.rglob("*.py")))
    )
    assert keys == TEXTS.keys()
    assert all(in_words([Gap(what=key, name="a")], language) for key in keys for language in Language)


@given(
    st.lists(
        st.sampled_from(
            [b"--b1", b"--b1--", b"\r\n", b"\n", b"Content-Type: multipart/mixed; boundary=b1", b"x", b" ", b"\r"]
        )
    )
)
def test_no_structure_raises(pieces: list[bytes]) -> None:
    content.read(mime.split(b"Content-Type: multipart/mixed; boundary=b1\n\n" + b"".join(pieces)))
