"""To whom else goods of a batch went: what a fault of one customer may mean for the others [D-45]."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from mailbot.core.model import Case
from mailbot.core.procedure import Procedure
from mailbot.core.remarks import listed, say

LISTED = 8
"""Customers named in a row; of more the number is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """Goods of one batch that went to one customer. `quantity` and `day` as written in the list."""

    batch: str
    customer: str
    quantity: str = ""
    day: str = ""


def fold_batch(text: object) -> str:
    """A batch number without what people write differently: width, case, blanks."""
    return "".join(unicodedata.normalize("NFKC", str(text or "")).split()).casefold()


def shipped_elsewhere(case: Case, shipments: Iterable[Shipment]) -> tuple[Shipment, ...]:
    """The shipments of the case's batch to other customers than his own, in the order of the list."""
    batch, own = fold_batch(case.values.get("batch")), fold_batch(case.values.get("company"))
    if not batch:
        return ()
    return tuple(
        s for s in shipments if fold_batch(s.batch) == batch and not _same_customer(fold_batch(s.customer), own)
    )


def spread_words(shipments: tuple[Shipment, ...], procedure: Procedure) -> str:
    """In the staff's words: who else got the batch; empty when nobody is known."""
    if not shipments:
        return ""
    names = [" ".join(filter(None, (s.customer, s.quantity, s.day))) for s in shipments[:LISTED]]
    more = "…" if len(shipments) > LISTED else ""
    facts = {"count": len({s.customer for s in shipments}), "text": shipments[0].batch}
    return say("spread", procedure.language, customers=listed(names, procedure.language) + more, **facts)


def _same_customer(one: str, own: str) -> bool:
    return bool(own) and bool(one) and (one in own or own in one)
