"""What the customer asks for, as keys of the vocabulary file. What is denied (不用退款) is not asked."""

from __future__ import annotations

from collections.abc import Iterator

from mailbot.core.model import Finding
from mailbot.core.words import Standing
from mailbot.mail.fields.page import Page


def find_demand(page: Page) -> Iterator[tuple[str, Finding]]:
    """Find the demands, in the order they are made."""
    asked: list[tuple[int, str]] = []
    for key, phrases in page.lexicon.demands:
        seen = [s for s in page.spoken.sightings(phrases) if s.standing in (Standing.SAID, Standing.SUPPOSED)]
        if seen:
            asked.append((seen[0].start, key))
    if asked:
        asked.sort()
        yield "demand", page.found(tuple(key for _, key in asked), asked[0][0])
