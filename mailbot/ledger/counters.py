"""Numbers that only ever go up, each under a name, counted in the transaction that uses them."""

from __future__ import annotations

from sqlalchemy import select

from mailbot.ledger.schema import counters
from mailbot.ledger.store import Store


def count_up(store: Store, name: str) -> int:
    """Take the next number, from 1; it is given back if the transaction around it fails."""
    first = store.insert(counters).values(name=name, last=1)
    step = first.on_conflict_do_update(index_elements=["name"], set_={"last": counters.c.last + 1})
    return int(store.written(step.returning(counters.c.last))[0][0])


def counted(store: Store, name: str) -> int:
    """Return the last number taken, 0 when none was."""
    return int(store.value(select(counters.c.last).where(counters.c.name == name)) or 0)
