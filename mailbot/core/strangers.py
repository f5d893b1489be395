"""Whether a text names other customers, or their cases: what one customer must never read about another.

Names are compared as people write them: a company also without its legal form, brackets and province, a person of two
characters only with a form of address, for 高强 begins 高强度. What the reader knows already is no secret to him.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator

from mailbot.core.lookback import Earlier
from mailbot.core.model import Case

Forms = Iterator[tuple[str, Callable[[], re.Pattern[str]]]]
"""Spellings of a name: the letters to look for first, and what makes sure that it is the name."""

_BRACKETS = re.compile(r"\s*\([^()]*\)\s*")
_FORM = re.compile(
    r"(?:股份|集团|集團|控股|有限责任公司|有限責任公司|有限公司|公司|总厂|工厂"
    r"|[\s,.]+(?:co|company|ltd|limited|inc|llc|corp|corporation|gmbh|ag|kg|bv|nv|srl|spa|sa|plc|pty|pte|oy|ab|kk)\.?)$"
)
_PLACE = re.compile(r"^[\u4e00-\u9fff]{2,3}?[省市](?=[\u4e00-\u9fff]{4})")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_ADDRESSED = r"\s?(?:先生|女士|小姐|经理|經理|总监|總監|工程师|工程師|主管|老师|总|總|工)"
_MAIL = re.compile(r"[^\s<>,;:()\"']+@[a-z0-9-]+(?:\.[a-z0-9-]+)+")
_SHORTEST = 4
"""Characters of a company's name that identify it; shorter ones occur in any text."""


_KNOWN = ("company", "contact_name", "email", "description", "subject", "purchased_from")
"""What the customer said himself is no secret to him."""


def strangers_named(
    text: str,
    case: Case,
    customer: frozenset[str],
    others: Iterable[Earlier],
    customers: Iterable[str] = (),
    known: str = "",
) -> tuple[str, ...]:
    """Return what `text` tells the customer of `case` about others, as it stands in the records, each once.

    `customer` are the keys he is known by (see `lookback`), `others` all complaints, `customers` further names; `known`
    is text whose names are no secret to anybody.
    """
    told = fold_name(text)
    own = fold_name("\n".join((known, *(str(case.values.get(key) or "") for key in _KNOWN), *case.parties)))
    addresses = frozenset(_MAIL.findall(told))
    found: dict[str, None] = {}
    for other in others:
        if other.number != case.number and not other.customer & customer:
            found |= dict.fromkeys(_told_of(other, told, own, addresses))
    found |= {name: None for name in customers if _tells(told, own, _company(name))}
    return tuple(found)


def _told_of(other: Earlier, told: str, own: str, addresses: frozenset[str]) -> Iterator[str]:
    if _tells(told, own, _exactly(other.number.casefold())):
        yield other.number
    for key, forms in (("company", _company), ("contact_name", _person)):
        name = str(other.values.get(key) or "")
        if _tells(told, own, forms(name)):
            yield name
    yield from (address for address in sorted(addresses & other.customer) if address not in own)


def _tells(told: str, own: str, forms: Forms) -> bool:
    return any(form in told and form not in own and pattern().search(told) for form, pattern in forms)


def _company(name: str) -> Forms:
    forms = [core := fold_name(name).strip()]
    core = _BRACKETS.sub("", core)
    while (shorter := _FORM.sub("", core).rstrip(" ,.")) != core:
        core = shorter
    for form in dict.fromkeys((*forms, core, _PLACE.sub("", core))):
        if len(form) >= _SHORTEST:
            yield from _exactly(form)


def _person(name: str) -> Forms:
    form = fold_name(name).strip()
    if _CHINESE.search(form) and len(form) == 2:
        yield form, lambda: re.compile(re.escape(form) + _ADDRESSED)
    elif " " in form or (_CHINESE.search(form) and len(form) > 2):
        yield from _exactly(form)


def _exactly(form: str) -> Forms:
    before = r"(?<![a-z0-9])" if form[:1].isascii() else ""
    after = r"(?![a-z0-9])" if form[-1:].isascii() else ""
    yield form, lambda: re.compile(before + re.escape(form) + after)


def fold_name(text: str) -> str:
    """Fold width and case; the rest stays as written."""
    return unicodedata.normalize("NFKC", text).casefold()
