"""Working time on single days a person would check, and the days on which clocks and machines differ."""

from __future__ import annotations

import os
import time
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from office_hours import CALENDARS, a_calendar, at, sh

from mailbot.core.calendar import Calendar, SpecialDays, parse_hours
from mailbot.core.model import Pause
from mailbot.core.worktime import OFF_HOURS, UNITS, Span, Unit, add, elapsed, intervals, next_open


def test_the_zone_of_the_machine_plays_no_part(monkeypatch: pytest.MonkeyPatch) -> None:
    def told() -> list[object]:
        calendar, start, end = a_calendar(country="CN"), sh(2026, 9, 28, 16), sh(2026, 10, 9, 9)
        return [(add(calendar, start, 3, u), elapsed(calendar, start, end, u)) for u in UNITS] + [
            intervals(calendar, start, end, "working_days")
        ]

    here = told()
    before = os.environ.get("TZ")
    try:
        for zone in ("America/New_York", "Pacific/Kiritimati", "Europe/Berlin"):
            os.environ["TZ"] = zone
            time.tzset()
            assert told() == here
    finally:
        os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
        time.tzset()


# ---- single days a person would check ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "amount", "unit", "end"),
    [
        (sh(2026, 8, 3, 11), 2, "working_hours", sh(2026, 8, 3, 14, 30)),  # the lunch break does not count
        (sh(2026, 8, 3, 10), 1, "working_days", sh(2026, 8, 4, 10)),
        (sh(2026, 8, 7, 16), 1, "working_days", sh(2026, 8, 10, 16)),  # Friday, over the weekend
        (sh(2026, 8, 8, 12), 1, "working_days", sh(2026, 8, 10, 17, 30)),  # Saturday: starts on Monday, ends with it
        (sh(2026, 8, 3, 20), 1, "working_days", sh(2026, 8, 4, 17, 30)),  # after hours: the next day is the first
        (sh(2026, 8, 3, 8, 30), 2, "working_days", sh(2026, 8, 4, 17, 30)),
        (sh(2026, 8, 3, 10), 0.5, "working_days", sh(2026, 8, 3, 15, 15)),
        (sh(2026, 9, 30, 16), 2, "working_days", sh(2026, 10, 9, 16)),  # over the National Day week
        (sh(2026, 10, 9, 16), 1, "working_days", sh(2026, 10, 10, 16)),  # into a make-up Saturday
        (sh(2026, 8, 7, 16), 3, "days", sh(2026, 8, 10, 16)),
        (sh(2026, 8, 7, 16), 48, "hours", sh(2026, 8, 9, 16)),
        (sh(2026, 8, 10, 10), -1, "working_days", sh(2026, 8, 7, 10)),
        (sh(2026, 8, 10, 8, 30), -1, "working_days", sh(2026, 8, 7, 8, 30)),
        (sh(2026, 8, 10, 9), 0, "working_days", sh(2026, 8, 10, 9)),
    ],
)
def test_a_term_ends_where_a_person_would_count_it(start: datetime, amount: float, unit: Unit, end: datetime) -> None:
    assert add(CALENDARS["Asia/Shanghai"], start, amount, unit) == end


