"""What is done once per day, month or other slot: whether it was done is remembered here, not in a timer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select

from mailbot.ledger.schema import jobs
from mailbot.ledger.store import Store


class Jobs:
    """The jobs done, each by its slot ("2026-03-02")."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def done(self, job: str, slot: str) -> bool:
        """Whether the job was done for this slot."""
        return self._store.value(_DONE, {"this": job, "at": slot}) is not None

    def mark(self, job: str, slot: str, now: datetime) -> None:
        """The job is done for this slot; commit it together with what it ordered."""
        self._store.write(self._store.put_new(jobs), {"job": job, "slot": slot, "done_at": now})


_DONE = select(jobs.c.done_at).where(jobs.c.job == bindparam("this"), jobs.c.slot == bindparam("at"))
