"""Numbers as people write them: 1,340, 1.2万, 叁仟元, 二十三, 半, a dozen, twelve."""

from __future__ import annotations

from mailbot.mail.fields.branching import branching

_DIGITS = {
    c: i
    for i, cs in enumerate(("零〇", "一壹", "二两贰", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖"))
    for c in cs
}
_STEPS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_LARGE = {"万": 10_000, "亿": 100_000_000}
_FACTORS = {"千": 1000.0, "万": 10_000.0, "k": 1000.0}
_COUNTING = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    " seventeen eighteen nineteen twenty"
)
_ENGLISH = {word: float(value) for value, word in enumerate(_COUNTING.split(), 1)} | {
    "both": 2.0,
    "a dozen": 12.0,
    "half a dozen": 6.0,
    "two dozen": 24.0,
}
_BY_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_TENS = {word: 10.0 * tens for tens, word in enumerate(_BY_TENS.split(), 2)}
_ENGLISH |= _TENS | {
    f"{ten}{link}{one}": value + _ENGLISH[one]
    for ten, value in _TENS.items()
    for one in _COUNTING.split()[:9]
    for link in "- "
}
NUMBER_WORDS = branching(_ENGLISH)
"""Pattern of English number words."""


def numeral(text: str) -> float | None:
    """Return the value of a number in digits, Chinese numerals (simplified) or English words, None when it is none.

    "三四" (three or four) is no number.
    """
    if (named := _ENGLISH.get(text.strip())) is not None:
        return named
    plain = text.strip().replace(",", "").replace(" ", "")
    factor = 1.0
    if plain[-1:] in _FACTORS and plain[:1].isdigit():
        plain, factor = plain[:-1], _FACTORS[plain[-1]]
    digits = plain.replace(".", "", 1)
    if digits.isascii() and digits.isdigit():
        return float(plain) * factor
    return 0.5 if plain == "半" else _chinese(plain)


def _chinese(text: str) -> float | None:
    if not text or any(c not in _DIGITS and c not in _STEPS and c not in _LARGE for c in text):
        return None
    total = part = digit = 0
    for char in text:
        if char in _DIGITS:
            if digit:
                return None
            digit = _DIGITS[char]
        elif char in _STEPS:
            part += (digit or 1) * _STEPS[char]
            digit = 0
        else:
            total += (part + digit) * _LARGE[char]
            part = digit = 0
    return float(total + part + digit)
