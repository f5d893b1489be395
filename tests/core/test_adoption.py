"""Which stage a row of an older register has reached, as its filled columns show; and that nobody is told of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from mailbot.core.adoption import OldRow, adopt_case
from mailbot.core.chasing import chase, standing
from mailbot.core.model import Case, Language, Value
from mailbot.core.procedure import Procedure
from mailbot.procedures import load_procedure

NOW = datetime(2026, 5, 11, 2, 0, tzinfo=UTC)
RECEIVED = NOW - timedelta(days=90)


@pytest.fixture(scope="module")
def procedure() -> Procedure:
    return load_procedure(None, Language.ZH_CN, "CP-{year}-{seq:06d}").procedure


def adopted(procedure: Procedure, *, finished: bool = False, **values: Value) -> Case:
    row = OldRow(values={"description": "异响", **values}, misfits={}, received_at=RECEIVED, finished=finished)
    decision = adopt_case("CP-2026-000001", "T", row, NOW, procedure, verdict=None)
    assert decision.letters == ()
    return decision.case


@pytest.mark.parametrize(
    ("filled", "stage"),
    [
        ({}, "assessment"),
        ({"owner": "张三", "nature": "quality"}, "assessment"),
        ({"assessed_on": date(2026, 2, 20)}, "root_cause"),
        ({"assessed_on": date(2026, 2, 20), "responsibility": "customer"}, "explanation"),
        ({"cause_main": "润滑不足"}, "root_cause"),
        ({"analysed_on": date(2026, 2, 25)}, "plan"),
        ({"corrective": "更换刀具", "cause_main": "磨损"}, "plan"),
        ({"planned_on": date(2026, 3, 1), "plan_answer": "accepted"}, "implementation"),
        ({"closed_on": date(2026, 3, 9)}, "closed"),
    ],
)
def test_the_stage_is_what_the_filled_columns_show(procedure: Procedure, filled: dict[str, Value], stage: str) -> None:
    case = adopted(procedure, **filled)
    assert case.stage == stage
    assert case.opened_at == RECEIVED
    assert case.open == (stage != "closed")


def test_a_closed_row_was_closed_on_the_day_it_says(procedure: Procedure) -> None:
    case = adopted(procedure, closed_on=date(2026, 3, 9))
    assert case.closed_at is not None
    assert case.closed_at.astimezone(procedure.calendar.zone).date() == date(2026, 3, 9)


def test_a_row_that_is_over_in_the_companys_own_words_is_closed(procedure: Procedure) -> None:
    assert not adopted(procedure, finished=True).open


def test_what_is_overdue_shows_and_is_not_reminded_of(procedure: Procedure) -> None:
    case = adopted(procedure)
    assert standing(case, NOW, procedure).status == "overdue"
    assert chase(case, NOW, procedure).reminders == ()