@pytest.mark.parametrize(
    ("zone", "start", "day_later", "hours"),
    [
        ("Europe/Berlin", (2026, 3, 28, 12), (2026, 3, 29, 12), 23),
        ("Europe/Berlin", (2026, 10, 24, 12), (2026, 10, 25, 12), 25),
        ("Europe/Berlin", (2026, 3, 28, 2, 30), (2026, 3, 29, 3, 0), 23.5),  # 02:30 is left out
        ("America/New_York", (2026, 3, 7, 9), (2026, 3, 8, 9), 23),
        ("America/Santiago", (2026, 9, 5, 0, 30), (2026, 9, 6, 1, 0), 23.5),  # the clock jumps at midnight
        ("America/Santiago", (2026, 9, 5, 12), (2026, 9, 6, 12), 23),
        ("America/Santiago", (2026, 4, 4, 12), (2026, 4, 5, 12), 25),
        ("Australia/Lord_Howe", (2026, 10, 3, 12), (2026, 10, 4, 12), 23.5),  # by half an hour
        ("Pacific/Apia", (2011, 12, 29, 12), (2011, 12, 31, 0), 12),  # a whole day is left out
        ("Asia/Kathmandu", (2024, 2, 28, 12), (2024, 2, 29, 12), 24),
    ],
)
def test_a_calendar_day_is_as_long_as_the_clock_makes_it(
    zone: str, start: tuple[int, ...], day_later: tuple[int, ...], hours: float
) -> None:
    calendar = a_calendar(zone)
    end = add(calendar, at(zone, *start), 1, "days")
    assert end == at(zone, *day_later)
    assert elapsed(calendar, at(zone, *start), end, "hours") == hours


def test_in_the_hour_that_comes_twice_the_wall_clock_waits() -> None:
    calendar = CALENDARS["New York round the clock"]
    first, second = (at("America/New_York", 2026, 11, 1, 1, 30, fold=fold) for fold in (0, 1))
    for unit in ("days", "working_days"):
        assert elapsed(calendar, first, second, unit) * 24 == pytest.approx(0.5)
    assert elapsed(calendar, first, second, "working_hours") == 1


def test_days_of_different_length_are_one_day_each() -> None:
    long, short = parse_hours(["08:00-16:00"]), parse_hours(["08:00-12:00"])
    calendar = Calendar(zone=ZoneInfo("Asia/Shanghai"), week=(long,) * 4 + (short, (), ()))
    thursday_noon = sh(2026, 8, 6, 12)
    assert add(calendar, thursday_noon, 1, "working_days") == sh(2026, 8, 7, 10)
    assert elapsed(calendar, thursday_noon, sh(2026, 8, 10, 8), "working_days") == 1.5


def test_a_pause_is_subtracted_in_the_units_own_time() -> None:
    over_a_weekend = (Pause(reason="customer", started_at=sh(2026, 8, 7, 16), ended_at=sh(2026, 8, 10, 9)),)
    calendar, start = a_calendar(), sh(2026, 8, 7, 15)
    assert add(calendar, start, 4, "working_hours", over_a_weekend) == sh(2026, 8, 10, 12)
    assert add(calendar, start, 4, "hours", over_a_weekend) == sh(2026, 8, 10, 12)
    assert elapsed(calendar, start, sh(2026, 8, 10, 10), "hours", over_a_weekend) == 2


def test_a_pause_on_a_holiday_changes_nothing() -> None:
    calendar, start = CALENDARS["Asia/Shanghai"], sh(2026, 9, 30, 16)
    pause = Pause(reason="sample", started_at=sh(2026, 10, 1), ended_at=sh(2026, 10, 7))
    assert add(calendar, start, 3, "working_days", (pause,)) == add(calendar, start, 3, "working_days")


def test_looking_back_leaves_pauses_out_too() -> None:
    pause = Pause(reason="customer", started_at=sh(2026, 8, 3, 12), ended_at=sh(2026, 8, 4, 12))
    assert add(a_calendar(), sh(2026, 8, 5, 10), -1, "working_days", (pause,)) == sh(2026, 8, 3, 10)


def test_a_shift_the_clock_jumps_over_is_not_worked() -> None:
    calendar = a_calendar("Europe/Berlin", "02:00-03:00", days=7)
    midnight = at("Europe/Berlin", 2026, 3, 29)
    assert next_open(calendar, midnight) == at("Europe/Berlin", 2026, 3, 30, 2)
    assert elapsed(calendar, midnight, midnight + timedelta(days=1), "working_hours") == 0


def test_a_shift_that_begins_in_the_hour_left_out_begins_with_the_jump() -> None:
    calendar = a_calendar("Europe/Berlin", "02:30-05:00", days=7)
    midnight, jump = at("Europe/Berlin", 2026, 3, 29), at("Europe/Berlin", 2026, 3, 29, 3)
    assert next_open(calendar, midnight) == jump
    assert elapsed(calendar, midnight, midnight + timedelta(days=1), "working_hours") == 2
    assert elapsed(calendar, midnight, midnight + timedelta(days=1), "working_days") == 1


