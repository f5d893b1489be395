"""What a cell's value looks like once it has been through a spreadsheet, and whether two values show the same.

Every backend and the merge compare with `same`: text a cell cannot hold is altered here, in one way, so that what was
written and what is read back are equal and nothing is written again for ever.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from sheets.table import Cell, Kind

TEXT_LIMIT = 32_767
"""Characters of a cell in UTF-16 units (an emoji counts 2): the smallest limit of the spreadsheets served."""

LINE_FEED_LIMIT = 253
"""Line breaks of a cell; further lines are joined with a blank."""

_EXACT = 1e15
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_RETURN = re.compile("\r\n?")


def same(a: Cell, b: Cell) -> bool:
    """Whether two values show the same in a cell: `12` and `12.0`, a date and its midnight, `None` and blanks."""
    if a is b or (a.__class__ is b.__class__ and a == b):
        return True
    left, right = normal(a), normal(b)
    return type(left) is type(right) and left == right


def normal(cell: Cell) -> Cell:
    """Bring a value into the one form used for comparing; never write the result into a cell.

    Whole floats become int, midnights dates, datetimes whole seconds; text is `shown` without trailing blanks.
    """
    if isinstance(cell, str):
        return shown(cell).rstrip() or None
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    if isinstance(cell, datetime):
        moment = whole_second(cell)
        return moment if moment.hour or moment.minute or moment.second else moment.date()
    return cell


def shaped(cell: Cell, kind: Kind) -> Cell:
    """Shape what a spreadsheet gives: midnights by the column's `kind`, whole floats int, `""` None, CRLF LF."""
    if isinstance(cell, str):
        return (_RETURN.sub("\n", cell) if "\r" in cell else cell) or None
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() and abs(cell) < _EXACT else cell
    if isinstance(cell, datetime):
        value = normal(cell)
        return whole_second(cell) if kind is Kind.DATETIME or isinstance(value, datetime) else value
    if isinstance(cell, date) and kind is Kind.DATETIME:
        return datetime(cell.year, cell.month, cell.day)
    return cell


def shown(text: str) -> str:
    """Give `text` as a cell can hold it: illegal characters made visible, line ends LF, shortened with a remark."""
    if "\r" in text:
        text = _RETURN.sub("\n", text)
    text = _ILLEGAL.sub(_visible, text)
    if text.count("\n") > LINE_FEED_LIMIT:
        lines = text.split("\n")
        text = "\n".join(lines[:LINE_FEED_LIMIT]) + "\n" + " ".join(lines[LINE_FEED_LIMIT:])
    return text if len(text) <= TEXT_LIMIT // 2 or units(text) <= TEXT_LIMIT else _shortened(text)


def units(text: str) -> int:
    """Count `text` as spreadsheets do, in UTF-16 units."""
    return len(text) + sum(character > "\uffff" for character in text)


def whole_second(moment: datetime) -> datetime:
    """Round to the second: a cell keeps a fraction of a day, which is no exact number of microseconds."""
    carry = moment.microsecond >= 500_000 and moment.replace(microsecond=0) < datetime.max.replace(microsecond=0)
    return moment.replace(microsecond=0) + timedelta(seconds=carry)


def _visible(match: re.Match[str]) -> str:
    """Show a control character as its picture (␀, ␛), anything else that cannot be written as U+FFFD."""
    code = ord(match[0])
    return chr(0x2400 + code) if code < 0x20 else "\ufffd"


def _shortened(text: str) -> str:
    remark = f"… [cut, {len(text)} characters]"
    room = TEXT_LIMIT - units(remark)
    return text.encode("utf-16-le")[: room * 2].decode("utf-16-le", "ignore") + remark
