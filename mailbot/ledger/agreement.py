"""What the register and the ledger last agreed to, cell by cell: the base of the three-way comparison.

Beside it stands what a write under way means to put there. The agreement is read whole every round, so it is remembered
between rounds; a counter in the same database tells whether somebody else has changed it since.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from sys import intern

from sqlalchemy import bindparam, delete, select

from mailbot.core.model import Value
from mailbot.ledger import codec
from mailbot.ledger.counters import count_up, counted
from mailbot.ledger.schema import agreement, intentions
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
            # The keys of a hundred thousand rows are a few dozen texts.
            self._cells = {n: {intern(key): cell for key, cell in codec.loads(cells).items()} for n, cells in rows}
            self._as_of = now
        return self._cells

    def agree(self, cells: Mapping[str, Mapping[str, Value]]) -> None:
        """Merge `cells` (number to column to value) into what is agreed."""
        with self._store.transaction():
            before = self.agreed()
            merged = {number: {**before.get(number, {}), **mine} for number, mine in cells.items()}
            changed = {number: mine for number, mine in merged.items() if not _alike(mine, before.get(number))}
            if changed:
                rows = [{"number": number, "cells": codec.dumps(mine)} for number, mine in changed.items()]
                self._store.write(self._store.put(agreement, "number", "cells"), rows)
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

    def intended(self) -> dict[str, dict[str, Value]]:
        """Return the cells a write was about to put into the register, as the last `intend` noted them."""
        rows = self._store.rows(select(intentions.c.number, intentions.c.cells))
        return {number: codec.loads(cells) for number, cells in rows}

    def intend(self, cells: Mapping[str, Mapping[str, Value]]) -> None:
        """Note what is about to be written, in place of what was noted before; empty when nothing is under way.

        After a crash in mid-write it tells our own cells in the register from what people typed.
        """
        if not cells and not self.intended():
            return  # most rounds write nothing, and shall cost no commit
        rows = [{"number": number, "cells": codec.dumps(mine)} for number, mine in cells.items()]
        with self._store.transaction():
            self._store.write(delete(intentions))
            if rows:
                self._store.write(self._store.put_new(intentions), rows)

    def _remember(self, cells: dict[str, dict[str, Value]]) -> None:
        self._cells = cells
        self._as_of = (count_up(self._store, _COUNTER), self._store.rollbacks)


def _alike(ours: Mapping[str, Value], theirs: Mapping[str, Value] | None) -> bool:
    # 1, 1.0 and True are equal and yet not the same cell. Both mappings have the same order when they are equal.
    return ours == theirs and [*map(type, ours.values())] == [*map(type, theirs.values())]
