"""How many pieces are affected: not the order, not the sample drawn, not the good ones.

Every number with a unit is weighed by the words around it in its clause; the heaviest is the one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from mailbot.core.model import Finding
from mailbot.mail.fields.labelled import Labelled
from mailbot.mail.fields.numerals import numeral
from mailbot.mail.fields.page import Lexicon, Page, any_of
from mailbot.mail.fold import fold

_NOT_PIECES = (
    r"(?!(?:工作|小时|月|星期|礼拜|钟头|多月|半月|人|客户|顾客|客人|用户|不同的|说法|电话|问题|原因"
    r"|客服|疗程|季度|回合|字|多小时|多月|地方|解释|交代|答复|新的|好评|差评|更换|店|点位|安装))"
)
_OUT_OF = re.compile(
    r"(?<![\d.,])(?P<n>\d[\d,]{0,11})(?: [a-z\-]+){0,4}? (?:out of|of|from) (?:the |a |your |our |these |those "
    r"|total )*(?:first |last )?(?P<all>\d[\d,]*)(?: ?(?P<unit>[a-z]+))?"
    r"|(?<![\d.,])(?P<m>\d[\d,]{0,11}) of (?:your|our|these|those|the) (?P<what>[a-z\d]+)"
)
_AFFECTING = re.compile(r"\b(?:for|return|replace|credit|found|with|reject(?:ed)?|the) $")
ENOUGH = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """The vocabulary of quantities, compiled: a number with its unit, and the words around it."""

    count: re.Pattern[str]
    things: re.Pattern[str]
    affected: re.Pattern[str]
    whole: re.Pattern[str]
    sums: re.Pattern[str]


@lru_cache(maxsize=8)
def _words(lexicon: Lexicon) -> _Words:
    words = lexicon.vocabulary.quantity
    number = r"(?<![\d.a-z\-/])(?<!\d,)(?P<n>\d[\d,]*(?:\.\d+)?|[两二三四五六七八九十百]+)"
    return _Words(
        count=re.compile(rf"{number}[ ]?(?P<unit>{lexicon.units}){_NOT_PIECES}"),
        things=re.compile(rf"(?<![\w.,\-/#$£€])(?P<n>\d[\d,]{{0,8}}) (?:[a-z\-]+ ){{0,3}}?(?:{lexicon.goods.pattern})"),
        affected=re.compile(any_of(fold(w) for w in words.affected)),
        whole=re.compile(any_of(fold(w) for w in words.whole)),
        sums=re.compile(any_of(fold(w) for w in words.sums)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Count:
    start: int
    end: int
    number: str
    unit: tuple[int, int] | None
    points: float


def find_quantity(page: Page, labels: Sequence[Labelled]) -> Iterator[tuple[str, Finding]]:
    """Find the affected quantity and its unit as written."""
    counts = [c for c in _counts(page, labels) if page.free(c.start, c.end)]
    best = max(counts, key=lambda c: c.points, default=None)
    table = [v for v in labels if v.field == "quantity" and v.label == "table"]
    if table and (best is None or best.points < 3):
        total = sum(n for v in table if (n := numeral(page.spoken.level[v.start : v.end])) is not None)
        yield "quantity", page.found(_whole(total), table[0].start)
        return
    if best is None or best.points < ENOUGH or (number := numeral(best.number)) is None:
        return
    yield "quantity", page.found(_whole(number), best.start, min(1.0, 0.5 + best.points / 10))
    if best.unit:
        yield "quantity_unit", page.found(page.spoken.text[slice(*best.unit)].rstrip("."), best.start)


def _whole(number: float) -> int | float:
    return int(number) if number == int(number) else number


def _counts(page: Page, labels: Sequence[Labelled]) -> Iterator[_Count]:
    level, words = page.spoken.level, _words(page.lexicon)
    said = {v.start: v for v in labels if v.field == "quantity"}
    for hit in _OUT_OF.finditer(level):
        if page.spoken.level[hit.start() - 1 : hit.start()] in ("", " ", "\n", "("):
            group = "n" if hit["n"] else "m"
            unit = hit.span("unit") if hit["unit"] and re.fullmatch(page.lexicon.units, hit["unit"]) else None
            yield _Count(start=hit.start(), end=hit.end(group), number=hit[group], unit=unit, points=4)
    hits = list(words.count.finditer(level))
    for index, hit in enumerate(hits):
        clause = page.spoken.clause(hit.start())
        previous = hits[index - 1].end() if index else 0
        following = hits[index + 1].start() if index + 1 < len(hits) else len(level)
        left = level[max(clause[0], previous, hit.start() - 24) : hit.start()]
        right = level[hit.end() : min(clause[1], following, hit.end() + 16)]
        between = level[hit.end() : following] if following - hit.end() < 8 else ""
        points = _points(left, right, between, words)
        points += 2 if any(v.start <= hit.start() < v.end for v in said.values()) else 0
        yield _Count(start=hit.start(), end=hit.end(), number=hit["n"], unit=hit.span("unit"), points=points)
    for hit in words.things.finditer(level):
        left, right = level[max(0, hit.start() - 24) : hit.start()], level[hit.end() : hit.end() + 16]
        points = _points(left, right, "", words) + bool(_AFFECTING.search(left))
        yield _Count(start=hit.start(), end=hit.end("n"), number=hit["n"], unit=None, points=min(points, 3))
    for value in said.values():
        number = re.fullmatch(r"\d[\d,]*", level[value.start : value.end].strip())
        if number and value.label != "table" and not any(value.start <= h.start() < value.end for h in hits):
            yield _Count(start=value.start, end=value.end, number=number[0], unit=None, points=3)


def _points(left: str, right: str, between: str, words: _Words) -> float:
    points = 0.0
    all_of_it = words.whole.search(left[-8:])
    if words.affected.search(left):
        points += 2
    if words.affected.search(right):
        points += 2
    if words.sums.search(left):
        points += 2 if points or words.sums.search(left[-4:]) else 1
    if re.search(r"(?:其中|里有|中有|有|发现|found|共)[ ]?$", left):
        points += 1
    if re.match(r"[ ]?(?:装|每)?(?:中|里)(?:有|面|,)?", right) or re.match(r"(?:里|中|[ ,]?其中)", between):
        points -= 4
    if all_of_it and not re.search(r"其中|有[ ]?$", left[-8:]) and not words.affected.search(left[-8:]):
        points -= 2
    if re.match(
        r"[^,。]{0,4}(?:正常|合格|良品|没问题|没卖|未售|未用|passed|were delivered|delivered|received|tested)", right
    ):
        points -= 3
    return points
