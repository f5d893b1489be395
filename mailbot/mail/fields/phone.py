"""Phone numbers, as written, with extension; a fax number is none, an order number neither."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailbot.core.model import Finding
from mailbot.mail.fields.page import Page

_GAP = r"[ \-.]?"
_EXTENSION = r"(?:[ ]?-[ ]?\d{2,5}(?!\d)|[ \-]{0,2}(?:转|轉|分机|分機|ext\.?|extension|x|#)[ :：.]{0,2}\d{1,6})?"
_FORMS = (
    r"\+\d{1,3}[ \-.]?(?:[(（]\d{1,4}[)）][ \-.]?)?\d(?:[ \-.]?\d){5,12}",  # international
    rf"1[3-9]\d{_GAP}\d{{4}}{_GAP}\d{{4}}",  # mobile, mainland
    r"09\d{2}[ \-]?\d{3}[ \-]?\d{3}",  # mobile, Taiwan
    rf"[(（]0\d{{1,4}}[)）][ \-]?\d{{3,4}}{_GAP}\d{{3,4}}",
    rf"0\d{{1,3}}[ \-]\d{{3,4}}{_GAP}\d{{4}}",
    r"0\d{3,4} \d{5,7}",  # United Kingdom
    r"0\d{3,4} \d{3} \d{3,4}",
    r"0\d{2} \d{4} \d{4}",
    r"0\d{9,11}",
    rf"[48]00{_GAP}\d{{3,4}}{_GAP}\d{{3,4}}",  # service numbers
    r"\(\d{3}\)[ ]?\d{3}[\- .]\d{4}",  # North America
    r"\d{3}[\-.]\d{3}[\-.]\d{4}",
)
PHONE = re.compile(r"(?<![\dA-Za-z\-_/+.])(?:" + "|".join(_FORMS) + r")(?![\d])" + _EXTENSION, re.I)
_LOOSE = re.compile(
    r"(?:电话|手机|热线|联系方式|tel|phone|mobile|call me|call us)[^\d+(\n]{0,12}(?P<number>[+(]?\d[\d \-().]{5,18}\d)",
    re.I,
)
_FAX = re.compile(r"(?:fax|传真|傳真|f)[\s:：.]*$", re.I)
_MOBILE = re.compile(r"^(?:\+?86[ \-]?)?1[3-9]|^(?:\+886[ \-]?|0)9\d{2}|^(?:\+44[ \-]?7|07\d{3} )")


def find_phone(page: Page) -> Iterator[tuple[str, Finding]]:
    """Find the number to call: from the text before the signature, mobile before landline."""
    best: tuple[tuple[int, int], Finding] | None = None
    for rank, passage in enumerate((page.spoken, page.signature)):
        for start, number in _numbers(passage.text, passage.level):
            order = (rank, 0 if _MOBILE.match(number) else 1)
            if best is None or order < best[0]:
                best = order, Finding(value=number, source=passage.sentence(start))
    if best:
        yield "phone", best[1]


def _numbers(text: str, level: str) -> Iterator[tuple[int, str]]:
    hits = [(hit.start(), hit[0].strip()) for hit in PHONE.finditer(text)]
    hits += (
        [(hit.start("number"), text[slice(*hit.span("number"))].strip()) for hit in _LOOSE.finditer(level)]
        if not hits
        else []
    )
    for start, number in hits:
        if not _FAX.search(text[max(0, start - 8) : start]) and not re.search(
            r"(?:订单|单号|批号|编号|order|no)[^\n\d]{0,4}$", level[max(0, start - 10) : start]
        ):
            yield start, number
