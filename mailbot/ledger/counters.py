"""Numbers that only ever go up, each under a name, counted in the transaction that uses them."""

from __future__ import annotations

from sqlalchemy import bindparam, select, update

from mailbot.ledger.schema import counters
from mailbot.ledger.store import Store


def count_up(store: Store, name: str, by: int = 1) -> int:
    """Take the next number, from 1, within a transaction; it is given back if that fails. `by` takes several."""
    step = {"counter": name, "by": by}
    if not store.write(_STEP, step):
        store.write(store.put_new(counters), {"name": name, "last": 0})
        store.write(_STEP, step)
    return counted(store, name)


def counted(store: Store, name: str) -> int:
    """Return the last number taken, 0 when none was."""
    return int(store.value(_LAST, {"counter": name}) or 0)


_THIS = counters.c.name == bindparam("counter")
_STEP = update(counters).where(_THIS).values(last=counters.c.last + bindparam("by"))
_LAST = select(counters.c.last).where(_THIS)
