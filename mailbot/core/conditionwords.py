"""Cutting a condition of a rule file into words, each with its place. What the words mean together is `conditions`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Any, Literal

Kind = Literal["value", "name", "sign", "end"]


@dataclass(eq=False)
class ConditionError(ValueError):
    """A condition that cannot be used. `column` counts characters of `text` from 1."""

    text: str
    column: int
    message: str

    def __str__(self) -> str:
        return f"column {self.column} of {self.text[:200]!r}: {self.message}"


@dataclass(frozen=True, slots=True)
class Word:
    """A value (number, text, date, yes/no, None), a name, a sign (also `and`, `in` …) or the end of the condition."""

    kind: Kind
    text: str
    column: int
    value: Any = None


class Cursor:
    """A place among the words of a condition, moved on by taking them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._words = tuple(words(text))
        self._at = 0

    @property
    def word(self) -> Word:
        """The word that comes next."""
        return self._words[self._at]

    def skip(self) -> None:
        """Move past the next word."""
        self._at += 1

    def next_is(self, *signs: str) -> bool:
        """Whether one of these signs comes next."""
        return self.word.kind == "sign" and self.word.text in signs

    def take(self, *signs: str) -> bool:
        """Move past the next word if it is one of these signs, and say whether it was."""
        found = self.next_is(*signs)
        self._at += found
        return found

    def expect(self, sign: str) -> None:
        """Move past `sign`. Raises ConditionError when something else comes next."""
        if not self.take(sign):
            raise self.wrong(self.word, f"{sign} was expected here, not {self.word.text}")

    def name(self) -> Word:
        """Move past a name and return it. Raises ConditionError when something else comes next."""
        word = self.word
        if word.kind != "name":
            raise self.wrong(word, f"the name of a field was expected here, not {word.text}")
        self.skip()
        return word

    def wrong(self, word: Word, message: str) -> ConditionError:
        """The error that `message` is wrong with the condition at `word`."""
        return ConditionError(self.text, word.column, message)


def hint(name: str, known: Iterable[str]) -> str:
    """The end of a message about a misspelt name: what may have been meant."""
    close = get_close_matches(name, list(known), n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def words(text: str) -> Iterator[Word]:
    """The words of `text` in their order, the last of kind `end`. Raises ConditionError; takes linear time."""
    at = 0
    while at < len(text):
        found = _WORD.match(text, at)
        if not found:
            raise ConditionError(text, at + 1, _unreadable(text, at))
        if found.lastgroup != "space":
            yield _word(text, str(found.lastgroup), found[0], at + 1)
        at = found.end()
    yield Word("end", "the end", len(text) + 1)


_WORD = re.compile(
    r"""(?P<space>\s+)
    | (?P<date>\d{4}-\d{2}-\d{2}(?!\w))
    | (?P<duration>\d+(?:\.\d+)?[hdw](?!\w))
    | (?P<number>-?\d+(?:\.\d+)?(?!\w))
    | (?P<text>"[^"]*"|'[^']*')
    | (?P<name>[^\W\d]\w*)
    | (?P<sign>==|!=|<=|>=|&&|\|\||[<>!()\[\],])""",
    re.VERBOSE,
)
_SIGNS = {"&&": "and", "||": "or", "!": "not", **{word: word for word in ("and", "or", "not", "in", "is")}}
_CONSTANTS = {"true": True, "false": False, "none": None}
_DAYS = {"h": 1 / 24, "d": 1, "w": 7}
_WIDE = dict(zip("（），！＝＞＜［］“”‘’＂＇", "(),!=><[]\"\"''\"'", strict=True))


def _word(text: str, group: str, word: str, column: int) -> Word:
    low = word.lower()
    match group:
        case "date":
            return Word("value", word, column, _date(text, word, column))
        case "duration":
            return Word("value", word, column, float(word[:-1]) * _DAYS[word[-1]])
        case "number":
            return Word("value", word, column, float(word) if "." in word else int(word))
        case "text":
            return Word("value", word, column, word[1:-1])
        case "name" if low in _CONSTANTS:
            return Word("value", word, column, _CONSTANTS[low])
        case "name" if low not in _SIGNS:
            return Word("name", word, column)
        case _:
            return Word("sign", _SIGNS.get(low, word), column)


def _date(text: str, word: str, column: int) -> date:
    try:
        return date.fromisoformat(word)
    except ValueError as error:
        raise ConditionError(text, column, f"{word} is a day that does not exist") from error


def _unreadable(text: str, at: int) -> str:
    character = text[at]
    if character in _WIDE:
        return f"{character} is a full-width character; type {_WIDE[character]} instead"
    if character in "\"'":
        return "this quotation mark is never closed"
    if character.isdigit():
        return "this is no number, date (2026-01-31) or duration (90d, 2w, 36h)"
    if character == "=":
        return "to compare, write =="
    return f"{character!r} means nothing here; put text into quotation marks"
