"""Tables with a row of labels on top: each cell below is a value of the label above it.

A row that only adds up (合计, total) is known as such, so that nothing is counted twice. Cells are parted by TAB, bars,
or two blanks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from mailbot.mail.fields.labelled import Labelled
from mailbot.mail.fields.page import Lexicon, Page, any_of
from mailbot.mail.fold import fold

TABLE, TOTAL = "table", "total"
_CELL = re.compile(r"\t|[ ]*\|[ ]*| {2,}")
_RULE = re.compile(r"[\s|:+\-=_]*$")
_ROWS = 400  # rows under one head that are looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    field: str
    label: str
    unit: tuple[int, int] | None


@lru_cache(maxsize=8)
def _patterns(lexicon: Lexicon) -> tuple[re.Pattern[str], re.Pattern[str]]:
    second = rf"(?:[ ]?[/|(]?[ ]?(?:{lexicon.labels})\)?)?"
    unit = rf"[ ]?(?:[(\[/][ ]?(?:(?P<unit>{lexicon.units})|[^()\[\]\t\n]{{1,12}})[ ]?[)\]]?)?"
    head = re.compile(rf"[*#]{{0,2}}(?P<label>{lexicon.labels}){second}{unit}[ :*.]*")
    return head, re.compile(rf"(?:{any_of(fold(w) for w in lexicon.vocabulary.quantity.sums)})(?![a-z])")


def tables(page: Page) -> Iterator[Labelled]:
    """Find the values of every table: a head has two labels or more, and little else."""
    level = page.spoken.level
    if "\t" not in level and "|" not in level and "  " not in level:
        return
    columns: list[_Column] = []
    at = rows = 0
    for line in level.split("\n"):
        cells = _cells(line, at)
        at += len(line) + 1
        if found := _head(page, cells):
            columns, rows = found, 0
        elif columns and len(cells) >= 2 and rows < _ROWS:
            rows += 1
            yield from _row(page, columns, cells)
        elif not _RULE.match(line):
            columns = []


def _head(page: Page, cells: Sequence[tuple[int, int]]) -> list[_Column]:
    level, head = page.spoken.level, _patterns(page.lexicon)[0]
    hits = [head.fullmatch(level, a, b) if 0 < b - a <= 40 else None for a, b in cells]
    labels = [hit for hit in hits if hit]
    filled = sum(a < b for a, b in cells)
    if len(labels) < 2 or len(labels) * 2 < filled:
        return []
    columns = [
        _Column(field=page.lexicon.field_of(h["label"]), label=h["label"], unit=h.span("unit") if h["unit"] else None)
        if h
        else _Column(field="", label="", unit=None)
        for h in hits
    ]
    return [] if all(c.field in ("", "ignored") for c in columns) else _most_exact(columns)


def _most_exact(columns: list[_Column]) -> list[_Column]:
    """Of two quantity columns (数量, 不良数) keep the one that says more."""
    counts = [c for c in columns if c.field == "quantity"]
    exact = [c for c in counts if c.label not in ("数量", "qty", "quantity", "pcs")]
    if len(counts) < 2 or not exact:
        return columns
    return [c if c.field != "quantity" or c is exact[0] else _Column(field="", label="", unit=None) for c in columns]


def _row(page: Page, columns: Sequence[_Column], cells: Sequence[tuple[int, int]]) -> Iterator[Labelled]:
    level, sums = page.spoken.level, _patterns(page.lexicon)[1]
    total = any(b - a <= 12 and sums.match(level, a, b) for a, b in cells)
    shift = len(columns) - len(cells) if total and len(cells) < len(columns) else 0
    for column, (a, b) in zip(columns[shift:], cells, strict=False):
        if column.field and a < b and (not total or column.field == "quantity") and not _RULE.match(level[a:b]):
            label = TOTAL if total else TABLE
            yield Labelled(field=column.field, start=a, end=b, form=True, label=label, unit=column.unit)


def _cells(line: str, at: int) -> list[tuple[int, int]]:
    if not ("\t" in line or "|" in line or "  " in line.strip()):
        return []
    cells, start = [], 0
    for hit in [*_CELL.finditer(line), None]:
        end = hit.start() if hit else len(line)
        text = line[start:end]
        left = start + len(text) - len(text.lstrip())
        cells.append((at + left, at + max(left, start + len(text.rstrip()))))
        start = hit.end() if hit else end
    return cells
