"""The port by which mail comes in: what a mailbox must be able to do, and nothing about how.

A source never decides what is new (the ledger does), never relies on `\\Seen`, and changes nothing in the mailbox
except in `finish`. One source belongs to one thread.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from mailbot.errors import MailbotError, Temporary

Known = Callable[[str, int], Collection[int]]
"""(folder, uidvalidity) -> the UIDs the ledger already has of it."""

HARMLESS_ID = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,250}")
"""A Message-ID that may be put into a command to a server: printable ASCII without blank, quote and backslash."""

HEAD_LIMIT = 256 * 1024
"""How many bytes of a mail over the size limit are read: its header and the beginning of its text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A mail as the mailbox lists it. The first four fields name it for ever.

    `size` is in bytes, 0 when the server would not say. `received_at` is aware UTC: when the server took the mail in
    (the moment it was first listed when the server would not say).
    """

    account: str
    folder: str
    uidvalidity: int
    uid: int
    size: int
    received_at: datetime


Arrivals = list[Arrival]


@dataclass(eq=False)
class TooLarge(MailbotError):
    """The mail is over the size limit and was not fetched. `head` holds its first bytes, the header among them."""

    size: int
    limit: int
    head: bytes = field(repr=False)

    def __str__(self) -> str:
        return f"the mail has {self.size} bytes, more than the limit of {self.limit}"


class LoginRefused(Temporary):
    """The login failed and nobody can tell whether for good: wait minutes, providers lock out frequent logins."""


class Source(Protocol):
    """A mailbox mail is taken from. Every method may raise Temporary or Permanent; nothing is lost when it does."""

    def list(self, known: Known) -> Arrivals:
        """Return the mails the ledger does not know, oldest UID first; empty when there is nothing new."""

    def fetch(self, arrival: Arrival) -> bytes | None:
        """Return the mail's bytes without marking it read; None when it is gone. Raises TooLarge."""

    def finish(self, arrival: Arrival) -> None:
        """Move or mark a mail that is safely in the ledger, as configured. May be repeated, may fail harmlessly."""

    def find_message_id(self, message_id: str, folders: Iterable[str]) -> bool | None:
        """Say whether a mail with exactly this Message-ID (with its <>) lies in the folders; None: cannot tell."""

    def close(self) -> None:
        """Let go of the mailbox. Never raises; the next call opens it again."""
