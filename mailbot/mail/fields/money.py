"""The sum asked for, and its currency. What was merely paid is no claim; 合计 wins over its parts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mailbot.core.model import Finding, Language
from mailbot.mail.fields.labelled import Labelled
from mailbot.mail.fields.numerals import numeral
from mailbot.mail.fields.page import Page

_BEFORE = (
    r"rs\.?|₹|zł|pln|czk|krw|nt\$|hk\$|us\$|au\$|a\$|s\$|ca\$|\$|¥|£|€|usd|cny|rmb|eur|gbp"
    r"|twd|ntd|hkd|jpy|sgd|aud|cad|chf"
    r"|inr|人民币|美元|港币|台币|新台币|欧元"
)
_AFTER = (
    r"元整|元|块钱|块(?![\u4e00-\u9fff])|块(?=[也的钱要得就由给都全我你他她吧左多])|圆|美元|美金|欧元|英镑|日元|港币|港元|台币|新台币"
    r"|人民币|usd|eur|gbp|rmb|cny|twd"
    r"|hkd|dollars|bucks|euros?|pounds|quid|€"
)
_DIGITS = r"(?:\d{1,3}(?:\.\d{3})*,\d{2}(?![\d,])|\d[\d,]{0,14}(?:\.\d{1,2})?[ ]?(?:万|k\b)?)"
_CHINESE = "[零〇一二两三四五六七八九十百千万壹贰叁肆伍陆柒捌玖拾佰仟]{1,16}"
_SUM = re.compile(
    rf"(?P<before>{_BEFORE})[ ]?(?P<a>{_DIGITS}|{_CHINESE}(?=元|圆|整))(?:[ ]?(?:元整|元|圆))?"
    rf"|(?<![\d.\-a-z零一二两三四五六七八九十百千万])(?<!\d,)"
    rf"(?P<b>{_DIGITS}|{_CHINESE})[ ]?(?P<after>{_AFTER})(?![ ]?/)"
)
_SIGNS = {
    "TWD": ("nt$", "ntd", "twd", "台币", "新台币"),
    "HKD": ("hk$", "hkd", "港币", "港元"),
    "USD": ("us$", "usd", "$", "美元", "美金", "dollars", "bucks"),
    "GBP": ("£", "gbp", "英镑", "pounds", "quid"),
    "EUR": ("€", "eur", "euro", "euros", "欧元"),
    "JPY": ("jpy", "日元"),
    "SGD": ("s$", "sgd"),
    "AUD": ("a$", "au$", "aud"),
    "CAD": ("ca$", "cad"),
    "CHF": ("chf",),
    "INR": ("inr", "rs", "rs.", "₹"),
    "PLN": ("pln", "zł"),
    "CZK": ("czk",),
    "KRW": ("krw",),
}
_CODES = {sign: code for code, signs in _SIGNS.items() for sign in signs}
_ASKED = re.compile(
    r"赔|损失|索|扣|退|承担|负担|多收|多付|补偿|要你们|你们出|你们也|费用|违约|罚|这个钱|由贵|损"
    r"|compensat|claim|refund|reimburs|back|estimate|cost|charge|credit|damage|owe|invoice|overpaid"
    r"|pay|debit|penalt|fine|bear|loss|expense|contribution|money back|knock|wasted|out of pocket"
)
_PAID = re.compile(
    r"(?:花了|花费了?|售价|价格|单价|原价|实付|买的?时候|价值|worth|costs? me|price of|paid|for only|unit price)[ ]?$"
)
_SUMMED = re.compile(r"(?:合计|共计|总计|总共|一共|共|total)[^\d,。;\n]{0,8}$")


def find_claim(page: Page, labels: Sequence[Labelled]) -> Iterator[tuple[str, Finding]]:
    """Find the amount claimed: a number and an ISO currency code."""
    level = page.spoken.level
    named = next((v for v in labels if v.field == "claim_amount"), None)
    best: tuple[float, int, re.Match[str]] | None = None
    for hit in _SUM.finditer(level):
        points = _points(page, hit) + (5 if named and named.start <= hit.start() < named.end else 0)
        if points > 0 and page.free(*hit.span()) and (best is None or points > best[0]):
            best = points, hit.start(), hit
    if best is None or (amount := _amount(best[2]["a"] or best[2]["b"])) is None:
        return
    page.take(*best[2].span())
    yield "claim_amount", page.found(int(amount) if amount == int(amount) else amount, best[1])
    sign = best[2]["before"] or best[2]["after"] or ""
    home = "TWD" if page.language is Language.ZH_TW else "CNY"
    yield (
        "claim_currency",
        page.found("JPY" if sign == "¥" and page.language is Language.EN else _CODES.get(sign, home), best[1]),
    )


def _amount(written: str) -> float | None:
    """Read a sum, also the European way: 1.250,50."""
    european = re.fullmatch(r"\d{1,3}(?:\.\d{3})*,\d{2}", written)
    return numeral(written.replace(".", "").replace(",", ".") if european else written)


def _points(page: Page, hit: re.Match[str]) -> float:
    level = page.spoken.level
    start, end = page.spoken.bounds(hit.start())
    left, right = level[max(start, hit.start() - 60) : hit.start()], level[hit.end() : min(end, hit.end() + 45)]
    points = 2.0 * bool(_ASKED.search(left[-30:])) + 2.0 * bool(_ASKED.search(right)) + bool(_ASKED.search(left))
    points += 3.0 * bool(_SUMMED.search(left))
    if _PAID.search(left) and not re.search(
        r"这个钱|由|要你们|你们出|承担|退|refund|back|报销|pay|cover|reimburse", right
    ):
        return 0.0
    return 0.0 if re.match(r"[ ]?(?:/|每|per|一个|的优惠|each time)", right) and "each" not in right else points
