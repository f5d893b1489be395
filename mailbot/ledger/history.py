"""The append-only history: what happened to each case, in the order it was recorded. An event never changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, func, insert, select

from mailbot.core.model import Event
from mailbot.ledger import codec
from mailbot.ledger.schema import events
from mailbot.ledger.store import Found, Store


def append(store: Store, happened: Sequence[Event]) -> None:
    """Add to the history."""
    rows = [
        {"case_number": e.case, "at": e.at, "actor": e.actor, "kind": e.kind, "facts": codec.dumps(e.facts)}
        for e in happened
    ]
    if rows:
        store.write(_ADD, rows)


def of_case(store: Store, number: str) -> list[Event]:
    """Return what happened to one case."""
    return _events(store.rows(_OF_CASE, {"this": number}))


def since(store: Store, moment: datetime) -> list[Event]:
    """Return what happened at `moment` or later."""
    return _events(store.rows(select(events).where(events.c.at >= moment).order_by(events.c.id)))


def after(store: Store, number: int, limit: int) -> list[tuple[int, Event]]:
    """Return the events behind a place in the history, at most `limit`, each with its own place."""
    rows = store.rows(select(events).where(events.c.id > number).order_by(events.c.id).limit(limit))
    return list(zip((row.id for row in rows), _events(rows), strict=True))


def last(store: Store) -> int:
    """Return the place of the latest event; 0 when there is none."""
    return int(store.value(select(func.max(events.c.id))) or 0)


_ADD = insert(events)
_OF_CASE = select(events).where(events.c.case_number == bindparam("this")).order_by(events.c.id)


def _events(rows: Sequence[Found]) -> list[Event]:
    return [
        Event(case=row.case_number, at=row.at, actor=row.actor, kind=row.kind, facts=codec.loads(row.facts))
        for row in rows
    ]
