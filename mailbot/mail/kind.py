"""Whether a machine wrote a mail: delivery report, automatic answer, newsletter or notice.

Headers decide where they are clear; phrases only help a reply without headers. A single weak sign (List-Unsubscribe,
Precedence, a noreply sender) is never enough: a complaint sent through a mailing service must not be taken for bulk.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mailbot.core.model import MailKind
from mailbot.mail import headers, invitation, subject
from mailbot.mail.addresses import OwnAddresses
from mailbot.mail.mime import Part
from mailbot.mail.notices import (
    ABSENT,
    ADVERT_TAG,
    ADVERTISING,
    AUTO_SUBJECT,
    BOUNCE_SENDER,
    BOUNCE_SUBJECT,
    BOUNCE_TEXT,
    BULK_FOOTER,
    COLD_OFFER,
    OPT_OUT,
    RETURNING,
    UNASKED,
)

_COLD = 3  # different signs of an offer nobody asked for
_SHORT = 800  # characters: automatic answers without headers are short
_REPLY_HEADERS = (
    "x-autoreply",
    "x-autorespond",
    "x-autoresponder",
    "x-auto-reply",
    "x-mail-autoreply",
    "x-autoreply-from",
)
_MESSAGE_ID = re.compile(rb"^[>\s]*(?:message-id|original-message-id)\s*:\s*(<[^<>\s]{1,900}>)", re.I | re.M)
_SMTP_CODE = re.compile(r"\b[45]\d\d[ -](?:[45]\.\d+\.\d+\b)?")
_ACTION = re.compile(rb"^\s*action\s*:\s*([a-z]+)", re.I | re.M)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sort:
    """What sort of mail it is and the sign that says so; for a bounce the Message-IDs that were not delivered."""

    kind: MailKind
    reason: str = ""
    failed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """What is looked at: the parts, the decoded subject, the sender's address, the new text and the whole text."""

    part: Part
    subject: str
    sender: str
    new_text: str
    text: str

    def header(self, name: str) -> str:
        """A machine-written field in lower case."""
        return self.part.headers.ascii(name)


def sort_of(mail: Letterhead, own: OwnAddresses) -> Sort | None:
    """The sort of an automatic mail; None when a person seems to have written it."""
    return _report(mail) or _invited(mail) or _bounced(mail) or _automatic(mail) or _away(mail) or _bulk(mail, own)


def _report(mail: Letterhead) -> Sort | None:
    """Standard reports: delivery (RFC 3464), disposition (RFC 8098)."""
    kind = mail.part.parameters.get("report-type", "").lower()
    below = {part.content_type for part in mail.part.walk()} if mail.part.content_type == "multipart/report" else set()
    if kind == "disposition-notification" or "message/disposition-notification" in below:
        return Sort(kind=MailKind.AUTO_REPLY, reason="read receipt")
    if kind != "delivery-status" and "message/delivery-status" not in below:
        return None
    actions = {a.decode().lower() for part in mail.part.walk() for a in _ACTION.findall(_status(part))}
    if actions and actions <= {"delivered", "relayed", "expanded"}:
        return Sort(kind=MailKind.AUTO_REPLY, reason="delivery confirmed")
    if actions == {"delayed"}:
        return Sort(kind=MailKind.BOUNCE, reason="delivery delayed")
    return Sort(kind=MailKind.BOUNCE, reason="delivery report", failed=_failed(mail))


def _invited(mail: Letterhead) -> Sort | None:
    """An invitation accepted or declined with one click; one with a word in it is somebody's word."""
    answers = any(invitation.is_answer(part.parameters.get("method", "")) for part in mail.part.walk())
    return Sort(kind=MailKind.AUTO_REPLY, reason="answer to an invitation") if answers and not mail.new_text else None


def _bounced(mail: Letterhead) -> Sort | None:
    """Reports in a form of their own, as many providers send them."""
    if "x-failed-recipients" in mail.part.headers or "x-ms-exchange-message-is-ndr" in mail.part.headers:
        return Sort(kind=MailKind.BOUNCE, reason="failed-recipients header", failed=_failed(mail))
    from_daemon = BOUNCE_SENDER.search(mail.sender) or mail.part.headers.first("return-path").strip() == b"<>"
    titled = BOUNCE_SUBJECT.search(mail.subject)
    explained = bool(from_daemon or titled) and BOUNCE_TEXT.search(mail.text[:4000])
    coded = explained and _SMTP_CODE.search(mail.text[:4000])
    if (from_daemon and (titled or explained)) or (titled and coded):
        return Sort(kind=MailKind.BOUNCE, reason="worded as a bounce", failed=_failed(mail))
    return None


