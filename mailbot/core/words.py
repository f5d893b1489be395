"""Finding words in what people write, and telling what is said from what is denied, supposed or only cited.

"没有起火" is no fire, "如果起火怎么办" a question, "说明书写着小心触电" a manual. In doubt a word counts as said: a
danger that was really there must never be lost. Pure text in, sightings out; how text is folded is the caller's
argument.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import islice

from mailbot.core import standing as grammar
from mailbot.core.manywords import ManyWords
from mailbot.core.wordforms import SAME, Fold, Form

CLOSE = 45  # characters between two words that belong together
PAIRS = 5  # of one kind are enough
REMEMBERED = 4  # texts
Span = tuple[int, int]
_BREAK = re.compile(r"[,。;!?\n、]|\.(?=\s|$)")
_END = re.compile(r"[。!?\n]+|\.(?=\s|$)")


class Standing(StrEnum):
    """How a word stands in its sentence."""

    SAID = "said"
    DENIED = "denied"
    SUPPOSED = "supposed"
    CITED = "cited"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A word found: as the folded text has it, where (offsets into the passage), and how it stands."""

    word: str
    start: int
    end: int
    standing: Standing


class Index:
    """Every word form of a set of lists, looked for together.

    Of thousands only those are tried of which the text has a piece, and each only once however many lists hold it.
    """

    def __init__(self, fold: Fold) -> None:
        self._fold = fold
        self._forms: dict[str, Form] = {}
        self._by_piece: dict[str, list[Form]] = {}
        self._pieces: ManyWords | None = None  # of the pieces, made when a text comes
        self._hits: dict[str, Mapping[Form, Sequence[Span]]] = {}

    def form(self, entry: str) -> Form:
        """Return the form of an entry, the same one for every list. Raises WordError."""
        if entry not in self._forms:
            self._forms[entry] = form = Form(entry, self._fold)
            for piece in form.pieces or ("",):
                self._by_piece.setdefault(piece, []).append(form)
            self._pieces = None
            self._hits.clear()
        return self._forms[entry]

    def hits(self, text: str) -> Mapping[Form, Sequence[Span]]:
        """Return where each form stands that folded `text` has at all; the last few texts are remembered."""
        if text not in self._hits:
            while len(self._hits) >= REMEMBERED:
                del self._hits[next(iter(self._hits))]
            found = ((form, tuple(form.spans(text, ends))) for form, ends in self._likely(text).items())
            self._hits[text] = {form: spans for form, spans in found if spans}
        return self._hits[text]

    def _likely(self, text: str) -> dict[Form, list[int]]:
        """Return the forms of which the text has a piece, with the offsets behind the pieces."""
        self._pieces = self._pieces or ManyWords(self._by_piece)
        ends: dict[str, list[int]] = {}
        for piece, end in self._pieces.found(text):
            ends.setdefault(piece, []).append(end)
        near: dict[Form, list[int]] = {form: [] for form in self._by_piece.get("", ())}
        for piece, places in ends.items():
            for form in self._by_piece[piece]:
                near[form] = near[form] + places if form in near else places
        return near


class Phrases:
    """A list of words ready for searching, written as wordforms.py says.

    Latin words match whole (a plural s is allowed), others anywhere. Where one of `but_not` is written, a word
    touching it does not count. Lists that are looked for in the same texts share an `index`. Raises WordError.
    """

    def __init__(
        self, words: Iterable[str], fold: Fold, but_not: Iterable[str] = (), *, index: Index | None = None
    ) -> None:
        self._index = index = index or Index(fold)
        self._words = {index.form(word) for word in words}
        self._but_not = {index.form(word) for word in but_not}

    def spans(self, text: str) -> list[tuple[int, int, str]]:
        """Return (start, end, word) of every hit in folded `text`, in order, without overlaps; the longest wins."""
        hits = self._index.hits(text)
        if self._words.isdisjoint(hits):
            return []
        found = {span for form in self._words & hits.keys() for span in hits[form]}
        hidden = [span for form in self._but_not & hits.keys() for span in hits[form]]
        kept: list[tuple[int, int, str]] = []
        for start, end in sorted(found, key=lambda h: (h[0], -h[1])):
            inside = any(a < end and start < b for a, b in hidden)
            if not inside and (not kept or start >= kept[-1][1]):
                kept.append((start, end, text[start:end]))
        return kept


