"""Cases and how they are found again.

A case is kept whole as text; beside it stand the few columns and tables it is searched by: open or closed, the people
who belong to it, every Message-ID of its mails and letters.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, func, select

from mailbot import errors
from mailbot.core.model import Case, Event
from mailbot.ledger import casefile, history
from mailbot.ledger.counters import count_up, counted
from mailbot.ledger.schema import cases, message_ids, parties
from mailbot.ledger.store import Found, Store

_RECORDINGS = "recordings"
_TOLD = "change-sheet"
_AT_ONCE = 500
"""Rows read at a time by an iterator, so that nothing stays locked between them."""


class Cases:
    """All cases, open and closed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._open: dict[int, Case] = {}
        self._open_as_of = (0, 0)

    def next_number(self, pattern: str, year: int) -> str:
        """Take the next case number of `year`, for ever; given back only if the transaction around it fails.

        `pattern` is like "CP-{year}-{seq:06d}"; without {year} the count never starts again. A number that a case
        has already (a register taken over) is passed over. Raises Usage for a pattern that cannot count.
        """
        if not _counts(pattern, year):
            raise errors.Usage(f"the number pattern {pattern!r} must hold {{seq}}, and may hold {{year}}")
        counter = f"case-{year}" if pattern.format(year=0, seq=1) != pattern.format(year=1, seq=1) else "case"
        with self._store.transaction():
            while True:
                number = pattern.format(year=year, seq=count_up(self._store, counter))
                if not self.exists(number):
                    return number

    def get(self, number: str) -> Case | None:
        """Return a case; inside a transaction nobody else changes it until that ends."""
        text = self._store.value(_LOCKED if self._store.inside else _STATE, {"this": number})
        return None if text is None else casefile.load(text)

    def exists(self, number: str) -> bool:
        """Whether there is such a case."""
        return self._store.value(_ID, {"this": number}) is not None

    def open(self) -> list[Case]:
        """Return the cases somebody still has to do something for, in the order they were recorded.

        Asked for in every round: only what was recorded since the last time is read.
        """
        known, fresh = self._open_as_of, self.recordings()
        if fresh[1] != known[1]:  # what was read inside a transaction that failed afterwards never was
            self._open, known = {}, (0, fresh[1])
        if fresh != known:
            for row in self._store.rows(_RECORDED if known[0] else _STILL_OPEN, {"after": known[0]}):
                self._open.pop(row.id, None)
                if row.closed_at is None:
                    self._open[row.id] = casefile.load(row.state)
        self._open_as_of = fresh
        return [self._open[place] for place in sorted(self._open)]

    def closed_lately(self, since: datetime) -> list[Case]:
        """Return the closed cases that were recorded at `since` or later, in the order they were recorded first."""
        lately = cases.c.closed_at.is_not(None) & (cases.c.recorded_at >= since)
        return _cases(self._store.rows(_CASE.where(lately).order_by(cases.c.id)))

    def all(self) -> Iterator[Case]:
        """Yield every case in the order they were recorded."""
        last = 0
        while rows := self._store.rows(_CASE.where(cases.c.id > last).order_by(cases.c.id).limit(_AT_ONCE)):
            yield from _cases(rows)
            last = rows[-1].id

    def first_opened(self) -> datetime | None:
        """Return when the earliest complaint came; None without cases."""
        found: datetime | None = self._store.value(_FIRST)
        return found

    def recordings(self) -> tuple[int, int]:
        """Return how often any case was put in place, and rolled back since this ledger was opened: a stamp."""
        return counted(self._store, _RECORDINGS), self._store.rollbacks

    def recorded_after(self, recording: int) -> Iterator[Case]:
        """Yield the cases put in place after that many recordings; 0 for all."""
        for row in self._store.rows(_CASE.where(cases.c.recording > recording).order_by(cases.c.recording)):
            yield casefile.load(row.state)

    def by_message_ids(self, ids: Iterable[str]) -> list[str]:
        """Return the numbers of the cases that know one of these Message-IDs; the case of the first id comes first."""
        order = {key: place for place, key in enumerate(dict.fromkeys(map(bare, ids)))}
        found = self._store.rows(select(message_ids).where(message_ids.c.message_id.in_(order)))
        found = sorted(found, key=lambda row: (order.get(row.message_id, len(order)), row.case_number))
        return list(dict.fromkeys(row.case_number for row in found))

    def by_party(self, address: str) -> list[str]:
        """Return the numbers of the cases this address belongs to, the latest first."""
        return [row.number for row in self._store.rows(_OF_PARTY, {"party": address.casefold()})]

    def history(self, number: str) -> list[Event]:
        """Return what happened to a case, in the order it was recorded."""
        return history.of_case(self._store, number)

    def events_since(self, moment: datetime) -> list[Event]:
        """Return what happened to any case at `moment` or later, in the order it was recorded."""
        return history.since(self._store, moment)

    def events_after(self, number: int, limit: int) -> list[tuple[int, Event]]:
        """Return what happened behind a place in the history, each event with its place; at most `limit`."""
        return history.after(self._store, number, limit)

    def last_event(self) -> int:
        """Return the place of what happened last; 0 when nothing did."""
        return history.last(self._store)

    def told(self) -> int:
        """Return the place in the history up to which the sheet of changes was written last."""
        return counted(self._store, _TOLD)

    def tell(self, number: int) -> None:
        """Note that the sheet of changes reaches to this place in the history."""
        with self._store.transaction():
            if number > (before := self.told()):
                count_up(self._store, _TOLD, number - before)

    def save(self, case: Case, now: datetime) -> None:
        """Put the case in place of what is known of it."""
        with self._store.transaction():
            row = {
                "number": case.number,
                "opened_at": case.opened_at,
                "closed_at": case.closed_at,
                "stage": case.stage,
                "recorded_at": now,
                "recording": count_up(self._store, _RECORDINGS),
                "state": casefile.dump(case),
            }
            self._store.write(self._store.put(cases, *row), row)
            self._save_parties(case)

    def know(self, number: str, ids: Iterable[str]) -> None:
        """Remember Message-IDs: a mail that refers to one of them speaks of this case."""
        rows = [{"message_id": key, "case_number": number} for key in dict.fromkeys(map(bare, ids)) if key]
        if rows:
            self._store.write(self._store.put_new(message_ids), rows)

    def _save_parties(self, case: Case) -> None:
        known = {row.address for row in self._store.rows(_PARTIES, {"this": case.number})}
        wanted = {address.casefold() for address in case.parties}
        if left := known - wanted:
            self._store.write(_TAKEN_OFF, [{"this": case.number, "party": address} for address in left])
        if come := wanted - known:
            rows = [{"address": address, "case_number": case.number} for address in sorted(come)]
            self._store.write(self._store.put_new(parties), rows)


