"""A mail laid out for the field finders: passages, the day it was written, and the compiled vocabulary."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from mailbot.core.model import Finding, Language, Mailbox
from mailbot.core.vocabulary import VocabularyFile
from mailbot.core.words import Passage, Phrases
from mailbot.mail.fields.branching import branching
from mailbot.mail.fold import fold


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What the finders look at.

    `reply` tells a further mail, whose product is known, from a new one. `today` is the local day the mail was written;
    `west` whether it was written in the Americas.

    `spoken` is subject and text as one passage; of a reply the text alone, because its subject is older.
    """

    spoken: Passage
    text_start: int
    signature: Passage
    language: Language
    customer: Mailbox
    today: date | None
    west: bool
    lexicon: Lexicon
    demands: Sequence[tuple[str, Phrases]]
    reply: bool = False
    taken: list[tuple[int, int]] = field(default_factory=list)

    def take(self, start: int, end: int) -> None:
        """Mark a span of `spoken` as read, so that no other field takes it."""
        self.taken.append((start, end))

    def free(self, start: int, end: int) -> bool:
        """Whether nothing in the span was taken by another field."""
        return all(end <= a or start >= b for a, b in self.taken)

    def found(self, value: object, at: int, confidence: float = 1.0) -> Finding:
        """Make a Finding with its sentence from `spoken`."""
        return Finding(value=value, source=self.spoken.sentence(at), confidence=confidence)  # type: ignore[arg-type]


def any_of(words: Iterable[str]) -> str:
    """Return a pattern for any of the words; latin words match whole."""
    edges: dict[tuple[str, str], set[str]] = {}
    for word in words:
        before = r"(?<![a-z0-9])" if word[0].isascii() and word[0].isalnum() else ""
        after = r"(?![a-z0-9])" if word[-1].isascii() and word[-1].isalnum() else ""
        edges.setdefault((before, after), set()).add(word)
    return "|".join(f"{before}{branching(some)}{after}" for (before, after), some in edges.items()) or r"(?!)"


IDENTIFIERS = ("model", "part_no", "batch", "order_no")


class Lexicon:
    """The vocabulary file, compiled once."""

    def __init__(self, vocabulary: VocabularyFile) -> None:
        self.vocabulary = vocabulary
        self.label_of = {_tight(fold(label)): key for key, labels in vocabulary.labels.items() for label in labels}
        self.label_words = _folded(x for labels in vocabulary.labels.values() for x in labels)
        self.identifier_words = _folded(x for key in (*IDENTIFIERS, "ignored") for x in vocabulary.labels.get(key, ()))
        self.labels, self.identifier_labels = _labels(self.label_words), _labels(self.identifier_words)
        self.no_model = frozenset(fold(name) for name in vocabulary.goods.no_model)

    def field_of(self, label: str) -> str:
        """Return the field a label (folded) stands for."""
        return self.label_of[_tight(label)]

    @cached_property
    def goods(self) -> re.Pattern[str]:
        """Nouns for goods, the longest first; an English plural is allowed."""
        other = branching(fold(n) for n in self.vocabulary.goods.nouns if not n[0].isascii())
        return re.compile(rf"(?:{other})+|{self.latin_goods.pattern}")

    @cached_property
    def latin_goods(self) -> re.Pattern[str]:
        """The same in Latin letters alone; nouns that follow each other are one name: hearing aid batteries."""
        noun = branching(fold(n) for n in self.vocabulary.goods.nouns if n[0].isascii()) + "(?:e?s)?"
        return re.compile(rf"(?<![a-z0-9'-]){noun}(?: {noun})*(?![a-z0-9])")

    @cached_property
    def units(self) -> str:
        """Pattern of the units things are counted in."""
        return (
            any_of(fold(u) for u in self.vocabulary.quantity.units if not u[0].isascii())
            + "|"
            + "|".join(
                re.escape(u) + r"(?![a-z])"
                for u in sorted(self.vocabulary.quantity.units, key=len, reverse=True)
                if u[0].isascii()
            )
        )


def _tight(label: str) -> str:
    return re.sub(r"\s+", "", label)


def _folded(words: Iterable[str]) -> list[str]:
    return sorted({fold(word) for word in words}, key=len, reverse=True)


def _labels(labels: list[str]) -> str:
    """Return a pattern for any label; its first character is looked at before all else."""
    first = "".join(sorted({re.escape(label[0]) for label in labels}))
    return rf"(?=[{first}])(?:{label_pattern(labels)})"


def label_pattern(labels: list[str]) -> str:
    """Return a pattern for any of some folded labels, the longest first."""
    return "|".join(map(_label, labels))


def _label(label: str) -> str:
    if label[0].isascii():
        body = re.escape(label).replace(r"\ ", r"[ ]?")
        return r"(?<![a-z0-9])" + body + (r"(?![a-z0-9])" if label[-1].isalnum() else "")
    return r"[ \t]*".join(re.escape(char) for char in label)


_made: list[Lexicon] = []


def lexicon_for(vocabulary: VocabularyFile) -> Lexicon:
    """Return the compiled vocabulary; the last ones used are kept."""
    for lexicon in _made:
        if lexicon.vocabulary is vocabulary:
            return lexicon
    _made.insert(0, Lexicon(vocabulary))
    del _made[4:]
    return _made[0]
