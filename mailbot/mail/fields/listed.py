"""What the company's own lists make of a mail: its products, models and customers, where the mail names them.

Only the very name counts, in any width, script and case. What merely looks alike (a letter for a digit, 恒力 for 恒立)
is suggested to staff and changes nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from mailbot.core.lists import Lists, Product
from mailbot.core.model import Finding
from mailbot.core.vocabulary import VocabularyFile
from mailbot.mail.fields.page import Page
from mailbot.mail.fold import fold

_TOKEN = re.compile(r"(?<![a-z0-9\-_/.+])[a-z0-9][a-z0-9\-_/.+]*[a-z0-9+]")
_LEAST, _CANDIDATES = 4, 400  # characters of a name that may look alike; names compared with one
_INFERRED, _FROM_ADDRESS = 0.5, 0.6


class Index:
    """The lists, ready for looking up; built once."""

    def __init__(self, lists: Lists, vocabulary: VocabularyFile) -> None:
        self.lists, self.vocabulary = lists, vocabulary
        self.names = _Names(n for p in lists.products for n in (p.name, *p.aliases)).with_more(vocabulary.catalogue)
        self.customers = _Names(n for c in lists.customers for n in (c.name, *c.aliases))
        self.models: dict[str, tuple[str, Product]] = {}
        for product in lists.products:
            for key, code in (("model", product.model), ("part_no", product.part_no)):
                if code:
                    self.models.setdefault(fold(code), (key, product))
        self.codes = _Names(self.models)
        self.domains = {domain: customer.name for customer in lists.customers for domain in customer.domains}

    def product(self, page: Page) -> tuple[int, int] | None:
        """Return the span of the first product of the list that the mail names."""
        return self.names.first(page.spoken.level)

    def improve(self, page: Page, found: Mapping[str, Finding]) -> Iterator[tuple[str, Finding]]:
        """Yield the fields that the lists know better, or know at all."""
        yield from self._codes(page, found)
        yield from self._company(page, found)

    def _codes(self, page: Page, found: Mapping[str, Finding]) -> Iterator[tuple[str, Finding]]:
        named = {key: str(found[key].value).split("; ") for key in ("model", "part_no") if key in found}
        hits = [(hit, *self.models[hit[0]]) for hit in _TOKEN.finditer(page.spoken.level) if hit[0] in self.models]
        for hit, key, product in hits[:1]:
            known = any(fold(value) in self.models for values in named.values() for value in values)
            if not known and (key not in found or found[key].confidence < 1):
                yield key, page.found(page.spoken.text[slice(*hit.span())], hit.start())
            if "product" not in found:
                yield "product", page.found(product.name, hit.start(), _INFERRED)
        if not hits:
            for key, values in named.items():
                if like := self.codes.like(values[0]):
                    yield key, replace(found[key], suggestion=self._printed(like))

    def _printed(self, code: str) -> str:
        key, product = self.models[code]
        return product.model if key == "model" else product.part_no

    def _company(self, page: Page, found: Mapping[str, Finding]) -> Iterator[tuple[str, Finding]]:
        known = self.domains.get(page.customer.address.rpartition("@")[2].casefold())
        if company := found.get("company"):
            exact = self.customers.written.get(fold(str(company.value)))
            like = "" if exact else (known or self.customers.like(str(company.value), as_written=True))
            if like:
                yield "company", replace(company, suggestion=like)
        elif span := self.customers.first(page.spoken.level):
            yield "company", page.found(page.spoken.text[slice(*span)], span[0], 0.9)
        elif known:
            yield "company", Finding(value=known, source=page.customer.address, confidence=_FROM_ADDRESS)


class _Names:
    """Names by their first two characters, and by length and either end for those that look alike."""

    def __init__(self, names: Iterable[str]) -> None:
        self.written: dict[str, str] = {}
        self._starts: dict[str, list[str]] = defaultdict(list)
        self._near: dict[tuple[int, str], list[str]] = defaultdict(list)
        self._add(names)

    def with_more(self, names: Iterable[str]) -> _Names:
        """Add further names; return self."""
        self._add(names)
        return self

    def _add(self, names: Iterable[str]) -> None:
        for name in names:
            level = fold(name)
            if len(level) < 2 or level in self.written:
                continue
            self.written[level] = name
            self._starts[level[:2]].append(level)
            for end in {f"^{level[0]}", f"{level[-1]}$"}:
                self._near[len(level), end].append(level)
        for group in self._starts.values():
            group.sort(key=len, reverse=True)

    def first(self, level: str) -> tuple[int, int] | None:
        """Return the span of the first name in folded text, the longest that begins there; latin words whole."""
        if not self._starts:
            return None
        for at in range(len(level) - 1):
            for name in self._starts.get(level[at : at + 2], ()):
                end = at + len(name)
                if level.startswith(name, at) and _whole(level, at, end):
                    return at, end
        return None

    def like(self, text: str, *, as_written: bool = False) -> str:
        """Return the one name that differs from `text` by a single character; "" when there is none or several."""
        level = fold(text)
        if len(level) < (2 if as_written else _LEAST) or level in self.written:
            return ""
        near = {
            name
            for size in (len(level) - 1, len(level), len(level) + 1)
            for end in (f"^{level[0]}", f"{level[-1]}$")
            for name in self._near.get((size, end), ())[:_CANDIDATES]
            if _one_apart(level, name)
        }
        found = near.pop() if len(near) == 1 else ""
        return self.written[found] if found and as_written else found


def _whole(level: str, start: int, end: int) -> bool:
    before, after = level[start - 1 : start], level[end : end + 1]
    first, last = level[start], level[end - 1]
    return not (
        (first.isascii() and first.isalnum() and before.isascii() and before.isalnum())
        or (last.isascii() and last.isalnum() and after.isascii() and after.isalnum())
    )


def _one_apart(one: str, other: str) -> bool:
    """Whether one character was changed, added or lost."""
    if abs(len(one) - len(other)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    short, long = sorted((one[start:], other[start:]), key=len)
    return long[1:] == (short[1:] if len(short) == len(long) else short)


_made: list[Index] = []


def index_for(lists: Lists, vocabulary: VocabularyFile) -> Index:
    """Return the index of these lists; the last ones used are kept."""
    for index in _made:
        if index.lists is lists and index.vocabulary is vocabulary:
            return index
    _made.insert(0, Index(lists, vocabulary))
    del _made[2:]
    return _made[0]
