"""What the ledger knows of earlier complaints, in the form rules look back at.

Kept from mail to mail; only what changed in the ledger is read again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from mailbot.core.lookback import Earlier, Past, customer_keys
from mailbot.core.model import Case, Language, Value
from mailbot.core.vocabulary import FIELD_KEYS
from mailbot.ledger.ledger import Ledger

KEPT = (*FIELD_KEYS, "nature", "severity")
"""The values of a case that conditions may compare."""


@dataclass(slots=True)
class Precedents:
    """The complaints of one ledger. `freemail` are the domains whose users have nothing in common."""

    ledger: Ledger
    freemail: frozenset[str]
    language: Language
    _earlier: dict[str, Earlier] = field(default_factory=dict)
    _recordings: tuple[int, int] = (0, 0)

    def before(self, at: datetime, address: str, values: Mapping[str, Value], but: str = "") -> Past:
        """The past of a complaint that came `at` this moment from this address. `but` is its own number."""
        self._catch_up()
        return Past(
            earlier=tuple(one for one in self._earlier.values() if one.number != but),
            at=at,
            customer=customer_keys(values, address, self.freemail),
            language=self.language,
        )

    def _catch_up(self) -> None:
        known, fresh = self._recordings, self.ledger.cases.recordings()
        if fresh == known:
            return
        if fresh[1] != known[1]:  # what was read inside a transaction that failed afterwards never was
            self._earlier.clear()
            known = (0, fresh[1])
        for case in self.ledger.cases.recorded_after(known[0]):
            self._earlier[case.number] = self._of(case)
        self._recordings = fresh

    def _of(self, case: Case) -> Earlier:
        values = {key: case.values[key] for key in KEPT if case.values.get(key)}
        address = case.answer_to or str(case.values.get("email") or "")
        keys = customer_keys(values, address, self.freemail)
        return Earlier(number=case.number, opened_at=case.opened_at, values=values, customer=keys)
