"""Reading a mail: from its bytes to what a careful clerk would write down, without the fields of the complaint.

The order of reading: parts, text and files, quoted history, whose mail it is, signature, sort, language. Whatever the
bytes, there is a ReadMail: a mail over a limit is registered from its header block and says so.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mailbot.core.model import Attachment, Gap, Language, MailKind, ReadMail
from mailbot.mail import (
    authenticity,
    content,
    envelope,
    forward,
    kind,
    language,
    mime,
    outlook,
    pictures,
    quotes,
    signature,
    subject,
)
from mailbot.mail.addresses import NOBODY, OwnAddresses
from mailbot.mail.content import Content
from mailbot.mail.envelope import Envelope
from mailbot.mail.forward import Passed
from mailbot.mail.html import PICTURE
from mailbot.mail.kind import Sort
from mailbot.mail.mime import SIZE_LIMIT, Part, TooMuch
from mailbot.mail.quotes import Split
from mailbot.mail.wording import BANNER

__all__ = ["OwnAddresses", "Parts", "read_mail"]


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
class _Opened:
    """A mail opened on the desk: its parts, header, content, the cut at its history, and the mail passed on in it."""

    part: Part
    header: Envelope
    shown: Content
    split: Split
    passed: Passed | None


def read_mail(raw: bytes, own: OwnAddresses, *, limit: int = SIZE_LIMIT) -> tuple[ReadMail, Parts]:
    """Read a whole mail; `own` are our addresses, `limit` the bytes accepted. Never raises for any bytes."""
    try:
        part = mime.split(raw, limit=limit)
        if refuted := authenticity.refuted(part.headers, own.server):
            own = NOBODY  # who claims to be one of ours is not
        opened = _open(part, own)
    except TooMuch as error:
        return unread(raw, error.gap)
    parts = _parts(opened, own)
    sort = kind.sort_of(_letterhead(opened, parts), own) or _by_person(opened, parts, own)
    return replace(_mail(opened, parts, sort, own), refuted=refuted), parts


def _open(part: Part, own: OwnAddresses) -> _Opened:
    header = envelope.read(part.headers, next((p.charset for p in part.walk() if p.charset), ""))
    shown = content.read(part)
    if shown.mails and not tidy(shown.text.split("\n")) and not own.includes(header.sender.address):
        shown = replace(shown, text=content.read(shown.mails[0]).text)  # who says nothing lets it speak for him
    split = quotes.split(shown.text)
    return _Opened(part=part, header=header, shown=shown, split=split, passed=_passed(header, shown, split, own))


def _passed(header: Envelope, shown: Content, split: Split, own: OwnAddresses) -> Passed | None:
    if not own.includes(header.sender.address):
        return None
    if found := forward.of_attached(shown.mails, own):
        return found
    if not forward.passes_on(header.subject, split, own, header.recipients):
        return None
    return forward.of_quoted(shown, split, own, zone=header.sent_at.tzinfo if header.sent_at else None)


# The text -----------------------------------------------------------------------------------------------------------


def _parts(opened: _Opened, own: OwnAddresses) -> Parts:
    header, passed = opened.header, opened.passed
    writer = passed.sender if passed else header.sender
    signed = signature.split(_unwarned(_said(opened, own)), (writer.name, writer.address.partition("@")[0]))
    new_text, whole = tidy(signed.text), _whole(opened)
    return Parts(
        text=_unmarked(whole),
        new_text=new_text,
        signature=tidy(signed.signature),
        removed_text=_removed(whole, new_text),
        note=tidy(signature.split(opened.split.kept, (header.sender.name,)).text) if passed else "",
        subject=header.subject,
        inner_subject=passed.subject if passed else "",
        written_at=(passed.sent_at if passed else None) or header.sent_at,
    )


def _said(opened: _Opened, own: OwnAddresses) -> tuple[str, ...]:
    """The lines the writer wrote this time; a stranger's mail passed on without a word speaks for itself."""
    split = opened.split
    if opened.passed:
        return quotes.split(opened.passed.text).kept
    if any(line.strip() and not line.startswith(PICTURE) for line in split.kept):
        return split.kept
    if split.quote is None or split.quote.sender is None or own.includes(split.quote.sender.address):
        return split.kept
    return quotes.split("\n".join(split.quoted)).kept


def _unwarned(lines: tuple[str, ...]) -> tuple[str, ...]:
    """The lines without those at the top in which our own gateway warns of strangers."""
    first = next((at for at, line in enumerate(lines) if line.strip()), 0)
    end = next((at for at in range(first, len(lines)) if not lines[at].strip()), len(lines))
    warning = BANNER.search("\n".join(lines[first : min(end, first + 5)])[:600])
    rest = lines[first + warning.string.count("\n", 0, warning.end()) + 1 :] if warning else ()
    return rest if any(line.strip() for line in rest) else lines


def _whole(opened: _Opened) -> str:
    passed = opened.passed
    if passed is None or passed.content is None:
        return opened.shown.text
    return f"{opened.shown.text}\n{passed.text}"


