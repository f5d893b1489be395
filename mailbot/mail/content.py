"""What a mail shows: its text, its pictures in the text, its files.

Of alternatives the plain text is taken unless it is empty or only says that the mail needs HTML. A text part is body
unless it is declared a file; every other leaf is a file, and nothing is left out.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from mailbot.core.model import Attachment, Gap
from mailbot.mail import body, charset, headers, invitation, outlook, tnef
from mailbot.mail.mime import SMIME, Part
from mailbot.mail.wording import HTML_ONLY

_REPORTS = (
    "message/delivery-status",
    "message/disposition-notification",
    "text/rfc822-headers",
    "message/feedback-report",
)
_SIGNATURES = ("application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature")
_SECRET = (*SMIME, "application/pgp-encrypted")
_UNSAFE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
LONGEST = 400_000  # characters of text that are read; the original keeps the rest
_ENCRYPTED = Gap(what="encrypted")
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
    """The text chosen, its HTML form when there is one, files, attached mails, and what could not be read.

    `fallback` is a text found in a winmail.dat or an invitation, for a mail that has no other.
    """

    text: str = ""
    page: str = ""
    fallback: str = ""
    files: tuple[File, ...] = ()
    mails: tuple[Part, ...] = ()
    unread: tuple[Gap, ...] = ()


@dataclass(slots=True, kw_only=True)
class _Reader:
    """Reads the parts of one mail; `hint` is its first declared charset, for text that declares none."""

    hint: str = ""
    numbers: Iterator[int] = field(default_factory=lambda: iter(range(1, 10_000)))
    length: int = 0  # characters of text read so far; those of pages count a third
    said: bool = False  # the words of this part are known from another form of it

    def read(self, part: Part) -> Content:
        kind = part.content_type
        if kind == "multipart/alternative":
            return self._alternative(part)
        if kind == "multipart/encrypted":
            return Content(files=self._leaves(part), unread=(_ENCRYPTED,))
        if kind.startswith("multipart/") and part.children:
            return _together([self.read(child) for child in part.children])
        if kind.startswith("message/") and part.children:
            return Content(mails=part.children, files=(self._file(part),))
        if part.children:
            return self.read(part.children[0])
        return self._leaf(part)

    def _alternative(self, part: Part) -> Content:
        before, seen = self.said, list[Content]()
        for child in part.children:
            seen.append(self.read(child))
            self.said = self.said or _speaks(seen[-1])
        self.said = before
        seen = seen or [self._leaf(part)]
        text = next((c.text for c in seen if _speaks(c)), seen[-1].text)
        return replace(_together(seen), text=text, page=next((c.page for c in seen if c.page), ""))

    def _leaf(self, part: Part) -> Content:
        kind = part.content_type
        if kind in _REPORTS:
            return Content()
        if self._is_text(part):
            return self._text(part)
        if kind in _SECRET:
            return Content(files=(self._file(part),), unread=(_ENCRYPTED,))
        if kind == "text/calendar":
            return Content(files=(self._file(part),), fallback=self._invitation(part))
        if kind in ("application/ms-tnef", "application/vnd.ms-tnef") or _filename(part).lower() == "winmail.dat":
            return self._winmail(part)
        file = self._file(part)
        if file.attachment.filename.lower().endswith(".msg") or kind == outlook.TYPE:
            return self._message(file)
        return Content(files=(file,), unread=tuple(_locked(file.attachment)))

    def _is_text(self, part: Part) -> bool:
        if part.content_type.startswith("multipart/"):
            return True  # without a boundary: whatever it holds is shown
        disposition, _ = headers.parameters(part.headers.first("content-disposition"))
        named = bool(disposition and _filename(part))
        return part.content_type in body.TYPES and disposition != "attachment" and not named

    def _text(self, part: Part) -> Content:
        if self.length > LONGEST:
            return Content(files=(self._file(part),), unread=(_too_long(),))
        said = body.read(part, self.hint, pages=not self.said)
        self.length += len(said.text) + len(said.page) // 3
        files = tuple(File(attachment=self._attachment(n, "application/octet-stream", c)) for n, c in said.files)
        return Content(text=said.text, page=said.page, files=files, unread=(_ENCRYPTED,) * said.encrypted)

    def _invitation(self, part: Part) -> str:
        if invitation.is_answer(part.parameters.get("method", "")):
            return ""
        return invitation.to_text(charset.decode(part.content, part.charset, self.hint))

    def _winmail(self, part: Part) -> Content:
        inside = tnef.opened(part.content, self.hint)
        if inside is None or not (inside.files or inside.text):
            return Content(
                files=(self._file(part),), unread=(Gap(what="damaged", name="winmail.dat"),) * (inside is None)
            )
        files = tuple(File(attachment=self._attachment(n, "application/octet-stream", c)) for n, c in inside.files)
        return Content(fallback=inside.text, files=files)

    def _message(self, file: File) -> Content:
        """An Outlook message file: a mail that came as an attachment."""
        message = outlook.opened(file.attachment.content)
        if message is None:
            return Content(files=(file,), unread=(Gap(what="damaged", name=file.attachment.filename),))
        known = replace(file.attachment, content_type=outlook.TYPE)
        return Content(files=(replace(file, attachment=known),), mails=(message,))

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
    hint = next((p.charset for p in part.walk() if p.charset and p.content_type in body.TYPES), "")
    content = _Reader(hint=hint).read(part)
    if len(content.text) > LONGEST:
        return replace(content, text=content.text[:LONGEST], unread=(*content.unread, _too_long()))
    return content if content.text.strip() else replace(content, text=content.fallback[:LONGEST])


def _speaks(content: Content) -> bool:
    return bool(content.text.strip()) and not HTML_ONLY.search(content.text[:500])


def _together(contents: list[Content]) -> Content:
    return Content(
        text="\n".join(c.text for c in contents if c.text),
        page="\n".join(c.page for c in contents if c.page),
        fallback=next((c.fallback for c in contents if c.fallback), ""),
        files=tuple(file for c in contents for file in c.files),
        mails=tuple(mail for c in contents for mail in c.mails),
        unread=tuple(reason for c in contents for reason in c.unread),
    )


def _too_long() -> Gap:
    return Gap(what="long", name=f"{LONGEST:,}")


def _filename(part: Part, hint: str = "") -> str:
    _, disposition = headers.parameters(part.headers.first("content-disposition"), hint)
    if name := disposition.get("filename") or disposition.get("name"):
        return name
    return headers.parameters(part.headers.first("content-type"), hint)[1].get("name", "")


def _locked(file: Attachment) -> Iterator[Gap]:
    if file.content[:4] == b"PK\x03\x04" and len(file.content) > 6 and file.content[6] & 1:
        yield Gap(what="locked", name=file.filename)
