"""Whether a complaint repeats an earlier one: same product, same nature of defect, within twelve months [D-71, D-73].

Products are compared by what identifies them: model, part number, and only without these the name. How alike the
descriptions are ranks the candidates and makes none: a customer describes the same fault in many ways.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from mailbot.core.model import Case, Value

WINDOW = timedelta(days=365)
"""How far back a complaint repeats another: domain practice counts twelve months."""
IDENTIFYING = ("model", "part_no")
_SAME, _BATCH, _WORDS = 0.6, 0.15, 0.25  # what the score is made of; the sum is 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """An earlier case that a complaint repeats. `score` is 0-1; `same` are the columns that agree, surest first."""

    number: str
    score: float
    same: tuple[str, ...]


def repeats(case: Case, earlier: Iterable[Case]) -> tuple[Repeat, ...]:
    """Return the earlier cases this one repeats, likeliest first, then the latest."""
    found = [(repeat, other) for other in earlier if (repeat := _repeat(case, other))]
    found.sort(key=lambda each: (-each[0].score, -each[1].opened_at.timestamp()))
    return tuple(repeat for repeat, _ in found)


def products(values: Mapping[str, Value]) -> list[str]:
    """What a case can be found by: a case repeats only those it has one of these in common with."""
    return [f"{key}:{text}" for key in (*IDENTIFYING, "product") if (text := identical(values, key))]


def _repeat(case: Case, other: Case) -> Repeat | None:
    if other.number == case.number or not timedelta() <= case.opened_at - other.opened_at <= WINDOW:
        return None
    product = _same_product(case, other)
    if not product or not _said(case, "nature") or _said(case, "nature") != _said(other, "nature"):
        return None
    batch = bool(_said(case, "batch")) and _said(case, "batch") == _said(other, "batch")
    words = _likeness(_said(case, "description"), _said(other, "description"))
    score = _SAME + _BATCH * batch + _WORDS * words
    return Repeat(number=other.number, score=round(score, 2), same=(product, "nature", *(("batch",) * batch)))


def _same_product(case: Case, other: Case) -> str:
    """The column by which the products are the same; empty when they are not, or nothing tells."""
    for column in IDENTIFYING:
        one, two = _said(case, column), _said(other, column)
        if one and two:
            return column if one == two else ""
    one, two = _said(case, "product"), _said(other, "product")
    return "product" if one and one == two else ""


def identical(values: Mapping[str, Value], column: str) -> str:
    """A cell without what people write differently: width, case, spaces, hyphens."""
    text = unicodedata.normalize("NFKC", str(values.get(column) or "")).casefold()
    return text if column == "description" else re.sub(r"[\s\-_/]+", "", text)


def _said(case: Case, column: str) -> str:
    return identical(case.values, column)


def _likeness(one: str, two: str) -> float:
    """Dice coefficient of the pairs of neighbouring letters, 0-1."""
    left, right = _pairs(one), _pairs(two)
    return 2 * len(left & right) / (len(left) + len(right)) if left and right else 0.0


def _pairs(text: str) -> set[str]:
    letters = re.sub(r"\W+", "", text[:2000])
    return {letters[at : at + 2] for at in range(len(letters) - 1)}
