"""A pattern that begins with one of many words, tried only where the first letter of one of them stands.

The words by the hundred would all be tried at every letter of a text; so only those are that can begin there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator


class Beginnings:
    """`pattern` makes the pattern of some words, given longest first; hits are those of the pattern of all words.

    `after`: the characters, written as in a class, behind which alone a word counts, besides the start of the text.
    """

    def __init__(self, words: Iterable[str], pattern: Callable[[list[str]], str], after: str = "") -> None:
        self._words: dict[str, list[str]] = {}
        for word in sorted(set(words), key=len, reverse=True):
            self._words.setdefault(word[0], []).append(word)
        self._pattern = pattern
        self._compiled: dict[str, re.Pattern[str]] = {}
        latin = "".join(re.escape(first) for first in self._words if first.isascii() and first.isalnum())
        other = "".join(re.escape(first) for first in self._words if not (first.isascii() and first.isalnum()))
        places = [rf"(?<![a-z0-9])[{latin}]"] * bool(latin) + [f"[{other}]"] * bool(other)
        if after and self._words:
            places = [rf"[{latin}{other}](?<![^{after}].)"]  # the letter first: the engine is fast at looking for it
        self._places = re.compile("|".join(places) or r"(?!)")

    def finditer(self, text: str, start: int = 0, end: int | None = None) -> Iterator[re.Match[str]]:
        """Yield the hits in folded `text`, in order, without overlaps. Latin words begin where a word begins."""
        end = len(text) if end is None else end
        for place in self._places.finditer(text, start, end):
            if place.start() >= start and (hit := self._starting(place[0]).match(text, place.start(), end)):
                start = hit.end()
                yield hit

    def _starting(self, first: str) -> re.Pattern[str]:
        if first not in self._compiled:
            self._compiled[first] = re.compile(self._pattern(self._words[first]))
        return self._compiled[first]
