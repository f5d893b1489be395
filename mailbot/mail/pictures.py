"""Which pictures are decoration: logos and icons of a signature, not photos of the defect.

A photo must never be lost among logos, so only a small picture that the text shows outside what the writer says now,
or a tiny one anywhere, is labelled. Labelled pictures are kept like any other file.
"""

from __future__ import annotations

import re
import struct
from dataclasses import replace

from mailbot.core.model import Attachment
from mailbot.mail import html
from mailbot.mail.content import Content, File

_TINY = 400  # pixels in all, as shown or as stored: a bullet, a counter, an icon
_LOGO_BYTES = 150_000
_LOGO_SIDE = 600  # pixels
_IMAGE = re.compile(r"<img\b[^>]{0,2000}>", re.I)


def labelled(content: Content, new_text: str) -> tuple[Attachment, ...]:
    """The files of a mail with decorations labelled; `new_text` is what its writer says."""
    shown = _shown(content) if any(file.content_id for file in content.files) else {}
    if not shown:
        return tuple(file.attachment for file in content.files)
    said = _said(content.page, new_text)
    return tuple(_label(file, shown, said) for file in content.files)


def _label(file: File, shown: dict[str, str], said: frozenset[str]) -> Attachment:
    picture = file.attachment
    if file.content_id not in shown or not picture.content_type.startswith("image/"):
        return picture
    width, height = _measures(shown[file.content_id], picture.content)
    tiny = 0 < width * height <= _TINY
    small = picture.size <= _LOGO_BYTES and max(width, height) <= _LOGO_SIDE
    return replace(picture, inline_decoration=tiny or (small and file.content_id not in said))


def _shown(content: Content) -> dict[str, str]:
    """The `<img>` of each content-id the page shows."""
    found: dict[str, str] = {}
    for tag in _IMAGE.findall(content.page[: html.LONGEST]):
        if source := re.search(r"""\bsrc\s*=\s*["']?cid:([^"'\s>]+)""", tag, re.I):
            found.setdefault(source[1], tag)
    return found


def _said(page: str, new_text: str) -> frozenset[str]:
    """The content-ids that stand among the lines of the new text: above its last line or right below it."""
    lines = html.to_text(page).split("\n")
    wanted = {"".join(line.split()) for line in new_text.split("\n") if line.strip()}
    places = [at for at, line in enumerate(lines) if "".join(line.split()) in wanted]
    if not places:
        return frozenset()
    first, last = places[0], places[-1]
    while last + 1 < len(lines) and (lines[last + 1].startswith(html.PICTURE) or not lines[last + 1].strip()):
        last += 1
    return frozenset(line[1:] for line in lines[first : last + 1] if line.startswith(html.PICTURE))


def _measures(tag: str, data: bytes) -> tuple[int, int]:
    """Width and height in pixels, as shown if the page says so, else as stored; 0 when unknown."""
    sides = [re.search(rf"""\b{side}\s*=\s*["']?(\d{{1,5}})""", tag, re.I) for side in ("width", "height")]
    if sides[0] and sides[1]:
        return int(sides[0][1]), int(sides[1][1])
    return _stored(data)


def _stored(data: bytes) -> tuple[int, int]:
    if data[:8] == b"\x89PNG\r\n\x1a\n" and len(data) >= 24:
        width, height = struct.unpack(">II", data[16:24])
        return int(width), int(height)
    if data[:4] == b"GIF8" and len(data) >= 10:
        width, height = struct.unpack("<HH", data[6:10])
        return int(width), int(height)
    return _jpeg(data) if data[:2] == b"\xff\xd8" else (0, 0)


def _jpeg(data: bytes) -> tuple[int, int]:
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:
        if data[at + 1] in (0xC0, 0xC1, 0xC2):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return int(width), int(height)
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return 0, 0
