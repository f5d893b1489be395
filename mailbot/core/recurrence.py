"""Whether a complaint repeats an earlier one: same product, same nature of defect, within twelve months [D-71, D-73].

Products are compared by what identifies them: model, part number, and only without these the name. How alike the
descriptions are ranks the candidates and makes none: a customer describes the same fault in many ways.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import product

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


class Comparable:
    """Many cases, grouped so that one is held only against those it could repeat: products and natures in common."""

    def __init__(self, cases: Iterable[Case]) -> None:
        self._groups = defaultdict[tuple[str, ...], list[Case]](list)
        for case in cases:
            for column, text in _names(case):
                self._groups[_said(case, "nature"), column, text, _known_before(case, column)].append(case)

    def repeated_by(self, case: Case) -> tuple[Repeat, ...]:
        """Return what `repeats` finds for this case among all of them."""
        alike = {
            other.number: other
            for column, text in _names(case)
            for known in _compatible(_known_before(case, column))
            for other in self._groups.get((_said(case, "nature"), column, text, known), ())
        }
        return repeats(case, alike.values())


def _names(case: Case) -> list[tuple[str, str]]:
    return [(column, text) for column in (*IDENTIFYING, "product") if (text := _said(case, column))]


def _known_before(case: Case, column: str) -> str:
    """Which columns are filled that decide before this one does: `10` for the first of two."""
    before = IDENTIFYING[: IDENTIFYING.index(column)] if column in IDENTIFYING else IDENTIFYING
    return "".join("1" if _said(case, each) else "0" for each in before)


def _compatible(known: str) -> Iterator[str]:
    """What another case may have filled, so that none of these columns decides between the two."""
    return map("".join, product(*("0" if one == "1" else "01" for one in known)))


def _repeat(case: Case, other: Case) -> Repeat | None:
    if other.number == case.number or not timedelta() <= case.opened_at - other.opened_at <= WINDOW:
        return None
    column = _same_product(case, other)
    if not column or not _said(case, "nature") or _said(case, "nature") != _said(other, "nature"):
        return None
    batch = bool(_said(case, "batch")) and _said(case, "batch") == _said(other, "batch")
    words = _likeness(_said(case, "description"), _said(other, "description"))
    score = _SAME + _BATCH * batch + _WORDS * words
    return Repeat(number=other.number, score=round(score, 2), same=(column, "nature", *(("batch",) * batch)))


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
