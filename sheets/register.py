"""The port every register backend implements, and the errors it may raise, grouped by remedy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sheets.table import Change, Sheet


class RegisterError(Exception):
    """Root of what a register may raise."""


@dataclass(eq=False)
class Waiting(RegisterError):
    """Temporary: somebody has the table open or it just changed. Wait and try again; nothing was written.

    `who` as the lock names them, maybe empty; `since` aware UTC of the lock, when known; `reason` one of
    `open`, `changed`, `unsettled`, `missing`, `unreachable`.
    """

    reason: str
    who: str = ""
    since: datetime | None = None

    def __str__(self) -> str:
        return f"waiting ({self.reason}){f' for {self.who}' if self.who else ''}"


@dataclass(eq=False)
class Unsure(RegisterError):
    """Temporary: the connection broke while writing, and what was sent may stand or not. The next read settles it."""

    detail: str = ""

    def __str__(self) -> str:
        return f"the outcome of a write is not known yet ({self.detail})"


@dataclass(eq=False)
class Unreadable(RegisterError):
    """Permanent until a human acts: the table cannot be understood. It is left untouched.

    `reason` is a short code (`not-a-workbook`, `encrypted`, `no-header`, `too-large`, `unsafe` …), `detail` words for
    the operator.
    """

    reason: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.reason}: {self.detail}" if self.detail else self.reason


@dataclass(eq=False)
class Refused(RegisterError):
    """Permanent for this change: it cannot be written without harm (inside a merge, over an array formula …)."""

    reason: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.reason}: {self.detail}" if self.detail else self.reason


class Register(Protocol):
    """A table shared with people.

    `refused` holds what the last write could not do without harm, each change with the reason; empty when all was done.
    """

    refused: tuple[tuple[Change, Refused], ...]

    def read(self) -> Sheet:
        """Read the whole table. Raises Waiting or Unreadable; changes nothing."""

    def write(self, sheet: Sheet, changes: Sequence[Change]) -> tuple[Change, ...]:
        """Carry out `changes` decided over `sheet`; return those that now really stand there.

        A SetCell whose place no longer reads `expected` is left out and not returned. Raises Waiting when the table
        is open elsewhere or is no longer the version of `sheet` (nothing is written then), Unreadable, or Refused when
        the table as a whole cannot be written safely; Unsure when it may be written or not.
        """

    def recover(self) -> object:
        """Put in order what a crash left half-way, before the first round. Changes nothing people saved."""

    def location(self) -> str:
        """Where people find it: a path or an address, for messages."""
