"""Numbers as people write them: 1,340, 1.2万, 叁仟元, 二十三."""

from __future__ import annotations

_DIGITS = {
    c: i
    for i, cs in enumerate(("零〇", "一壹", "二两贰", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖"))
    for c in cs
}
_STEPS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_LARGE = {"万": 10_000, "亿": 100_000_000}


def numeral(text: str) -> float | None:
    """Return the value of a number in digits or Chinese numerals (simplified), None when it is none."""
    plain = text.strip().replace(",", "").replace(" ", "")
    factor = 1.0
    if plain[-1:] in ("万", "k") and plain[:1].isdigit():
        plain, factor = plain[:-1], 10_000.0 if plain[-1] == "万" else 1000.0
    if plain.replace(".", "", 1).isascii() and plain.replace(".", "", 1).isdigit():
        return float(plain) * factor
    return _chinese(plain)


def _chinese(text: str) -> float | None:
    if not text or any(c not in _DIGITS and c not in _STEPS and c not in _LARGE for c in text):
        return None
    total = part = digit = 0
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char in _STEPS:
            part += (digit or 1) * _STEPS[char]
            digit = 0
        else:
            total += (part + digit) * _LARGE[char]
            part = digit = 0
    return float(total + part + digit)
