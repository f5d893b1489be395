"""What the ledger knows of earlier complaints, in the form rules look back at.

Kept from mail to mail; only what changed in the ledger is read again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from mailbot.core.lookback import Earlier, Past, customer_keys
from mailbot.core.model import Case, Language, Value
from mailbot.core.recurrence import products
from mailbot.core.vocabulary import FIELD_KEYS
from mailbot.ledger.ledger import Ledger

KEPT = (*FIELD_KEYS, "nature", "severity")
"""The values of a case that conditions may compare."""
COMPARED_WITH = 200
"""Earlier cases of one product a new one is held against."""


@dataclass(slots=True)
class Precedents:
    """The complaints of one ledger. `freemail` are the domains whose users have nothing in common."""

    ledger: Ledger
    freemail: frozenset[str]
    language: Language
    _earlier: dict[str, Earlier] = field(default_factory=dict)
    _recordings: tuple[int, int] = (0, 0)
    _by_product: defaultdict[str, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))

    def all(self) -> Iterable[Earlier]:
        """Every complaint, in the form kept here."""
        self._catch_up()
        return self._earlier.values()

    def customer(self, case: Case) -> frozenset[str]:
        """Everything by which the customer of a case may be known again."""
        return customer_keys(case.values, _address(case), self.freemail)

    def alike(self, case: Case) -> list[Case]:
        """Earlier cases that may be about the same product and nature, the latest ones, as the ledger has them now."""
        self._catch_up()
        numbers = dict.fromkeys(n for key in products(case.values) for n in reversed(self._by_product.get(key, {})))
        near = (
            n
            for n in numbers
            if n != case.number and self._earlier[n].values.get("nature") == case.values.get("nature")
        )
        found = (self.ledger.cases.get(number) for number in islice(near, COMPARED_WITH))
        return [other for other in found if other is not None]

    def of(self, case: Case) -> Past:
        """The past of a case in the ledger."""
        return self.before(case.opened_at, _address(case), case.values, but=case.number)

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
            self._by_product.clear()
            known = (0, fresh[1])
        for case in self.ledger.cases.recorded_after(known[0]):
            self._earlier[case.number] = self._of(case)
            for key in products(case.values):
                self._by_product[key][case.number] = None
        self._recordings = fresh

    def _of(self, case: Case) -> Earlier:
        values = {key: case.values[key] for key in KEPT if case.values.get(key)}
        keys = customer_keys(values, _address(case), self.freemail)
        return Earlier(number=case.number, opened_at=case.opened_at, values=values, customer=keys)


def _address(case: Case) -> str:
    return case.answer_to or str(case.values.get("email") or "")
