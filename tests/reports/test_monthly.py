"""The monthly report: what is counted over what, and the workbook with its charts."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from mailbot.core.model import Language
from mailbot.core.punctuality import FellDue
from mailbot.letters import Company, Letters
from mailbot.reports.monthly import AXES, MonthCase, MonthlyReport, build, month_of, next_month, pareto
from mailbot.reports.monthly_book import monthly_book

ZONE = ZoneInfo("Asia/Shanghai")
MARCH = date(2026, 3, 1)
ROOT = Path(__file__).parents[2]


def at(day: int, hour: int = 4, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


FIFTH = at(5)


def a_case(number: str, opened_at: datetime = FIFTH, **changes: object) -> MonthCase:
    return replace(MonthCase(number=number, opened_at=opened_at), **changes)  # type: ignore[arg-type]


def of_march(*cases: MonthCase, deadlines: tuple[str, ...] = ("first_answer", "assessment")) -> MonthlyReport:
    return build(cases, MARCH, ZONE, deadlines)


def test_a_month_is_a_local_month() -> None:
    first, last = datetime(2026, 2, 28, 16, tzinfo=UTC), datetime(2026, 3, 31, 15, 59, tzinfo=UTC)
    before, after = datetime(2026, 2, 28, 15, 59, tzinfo=UTC), datetime(2026, 3, 31, 16, tzinfo=UTC)
    report = of_march(a_case("A", before), a_case("B", first), a_case("C", last), a_case("D", after))
    assert [case.number for case in report.opened] == ["B", "C"]
    assert report.open_at_end == 3


def test_what_was_closed_later_was_open_at_the_end_of_the_month() -> None:
    report = of_march(a_case("A", closed_at=at(9)), a_case("B", closed_at=at(2, month=4)))
    assert [case.number for case in report.closed] == ["A"]
    assert report.open_at_end == 1


def test_the_bars_of_a_pareto_run_up_to_a_hundred_and_the_unknown_stands_last() -> None:
    shares = pareto(["a", "", "", "", "b", "a", "c", "b"])
    assert [(s.key, s.count) for s in shares] == [("a", 2), ("b", 2), ("c", 1), ("", 3)]
    assert [s.running for s in shares] == [25.0, 50.0, 62.5, 100.0]
    assert pareto([]) == ()


def test_deadlines_count_in_the_month_they_fell_due() -> None:
    kept = FellDue(key="assessment", due_at=at(9), kept=True)
    missed = replace(kept, kept=False)
    other_month = replace(missed, due_at=at(9, month=4))
    report = of_march(a_case("A", fell_due=(kept, other_month)), a_case("B", at(1, month=2), fell_due=(missed,)))
    assert [(r.key, r.part, r.whole, r.percent) for r in report.on_time] == [("assessment", 1, 2, 50.0)]


def test_recurrence_is_counted_over_the_cases_closed() -> None:
    report = of_march(
        a_case("A", at(1, month=2), closed_at=at(3)),
        a_case("B", at(1, month=2), closed_at=at(4)),
        a_case("C", repeats="A"),
    )
    assert (report.recurrence.part, report.recurrence.whole, report.recurrence.percent) == (1, 2, 50.0)
    assert report.repeats == (("C", "A"),)
    assert of_march().recurrence.percent is None


def test_answers_ratings_and_claims() -> None:
    report = of_march(
        a_case(
            "A", answered=True, answered_in_time=True, closed_at=at(9), satisfaction=4.0, claimed=100.5, currency="CNY"
        ),
        a_case("B", answered=True, claimed=20, currency="CNY"),
        a_case("C", claimed=7, currency="USD"),
    )
    assert (report.answered.percent, report.answered_in_time.percent) == (66.7, 33.3)
    assert report.satisfied == 4.0
    assert report.claims == {"CNY": 120.5, "USD": 7}


def test_months_follow_each_other() -> None:
    assert next_month(date(2026, 12, 1)) == date(2027, 1, 1)
    assert next_month(MARCH) == date(2026, 4, 1)
    assert month_of(date(2026, 3, 31)) == MARCH


@pytest.mark.parametrize("language", Language)
def test_the_workbook_has_the_figures_and_native_charts(language: Language) -> None:
    words = Letters([ROOT / "templates"], Company(name="华信"), ZONE).words(language)
    values = {"nature": "safety", "product": "=1+1"}
    report = of_march(
        a_case("A", values=values, closed_at=at(20), fell_due=(FellDue(key="assessment", due_at=at(9), kept=True),)),
        a_case("B", values=values, repeats="A"),
    )
    names = {"assessment": "评估", **dict.fromkeys(AXES, "[轴]/名")}
    data = monthly_book(report, words, lambda axis, key: f"{axis}:{key}"[:31], names, ZONE)
    book = openpyxl.load_workbook(BytesIO(data))
    figures = book.worksheets[0]
    assert [figures.cell(row=row, column=2).value for row in (2, 3, 4)] == [2, 1, 1]
    cases = book.worksheets[-1]
    assert [cell.value for cell in cases["A"][1:]] == ["A", "B"]
    assert cases["B2"].value == datetime(2026, 3, 5)
    assert any(cell.value == "product:=1+1" and cell.data_type == "s" for row in cases.iter_rows() for cell in row)
    charts = [name for name in zipfile.ZipFile(BytesIO(data)).namelist() if name.startswith("xl/charts/chart")]
    assert len(charts) == 1 + len([shares for shares in report.pareto.values() if shares])
