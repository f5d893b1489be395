"""What everybody in China knows of 2025 and 2026: which days are worked and which are not. Written down by hand from
the State Council's notices, so that the program's own calendar is checked against something else.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

_OFF = [
    (date(2025, 10, 1), date(2025, 10, 8)),
    (date(2026, 1, 1), date(2026, 1, 3)),
    (date(2026, 2, 15), date(2026, 2, 23)),
    (date(2026, 4, 4), date(2026, 4, 6)),
    (date(2026, 5, 1), date(2026, 5, 5)),
    (date(2026, 6, 19), date(2026, 6, 21)),
    (date(2026, 9, 25), date(2026, 9, 27)),
    (date(2026, 10, 1), date(2026, 10, 7)),
]
MADE_UP = {
    date(2025, 10, 11),
    date(2026, 1, 4),
    date(2026, 2, 14),
    date(2026, 2, 28),
    date(2026, 5, 9),
    date(2026, 9, 20),
    date(2026, 10, 10),
}
"""Weekend days that are worked, 调休补班."""
_SHIFTS = [(time(8, 30), time(12)), (time(13, 30), time(17, 30))]


def is_workday(day: date) -> bool:
    """Whether the factory works on this day."""
    return day in MADE_UP or (day.weekday() < 5 and not any(first <= day <= last for first, last in _OFF))


def is_open(moment: datetime) -> bool:
    """Whether the office is open at this local time."""
    at = moment.time()
    return is_workday(moment.date()) and any(start <= at <= end for start, end in _SHIFTS)


def workday_after(day: date, count: int) -> date:
    """The `count`-th working day after a day."""
    while count:
        day += timedelta(days=1)
        count -= is_workday(day)
    return day
