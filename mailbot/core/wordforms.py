"""What may be written in a list of words, and the pattern each entry becomes.

`(a|b)` stands for either, also for nothing: `a( hard|)`; `…` for a few characters of the same clause; `#` for a number from two
up; `~` after an English word for its endings (`leak~`: leaks, leaked, leaking); `n't` for "not" as well (`doesn't`: does not).
Patterns never cross a clause and repeat nothing without a bound, so that they stay linear.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import product

Fold = Callable[[str], str]
"""Folds case, width and script: `型號Ａ` and `型号a` become the same text."""

SAME = str.maketrans({"’": "'", "‘": "'", "`": "'", "“": '"', "”": '"', "\xa0": " ", "\u3000": " "})
MOST = 400  # words that one entry may stand for

_CHOICE = re.compile(r"\(([^()]*)\)")
_SIGN = re.compile(r"(…|#|~|won't|can't|n't)")
_NUMBER = (
    r"(?:(?<![\d.,])(?:[2-9]|[1-9][\d,]{1,8})|[两二三四五六七八九十几多数]+|several|multiple|many|different|various"
    r"|two|three|four|five|six|seven|eight|nine|ten|a dozen|dozens of|both|all)\s?"
)
_MEANS = {
    "…": r"[^,。;!?\n]{0,10}?",
    "#": _NUMBER,
    "won't": r"(?:won'?t|will not)",
    "can't": r"(?:can'?t|can ?not)",
    "n't": r"(?:n'?t| not)",
}


class WordError(ValueError):
    """An entry of a list of words that stands for nothing sensible."""


def choices(entry: str) -> tuple[str, ...]:
    """Write out the `(a|b)` of an entry. Raises WordError."""
    pieces = _CHOICE.split(entry)
    if any(sign in piece for piece in pieces[::2] for sign in "()|"):
        raise WordError(f"{entry!r}: every ( needs its ), not one inside another, and | stands between them")
    options = [piece.split("|") if at % 2 else [piece] for at, piece in enumerate(pieces)]
    words = tuple(dict.fromkeys("".join(chosen) for chosen in product(*options)))
    if len(words) > MOST:
        raise WordError(f"{entry!r} stands for {len(words)} words; at most {MOST} are allowed")
    if not all(any(char.isalnum() for char in word) for word in words):
        raise WordError(f"{entry!r} would match anywhere")
    return words


class Form:
    """One word ready for searching. `piece` is a part of every hit, to be asked for first."""

    __slots__ = ("_pattern", "piece", "word")

    def __init__(self, word: str, fold: Fold) -> None:
        self.word = word
        parts = [(part, fold(part).translate(SAME)) for part in _SIGN.split(word.translate(SAME)) if part]
        plain = [folded for part, folded in parts if part not in _MEANS and part != "~"]
        self.piece = max((_stem(p) if "~" in word else p for p in plain), key=len, default="").strip()
        body = _body(parts)
        before = r"(?<![a-z0-9])" if _latin(parts[0][1][:1]) else ""
        after = "" if word.endswith("~") else r"s?(?![a-z0-9])" if _latin(parts[-1][1][-1:]) else ""
        literal = not before and not after and body == re.escape(self.piece)
        self._pattern = None if literal else re.compile(before + body + after)

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield the offsets of every hit in folded `text`."""
        if self._pattern is not None:
            yield from (m.span() for m in self._pattern.finditer(text))
            return
        at = text.find(self.piece)
        while at >= 0:
            yield at, at + len(self.piece)
            at = text.find(self.piece, at + 1)


def _body(parts: list[tuple[str, str]]) -> str:
    body = ""
    for at, (part, folded) in enumerate(parts):
        if part == "~":
            body += r"(?![a-z0-9])"
        elif at + 1 < len(parts) and parts[at + 1][0] == "~":
            stem = _stem(folded)
            body += re.escape(stem) + rf"(?:e?s?|e?d|e?r|y|ing|{re.escape(stem[-1:])}(?:ed|ing))"
        else:
            body += _MEANS.get(part) or re.escape(folded)
    return body


def _stem(word: str) -> str:
    return word[:-1] if word.endswith("e") else word


def _latin(char: str) -> bool:
    return char.isascii() and char not in ("", "…", "#")
