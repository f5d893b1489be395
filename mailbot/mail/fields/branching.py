"""One pattern for many words, by their shared beginnings: as fast for thousands of words as for a few."""

from __future__ import annotations

import re
from collections.abc import Iterable


def branching(words: Iterable[str]) -> str:
    """Return a pattern for any of the words, the longest first; of no words it matches nothing."""
    tails: dict[str, list[str]] = {}
    for word in sorted(set(words)):
        tails.setdefault(word[:1], []).append(word[1:])
    optional = tails.pop("", None) is not None
    branches = [re.escape(first) + branching(rest) for first, rest in tails.items()]
    if not branches:
        return "" if optional else r"(?!)"
    body = branches[0] if len(branches) == 1 and not optional else f"(?:{'|'.join(branches)})"
    return body + "?" * optional
