"""Labelled values: forms (型号：…, 【批次】…), tables, and labels inside a sentence (批号是…, order #…, K0918这批).

A label only says where a value stands; what counts as a value is the business of each field. Identifiers are text for
ever: `0012`, `1E5`, `3-4` stay as written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from mailbot.mail.fields.beginnings import Beginnings
from mailbot.mail.fields.labelled import Labelled
from mailbot.mail.fields.page import IDENTIFIERS, Lexicon, Page, label_pattern
from mailbot.mail.fields.tables import tables

IDENT = r"(?=[a-z\-_/.#]*\d)[a-z0-9](?:[a-z0-9\-_/.#+]*[a-z0-9])?"
_LINKS = r"[ \t]*(?:、|,|和|及|与|&|/|;|and)[ \t]*"
_COUNTED = r"[ ]?(?:[年月日号%台套个只件支箱盏卷片]|nos\b|pcs\b|pieces\b|units\b|sets\b)"
_ANOTHER = rf"{_LINKS}{IDENT}(?![a-z0-9\-_/.#+]|{_COUNTED})"  # a further identifier: no date, no count
_VERBS = r"(?:都|均|全部?|皆)?(?:是|为|系)|(?<![a-z])(?:is|was|are|were|reads)(?![a-z])"
_SENTENCE_GOES_ON = re.compile(
    rf"(?P<ids>{IDENT}(?:{_LINKS}{IDENT})*)(?:[ \t]*[,;。](?![ \t]*[a-z0-9])|\.[ \t]+(?=[a-z]{{2,}}[ ]))"
)
_OPENING = re.compile(r"(?:^|\n)[\s【\[(*\-•·>\d.、)#]*$")
_STOP = re.compile(r"[,;。!?)]|\.(?=\s|$)")
_LIMIT = 300  # labelled values of one mail that are looked at
_BATCH_BEHIND = re.compile(
    rf"(?<![a-z0-9\-_/.#+])(?P<id>{IDENT})[ \t]?(?:(?:这|该)(?:一|个)?批(?!次?量)|(?:的)?批[次号]|(?:这)?批的"
    r"|[ ](?:lot|batch)(?![a-z]))"
)
_ORDER_BEHIND = re.compile(
    rf"(?<![a-z0-9\-_/.#+])(?P<id>{IDENT})[ \t]?(?:[这那该此](?:一|个|张|份|笔)?"
    r"(?:订|合同|采购)?(?:单(?![价独个纯位])|合同)|的?订单)"
    r"|(?<![a-z0-9])(?:po|p/o)[-_]?(?P<po>\d{5,}(?:[-/]\d+)*)(?![a-z0-9\-_/.#+])"
)
_FIRST = re.compile(IDENT)
_NUMBERING = re.compile(r"[号单]|\bno\b|number|s/n|ticket|awb|rev|version|imei|fax|address|vendor")
_MONTHLY = re.compile(r"\d\d/\d\d")
_DATE = re.compile(r"20\d\d[-/.](?:1[0-2]|0?[1-9])[-/.](?:3[01]|[12]\d|0?[1-9])$")


_MARKED = r"(?:\([^)\n]{0,12}\))?[ \t]*(?:[】\]][ \t]*:?|:|=|\t)[ \t]*"
_SPOKEN = (
    rf"(?:\(?(?:编号|号码|号|no\.?|number|nr\.?|ref)?[ \t:#.\-\"']{{0,3}}(?:{_VERBS})?[ \t:\"']{{0,2}}"
    r"|[ ](?:on|from|off|of|in) (?:the |my |its |your |each )?[a-z]{2,12}[ ]"
    rf"|[^0-9\n。;!?,]{{1,26}}?(?:{_VERBS}|:)[ \t\"']*)(?P<id>{IDENT}(?:{_ANOTHER})*)"
)


@lru_cache(maxsize=8)
def _patterns(lexicon: Lexicon) -> tuple[Beginnings, Beginnings]:
    return (
        Beginnings(lexicon.label_words, lambda w: f"({label_pattern(w)}){_MARKED}", after=r"\s,;。(、/|【\[*:.)"),
        Beginnings(lexicon.identifier_words, lambda w: f"({label_pattern(w)}){_SPOKEN}"),
    )


def labelled(page: Page) -> list[Labelled]:
    """Find every labelled value of the mail, tables first; their spans are taken."""
    found = list(tables(page))
    for finder in (_forms, _prose, *_BEHIND):
        if finder not in _BEHIND or not any(f.field == _BEHIND[finder] for f in found):
            found += [f for f in finder(page) if all(f.end <= t.start or f.start >= t.end for t in found)]
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
        for a, b in _cells(level, start, end):
            yield Labelled(field=name, start=a, end=b, form=at_start, label=hit[1])


def _cells(level: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Take apart what stands in several cells behind one label."""
    for cell in re.finditer(r"[^\t]+", level[start:end]):
        a, b = _trimmed(level, start + cell.start(), start + cell.end(), whole=True)
        if a < b:
            yield a, b


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
        if not is_identifier(level, start, end, page.lexicon) and (first := _FIRST.match(level, start, end)):
            end = first.end()  # 单号 JX8826，599块
        stamped = name == "batch" and start - hit.end(1) <= 2 and _MONTHLY.fullmatch(hit["id"])
        if name == "ignored" and _no_ignored(level[end : end + 12], hit, page.lexicon):
            continue
        if name == "ignored" or stamped or (is_identifier(level, start, end, page.lexicon) and not _mere_number(hit)):
            yield Labelled(field=name, start=start, end=end, form=False, label=hit[1])