def tidy(lines: Sequence[str]) -> str:
    """Lines trimmed, runs of blanks and of empty lines collapsed, picture marks left out; TABs stay."""
    kept = [_trim(line) for line in lines if not line.startswith(PICTURE)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


_BLANKS = re.compile("[ \u3000\u00a0\u200b\ufeff]+")


def _trim(line: str) -> str:
    return _BLANKS.sub(" ", line).strip(" ").rstrip()


def _unmarked(text: str) -> str:
    return re.sub(rf"^{PICTURE}.*\n?", "", text, flags=re.M).strip() if PICTURE in text else text.strip()


def _removed(whole: str, new_text: str) -> str:
    """The lines of the whole that the new text does not have."""
    kept = set(new_text.split("\n"))
    return tidy([line for line in whole.split("\n") if _trim(line) not in kept or not line.strip()])


# The sort -----------------------------------------------------------------------------------------------------------


def _letterhead(opened: _Opened, parts: Parts) -> kind.Letterhead:
    return kind.Letterhead(
        part=opened.part,
        subject=opened.header.subject,
        sender=opened.header.sender.address,
        new_text=parts.new_text,
        text=opened.shown.text,
    )


def _by_person(opened: _Opened, parts: Parts, own: OwnAddresses) -> Sort:
    if opened.passed:
        return Sort(kind=MailKind.COMPLAINT, reason="passed on by a colleague")
    signs = tuple(_answer_signs(opened, parts, own))
    return Sort(kind=MailKind.FOLLOW_UP if signs else MailKind.COMPLAINT, reason=", ".join(signs))


def _answer_signs(opened: _Opened, parts: Parts, own: OwnAddresses) -> Iterator[str]:
    """Signs that a person answers us; whether there is such a case is for the ledger to say."""
    header, quote = opened.header, opened.split.quote
    if _tokens(opened):
        yield "a reply token"
    if header.answers:
        yield "an answer by its headers"
    if any(map(subject.likely, _numbers(opened, parts))):
        yield "a case number"
    if quote and quote.sender and own.includes(quote.sender.address):
        yield "an answer that quotes us"


def _numbers(opened: _Opened, parts: Parts) -> tuple[str, ...]:
    """The numbers in the subject, then those in the new text that can hardly be anything else."""
    said = filter(subject.likely, subject.numbers(parts.new_text))
    return tuple(dict.fromkeys((*subject.numbers(opened.header.subject), *said)))


def _tokens(opened: _Opened) -> tuple[str, ...]:
    return subject.tokens((opened.header.subject, opened.shown.text), opened.header.answers)


# The record ---------------------------------------------------------------------------------------------------------


def _mail(opened: _Opened, parts: Parts, sort: Sort, own: OwnAddresses) -> ReadMail:
    header, passed = opened.header, opened.passed
    files = _files(opened, parts)
    return replace(
        _of_header(header),
        kind=sort.kind,
        kind_reason=sort.reason,
        failed_message_ids=sort.failed,
        language=_language(opened, parts),
        customer=passed.sender if passed else envelope.customer(header, own),
        forwarded_by=header.sender.address if passed else None,
        new_text=parts.new_text,
        removed_text=parts.removed_text,
        attachments=files,
        tokens=_tokens(opened),
        numbers=_numbers(opened, parts),
        content_hash=_content_hash(header, opened.shown.text, files),
        unread=tuple(dict.fromkeys(opened.shown.unread)),
    )


def _of_header(header: Envelope) -> ReadMail:
    """What the header alone tells."""
    return ReadMail(
        kind=MailKind.COMPLAINT,
        language=language.language_of(header.subject),
        subject=header.subject,
        sender=header.sender,
        customer=header.sender,
        new_text="",
        message_id=header.message_id,
        in_reply_to=header.in_reply_to,
        references=header.references,
        recipients=header.recipients,
        tokens=subject.tokens((header.subject,), header.answers),
        numbers=subject.numbers(header.subject),
        date_text=header.date_text,
    )


def unread(raw: bytes, why: Gap) -> tuple[ReadMail, Parts]:
    """A mail of which only the header block is read, because of `why`."""
    header = envelope.read(mime.head(raw))
    mail = replace(_of_header(header), content_hash=hashlib.sha256(raw).hexdigest(), unread=(why,))
    return mail, Parts(text="", new_text="", subject=header.subject, written_at=header.sent_at)


def _files(opened: _Opened, parts: Parts) -> tuple[Attachment, ...]:
    """The files; of a mail passed on as an attachment its own files stand for it."""
    files = pictures.labelled(opened.shown, parts.new_text)
    if opened.passed is None or opened.passed.content is None:
        return files
    inner = pictures.labelled(opened.passed.content, parts.new_text)
    return (*(file for file in files if not file.content_type.startswith(("message/", outlook.TYPE))), *inner)


def _language(opened: _Opened, parts: Parts) -> Language:
    """The language of what was said; a colleague's note may say how the customer wants to be answered."""
    labels = " ".join((opened.part.headers.ascii("content-language"), *(p.charset for p in opened.part.walk())))
    others = (parts.inner_subject, subject.base(parts.subject), parts.text)
    return language.wished(parts.note) or language.language_of(parts.new_text, others=others, labels=labels)


def _content_hash(header: Envelope, text: str, files: Sequence[Attachment]) -> str:
    """The same for the same mail in two of our mailboxes, whatever headers they added; "yes" twice is two answers."""
    said = [header.sender.address.casefold(), header.subject, *header.in_reply_to, text]
    said += sorted(file.sha256 for file in files)
    folded = "\n".join("".join(unicodedata.normalize("NFKC", value).casefold().split()) for value in said)
    return hashlib.sha256(folded.encode("utf-8", "replace")).hexdigest()
