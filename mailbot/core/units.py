"""What each unit of time counts in a local day.

A unit is a clock that never runs backwards. Here a day is cut into the pieces along which the clock advances, exactly
(fractions, no rounding); `worktime` adds the pieces up. Between pieces the clock stands still. A new unit is one
function and one line in the table at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import Literal, get_args

from mailbot.core.calendar import Calendar, Hours, Interval
from mailbot.core.localtime import local_day, moment_at, offset, turn

Unit = Literal["hours", "days", "working_hours", "working_days"]
UNITS: tuple[Unit, ...] = get_args(Unit)
WORKING: frozenset[Unit] = frozenset({"working_hours", "working_days"})
"""The units that follow the calendar's hours; the others run at night and on holidays too."""

EVER = datetime.min.replace(tzinfo=UTC)
FOREVER = datetime.max.replace(tzinfo=UTC)

_HORIZON = 36_525  # days: nobody waits a century, and a calendar without any work must not be searched for ever
_TICK = timedelta(microseconds=1)
_HOUR = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)
_WHOLE_DAY = (Interval(opens=0, closes=24 * 60),)


@dataclass(frozen=True, slots=True)
class Piece:
    """The clock advances evenly by `amount` units from `start` to `end`; where these are equal it jumps."""

    start: datetime
    end: datetime
    amount: Fraction

    def within(self, low: datetime, high: datetime) -> Piece | None:
        """The part of it after `low` and up to `high`, None when there is none."""
        if self.start == self.end:
            return self if low < self.start <= high else None
        start, end = max(self.start, low), min(self.end, high)
        if start >= end:
            return None
        return (
            self if end - start == self.end - self.start else Piece(start, end, self.amount * self._share(end - start))
        )

    def time_for(self, amount: Fraction) -> timedelta:
        """How long the clock takes for `amount`, at most all of it; rounded up to the microsecond."""
        return timedelta(microseconds=-((self.start - self.end) // _TICK * amount // self.amount))

    def _share(self, length: timedelta) -> Fraction:
        return Fraction(length // _TICK, (self.end - self.start) // _TICK)


def pieces(calendar: Calendar, unit: Unit, low: datetime, high: datetime) -> Iterator[Piece]:
    """The pieces of `unit` between two moments in their order. Raises ValueError when FOREVER runs out of days."""
    for day in days(calendar, low, high):
        for piece in _of_day(calendar, unit, day):
            if part := piece.within(low, high):
                yield part


def pieces_back(calendar: Calendar, unit: Unit, low: datetime, high: datetime) -> Iterator[Piece]:
    """The same from the last to the first; `low` may be EVER."""
    for day in days_back(calendar, low, high):
        for piece in reversed(_of_day(calendar, unit, day)):
            if part := piece.within(low, high):
                yield part


def days(calendar: Calendar, low: datetime, high: datetime) -> Iterator[date]:
    """The local days from the one of `low` to the one of `high`."""
    first = local_day(calendar.zone, low).toordinal()
    last = first + _HORIZON if high == FOREVER else local_day(calendar.zone, high).toordinal()
    yield from map(date.fromordinal, range(first, last + 1))
    if high == FOREVER:
        raise ValueError(f"nothing ends within a century of {low}")


def days_back(calendar: Calendar, low: datetime, high: datetime) -> Iterator[date]:
    """The same from the last to the first."""
    last = local_day(calendar.zone, high).toordinal()
    first = last - _HORIZON if low == EVER else local_day(calendar.zone, low).toordinal()
    yield from map(date.fromordinal, range(last, first - 1, -1))
    if low == EVER:
        raise ValueError(f"nothing begins within a century before {high}")


def openings(calendar: Calendar, day: date) -> Iterator[tuple[datetime, datetime]]:
    """The working hours of a local day as moments, from opening to closing."""
    for interval in calendar.hours(day):
        opens, closes = _moments(calendar, day, interval)
        if opens < closes:
            yield opens, closes


def _hours(calendar: Calendar, day: date) -> Iterator[Piece]:
    start, end = _moments(calendar, day, _WHOLE_DAY[0])
    yield Piece(start, end, Fraction((end - start) // _TICK, _HOUR // _TICK))


def _working_hours(calendar: Calendar, day: date) -> Iterator[Piece]:
    for opens, closes in openings(calendar, day):
        yield Piece(opens, closes, Fraction((closes - opens) // _TICK, _HOUR // _TICK))


def _days(calendar: Calendar, day: date) -> Iterator[Piece]:
    return _by_the_wall(calendar, day, _WHOLE_DAY)


def _working_days(calendar: Calendar, day: date) -> Iterator[Piece]:
    return _by_the_wall(calendar, day, calendar.hours(day))


def _by_the_wall(calendar: Calendar, day: date, hours: Hours) -> Iterator[Piece]:
    """Spread one day over the wall time of `hours`.

    Wall time that is left out passes in no time; while wall time comes a second time the clock waits.
    """
    whole = sum(i.closes - i.opens for i in hours) * _MINUTE // _TICK
    for interval in hours:
        start, end = _moments(calendar, day, interval)
        wall = datetime.combine(day, time()) + interval.opens * _MINUTE
        missed = start.astimezone(calendar.zone).replace(tzinfo=None) - wall
        change = offset(calendar.zone, end) - offset(calendar.zone, start)
        jump = turn(calendar.zone, start, end) if change else end
        resume = jump + max(-change, timedelta())
        last = (interval.closes - interval.opens) * _MINUTE - missed - (jump - start) - (end - resume)
        steps = ((start, start, missed), (start, jump, jump - start), (jump, resume, last), (resume, end, end - resume))
        yield from (Piece(a, b, Fraction(wall_time // _TICK, whole)) for a, b, wall_time in steps if wall_time)


def _moments(calendar: Calendar, day: date, interval: Interval) -> tuple[datetime, datetime]:
    return moment_at(calendar.zone, day, interval.opens), moment_at(calendar.zone, day, interval.closes)


@lru_cache(maxsize=8192)
def _of_day(calendar: Calendar, unit: Unit, day: date) -> tuple[Piece, ...]:
    return tuple(_PIECES[unit](calendar, day))


_PIECES: Mapping[Unit, Callable[[Calendar, date], Iterator[Piece]]] = {
    "hours": _hours,
    "days": _days,
    "working_hours": _working_hours,
    "working_days": _working_days,
}
