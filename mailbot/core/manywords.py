"""Thousands of words looked for in a text in one pass, however many they are."""

from __future__ import annotations

from collections.abc import Iterable

import ahocorasick


class ManyWords:
    """A set of words, found as they are written, anywhere."""

    def __init__(self, words: Iterable[str]) -> None:
        self._found = ahocorasick.Automaton()
        for word in filter(None, words):
            self._found.add_word(word, word)
        self._found.make_automaton()

    def found(self, text: str) -> list[tuple[str, int]]:
        """Return each occurrence of each word and the offset behind it, in order; they may overlap."""
        return [(word, last + 1) for last, word in self._found.iter(text)] if self._found else []
