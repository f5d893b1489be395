"""A dashboard's tallies as formulas that old and new Excel, WPS and LibreOffice calculate alike.

Each column of the register has a name, found by its heading, by its place once the heading was changed; it reaches from
row 1 to the last row, so that rows added later count. Everything hangs on the present time, for some programs calculate
only that when they open a file.
"""

from __future__ import annotations

from collections.abc import Mapping

from sheets.dashboard import MONTHS, Point, Punctuality, Tally, Tests

NOW, THIS_MONTH, FIRST_MONTH = "as_of", "this_month", "first_month"
FIRST_COLUMN, LAST_COLUMN = "$A", "$ZZ"

_POINTS = {Point.NOW: NOW, Point.MONTH: THIS_MONTH, Point.WINDOW: FIRST_MONTH}


def column_name(key: str) -> str:
    """What a column of the register is called in formulas."""
    return f"case_{key}"


def sheet_reference(title: str) -> str:
    """A sheet as a reference begins with it."""
    return "'" + title.replace("'", "''") + "'!"


def position(heading: str, register: str, letter: str) -> str:
    """The column headed as the cell `heading` says; the one it was when it is headed otherwise now."""
    return f"=IFERROR(MATCH({heading},{register}$1:$1,0),COLUMN({register}${letter}:${letter}))+0*{NOW}"


def last_row(place: str, register: str) -> str:
    """The last row with a moment in the column at `place`."""
    column = f"INDEX({register}{FIRST_COLUMN}:{LAST_COLUMN},0,{place})"
    return f"=MAX(2,IFERROR(MATCH(9.9E+307,{column}),2))+0*{NOW}"


def column_range(place: str, last: str, register: str) -> str:
    """What a column's name stands for."""
    whole = f"{register}{FIRST_COLUMN}:{LAST_COLUMN}"
    return f"INDEX({whole},1,{place}):INDEX({whole},{last},{place})"


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


def fell_due(card: Punctuality, cell: str) -> str:
    """Array formula: the rows of the month at `cell` that are done or whose term has ended."""
    start, until = column_name(card.start), column_name(card.until)
    return f"=SUM(IFERROR({_in_month(start, cell)}*((ISNUMBER({until})+({start}+{card.hours:g}/24<{NOW}))>0),0))"


def kept(card: Punctuality, cell: str) -> str:
    """Array formula: the rows of the month at `cell` that were done by the day their term ended."""
    start, until = column_name(card.start), column_name(card.until)
    in_time = f"ISNUMBER({until})*(INT({until})<=INT({start}+{card.hours:g}/24))"
    return f"=SUM(IFERROR({_in_month(start, cell)}*{in_time},0))"


def share(part: str, whole: str) -> str:
    """One cell's part of another, nothing of nothing. The moment is named too: array formulas alone stir nothing."""
    return f'=IF({whole}+0*{NOW}=0,"",{part}/{whole})'


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
