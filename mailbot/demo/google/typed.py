"""What a cell holds and shows: how typed text is understood, simple formulas, and numbers, dates and times as text.

Covered by recordings: whole and decimal numbers, ISO dates, thousands, arithmetic of numbers. The rest (percentages,
truth values, times, clock formats) rests on Google's documentation.
"""

from __future__ import annotations

import ast
import operator
import re
from datetime import date, datetime, timedelta
from typing import Any

from mailbot.clock import machine_clock

EPOCH = datetime(1899, 12, 30)
Value = dict[str, Any]
Format = dict[str, Any]

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_SLASHES = re.compile(r"(\d{1,2})/(\d{1,2})(?:/(\d{4}))?")
_MOMENT = re.compile(r"(\d{4}-\d{1,2}-\d{1,2}) (\d{1,2}):(\d{2})(?::(\d{2}))?")
_OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}


def serial(moment: date) -> float:
    """Days since the service's day 0, as a wall clock shows them."""
    at = moment if isinstance(moment, datetime) else datetime(moment.year, moment.month, moment.day)
    days = (at - EPOCH) / timedelta(days=1)
    return int(days) if days.is_integer() else days


def raw(value: Any) -> Value:
    """What RAW input makes of a JSON value: text stays text."""
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int | float):
        return {"numberValue": value}
    return {"stringValue": value} if value != "" else {}


def typed(value: Any, kind: str = "") -> tuple[Value, Format]:
    """What USER_ENTERED, or a person typing into a cell of format `kind`, makes of a value; the format it asks for."""
    if not isinstance(value, str) or value == "" or kind == "TEXT":
        return raw(value), {}
    if value.startswith("'"):
        return raw(value[1:]), {}
    if value.startswith("=") and len(value) > 1:
        return {"formulaValue": value}, {}
    if value.upper() in ("TRUE", "FALSE"):
        return {"boolValue": value.upper() == "TRUE"}, {}
    if _NUMBER.fullmatch(value):
        return {"numberValue": float(value)}, {}
    if _THOUSANDS.fullmatch(value):
        pattern = "#,##0.00" if "." in value else "#,##0"
        return {"numberValue": float(value.replace(",", ""))}, {"type": "NUMBER", "pattern": pattern}
    return _typed_time(value)


def _typed_time(value: str) -> tuple[Value, Format]:
    try:
        if found := _DATE.fullmatch(value):
            day = date(int(found[1]), int(found[2]), int(found[3]))
            return {"numberValue": serial(day)}, {"type": "DATE", "pattern": "yyyy-mm-dd"}
        if found := _SLASHES.fullmatch(value):
            day = date(int(found[3] or machine_clock().year), int(found[1]), int(found[2]))
            return {"numberValue": serial(day)}, {"type": "DATE", "pattern": "m/d/yyyy"}
        if found := _MOMENT.fullmatch(value):
            day = date.fromisoformat(found[1])
            at = datetime(day.year, day.month, day.day, int(found[2]), int(found[3]), int(found[4] or 0))
            return {"numberValue": serial(at)}, {"type": "DATE_TIME", "pattern": "yyyy-mm-dd hh:mm:ss"}
    except ValueError:
        pass
    return raw(value), {}


def effective(entered: Value) -> Value:
    """What a cell holds once its formula is worked out; only arithmetic of numbers is understood."""
    if "formulaValue" not in entered:
        return entered
    try:
        return {"numberValue": _computed(ast.parse(entered["formulaValue"][1:].strip(), mode="eval").body)}
    except ZeroDivisionError:
        return {"errorValue": {"type": "DIVIDE_BY_ZERO", "message": "Function DIVIDE parameter 2 cannot be zero."}}
    except (SyntaxError, ValueError):
        return {"errorValue": {"type": "ERROR", "message": "Formula parse error."}}


def _computed(node: ast.AST) -> float:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return node.value
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        result: float = _OPERATORS[type(node.op)](_computed(node.left), _computed(node.right))
        return result
    raise ValueError(ast.dump(node))


_ERRORS = {"DIVIDE_BY_ZERO": "#DIV/0!"}


def plain(entered: Value) -> Any:
    """A cell as UNFORMATTED_VALUE gives it."""
    held = effective(entered)
    if "numberValue" in held:
        return _number(held["numberValue"])
    if "errorValue" in held:
        return _ERRORS.get(held["errorValue"]["type"], "#ERROR!")
    return held.get("boolValue", held.get("stringValue", ""))


def shown(entered: Value, form: Format) -> str:
    """A cell as people see it."""
    held = plain(entered)
    if isinstance(held, bool):
        return str(held).upper()
    if isinstance(held, str):
        return held
    kind = form.get("type", "")
    if kind in ("DATE", "DATE_TIME", "TIME"):
        return _shown_time(held, form.get("pattern") or {"DATE": "yyyy-mm-dd"}.get(kind, "yyyy-mm-dd hh:mm:ss"))
    if kind == "NUMBER" and "," in form.get("pattern", ""):
        return f"{held:,.{form['pattern'].partition('.')[2].count('0')}f}"
    return str(held) if isinstance(held, int) else f"{held:.10g}" if abs(held) >= 1e-4 else f"{held:.15f}".rstrip("0")


def _shown_time(days: float, pattern: str) -> str:
    at = EPOCH + timedelta(seconds=round(days * 86_400))
    parts = {
        "yyyy": f"{at:%Y}",
        "dd": f"{at:%d}",
        "hh": f"{at:%H}",
        "ss": f"{at:%S}",
        "d": str(at.day),
        "m": str(at.month),
    }
    pattern = re.sub(r"(?<=hh:)mm|mm(?=:ss)", f"{at:%M}", pattern).replace("mm", f"{at:%m}")
    return re.sub(r"yyyy|dd|hh|ss|d|m", lambda found: parts[found[0]], pattern)


def _number(value: float) -> float:
    return int(value) if float(value).is_integer() and abs(value) < 1e15 else value
