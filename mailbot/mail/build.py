"""The bytes of an outgoing letter, the same for the same arguments, down to the boundaries.

Headers are written here by hand and not by `email`: foreign text (names, subjects, ids) has made CPython emit headers
and recipients of its own (CVE-2024-6923, gh-80222). Bodies are base64 or quoted-printable, so that no line begins,
ends or is long in a way a server on the road could mistake.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from email.utils import format_datetime
from typing import Literal
from urllib.parse import quote

from mailbot.core.addresses import plain_address
from mailbot.core.model import EMPTY, Attachment, Mailbox
from mailbot.errors import Permanent

_LINE = 76
_ID = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]{1,248}>")
_PLAIN = re.compile(r"[A-Za-z0-9]+(?:[ -][A-Za-z0-9]+)*")
_OWN_HEADER = re.compile(r"X-[A-Za-z0-9-]{1,60}")
_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,60}/[a-z0-9][a-z0-9.+-]{0,100}")
_LINE_ENDS = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters but the tabulator, and halves of surrogate pairs."""
_ASCII = bytes(range(127))
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp", "Zs"})
_REFERENCES = 20

Header = tuple[str, str]


def build_letter(
    *,
    sender: Mailbox,
    recipient: str,
    subject: str,
    text: str,
    message_id: str,
    date: datetime,
    html: str = "",
    recipient_name: str = "",
    reply_to: str = "",
    in_reply_to: str = "",
    references: Sequence[str] = (),
    attachments: Iterable[Attachment] = (),
    automatic: Literal["auto-replied", "auto-generated"] = "auto-generated",
    headers: Mapping[str, str] = EMPTY,
) -> bytes:
    """Return a whole letter, every line ending in CR LF and all of it ASCII.

    `date` is aware. `in_reply_to` and `references` are strangers' text: what is no Message-ID is left out. `headers`
    are our own, `X-…` only. Raises Permanent when an address cannot be used, ValueError when `date`, `message_id` or a
    header's name is not what it must be.
    """
    if date.tzinfo is None or not _ID.fullmatch(message_id):
        raise ValueError(f"a letter needs an aware date and a Message-ID, not {date!r} and {message_id!r}")
    top = [
        ("Date", format_datetime(date)),
        ("From", _mailbox(sender)),
        ("To", _mailbox(Mailbox(name=recipient_name, address=recipient))),
        *([("Reply-To", _mailbox(Mailbox(address=reply_to)))] if reply_to else []),
        ("Subject", _unstructured(clean(subject, 200), 66)),
        ("Message-ID", message_id),
        *_thread(in_reply_to, references),
        ("Auto-Submitted", automatic),
        ("X-Auto-Response-Suppress", "All"),
        *_own(headers),
        ("MIME-Version", "1.0"),
    ]
    return _headers(top) + _body(text, html, tuple(attachments), message_id)


def clean(text: str, limit: int) -> str:
    """Return foreign text fit for a header: one line, nothing invisible, no encoded words, `limit` characters."""
    visible = "".join(" " if unicodedata.category(char) in _INVISIBLE else char for char in text)
    line = " ".join(visible.split()).replace("=?", "= ?")
    return line if len(line) <= limit else line[: limit - 1] + "…"


def _body(text: str, html: str, attachments: Sequence[Attachment], seed: str) -> bytes:
    body = _text("plain", text)
    if html:
        body = _multipart("alternative", [body, _text("html", html)], seed)
    if attachments:
        body = _multipart("mixed", [body, *map(_attachment, attachments)], seed)
    return body


def _text(subtype: str, text: str) -> bytes:
    lines = [_printable(line) for line in _LINE_ENDS.split(text.rstrip())]
    content = ("\r\n".join(lines) + "\r\n").encode()
    kind = ("Content-Type", f"text/{subtype}; charset=utf-8")
    if len(content.translate(None, _ASCII)) * 6 > len(content):
        return _headers([kind, ("Content-Transfer-Encoding", "base64")]) + b"\r\n" + _base64(content)
    quoted = binascii.b2a_qp(content, istext=True)
    return _headers([kind, ("Content-Transfer-Encoding", "quoted-printable")]) + b"\r\n" + quoted


