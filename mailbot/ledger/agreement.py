"""What the register and the ledger last agreed to, cell by cell: the base of the three-way comparison.

Read whole every round, so it is remembered between rounds; a counter in the same database tells whether somebody else
has changed it since.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import bindparam, delete, select

from mailbot.core.model import Value
from mailbot.ledger import codec
from mailbot.ledger.counters import count_up, counted
from mailbot.ledger.schema import agreement
from mailbot.ledger.store import Store

_COUNTER = "agreement"


class Agreement:
    """The cells last agreed to, by case number and column key."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._cells: dict[str, dict[str, Value]] = {}
        self._as_of: tuple[int, int] | None = None

    def agreed(self) -> dict[str, dict[str, Value]]:
        """Return every agreed cell, by number and column. Not to be changed; a later agreement leaves it as it is."""
        now = (counted(self._store, _COUNTER), self._store.rollbacks)
        if self._as_of != now:
            rows = self._store.rows(select(agreement.c.number, agreement.c.cells).order_by(agreement.c.number))
            self._cells = {number: codec.loads(cells) for number, cells in rows}
            self._as_of = now
        return self._cells

    def agree(self, cells: Mapping[str, Mapping[str, Value]]) -> None:
        """Merge `cells` (number to column to value) into what is agreed."""
        with self._store.transaction():
            before = self.agreed()
            merged = {number: {**before.get(number, {}), **mine} for number, mine in cells.items()}
            changed = {number: mine for number, mine in merged.items() if not _alike(mine, before.get(number))}
            if changed:
                put = self._store.insert(agreement)
                put = put.on_conflict_do_update(index_elements=["number"], set_={"cells": put.excluded.cells})
                rows: list[dict[str, Any]] = [{"number": n, "cells": codec.dumps(mine)} for n, mine in changed.items()]
                self._store.write(put, rows)
                self._remember({**before, **changed})

    def forget(self, numbers: str | Iterable[str]) -> None:
        """Forget that these rows were ever agreed: the next round sees them as new."""
        gone = {numbers} if isinstance(numbers, str) else set(numbers)
        with self._store.transaction():
            before = self.agreed()
            rows = [{"forgotten": number} for number in gone & before.keys()]
            if rows:
                self._store.write(delete(agreement).where(agreement.c.number == bindparam("forgotten")), rows)
                self._remember({number: cells for number, cells in before.items() if number not in gone})

    def _remember(self, cells: dict[str, dict[str, Value]]) -> None:
        self._cells = cells
        self._as_of = (count_up(self._store, _COUNTER), self._store.rollbacks)


def _alike(ours: Mapping[str, Value], theirs: Mapping[str, Value] | None) -> bool:
    # 1, 1.0 and True are equal and yet not the same cell. Both mappings have the same order when they are equal.
    return ours == theirs and [*map(type, ours.values())] == [*map(type, theirs.values())]
