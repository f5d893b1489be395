"""Terms applied to a case: which start counts, which pauses, what an edited date does."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mailbot.core.calendar import Calendar, SpecialDays, parse_hours
from mailbot.core.deadlines import Due, Term, due
from mailbot.core.model import Pause, Visit

OFFICE = parse_hours(["08:30-12:00", "13:30-17:30"])
ZONE = ZoneInfo("Asia/Shanghai")


def sh(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZONE).astimezone(UTC)  # type: ignore[misc,arg-type]


def a_calendar(*special: SpecialDays, country: str = "") -> Calendar:
    return Calendar(zone=ZONE, week=(OFFICE,) * 5 + ((), ()), make_up=OFFICE, country=country, special=special)


OPENED, ENTERED = sh(2026, 8, 3, 10), sh(2026, 8, 5, 14)


def a_due(
    amount: float = 1,
    unit: str = "working_days",
    start: str = "stage",
    visit: int = 1,
    pauses: tuple[Pause, ...] = (),
    calendar: Calendar | None = None,
    counting: tuple[str, ...] = ("customer",),
    again: str = "stage",
    **values: object,
) -> Due:
    term = Term(amount=amount, unit=unit, start=start, again=again, pauses=counting)  # type: ignore[arg-type]
    stay = Visit(stage="root_cause", number=visit, entered_at=ENTERED)
    return due(term, calendar or a_calendar(), OPENED, stay, values, pauses)


def test_a_term_starts_with_the_stage_or_with_the_receipt() -> None:
    assert a_due(start="stage").at == sh(2026, 8, 6, 14)
    assert a_due(start="receipt").at == sh(2026, 8, 4, 10)


def test_coming_back_to_a_stage_starts_its_term_anew_unless_the_file_says_otherwise() -> None:
    assert a_due(start="receipt", visit=2).at == sh(2026, 8, 6, 14)
    assert a_due(start="receipt", visit=2, again="receipt").at == sh(2026, 8, 4, 10)


def test_a_date_in_a_column_starts_with_that_days_work() -> None:
    found = a_due(7, start="column:goods_arrived", goods_arrived=date(2026, 8, 10))
    assert (found.started_at, found.started_by) == (sh(2026, 8, 10, 8, 30), "column:goods_arrived")
    assert found.at == sh(2026, 8, 18, 17, 30)


def test_a_date_on_a_weekend_starts_with_the_next_working_day() -> None:
    found = a_due(1, start="column:goods_arrived", goods_arrived=date(2026, 8, 8))
    assert (found.started_at, found.at) == (sh(2026, 8, 8), sh(2026, 8, 10, 17, 30))


@pytest.mark.parametrize(
    "value",
    [
        sh(2026, 8, 10, 15),
        datetime(2026, 8, 10, 15),
        datetime(2026, 8, 10, 9, tzinfo=ZoneInfo("Europe/Berlin")),
    ],
)
def test_a_moment_in_a_column_counts_to_the_minute_and_without_zone_is_office_time(value: datetime) -> None:
    assert a_due(1, start="column:goods_arrived", goods_arrived=value).at == sh(2026, 8, 11, 15)


@pytest.mark.parametrize("value", [None, "", "soon", 46000, date(226, 8, 10), date(9999, 12, 31), datetime.max])
def test_a_column_without_a_believable_date_falls_back_to_the_stage(value: object) -> None:
    found = a_due(start="column:goods_arrived", goods_arrived=value)
    assert (found.at, found.started_by) == (sh(2026, 8, 6, 14), "stage")
    assert a_due(start="column:absent").started_by == "stage"


@pytest.mark.parametrize(
    ("day", "end"),
    [(date(2026, 8, 12), sh(2026, 8, 12, 17, 30)), (date(2026, 8, 15), sh(2026, 8, 16))],
)
def test_a_promised_day_ends_with_its_work_or_at_midnight(day: date, end: datetime) -> None:
    assert a_due(0, unit="days", start="column:promised", promised=day).at == end


def test_only_the_pauses_of_the_term_count() -> None:
    pauses = (
        Pause(reason="customer", started_at=sh(2026, 8, 5, 15), ended_at=sh(2026, 8, 6, 15)),
        Pause(reason="sample", started_at=sh(2026, 8, 6, 15), ended_at=sh(2026, 8, 12, 15)),
    )
    assert a_due(pauses=pauses).at == sh(2026, 8, 7, 14)
    assert a_due(pauses=pauses, counting=("sample", "customer")).at == sh(2026, 8, 13, 14)
    assert a_due(pauses=pauses, counting=()).at == sh(2026, 8, 6, 14)


def test_both_clocks_stand_side_by_side() -> None:
    pause = Pause(reason="customer", started_at=sh(2026, 8, 6, 10), ended_at=None)
    found, now = a_due(pauses=(pause,)), sh(2026, 8, 10, 14)
    assert found.at is None
    assert found.spent(now) < 1
    assert found.waited(now) == 3
    assert [(s.counted, s.why) for s in found.history(now)][-1] == (False, "customer")
    assert found.spent(ENTERED - timedelta(days=9)) == 0


def test_a_deadline_over_days_not_announced_yet_is_provisional() -> None:
    calendar = a_calendar(country="CN")
    arrived = date(2035, 3, 1)
    opened = {"start": "column:arrived", "arrived": arrived, "calendar": calendar}
    assert a_due(5, "working_days", **opened).provisional  # type: ignore[arg-type]
    assert not a_due(5, "days", **opened).provisional  # type: ignore[arg-type]
    assert not a_due(5, calendar=calendar).provisional


def test_a_notice_in_the_company_file_moves_the_deadline_and_settles_it() -> None:
    first, last = date(2035, 3, 1), date(2035, 3, 31)
    notice = SpecialDays(first=first, last=last, hours=OFFICE, why="every day worked")
    found = a_due(5, start="column:arrived", arrived=first, calendar=a_calendar(notice, country="CN"))
    assert (found.at, found.provisional) == (sh(2035, 3, 5, 17, 30), False)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"unit": "weeks"}, "known are hours, days, working_hours, working_days"),
        ({"amount": -1}, "between 0 and 2500 working_days"),
        ({"amount": float("nan")}, "between 0 and 2500"),
        ({"amount": 1e9}, "between 0 and 2500"),
        ({"start": "arrival"}, "known are receipt, stage and column:KEY"),
        ({"again": "never"}, "known are receipt, stage and column:KEY"),
    ],
)
def test_a_term_that_means_nothing_is_refused(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        a_due(**wrong)  # type: ignore[arg-type]
