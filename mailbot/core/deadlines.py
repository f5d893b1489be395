"""When something is due: a term from the rule file applied to the history of one case [D-60, D-63].

Nothing is kept running: a deadline is computed from the case as it stands, whenever somebody asks, so that a pause, an
edited date or a changed calendar can never leave an old one behind. Choosing the amount and reminding are elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

from mailbot.core.calendar import Calendar
from mailbot.core.localtime import moment_at
from mailbot.core.model import Pause, Visit
from mailbot.core.units import days, openings
from mailbot.core.worktime import UNITS, WORKING, Span, Unit, add, elapsed, intervals

COLUMN = "column:"
MOST: Mapping[Unit, int] = {"hours": 87_660, "days": 3_653, "working_hours": 10_000, "working_days": 2_500}
"""The longest term of each unit: ten years, or as much work."""
PLAUSIBLE = timedelta(days=3653)
"""A date in a column further than ten years from the receipt is a slip of the hand and starts nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """How long somebody has: `amount` of `unit` from `start`, not counting the time of pauses whose reason is listed.

    `start` is `receipt`, `stage` (entry) or `column:KEY` (a date in the row); `again` the same for the second and later
    stays in the stage. From a date alone the term begins with that day's work; with an amount of 0 it ends with it.
    """

    amount: float
    unit: Unit
    start: str = "stage"
    again: str = "stage"
    pauses: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raise ValueError for a term that means nothing."""
        if self.unit not in UNITS:
            raise ValueError(f"unit is {self.unit!r}; known are {', '.join(UNITS)}")
        if not 0 <= self.amount <= MOST[self.unit]:
            raise ValueError(f"amount is {self.amount}; it must lie between 0 and {MOST[self.unit]} {self.unit}")
        for start in (self.start, self.again):
            if start not in ("receipt", "stage") and not start.startswith(COLUMN):
                raise ValueError(f"start is {start!r}; known are receipt, stage and column:KEY")


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """By when, and how that was counted. `at` is None while a pause without an end holds the clock.

    `started_by` is what the clock really started with: the term's start, or `stage` when the column named was empty.
    `pauses` are those of the case that count for this term. `provisional`: a day between start and `at` has public
    days not announced yet, so the date may move.
    """

    at: datetime | None
    started_at: datetime
    started_by: str
    provisional: bool
    unit: Unit
    calendar: Calendar = field(repr=False, compare=False)
    pauses: tuple[Pause, ...] = ()

    def spent(self, now: datetime) -> float:
        """How much of the term is used up at `now`, in its unit; 0 before it starts."""
        return elapsed(self.calendar, self.started_at, max(self.started_at, now), self.unit, self.pauses)

    def waited(self, now: datetime) -> float:
        """The same as the customer sees it: no pause counts."""
        return elapsed(self.calendar, self.started_at, max(self.started_at, now), self.unit)

    def history(self, now: datetime) -> list[Span]:
        """Every stretch up to `now` that counted or did not, and why."""
        return intervals(self.calendar, self.started_at, max(self.started_at, now), self.unit, self.pauses)


def due(
    term: Term,
    calendar: Calendar,
    opened_at: datetime,
    visit: Visit,
    values: Mapping[str, Any],
    pauses: Sequence[Pause] = (),
) -> Due:
    """Say when `term` ends for a case received at `opened_at`, now in `visit`, with these column values and pauses."""
    wanted = term.start if visit.number == 1 else term.again
    given = _given(wanted, opened_at, visit, values)
    started_by = wanted if given is not None else "stage"
    counted = tuple(p for p in pauses if p.reason in term.pauses)
    started_at = _moment(calendar, visit.entered_at if given is None else given)
    if not term.amount and isinstance(given, date) and not isinstance(given, datetime):
        at: datetime | None = _close(calendar, given)
    else:
        at = add(calendar, started_at, term.amount, term.unit, counted)
    return Due(
        at=at,
        started_at=started_at,
        started_by=started_by,
        provisional=term.unit in WORKING and at is not None and _touches_provisional(calendar, started_at, at),
        unit=term.unit,
        calendar=calendar,
        pauses=counted,
    )


def _given(start: str, opened_at: datetime, visit: Visit, values: Mapping[str, Any]) -> date | None:
    """The date or moment that `start` names; None when its column holds no believable one."""
    if not start.startswith(COLUMN):
        return opened_at if start == "receipt" else visit.entered_at
    value = values.get(start.removeprefix(COLUMN))
    if not isinstance(value, date):
        return None
    day = value.date() if isinstance(value, datetime) else value
    return value if abs(day - opened_at.date()) <= PLAUSIBLE else None


def _moment(calendar: Calendar, value: date) -> datetime:
    """A date means the opening of that local day, midnight when it is off; a time without a zone is office time."""
    if not isinstance(value, datetime):
        first = next(openings(calendar, value), None)
        return first[0] if first else moment_at(calendar.zone, value, 0)
    if value.tzinfo is None:
        value = value.replace(tzinfo=calendar.zone)
    return value.astimezone(UTC)


def _close(calendar: Calendar, day: date) -> datetime:
    spans = list(openings(calendar, day))
    return spans[-1][1] if spans else moment_at(calendar.zone, day, 24 * 60)


@lru_cache(maxsize=8192)
def _touches_provisional(calendar: Calendar, start: datetime, end: datetime) -> bool:
    return any(calendar.provisional(day) for day in days(calendar, start, end))
