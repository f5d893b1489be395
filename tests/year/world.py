"""What the simulated year knows to be true, whatever the program says: mails sent, cells typed, what was away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from mailbot.core.model import End


@dataclass(slots=True)
class Posted:
    """A mail that was put into the mailbox, and the ends it may come to."""

    sha256: str
    at: datetime
    ends: frozenset[End]
    sort: str
    facts: dict[str, str] = field(default_factory=dict)
    answer_to: str = ""
    case: str = ""
    thanks: bool = False
    flood: bool = False
    message_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A cell somebody typed into, and when. `wrong`: he meant something that cannot be, and the row must say so."""

    number: str
    column: str
    value: Any
    at: datetime
    wrong: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """A time in which something was not there: mailbox, smtp, workbook or program."""

    what: str
    since: datetime
    until: datetime


@dataclass(slots=True)
class World:
    """All of it. `checked` counts how often each promise was looked at."""

    mailbox: str
    posted: list[Posted] = field(default_factory=list)
    typed: dict[tuple[str, str], Typed] = field(default_factory=dict)
    own_notes: dict[str, str] = field(default_factory=dict)
    away: list[Away] = field(default_factory=list)
    by_hand: list[str] = field(default_factory=list)
    bounced: set[str] = field(default_factory=set)
    doubted: set[str] = field(default_factory=set)
    kills: int = 0
    doubts: int = 0
    edits: int = 0
    mishaps: Counter[str] = field(default_factory=Counter)
    checked: Counter[str] = field(default_factory=Counter)

    def type(self, typed: Typed) -> None:
        """Remember what stands in a cell now by a human's hand."""
        self.typed[typed.number, typed.column] = typed
        self.edits += 1

    @contextmanager
    def checking(self, promise: str) -> Iterator[None]:
        """Count a look at a promise; what fails says which."""
        try:
            yield
        except AssertionError as broken:
            raise AssertionError(f"{promise}: {broken}") from broken
        self.checked[promise] += 1

    def back_after(self, moment: datetime, *what: str) -> datetime:
        """When everything named was there again, for something that happened at `moment`."""
        found = moment
        for _ in self.away:  # one absence may run into the next
            longer = [
                a.until
                for a in self.away
                if a.what in what and a.since <= found + timedelta(minutes=30) and found < a.until
            ]
            found = max([found, *longer])
        return found
