"""What the operator or the staff must hear of, each once until it is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update

from mailbot.ledger.schema import notices
from mailbot.ledger.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A standing notice."""

    key: str
    text: str
    raised_at: datetime


class Notices:
    """The notices that stand."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def raise_(self, key: str, text: str, now: datetime) -> bool:
        """Let the notice stand; True when it is new and must be told. Its first text and time stay."""
        return self._store.added(notices, {"key": key, "text": text, "raised_at": now}) is not None

    def reword(self, key: str, text: str) -> None:
        """Say a standing notice in other words; it is no new one."""
        self._store.write(update(notices).where(notices.c.key == key, notices.c.text != text).values(text=text))

    def clear(self, key: str) -> bool:
        """It is over; True when the notice stood. Raised again it is new."""
        return self._store.write(delete(notices).where(notices.c.key == key)) > 0

    def all(self) -> list[Notice]:
        """Return what stands, the oldest first."""
        found = self._store.rows(select(notices).order_by(notices.c.raised_at, notices.c.key))
        return [Notice(**row._mapping) for row in found]
