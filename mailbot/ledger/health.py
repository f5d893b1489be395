"""How each part of the daemon fares: the mailbox, the register, sending. Read by `status` and the daily summary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update

from mailbot.ledger.schema import parts
from mailbot.ledger.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class PartHealth:
    """A part: when it last worked, and since when and how often in a row it has failed."""

    part: str
    ok_at: datetime | None
    failing_since: datetime | None
    failures: int
    message: str
    next_try_at: datetime | None


class Health:
    """The health of all parts."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def ok(self, names: Sequence[str], now: datetime) -> None:
        """These parts have just worked; written down together, for each commit costs several writes to the disk."""
        well = {"ok_at": now, "failing_since": None, "failures": 0, "message": "", "next_try_at": None}
        if names:
            self._store.write(self._store.put(parts, "part", *well), [{"part": name, **well} for name in names])

    def failed(self, part: str, message: str, now: datetime, next_try_at: datetime | None = None) -> int:
        """The part has just failed; return how often in a row."""
        mine = parts.c.part == part
        said = {"message": message, "next_try_at": next_try_at}
        since = func.coalesce(parts.c.failing_since, now)
        again = update(parts).where(mine).values(failing_since=since, failures=parts.c.failures + 1, **said)
        with self._store.transaction():
            self._store.write(self._store.put_new(parts), {"part": part, "failures": 0})
            self._store.write(again)
            return int(self._store.value(select(parts.c.failures).where(mine)))

    def all(self) -> list[PartHealth]:
        """Return every part that ever reported, by name."""
        return [PartHealth(**row._mapping) for row in self._store.rows(_ALL)]


_ALL = select(parts).order_by(parts.c.part)
