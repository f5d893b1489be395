"""A cell's value on its way to and from Google.

What Google holds is text, a number or a truth value: a date is a number with a format. Text is always sent as text,
never to be understood. Serial numbers are wall time, as our naive datetimes are: no zone enters.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from sheets.cells import normal, shaped, shown, whole_second
from sheets.register import Refused
from sheets.table import Cell, Kind

Held = str | float | int | bool | None
"""What a cell holds, dates as numbers."""

EPOCH = datetime(1899, 12, 30)
FORMATS = {
    Kind.DATE: {"type": "DATE", "pattern": "yyyy-mm-dd"},
    Kind.DATETIME: {"type": "DATE_TIME", "pattern": "yyyy-mm-dd hh:mm"},
}
_ERRORS = {
    "NULL_VALUE": "#NULL!",
    "DIVIDE_BY_ZERO": "#DIV/0!",
    "VALUE": "#VALUE!",
    "REF": "#REF!",
    "NAME": "#NAME?",
    "NUM": "#NUM!",
    "N_A": "#N/A",
    "LOADING": "Loading...",
}
_LARGEST_EXACT = 10**15


def held(given: Mapping[str, Any]) -> Held:
    """What an answer's cell holds (`effectiveValue`); errors as the text people see."""
    value = given.get("effectiveValue") or {}
    if "errorValue" in value:
        return _ERRORS.get(value["errorValue"].get("type", ""), "#ERROR!")
    for key in ("stringValue", "numberValue", "boolValue"):
        if key in value:
            found: Held = value[key]
            return None if found == "" else found
    return None


def number(value: Held) -> bool:
    """Whether a cell holds a number, which a date is too."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def dated(given: Mapping[str, Any]) -> bool:
    """Whether an answer's cell holds a number that is shown as a date."""
    form = given.get("effectiveFormat", {}).get("numberFormat", {}).get("type", "")
    return form in ("DATE", "DATE_TIME") and "numberValue" in (given.get("effectiveValue") or {})


def cell(value: Held, kind: Kind, *, dated: bool) -> Cell:
    """What a cell holds as a value of a column of `kind`; `dated` is whether it is shown as a date."""
    if dated and isinstance(value, int | float):
        return shaped(_moment(value), kind)
    return shaped(value, kind)


def _moment(days: float) -> Cell:
    try:
        return whole_second(EPOCH + timedelta(days=days))
    except OverflowError:
        return days


def entered(value: Cell) -> tuple[dict[str, Any], dict[str, str] | None]:
    """A value as `userEnteredValue`, and the number format it needs. Raises Refused for what a cell cannot hold."""
    if isinstance(value, datetime):
        return {"numberValue": _serial(whole_second(value))}, FORMATS[Kind.DATETIME]
    if isinstance(value, date):
        return {"numberValue": _serial(value)}, FORMATS[Kind.DATE]
    return sent(as_held(value)), None


def sent(value: Held) -> dict[str, Any]:
    """What a cell is to hold, as `userEnteredValue`; nothing for nothing."""
    if value is None:
        return {}
    if isinstance(value, bool):
        return {"boolValue": value}
    return {"stringValue": value} if isinstance(value, str) else {"numberValue": value}


def held_of(content: Mapping[str, Any]) -> Held:
    """What a cell holds once a `userEnteredValue` was sent; the reverse of `sent`."""
    return held({"effectiveValue": content})


def as_held(value: Cell) -> Held:
    """What Google will hold once `value` was sent. Raises Refused."""
    if isinstance(value, date):
        return _serial(whole_second(value) if isinstance(value, datetime) else value)
    if isinstance(value, str):
        return shown(value) or None
    if isinstance(value, float) and not math.isfinite(value):
        raise Refused("not-a-number", repr(value))
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= _LARGEST_EXACT:
        raise Refused("too-many-digits", "a cell keeps 15 digits of a number: write it as text")
    return value


def _serial(value: date) -> float | int:
    if isinstance(value, datetime) and value.tzinfo is not None:
        raise Refused("date-with-zone", value.isoformat())
    at = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
    days = (at - EPOCH) / timedelta(days=1)
    return int(days) if days.is_integer() else days


def mark(value: Held) -> str:
    """A short name of what a cell holds: two cells that show the same have the same. For comparing without keeping."""
    if isinstance(value, bool) or value is None:
        text = repr(value)
    elif isinstance(value, str):
        text = f"text {normal(value)}" if normal(value) is not None else "None"
    else:
        text = f"number {round(float(value), 8):.8f}"
    return sha256(text.encode()).hexdigest()[:16]