@pytest.mark.parametrize("zone", ["America/Santiago", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
def test_a_year_has_its_days_however_often_the_clock_changes(zone: str) -> None:
    assert elapsed(a_calendar(zone), at(zone, 2026, 1, 1), at(zone, 2027, 1, 1), "days") == 365


def test_nothing_is_due_while_a_pause_lasts() -> None:
    pause = Pause(reason="customer", started_at=sh(2026, 8, 4, 9))
    calendar, start = a_calendar(), sh(2026, 8, 3, 9)
    assert add(calendar, start, 2, "working_days", (pause,)) is None
    assert add(calendar, start, 1, "working_days", (pause,)) == sh(2026, 8, 4, 9)
    assert elapsed(calendar, start, sh(2027, 8, 4, 9), "working_days", (pause,)) == 1


def test_the_story_of_a_week_reads_as_a_person_would_tell_it() -> None:
    pause = Pause(reason="sample", started_at=sh(2026, 10, 8, 14), ended_at=sh(2026, 10, 8, 15))
    notice = SpecialDays(
        first=date(2026, 10, 10), last=date(2026, 10, 10), hours=parse_hours(["09:00-11:00"]), why="加班"
    )
    calendar = a_calendar(country="CN", special=(notice,))
    told = intervals(calendar, sh(2026, 10, 8, 11), sh(2026, 10, 12, 9), "working_days", (pause,))
    assert told == [
        Span(start=sh(2026, 10, 8, 11), end=sh(2026, 10, 8, 12), counted=True),
        Span(start=sh(2026, 10, 8, 12), end=sh(2026, 10, 8, 13, 30), counted=False, why=OFF_HOURS),
        Span(start=sh(2026, 10, 8, 13, 30), end=sh(2026, 10, 8, 14), counted=True),
        Span(start=sh(2026, 10, 8, 14), end=sh(2026, 10, 8, 15), counted=False, why="sample"),
        Span(start=sh(2026, 10, 8, 15), end=sh(2026, 10, 8, 17, 30), counted=True),
        Span(start=sh(2026, 10, 8, 17, 30), end=sh(2026, 10, 9, 8, 30), counted=False, why=OFF_HOURS),
        Span(start=sh(2026, 10, 9, 8, 30), end=sh(2026, 10, 9, 12), counted=True),
        Span(start=sh(2026, 10, 9, 12), end=sh(2026, 10, 9, 13, 30), counted=False, why=OFF_HOURS),
        Span(start=sh(2026, 10, 9, 13, 30), end=sh(2026, 10, 9, 17, 30), counted=True),
        Span(start=sh(2026, 10, 9, 17, 30), end=sh(2026, 10, 10, 9), counted=False, why=OFF_HOURS),
        Span(start=sh(2026, 10, 10, 9), end=sh(2026, 10, 10, 11), counted=True, why="加班"),
        Span(start=sh(2026, 10, 10, 11), end=sh(2026, 10, 12, 8, 30), counted=False, why="weekend"),
        Span(start=sh(2026, 10, 12, 8, 30), end=sh(2026, 10, 12, 9), counted=True),
    ]


def test_a_company_that_never_works_again_is_an_error_not_an_endless_search() -> None:
    closed = SpecialDays(first=date(2000, 1, 1), last=date.max, hours=(), why="closed for good")
    calendar = a_calendar(special=(closed,))
    with pytest.raises(ValueError, match="nothing ends within a century"):
        next_open(calendar, sh(2026, 8, 3, 9))
    with pytest.raises(ValueError, match="nothing begins within a century"):
        add(
            a_calendar(special=(SpecialDays(first=date.min, last=date.max, hours=(), why="x"),)),
            sh(2026, 8, 3),
            -1,
            "working_days",
        )
