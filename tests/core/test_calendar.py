"""The calendar: three layers, the file that describes it, and China's days as announced."""

from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from chinese_calendar import constants, is_workday

from mailbot.core.calendar import MAKE_UP_DAY, WEEKEND, Calendar, CalendarFile, Interval, parse_hours, read_calendar
from mailbot.core.publicdays import announced, public_days
from mailbot.core.rulefile import FileProblems, read_text

SHIPPED = Path(__file__).parents[2] / "rules" / "calendar.toml"
FULL = parse_hours(["08:30-12:00", "13:30-17:30"])

MAKE_UP_DAYS = {
    2024: "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12",
    2025: "01-26 02-08 04-27 09-28 10-11",
    2026: "01-04 02-14 02-28 05-09 09-20 10-10",
}

FAR = max(constants.holidays).year + 2  # not announced, also after the next update of the libraries

HEAD = 'version = "1"\neffective = 2026-01-01\nzone = "Asia/Shanghai"\n'
WEEK = '[hours]\nmonday = ["08:00-12:00"]\ntuesday = ["08:00-16:00"]\n'


def a_calendar(text: str) -> Calendar:
    return read_text(text, CalendarFile, file="calendar.toml").calendar()


def days_of(*years: int) -> list[date]:
    first = date(years[0], 1, 1)
    return [first + timedelta(n) for n in range((date(years[-1] + 1, 1, 1) - first).days)]


def problems(text: str) -> list[str]:
    with pytest.raises(FileProblems) as caught:
        a_calendar(text)
    return [str(p) for p in caught.value.problems]


# ---- China ---------------------------------------------------------------------------------------------------------


def test_every_announced_make_up_day_is_worked_in_full() -> None:
    calendar = read_calendar(SHIPPED)
    wanted = [date.fromisoformat(f"{y}-{d}") for y, ds in MAKE_UP_DAYS.items() for d in ds.split()]
    weekend_work = [d for d in days_of(2024, 2025, 2026) if d.weekday() > 4 and calendar.is_workday(d)]
    assert weekend_work == wanted
    assert {calendar.hours(d) for d in wanted} == {FULL}
    assert {calendar.why(d) for d in wanted} == {MAKE_UP_DAY}


def test_both_sources_agree_on_every_day_of_the_announced_years() -> None:
    calendar = read_calendar(SHIPPED)
    assert [d for d in days_of(2024, 2025, 2026) if calendar.is_workday(d) != is_workday(d)] == []
    assert [d for d in days_of(2024, 2025, 2026) if calendar.provisional(d)] == []


def test_a_year_nobody_announced_is_predicted_and_provisional() -> None:
    calendar = read_calendar(SHIPPED)
    assert all(calendar.provisional(d) for d in days_of(FAR))
    assert not calendar.is_workday(date(FAR, 10, 1))
    assert calendar.why(date(FAR, 10, 1)) == "国庆节"
    assert [d for d in days_of(FAR) if d.weekday() > 4 and calendar.is_workday(d)] == []


@pytest.mark.parametrize("day", [date.min, date(1950, 5, 1), date(2200, 1, 1), date.max])
def test_no_year_is_an_error(day: date) -> None:
    calendar = read_calendar(SHIPPED)
    assert calendar.hours(day) in (FULL, ())
    assert calendar.provisional(day) is (day.year > 2100)


def test_a_day_the_two_sources_tell_differently_is_provisional(monkeypatch: pytest.MonkeyPatch) -> None:
    from mailbot.core import publicdays

    day = date(2026, 3, 14)
    publicdays._announced_in_china.cache_clear()
    monkeypatch.setitem(constants.workdays, day, "a make-up day only one of them knows")
    try:
        assert [d for d in days_of(2026) if not announced("CN", d)] == [day]
    finally:
        publicdays._announced_in_china.cache_clear()


def test_names_of_public_days_do_not_follow_the_machines_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "th")
    public_days.cache_clear()
    assert public_days("CN", "", 2026)[date(2026, 2, 17)].name == "春节"


# ---- layers --------------------------------------------------------------------------------------------------------


def test_the_company_wins_over_public_days_in_both_directions() -> None:
    calendar = a_calendar(
        HEAD + 'country = "CN"\n' + WEEK + '[[days]]\ndate = 2026-10-01\nhours = ["09:00-11:00"]\nwhy = "加班"\n'
        '[[days]]\ndate = 2026-08-03\nuntil = 2026-08-11\nhours = []\nwhy = "停产"\n'
        '[[days]]\ndate = 2026-08-10\nhours = ["00:00-24:00"]\nwhy = "盘点"\n'
    )
    assert calendar.hours(date(2026, 10, 1)) == (Interval(opens=540, closes=660),)
    assert calendar.why(date(2026, 10, 1)) == "加班"
    assert [calendar.hours(date(2026, 8, n)) for n in (3, 4, 11)] == [(), (), ()]
    assert calendar.hours(date(2026, 8, 10)) == (Interval(opens=0, closes=1440),)
    assert calendar.why(date(2026, 8, 11)) == "停产"
    assert calendar.is_workday(date(2026, 8, 17))


