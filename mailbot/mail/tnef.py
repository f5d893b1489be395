"""What Outlook hides in a winmail.dat: files, and sometimes the whole text.

An own bounded reader of MS-OXTNEF: the known library believes the counts a file claims and can be kept busy for hours
by one wrong byte. Here every step is bounded by the bytes that are there.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from mailbot.mail import charset, html, rtf

_SIGNATURE = b"\x78\x9f\x3e\x22"
_EMBEDDED = bytes.fromhex("0703020000000000c000000000000046")  # the id of a message object inside an attachment
_DEEPEST = 4
_PROPERTIES = 20_000

# Attributes of the stream, by their number.
_BODY, _DATA, _TITLE, _NEW_FILE, _MESSAGE_PROPERTIES, _FILE_PROPERTIES, _CODEPAGE = (
    0x800C,
    0x800F,
    0x8010,
    0x9002,
    0x9003,
    0x9005,
    0x9007,
)
# MAPI properties, by their tag.
_P_BODY, _P_RTF, _P_HTML, _P_NAME, _P_DATA, _P_LONG_NAME = 0x1000, 0x1009, 0x1013, 0x3704, 0x3701, 0x3707
_UNICODE, _VARIABLE = 0x1F, frozenset({0x00, 0x0D, 0x1E, 0x1F, 0x102})
_FIXED = {0x02: 4, 0x03: 4, 0x04: 4, 0x0A: 4, 0x0B: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x14: 8, 0x40: 8, 0x48: 16}


@dataclass(frozen=True, slots=True, kw_only=True)
class Winmail:
    """The files inside, as (name, bytes), and the text; either may be empty."""

    files: tuple[tuple[str, bytes], ...] = ()
    text: str = ""


@dataclass(slots=True)
class _File:
    name: str = ""
    data: bytes = b""


@dataclass(slots=True)
class _Inside:
    """What has been read so far."""

    codepage: str = ""
    files: list[_File] = field(default_factory=list)
    texts: dict[int, str] = field(default_factory=dict)


def opened(raw: bytes, hint: str = "", *, depth: int = 0) -> Winmail | None:
    """Open a winmail.dat; `hint` is a charset label of the mail. None when it is none or holds nothing readable."""
    if raw[:4] != _SIGNATURE or depth > _DEEPEST:
        return None
    inside = _Inside(codepage=hint)
    for name, data in _attributes(raw):
        _take(inside, name, data)
    files = tuple(pair for file in inside.files if file.data for pair in _unpacked(file, inside.codepage, depth))
    text = next((inside.texts[kind] for kind in (_P_BODY, _P_HTML, _P_RTF) if inside.texts.get(kind)), "")
    return Winmail(files=files, text=text) if files or text else None


def _take(inside: _Inside, name: int, data: bytes) -> None:
    if name == _CODEPAGE and len(data) >= 4:
        inside.codepage = f"cp{_number(data, 0)}"
    elif name == _BODY:
        inside.texts.setdefault(_P_BODY, _string(data, 0, inside.codepage))
    elif name == _MESSAGE_PROPERTIES:
        for tag, kind, value in _properties(data):
            if tag in (_P_BODY, _P_HTML, _P_RTF):
                inside.texts[tag] = _text(tag, kind, value, inside.codepage)
    elif name == _NEW_FILE:
        inside.files.append(_File())
    elif name in (_DATA, _TITLE, _FILE_PROPERTIES) and inside.files:
        _add(inside.files[-1], name, data, inside.codepage)


def _add(file: _File, name: int, data: bytes, codepage: str) -> None:
    if name == _DATA:
        file.data = data
    elif name == _TITLE:
        file.name = file.name or _string(data, 0, codepage)
    else:
        for tag, kind, value in _properties(data):
            if tag == _P_LONG_NAME or (tag == _P_NAME and not file.name):
                file.name = _string(value, kind, codepage)
            elif tag == _P_DATA:
                file.data = value


def _unpacked(file: _File, hint: str, depth: int) -> Iterator[tuple[str, bytes]]:
    """The file itself, or the files of a message that was attached as an object."""
    if file.data[:16] != _EMBEDDED:
        yield file.name, file.data
        return
    message = opened(file.data[16:], hint, depth=depth + 1)
    if message is None:
        yield file.name, file.data
        return
    if message.text:
        yield f"{file.name or 'message'}.txt", message.text.encode()
    yield from message.files


def _attributes(raw: bytes) -> Iterator[tuple[int, bytes]]:
    at = 6
    while at + 9 <= len(raw):
        name, length = struct.unpack_from("<H", raw, at + 1)[0], _number(raw, at + 5)
        yield name, raw[at + 9 : at + 9 + length]
        at += 9 + length + 2


def _properties(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Each MAPI property as (tag, type, first value); the counts in the file are not believed."""
    at = 4
    for _ in range(_PROPERTIES):
        if at + 4 > len(data):
            return
        kind, tag = struct.unpack_from("<HH", data, at)
        at = _named(data, at + 4) if tag >= 0x8000 else at + 4
        several, kind = kind & 0x1000, kind & 0x0FFF
        counted = bool(several) or kind in _VARIABLE
        count = min(_number(data, at), len(data) // 4) if counted else 1
        at += 4 * counted
        if kind not in _VARIABLE and kind not in _FIXED:
            return
        first = b""
        for index in range(count):
            if at >= len(data):
                break
            value, at = _value(data, at, kind)
            first = value if index == 0 else first
        yield tag, kind, first


def _named(data: bytes, at: int) -> int:
    """Pass over the name of a named property: a GUID, then a number or a text."""
    return at + 24 if _number(data, at + 16) == 0 else at + 24 + _padded(_number(data, at + 20))


def _value(data: bytes, at: int, kind: int) -> tuple[bytes, int]:
    if kind in _FIXED:
        return data[at : at + _FIXED[kind]], at + _FIXED[kind]
    length = _number(data, at)
    return data[at + 4 : at + 4 + length], at + 4 + _padded(length)


def _padded(length: int) -> int:
    return length + -length % 4


def _number(data: bytes, at: int) -> int:
    """The little-endian 32-bit number at `at`; beyond the end it reads as 0."""
    return int.from_bytes(data[at : at + 4], "little")


def _string(value: bytes, kind: int, codepage: str) -> str:
    return charset.decode(value, "utf-16-le" if kind == _UNICODE else codepage).rstrip("\0").strip()


def _text(tag: int, kind: int, value: bytes, codepage: str) -> str:
    if tag == _P_RTF:
        return rtf.packed_to_text(value)
    if tag == _P_HTML:
        return html.to_text(charset.decode(value, html.declared_charset(value) or codepage))
    return _string(value, kind, codepage)
