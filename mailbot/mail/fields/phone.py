"""Phone numbers, as written, with extension; a fax number is none, an order number neither."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailbot.core.model import Finding
from mailbot.mail.fields.names import SURNAMES
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
    r"0\d{2,3}[ \-]\d{4} \d{3}",
    r"04\d{2} \d{3} \d{3}",  # mobile, Australia
    r"0\d{9,11}",
    rf"[48]00{_GAP}\d{{3,4}}{_GAP}\d{{3,4}}",  # service numbers
    r"\(\d{3}\)[ ]?\d{3}[\- .]\d{4}",  # North America
    r"(?:1[\-. ])?\d{3}[\-. ]\d{3}[\-. ]\d{4}",
    r"\(\d{2}\) ?9?\d{4}[\- ]\d{4}",  # Brazil
    r"0\d(?:[ .]\d\d){4}",  # France
    r"0\d{2,4} ?/ ?\d{4,8}",  # Germany
    r"[6-9]\d{4}[ \-]\d{5}",  # India
    r"86[ \-]\d{2,4}[ \-]\d{4}[ \-]?\d{4}",
)
PHONE = re.compile(r"(?<![\dA-Za-z\-_/+.])(?:" + "|".join(_FORMS) + r")(?![\d])" + _EXTENSION, re.I)
_LOOSE = re.compile(
    r"(?:电话|手机|热线|联系方式|打俾我|打给我|揾我(?:打)?|搵我(?:打)?|致电|拨打?|来电|回电"
    r"|请打|whats ?app|wechat|tel|phone|mobile"
    r"|\b(?:ph|mob)\b|\bcell|\bcall|\bring|\breach|\btext)[^\d+(\n]{0,16}(?P<number>[+(]?\d[\d \-().]{5,18}\d)"
)
_CARD = re.compile(r"(?:小姐|先生|太|女士|师傅|经理|姐|哥)[ ,:]{1,3}(?P<number>[2-9]\d{3}[ \-]\d{4})(?!\d)")
_LOCAL = re.compile(  # 8800-0012，老刘: a number of the place, beside a name, at the end of a sentence
    rf"(?:^|[\n,。;!?])[ ]?(?P<number>(?!20\d\d)[2-9]\d{{3}}[ \-]\d{{4}})(?=[ ,]{{1,2}}[老小阿]?[{SURNAMES}])"
)
_LAST = re.compile(  # Kasia Nowak, 600 000 214: groups of digits and nothing else that a signature ends with
    r"(?:^|[\n,]) ?(?P<number>(?!20\d\d)\d{2,4}(?:[ .\-]\d{2,4}){2,3}) *\Z"
)
_FAX = re.compile(r"(?:fax|传真|傳真|f)[\s:：.]*$", re.I)
_OTHER = re.compile(r"(?:订单|单号|批号|编号|order|no)[^\n\d]{0,4}$")
_MOBILE = re.compile(r"^(?:\+?86[ \-]?)?1[3-9]|^(?:\+886[ \-]?|0)9\d{2}|^(?:\+44[ \-]?7|07\d{3} )")


def find_phone(page: Page) -> Iterator[tuple[str, Finding]]:
    """Find the number to call: from the text before the signature, mobile before landline."""
    best: tuple[tuple[int, int], Finding] | None = None
    for rank, passage in enumerate((page.spoken, page.signature)):
        for start, end in phones(passage.text, passage.level):
            number = passage.text[start:end]
            order = (rank, 0 if _MOBILE.match(number) else 1)
            if best is None or order < best[0]:
                best = order, Finding(value=number, source=passage.sentence(start))
    if (
        not best
        and (last := _LAST.search(page.signature.text))
        and len(re.sub(r"\D", "", last["number"])) in range(9, 13)
    ):
        best = (0, 0), Finding(value=last["number"], source=last["number"])
    if best:
        yield "phone", best[1]


def phones(text: str, level: str) -> list[tuple[int, int]]:
    """Return the spans of the phone numbers; a number of unusual form needs a word for calling in front."""
    spans = [hit.span() for hit in PHONE.finditer(text)]
    spans = spans or [hit.span("number") for pattern in (_LOOSE, _CARD, _LOCAL) for hit in pattern.finditer(level)]
    return [
        (start, start + len(text[start:end].rstrip()))
        for start, end in spans
        if not _FAX.search(text[max(0, start - 8) : start]) and not _OTHER.search(level[max(0, start - 10) : start])
    ]
