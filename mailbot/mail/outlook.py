"""An Outlook message file (.msg, MS-OXMSG) as a mail with parts, so that everything that reads mails reads it too.

The home of olefile. What is damaged or is no message comes back as None, never as an error.
"""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import quote

import olefile

from mailbot.mail import charset, headers, html, rtf
from mailbot.mail.headers import Headers
from mailbot.mail.mime import Part

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
TYPE = "application/vnd.ms-outlook"
_DEEPEST = 5  # messages inside messages
_MOST = 200  # attachments
_DAMAGE = (ArithmeticError, AttributeError, LookupError, MemoryError, OSError, RecursionError, TypeError, ValueError)

# MAPI properties, by their tag.
_SUBJECT, _HEADERS, _BODY, _RTF, _HTML, _MESSAGE_ID = 0x0037, 0x007D, 0x1000, 0x1009, 0x1013, 0x1035
_SENDER_NAMES, _SENDER_ADDRESSES = (0x0C1A, 0x0042), (0x5D01, 0x5D02, 0x0C1F, 0x0065)
_SENT, _DELIVERED, _CODEPAGES = 0x0039, 0x0E06, (0x3FDE, 0x3FFD)
_DATA, _LONG_NAME, _NAME, _FILE_TYPE, _CONTENT_ID = 0x3701, 0x3707, 0x3704, 0x370E, 0x3712
_TEXT, _UNICODE, _BINARY = 0x001E, 0x001F, 0x0102
_FIXED_PARTS = ("__properties_version1.0",)


def opened(raw: bytes) -> Part | None:
    """The message in a .msg file as a mail; None when it is none or cannot be read."""
    if not raw.startswith(MAGIC):
        return None
    try:
        with olefile.OleFileIO(io.BytesIO(raw)) as file:
            store = _Store(file=file, entries=tuple(tuple(e) for e in file.listdir(streams=True, storages=True)))
            return _message(store, (), 0) if store.has(_FIXED_PARTS) else None
    except (*_DAMAGE, struct.error):
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Store:
    """The compound file: its streams by path."""

    file: olefile.OleFileIO
    entries: tuple[tuple[str, ...], ...]

    def has(self, path: tuple[str, ...]) -> bool:
        return path in self.entries

    def below(self, path: tuple[str, ...], start: str) -> list[tuple[str, ...]]:
        """The storages right below `path` whose name begins so."""
        found = {e[: len(path) + 1] for e in self.entries if e[: len(path)] == path and len(e) > len(path)}
        return sorted(e for e in found if e[-1].startswith(start))

    def stream(self, path: tuple[str, ...]) -> bytes:
        return bytes(self.file.openstream(list(path)).read()) if self.has(path) else b""

    def value(self, path: tuple[str, ...], tag: int, kind: int) -> bytes:
        return self.stream((*path, f"__substg1.0_{tag:04X}{kind:04X}"))

    def text(self, path: tuple[str, ...], tag: int, codepage: str = "") -> str:
        wide = self.value(path, tag, _UNICODE)
        found = wide.decode("utf-16-le", "replace") if wide else charset.decode(self.value(path, tag, _TEXT), codepage)
        return found.split("\0")[0].strip() if tag != _BODY else found.replace("\0", "")

    def fixed(self, path: tuple[str, ...], tags: tuple[int, ...]) -> int:
        """The first of these numbers or times among the properties of fixed length; 0 when there is none."""
        raw = self.stream((*path, *_FIXED_PARTS))
        first = 32 if not path else 24
        found = {raw[at + 2 : at + 4]: raw[at + 8 : at + 16] for at in range(first, len(raw) - 15, 16)}
        values = (int.from_bytes(found.get(tag.to_bytes(2, "little"), b""), "little") for tag in tags)
        return next((value for value in values if value), 0)


def _message(store: _Store, path: tuple[str, ...], depth: int) -> Part:
    number = store.fixed(path, _CODEPAGES) & 0xFFFF
    codepage = f"cp{number}" if number else ""
    bodies = _bodies(store, path, codepage)
    files = [_attachment(store, at, codepage, depth) for at in store.below(path, "__attach_version1.0_")[:_MOST]]
    text = bodies[0] if len(bodies) == 1 else _part("multipart/alternative", children=bodies)
    return _part("multipart/mixed", fields=_header(store, path, codepage), children=(text, *files))


