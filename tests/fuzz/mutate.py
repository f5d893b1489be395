# ruff: noqa: E501 - many pieces to a line
"""Mails gone wrong: a mail of the corpus after a few seeded injuries, of the kinds transport and malice inflict."""

from __future__ import annotations

import base64
import random
import re
from collections.abc import Callable, Sequence

MOST = 400_000
"""Bytes a mutated mail may have; larger ones are read by a child process anyway."""

_PIECES = tuple(
    piece.encode("utf-8", "surrogateescape")
    for piece in (
        "\r\n", "\n", "\r", "\r\n\r\n", "\0", "\x1b$B", "\t", " ", "\u200b", "\ufffc", "\x80", "\xff",
        "=?utf-8?B?", "=?gb2312?Q?=", "?=", "=?x?x?", "--", "----", "> ", ">>>> ", "|", "\"", "<", ">", "(", ",", ";",
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n", "Content-Type: text/html\r\n", "--b\r\n", "--b--\r\n",
        "Content-Type: message/rfc822\r\n\r\n", "Content-Type: application/ms-tnef\r\n", "Content-Transfer-Encoding: base64\r\n",
        "Content-Type: application/pkcs7-mime\r\n", "Content-Type: text/calendar; method=REPLY\r\n", "charset=utf-16",
        "Content-Disposition: attachment; filename*0*=gbk''%E6; filename=", "From: \"a\" <b@huaxin-mfg.example>\r\n",
        "Auto-Submitted: auto-replied\r\n", "format=flowed; delsp=yes", "<table><tr><td>", "</td>", "<blockquote type=cite>",
        "<div style=display:none>", "<!--", "<pre>", "&#x1F600;", "<img src=cid:a>", "发件人: ", "发送时间: 2026年3月1日\n", "主题: ",
        "在 2026年3月1日，", "写道：\n", "On Mon, Mar 2, 2026, a <a@b.example> wrote:\n", "-----原始邮件-----\n", "-- \n", "此致\n敬礼\n",
        "begin 644 a\n", "-----BEGIN PGP SIGNED MESSAGE-----\n", "{\\rtf1 ", "型号：", "批号", "数量 12/3000", "¥1.2万元", "昨天",
        "CP-2026-000123", "没有起火", "请退货", "1" * 40, "a@b.c ", "上周三", "\U0001f4a5", "第", "\udcff",
    )
)  # fmt: skip


def mutated(mails: Sequence[bytes], chance: random.Random) -> bytes:
    """One mail of `mails` after one to eight injuries; the same for the same state of `chance`."""
    raw = chance.choice(mails)
    for _ in range(chance.choice((1, 1, 2, 3, 5, 8))):
        raw = chance.choice(_INJURIES)(raw, mails, chance)[:MOST]
    return raw


def _place(raw: bytes, chance: random.Random) -> int:
    """Somewhere in the mail; often in the first header or at the beginning of a line."""
    if chance.random() < 0.3:
        return chance.randrange(min(len(raw), 2_000) + 1)
    at = chance.randrange(len(raw) + 1)
    return raw.rfind(b"\n", 0, at) + 1 if chance.random() < 0.5 else at


def _flip(raw: bytes, mails: Sequence[bytes], chance: random.Random) -> bytes:
    wounded = bytearray(raw)
    for _ in range(chance.choice((1, 3, 20)) if wounded else 0):
        wounded[chance.randrange(len(wounded))] = chance.randrange(256)
    return bytes(wounded)


def _insert(raw: bytes, mails: Sequence[bytes], chance: random.Random) -> bytes:
    at = _place(raw, chance)
    return raw[:at] + chance.choice(_PIECES) + raw[at:]


def _repeat(raw: bytes, mails: Sequence[bytes], chance: random.Random) -> bytes:
    """A piece, or a stretch of the mail itself, very many times."""
    at = _place(raw, chance)
    piece = chance.choice(_PIECES) if chance.random() < 0.7 else raw[at : at + chance.randrange(1, 200)]
    return raw[:at] + piece * chance.choice((3, 30, 1_000, 20_000)) + raw[at:]


def _cut(raw: bytes, mails: Sequence[bytes], chance: random.Random) -> bytes:
    at = _place(raw, chance)
    return raw[:at] if chance.random() < 0.3 else raw[:at] + raw[at + chance.randrange(1, 500) :]


def _splice(raw: bytes, mails: Sequence[bytes], chance: random.Random) -> bytes:
    other = chance.choice(mails)
    return raw[: _place(raw, chance)] + other[_place(other, chance) :]


def _relabel(raw: bytes, mails: Sequence[bytes], chance: random.Random) -> bytes:
    label = chance.choice(
        (b"utf-8", b"gbk", b"big5", b"utf-7", b"utf-16", b"hz-gb-2312", b"iso-2022-jp", b"x", b"us-ascii")
    )
    return re.sub(rb'charset="?[\w-]+"?', b"charset=" + label, raw)


def _swap_lines(raw: bytes, mails: Sequence[bytes], chance: random.Random) -> bytes:
    lines = raw.split(b"\n")
    for _ in range(chance.choice((1, 5, 50))):
        a, b = chance.randrange(len(lines)), chance.randrange(len(lines))
        lines[a], lines[b] = lines[b], lines[a]
    return b"\n".join(lines)


def _attach(raw: bytes, mails: Sequence[bytes], chance: random.Random) -> bytes:
    """The mail as an attachment of a colleague's, as Outlook's file says or as a mail."""
    kind = chance.choice((b"message/rfc822", b"application/octet-stream; name=a.msg", b"application/ms-tnef"))
    head = b"From: x@huaxin-mfg.example\r\nSubject: Fw: x\r\nContent-Type: multipart/mixed; boundary=bb\r\n\r\n--bb\r\n"
    encoded = chance.random() < 0.3
    encoding = b"Content-Transfer-Encoding: base64\r\n" if encoded else b""
    body = base64.encodebytes(raw) if encoded else raw
    return head + b"Content-Type: " + kind + b"\r\n" + encoding + b"\r\n" + body + b"\r\n--bb--\r\n"


Injury = Callable[[bytes, Sequence[bytes], random.Random], bytes]
_INJURIES: tuple[Injury, ...] = (
    _flip,
    _insert,
    _insert,
    _insert,
    _repeat,
    _cut,
    _splice,
    _relabel,
    _swap_lines,
    _attach,
)