def _no_ignored(behind: str, hit: re.Match[str], lexicon: Lexicon) -> bool:
    """Whether a label that means nothing to us stands before something else: 送货单20000颗, sampled of relay HX-24."""
    if hit["id"].isdigit():
        return bool(re.match(rf"[ ]?(?:{lexicon.units})", behind))
    return any(c.isalpha() for c in hit["id"]) and not _NUMBERING.search(hit[1])


def _mere_number(hit: re.Match[str]) -> bool:
    """Whether a short number, or a date, follows a label that is also a common word: order 50, 合同交期为2026-02-20."""
    between = hit.string[hit.end(1) : hit.start("id")]
    short = hit["id"].isdigit() and len(hit["id"]) < 4
    if short and hit[1].isascii() and hit[1].isalpha() and not re.search(r"[#:=]|is|was|no\b|系|是", between):
        return True
    money = re.match(r"[ ]?(?:usd|eur|gbp|euros?|dollars|pounds|元|块)", hit.string[hit.end("id") :])
    return bool(money) or (len(between.strip()) > 3 and bool(_DATE.match(hit["id"])))


def _behind(page: Page) -> Iterator[Labelled]:
    """Find a batch that stands before its label: K0918这一批, the 2603 batch."""
    for hit in islice(_BATCH_BEHIND.finditer(page.spoken.level), _LIMIT):
        start, end = hit.span("id")
        if end - start >= (4 if hit["id"].isdigit() else 3):
            yield Labelled(field="batch", start=start, end=end, form=False, label="batch")


def _order_behind(page: Page) -> Iterator[Labelled]:
    """Find an order number that stands before its label, or in one with it: BF-26-0418这单, PO20260312-4."""
    for hit in islice(_ORDER_BEHIND.finditer(page.spoken.level), _LIMIT):
        start, end = hit.span("id" if hit["id"] else "po")
        if end - start >= (5 if hit["id"] and hit["id"].isdigit() else 4):
            yield Labelled(field="order_no", start=start, end=end, form=False, label="order")


_BEHIND = {_behind: "batch", _order_behind: "order_no"}
"""What looks in front of a label, and the field it finds; asked only where nothing else has found it."""


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
