"""What all cases are about, kept from round to round, so that one case can be held against every other.

Only what changed in the ledger is read again. Everything here can be forgotten at any moment: the ledger is the memory.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from mailbot.core.model import Case
from mailbot.ledger.ledger import Ledger


@dataclass(slots=True)
class Casebook:
    """Every case as the ledger has it now. One for each office."""

    ledger: Ledger
    _recordings: tuple[int, int] = (0, 0)
    _cases: dict[str, Case] = field(default_factory=dict)

    def all(self) -> Iterable[Case]:
        """Every case, open and closed, as it stands in the present transaction."""
        self._catch_up()
        return self._cases.values()

    def get(self, number: str) -> Case | None:
        """One case by its number."""
        self._catch_up()
        return self._cases.get(number)

    def _catch_up(self) -> None:
        known, fresh = self._recordings, self.ledger.cases.recordings()
        if fresh == known:
            return
        if known[1] != fresh[1]:  # what was read inside a transaction that failed afterwards never was
            self._cases.clear()
        start = known[0] if self._cases else 0
        self._cases.update((case.number, case) for case in self.ledger.cases.recorded_after(start))
        self._recordings = fresh