def test_a_company_day_or_an_entered_notice_ends_the_provisional() -> None:
    own = f'[[days]]\ndate = {FAR}-02-20\nhours = ["08:00-12:00"]\nwhy = "调休补班"\n'
    calendar = a_calendar(HEAD + 'country = "CN"\n' + WEEK + own)
    assert not calendar.provisional(date(FAR, 2, 20))
    assert calendar.provisional(date(FAR, 2, 21))
    assert not a_calendar(HEAD + f'country = "CN"\nannounced = [{FAR}]\n' + WEEK).provisional(date(FAR, 2, 21))


def test_a_make_up_day_has_its_own_hours_or_those_of_its_weekday_or_of_the_first() -> None:
    saturday, sunday = date(2026, 2, 14), date(2026, 1, 4)
    first = a_calendar(HEAD + 'country = "CN"\n' + WEEK)
    assert first.hours(saturday) == parse_hours(["08:00-12:00"])
    own = a_calendar(HEAD + 'country = "CN"\n' + WEEK + 'saturday = ["08:00-10:00"]\nmake_up_day = ["10:00-12:00"]\n')
    assert own.hours(saturday) == parse_hours(["08:00-10:00"])
    assert own.hours(sunday) == parse_hours(["10:00-12:00"])


def test_a_region_has_days_of_its_own_and_no_country_has_none() -> None:
    week = WEEK + 'thursday = ["08:00-12:00"]\n'
    corpus_christi = date(2026, 6, 4)
    zone = HEAD.replace("Asia/Shanghai", "Europe/Berlin")
    assert not a_calendar(zone + 'country = "DE"\nsubdivision = "BY"\n' + week).is_workday(corpus_christi)
    assert a_calendar(zone + 'country = "DE"\nsubdivision = "BE"\n' + week).is_workday(corpus_christi)
    nowhere = a_calendar(zone + week)
    assert nowhere.is_workday(date(2026, 1, 1))
    assert nowhere.why(date(2026, 1, 1)) == ""
    assert nowhere.why(date(2026, 1, 2)) == WEEKEND
    assert not nowhere.provisional(date(2090, 1, 1))


# ---- the file ------------------------------------------------------------------------------------------------------


def test_the_shipped_calendar_is_an_office_week_in_china() -> None:
    calendar = read_calendar(SHIPPED)
    assert (calendar.zone, calendar.country, calendar.special) == (ZoneInfo("Asia/Shanghai"), "CN", ())
    assert calendar.week == (FULL,) * 5 + ((),) * 2


def test_the_examples_in_the_shipped_calendar_are_valid() -> None:
    lines = SHIPPED.read_text(encoding="utf-8").splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("# [[days]]"))
    examples = [line.removeprefix("#").strip() for line in lines[start:]]
    assert len(a_calendar("\n".join([*lines[:start], *examples])).special) == 3


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('monday = ["8:30-12:00"]', "'8:30-12:00', which is no span of hours; write it like \"08:30-12:00\""),
        ('monday = ["12:00-08:30"]', "does not end after it begins"),
        ('monday = ["22:00-24:30"]', "does not end after it begins"),
        ('monday = ["09:00-12:00", "11:00-13:00"]', "overlap"),
        ('monday = ["13:00-17:00", "08:00-12:00"]', "out of order"),
        ('monday = "08:30-12:00"', "must be a list"),
        ("monday = [8]", "no span of hours"),
        ("montag = []", "is not a known key"),
    ],
)
def test_wrong_hours_are_named_with_their_line(line: str, said: str) -> None:
    (problem,) = problems(HEAD + '[hours]\ntuesday = ["08:00-12:00"]\n' + line + "\n")
    assert problem.startswith("calendar.toml:6: ")
    assert said in problem


def test_all_problems_are_found_at_once() -> None:
    text = HEAD.replace("Shanghai", "Shangai") + "[hours]\n[[days]]\ndate = 2026-02-03\nuntil = 2026-02-01\n"
    found = problems(text + 'hours = ["x"]\nwhy = ""\n')
    assert [p.split(":")[1] for p in found] == ["3", "4", "8", "9"]
    assert "is no time zone" in found[0]
    assert "at least one weekday" in found[1]


def test_a_range_that_runs_backwards_is_refused() -> None:
    (problem,) = problems(HEAD + WEEK + '[[days]]\ndate = 2026-02-03\nuntil = 2026-02-01\nhours = []\nwhy = "x"\n')
    assert "until = 2026-02-01 lies before date = 2026-02-03" in problem


@pytest.mark.parametrize("region", ['country = "XX"', 'country = "DE"\nsubdivision = "QQ"'])
def test_a_region_nobody_knows_is_refused(region: str) -> None:
    (problem,) = problems(HEAD + region + "\n" + WEEK)
    assert "no region whose public days are known" in problem
