"""What the customer asks for, as keys of the vocabulary file.

What is denied (不用退款) is not asked, nor what was done before: 修过两次, "it was replaced in May".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailbot.core.model import Finding
from mailbot.core.words import Passage, Sighting, Standing
from mailbot.mail.fields.page import Page

_ASKED = (Standing.SAID, Standing.SUPPOSED)
_WANTED = re.compile(
    r"(?:要求?|想|请|得|必须|只能|应|能|可以|希望|申请|办理|安排|\b(?:to|please|be|get|want|need))[^,。;!?\n]{0,4}$"
)
_BEFORE = re.compile(
    r"(?:已经?|刚刚?|曾经?|上次|上回|之前|先前|第?[一二两三四1-4]次|被|收到|拿到|(?:师傅|他|她|客服|售后|你们)[^,。;!?\n]{0,5}(?:说要?|建议)"
    r"|\b(?:was|were|been|had(?: to)?|got an?|given an?|already|last|previous(?:ly)?)) ?$"
)
_AFTERWARDS = re.compile(
    r"^(?:又|仍|还是|过(?!部|个|只|套|条)|了[^算吧,。;!?\n]|完|之?后|以后|回来)"
    r"|^(?:d|ed) (?:it|them|once|twice|the|in|on|last|by|before|already)\b"
)


def find_demand(page: Page) -> Iterator[tuple[str, Finding]]:
    """Find the demands, in the order they are made."""
    asked: list[tuple[int, str]] = []
    for key, phrases in page.demands:
        made = (s for s in page.spoken.sightings(phrases) if s.standing in _ASKED and not _told(page.spoken, s))
        if first := next(made, None):
            asked.append((first.start, key))
    if asked:
        asked.sort()
        yield "demand", page.found(tuple(key for _, key in asked), asked[0][0])


def _told(passage: Passage, seen: Sighting) -> bool:
    """Whether the writer tells what was done before rather than asks for it."""
    left, right = passage.level[max(0, seen.start - 16) : seen.start], passage.level[seen.end : seen.end + 12]
    return not _WANTED.search(left) and bool(_BEFORE.search(left) or _AFTERWARDS.search(right))