def _multipart(subtype: str, parts: Sequence[bytes], seed: str) -> bytes:
    # "=_" occurs neither in base64 nor in quoted-printable.
    boundary = "=_" + hashlib.sha256(f"{subtype} {seed}".encode()).hexdigest()[:32]
    head = _headers([("Content-Type", f'multipart/{subtype};\r\n boundary="{boundary}"')])
    mark = b"--" + boundary.encode()
    return head + b"".join(b"\r\n" + mark + b"\r\n" + part for part in parts) + b"\r\n" + mark + b"--\r\n"


def _attachment(attachment: Attachment) -> bytes:
    kind = attachment.content_type.lower()
    if not _TYPE.fullmatch(kind) or kind.startswith(("multipart/", "message/")):
        kind = "application/octet-stream"
    name = clean(attachment.filename, 100) or "attachment"
    head = [
        ("Content-Type", f'{kind};\r\n name="{_old_name(name)}"'),
        ("Content-Disposition", "attachment" + "".join(f";\r\n {part}" for part in _filename(name))),
        ("Content-Transfer-Encoding", "base64"),
    ]
    return _headers(head) + b"\r\n" + _base64(attachment.content)


def _filename(name: str) -> list[str]:
    """Write a file name by RFC 2231, in pieces that keep lines short and escapes whole."""
    pieces = re.findall(r"(?:%..|[^%]){1,18}", quote(name, safe=""))
    pieces[0] = "utf-8''" + pieces[0]
    if len(pieces) == 1:
        return [f"filename*={pieces[0]}"]
    return [f"filename*{number}*={piece}" for number, piece in enumerate(pieces)]


def _old_name(name: str) -> str:
    """Write a file name as older mail programs expect it: as encoded words, against the rules."""
    return name if re.fullmatch(r"[A-Za-z0-9 ._()-]+", name) else "\r\n ".join(_encoded(name))


def _mailbox(mailbox: Mailbox) -> str:
    address = plain_address(mailbox.address)
    if not address:
        remedy = "correct the address, or answer this customer by hand"
        raise Permanent("letter", f"{mailbox.address!r} is not an address mail can be sent to", remedy)
    name = clean(mailbox.name, 100)
    return f"{_words(name)}\r\n <{address}>" if name else address


def _words(text: str) -> str:
    """Write a display name: bare when it is letters, digits and blanks, else as encoded words; never quoted."""
    return text if len(text) <= 60 and _PLAIN.fullmatch(text) else "\r\n ".join(_encoded(text))


def _unstructured(text: str, limit: int) -> str:
    """Write a subject: as it is when ASCII and short, else as encoded words."""
    return text if text.isascii() and len(text) <= limit else "\r\n ".join(_encoded(text))


def _encoded(text: str) -> Iterable[str]:
    piece = b""
    for char in text:
        more = char.encode("utf-8", "replace")
        if len(piece) + len(more) > 42:
            yield f"=?utf-8?B?{base64.b64encode(piece).decode()}?="
            piece = b""
        piece += more
    yield f"=?utf-8?B?{base64.b64encode(piece).decode()}?="


def _thread(in_reply_to: str, references: Sequence[str]) -> list[Header]:
    parent = in_reply_to if _ID.fullmatch(in_reply_to) else ""
    ids = [one for one in dict.fromkeys(references) if _ID.fullmatch(one) and one != parent]
    chain = [*ids[:1], *ids[1:][-_REFERENCES:], *([parent] if parent else [])]
    found = [("In-Reply-To", parent), ("References", "\r\n ".join(chain))]
    return [(name, value) for name, value in found if value]


def _own(headers: Mapping[str, str]) -> list[Header]:
    for name in headers:
        if not _OWN_HEADER.fullmatch(name):
            raise ValueError(f"{name!r} cannot be added: only headers beginning with X- can")
    return [(name, _unstructured(clean(value, 500), 500)) for name, value in sorted(headers.items())]


def _headers(lines: Iterable[Header]) -> bytes:
    return b"".join(f"{name}: {value}\r\n".encode("ascii") for name, value in lines)


def _base64(content: bytes) -> bytes:
    coded = base64.b64encode(content)
    return b"".join(coded[start : start + _LINE] + b"\r\n" for start in range(0, len(coded), _LINE))


def _printable(line: str) -> str:
    return _UNPRINTABLE.sub("", line).rstrip()
