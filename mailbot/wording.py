"""How a language writes dates and names things: the file `words.toml` in the language's template folder.

Nothing here knows a word of any language.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from mailbot.core.rulefile import Field, Model, model_validator


class Words(Model):
    """What `words.toml` says: patterns for times and days, the words all letters share, labels by axis and key.

    Patterns know `{year} {month} {day} {hour} {minute} {month_name} {weekday} {zone}`.
    """

    font: str
    when: str
    short: str
    day: str
    weekdays: tuple[str, ...] = Field(min_length=7, max_length=7)
    months: tuple[str, ...] = Field(min_length=12, max_length=12)
    zones: dict[str, str] = Field(default_factory=dict)
    words: dict[str, str] = Field(default_factory=dict)
    labels: dict[str, dict[str, str]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _patterns_can_be_filled(self) -> Self:
        for pattern in (self.when, self.short, self.day):
            try:
                self._filled(pattern, datetime(2000, 1, 1, tzinfo=ZoneInfo("UTC")), "")
            except (LookupError, ValueError, AttributeError) as error:
                raise ValueError(f"the pattern {pattern!r} cannot be filled in: {error}") from error
        return self

    def write_when(self, at: datetime, zone: ZoneInfo) -> str:
        """Write an aware time as local time in `zone`, with the zone's name. Raises ValueError when naive."""
        return self._filled(self.when, *_local(at, zone, self.zones))

    def write_short(self, at: datetime, zone: ZoneInfo) -> str:
        """Write an aware time as local day and hour, for lists. Raises ValueError when naive."""
        return self._filled(self.short, *_local(at, zone, self.zones))

    def write_day(self, day: date, zone: ZoneInfo) -> str:
        """Write a date, or the local date in `zone` of an aware time. Raises ValueError for a naive time."""
        if isinstance(day, datetime):
            return self._filled(self.day, *_local(day, zone, self.zones))
        return self._filled(self.day, datetime(day.year, day.month, day.day, tzinfo=zone), "")

    def _filled(self, pattern: str, at: datetime, zone_name: str) -> str:
        return pattern.format(
            year=at.year,
            month=at.month,
            day=at.day,
            hour=at.hour,
            minute=at.minute,
            month_name=self.months[at.month - 1],
            weekday=self.weekdays[at.weekday()],
            zone=zone_name,
        )


def _local(at: datetime, zone: ZoneInfo, names: dict[str, str]) -> tuple[datetime, str]:
    if at.tzinfo is None:
        raise ValueError(f"{at.isoformat()} has no time zone")
    local = at.astimezone(zone)
    return local, names.get(zone.key) or f"UTC{_offset(local.utcoffset() or timedelta())}"


def _offset(offset: timedelta) -> str:
    minutes = int(abs(offset).total_seconds()) // 60
    if not minutes:
        return ""
    sign = "-" if offset < timedelta() else "+"
    return f"{sign}{minutes // 60}" + (f":{minutes % 60:02}" if minutes % 60 else "")
