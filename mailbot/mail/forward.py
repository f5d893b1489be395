"""Mail that a colleague passes on: whose complaint it is.

Only our own staff may speak for somebody else; anybody else's forward stays the forwarder's. Through our own people the
chain is followed inward to the first stranger, and on to the next one when that stranger only passed it on as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo

from mailbot.core.model import Mailbox
from mailbot.mail import headers, html, quotes, subject
from mailbot.mail.addresses import OwnAddresses, mailboxes
from mailbot.mail.content import Content, read
from mailbot.mail.mime import Part
from mailbot.mail.quotes import Quote, Split

_DEEPEST = 10  # quoted mails looked through
_COVER = 40  # characters: a shorter text above somebody else's mail only passes it on


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """The mail that was passed on: its writer, its text (history still below), and what its header says."""

    sender: Mailbox
    text: str
    subject: str = ""
    sent_at: datetime | None = None
    content: Content | None = None


def of_attached(mails: tuple[Part, ...], own: OwnAddresses, depth: int = 0) -> Passed | None:
    """The first attached mail that a stranger wrote, itself followed inward when a colleague wrote it."""
    for part in mails:
        content = read(part)
        sender = next(iter(mailboxes(headers.loose(part.headers.first("from")))), Mailbox())
        title, sent_at = part.headers.text("subject"), headers.moment(part.headers.first("date"))
        if not own.includes(sender.address):
            return Passed(sender=sender, text=content.text, subject=title, sent_at=sent_at, content=content)
        if inner := of_quoted(content, quotes.split(content.text), own, zone=sent_at.tzinfo if sent_at else None):
            return replace(inner, content=content)
        if depth < _DEEPEST and (further := of_attached(content.mails, own, depth + 1)):
            return further
    return None


def of_quoted(content: Content, split: Split, own: OwnAddresses, *, zone: tzinfo | None) -> Passed | None:
    """The quoted mail that counts, when a stranger wrote one; `zone` is the forwarder's, its header names none."""
    chain = list(_chain(split))
    for depth, (quote, below) in enumerate(chain):
        sender = _addressed(quote, content)
        if sender is None or own.includes(sender.address):
            continue
        if depth + 1 < len(chain) and _only_cover(below) and not _ours(chain[depth + 1][0], own):
            continue
        return Passed(
            sender=sender, text="\n".join(below), subject=quote.subject, sent_at=moment_of(quote.date_text, zone)
        )
    return None


def passes_on(title: str, split: Split, own: OwnAddresses, recipients: tuple[str, ...]) -> bool:
    """Whether a colleague's mail hands a quoted mail over, rather than being an answer of which we get a copy."""
    if split.quote is None:
        return False
    said = subject.prefix(title)
    if said == "forward" or split.quote.forward:
        return True
    return split.quote.by == "header" and all(own.includes(r) for r in recipients) if said == "reply" else True


def _chain(split: Split) -> Iterator[tuple[Quote, tuple[str, ...]]]:
    for _ in range(_DEEPEST):
        if split.quote is None:
            return
        yield split.quote, split.quoted
        split = quotes.split("\n".join(split.quoted))


def _only_cover(below: tuple[str, ...]) -> bool:
    said = "".join(quotes.split("\n".join(below)).kept)
    return len(re.sub(r"\s", "", said)) <= _COVER


def _ours(quote: Quote, own: OwnAddresses) -> bool:
    return quote.sender is None or own.includes(quote.sender.address)


def _addressed(quote: Quote, content: Content) -> Mailbox | None:
    """The quoted sender; some programs show only the name and keep the address in the HTML's link."""
    if quote.sender is None or quote.sender.address or not content.page:
        return quote.sender
    for other, _ in _chain(quotes.split(html.to_text(content.page))):
        if other.sender and other.sender.address and other.sender.name == quote.sender.name:
            return other.sender
    return quote.sender


_NUMERIC = re.compile(r"(\d{4})\s*[年/.-]\s*(\d{1,2})\s*[月/.-]\s*(\d{1,2})")
_TIME = re.compile(r"(\d{1,2})\s*[:：]\s*(\d{2})")
_PM = re.compile(r"下午|晚上|\bp\.?m\b", re.I)
_AM = re.compile(r"上午|凌晨|早上|\ba\.?m\b", re.I)
_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_FIRST = re.compile(rf"\b({'|'.join(_MONTH_NAMES)})[a-z]*\.?\s+(\d{{1,2}}),?\s+(\d{{4}})", re.I)
_DAY_FIRST = re.compile(rf"\b(\d{{1,2}})\.?\s+({'|'.join(_MONTH_NAMES)})[a-z]*\.?,?\s+(\d{{4}})", re.I)


def moment_of(text: str, zone: tzinfo | None) -> datetime | None:
    """Read the date of a quoted header; without a zone of its own it is taken in `zone` (UTC when that is None)."""
    day = _day(text)
    if day is None:
        return headers.moment(text.encode("ascii", "ignore")) if text else None
    clock = _TIME.search(text)
    hour, minute = (int(clock[1]), int(clock[2])) if clock else (0, 0)
    if _PM.search(text) and hour < 12:
        hour += 12
    elif _AM.search(text) and hour == 12:
        hour = 0
    try:
        return datetime(*day, hour, minute, tzinfo=zone or UTC)
    except ValueError:
        return None


def _day(text: str) -> tuple[int, int, int] | None:
    if found := _NUMERIC.search(text):
        return int(found[1]), int(found[2]), int(found[3])
    if found := _MONTH_FIRST.search(text):
        return int(found[3]), _MONTH_NAMES.index(found[1].lower()) + 1, int(found[2])
    if found := _DAY_FIRST.search(text):
        return int(found[3]), _MONTH_NAMES.index(found[2].lower()) + 1, int(found[1])
    return None
