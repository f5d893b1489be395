"""The calendar of a company: when it works, which days differ from their weekday, and why.

Three layers, the later wins: weekly hours, the country's public days, the company's own days. Only days and local wall
time live here; counting working time in UTC is `worktime`. A calendar comes from one file (rules/calendar.toml).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from mailbot.core.publicdays import PublicDay, announced, public_days
from mailbot.core.rulefile import Field, Model, field_validator, model_validator, read

WEEKEND = "weekend"
MAKE_UP_DAY = "make_up_day"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A span of local wall time in one day, in minutes from midnight: from `opens` until `closes` (at most 1440)."""

    opens: int
    closes: int


Hours = tuple[Interval, ...]
"""The working hours of a day in their order; what lies between two intervals is the break. Empty: no work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialDays:
    """Days `first` to `last`, both included, whose hours the company set itself."""

    first: date
    last: date
    hours: Hours
    why: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Calendar:
    """When a company works. `week` has seven entries from Monday; `make_up` are the hours of a make-up working day.

    `country` is an ISO 3166 code, "" for no public days. Of several `special` entries naming a day the last counts.
    Days of the years in `announced` are never provisional: the company entered that year's notice itself.
    Calendars compare by identity, so they can be keys of caches.
    """

    zone: ZoneInfo
    week: tuple[Hours, ...]
    make_up: Hours = ()
    country: str = ""
    subdivision: str = ""
    special: tuple[SpecialDays, ...] = ()
    announced: frozenset[int] = frozenset()
    version: str = ""

    def hours(self, day: date) -> Hours:
        """The hours worked on `day`, a local date; empty when it is off."""
        if special := self._special(day):
            return special.hours
        usual = self.week[day.weekday()]
        public = self._public(day)
        if public is None:
            return usual
        return (usual or self.make_up) if public.working else ()

    def is_workday(self, day: date) -> bool:
        """Whether any work is done on `day`."""
        return bool(self.hours(day))

    def provisional(self, day: date) -> bool:
        """Whether the hours of `day` may still change because its public days have not been announced."""
        return day.year not in self.announced and not announced(self.country, day) and not self._special(day)

    def why(self, day: date) -> str:
        """Why `day` is not an ordinary working day: the company's word, a public day's name, WEEKEND or MAKE_UP_DAY.

        Empty for an ordinary working day.
        """
        if special := self._special(day):
            return special.why
        if public := self._public(day):
            return public.name if not public.working else MAKE_UP_DAY
        return "" if self.week[day.weekday()] else WEEKEND

    def _special(self, day: date) -> SpecialDays | None:
        return next((s for s in reversed(self.special) if s.first <= day <= s.last), None)

    def _public(self, day: date) -> PublicDay | None:
        return public_days(self.country, self.subdivision, day.year).get(day) if self.country else None


def read_calendar(path: Path) -> Calendar:
    """Read a calendar file. Raises rulefile.FileProblems naming every line that is wrong."""
    return read(path, CalendarFile).calendar()


_SPAN = re.compile(r"([01]\d|2[0-4]):([0-5]\d)\s*[-–]\s*([01]\d|2[0-4]):([0-5]\d)")


def parse_hours(spans: object) -> Hours:
    """Understand `["08:30-12:00", "13:30-17:30"]`. Raises ValueError for anything else."""
    if not isinstance(spans, list | tuple):
        raise ValueError('must be a list such as ["08:30-12:00", "13:30-17:30"], or [] for no work')
    hours = tuple(_span(span) for span in spans)
    for before, after in pairwise(hours):
        if after.opens < before.closes:
            raise ValueError("has spans that overlap or are out of order; write them from morning to evening")
    return hours


def _span(text: object) -> Interval:
    found = _SPAN.fullmatch(text.strip()) if isinstance(text, str) else None
    if not found:
        raise ValueError(f'has {text!r}, which is no span of hours; write it like "08:30-12:00"')
    interval = Interval(opens=int(found[1]) * 60 + int(found[2]), closes=int(found[3]) * 60 + int(found[4]))
    if interval.closes > 24 * 60 or interval.opens >= interval.closes:
        raise ValueError(
            f"has {text!r}, which does not end after it begins on the same day; "
            'a night shift is "22:00-24:00" on one day and "00:00-06:00" on the next'
        )
    return interval


class WeekTable(Model):
    """[hours]: the usual week. A make-up working day has the hours of its weekday, else `make_up_day`."""

    monday: Hours = ()
    tuesday: Hours = ()
    wednesday: Hours = ()
    thursday: Hours = ()
    friday: Hours = ()
    saturday: Hours = ()
    sunday: Hours = ()
    make_up_day: Hours = ()

    @field_validator("*", mode="before")
    @classmethod
    def _hours(cls, spans: object) -> Hours:
        return parse_hours(spans)

    @model_validator(mode="after")
    def _some_work(self) -> WeekTable:
        if not any(self.week()):
            raise ValueError("must give working hours for at least one weekday; no deadline could ever come otherwise")
        return self

    def week(self) -> tuple[Hours, ...]:
        """The hours from Monday to Sunday."""
        return tuple(getattr(self, name) for name in WEEKDAYS)


class SpecialTable(Model):
    """[[days]]: the company's own word on a date or a range of dates, over weekday and public days."""

    first: date = Field(alias="date")
    last: date | None = Field(default=None, alias="until")
    hours: Hours
    why: str = Field(min_length=1)

    @field_validator("hours", mode="before")
    @classmethod
    def _hours(cls, spans: object) -> Hours:
        return parse_hours(spans)

    @model_validator(mode="after")
    def _in_order(self) -> SpecialTable:
        if self.last and self.last < self.first:
            raise ValueError(f"until = {self.last} lies before date = {self.first}")
        return self


class CalendarFile(Model):
    """rules/calendar.toml."""

    version: str
    effective: date
    zone: ZoneInfo
    country: str = ""
    subdivision: str = ""
    announced: tuple[int, ...] = ()
    hours: WeekTable
    days: tuple[SpecialTable, ...] = ()

    @field_validator("zone", mode="before")
    @classmethod
    def _zone(cls, name: object) -> ZoneInfo:
        try:
            return ZoneInfo(str(name))
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError('is no time zone; write one like "Asia/Shanghai" or "Europe/Berlin"') from error

    @model_validator(mode="after")
    def _region(self) -> CalendarFile:
        try:
            if self.country:
                public_days(self.country, self.subdivision, self.effective.year)
        except LookupError as error:
            raise ValueError(f"country and subdivision name no region whose public days are known: {error}") from error
        return self

    def calendar(self) -> Calendar:
        """The calendar the file describes."""
        week = self.hours.week()
        return Calendar(
            zone=self.zone,
            week=week,
            make_up=self.hours.make_up_day or next(filter(None, week)),
            country=self.country,
            subdivision=self.subdivision,
            special=tuple(
                SpecialDays(first=d.first, last=d.last or d.first, hours=d.hours, why=d.why) for d in self.days
            ),
            announced=frozenset(self.announced),
            version=self.version,
        )
