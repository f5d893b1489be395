"""Reading a mail: from its bytes to what a careful clerk would write down, without the fields of the complaint.

The order of reading: parts, text and files, quoted history, whose mail it is, signature, language, sort. Whatever the
bytes, there is a ReadMail: a mail over a limit or beyond reading is registered from its header block and says so.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mailbot.core.model import Attachment, Language, Mailbox, MailKind, ReadMail
from mailbot.mail import content, forward, headers, kind, language, mime, pictures, quotes, signature, subject
from mailbot.mail.addresses import OwnAddresses, mailboxes
from mailbot.mail.content import Content
from mailbot.mail.forward import Passed
from mailbot.mail.html import PICTURE
from mailbot.mail.mime import SIZE_LIMIT, Part, TooMuch
from mailbot.mail.quotes import Split

__all__ = ["OwnAddresses", "Parts", "read_mail"]

_TEXT_LIMIT = 400_000  # characters of a body that are understood; the original keeps the rest
_NOREPLY = re.compile(r"^(?:no-?reply|do-?not-?reply|noreply.*)@", re.I)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The mail in pieces, for whoever looks for fields in it.

    `text` is the whole text as shown, TABs between table cells. `new_text`, `signature` and `inner_subject` belong to
    the person to answer; `note` is what a colleague wrote above the mail passed on. `written_at` is the Date of the
    mail that counts (of the inner one of a forward), aware, None when it has none that can be read.
    """

    text: str
    new_text: str
    signature: str = ""
    removed_text: str = ""
    note: str = ""
    subject: str = ""
    inner_subject: str = ""
    written_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outside:
    """What the header of the mail says, decoded."""

    subject: str
    sender: Mailbox
    reply_to: tuple[Mailbox, ...]
    recipients: tuple[str, ...]
    message_id: str
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    date_text: str
    written_at: datetime | None


def read_mail(raw: bytes, own: OwnAddresses, *, limit: int = SIZE_LIMIT) -> tuple[ReadMail, Parts]:
    """Read a whole mail; `own` are our addresses, `limit` the bytes accepted. Never raises for any bytes."""
    try:
        return _read(mime.split(raw, limit=limit), own)
    except TooMuch as error:
        return _unread(raw, f"not fully read: {error}")


def _read(part: Part, own: OwnAddresses) -> tuple[ReadMail, Parts]:
    hint = next((p.charset for p in part.walk() if p.charset), "")
    outside = _outside(part.headers, hint)
    shown = content.read(part)
    shown = replace(shown, text=shown.text[:_TEXT_LIMIT])
    split = quotes.split(shown.text)
    passed = _passed(outside, shown, split, own)
    parts = _parts(outside, shown, split, passed, own)
    files = _files(shown, passed, parts)
    sort = kind.sort_of(
        kind.Letterhead(
            part=part,
            subject=outside.subject,
            sender=outside.sender.address,
            new_text=parts.new_text,
            text=shown.text,
        ),
        own,
    )
    ids = (*outside.in_reply_to, *outside.references)
    tokens = subject.tokens((outside.subject, shown.text), ids)
    if sort is None:
        sort = _human(outside, parts, split, tokens, own, passed=passed)
    mail = ReadMail(
        kind=sort.kind,
        language=_language(part, outside, parts, shown),
        subject=outside.subject,
        sender=outside.sender,
        customer=passed.sender if passed else _customer(outside, own),
        new_text=parts.new_text,
        removed_text=parts.removed_text,
        forwarded_by=outside.sender.address if passed else None,
        attachments=files,
        message_id=outside.message_id,
        in_reply_to=outside.in_reply_to,
        references=outside.references,
        recipients=outside.recipients,
        tokens=tokens,
        numbers=subject.numbers(outside.subject),
        failed_message_ids=sort.failed,
        date_text=outside.date_text,
        content_hash=_content_hash(outside, shown.text, files),
        unread="; ".join(dict.fromkeys(shown.unread)),
        kind_reason=sort.reason,
    )
    return mail, parts


def _outside(fields: headers.Headers, hint: str) -> _Outside:
    def boxes(name: str) -> tuple[Mailbox, ...]:
        return tuple(box for value in fields.all(name) for box in mailboxes(headers.loose(value, hint)))

    senders = boxes("from") or boxes("sender") or boxes("return-path")
    recipients = [box.address for name in ("to", "cc") for box in boxes(name) if box.address]
    return _Outside(
        subject=fields.text("subject", hint),
        sender=next((box for box in senders if box.address), next(iter(senders), Mailbox())),
        reply_to=tuple(box for box in boxes("reply-to") if box.address),
        recipients=tuple(dict.fromkeys(recipients)),
        message_id=next(iter(headers.message_ids(fields.first("message-id"))), ""),
        in_reply_to=headers.message_ids(fields.first("in-reply-to")),
        references=headers.message_ids(fields.first("references")),
        date_text=fields.text("date")[:200],
        written_at=headers.moment(fields.first("date")),
    )


def _passed(outside: _Outside, shown: Content, split: Split, own: OwnAddresses) -> Passed | None:
    if not own.includes(outside.sender.address):
        return None
    attached = tuple((mail, content.read(mail)) for mail in shown.mails)
    if found := forward.of_attached(attached, own):
        return found
    if not forward.passes_on(outside.subject, split, own, outside.recipients):
        return None
    zone = outside.written_at.tzinfo if outside.written_at else None
    return forward.of_quoted(shown, split, own, zone=zone)


