"""What a calendar part says, for a mail that says nothing else: what, where, when, and the words below it.

Lines of iCalendar (RFC 5545) as a reader would see them; no date is understood here.
"""

from __future__ import annotations

import re

_FOLD = re.compile(r"\r?\n[ \t]")
_LINE = re.compile(r"^(SUMMARY|LOCATION|DTSTART|DESCRIPTION)(?:;[^:\n]{0,200})?:(.*)$", re.M | re.I)
_ESCAPED = re.compile(r"\\([nN,;\\])")
_ORDER = ("summary", "dtstart", "location", "description")
LIMIT = 100_000  # characters that are read


def to_text(calendar: str) -> str:
    """The first event of a calendar as lines of text; empty when it says nothing."""
    said: dict[str, str] = {}
    for name, value in _LINE.findall(_FOLD.sub("", calendar[:LIMIT])):
        said.setdefault(name.lower(), _ESCAPED.sub(lambda m: "\n" if m[1] in "nN" else m[1], value).strip())
    return "\n".join(said[name] for name in _ORDER if said.get(name))


def is_answer(method: str) -> bool:
    """Whether the `method` of a calendar part says that it accepts or declines an invitation."""
    return method.strip().upper() in ("REPLY", "COUNTER", "DECLINECOUNTER")
