"""Lines that the writer's mail program broke at a certain width: for reading, their sentences go on.

The text keeps its length, so that every offset into it stays: only a line's end becomes a blank.
"""

from __future__ import annotations

import re
from itertools import pairwise

_BLOCK = re.compile(r"[^\n]+(?:\n[^\n]+)+")
_LEAST, _WIDEST = 45, 100  # characters of a line that a program broke
_STARTS_ANEW = re.compile(r"[-*•·>–—#|]|\(?\d{1,2}[.)]\s|[^\s:][^:\n]{0,24}:(?:\s|$)")


def flowing(text: str) -> str:
    """Return the text with a blank for every line end at which the next word would not have fitted into the line."""
    return _BLOCK.sub(lambda block: _joined(block[0]), text)


def _joined(block: str) -> str:
    lines = block.split("\n")
    width = max(map(len, lines))
    if width > _WIDEST:
        return block
    ends = (" " if _goes_on(line, following, width) else "\n" for line, following in pairwise(lines))
    return lines[0] + "".join(end + line for end, line in zip(ends, lines[1:], strict=True))


def _goes_on(line: str, following: str, width: int) -> bool:
    """Whether a program, not the writer, ended the line. Chinese has no blanks and is left alone."""
    if len(line) < _LEAST or not (line[-1:] + following[:1]).isascii() or _STARTS_ANEW.match(following):
        return False
    return len(line) + 1 + len(following.split(" ", 1)[0]) > width
