"""How many pieces are affected: not the order, not the sample drawn, not the good ones.

Every number of things is weighed; the heaviest is the one. Kinds of defects counted one by one (6把没劲，2把卡住) are
added up unless the writer did it himself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from mailbot.core.model import Finding
from mailbot.mail.fields.counts import Count, counts, words_of
from mailbot.mail.fields.labelled import Labelled
from mailbot.mail.fields.numerals import numeral
from mailbot.mail.fields.page import Page
from mailbot.mail.fields.tables import TABLE, TOTAL

ENOUGH = 1.0
_NOT_ADDED = re.compile(
    r"其中|包括|里面|[这那]\d|已|剩|退|换|补|都|全|均|其余|including|of which|remaining|left|return|replac"
)
_NEXT_ITEM = re.compile(r"[^\n]*\n[ \t]*(?:[-•*·–]|\d{1,2}[.)、])[^\n]*")
_SHARE = re.compile(r"(?P<n>\d[\d,]*)[ ]?(?:/|of|out of)[ ]?(?P<all>\d[\d,]*)")


def find_quantity(page: Page, labels: Sequence[Labelled]) -> Iterator[tuple[str, Finding]]:
    """Find the affected quantity and its unit as written."""
    said = [v for v in labels if v.field == "quantity"]
    found = [*(_labelled(page, c, said) for c in counts(page)), *_bare(page, said)]
    found += _added(page, found)
    best = max(found, key=lambda c: c.points, default=None)
    table = [v for v in said if v.label == TOTAL] or [v for v in said if v.label == TABLE]
    if table and (best is None or best.points < 3 or any(v.start <= best.start < v.end for v in said)):
        best = _column(page, table) or best
    if best is None or best.points < ENOUGH:
        return
    sure = min(1.0, 0.5 + best.points / 10)
    yield "quantity", page.found(_whole(best.number), best.start, sure)
    if unit := best.unit or next((c.unit for c in found if c.unit and c.number == best.number), None):
        yield "quantity_unit", page.found(_as_unit(page.spoken.text[slice(*unit)]), best.start, sure)


def _as_unit(written: str) -> str:
    return written if written.casefold() == "nos." else written.rstrip(".")


def _whole(number: float) -> int | float:
    return int(number) if number == int(number) else number


def _labelled(page: Page, count: Count, said: Sequence[Labelled]) -> Count:
    """A count behind a label of quantity weighs more."""
    inside = any(v.start <= count.start < v.end for v in said if v.label not in (TABLE, TOTAL))
    return replace(count, points=count.points + 2) if inside else count


def _bare(page: Page, said: Sequence[Labelled]) -> Iterator[Count]:
    """Find labelled numbers without a unit: 数量：12, Qty: 12/300."""
    for value in said:
        written = page.spoken.level[value.start : value.end].strip()
        share = _SHARE.match(written)
        number = numeral(share["n"] if share else written)
        if number is not None and value.label not in (TABLE, TOTAL):
            yield Count(start=value.start, end=value.end, number=number, unit=value.unit, points=3 + bool(share))


def _column(page: Page, cells: Sequence[Labelled]) -> Count | None:
    """Add up the cells of a column; every cell is a number, with or without its unit."""
    number = re.compile(rf"(?P<n>\d[\d,]*(?:\.\d+)?)(?:[ ]?/[ ]?\d[\d,]*)?[ ]?(?P<unit>{page.lexicon.units})?[ ]*$")
    hits = [hit for v in cells if (hit := number.match(page.spoken.level, v.start, v.end))]
    if not hits:
        return None
    unit = next((hit.span("unit") for hit in hits if hit["unit"]), cells[0].unit)
    total = sum(numeral(hit["n"]) or 0 for hit in hits)
    return Count(start=cells[0].start, end=cells[0].end, number=total, unit=unit, points=5)


def _added(page: Page, found: Sequence[Count]) -> Iterator[Count]:
    """Add up defects that are counted one after the other, when nothing adds them up already."""
    level, sums = page.spoken.level, words_of(page.lexicon).sums
    bad = sorted((c for c in found if c.points >= 2 and not c.whole), key=lambda c: c.start)
    groups: list[list[Count]] = []
    for count in bad:
        last = groups[-1][-1] if groups else None
        between = level[last.end : count.start] if last else ""
        if last and count.start < last.end:
            continue
        near = len(between) <= 40 or (len(between) <= 160 and _NEXT_ITEM.fullmatch(between))
        if last and near and not _NOT_ADDED.search(between) and _same_unit(level, last, count):
            groups[-1].append(count)
        else:
            groups.append([count])
    for group in groups:
        total = sum(c.number for c in group)
        first, last = group[0], group[-1]
        summed = sums.search(level[max(0, first.start - 8) : last.end]) or last.number * 2 == total
        summed = summed or any(c.whole and c.number == total for c in found)  # 20000颗只到18500颗，少1500颗
        if len(group) > 1 and not summed:
            yield replace(first, number=total, points=max(c.points for c in found) + 1)


def _same_unit(level: str, one: Count, other: Count) -> bool:
    return (level[slice(*one.unit)] if one.unit else "") == (level[slice(*other.unit)] if other.unit else "")