def _automatic(mail: Letterhead) -> Sort | None:
    submitted = re.split(r"[\s;(]", re.sub(r"^\s*\([^)]*\)\s*", "", mail.header("auto-submitted")))[0]
    answers = bool(AUTO_SUBJECT.search(mail.subject)) or "in-reply-to" in mail.part.headers
    if AUTO_SUBJECT.search(mail.subject):
        return Sort(kind=MailKind.AUTO_REPLY, reason="subject of an automatic reply")
    if submitted == "auto-replied" or (submitted == "auto-generated" and answers):
        return Sort(kind=MailKind.AUTO_REPLY, reason=f"Auto-Submitted: {submitted}")
    if submitted.startswith("auto-"):
        return Sort(kind=MailKind.LIST, reason=f"Auto-Submitted: {submitted}")
    if any(name in mail.part.headers for name in _REPLY_HEADERS) or mail.header("precedence") == "auto_reply":
        return Sort(kind=MailKind.AUTO_REPLY, reason="automatic reply header")
    return None


def _away(mail: Letterhead) -> Sort | None:
    """An absence notice without headers: a short answer that says away and when or whom to ask instead."""
    answers = "in-reply-to" in mail.part.headers or subject.prefix(mail.subject) == "reply"
    text = mail.new_text
    if answers and len(text) <= _SHORT and (away := ABSENT.search(text)) and RETURNING.search(text):
        return Sort(kind=MailKind.AUTO_REPLY, reason=f"absence notice: {away[0]}")
    return None


def _bulk(mail: Letterhead, own: OwnAddresses) -> Sort | None:
    opening = f"{mail.subject}\n{mail.new_text[:3000]}".lower()
    if ADVERT_TAG.search(mail.subject) or UNASKED.search(opening):
        return Sort(kind=MailKind.LIST, reason="unasked advertising")
    if len(set(COLD_OFFER.findall(opening))) >= _COLD:
        return Sort(kind=MailKind.LIST, reason="cold offer")
    unrelated = "in-reply-to" not in mail.part.headers and not subject.prefix(mail.subject)
    if unrelated and OPT_OUT.search(mail.text[-1000:]):
        return Sort(kind=MailKind.LIST, reason="says how to opt out")
    signs = list(_bulk_signs(mail, own))
    if not signs:
        return None
    if len({m[0].lower() for m in ADVERTISING.finditer(f"{mail.subject}\n{mail.new_text[:4000]}")}) >= 2:
        signs.append("advertising words")
    if len(signs) >= (2 if "advertising words" in signs else 3):
        return Sort(kind=MailKind.LIST, reason=", ".join(signs))
    listed = "list" in signs and ("bulk precedence" in signs or "unsubscribe header" in signs)
    return Sort(kind=MailKind.LIST, reason=", ".join(signs)) if listed else None


def _bulk_signs(mail: Letterhead, own: OwnAddresses) -> Iterator[str]:
    """Signs of mass mail. Our own distribution list puts its headers on every complaint: they say nothing."""
    ids = re.findall(r"[\w.-]+\.\w+", mail.header("list-id") + " " + mail.header("list-post"))
    ours = any(i == d or i.endswith("." + d) for i in ids for d in own.domains)
    if ids and not ours:
        yield "list"
    if "list-unsubscribe" in mail.part.headers and not ours:
        yield "unsubscribe header"
    if mail.header("precedence") in ("bulk", "junk", "list") and not ours:
        yield "bulk precedence"
    if mail.header("x-spam-flag").startswith("yes"):
        yield "spam flag"
    if BULK_FOOTER.search(mail.text[-1500:]) and not ours:
        yield "unsubscribe footer"


def _status(part: Part) -> bytes:
    return part.content[:100_000] if part.content_type == "message/delivery-status" else b""


def _failed(mail: Letterhead) -> tuple[str, ...]:
    """Message-IDs of the letters that came back: from what is returned, else from the headers."""
    found: list[str] = []
    for part in list(mail.part.walk())[1:]:
        if part.content_type == "text/rfc822-headers":
            found += headers.message_ids(headers.block(part.content, most=500)[0].first("message-id"))
        found += headers.message_ids(part.headers.first("message-id"))
    found = found or [i.decode("utf-8", "replace") for i in _MESSAGE_ID.findall(mail.text.encode("utf-8", "replace"))]
    named = ("in-reply-to", "references", "x-original-message-id")
    found = found or [i for name in named for i in headers.message_ids(mail.part.headers.first(name))]
    return tuple(dict.fromkeys(found))