def _bodies(store: _Store, path: tuple[str, ...], codepage: str) -> tuple[Part, ...]:
    plain = store.text(path, _BODY, codepage)
    page = store.value(path, _HTML, _BINARY) or store.text(path, _HTML, codepage).encode()
    found = [_part("text/plain", body=plain.encode("utf-8", "replace"), charset="utf-8")] if plain.strip() else []
    if page:
        found.append(_part("text/html", body=page, charset=html.declared_charset(page) or codepage))
    if not found:
        rich = rtf.packed_to_text(store.value(path, _RTF, _BINARY))
        found.append(_part("text/plain", body=rich.encode("utf-8", "replace"), charset="utf-8"))
    return tuple(found)


def _header(store: _Store, path: tuple[str, ...], codepage: str) -> tuple[tuple[str, str], ...]:
    """The header as sent, where Outlook kept it; else made of what it knows."""
    sent, _ = headers.block(store.text(path, _HEADERS, codepage).encode("utf-8", "replace") + b"\n\n", most=500)
    names = [store.text(path, tag, codepage) for tag in _SENDER_NAMES]
    addresses = [store.text(path, tag, codepage) for tag in _SENDER_ADDRESSES]
    address = next((a for a in addresses if "@" in a), "")
    name = next((n for n in names if n and n != address), "").replace('"', "'")
    made = {
        "from": f'"{name}" <{address}>' if address else f'"{name}"',
        "subject": store.text(path, _SUBJECT, codepage),
        "date": _moment(store.fixed(path, (_SENT, _DELIVERED))),
        "message-id": store.text(path, _MESSAGE_ID, codepage),
    }
    kept = {
        key: value.decode("utf-8", "replace")
        for key, value in reversed(sent.fields)
        if key in ("from", "to", "cc", "date")
    }
    return tuple({**made, **kept}.items())


def _moment(filetime: int) -> str:
    """A FILETIME (tenths of microseconds since 1601, UTC) as a Date field; empty when it is absurd."""
    try:
        return (
            format_datetime(datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=filetime // 10))
            if filetime
            else ""
        )
    except OverflowError:
        return ""


def _attachment(store: _Store, path: tuple[str, ...], codepage: str, depth: int) -> Part:
    inner = (*path, f"__substg1.0_{_DATA:04X}000D")
    if store.has(inner) and depth < _DEEPEST:
        message = _message(store, inner, depth + 1)
        return _part("message/rfc822", body=_written(message), children=(message,))
    name = store.text(path, _LONG_NAME, codepage) or store.text(path, _NAME, codepage)
    fields = [("content-disposition", f"attachment; filename*=utf-8''{quote(name, safe='')}")]
    if content_id := store.text(path, _CONTENT_ID, codepage):
        fields.append(("content-id", content_id))
    kind = store.text(path, _FILE_TYPE, codepage).lower()
    kind = kind if kind.count("/") == 1 else "application/octet-stream"
    return _part(kind, fields=tuple(fields), body=store.value(path, _DATA, _BINARY))


def _written(message: Part) -> bytes:
    """A message that was attached as an object has no bytes of its own; it is written out as plain text."""
    fields = [name.encode().title() + b": " + value for name, value in message.headers.fields]
    text = next((p.content for p in message.walk() if p.content_type == "text/plain"), b"")
    return b"\r\n".join((*fields, b"Content-Type: text/plain; charset=utf-8", b"", text))


def _part(
    kind: str,
    *,
    fields: tuple[tuple[str, str], ...] = (),
    body: bytes = b"",
    charset: str = "",
    children: tuple[Part, ...] = (),
) -> Part:
    known = Headers(fields=tuple((name, headers.one_line(value).encode("utf-8", "replace")) for name, value in fields))
    parameters = {"charset": charset} if charset else {}
    return Part(headers=known, content_type=kind, parameters=parameters, body=body, children=children)
