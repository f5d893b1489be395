"""Header fields, read from their bytes.

The email package's header access raises on what real senders write and loses undeclared 8-bit text for good; here a
field is unfolded bytes until it is asked for, and every reading has its own fallback. Nothing here raises.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from mailbot.mail import charset, transfer

LONGEST = 16_384  # bytes of one field that are decoded; the original mail is kept whole
_FIELD = re.compile(rb"^([!-9;-~]{1,200})[ \t]*:")
_FOLD = re.compile(rb"\r?\n(?=[ \t])|\r(?=[ \t])")
_WORD = re.compile(
    r"=\?([^?\s]{1,60})\?(?:([Bb])\?([^?]{0,4000})|([Qq])\?(.{0,2000}?))(?:\?=(?![0-9A-F]{2}(?<=\?==..))|$)", re.S
)
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_ID = re.compile(rb"<\s*([^<>\s]{1,900})\s*>")
_PARAMETER = re.compile(rb"""\s*([^\s=;"]+)\s*=\s*("(?:[^"\\]|\\.)*"?|[^;]*)""", re.S)
_STARRED = re.compile(r"^(.+?)(?:\*(\d{1,3}))?(\*)?$")
_ESCAPED = re.compile(rb"(?:%[89A-Fa-f][0-9A-Fa-f]){3}")  # a name some web mailers escape without saying so
_EXTENDED = re.compile(rb"^([A-Za-z0-9_.:-]*)'[^']*'", re.S)


@dataclass(frozen=True, slots=True, kw_only=True)
class Headers:
    """The fields of one header block in their order: lower-case name and unfolded value."""

    fields: tuple[tuple[str, bytes], ...] = ()

    def all(self, name: str) -> tuple[bytes, ...]:
        """Every value of a field."""
        return tuple(value for key, value in self.fields if key == name)

    def first(self, name: str) -> bytes:
        """The first value that is not blank; empty when there is none."""
        return next((value for key, value in self.fields if key == name and value.strip()), b"")

    def ascii(self, name: str) -> str:
        """A field that machines write, lower-cased; foreign bytes are dropped."""
        return self.first(name).decode("ascii", "ignore").strip().lower()

    def text(self, name: str, hint: str = "") -> str:
        """A field that people read; `hint` is a charset label for undeclared bytes."""
        return text(self.first(name), hint)

    def __contains__(self, name: str) -> bool:
        return any(key == name for key, _ in self.fields)


def block(raw: bytes, *, most: int) -> tuple[Headers, int]:
    """Read the header block at the start of `raw`; returns it and where the body begins. At most `most` fields."""
    fields: list[tuple[str, list[bytes]]] = []
    at = 0
    while at < len(raw) and len(fields) <= most:
        end = raw.find(b"\n", at) + 1 or len(raw)
        line = raw[at:end]
        if not line.strip(b"\r\n"):
            return _headers(fields), end
        if line[:1] in b" \t":
            if fields:
                fields[-1][1].append(line)
        elif field := _FIELD.match(line):
            fields.append((field[1].decode("ascii").lower(), [line[field.end() :]]))
        elif not _stray(line, raw, end):
            break
        at = end
    return _headers(fields), at


def _stray(line: bytes, raw: bytes, end: int) -> bool:
    """Whether a line that is no field only got lost among fields (an mbox `From `, a torn value)."""
    return line.startswith((b"From ", b">From ")) or bool(_FIELD.match(raw[end : end + 210]))


def _headers(fields: list[tuple[str, list[bytes]]]) -> Headers:
    return Headers(fields=tuple((name, _FOLD.sub(b"", b"".join(lines)).strip()) for name, lines in fields))


def loose(value: bytes, hint: str = "") -> str:
    """The value as text, its encoded words still encoded (they are ASCII): for splitting at commas and quotes."""
    return _loose(value[:LONGEST], hint)


@lru_cache(maxsize=256)
def _loose(value: bytes, hint: str) -> str:
    return charset.decode(value, "", hint)


def text(value: bytes, hint: str = "") -> str:
    """The value as people read it: encoded words decoded, on one line, without control characters."""
    return words(loose(value, hint))


def words(value: str) -> str:
    """Decode the encoded words of `value`, joining the bytes of neighbours: characters are cut between them."""
    if "=?" not in value:
        return one_line(value)
    found: list[str] = []
    pending, label, at = b"", "", 0
    for word in _WORD.finditer(value):
        gap = value[at : word.start()]
        if gap.strip() or word[1].lower() != label.lower():
            found.append(charset.decode(pending, label))
            pending = b""
            found.append(gap if gap.strip() or not at else "")
        pending += _word_bytes(word)
        label, at = word[1], word.end()
    return one_line("".join((*found, charset.decode(pending, label), value[at:])))


def _word_bytes(word: re.Match[str]) -> bytes:
    if word[2]:
        return transfer.from_base64(word[3].encode("utf-8", "replace"))
    return transfer.from_q(word[5].replace(" ", "_").encode("utf-8", "replace"))


def one_line(value: str) -> str:
    """Collapse blanks and controls to single blanks."""
    return " ".join((value if value.isprintable() else _CONTROLS.sub(" ", value)).split())


def message_ids(value: bytes) -> tuple[str, ...]:
    """The Message-IDs of a field, with their angle brackets, each once, in order."""
    return tuple(dict.fromkeys(f"<{found.decode('utf-8', 'replace')}>" for found in _ID.findall(value[:65_536])))


def moment(value: bytes) -> datetime | None:
    """The instant of a Date field in the sender's zone (UTC when it names none); None when it is none or absurd."""
    try:
        found = parsedate_to_datetime(value[:200].decode("ascii", "replace"))
        found = found if found.tzinfo else found.replace(tzinfo=UTC)
        return found if 1990 <= found.astimezone(UTC).year <= 2100 else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def parameters(value: bytes, hint: str = "") -> tuple[str, dict[str, str]]:
    """Split a field such as Content-Type into its lower-case main value and its decoded parameters (RFC 2231)."""
    main, _, rest = value[:4096].partition(b";")
    segments: dict[str, list[tuple[int, bool, bytes]]] = {}
    for key, given in _PARAMETER.findall(rest):
        if name := _STARRED.match(key.decode("ascii", "ignore").lower()):
            segments.setdefault(name[1], []).append((int(name[2] or 0), bool(name[3] or name[2]), _unquoted(given)))
    kind = main.decode("ascii", "ignore").strip().strip('"').lower()
    return kind, {name: _parameter(parts, hint) for name, parts in segments.items()}


def _unquoted(given: bytes) -> bytes:
    given = given.strip()
    if given[:1] != b'"':
        return given
    return re.sub(rb'\\(["\\])', rb"\1", given[1:-1] if given[-1:] == b'"' and len(given) > 1 else given[1:])


def _parameter(parts: list[tuple[int, bool, bytes]], hint: str) -> str:
    """Join the segments (number, starred, bytes) of one parameter; any starred form beats the plain one."""
    starred = any(part[1] for part in parts)
    ordered = sorted((p for p in parts if p[1] == starred), key=lambda p: p[0])
    raw = b"".join(unquote_to_bytes(p[2]) if starred else p[2] for p in ordered)
    extended = _EXTENDED.match(raw)
    if extended and (starred or charset.codec_of(extended[1].decode("ascii"))):
        rest = raw[extended.end() :]
        return one_line(charset.decode(rest if starred else unquote_to_bytes(rest), extended[1].decode("ascii"), hint))
    if not starred and _ESCAPED.search(raw) and (plain := unquote_to_bytes(raw)) and not plain.isascii():
        raw = plain
    return one_line(charset.decode(raw, "", hint)) if starred else text(raw, hint)
