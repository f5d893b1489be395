"""Looking back: how many earlier complaints share something with this one, for the conditions of rules.

Pure functions over a Past that a step brings; they never see the complaint itself. Which product, batch or customer is
the same is decided here and nowhere else.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from mailbot.core.conditions import FIELDS, Function
from mailbot.core.model import Language, Value
from mailbot.core.remarks import say

PAST = "past"
"""Under this name the Past lies among the values a condition looks at; no field is called so."""

SAME: Mapping[str, tuple[str, ...]] = {"product": ("model", "part_no", "product")}
"""What makes something the same: of these fields the first that both complaints name."""

NUMBERS_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """A complaint in the ledger: what it is about, and under which keys its customer is known."""

    number: str
    opened_at: datetime
    values: Mapping[str, Value]
    customer: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """The complaints before one that came `at` this moment from this customer. `language` is that of the reasons."""

    earlier: tuple[Earlier, ...] = ()
    at: datetime | None = None
    customer: frozenset[str] = frozenset()
    language: Language = Language.EN

    def within(self, days: float) -> Iterator[Earlier]:
        """The complaints of the last `days`, in the order of the ledger."""
        if self.at is None:
            return
        start = self.at - timedelta(days=days)
        yield from (one for one in self.earlier if start <= one.opened_at <= self.at)


NOTHING = Past()


def customer_keys(values: Mapping[str, Value], address: str, freemail: frozenset[str]) -> frozenset[str]:
    """Everything by which a customer may be known again: address, the company's mail domain, its name, the phone."""
    domain = address.rpartition("@")[2].casefold()
    found = {address.casefold(), f"@{domain}" if domain and domain not in freemail else ""}
    found |= {folded(values.get(key)) for key in ("company", "phone")}
    return frozenset(found - {""})


def folded(value: Value) -> str:
    """A value as it is compared: without case, width and blanks."""
    return "".join(unicodedata.normalize("NFKC", str(value or "")).split()).casefold()


def repeats(values: Mapping[str, Any], fields: tuple[str, ...], days: float | None) -> int | None:
    """How many earlier complaints share all these fields; None when this one leaves one of them open."""
    found = _sharing(values, fields, days)
    return None if found is None else len(found)


def other_customers(values: Mapping[str, Any], fields: tuple[str, ...], days: float | None) -> int | None:
    """How many other customers complained and share all these fields; None as above."""
    found = _sharing(values, fields, days)
    return None if found is None else len(_by_customer(_strangers(found, _past(values))))


def customer_cases(values: Mapping[str, Any], days: float | None) -> int | None:
    """How many earlier complaints this customer made; None when nothing says who it is."""
    past = _past(values)
    return len(list(_own(past, days))) if past.customer and days is not None else None


def same_batch(values: Mapping[str, Any], days: float | None) -> int | None:
    """How many earlier complaints are about the same batch; None when this one names none."""
    return repeats(values, ("batch",), days)


def _sharing(values: Mapping[str, Any], fields: tuple[str, ...], days: float | None) -> list[Earlier] | None:
    if days is None or not all(any(values.get(key) for key in SAME.get(field, (field,))) for field in fields):
        return None
    return [one for one in _past(values).within(days) if all(_same(field, values, one.values) for field in fields)]


def _same(field: str, one: Mapping[str, Any], other: Mapping[str, Value]) -> bool:
    for key in SAME.get(field, (field,)):
        ours, theirs = _several(one.get(key)), _several(other.get(key))
        if ours and theirs:
            return bool(ours & theirs)
    return False


def _several(value: Value) -> frozenset[str]:
    return frozenset(folded(part) for part in str(value or "").split(";")) - {""}


def _past(values: Mapping[str, Any]) -> Past:
    past: Past = values.get(PAST, NOTHING)
    return past


def _own(past: Past, days: float | None) -> Iterator[Earlier]:
    return (one for one in past.within(days or 0) if one.customer & past.customer)


def _strangers(found: Iterable[Earlier], past: Past) -> list[Earlier]:
    return [one for one in found if not one.customer & past.customer]


def _by_customer(found: Iterable[Earlier]) -> list[frozenset[str]]:
    """The customers behind complaints: those that share a key are one."""
    customers: list[frozenset[str]] = []
    for one in found:
        keys = one.customer or frozenset({one.number})
        known = [customer for customer in customers if customer & keys]
        customers = [customer for customer in customers if not customer & keys]
        customers.append(keys.union(*known))
    return customers


def _told(found: Iterable[Earlier], what: str, days: float, past: Past) -> str:
    """The reason in words: how many, of what, in which time, and their numbers."""
    numbers = [one.number for one in found]
    if not numbers:
        return ""
    shown = ", ".join(numbers[-NUMBERS_SHOWN:]) + (" …" if len(numbers) > NUMBERS_SHOWN else "")
    return say("lookback", past.language, count=len(numbers), what=what, days=f"{days:g}", numbers=shown)


def _what(values: Mapping[str, Any], fields: tuple[str, ...]) -> str:
    named = (next(str(values[k]) for k in SAME.get(field, (field,)) if values.get(k)) for field in fields)
    return ", ".join(named)


def _repeats_told(values: Mapping[str, Any], fields: tuple[str, ...], days: float) -> str:
    found = _sharing(values, fields, days)
    return _told(found, _what(values, fields), days, _past(values)) if found else ""


def _others_told(values: Mapping[str, Any], fields: tuple[str, ...], days: float) -> str:
    found = _strangers(_sharing(values, fields, days) or (), _past(values))
    return _told(found, _what(values, fields), days, _past(values)) if found else ""


def _own_told(values: Mapping[str, Any], days: float) -> str:
    past = _past(values)
    return _told(_own(past, days), say("this_customer", past.language), days, past)


def _batch_told(values: Mapping[str, Any], days: float) -> str:
    return _repeats_told(values, ("batch",), days)


FUNCTIONS: Mapping[str, Function] = {
    "repeats": Function(takes=(FIELDS, float), gives=int, call=repeats, told=_repeats_told),
    "other_customers": Function(takes=(FIELDS, float), gives=int, call=other_customers, told=_others_told),
    "same_batch": Function(takes=(float,), gives=int, call=same_batch, told=_batch_told),
    "customer_cases": Function(takes=(float,), gives=int, call=customer_cases, told=_own_told),
}
"""What conditions of rules may call to look back."""
