"""Lines that the writer's mail program broke at a certain width: for reading, their sentences go on.

The text keeps its length, so that every offset into it stays: only a line's end becomes a blank.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

_LEAST, _WIDEST = 45, 100  # characters of a line that a program broke
_STARTS_ANEW = re.compile(r"[-*•·>–—#|]|\(?\d{1,2}[.)]\s|[^\s:][^:\n]{0,24}:(?:\s|$)")


def flowing(text: str) -> str:
    """Return the text with a blank for every line end at which the next word would not have fitted into the line."""
    blocks = (list(lines) for _, lines in groupby(text.split("\n"), key=bool))
    return "\n".join(line for block in blocks for line in _joined(block))


def _joined(block: Sequence[str]) -> Iterator[str]:
    """Put the lines of a paragraph together where a program parted them."""
    width = max(map(len, block))
    whole = [block[0]]
    for line, following in pairwise(block):
        if width <= _WIDEST and _goes_on(line, following, width):
            whole.append(following)
        else:
            yield " ".join(whole)
            whole = [following]
    yield " ".join(whole)


def _goes_on(line: str, following: str, width: int) -> bool:
    """Whether a program, not the writer, ended the line. Chinese has no blanks and is left alone."""
    if len(line) < _LEAST or not (line[-1:] + following[:1]).isascii() or _STARTS_ANEW.match(following):
        return False
    return len(line) + 1 + len(following.split(" ", 1)[0]) > width