class Passage:
    """A text with its folded twin of the same length, so that what is found folded can be shown as written."""

    def __init__(self, text: str, fold: Fold) -> None:
        self.text = text
        self.level = _aligned(text, fold)
        self._ends = [m.end() for m in _END.finditer(self.level)]
        self._breaks = [m.end() for m in _BREAK.finditer(self.level)]
        self._standings: dict[tuple[int, int], Standing] = {}  # many lists hold the same words
        self._found: dict[Phrases, list[tuple[int, int, str]]] = {}
        self._sightings: dict[Phrases, tuple[Sighting, ...]] = {}

    def sentence(self, at: int) -> str:
        """Return the sentence around offset `at`, as written."""
        start, end = self.bounds(at)
        return self.text[start:end].strip()

    def bounds(self, at: int) -> tuple[int, int]:
        """Return the offsets of the sentence around `at`."""
        index = bisect_right(self._ends, at)
        return (self._ends[index - 1] if index else 0), (
            self._ends[index] if index < len(self._ends) else len(self.text)
        )

    def clause(self, at: int) -> tuple[int, int]:
        """Return the offsets of the clause around `at`, without the mark that ends it."""
        index = bisect_right(self._breaks, at)
        end = self._breaks[index] - 1 if index < len(self._breaks) else len(self.text)
        return (self._breaks[index - 1] if index else 0), max(end, at)

    def sightings(self, phrases: Phrases) -> tuple[Sighting, ...]:
        """Find every phrase and how it stands. A denial carries on through an enumeration: 没有起火、冒烟."""
        if phrases not in self._sightings:
            self._sightings[phrases] = tuple(self._sighted(phrases))
        return self._sightings[phrases]

    def _sighted(self, phrases: Phrases) -> list[Sighting]:
        found: list[Sighting] = []
        for start, end, word in self._spans(phrases):
            standing = self._standings.get((start, end)) or self._standing(start, end)
            self._standings[start, end] = standing
            before = found[-1] if found else None
            carried = before is not None and before.standing is Standing.DENIED and standing is Standing.SAID
            if carried and grammar.enumerated(self.level[found[-1].end : start], self.level[end : end + 30]):
                standing = Standing.DENIED
            found.append(Sighting(word=word, start=start, end=end, standing=standing))
        return found

    def said(self, phrases: Phrases) -> tuple[Sighting, ...]:
        """Find what is really said."""
        return tuple(s for s in self.sightings(phrases) if s.standing is Standing.SAID)

    def said_together(self, first: Phrases, second: Phrases) -> tuple[Sighting, ...]:
        """Find words of two lists that are said close together in one sentence, each pair as one sighting."""
        near = self.said(second) if self._meet(first, second) else ()
        starts = [b.start for b in near]
        pairs = (
            Sighting(word=f"{a.word} + {b.word}", start=a.start, end=a.end, standing=Standing.SAID)
            for a in (self.said(first) if near else ())
            for b in near[bisect_left(starts, a.start - CLOSE) : bisect_right(starts, a.start + CLOSE)]
            if self.bounds(a.start) == self.bounds(b.start) and not a.start < b.end <= a.end
        )
        return tuple(islice(pairs, PAIRS))

    def _meet(self, first: Phrases, second: Phrases) -> bool:
        """Whether words of both lists stand close together at all; how they stand takes longer to tell."""
        others = [start for start, _, _ in self._spans(second)] if self._spans(first) else []
        return any(
            bisect_left(others, start - CLOSE) < bisect_right(others, start + CLOSE)
            for start, _, _ in self._spans(first)
        )

    def _spans(self, phrases: Phrases) -> list[tuple[int, int, str]]:
        if phrases not in self._found:
            self._found[phrases] = phrases.spans(self.level)
        return self._found[phrases]

    def _standing(self, start: int, end: int) -> Standing:
        sentence = self.bounds(start)[0]
        left, right = self.level[max(sentence, start - 80) : start], self.level[end : end + 30]
        if grammar.cited(left):
            return Standing.CITED
        if grammar.denied(left, right):
            return Standing.DENIED
        return Standing.SUPPOSED if grammar.supposed(left, right) else Standing.SAID


@lru_cache(maxsize=REMEMBERED)
def passage_of(text: str, fold: Fold) -> Passage:
    """Return the passage of a text; several parts of the program ask for the same one in turn."""
    return Passage(text, fold)


_levels: dict[tuple[Fold, str], str] = {}


def _aligned(text: str, fold: Fold) -> str:
    """Fold character by character, keeping the length; what would grow or vanish stays as it is."""
    table = {}
    for char in set(text):
        if (known := _levels.get((fold, char))) is None:
            folded = fold(char.translate(SAME))
            known = folded if len(folded) == 1 else char
            if len(_levels) < 30_000:
                _levels[fold, char] = known
        if known != char:
            table[ord(char)] = known
    return text.translate(table)
