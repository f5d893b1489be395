"""The daily summary: what is counted, and that it can be written in each language."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mailbot.core.model import End, Language
from mailbot.letters import Company, Letters
from mailbot.reports.daily import CaseLine, DailyReport, FailingPart, MailBalance, Upkeep, build, of_departments

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 6, 0, 30, tzinfo=UTC)  # Friday 08:30 in Shanghai
SINCE = NOW - timedelta(days=1)
BALANCED = MailBalance(received=6, ends={End.NEW_CASE: 2, End.FOLLOW_UP: 3}, unfinished=1)


def a_line(number: str = "CP-2026-000001", **changes: object) -> CaseLine:
    line = CaseLine(number=number, opened_at=NOW - timedelta(days=9), owner="张伟", department="quality")
    return replace(line, **changes)  # type: ignore[arg-type]


def a_report(*lines: CaseLine, **changes: object) -> DailyReport:
    return build(lines, **{"now": NOW, "since": SINCE, "zone": ZONE, **changes})  # type: ignore[arg-type]


def numbers(lines: tuple[CaseLine, ...]) -> list[str]:
    return [line.number for line in lines]


def local(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=ZONE).astimezone(UTC)


def test_overdue_cases_stand_by_severity_then_by_how_late_they_are():
    report = a_report(
        a_line("A", severity="normal", severity_rank=0, due_at=NOW - timedelta(days=30)),
        a_line("B", severity="urgent", severity_rank=2, due_at=NOW - timedelta(days=1)),
        a_line("C", severity="urgent", severity_rank=2, due_at=NOW - timedelta(days=3)),
    )
    assert [(group.severity, [late.case.number for late in group.late]) for group in report.overdue] == [
        ("urgent", ["C", "B"]),
        ("normal", ["A"]),
    ]
    assert [group.share for group in report.overdue] == [100, 50]
    assert report.overdue[0].longest.case.number == "C"
    assert report.overdue_count == 3


@pytest.mark.parametrize(
    ("due", "days", "hours"),
    [
        (local(6, 8, 29), 0, 0),
        (local(6, 6), 0, 2),
        (local(5, 23, 59), 1, 8),
        (local(5, 0), 1, 32),
        (local(1, 17, 30), 5, 111),
    ],
)
def test_days_late_are_local_calendar_days(due, days, hours):
    late = a_report(a_line(due_at=due)).overdue[0].late[0]
    assert (late.days, late.hours) == (days, hours)


def test_what_is_due_at_this_moment_is_due_today_and_not_yet_late():
    report = a_report(a_line(due_at=NOW))
    assert report.overdue == ()
    assert numbers(report.due_today) == ["CP-2026-000001"]


def test_due_dates_fall_into_local_days_soonest_first():
    lines = [
        a_line("tonight", due_at=local(6, 23, 59)),
        a_line("noon", due_at=local(6, 12)),
        a_line("saturday", due_at=local(7, 0)),
        a_line("monday", due_at=local(9, 17, 30)),
        a_line("tuesday", due_at=local(10, 0)),
        a_line("never"),
    ]
    assert numbers(a_report(*lines).due_today) == ["noon", "tonight"]
    assert numbers(a_report(*lines).due_soon) == ["saturday"]
    assert numbers(a_report(*lines, next_day=date(2026, 3, 9)).due_soon) == ["saturday", "monday"]


def test_a_case_nobody_owns_or_touched_is_unopened():
    report = a_report(
        a_line("A", owner=""), a_line("B", touched=False), a_line("C"), a_line("D", owner="", closed_at=NOW)
    )
    assert numbers(report.unopened) == ["A", "B"]


def test_a_closed_case_is_never_late_and_lacking_evidence_is_told():
    report = a_report(
        a_line(closed_at=SINCE, due_at=NOW - timedelta(days=3), lacks=("photo",)), a_line("B", lacks=("x",))
    )
    assert report.overdue == ()
    assert numbers(report.unproven) == ["CP-2026-000001"]


def test_new_and_closed_count_from_the_last_summary_on():
    before = SINCE - timedelta(seconds=1)
    report = a_report(
        a_line("A", opened_at=SINCE),
        a_line("B", opened_at=before),
        a_line("C", closed_at=SINCE),
        a_line("D", closed_at=before),
    )
    assert numbers(report.new) == ["A"]
    assert numbers(report.closed) == ["C"]
    assert report.open_count == 2


def test_a_supervisor_sees_only_his_departments():
    lines = (a_line("A", department="quality"), a_line("B", department="pmc"), a_line("C", department=""))
    assert numbers(of_departments(lines, ("pmc",))) == ["B"]
    assert numbers(of_departments(lines, ())) == ["A", "B", "C"]
    assert a_report(*lines, departments=("quality",)).open_count == 1


@pytest.mark.parametrize(("received", "astray"), [(6, 0), (7, 1), (5, -1)])
def test_mails_that_do_not_add_up_are_an_alarm(received, astray):
    report = a_report(balance=replace(BALANCED, received=received))
    assert report.balance.astray == astray
    assert report.healthy == report.quiet == (astray == 0)


@pytest.mark.parametrize(
    "upkeep",
    [
        Upkeep(register_waiting=1),
        Upkeep(letters_held=1),
        Upkeep(letters_in_doubt=1),
        Upkeep(letters_failed=1),
        Upkeep(failing=(FailingPart(part="imap", since=SINCE),)),
    ],
)
def test_a_machine_short_of_something_is_not_quiet(upkeep):
    assert not a_report(upkeep=upkeep).quiet


@pytest.mark.parametrize(
    "line",
    [
        a_line(due_at=NOW - timedelta(hours=1)),
        a_line(due_at=NOW),
        a_line(due_at=local(7, 1)),
        a_line(owner=""),
        a_line(closed_at=SINCE, lacks=("photo",)),
    ],
)
def test_a_day_with_work_is_not_quiet(line):
    assert not a_report(line).quiet


def written(report: DailyReport, language: Language = Language.EN) -> str:
    shipped = Path(__file__).resolve().parents[2] / "templates"
    letter = Letters([shipped], Company(name="Huaxin"), ZONE).render("daily_summary", language, {"report": report})
    return f"{letter.subject}\n{letter.text}"


def test_a_quiet_day_says_so_and_still_counts_the_mail():
    text = written(a_report(a_line(), balance=BALANCED))
    assert text.startswith("Complaints, Friday, 6 March 2026: nothing to do\n")
    assert "Nothing to do today" in text
    assert "received 6 = new 2 + follow-ups 3 + duplicates 0 + automatic 0" in text
    assert "The figures add up" in text


def test_mails_astray_are_said_first():
    text = written(a_report(balance=replace(BALANCED, received=9)))
    assert "system needs attention" in text.splitlines()[0]
    assert "received and registered differ by 3" in text
    assert "The figures add up" not in text


def test_long_lists_end_with_how_many_more_there_are():
    text = written(a_report(*(a_line(f"CP-2026-{n:06}", due_at=SINCE) for n in range(523))))
    assert "523 overdue" in text
    assert "and 503 more: see the register" in text
    assert len(text) < 6000


@pytest.mark.parametrize("language", list(Language))
def test_the_summary_can_be_written_from_what_was_counted(language):
    upkeep = Upkeep(register_waiting=2, letters_held=1, failing=(FailingPart(part="imap", since=SINCE, failures=3),))
    lines = (
        a_line("A", due_at=SINCE, waiting_for="SAMPLE"),
        a_line("B", due_at=NOW, owner="", department="pmc"),
        a_line("C", closed_at=SINCE, lacks=("photo",), customer="ACME <b>", product="P"),
    )
    text = written(a_report(*lines, balance=BALANCED, upkeep=upkeep), language)
    assert [word for word in ("SAMPLE", "pmc", "photo", "imap", "ACME <b> · P") if word not in text] == []


def assert_alike(example: object, real: object, where: str = "report") -> None:
    if isinstance(example, dict) and is_dataclass(real):
        own = {name for name, value in vars(type(real)).items() if isinstance(value, property)}
        assert set(example) <= {each.name for each in fields(real)} | own, where
        for name, value in example.items():
            assert_alike(value, getattr(real, name), f"{where}.{name}")
    elif isinstance(example, list) and isinstance(real, tuple) and real:
        assert_alike(example[0], real[0], f"{where}[0]")


def test_the_example_report_for_template_writers_has_the_shape_of_the_real_one():
    shipped = Path(__file__).resolve().parents[2] / "templates"
    example = Letters([shipped], Company(name="Huaxin"), ZONE).specimen("daily_summary", Language.EN)["report"]
    real = a_report(
        *(a_line("A", due_at=SINCE), a_line("B", due_at=NOW), a_line("C", closed_at=NOW, lacks=("x",))),
        a_line("D", owner="", due_at=local(7, 1), opened_at=NOW),
        upkeep=Upkeep(failing=(FailingPart(part="imap", since=SINCE),)),
    )
    assert_alike(example, real)
    own = {name for name, value in vars(DailyReport).items() if isinstance(value, property)}
    assert set(example) == {each.name for each in fields(DailyReport)} | own
