# ruff: noqa: E501 - mails and pages are quoted one to a line
"""Logos are labelled, photos never."""

from __future__ import annotations

import base64
import struct

import pytest

from mailbot.mail.read import OwnAddresses, read_mail

OWN = OwnAddresses(domains=frozenset({"us.example"}))


def a_png(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", width, height) + b"\x08\x02\0\0\0" + b"\0" * 40


def decorations(page: str, **pictures: bytes) -> dict[str, bool]:
    parts = f"--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{page}\r\n"
    for name, data in pictures.items():
        parts += (
            f"--b\r\nContent-Type: image/png; name={name}.png\r\nContent-ID: <{name}@x>\r\nContent-Disposition: inline\r\n"
            f"Content-Transfer-Encoding: base64\r\n\r\n{base64.b64encode(data).decode()}\r\n"
        )
    raw = f"From: Ann Lee <ann@x.example>\r\nContent-Type: multipart/related; boundary=b\r\n\r\n{parts}--b--\r\n"
    return {a.filename.removesuffix(".png"): a.inline_decoration for a in read_mail(raw.encode(), OWN)[0].attachments}


PAGE = '<p>The fan broke:</p><p><img src="cid:photo@x"></p><p>&nbsp;</p><p>Ann Lee</p><p>+44 20 7946 0123</p><p><img src="cid:logo@x"></p>'


def test_a_picture_in_the_text_is_evidence_and_one_in_the_signature_is_a_logo() -> None:
    assert decorations(PAGE, photo=a_png(300, 200), logo=a_png(120, 40)) == {"photo": False, "logo": True}


def test_a_large_picture_below_the_signature_is_evidence() -> None:
    assert decorations(PAGE, photo=a_png(300, 200), logo=a_png(1600, 1200)) == {"photo": False, "logo": False}


def test_an_icon_is_decoration_wherever_it_stands() -> None:
    assert decorations(PAGE, photo=a_png(16, 16), logo=a_png(120, 40))["photo"]


def test_an_inline_picture_that_the_text_does_not_show_is_evidence() -> None:
    assert decorations("<p>see below</p>", photo=a_png(40, 30)) == {"photo": False}


@pytest.mark.parametrize("size", [0, 1, 7, 23])
def test_a_broken_picture_is_still_a_file(size: int) -> None:
    assert decorations(PAGE, photo=a_png(9, 9)[:size], logo=b"")["photo"] is False