def bare(message_id: str) -> str:
    """Return a Message-ID without its angle brackets, the form it is searched by."""
    return message_id.strip().removeprefix("<").removesuffix(">")


def _counts(pattern: str, year: int) -> bool:
    try:
        return pattern.format(year=year, seq=1) != pattern.format(year=year, seq=2)
    except (LookupError, ValueError, AttributeError):
        return False


def _cases(rows: Sequence[Found]) -> list[Case]:
    return [casefile.load(row.state) for row in rows]


_ID = select(cases.c.id).where(cases.c.number == bindparam("this"))
_STATE = select(cases.c.state).where(cases.c.number == bindparam("this"))
_LOCKED = _STATE.with_for_update()
_PARTIES = select(parties.c.address).where(parties.c.case_number == bindparam("this"))
_PARTY = parties.c.address == bindparam("party")
_TAKEN_OFF = delete(parties).where(parties.c.case_number == bindparam("this"), _PARTY)
_OF_PARTY = (
    select(cases.c.number)
    .join(parties, parties.c.case_number == cases.c.number)
    .where(_PARTY)
    .order_by(cases.c.id.desc())
)
_CASE = select(cases.c.id, cases.c.state)
_FIRST = select(func.min(cases.c.opened_at))
_RECORDED = select(cases.c.id, cases.c.closed_at, cases.c.state).where(cases.c.recording > bindparam("after"))
_STILL_OPEN = _RECORDED.where(cases.c.closed_at.is_(None))
