"""Counting time in hours, calendar days, working hours and working days of a calendar.

Each unit is a clock that never runs backwards: it advances along pieces of the day and stands still between them and
during pauses. `elapsed` reads the clock, `add` finds the first moment at which it shows enough, so the two agree.
Moments are aware UTC in and out; the machine's own zone and clock play no part. `now` is an argument.

hours          real hours, day and night.
days           local calendar days: n days later at the same local time. On the days the clocks change this wall clock
               jumps over the hour that is left out and waits through the hour that comes twice.
working_hours  real hours inside the calendar's hours.
working_days   each day worked, long or short, is one day, spread over its hours: 10:00 plus one is 10:00 of the next
               working day with the same hours. From a moment outside the hours it starts at the next opening, and from
               an opening it ends with the day: one working day from Saturday is the close of Monday.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from functools import lru_cache
from itertools import groupby
from typing import overload

from mailbot.core.calendar import Calendar
from mailbot.core.localtime import moment_at
from mailbot.core.model import Pause
from mailbot.core.units import EVER, FOREVER, UNITS, WORKING, Piece, Unit, days, openings, pieces, pieces_back

__all__ = ["OFF_HOURS", "UNITS", "WORKING", "Span", "Unit", "add", "elapsed", "intervals", "is_open", "next_open"]

OFF_HOURS = "off_hours"
"""The reason of a span outside the hours of a working day: night or the lunch break."""

_Stretch = tuple[datetime, datetime, str | None]
_Cut = Callable[[Calendar, Unit, datetime, datetime], Iterator[Piece]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of time that counted or did not.

    `why` is the reason of a pause, or what `Calendar.why` says of the days in it, or OFF_HOURS; empty for ordinary
    counted time.
    """

    start: datetime
    end: datetime
    counted: bool
    why: str = ""


@overload
def add(calendar: Calendar, start: datetime, amount: float, unit: Unit) -> datetime: ...


@overload
def add(calendar: Calendar, start: datetime, amount: float, unit: Unit, pauses: Sequence[Pause]) -> datetime | None: ...


def add(
    calendar: Calendar, start: datetime, amount: float, unit: Unit, pauses: Sequence[Pause] = ()
) -> datetime | None:
    """Find the first moment at which `amount` of `unit` has passed since `start`.

    A negative amount looks back: the last moment from which so much passes until `start`. None while a pause without an
    end keeps the moment from coming. Raises ValueError when no moment within a century does.
    """
    if not amount:
        return start
    # Asked again in every round about every open case.
    return (_added if pauses else _known_added)(calendar, _utc(start), amount, unit, tuple(pauses))


def _added(
    calendar: Calendar, start: datetime, amount: float, unit: Unit, pauses: tuple[Pause, ...]
) -> datetime | None:
    wanted = Fraction(amount).limit_denominator(1_000_000)  # a third is meant as a third, not as its nearest float
    if not wanted:
        return start
    rest, running = abs(wanted), _running(calendar, unit, _stretches(start, FOREVER, pauses))
    if wanted < 0:
        running = _running(calendar, unit, reversed(list(_stretches(EVER, start, pauses))), pieces_back)
    for piece in running:
        if piece.amount >= rest:
            return piece.start + piece.time_for(rest) if wanted > 0 else piece.end - piece.time_for(rest)
        rest -= piece.amount
    return None


def elapsed(calendar: Calendar, start: datetime, end: datetime, unit: Unit, pauses: Sequence[Pause] = ()) -> float:
    """Count the `unit`s between two moments without the pauses; negative when `end` lies before `start`."""
    if end < start:
        return -elapsed(calendar, end, start, unit, pauses)
    count = _counted if pauses else _known_counted
    return count(calendar, _utc(start), _utc(end), unit, tuple(pauses))


def _counted(calendar: Calendar, start: datetime, end: datetime, unit: Unit, pauses: tuple[Pause, ...]) -> float:
    return float(sum(piece.amount for piece in _running(calendar, unit, _stretches(start, end, pauses))))


def is_open(calendar: Calendar, moment: datetime) -> bool:
    """Whether `moment` lies in working hours; the moment of closing no longer does."""
    return next_open(calendar, moment) == moment


def next_open(calendar: Calendar, moment: datetime) -> datetime:
    """Find the first moment from `moment` on that lies in working hours: itself, or the next opening.

    Raises ValueError when there is none within a century.
    """
    return _known_next_open(calendar, _utc(moment))


def _next_open(calendar: Calendar, moment: datetime) -> datetime:
    return next(pieces(calendar, "working_hours", moment, FOREVER)).start


def intervals(
    calendar: Calendar, start: datetime, end: datetime, unit: Unit, pauses: Sequence[Pause] = ()
) -> list[Span]:
    """Tell of every stretch between two moments whether it counted and why not; gapless and in order."""
    spans: list[Span] = []
    for low, high, why in _stretches(start, end, pauses):
        if why is not None:
            spans.append(Span(start=low, end=high, counted=False, why=why))
        elif unit in WORKING:
            spans += _joined(_working_spans(calendar, low, high))
        else:
            spans.append(Span(start=low, end=high, counted=True))
    return spans


def _utc(moment: datetime) -> datetime:
    """The moment as a key: in UTC those that are equal are the same. Raises ValueError without a zone."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone")
    return moment.astimezone(UTC)


def _running(calendar: Calendar, unit: Unit, stretches: Iterable[_Stretch], cut: _Cut = pieces) -> Iterator[Piece]:
    for low, high, why in stretches:
        if why is None:
            yield from cut(calendar, unit, low, high)


def _stretches(start: datetime, end: datetime, pauses: Sequence[Pause]) -> Iterator[_Stretch]:
    """Cut `start` to `end` at the pauses: (from, to, reason of the pause or None while the clock runs)."""
    at = start
    for pause in sorted(pauses, key=lambda p: p.started_at):
        low, high = max(pause.started_at, at), min(pause.ended_at or end, end)
        if low >= high:
            continue
        if at < low:
            yield at, low, None
        yield low, high, pause.reason
        at = high
    if at < end:
        yield at, end, None


def _working_spans(calendar: Calendar, low: datetime, high: datetime) -> Iterator[Span]:
    for day in days(calendar, low, high):
        why = calendar.why(day)
        at, end = max(low, moment_at(calendar.zone, day, 0)), min(high, moment_at(calendar.zone, day, 24 * 60))
        idle = OFF_HOURS if calendar.is_workday(day) else why
        for opens, closes in openings(calendar, day):
            if max(opens, at) < min(closes, end):
                yield Span(start=at, end=max(opens, at), counted=False, why=idle)
                yield Span(start=max(opens, at), end=min(closes, end), counted=True, why=why)
                at = min(closes, end)
        yield Span(start=at, end=end, counted=False, why=idle)


def _joined(spans: Iterable[Span]) -> Iterator[Span]:
    """Join what follows on each other: a night, a weekend and a morning are one stretch, named for the weekend."""
    real = (span for span in spans if span.start < span.end)
    for (counted, _), group in groupby(real, key=lambda s: (s.counted, s.why if s.counted else "")):
        parts = list(group)
        whys = dict.fromkeys(part.why for part in parts)
        if len(whys) > 1:
            whys.pop(OFF_HOURS, None)
        yield Span(start=parts[0].start, end=parts[-1].end, counted=counted, why=", ".join(whys))


_known_added, _known_counted = lru_cache(maxsize=8192)(_added), lru_cache(maxsize=8192)(_counted)
_known_next_open = lru_cache(maxsize=64)(_next_open)
"""A calendar is never changed and compares by identity: what was counted by it once stays so."""
