"""What may be written in a list of words, and the pattern each entry becomes.

`(a|b)` stands for either, `(a|)` for a or nothing; `…` for a few characters of the same clause; `#` for a number from
two up; `~` after English words for their endings (`leak~`: leaks, leaked, leaking); `n't` for "not" as well (`doesn't`:
does not). English matches whole words, a plural s is allowed; Chinese matches anywhere. A pattern never crosses a
clause and repeats nothing without a bound, so that searching stays linear.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

Fold = Callable[[str], str]
"""Folds case, width and script: `型號Ａ` and `型号a` become the same text."""

SAME = str.maketrans({"’": "'", "‘": "'", "`": "'", "“": '"', "”": '"', "\xa0": " ", "\u3000": " "})

_SIGN = re.compile(r"(…|#|~|won't|can't|n't|\(|\||\))")
_NUMBER = (
    r"(?:(?<![\d.,])(?:[2-9]|[1-9][\d,]{1,8})|[两二三四五六七八九十几多数]{1,4}|several|multiple|many|different|various"
    r"|two|three|four|five|six|seven|eight|nine|ten|a dozen|dozens of|eleven|twelve"
    r"|(?:thir|four|fif|six|seven|eigh|nine)teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty"
    r"(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?)\s?"
)
_MEANS = {
    "…": r"[^,。;!?\n]{0,10}?",
    "… ": r"[^,。;!?\n]{0,24}?",
    "#": _NUMBER,
    "~": r"(?:e?s?|e?d|e?r|y|ing|[a-z](?:ed|ing))(?![a-z0-9])",
    "won't": r"(?:won'?t|will not)",
    "can't": r"(?:can'?t|can ?not)",
    "n't": r"(?:n'?t| not)",
    "(": "(?:",
    "|": "|",
    ")": ")",
}
_LONGEST = {"…": 24, "#": 15, "~": 5, "won't": 8, "can't": 7}  # characters a sign stands for at most
_EDGE = r"(?:(?<=[a-z0-9])s?(?![a-z0-9])|(?<![a-z0-9]))"  # a Latin word ends here; anything else may go on


class WordError(ValueError):
    """An entry of a list of words that cannot be read."""


class Form:
    """One entry of a list of words, compiled when a text holds a piece of it. Raises WordError."""

    __slots__ = ("_body", "_pattern", "_reach", "_wide", "pieces")

    def __init__(self, entry: str, fold: Fold) -> None:
        signs = [s if s in _MEANS else fold(s).translate(SAME) for s in _SIGN.split(entry.translate(SAME)) if s]
        signs = [s[:-1] if s[-1:] == "e" and _ending_follows(signs, at) else s for at, s in enumerate(signs)]
        if not _balanced(signs):
            raise WordError(f"{entry!r}: every ( needs its ), and | stands between them")
        self.pieces = _needed(signs)
        gap = "… " if _latin(entry.lstrip("(|")[:1]) else "…"  # letters are narrower than 字
        self._body = "".join(_MEANS.get(gap if s == "…" else s) or re.escape(s) for s in signs)
        plain = len(signs) == 1 and self.pieces == (signs[0],) and not any(map(_latin, (signs[0][0], signs[0][-1])))
        self._wide = len(signs[0]) if plain else 0  # its length, when it is one such word
        self._pattern: re.Pattern[str] | None = None
        self._reach = 1 + sum(_LONGEST.get(s, len(s)) for s in signs)
        if not any(self.pieces) and re.match(self._body + _EDGE, ""):
            raise WordError(f"{entry!r} would match anywhere")

    def spans(self, text: str, ends: Sequence[int] | None = None) -> Iterator[tuple[int, int]]:
        """Yield the offsets of every hit in folded `text`; `ends`, where known, are those behind its pieces there."""
        at = 0
        if self._wide and ends is not None:
            for end in ends:  # a word of other than Latin letters stands wherever its piece does
                if end - self._wide >= at:
                    at = end
                    yield end - self._wide, end
            return
        pattern = self._pattern = self._pattern or re.compile(self._body + _EDGE)
        known = ends is not None and self.pieces and all(self.pieces)
        for first, last in self._windows(ends or ()) if known else [(0, len(text))]:
            at = max(at, first)
            while found := pattern.search(text, at, last):
                start, end = found.span()
                inside = start > 0 and _latin(text[start]) and _latin(text[start - 1])
                if not inside:
                    yield start, end
                at = start + 1 if inside else max(end, start + 1)

    def _windows(self, ends: Sequence[int]) -> list[tuple[int, int]]:
        """Return where hits may stand; the edge looks at the character behind."""
        reach = self._reach
        windows: list[tuple[int, int]] = []
        for end in sorted(ends) if len(ends) > 1 else ends:
            first = end - reach
            if windows and first <= windows[-1][1]:
                first = windows.pop()[0]
            windows.append((first, end + reach + 2))
        return windows


def _balanced(signs: Sequence[str]) -> bool:
    """Whether every bracket is closed and every `|` inside one."""
    depth = 0
    for sign in signs:
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if depth < 0 or (sign == "|" and depth == 0):
            return False
    return depth == 0


def _ending_follows(signs: Sequence[str], at: int) -> bool:
    """Whether a `~` follows the sign, or the brackets it closes an alternative of."""
    depth = 0
    for sign in signs[at + 1 :]:
        if depth == 0 and sign not in "|)":
            return sign == "~"
        if sign == "|" and depth == 0:
            depth = 1
        elif depth:
            depth += {"(": 1, ")": -1}.get(sign, 0)
    return False


Run = tuple[str, ...]
"""Everything that may be written between two gaps."""
_MANY = 24  # spellings of a run, before it is taken apart


def _needed(signs: Sequence[str]) -> Run:
    """Return pieces one of which is in every hit, the rarest there are: (退|补)换 needs 退换 or 补换."""
    (runs,) = _alternatives(iter(signs))
    return _rarest([(), *runs])


def _rarest(runs: Iterable[Run]) -> Run:
    return max((_worth(run) for run in runs), key=lambda worth: worth[0])[1]


def _alternatives(signs: Iterator[str]) -> list[list[Run]]:
    """Read up to the bracket that closes: of each alternative, the runs between its gaps."""
    options: list[list[Run]] = [[("",)]]
    for sign in signs:
        runs = options[-1]
        if sign == ")":
            break
        if sign == "|":
            options.append([("",)])
        elif sign == "(":
            inner = _alternatives(signs)
            if all(len(option) == 1 for option in inner):
                _write(runs, tuple(word for (run,) in inner for word in run))
            else:
                runs += [tuple(word for option in inner for word in _rarest(option)), ("",)]
        elif sign in _MEANS:
            runs.append(("",))
        else:
            _write(runs, (sign,))
    return options


def _write(runs: list[Run], words: Run) -> None:
    """Write words behind the last run, each behind each."""
    if len(runs[-1]) * len(words) <= _MANY:
        runs[-1] = tuple(before + word for before in runs[-1] for word in words)
    else:
        runs.append(words)


def _worth(options: Sequence[str]) -> tuple[int, tuple[str, ...]]:
    """Rate pieces by the rarity of the commonest: a Chinese character says as much as three letters."""
    pieces = tuple(option.strip() for option in options)
    return min((sum(1 if char.isascii() else 3 for char in piece) for piece in pieces), default=0), pieces


def _latin(char: str) -> bool:
    return char.isascii() and char.isalnum()
