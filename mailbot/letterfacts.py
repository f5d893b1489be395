"""The facts of a letter, made complete and safe before a template sees them.

A letter may do without most facts: they are blank then, so that a template asks `if note` and a misspelt name is still
an error. What a stranger wrote is shown on one line, short and without links: an acknowledgement can be made to go to
anybody's address, so it must carry nothing that somebody else would like to have carried.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

_TEXTS = (
    *("recipient_name", "customer_name", "customer", "product", "stage", "severity", "department", "owner", "what"),
    *("late", "ref", "note", "said", "letter", "recipient", "why", "means", "remedy"),
)
_LISTS = ("understood", "missing", "promises", "needed", "reasons", "items")
_SWITCHES = ("claim", "safety", "answered")
BLANK: Mapping[str, Any] = (
    dict.fromkeys(_TEXTS, "")
    | dict.fromkeys(_LISTS, ())
    | dict.fromkeys(_SWITCHES, False)
    | {"due": None, "since": None}
)
"""Facts a letter may do without. `number` is not among them: a case letter without its number is an error."""

MADE = ("late_count",)
"""Facts made here from the others: how many of `items` are late."""

_CARD = ("number", "customer", "product", "stage", "what", "due", "late", "owner", "severity", "department")
_FOREIGN = {"customer_name": 60, "customer": 80, "product": 80}
_VALUE = 200
_SAID = 3000
_LINK = re.compile(r"[a-z][a-z+.-]*://\S+|\bwww\.\S+|\b[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}/\S*", re.IGNORECASE)


def complete(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return facts with every blank filled in and strangers' text tamed.

    `items` of a letter about one case is that case; a list of cases may leave out what it does not know.
    """
    full = {**BLANK, **{key: value for key, value in facts.items() if value is not None}}
    if not full["items"] and full.get("number"):
        full["items"] = ({key: full[key] for key in _CARD},)
    full["items"] = tuple(_tamed({**dict.fromkeys(_CARD, ""), **item}) for item in full["items"])
    full["late_count"] = sum(bool(item["late"]) for item in full["items"])
    full["understood"] = tuple((label, one_line(str(value), _VALUE)) for label, value in full["understood"])
    full["said"] = some_lines(full["said"], _SAID)
    return _tamed(full)


def one_line(text: str, limit: int) -> str:
    """Return text fit for a letter: one line, no control or invisible characters, links as `…`, cut at `limit`."""
    seen = "".join(" " if unicodedata.category(char)[0] == "C" else char for char in text[: 4 * limit])
    flat = " ".join(_LINK.sub("…", seen).split())
    return flat if len(flat) <= limit else flat[: limit - 1].rstrip() + "…"


def some_lines(text: str, limit: int) -> str:
    """Return text with its lines kept, each as `one_line` has it, cut at `limit` characters."""
    kept = "\n".join(one_line(line, limit) for line in text.splitlines()).strip()
    return kept if len(kept) <= limit else kept[: limit - 1].rstrip() + "…"


def _tamed(facts: dict[str, Any]) -> dict[str, Any]:
    return facts | {key: one_line(str(facts[key]), limit) for key, limit in _FOREIGN.items() if key in facts}