def _parts(outside: _Outside, shown: Content, split: Split, passed: Passed | None, own: OwnAddresses) -> Parts:
    writer = passed.sender if passed else outside.sender
    inner = quotes.split(passed.text) if passed else split
    lines = inner.kept
    if not passed and _only_passes(split, own):
        inner = quotes.split("\n".join(split.quoted))
        lines = inner.kept
    signed = signature.split(lines, (writer.name, writer.address.partition("@")[0]))
    new_text = tidy(signed.text)
    whole = shown.text if not passed or passed.content in (None, shown) else f"{shown.text}\n{passed.text}"
    return Parts(
        text=_unmarked(whole),
        new_text=new_text,
        signature=tidy(signed.signature),
        removed_text=_removed(whole, new_text),
        note=tidy(signature.split(split.kept, (outside.sender.name,)).text) if passed else "",
        subject=outside.subject,
        inner_subject=passed.subject if passed else "",
        written_at=(passed.sent_at if passed else None) or outside.written_at,
    )


def _only_passes(split: Split, own: OwnAddresses) -> bool:
    """Whether a mail has no word of its own above a stranger's: then that is what it says."""
    if split.quote is None or any(line.strip() and not line.startswith(PICTURE) for line in split.kept):
        return False
    return split.quote.sender is not None and not own.includes(split.quote.sender.address)


def tidy(lines: Sequence[str]) -> str:
    """Lines trimmed, runs of blanks and of empty lines collapsed, picture marks left out; TABs stay."""
    kept = [_trim(line) for line in lines if not line.startswith(PICTURE)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _trim(line: str) -> str:
    return re.sub("[ \u3000\u00a0\u200b\ufeff]+", " ", line).strip(" ").rstrip()


def _unmarked(text: str) -> str:
    return re.sub(rf"^{PICTURE}.*\n?", "", text, flags=re.M).strip() if PICTURE in text else text.strip()


def _removed(whole: str, new_text: str) -> str:
    """The lines of the whole that the new text does not have."""
    kept = set(new_text.split("\n"))
    return tidy([line for line in whole.split("\n") if _trim(line) not in kept or not line.strip()])


def _files(shown: Content, passed: Passed | None, parts: Parts) -> tuple[Attachment, ...]:
    opened = passed.content if passed and passed.content is not None else None
    files = pictures.labelled(shown, parts.new_text)
    if opened is None:
        return files
    return (
        *(f for f in files if not f.content_type.startswith("message/")),
        *pictures.labelled(opened, parts.new_text),
    )


def _human(
    outside: _Outside,
    parts: Parts,
    split: Split,
    tokens: tuple[str, ...],
    own: OwnAddresses,
    *,
    passed: Passed | None,
) -> kind.Sort:
    if passed:
        return kind.Sort(kind=MailKind.COMPLAINT, reason="passed on by a colleague")
    signs = {
        "a reply token": bool(tokens),
        "an answer by its headers": bool(outside.in_reply_to or outside.references),
        "a case number": any(map(subject.likely, subject.numbers(f"{outside.subject}\n{parts.new_text}"))),
        "an answer that quotes us": split.quote is not None
        and split.quote.sender is not None
        and own.includes(split.quote.sender.address),
    }
    found = [sign for sign, there in signs.items() if there]
    return kind.Sort(kind=MailKind.FOLLOW_UP if found else MailKind.COMPLAINT, reason=", ".join(found))


def _customer(outside: _Outside, own: OwnAddresses) -> Mailbox:
    """Whom to answer: the sender; for a form or robot that sends for somebody, its one Reply-To."""
    sends_for_others = own.includes(outside.sender.address) or _NOREPLY.match(outside.sender.address)
    if (sends_for_others or not outside.sender.address) and len(outside.reply_to) == 1:
        other = outside.reply_to[0]
        return outside.sender if own.includes(other.address) else other
    return outside.sender


def _language(part: Part, outside: _Outside, parts: Parts, shown: Content) -> Language:
    labels = " ".join((part.headers.ascii("content-language"), *(p.charset for p in part.walk())))
    if parts.note and (wished := language.wished(parts.note)) is not None:
        return wished
    others = (parts.inner_subject, subject.base(outside.subject), shown.text)
    return language.language_of(parts.new_text, others=others, labels=labels)


def _content_hash(outside: _Outside, text: str, files: Sequence[Attachment]) -> str:
    """The same for the same mail in two of our mailboxes, whatever headers they added."""
    said = [outside.sender.address.casefold(), outside.subject, text, *sorted(file.sha256 for file in files)]
    folded = "\n".join("".join(unicodedata.normalize("NFKC", value).casefold().split()) for value in said)
    return hashlib.sha256(folded.encode("utf-8", "replace")).hexdigest()


def _unread(raw: bytes, why: str) -> tuple[ReadMail, Parts]:
    outside = _outside(mime.head(raw), "")
    mail = ReadMail(
        kind=MailKind.COMPLAINT,
        language=language.language_of(outside.subject),
        subject=outside.subject[:1000],
        sender=outside.sender,
        customer=outside.sender,
        new_text="",
        message_id=outside.message_id,
        in_reply_to=outside.in_reply_to,
        references=outside.references,
        recipients=outside.recipients,
        tokens=subject.tokens((outside.subject,), (*outside.in_reply_to, *outside.references)),
        numbers=subject.numbers(outside.subject),
        date_text=outside.date_text,
        content_hash=hashlib.sha256(raw).hexdigest(),
        unread=why,
    )
    return mail, Parts(text="", new_text="", subject=outside.subject, written_at=outside.written_at)
