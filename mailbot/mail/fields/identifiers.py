"""Model, part number, batch and order number: labelled ones, and models that stand in the text by themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from mailbot.core.model import Finding
from mailbot.mail.fields.labelled import Labelled
from mailbot.mail.fields.labels import IDENT, is_identifier
from mailbot.mail.fields.page import IDENTIFIERS, Page

_PIECE = re.compile(IDENT)
_LINK = re.compile(r"[ \t]*(?:、|,|和|及|与|&|;|\band\b)[ \t]*")
_MODEL = re.compile(
    r"[a-z](?<![a-z0-9\-_/.@#+][a-z])[a-z]{0,5}[0-9]?[a-z]{0,3}-?(?=[a-z0-9\-/]*\d)[a-z0-9]+(?:[-/][a-z0-9]+|\*\d+(?:\.\d+)?)*(?:\+"
    r"|(?![a-z0-9@]))"
)
_STANDARD = re.compile(
    r"(?:iso|iec|gb/t|astm|iatf|jis|cns|vda|aql|ver|rev|http|img|dsc)[-/ ]?\d[\d.\-:]*"
    r"|(?:gb|en|ul|din|ip|cr|fy|q|v|cp|hrc|pn|dn|phi)[/ ]?\d[\d.\-:]*|m\d{1,2}(?:[x*]\d+)*"
    r"|(?:ac|dc)?\d+(?:\.\d+)?(?:v|w|a)"
)
_DOCUMENT = re.compile(
    r"(?:单|单号|编号|工号|订单|no\.?|po|so|ref|order|不是|并非|not|instead of|invoice|发票"
    r"|报告|[\u4e00-\u9fff]号|serial|container|crate|pallet|seal|车牌|awb)(?:是|为)?[ :#]?$"
)
_NUMBERED = re.compile(
    r"(?:po|so|wo|inv|rma|dn|qn|ncr|car|scar|sn|ticket|case)[-_]?\d.*|[a-z]{4}\d{7}|.*-?20\d{6}(?:-.*)?"
)
_LOOSE_LINKS = (",", ";", " ")  # an amount or a date may follow behind these
_CORRECTION = re.compile(
    r"(?:应该?(?:是|为)|应系|应改为|正确的?[^0-9。\n,]{0,8}?(?:是|为|系|:)|更正为|更正:|改为|而是|实际上?(?:是|为)"
    r"|\bshould (?:be|read|have been|have read|say)|\b(?:correct|right) [a-z ]{0,20}?(?:is|was|:)"
    r"|\bis (?:actually|really))[ \t:\"']*"
    rf"(?P<id>{IDENT})"
)
_WRONG = re.compile(
    r"错|有误|不对|不是|笔误|看岔|印的|\b(?:wrong|mistake|typo|mistyped|incorrect|not|sorry|correction|error)\b"
)
_SIZE = re.compile(r"\d+(?:\.\d+)?(?:mm|cm|m|kg|g|l|ml|w|v)?[ ]?(?:[x*×φ]|$|寸|英寸|升|公斤|克)")
_WEEK = re.compile(r"2\d/[0-5]\d")  # year and week, year and month
_BARE = 0.8  # how sure a model is that no label names
_LIMIT = 50  # corrections of one mail that are looked at
_PO = re.compile(r"(?:p\.?o\.?|no\.?)[ \t#:]+", re.I)


def find_identifiers(page: Page, labels: Sequence[Labelled]) -> Iterator[tuple[str, Finding]]:
    """Find the identifiers; several of one kind are joined with "; "."""
    found: dict[str, list[tuple[str, int]]] = {}
    for value in labels:
        if value.field in IDENTIFIERS:
            found.setdefault(value.field, []).extend(_values(page, value))
    corrected = dict(_corrected(page))
    found.update({key: [value] for key, value in corrected.items()})
    bare = [] if "model" in found else _bare_model(page, {t.lower() for ts in found.values() for t, _ in ts})
    if bare:
        found["model"] = bare
    for key, values in found.items():
        distinct = dict.fromkeys(text for text, _ in values)
        if distinct:
            yield key, page.found("; ".join(distinct), values[0][1], _BARE if values is bare else 1.0)


def _corrected(page: Page) -> Iterator[tuple[str, tuple[str, int]]]:
    """Find what a writer takes back: 批号写错了，应该是…; it belongs to the label named last."""
    level, text = page.spoken.level, page.spoken.text
    for hit in islice(_CORRECTION.finditer(level), _LIMIT):
        start = page.spoken.bounds(max(0, page.spoken.bounds(hit.start())[0] - 1))[0]
        left = level[max(start, hit.start() - 80) : hit.start("id")]
        labels = list(re.finditer(page.lexicon.identifier_labels, left))
        if not labels or not is_identifier(level, *hit.span("id"), page.lexicon):
            continue
        field, between = page.lexicon.field_of(labels[-1][0]), left[labels[-1].end() :]
        if field in IDENTIFIERS and (not any(c.isdigit() for c in between) or _WRONG.search(left)):
            page.take(*hit.span("id"))
            yield field, (text[slice(*hit.span("id"))], hit.start("id"))


def _values(page: Page, value: Labelled) -> Iterator[tuple[str, int]]:
    """Take a labelled value apart into identifiers; the model of a form is the whole line (HD-1200W/壁挂)."""
    text, level, end = page.spoken.text, page.spoken.level, value.end
    if value.form and value.field == "model" and end - value.start <= 40:
        if not _SIZE.match(level, value.start, end):
            yield text[value.start : end], value.start
        return
    prefix = _PO.match(level, value.start, end) if value.form else None
    start, first = prefix.end() if prefix else value.start, ""
    while piece := _PIECE.match(level, start, end):
        week = value.field == "batch" and _WEEK.fullmatch(piece[0])
        if not (value.form or week or is_identifier(level, *piece.span(), page.lexicon)):
            return
        if first and not _alike(first, piece[0]) and level[start - 1 : start] in _LOOSE_LINKS:
            return
        if value.field == "model" and _SIZE.match(level, piece.start(), end):
            return
        yield text[piece.start() : piece.end()].rstrip("."), piece.start()
        link = _LINK.match(level, piece.end(), end)
        if link is None:
            return
        start, first = link.end(), first or piece[0]


def _alike(first: str, other: str) -> bool:
    """Whether two identifiers of one enumeration look alike: an amount or a date behind an order number does not."""
    letters = [any(c.isalpha() for c in x) for x in (first, other)]
    return (
        letters[0] == letters[1]
        and (letters[0] or abs(len(first) - len(other)) <= 3)
        and other.isdigit() == first.isdigit()
        and "." not in other
    )


def _short_model(page: Page, before: str, name: str) -> bool:
    """Whether three characters (键盘 K87) are a model: a letter and two digits behind what things end in."""
    return bool(re.fullmatch(r"[a-z]\d\d", name)) and bool(before) and before in page.lexicon.vocabulary.goods.heads


def _bare_model(page: Page, known: set[str]) -> list[tuple[str, int]]:
    text, level = page.spoken.text, page.spoken.level
    order = [*_MODEL.finditer(level, page.text_start), *_MODEL.finditer(level, 0, page.text_start)]
    for hit in order:
        start, end = hit.span()
        name = level[start:end]
        written = text[start:end]
        if not page.free(start, end) or name in page.lexicon.no_model or name in known or _STANDARD.fullmatch(name):
            continue
        if _DOCUMENT.search(level[max(0, start - 8) : start]) or _NUMBERED.fullmatch(name):
            continue
        if (
            (len(name) >= 4 or _short_model(page, level[:start].rstrip()[-1:], name))
            and any(c.isupper() for c in written)
            and not re.match(r"\.(?:jpe?g|png|pdf|xlsx?|docx?|zip|mp4|eml)", level[end:])
        ):
            return [(written, start)]
    return []
