"""A cell's value as the XML of a cell, and what it asks of the cell's style.

Text from outside is always an inline string: never a formula, never a number. What a spreadsheet would take for one
when somebody edits the cell asks for the style's text mark (quotePrefix) as well.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, auto

from sheets.cells import shown, whole_second
from sheets.excel.outline import escaped
from sheets.register import Refused
from sheets.table import Cell

_EPOCH = date(1899, 12, 30).toordinal()
_FIRST_TRUE_DAY = date(1900, 3, 1).toordinal() - _EPOCH
_DAYS_1904 = 1462
_LARGEST_EXACT = 10**15

_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_FORMULA_SIGNS = "=+-@\t\n'＝＋－＠﹦﹢﹣﹫−"
_LOOKS_TYPED = re.compile(
    r"\s*(?:[\d\s.,:/\-%()¥$€£￥+年月日时時分秒eE]*\d[\d\s.,:/\-%()¥$€£￥+年月日时時分秒eEapmAPM]*"
    r"|\d{1,4}[-/ .]?[A-Za-z]{3,9}\.?(?:[-/ ,.]+\d{1,4})?|[A-Za-z]{3,9}[-/ .]+\d{1,4}"
    r"|true|false|#[A-Za-z/0!?]+)\s*",
    re.IGNORECASE,
)


class Need(Enum):
    """What a value asks of its style."""

    NOTHING = auto()
    TEXT_MARK = auto()
    NUMBER = auto()
    DATE = auto()
    DATETIME = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A value as it goes into `<c>`: the `t` attribute, the text of its content, and the need."""

    type: str = ""
    text: str = ""
    need: Need = Need.NOTHING


def written(value: Cell, *, date1904: bool = False) -> Written:
    """Give `value` as cell content. Raises Refused for what a cell cannot hold truly."""
    if value is None or value == "":
        return Written()
    if isinstance(value, bool):
        return Written(type="b", text=str(int(value)), need=Need.NUMBER)
    if isinstance(value, str):
        return _text(shown(value))
    if isinstance(value, int | float):
        return Written(text=_number(value), need=Need.NUMBER)
    need = Need.DATETIME if isinstance(value, datetime) else Need.DATE
    return Written(text=_serial(value, date1904), need=need)


def cell(reference: str, style: int, value: Written, prefix: str = "") -> bytes:
    """One `<c>` element. `prefix` is the sheet's namespace prefix with its colon, mostly empty."""
    p, kind = prefix, f' t="{value.type}"' if value.type else ""
    head = f'<{p}c r="{reference}"' + (f' s="{style}"' if style else "") + kind
    if not value.text:
        return f"{head}/>".encode()
    if value.type != "inlineStr":
        return f"{head}><{p}v>{value.text}</{p}v></{p}c>".encode()
    text = escaped(_ESCAPE.sub("_x005F_", value.text))
    return f'{head}><{p}is><{p}t xml:space="preserve">{text}</{p}t></{p}is></{p}c>'.encode()


def formula_cell(reference: str, style: int, formula: str, prefix: str = "") -> bytes:
    """One `<c>` with a formula and no cached value, so that every program calculates it when it loads."""
    p, head = prefix, f'<{prefix}c r="{reference}"' + (f' s="{style}"' if style else "")
    return f"{head}><{p}f>{escaped(formula)}</{p}f></{p}c>".encode()


def looks_typed(text: str) -> bool:
    """Whether a spreadsheet would make a formula, number, date, truth value or error of this text if it were typed."""
    if text.lstrip(" \u3000")[:1] in _FORMULA_SIGNS:
        return True
    return len(text) <= 40 and _LOOKS_TYPED.fullmatch(text) is not None


def _text(text: str) -> Written:
    need = Need.TEXT_MARK if text and looks_typed(text) else Need.NOTHING
    return Written(type="inlineStr", text=text, need=need) if text else Written()


def _number(value: float) -> str:
    if isinstance(value, float) and not math.isfinite(value):
        raise Refused("not-a-number", repr(value))
    if isinstance(value, int) and abs(value) >= _LARGEST_EXACT:
        raise Refused("too-many-digits", "a cell keeps 15 digits of a number: write it as text")
    return repr(int(value)) if value == int(value) and abs(value) < _LARGEST_EXACT else repr(value)


def _serial(value: date, date1904: bool) -> str:
    """Days since the workbook's day 0. Dates before 1900-03-01 (1904) mean different days to different programs."""
    days = value.toordinal() - _EPOCH
    if days < (_DAYS_1904 if date1904 else _FIRST_TRUE_DAY):
        raise Refused("date-out-of-range", value.isoformat())
    days -= _DAYS_1904 if date1904 else 0
    if not isinstance(value, datetime):
        return str(days)
    if value.tzinfo is not None:
        raise Refused("date-with-zone", value.isoformat())
    moment = whole_second(value)
    days += moment.date().toordinal() - value.toordinal()
    seconds = moment.hour * 3600 + moment.minute * 60 + moment.second
    return repr(days + seconds / 86_400) if seconds else str(days)
