"""Calendars and moments for the tests of time."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from mailbot.core.calendar import Calendar, parse_hours

OFFICE = ("08:30-12:00", "13:30-17:30")


def a_calendar(zone: str = "Asia/Shanghai", *spans: str, country: str = "", days: int = 5, **more: object) -> Calendar:
    hours = parse_hours(spans or OFFICE)
    week = (hours,) * days + ((),) * (7 - days)
    return Calendar(zone=ZoneInfo(zone), week=week, make_up=hours, country=country, **more)  # type: ignore[arg-type]


CALENDARS = {
    "Asia/Shanghai": a_calendar("Asia/Shanghai", country="CN"),
    "Europe/Berlin": a_calendar("Europe/Berlin", country="DE"),
    "America/New_York": a_calendar("America/New_York", country="US"),
    # Shifts through the night and round the clock meet the hours that are left out and that come twice.
    "Berlin at night": a_calendar("Europe/Berlin", "00:00-06:00", "22:00-24:00", days=7),
    "New York round the clock": a_calendar("America/New_York", "00:00-24:00", days=7),
}


def at(zone: str, *parts: int, fold: int = 0) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)  # type: ignore[misc,arg-type]


def sh(*parts: int) -> datetime:
    return at("Asia/Shanghai", *parts)
