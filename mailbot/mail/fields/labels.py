"""Labelled values.

Forms (型号：…, 【批次】…), tables with a header row, and labels inside a sentence (批号是…, order #…).

A label only says where a value stands; what counts as a value is the business of each field. Identifiers are text for
ever: `0012`, `1E5`, `3-4` stay as written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from mailbot.mail.fields.page import IDENTIFIERS, Lexicon, Page

IDENT = r"(?=[a-z\-_/.#]*\d)[a-z0-9](?:[a-z0-9\-_/.#+]*[a-z0-9])?"
_LINKS = r"[ \t]*(?:、|,|和|及|与|&|/|;|and)[ \t]*"
_SENTENCE_GOES_ON = re.compile(rf"(?P<ids>{IDENT}(?:{_LINKS}{IDENT})*)[ \t]*[,;。](?![ \t]*[a-z0-9])")
_CELL = re.compile(r"\t|\s*\|\s*| {2,}")
_OPENING = re.compile(r"(?:^|\n)[\s【\[(*\-•·>\d.、)#]*$")
_STOP = re.compile(r"[,;。!?)]|\.(?=\s|$)")
_LIMIT = 300  # labelled values of one mail that are looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A value behind a label: the field, the value's offsets in `spoken`, and whether it fills a form line."""

    field: str
    start: int
    end: int
    form: bool
    label: str = ""


@lru_cache(maxsize=8)
def _patterns(lexicon: Lexicon) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    named = rf"({lexicon.labels})(?:\([^)\n]{{0,12}}\))?"
    form = rf"(?:(?<=[\s,;。(、/|【\[*:.)])|^)[ \t]*{named}[ \t]*(?:[】\]][ \t]*:?|:|=|\t)[ \t]*"
    prose = (
        rf"({lexicon.identifier_labels})(?:(?:编号|号码|号|no\.?|number|nr\.?|ref)?[ \t:#.\-]{{0,3}}(?:都是"
        rf"|均为|均是|是|为|is|was|are)?[ \t:]{{0,2}}|[^0-9\n。;!?,]{{1,26}}?(?:是|为|is|are|was"
        rf"|:)[ \t]*)(?P<id>{IDENT}(?:{_LINKS}{IDENT})*)"
    )
    head = rf"[ \t]*({lexicon.labels})[ \t]*"
    return re.compile(form, re.M), re.compile(prose), re.compile(head)


def labelled(page: Page) -> list[Labelled]:
    """Find every labelled value of the mail, tables first; their spans are taken."""
    found = list(_tables(page))
    found += [f for f in _forms(page) if all(f.end <= t.start or f.start >= t.end for t in found)]
    found += [f for f in _prose(page) if all(f.end <= t.start or f.start >= t.end for t in found)]
    for value in found:
        if value.field in (*IDENTIFIERS, "ignored"):
            page.take(value.start, value.end)
    return sorted(found, key=lambda f: f.start)


def _forms(page: Page) -> Iterator[Labelled]:
    level = page.spoken.level
    hits = list(islice(_patterns(page.lexicon)[0].finditer(level), _LIMIT))
    for hit, following in zip(hits, [*hits[1:], None], strict=False):
        line_end = level.find("\n", hit.end())
        line_end = len(level) if line_end < 0 else line_end
        end = min(line_end, following.start() if following else line_end)
        at_start = bool(_OPENING.search(level[max(0, hit.start(1) - 12) : hit.start(1)]) or "】" in hit[0])
        start, end = _trimmed(level, hit.end(), end, whole=at_start)
        name = page.lexicon.field_of(hit[1])
        if name in IDENTIFIERS and (ids := _SENTENCE_GOES_ON.match(level, start, end)):
            end = ids.end("ids")  # 批号：0407-3，不良数量17只
        if start < end:
            yield Labelled(field=name, start=start, end=end, form=at_start, label=hit[1])


def _trimmed(level: str, start: int, end: int, *, whole: bool) -> tuple[int, int]:
    if not whole and (stop := _STOP.search(level, start, end)):
        end = stop.start()
    while end > start and level[end - 1] in " \t,;。|【[(·":
        end -= 1
    while end > start and level[start] in " \t:|":
        start += 1
    return start, end


def _prose(page: Page) -> Iterator[Labelled]:
    level = page.spoken.level
    for hit in islice(_patterns(page.lexicon)[1].finditer(level), _LIMIT):
        name = page.lexicon.field_of(hit[1])
        if name not in (*IDENTIFIERS, "ignored"):
            continue
        start, end = hit.span("id")
        if is_identifier(level, start, end, page.lexicon) or name == "ignored":
            yield Labelled(field=name, start=start, end=end, form=False, label=hit[1])


def is_identifier(level: str, start: int, end: int, lexicon: Lexicon) -> bool:
    """Whether the span looks like an identifier and not like a count, a date or a word."""
    text = level[start:end]
    if not any(char.isdigit() for char in text) or len(text) < 2:
        return False
    if (
        re.match(rf"[ \t]?(?:{lexicon.units}|年|月|日|号(?!码)|天|元|次|%|点)", level[end : end + 12])
        and text.isdigit()
    ):
        return False
    return not re.fullmatch(r"\d{1,2}/\d{1,2}|\d{1,3}(?:v|w|a)|\d+(?:mm|cm|kg|st|nd|rd|th|mah|hz)", text)


def _tables(page: Page) -> Iterator[Labelled]:
    """Find rows under a header row of three or more cells of which two or more are labels."""
    level, head = page.spoken.level, _patterns(page.lexicon)[2]
    keys: list[str] = []
    at = 0
    for line in level.split("\n"):
        cells = _cells(line, at)
        names = [page.lexicon.field_of(m[1]) if (m := head.fullmatch(level, a, b)) else "" for a, b in cells]
        known = [n for n in names if n and n != "ignored"]
        if len(cells) >= 3 and len(known) >= 2 and not any(c.isdigit() for c in line):
            keys = names
        elif keys and len(cells) == len(keys):
            yield from (
                Labelled(field=k, start=a, end=b, form=True, label="table")
                for k, (a, b) in zip(keys, cells, strict=True)
                if k and a < b
            )
        elif line.strip():
            keys = []
        at += len(line) + 1


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
