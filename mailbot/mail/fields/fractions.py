"""Parts of a whole that are named as a fraction: half of the 40 boxes, 15% of 200, 24瓶有一半漏了.

Only a fraction beside its whole becomes a number, and only where it is a whole one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from mailbot.mail.fields.numerals import NUMBER_WORDS, numeral
from mailbot.mail.fields.page import Lexicon

Part = tuple[tuple[int, int], float, tuple[int, int] | None]
"""Where the fraction stands with its whole, how many pieces that is, and where the unit stands."""
_LIMIT = 20  # fractions of one mail that are looked at
_HINT = re.compile(
    r"\bhalf of|[%％] of|\b(?:thirds?|quarters?|one in [a-z]+|\d in \d+) of|一半|半数|分之|成(?:都|是|坏|有)"
)
_NAMED = {"half": 0.5, "a third": 1 / 3, "one third": 1 / 3, "two thirds": 2 / 3, "a quarter": 0.25}
_NAMED |= {"one quarter": 0.25, "three quarters": 0.75, "一半": 0.5, "半数": 0.5}


@lru_cache(maxsize=8)
def _patterns(lexicon: Lexicon) -> tuple[re.Pattern[str], ...]:
    english = "half|(?:a|one) (?:third|quarter)|two thirds|three quarters"
    share = rf"(?P<of>{english}|\d{{1,2}}(?:\.\d)? ?%|one in (?:\d{{1,2}}|{NUMBER_WORDS}))"
    chinese = r"一半|半数|[一二两三四五六七八九]分之[一二两三四五六七八九]|百分之[一二三四五六七八九十\d]{1,3}"
    return (
        re.compile(
            rf"\b{share} of (?:(?:the|our|your|these|those|all) ){{0,2}}(?P<n>\d[\d,]*)[ ]?(?P<unit>{lexicon.units})?"
        ),
        re.compile(
            rf"(?<![\d.])(?P<n>\d[\d,]*)[ ]?(?P<unit>{lexicon.units})[^,。;!?\n\d]{{0,8}}?[ ,]?"
            rf"[^,。;!?\n\d]{{0,4}}?(?P<of>{chinese})"
        ),
    )


def parts(level: str, lexicon: Lexicon) -> Iterator[Part]:
    """Yield the fractions of folded `level` that are a whole number of pieces."""
    if not _HINT.search(level) and " in " not in level:
        return
    for pattern in _patterns(lexicon):
        for hit in islice(pattern.finditer(level), _LIMIT):
            share, whole = _share(hit["of"]), numeral(hit["n"])
            pieces = share * whole if share and whole else 0.0
            if pieces >= 1 and abs(pieces - round(pieces)) < 1e-6:
                yield hit.span(), float(round(pieces)), hit.span("unit") if hit["unit"] else None


def _share(said: str) -> float | None:
    if said in _NAMED:
        return _NAMED[said]
    if said.endswith("%"):
        return float(said.rstrip("% ")) / 100
    one, _, other = said.partition("分之") if "分之" in said else reversed(said.partition(" in "))
    above, below = numeral(other), numeral("一百" if one == "百" else one)
    return above / below if above and below else None
