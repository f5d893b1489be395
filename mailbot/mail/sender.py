"""The port by which letters go out: one letter, one recipient, one outcome, and no doubt left unsaid.

The last look at a letter is here too: whatever made the bytes, they go to the one recipient meant or not at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from email import policy
from email.parser import BytesParser
from enum import StrEnum
from typing import Any, Protocol

from mailbot.core.addresses import plain_address

_OTHER_RECIPIENTS = re.compile(rb"^(?:resent-)?b?cc[ \t]*:|^resent-to[ \t]*:", re.IGNORECASE | re.MULTILINE)
_TO = re.compile(rb"^to[ \t]*:", re.IGNORECASE | re.MULTILINE)


class State(StrEnum):
    """What became of a letter."""

    ACCEPTED = "accepted"
    """The server has it and answers for it."""
    RETRY = "retry"
    """Not taken, for now: send the same bytes again later."""
    FAILED = "failed"
    """Not taken, and never will be: tell staff."""
    SENDER_REFUSED = "sender_refused"
    """We may not send at all: stop the queue, keep the letter, tell the operator."""
    IN_DOUBT = "in_doubt"
    """Sent whole, and no answer that can be relied on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the server made of a letter. `code` is its reply code, 0 when there was none; `text` its words or ours."""

    state: State
    code: int = 0
    text: str = ""


class Sender(Protocol):
    """A way letters leave."""

    def send(self, raw: bytes, recipient: str, dot_pending: Callable[[], None]) -> Outcome:
        """Send the finished bytes of a letter to one recipient.

        `dot_pending` is called when everything but the end has been sent: it must make durable that from here on the
        letter may be out. If it raises, the letter is not sent and the error passes on. Raises Temporary when the
        server cannot be used at all just now: this letter and the others stay as they are.
        """

    def close(self) -> None:
        """Say goodbye to the server. Never raises; the next letter connects again."""


def objection(raw: bytes, recipient: str) -> str:
    """Return why these bytes must not go to `recipient`; "" when they may."""
    header = raw.partition(b"\r\n\r\n")[0]
    wanted = plain_address(recipient)
    if not wanted:
        return f"{recipient!r} is not an address mail can be sent to"
    if not raw.count(b"\r\n") == raw.count(b"\r") == raw.count(b"\n") or not raw.endswith(b"\r\n"):
        return "its lines do not all end in CR LF"
    if _OTHER_RECIPIENTS.search(header) or len(_TO.findall(header)) != 1:
        return "it does not have exactly one To and no other recipient"
    named = [address.addr_spec for address in _addressees(header)]
    if [address.casefold() for address in named] != [wanted.casefold()]:
        return f"it is addressed to {', '.join(named) or 'nobody'} and not to {wanted}"
    return ""


def _addressees(header: bytes) -> tuple[Any, ...]:
    return tuple(BytesParser(policy=policy.SMTP).parsebytes(header + b"\r\n\r\n", headersonly=True)["To"].addresses)
