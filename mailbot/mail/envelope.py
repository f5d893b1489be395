"""What the outer header of a mail says of itself: who, to whom, about what, in answer to which."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from mailbot.core.model import Mailbox
from mailbot.mail import headers
from mailbot.mail.addresses import OwnAddresses, mailboxes
from mailbot.mail.headers import Headers

_NOREPLY = re.compile(r"^(?:no-?reply|do-?not-?reply)", re.I)


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """The decoded header. `recipients` are To and Cc; `sent_at` is None when the Date cannot be read."""

    subject: str
    sender: Mailbox
    reply_to: tuple[Mailbox, ...]
    recipients: tuple[str, ...]
    message_id: str
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    date_text: str
    sent_at: datetime | None

    @property
    def answers(self) -> tuple[str, ...]:
        """Every Message-ID the mail says it answers."""
        return (*self.in_reply_to, *self.references)


def read(fields: Headers, hint: str = "") -> Envelope:
    """Read the header; `hint` is a charset label for undeclared bytes."""

    def boxes(name: str) -> tuple[Mailbox, ...]:
        return tuple(box for value in fields.all(name) for box in mailboxes(headers.loose(value, hint)))

    senders = boxes("from") or boxes("sender") or boxes("return-path")
    recipients = [box.address for name in ("to", "cc") for box in boxes(name) if box.address]
    return Envelope(
        subject=fields.text("subject", hint),
        sender=next((box for box in senders if box.address), next(iter(senders), Mailbox())),
        reply_to=tuple(box for box in boxes("reply-to") if box.address),
        recipients=tuple(dict.fromkeys(recipients)),
        message_id=next(iter(headers.message_ids(fields.first("message-id"))), ""),
        in_reply_to=headers.message_ids(fields.first("in-reply-to")),
        references=headers.message_ids(fields.first("references")),
        date_text=fields.text("date")[:200],
        sent_at=headers.moment(fields.first("date")),
    )


def customer(envelope: Envelope, own: OwnAddresses) -> Mailbox:
    """Whom to answer: the sender; of a form or robot that sends for somebody, its one Reply-To."""
    sender = envelope.sender
    stands_in = not sender.address or own.includes(sender.address) or _NOREPLY.match(sender.address)
    if stands_in and len(envelope.reply_to) == 1 and not own.includes(envelope.reply_to[0].address):
        return envelope.reply_to[0]
    return sender
