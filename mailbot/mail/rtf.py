"""RTF to text, also the compressed RTF in which Outlook keeps a body (MS-OXRTFCP).

The home of striprtf. Bounded by the bytes that are there; what is damaged comes back empty, never as an error.
"""

from __future__ import annotations

from collections.abc import Iterator

from striprtf.striprtf import rtf_to_text

_LIMIT = 1_000_000  # bytes of RTF that are read


def to_text(rtf: bytes) -> str:
    """The text of an RTF document; empty when it is damaged."""
    try:
        return str(rtf_to_text(rtf[:_LIMIT].decode("latin-1"), errors="replace")).strip()  # type: ignore[no-untyped-call]  # it ships no types
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return ""


def packed_to_text(packed: bytes) -> str:
    """The text of a compressed RTF property; empty when it is none or damaged."""
    return to_text(_unpacked(packed))


_START = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor "
    b"MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
    b"\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)


def _unpacked(packed: bytes) -> bytes:
    """Undo the compression of MS-OXRTFCP: runs that refer back into a window of 4,096 bytes."""
    if packed[8:12] == b"MELA":
        return packed[16:][:_LIMIT]
    if packed[8:12] != b"LZFu":
        return b""
    window = bytearray(_START.ljust(4096, b"\0"))
    out, write = bytearray(), len(_START)
    for start, run in _tokens(packed):
        if start == write or len(out) > _LIMIT:
            break
        for step in range(len(run)):
            char = run[step] if start < 0 else window[(start + step) % 4096]
            window[write] = char
            out.append(char)
            write = (write + 1) % 4096
    return bytes(out)


def _tokens(packed: bytes) -> Iterator[tuple[int, bytes]]:
    """Each literal as (-1, byte), each reference as (place in the window, as many bytes as it is long)."""
    at = 16
    while at < len(packed):
        flags, at = packed[at], at + 1
        for bit in range(8):
            width = 2 if flags >> bit & 1 else 1
            token, at = packed[at : at + width], at + width
            if len(token) < width:
                return
            reference = int.from_bytes(token, "big")
            yield (-1, token) if width == 1 else (reference >> 4, bytes((reference & 15) + 2))
