"""The wrappings in which a text may come."""

from __future__ import annotations

import pytest

from mailbot.core.model import MailKind
from mailbot.mail import content, mime
from mailbot.mail.read import OwnAddresses, read_mail

SIGNED = (
    b"-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA256\r\n\r\nThe fan is broken.\r\n- --\r\nAnn\r\n"
    b"-----BEGIN PGP SIGNATURE-----\r\n\r\niQEz\r\n-----END PGP SIGNATURE-----\r\n"
)
INVITED = (
    "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:退货\\,讨\r\n 论\r\nDTSTART;TZID=Asia/Shanghai:20260310T090000\r\n"
)


def a_mail(kind: str, body: bytes) -> bytes:
    return f"From: ann@x.example\r\nContent-Type: {kind}\r\n\r\n".encode() + body


def text(kind: str, body: bytes) -> str:
    return content.read(mime.split(a_mail(kind, body))).text.strip()


@pytest.mark.parametrize(
    ("kind", "body", "said"),
    [
        ("text/plain", SIGNED, "The fan is broken.\n--\nAnn"),
        ("text/plain", SIGNED.partition(b"-----BEGIN PGP SIGNATURE")[0][:60], "-----BEGIN PGP SIGNED MESSAGE-----"),
        ("text/plain", b"<!DOCTYPE html><html><p>fan</p><p>broken</p></html>", "fan\nbroken"),
        ("text/plain", b"<html is a word here", "<html is a word here"),
        ("text/enriched", b"<bold>fan</bold> <<5 V", "fan <5 V"),
        ("text/rtf", b"{\\rtf1\\ansi fan\\par broken}", "fan\nbroken"),
        ("text/calendar; charset=utf-8; method=REQUEST", INVITED.encode(), "退货,讨论\n20260310T090000"),
    ],
)
def test_a_text_is_freed_of_its_wrapping(kind: str, body: bytes, said: str) -> None:
    assert text(kind, body).startswith(said)


def test_a_file_uuencoded_into_the_text_is_a_file() -> None:
    read = content.read(
        mime.split(a_mail("text/plain", b"see file\r\nbegin 644 photo.jpg\r\n#0V%T\r\n`\r\nend\r\nbye"))
    )
    assert read.text == "see file\n\nbye"
    assert [(f.attachment.filename, f.attachment.content) for f in read.files] == [("photo.jpg", b"Cat")]


@pytest.mark.parametrize(
    ("method", "words", "kind"),
    [("REPLY", "", "auto_reply"), ("REPLY", "no", "complaint"), ("REQUEST", "", "complaint")],
)
def test_an_invitation_answered_with_one_click_is_no_mail_of_a_person(method: str, words: str, kind: str) -> None:
    body = f"--b\r\n\r\n{words}\r\n--b\r\nContent-Type: text/calendar; method={method}\r\n\r\n{INVITED}\r\n--b--"
    mail = read_mail(a_mail("multipart/alternative; boundary=b", body.encode()), OwnAddresses(domains=frozenset()))[0]
    assert mail.kind is MailKind(kind)


@pytest.mark.parametrize("mark", ["-----BEGIN PGP SIGNED MESSAGE-----\n", "begin 644 a\n", "<", "{\\rtf1 ", "SUMMARY:"])
@pytest.mark.parametrize("kind", ["text/plain", "text/enriched", "text/rtf", "text/calendar"])
def test_marks_without_end_take_time_in_proportion(mark: str, kind: str) -> None:
    assert len(text(kind, (mark * (300_000 // len(mark))).encode())) <= 400_000
