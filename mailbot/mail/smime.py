"""What lies inside an S/MIME body (application/pkcs7-mime): the mail that was signed, or that there is only cipher.

Just enough BER (X.690) to find the content of a CMS structure (RFC 5652). Signatures are not verified: a mail proves
nothing to us, with or without one. Every step is bounded by the bytes that are there; nothing here raises.
"""

from __future__ import annotations

from collections.abc import Iterator

_SIGNED = bytes.fromhex("2a864886f70d010702")
_SEQUENCE, _OID, _OCTETS, _OCTETS_IN_PIECES, _TAGGED = 0x30, 0x06, 0x04, 0x24, 0xA0
_DEEPEST = 12


def signed(raw: bytes) -> bytes:
    """The signed mail inside; empty when the body is encrypted, only carries certificates, or is damaged."""
    outer = list(_inside(raw, _SEQUENCE))
    if len(outer) < 2 or outer[0] != (_OID, _SIGNED):
        return b""
    content = next((value for tag, value in _nodes(_first(outer[1][1], _SEQUENCE)) if tag == _SEQUENCE), b"")
    wrapped = next((value for tag, value in _nodes(content) if tag == _TAGGED), b"")
    return b"".join(_octets(wrapped, 0))


def _inside(raw: bytes, wanted: int) -> Iterator[tuple[int, bytes]]:
    return _nodes(_first(raw, wanted))


def _first(raw: bytes, wanted: int) -> bytes:
    return next((value for tag, value in _nodes(raw) if tag == wanted), b"")


def _octets(raw: bytes, depth: int) -> Iterator[bytes]:
    """The bytes of an octet string, which Outlook writes in pieces."""
    for tag, value in _nodes(raw):
        if tag == _OCTETS:
            yield value
        elif tag == _OCTETS_IN_PIECES and depth < _DEEPEST:
            yield from _octets(value, depth + 1)


def _nodes(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """Each (tag, value) in a row of BER nodes, up to the first damaged one."""
    at = 0
    while at + 2 <= len(raw):
        tag, start, length = _head(raw, at)
        if length is None:
            end = _end(raw, start)
            yield tag, raw[start:end]
            at = end + 2
        else:
            yield tag, raw[start : start + length]
            at = start + length


def _head(raw: bytes, at: int) -> tuple[int, int, int | None]:
    """Tag, place of the value, and its length; None for one that ends with a mark."""
    tag, length, start = raw[at], raw[at + 1], at + 2
    if length == 0x80:
        return tag, start, None
    if length & 0x80:
        size = length & 0x7F
        return tag, start + size, int.from_bytes(raw[start : start + size], "big")
    return tag, start, length


def _end(raw: bytes, at: int) -> int:
    """Where the mark of two zeros ends a value of indefinite length."""
    open_values = 1
    while at + 2 <= len(raw):
        if raw[at : at + 2] == b"\0\0":
            open_values -= 1
            if not open_values:
                return at
            at += 2
            continue
        _, start, length = _head(raw, at)
        open_values += length is None
        at = start + (length or 0)
    return len(raw)
