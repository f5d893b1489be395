"""Working time against an independent count of minutes, and its laws.

The count knows nothing of pieces and turns: it looks at the wall clock of every minute of four years and asks whether
the day's hours hold it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import accumulate, pairwise

import holidays
import pytest
from chinese_calendar import is_workday
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from office_hours import CALENDARS

from mailbot.core.model import Pause
from mailbot.core.worktime import UNITS, Unit, add, elapsed, intervals, is_open, next_open

MINUTE = timedelta(minutes=1)
law = settings(deadline=None, max_examples=30)  # the first example of a calendar counts its minutes
FIRST, LAST = datetime(2024, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
MINUTES = (LAST - FIRST) // MINUTE


named = pytest.mark.parametrize("name", CALENDARS)


# ---- the independent count -----------------------------------------------------------------------------------------


def works(name: str, day: date) -> bool:
    """Whether the day is worked, asked of the libraries themselves."""
    if name == "Asia/Shanghai":
        return is_workday(day) if day.year < 2027 else CALENDARS[name].is_workday(day)
    if "/" not in name:
        return True
    return day.weekday() < 5 and day not in public_days_of(CALENDARS[name].country)


@cache
def public_days_of(country: str) -> frozenset[date]:
    return frozenset(holidays.country_holidays(country, years=range(2023, 2030)))


def open_minutes(name: str) -> Iterator[bool]:
    """For each minute of the four years whether it is worked."""
    calendar = CALENDARS[name]
    hours = next(filter(None, calendar.week))
    for hour in range(MINUTES // 60):
        wall = (FIRST + timedelta(hours=hour)).astimezone(calendar.zone)
        worked = works(name, wall.date())
        for minute in range(wall.hour * 60, wall.hour * 60 + 60):
            yield worked and any(i.opens <= minute < i.closes for i in hours)


@cache
def counted(name: str) -> list[int]:
    """How many minutes were worked before each minute."""
    return list(accumulate(open_minutes(name), initial=0))


CLOCK_CHANGES = [
    (datetime.fromisoformat(f"{change}+00:00") - FIRST) // MINUTE
    for change in ("2024-03-31 01:00", "2025-10-26 01:00", "2024-03-10 07:00", "2025-11-02 06:00")  # Berlin, New York
]
near_a_change = st.builds(int.__add__, st.sampled_from(CLOCK_CHANGES), st.integers(-1600, 1600))
moments = st.integers(0, MINUTES - 500 * 24 * 60) | near_a_change
spans_of_minutes = st.integers(0, 400 * 24 * 60)


def minute(n: int) -> datetime:
    return FIRST + n * MINUTE


@named
@given(start=moments, length=spans_of_minutes)
@law
def test_working_hours_are_the_open_minutes(name: str, start: int, length: int) -> None:
    count = counted(name)
    found = elapsed(CALENDARS[name], minute(start), minute(start + length), "working_hours")
    assert found == pytest.approx((count[start + length] - count[start]) / 60, abs=1e-9)


@named
@given(start=moments, amount=st.integers(1, 60 * 400))
@law
def test_adding_working_hours_ends_with_the_last_open_minute_needed(name: str, start: int, amount: int) -> None:
    count = counted(name)
    end = bisect_left(count, count[start] + amount)
    assume(end < len(count))
    assert add(CALENDARS[name], minute(start), amount / 60, "working_hours") == minute(end)


@named
@given(start=moments, amount=st.integers(1, 60 * 400))
@law
def test_looking_back_begins_with_the_first_open_minute_needed(name: str, start: int, amount: int) -> None:
    count = counted(name)
    begin = bisect_right(count, count[start] - amount) - 1
    assume(begin >= 0)
    assert add(CALENDARS[name], minute(start), -amount / 60, "working_hours") == minute(begin)


@named
@given(start=moments)
@law
def test_open_and_next_open_are_what_the_minutes_say(name: str, start: int) -> None:
    count = counted(name)
    end = bisect_right(count, count[start]) - 1
    assert next_open(CALENDARS[name], minute(start)) == minute(end)
    assert is_open(CALENDARS[name], minute(start)) is (end == start)


@pytest.mark.parametrize("name", ["Asia/Shanghai", "Europe/Berlin", "America/New_York"])
@given(start=moments, amount=st.integers(1, 200))
@law
def test_a_working_day_is_a_day_of_open_minutes(name: str, start: int, amount: int) -> None:
    """In offices every day has 450 minutes and no clock changes inside them, so days are minutes divided by 450."""
    count = counted(name)
    end = minute(bisect_left(count, count[start] + amount * 450))
    assert add(CALENDARS[name], minute(start), amount, "working_days") == end
    assert elapsed(CALENDARS[name], minute(start), end, "working_days") == amount


@named
@given(start=moments, amount=st.integers(1, 400))
@law
def test_a_calendar_day_later_the_clock_on_the_wall_shows_the_same(name: str, start: int, amount: int) -> None:
    zone = CALENDARS[name].zone
    wall = minute(start).astimezone(zone)
    assume(not wall.fold)
    wanted = (wall.replace(tzinfo=None) + timedelta(days=amount)).replace(tzinfo=zone)
    found = add(CALENDARS[name], minute(start), amount, "days")
    if wanted.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == wanted.replace(tzinfo=None):
        assert found == wanted.astimezone(UTC)
    else:  # left out: the moment the clock jumps over it
        assert found.astimezone(zone).replace(tzinfo=None) == wanted.replace(tzinfo=None, minute=0) + timedelta(hours=1)


# ---- laws of every unit --------------------------------------------------------------------------------------------


@st.composite
def some_pauses(draw: st.DrawFn, start: int) -> tuple[Pause, ...]:
    """A few pauses around `start`, overlapping as they like."""
    found = []
    for _ in range(draw(st.integers(0, 3))):
        begin = minute(start) + timedelta(minutes=draw(st.integers(-3000, 40_000)))
        found.append(
            Pause(reason="sample", started_at=begin, ended_at=begin + timedelta(minutes=draw(st.integers(0, 9000))))
        )
    return tuple(found)


each_unit = pytest.mark.parametrize("unit", UNITS)


@named
@each_unit
@given(data=st.data())
@law
def test_time_is_additive_and_never_runs_backwards(name: str, unit: Unit, data: st.DataObject) -> None:
    start = data.draw(moments)
    pauses = data.draw(some_pauses(start))
    a, b, c = (minute(start + n) for n in sorted(data.draw(st.lists(spans_of_minutes, min_size=3, max_size=3))))
    first, second = (elapsed(CALENDARS[name], *ends, unit, pauses) for ends in ((a, b), (b, c)))
    assert first >= 0 <= second
    assert elapsed(CALENDARS[name], a, c, unit, pauses) == pytest.approx(first + second, abs=1e-9)
    assert elapsed(CALENDARS[name], c, a, unit, pauses) == pytest.approx(-first - second, abs=1e-9)


@named
@each_unit
@given(data=st.data())
@law
def test_what_was_added_has_elapsed_and_not_a_moment_before(name: str, unit: Unit, data: st.DataObject) -> None:
    start = data.draw(moments)
    pauses = data.draw(some_pauses(start))
    amount = data.draw(st.integers(1, 60))
    calendar, begin = CALENDARS[name], minute(start)
    end = add(calendar, begin, amount, unit, pauses)
    assert end is not None
    spent = elapsed(calendar, begin, end, unit, pauses)
    jump = spent - amount  # only where the wall clock jumps does more pass in one moment than was asked for
    assert jump == pytest.approx(0, abs=1e-9) or (unit.endswith("days") and 0 < jump <= 1 / 6)
    assert elapsed(calendar, begin, end - timedelta(seconds=1), unit, pauses) < amount


@named
@each_unit
@given(data=st.data())
@law
def test_more_time_is_never_due_earlier(name: str, unit: Unit, data: st.DataObject) -> None:
    start = data.draw(moments)
    pauses = data.draw(some_pauses(start))
    small, large = sorted(data.draw(st.lists(st.floats(0, 60), min_size=2, max_size=2)))
    earlier, later = (add(CALENDARS[name], minute(start), amount, unit, pauses) for amount in (small, large))
    longest = add(CALENDARS[name], minute(start + 90), large, unit, pauses)
    assert earlier is not None
    assert later is not None
    assert longest is not None
    assert earlier <= later <= longest


@named
@each_unit
@given(data=st.data())
@law
def test_the_spans_tell_the_whole_story(name: str, unit: Unit, data: st.DataObject) -> None:
    start = data.draw(moments)
    pauses = data.draw(some_pauses(start))
    begin, end = minute(start), minute(start + data.draw(st.integers(1, 60_000)))
    spans = intervals(CALENDARS[name], begin, end, unit, pauses)
    assert spans[0].start == begin
    assert spans[-1].end == end
    assert all(before.end == after.start for before, after in pairwise(spans))
    assert all(span.start < span.end and (span.counted or span.why) for span in spans)
    total = sum(elapsed(CALENDARS[name], s.start, s.end, unit) for s in spans if s.counted)
    assert elapsed(CALENDARS[name], begin, end, unit, pauses) == pytest.approx(total, abs=1e-9)


@named
@each_unit
@given(data=st.data())
@law
def test_looking_back_undoes_adding(name: str, unit: Unit, data: st.DataObject) -> None:
    end = minute(data.draw(moments))
    amount = data.draw(st.integers(1, 60))
    begin = add(CALENDARS[name], end, -amount, unit)
    assert elapsed(CALENDARS[name], begin, end, unit) == pytest.approx(amount, abs=1 / 6)
    assert elapsed(CALENDARS[name], begin + timedelta(seconds=1), end, unit) < amount


@each_unit
def test_the_hour_that_comes_twice_is_two_hours_whatever_was_asked_before(unit: Unit) -> None:
    calendar = CALENDARS["Europe/Berlin"]
    once = datetime(2025, 10, 26, 2, 30, tzinfo=calendar.zone)
    again = once.replace(fold=1)
    assert once == again  # as Python compares the times of one zone
    assert add(calendar, once, 30, "hours") + timedelta(hours=1) == add(calendar, again, 30, "hours")
    assert elapsed(calendar, once, again + timedelta(days=9), unit) >= elapsed(
        calendar, again, again + timedelta(days=9), unit
    )


def test_a_time_without_zone_is_refused_not_taken_for_the_machines() -> None:
    calendar, naive = CALENDARS["Asia/Shanghai"], datetime(2026, 5, 11, 9, 0)
    for count in (
        lambda: add(calendar, naive, 1, "days"),
        lambda: elapsed(calendar, naive, naive, "days"),
        lambda: is_open(calendar, naive),
    ):
        with pytest.raises(ValueError, match="no time zone"):
            count()
