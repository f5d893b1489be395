"""Shared texts written so plainly that their bytes are what any reader shows: no entity, no blank at an edge, no run.

A large register points to tens of thousands of them; taking them as they stand spares half of its reading. All others
are left to the reader of values.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

_OPEN, _CLOSE = b"<si><t>", b"</t></si>"
_END = b"</si>"
_BETWEEN, _FIRST, _LAST, _AT_END = (_CLOSE + _OPEN).decode(), len(_OPEN), len(_CLOSE), len(_END)
_BLOCK, _FEW = 1 << 18, 16
_NOT_PLAIN = (b"&", b"_x", b"\n", b"\t", b"\r", _OPEN + b" ", b" " + _CLOSE, _OPEN + _CLOSE)
"""What a reader may show otherwise than it stands."""


class PlainTexts:
    """The plain ones among the shared texts of a part, by number from 0."""

    def __init__(self, part: bytes) -> None:
        self._part, self._start, self._end = part, part.find(b"<si"), part.rfind(_END) + len(_END)
        # Else nobody knows which text is which.
        usual = self._start >= 0 and not (b"<!" in part or b"<si/" in part)
        self._count = part.count(_END) if usual else 0
        self._others = {*self._not_plain()} if usual else set()

    def plain(self, numbers: Sequence[int]) -> list[int]:
        """The same numbers, -1 for those of texts that are not plain or not there."""
        others, count = self._others, self._count
        return [number if number < count and number not in others else -1 for number in numbers]

    def of(self, numbers: Sequence[int]) -> Iterator[str | None]:
        """The texts of plain numbers; None for -1. Raises UnicodeDecodeError."""
        texts: list[str | None] = [None] * (self._count + 1)
        wanted = sorted({*numbers}) if len(numbers) * _FEW < self._count else range(self._count)
        number, start = 0, self._start
        while number < self._count:
            end = self._part.rfind(_END, start, start + _BLOCK) + len(_END)
            end = end if end > start else self._part.find(_END, start) + len(_END)
            count = self._part.count(_END, start, end)
            here = wanted[bisect_left(wanted, number) : bisect_left(wanted, number + count)]
            if len(here) == count:
                texts[number : number + count] = _texts(self._part[start:end].decode(), count)
            elif here:
                found = _texts(self._part[start:end].decode(), count)
                for one in here:
                    texts[one] = found[one - number]
            number, start = number + count, end
        return map(texts.__getitem__, numbers)

    def _not_plain(self) -> Iterator[int]:
        part, start, end = self._part, self._start, self._end
        if not (part.count(b"<", start, end) == 4 * self._count == 4 * part.count(_OPEN) == 4 * part.count(_CLOSE)):
            for number, text in enumerate(part[start:end].split(_END)):
                if not (text.startswith(_OPEN) and text.endswith(_CLOSE[: -len(_END)]) and text.count(b"<") == 3):
                    yield number
        for mark in _NOT_PLAIN:
            number, place = 0, start
            while (at := part.find(mark, place, end)) >= 0:
                number, place = number + part.count(_END, place, at), at + 1
                yield number


def _texts(block: str, count: int) -> list[str]:
    """So many texts without the markup of plain ones around them."""
    texts = block[_FIRST:-_LAST].split(_BETWEEN)
    if len(texts) == count:
        return texts
    return [text[_FIRST : _AT_END - _LAST] for text in block.split(_END.decode())[:-1]]
