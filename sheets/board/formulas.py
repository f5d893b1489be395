"""A dashboard's tallies as formulas that old and new Excel, WPS, LibreOffice and Google calculate alike.

Each column of the register has a name, found by its heading, by its place once the heading was changed; it reaches from
the headings to the last row, so that rows added later count. Everything hangs on the present time, for some programs
calculate only that when they open a file. No number here has decimals: countries write them differently.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sheets.dashboard import MONTHS, Point, Punctuality, Tally, Tests

NOW, THIS_MONTH, FIRST_MONTH = "as_of", "this_month", "first_month"

_POINTS = {Point.NOW: NOW, Point.MONTH: THIS_MONTH, Point.WINDOW: FIRST_MONTH}


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """What programs say differently.

    `column` is the meaning of a column's name, from the cell with its place, the one with the last row, and the sheet;
    `last_row` the formula of the latter, from the cell with the place of the dated column, and the sheet; `total` the
    function that sums what was calculated with whole columns.
    """

    column: Callable[[str, str, str], str]
    last_row: Callable[[str, str], str]
    total: str


def column_name(key: str) -> str:
    """What a column of the register is called in formulas."""
    return f"case_{key}"


def sheet_reference(title: str) -> str:
    """A sheet as a reference begins with it."""
    return "'" + title.replace("'", "''") + "'!"


def position(heading: str, register: str, letter: str) -> str:
    """The column headed as the cell `heading` says; the one it was when it is headed otherwise now."""
    return f"=IFERROR(MATCH({heading},{register}$1:$1,0),COLUMN({register}${letter}:${letter}))+0*{NOW}"


def moments(now: str) -> Mapping[str, str]:
    """What the names of moments stand for; `now` is the cell with the present time."""
    months = {THIS_MONTH: "", FIRST_MONTH: f"-{MONTHS - 1}"}
    return {NOW: now} | {name: f"DATE(YEAR({now}),MONTH({now}){back},1)" for name, back in months.items()}


def month_start(back: int) -> str:
    """The first day of the month so many months ago."""
    return f"=DATE(YEAR({NOW}),MONTH({NOW})-{back},1)"


def tally(wanted: Tally, cell: str = "") -> str:
    """A tally without its equals sign; `cell` holds the label or the first day of the month of its line."""
    plus = "+".join(_count(tests, cell) for tests in wanted.plus)
    return plus + "".join("-" + _count(tests, cell) for tests in wanted.minus)


def fell_due(card: Punctuality, cell: str, dialect: Dialect) -> str:
    """Array formula: the rows of the month at `cell` that are done or whose term has ended."""
    start, until = column_name(card.start), column_name(card.until)
    over = f"((ISNUMBER({until})+({start}+{_days(card)}<{NOW}))>0)"
    return f"={dialect.total}(IFERROR({_in_month(start, cell)}*{over},0))"


def kept(card: Punctuality, cell: str, dialect: Dialect) -> str:
    """Array formula: the rows of the month at `cell` that were done by the day their term ended."""
    start, until = column_name(card.start), column_name(card.until)
    in_time = f"ISNUMBER({until})*(INT({until})<=INT({start}+{_days(card)}))"
    return f"={dialect.total}(IFERROR({_in_month(start, cell)}*{in_time},0))"


def share(part: str, whole: str) -> str:
    """One cell's part of another, nothing of nothing. The moment is named too: array formulas alone stir nothing."""
    return f'=IF({whole}+0*{NOW}=0,"",{part}/{whole})'


def _days(card: Punctuality) -> str:
    return f"{round(card.hours * 60)}/1440"


def _in_month(start: str, cell: str) -> str:
    return f"ISNUMBER({start})*({start}>={cell})*({start}<{_next_month(cell)})"


def _next_month(cell: str) -> str:
    return f"DATE(YEAR({cell}),MONTH({cell})+1,1)"


def _count(tests: Tests, cell: str) -> str:
    criteria = (f"{column_name(test.column)},{_criterion(test.sign, test.value, cell)}" for test in tests)
    return f"COUNTIFS({','.join(criteria)})"


def _criterion(sign: str, value: str | int | Point, cell: str) -> str:
    if isinstance(value, Point):
        place = {Point.LABEL: cell, Point.START: cell, Point.END: _next_month(cell)} | _POINTS
        return place[value] if sign == "=" else f'"{sign}"&{place[value]}'
    text = str(value).replace("~", "~~").replace("*", "~*").replace("?", "~?").replace('"', '""')
    return f'"{"" if sign == "=" else sign}{text}"'
