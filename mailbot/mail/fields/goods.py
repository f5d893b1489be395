"""The product: from a label, the company's catalogue, or the phrase the mail is about.

Every phrase that may name a thing is weighed by where it stands: beside the model, behind 贵司的 or "your", counted,
bought, in the subject, and how often. A phrase with no such anchor is no product.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mailbot.core.model import Finding
from mailbot.mail.fields.labelled import Labelled
from mailbot.mail.fields.page import Page
from mailbot.mail.fields.phrases_han import han_phrases
from mailbot.mail.fields.phrases_latin import latin_phrases

Span = tuple[int, int]
_ENOUGH = 1.5
_SURE = 5.0  # points of a phrase beside the model
_BETWEEN = re.compile(
    r"[\s(,:\-\"「“]{0,3}(?:(?:型号|机型|model|p/n|料号|图号|货号|规格|品番|part(?: no\.?"
    r"| number)?|code|item|ref(?:erence)?|art(?:icle|\.)?)"
    r"[\s:.#]{0,3}(?:为|是|no\.?|number)?[\s:]{0,2}|一台[\s(,]?(?:型号)?[\s:]{0,2})?"
)
_LEFT = (
    (3.0, re.compile(
        r"(?:贵司|贵公司|贵厂|贵方|贵店|贵处|你们家|你们|你家|您家|你司|你厂|你哋|你店|华信)[^,。;!?\s\d]{0,8}[ ]?$"
        r"|\b(?:your|your company's) (?:new |own )?$"
    )),
    (2.5, re.compile(
        r"(?:买|购|下单|入手|购得|抢|采购|网购|订|拍)[^,。;!?\n]{0,7}[ ]?$"
        r"|\b(?:bought|buyed|purchased|ordered|received|got|delivery of|pieces of|pcs of|boxes of"
        r"|reclaim)[^,.;!?\n]{0,18}$"
    )),
    (1.5, re.compile(r"(?:收到|送来|发来|供应|提供|生产|使用|用|装|叫)(?:了|的|之|嘅|着|过)?[^,。;!?\s\d]{0,3}[ ]?$")),
    (1.5, re.compile(r"(?:[a-z0-9][ ]?的|把|将|(?:到|来|发|送|寄|给|订|买|进|换|装|领)的)[ ]?$")),
    (1.0, re.compile(r"(?<!其中)(?:\d|[一两二三四五六七八九十百千万几这那此该每])[ ]?[\u4e00-\u9fff]$|\d (?:of )?$"
        r"|\b(?:these|those|my|our|his|her|[a-z]+'s) (?:new |old )?$")),
    (0.5, re.compile(r"\b(?:the|this|that|an?) (?:new |old )?$")),
)  # fmt: skip
_RIGHT = (
    (2.0, re.compile(r"[ ]?(?:本身|自身)| itself\b")),
    (2.0, re.compile(r" (?:that |which )?(?:i|we|he|she|they|you) (?:bought|ordered|purchased|received|got)\b")),
    (2.5, re.compile(r"[ ]?\([ ]?(?:[a-z\u4e00-\u9fff]{0,6}[ :]{0,2})?[a-z0-9]")),
    (1.5, re.compile(r"[ ]?(?:\d|[一两二三四五六七八九十百千万]{1,6})[\d,.]{0,9}[ ]?[\u4e00-\u9fffa-z]")),
    (
        1.0,
        re.compile(
            r"(?:[ ]?(?:的|用了|用着|才|刚|就|又|也|都|全|自己|突然|忽然|老是|总是|一直|会"
            r"|不|没|坏|漏|断|裂|掉|破|爆|炸|烧|冒|响|变|松|卡|少|缺|错|脱|生锈|褪|起|异)"
            r"| (?:is|are|was|were|has|have|had|won't|will|does|do|don't|doesn't|keeps?|stopped"
            r"|broke|burst|fell|lost|went|gave|bent|tore|quit|shows|cuts?|failed|smells?|leaks?|trips?|makes|came|started"
            r"|exploded|arrived|caught|does not|[a-z]{3,}(?:ed|es))\b)"
        ),
    ),
    (0.5, re.compile(r"[ ]?(?:[,。;!?)\"」”\n]|$)")),
)
_BESIDES = re.compile(r"(?:换过|换了|除了|不含|如|比如|例如|不是|没有|以及|的|之|嘅)[ ]?$")
_UNHARMED = re.compile(r"[ ]?(?:完整|完好|正常|没问题|无破损|无异常|is fine|are fine|is ok|are ok|were fine)")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Phrase:
    span: Span
    name: str
    points: float
    in_subject: bool


def find_product(
    page: Page, labels: Sequence[Labelled], models: Sequence[str], listed: Span | None = None
) -> Iterator[tuple[str, Finding]]:
    """Find what the complaint is about; `models` are those of the mail, `listed` where it names a product of ours."""
    text = page.spoken.text
    named = [v for v in labels if v.field == "product" and v.form and 1 < v.end - v.start <= 60]
    if named:
        values = dict.fromkeys(text[v.start : v.end] for v in named)
        yield "product", page.found("; ".join(values), named[0].start)
        return
    if listed:
        yield "product", page.found(text[slice(*listed)], listed[0])
        return
    best = _longer(_best(phrases := list(_weighed(page, models))), phrases, page)
    enough = _SURE if page.reply else _ENOUGH  # a reply speaks of parts, the product is known
    if best and best.points >= enough:
        yield "product", page.found(text[slice(*best.span)], best.span[0], min(0.9, 0.3 + best.points / 10))


def _weighed(page: Page, models: Sequence[str]) -> Iterator[_Phrase]:
    level, goods = page.spoken.level, page.lexicon.vocabulary.goods
    where = [hit.span() for m in models for hit in re.finditer(re.escape(m.lower()), level)]
    known = page.lexicon.goods
    phrases = [(span, 1.0 if known.search(level, *span) else 0.5) for span in han_phrases(level, page.lexicon)]
    for (start, end), form in (*phrases, *latin_phrases(level, page.lexicon)):
        name = level[start:end]
        number = name == "手机" and re.match(r"[ ]?(?:号|:|[ ]?\d)", level[end:])
        if number or name in page.lexicon.label_of or not page.free(start, end):
            continue
        in_subject = start < page.text_start - 1
        points = form + _around(level, start, end) + (_SURE if _beside(level, start, end, where) else 0)
        points += 1.0 * (4 <= end - start <= 10 and not name.isascii()) + 0.5 * (name.isascii() and " " in name)
        points += (2.0 if level[end : page.text_start - 1].strip(" :,.!") == "" else 1.0) if in_subject else 0
        if any(name.removesuffix(plural).endswith(goods.packing) for plural in ("", "s", "es")):
            points -= 2.5
        if name.rstrip("s") in goods.doubtful and not in_subject and points < 2:
            points -= 1
        yield _Phrase(span=(start, end), name=name, points=points, in_subject=in_subject)


def _around(level: str, start: int, end: int) -> float:
    """Weigh the words on both sides."""
    line = max(level.rfind("\n", 0, start), level.rfind("。", 0, start)) + 1
    left, right = level[max(line, start - 28) : start], level[end : end + 24]
    points = max((p for p, pattern in _LEFT if pattern.search(left)), default=0.0)
    points += next((p for p, pattern in _RIGHT if pattern.match(right)), 0.0)
    points -= 2.0 * bool(_UNHARMED.match(right))
    return points - 0.5 * bool(_BESIDES.search(left) and points < 2)


def _beside(level: str, start: int, end: int, where: Sequence[Span]) -> bool:
    """Whether the phrase stands right before or right after a model."""
    return any(
        _BETWEEN.fullmatch(level[end:a] if end <= a else level[b:start])
        for a, b in where
        if (end <= a and a - end <= 24) or (b <= start and start - b <= 6)
    )


def _best(phrases: Sequence[_Phrase]) -> _Phrase | None:
    """The phrase with the most points; that it is named again, or in the subject, speaks for it."""
    best: tuple[float, _Phrase] | None = None
    for phrase in phrases:
        same = [p for p in phrases if p is not phrase and _same(p.name, phrase.name)]
        again = min(2.0, 0.5 * len(same)) + (1.0 if any(p.in_subject for p in same) else 0.0)
        points = phrase.points + again - (1.0 if phrase.in_subject and same else 0.0)
        if best is None or points > best[0]:
            best = points, _Phrase(span=phrase.span, name=phrase.name, points=points, in_subject=phrase.in_subject)
    return best[1] if best else None


def _longer(best: _Phrase | None, phrases: Sequence[_Phrase], page: Page) -> _Phrase | None:
    """The same thing by its fuller known name: the motor, which the mail has called a gate motor before."""
    units = page.lexicon.vocabulary.quantity.units
    fuller = [
        p
        for p in phrases
        if best and p.points >= _ENOUGH and len(p.name) > len(best.name) and _same(p.name, best.name)
        if page.lexicon.goods.fullmatch(p.name) and p.name.split()[0] not in units
    ]
    longest = max(fuller, key=lambda p: p.points, default=None)
    if best is None or longest is None:
        return best
    return _Phrase(span=longest.span, name=longest.name, points=best.points, in_subject=longest.in_subject)


def _same(one: str, other: str) -> bool:
    """Whether one name is the end of the other: 水泵, 潜水泵; lamp, desk lamps."""
    a, b = sorted((one.rstrip("s"), other.rstrip("s")), key=len)
    return a == b or b.endswith(f" {a}" if a[0].isascii() else a)
