"""What a mail shows: its text, its pictures in the text, its files.

Of alternatives the plain text is taken unless it is empty or only says that the mail needs HTML. A text part is body
unless it is declared a file; every other leaf is a file, and nothing is left out.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from mailbot.core.model import Attachment
from mailbot.mail import charset, headers, html, tnef
from mailbot.mail.mime import Part
from mailbot.mail.wording import HTML_ONLY

_TEXTS = ("text/plain", "text/html", "text/enriched", "text/markdown", "text/x-amp-html", "text/watch-html")
_REPORTS = (
    "message/delivery-status",
    "message/disposition-notification",
    "text/rfc822-headers",
    "message/feedback-report",
)
_SIGNATURES = ("application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature")
_SECRET = ("application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted")
_UNSAFE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_TEXT_LIMIT = 2_000_000  # bytes of one text part that are decoded
_PGP = "-----BEGIN PGP MESSAGE-----"
_ENDINGS = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "application/pdf": ".pdf",
    "text/plain": ".txt",
}
_ENDINGS |= {"text/html": ".html", "text/calendar": ".ics", "message/rfc822": ".eml", "application/zip": ".zip"}


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """An attachment and the content-id under which the text may show it."""

    attachment: Attachment
    content_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """The text chosen, its HTML form when there is one, files, attached mails, and what could not be read in words.

    `fallback` is a text found in a winmail.dat, for a mail that has no other.
    """

    text: str = ""
    page: str = ""
    fallback: str = ""
    files: tuple[File, ...] = ()
    mails: tuple[Part, ...] = ()
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """Reads the parts of one mail; `hint` is its first declared charset, for text that declares none."""

    hint: str = ""
    numbers: Iterator[int] = field(default_factory=lambda: iter(range(1, 10_000)))

    def read(self, part: Part) -> Content:
        kind = part.content_type
        if kind == "multipart/alternative":
            return self._alternative(part)
        if kind == "multipart/encrypted":
            return Content(files=self._leaves(part), unread=("the mail is encrypted",))
        if kind.startswith("multipart/") and part.children:
            return _together([self.read(child) for child in part.children])
        if kind.startswith("message/") and part.children:
            return Content(mails=part.children, files=(self._file(part),))
        return self._leaf(part)

    def _alternative(self, part: Part) -> Content:
        seen = [self.read(child) for child in part.children] or [self._leaf(part)]
        text = next((c.text for c in seen if c.text.strip() and not HTML_ONLY.search(c.text[:500])), seen[-1].text)
        return replace(_together(seen), text=text, page=next((c.page for c in seen if c.page), ""))

    def _leaf(self, part: Part) -> Content:
        kind = part.content_type
        if kind in _REPORTS:
            return Content()
        if self._is_text(part):
            return self._text(part)
        if kind in _SECRET:
            return Content(
                files=(self._file(part),), unread=("the mail is encrypted or signed in a form not read here",)
            )
        if kind in ("application/ms-tnef", "application/vnd.ms-tnef") or _filename(part).lower() == "winmail.dat":
            return self._winmail(part)
        file = self._file(part)
        return Content(files=(file,), unread=tuple(_locked(file.attachment)))

    def _is_text(self, part: Part) -> bool:
        if part.content_type.startswith("multipart/"):
            return True  # without a boundary: whatever it holds is shown
        disposition, _ = headers.parameters(part.headers.first("content-disposition"))
        named = bool(disposition and _filename(part))
        return part.content_type in _TEXTS and disposition != "attachment" and not named

    def _text(self, part: Part) -> Content:
        raw = _beginning(part.content)
        if part.content_type == "text/html":
            page = charset.decode(raw, part.charset or html.declared_charset(raw), self.hint)
            return Content(text=html.to_text(page), page=page)
        text = charset.decode(raw, part.charset, self.hint).replace("\r\n", "\n").replace("\r", "\n")
        if part.parameters.get("format", "").lower() == "flowed":
            text = _unflowed(text, joined=part.parameters.get("delsp", "").lower() == "yes")
        return Content(text=text, unread=("the mail is encrypted",) if _PGP in text else ())

    def _winmail(self, part: Part) -> Content:
        inside = tnef.opened(part.content, self.hint)
        if inside is None or not (inside.files or inside.text):
            return Content(files=(self._file(part),), unread=("winmail.dat could not be opened",) * (inside is None))
        files = tuple(File(attachment=self._attachment(n, "application/octet-stream", c)) for n, c in inside.files)
        return Content(fallback=inside.text, files=files)

    def _leaves(self, part: Part) -> tuple[File, ...]:
        return tuple(self._file(leaf) for leaf in part.walk() if not leaf.children)

    def _file(self, part: Part) -> File:
        content = part.content
        name = _filename(part, self.hint)
        if not name and part.content_type.startswith("message/") and part.children:
            title = part.children[0].headers.text("subject", self.hint)[:100]
            name = f"{title}.eml" if title else ""
        content_id = part.headers.first("content-id").decode("utf-8", "replace").strip(" <>")
        attachment = self._attachment(name, part.content_type, content)
        return File(attachment=attachment, content_id=content_id)

    def _attachment(self, name: str, kind: str, content: bytes) -> Attachment:
        shown = (
            _UNSAFE.sub("", headers.one_line(name))[:255] or f"attachment-{next(self.numbers)}{_ENDINGS.get(kind, '')}"
        )
        return Attachment(
            filename=shown,
            content_type=kind,
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            content=content,
            inline_decoration=kind in _SIGNATURES,
        )


def read(part: Part) -> Content:
    """Read one mail; attached mails are left in `mails` for whoever may open them."""
    hint = next((p.charset for p in part.walk() if p.charset and p.content_type in _TEXTS), "")
    content = _Reader(hint=hint).read(part)
    return content if content.text.strip() else replace(content, text=content.fallback)


def _together(contents: list[Content]) -> Content:
    return Content(
        text="\n".join(c.text for c in contents if c.text),
        page="\n".join(c.page for c in contents if c.page),
        fallback=next((c.fallback for c in contents if c.fallback), ""),
        files=tuple(file for c in contents for file in c.files),
        mails=tuple(mail for c in contents for mail in c.mails),
        unread=tuple(reason for c in contents for reason in c.unread),
    )


def _beginning(raw: bytes) -> bytes:
    """The first lines of an endless text; whole lines, so that no character is torn."""
    return raw if len(raw) <= _TEXT_LIMIT else raw[: raw.rfind(b"\n", 0, _TEXT_LIMIT) + 1 or _TEXT_LIMIT]


def _filename(part: Part, hint: str = "") -> str:
    _, disposition = headers.parameters(part.headers.first("content-disposition"), hint)
    if name := disposition.get("filename") or disposition.get("name"):
        return name
    return headers.parameters(part.headers.first("content-type"), hint)[1].get("name", "")


def _locked(file: Attachment) -> Iterator[str]:
    if file.content[:4] == b"PK\x03\x04" and len(file.content) > 6 and file.content[6] & 1:
        yield f"{file.filename} is locked with a password"
    if file.filename.lower().endswith(".msg"):
        yield f"{file.filename} is an Outlook message and was not opened"


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
