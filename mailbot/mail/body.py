"""The text of one text part: decoded, and freed of the wrappings in which a text may come.

Format=flowed, HTML sent as plain text, RTF, text/enriched, the armour of a PGP signature, files uuencoded into it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailbot.mail import charset, html, rtf, transfer
from mailbot.mail.mime import Part

_RICH = ("text/rtf", "application/rtf")
TYPES = ("text/plain", "text/html", "text/enriched", "text/markdown", "text/x-amp-html", "text/watch-html", *_RICH)
_LIMIT = 2_000_000  # bytes of one text part that are decoded
_PAGE = re.compile(r"^\s*(?:<!doctype html|<html(?:\s+[\w:.-]+\s*=[^<>]{0,2000})?\s*>)", re.I)
_ENRICHED = re.compile(r"<(<)|</?[A-Za-z-]{1,40}>")
_CIPHER = "-----BEGIN PGP MESSAGE-----"
_SIGNED, _SIGNATURE = "-----BEGIN PGP SIGNED MESSAGE-----\n", "-----BEGIN PGP SIGNATURE-----"
_UU = re.compile(r"^begin [0-7]{3,4} ([^\n]{1,255})\n((?:[!-`][ -`]{1,84}\n)+)(?:`?[ ]*\n)?end[ ]*$", re.M)


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The text, the HTML it came in when it did, the files that were written into it, and whether it is cipher."""

    text: str
    page: str = ""
    files: tuple[tuple[str, bytes], ...] = ()
    encrypted: bool = False


def read(part: Part, hint: str, *, pages: bool = True) -> Body:
    """Read a part of one of TYPES; `hint` is a charset label for text that declares none.

    Without `pages` HTML is kept but not read: what it says is known already.
    """
    raw = _beginning(part.content)
    if part.content_type == "text/html":
        page = charset.decode(raw, part.charset or html.declared_charset(raw), hint)
        return _page(page) if pages else Body(text="", page=page)
    if part.content_type in _RICH:
        return Body(text=rtf.to_text(raw))
    text = charset.decode(raw, part.charset, hint).replace("\r\n", "\n").replace("\r", "\n")
    if _PAGE.match(text):
        return _page(text)
    if part.content_type == "text/enriched":
        text = _ENRICHED.sub(lambda tag: tag[1] or "", text)
    if part.parameters.get("format", "").lower() == "flowed":
        text = _unflowed(text, joined=part.parameters.get("delsp", "").lower() == "yes")
    return _unwrapped(text)


def _page(page: str) -> Body:
    return Body(text=html.to_text(page), page=page)


def _unwrapped(text: str) -> Body:
    if _SIGNED in text:
        text = _unarmoured(text)
    files: tuple[tuple[str, bytes], ...] = ()
    if "\nend" in text and (found := list(_UU.finditer(text))):
        files = tuple((f[1].strip(), transfer.from_uu(f[2].encode("ascii", "replace"))) for f in found)
        text = _UU.sub("", text)
    return Body(text=text, files=files, encrypted=_CIPHER in text)


def _unarmoured(text: str) -> str:
    """The text inside a PGP clear signature (RFC 9580, 7): its header lines and the dashes before dashes undone."""
    before, _, rest = text.partition(_SIGNED)
    said, mark, after = rest.partition(_SIGNATURE)
    said = re.sub(r"^- ", "", said.partition("\n\n")[2], flags=re.M)
    return f"{before}{said}{after.partition('-----END PGP SIGNATURE-----')[2]}" if mark else text


def _beginning(raw: bytes) -> bytes:
    """The first lines of an endless text; whole lines, so that no character is torn."""
    return raw if len(raw) <= _LIMIT else raw[: raw.rfind(b"\n", 0, _LIMIT) + 1 or _LIMIT]


def _unflowed(text: str, *, joined: bool) -> str:
    """Join the lines of format=flowed (RFC 3676): a line ending in a blank goes on in the next of its depth."""
    lines: list[str] = []
    open_depth = -1
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        content = line[depth:].removeprefix(" ")
        if depth == open_depth and lines:
            lines[-1] += content
        else:
            lines.append(">" * depth + (" " if depth else "") + content)
        flows = content.endswith(" ") and content != "-- "
        open_depth = depth if flows else -1
        if flows and joined:
            lines[-1] = lines[-1][:-1]
    return "\n".join(lines)
