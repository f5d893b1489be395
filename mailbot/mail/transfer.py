"""Content-transfer-encodings, decoded as far as the bytes allow.

The standard decoders give up on (or silently skip) what real mail contains: foreign characters, missing padding, two
padded chunks in a row. Nothing here raises; what cannot be decoded is left out.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Callable

_APPENDED = re.compile(rb"\n[ \t]*\r?\n(?=[^\n]*[^A-Za-z0-9+/=\s])")
_FOREIGN = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="))
_UU_BEGIN = re.compile(rb"^begin [0-7]{3,4} [^\r\n]*\r?\n", re.M)


def decoded(body: bytes, encoding: str) -> bytes:
    """Undo the transfer encoding named in a part's header; an unknown name leaves the bytes as they are."""
    return _DECODERS.get(encoding.strip().lower(), bytes)(body)


def from_base64(body: bytes) -> bytes:
    """Decode base64: foreign characters dropped, padding repaired, every padded chunk read.

    What a list server appended in plain text after a blank line is left out.
    """
    if (appended := _APPENDED.search(body)) and body[: appended.start()].strip():
        body = body[: appended.start()]
    clean = body.translate(None, _FOREIGN)
    if b"=" not in clean.rstrip(b"="):
        return _chunk(clean.rstrip(b"="))
    return b"".join(_chunk(chunk) for chunk in re.split(rb"=+", clean))


def from_quoted_printable(body: bytes) -> bytes:
    """Decode quoted-printable; broken escapes stay as written."""
    return binascii.a2b_qp(body)


def from_q(word: bytes) -> bytes:
    """Decode the Q form of an encoded word, where `_` is a blank."""
    return binascii.a2b_qp(word, header=True)


def from_uu(body: bytes) -> bytes:
    """Decode uuencode up to the line `end`; damaged lines are left out."""
    begin = _UU_BEGIN.search(body)
    lines = body[begin.end() if begin else 0 :].splitlines()
    found: list[bytes] = []
    for line in lines:
        if line.strip() == b"end":
            break
        found.append(_uu_line(line))
    return b"".join(found)


def _chunk(clean: bytes) -> bytes:
    if len(clean) % 4 == 1:
        clean = clean[:-1]
    return binascii.a2b_base64(clean + b"=" * (-len(clean) % 4))


def _uu_line(line: bytes) -> bytes:
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        return b""


_DECODERS: dict[str, Callable[[bytes], bytes]] = {
    "base64": from_base64,
    "b": from_base64,
    "quoted-printable": from_quoted_printable,
    "quoted_printable": from_quoted_printable,
    "x-uuencode": from_uu,
    "uuencode": from_uu,
    "x-uue": from_uu,
}
