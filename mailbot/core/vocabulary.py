"""The words by which the fields of a complaint are found, as fields.toml declares them.

Data only: how they are used is in mail/fields.
"""

from __future__ import annotations

from datetime import date

from mailbot.core.rulefile import Model, field_validator

FIELD_KEYS = (
    "contact_name",
    "company",
    "contact_department",
    "contact_position",
    "phone",
    "email",
    "product",
    "model",
    "part_no",
    "batch",
    "order_no",
    "quantity",
    "quantity_unit",
    "purchased_on",
    "shipped_on",
    "occurred_on",
    "purchased_from",
    "demand",
    "claim_amount",
    "claim_currency",
)
"""The fields of a complaint, in the order a clerk fills them in."""


class PeopleWords(Model):
    """What names of companies, departments and positions are made of; `titles` follow a surname."""

    titles: tuple[str, ...]
    company_endings: tuple[str, ...]
    company_words: tuple[str, ...]
    departments: tuple[str, ...]
    positions: tuple[str, ...]


class QuantityWords(Model):
    """Units, and the words around a number that say whether it counts the affected pieces or the whole."""

    units: tuple[str, ...]
    affected: tuple[str, ...]
    whole: tuple[str, ...]
    sums: tuple[str, ...]
    contained: tuple[str, ...] = ()


class DemandTable(Model):
    """A thing customers ask for, and the words they ask with."""

    key: str
    words: tuple[str, ...]
    but_not: tuple[str, ...] = ()


class GoodsWords(Model):
    """Nouns for goods, how other names of things end, what only looks like one, and small words of English names."""

    nouns: tuple[str, ...]
    heads: str = ""
    not_goods: tuple[str, ...] = ()
    packing: tuple[str, ...] = ()
    no_model: tuple[str, ...] = ()
    never_in_names: frozenset[str] = frozenset()
    doubtful: frozenset[str] = frozenset()


class VocabularyFile(Model):
    """fields.toml."""

    version: str
    effective: date
    catalogue: tuple[str, ...] = ()
    freemail: tuple[str, ...] = ()
    labels: dict[str, tuple[str, ...]]
    people: PeopleWords
    quantity: QuantityWords
    goods: GoodsWords
    demand: tuple[DemandTable, ...]

    @field_validator("labels")
    @classmethod
    def _known(cls, labels: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        if unknown := [key for key in labels if key not in (*FIELD_KEYS, "ignored")]:
            raise ValueError(f"{unknown[0]!r} is no field; known are {', '.join(FIELD_KEYS)}")
        return labels
