from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from builders import ASSESSED, HEAD, MONDAY, NUMBER, a_case, a_reply, a_verdict, edited, the_procedure

from mailbot.core.casework import add_mail
from mailbot.core.chasing import Chase, chase, clocks, ended_clocks, standing
from mailbot.core.model import Case

PROCEDURE = the_procedure()
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ANSWERED = {"first_answer_on": date(2026, 3, 2)}


def keys(case: Case) -> list[str]:
    return [clock.key for clock in clocks(case, PROCEDURE)]


def told(found: Chase) -> list[tuple[str, str]]:
    return [(r.rung, r.person.name) for r in found.reminders]


def look(case: Case, now: datetime) -> Chase:
    return chase(case, now, PROCEDURE)


def test_an_open_case_has_its_stages_deadline_and_those_beside_it() -> None:
    assert keys(a_case()) == ["assessment:1", "first_answer"]
    assert keys(a_case(**ANSWERED)) == ["assessment:1"]
    assert keys(a_case("closed")) == []
    assert keys(replace(a_case(), visits=())) == []


def test_the_receipt_clock_starts_when_the_mail_server_had_the_mail() -> None:
    first, beside = clocks(a_case(), PROCEDURE)
    assert first.due.at == MONDAY + 48 * HOUR
    assert beside.due.at == MONDAY + 24 * HOUR


def test_status_goes_from_normal_over_due_soon_to_overdue() -> None:
    case = a_case(**ANSWERED)
    status = [standing(case, MONDAY + n * HOUR, PROCEDURE).status for n in (1, 46, 49)]
    assert status == ["normal", "due_soon", "overdue"]
    stand = standing(case, MONDAY, PROCEDURE)
    assert stand.due_at == MONDAY + 48 * HOUR
    assert stand.waiting_for == (HEAD,)
    assert standing(a_case("closed"), MONDAY, PROCEDURE).status == "closed"


def test_what_needs_a_human_says_so_until_it_is_late() -> None:
    case = replace(a_case(**ANSWERED), needs_human="unread")
    assert standing(case, MONDAY, PROCEDURE).status == "needs_human"
    assert standing(case, MONDAY + 3 * DAY, PROCEDURE).status == "overdue"


def test_a_case_on_hold_has_no_due_date_and_nobody_is_reminded() -> None:
    case = edited(a_case(**ANSWERED), waiting="customer").case
    stand = standing(case, MONDAY + DAY, PROCEDURE)
    assert (stand.status, stand.due_at) == ("on_hold", None)
    assert look(case, MONDAY + 9 * DAY).reminders == ()


def test_the_time_on_hold_is_not_counted() -> None:
    case = edited(a_case(**ANSWERED), waiting="customer").case
    case = edited(case, now=MONDAY + 5 * DAY, waiting=None).case
    assert standing(case, MONDAY + 5 * DAY, PROCEDURE).due_at == MONDAY + 7 * DAY


def test_the_first_answer_does_not_wait_for_the_customer() -> None:
    case = edited(a_case(), waiting="customer").case
    assert standing(case, MONDAY + 2 * DAY, PROCEDURE).status == "overdue"


def test_the_ladder_is_climbed_rung_by_rung_each_told_once() -> None:
    case = a_case(**ANSWERED)
    due = MONDAY + 48 * HOUR  # Wednesday 10:00
    heard = []
    for now in [MONDAY + n * HOUR for n in range(24 * 8)]:
        found = look(case, now)
        heard += [(r.rung, r.escalation, now) for r in found.reminders]
        case = found.case
    assert [(rung, escalation) for rung, escalation, _ in heard] == [
        ("before", False),
        ("due", False),
        ("late1", True),
        ("late3", True),
    ]
    assert heard[0][2] < due <= heard[1][2]


def test_everybody_a_rung_names_is_told_once() -> None:
    case = a_case(owner="Quality Engineer", **ANSWERED)
    found = look(case, MONDAY + 9 * DAY)
    assert told(found) == [("late3", "Quality Engineer"), ("late3", "Quality Manager")]
    assert {r.due_at for r in found.reminders} == {MONDAY + 48 * HOUR}
    assert all(r.escalation and not r.urgent for r in found.reminders)


def test_after_an_outage_only_the_last_rung_is_told() -> None:
    found = look(a_case(**ANSWERED), MONDAY + 9 * DAY)
    assert {rung for rung, _ in told(found)} == {"late3"}
    assert look(found.case, MONDAY + 10 * DAY) == Chase(case=found.case)


def test_reminders_keep_to_working_hours_except_for_the_highest_severity() -> None:
    night = datetime(2026, 3, 4, 15, tzinfo=UTC)  # Wednesday 23:00 in Shanghai
    assert look(a_case(**ANSWERED), night).reminders == ()
    grave = look(a_case(verdict=a_verdict(severity="critical"), **ANSWERED), night)
    assert [r.urgent for r in grave.reminders] == [True] * len(grave.reminders) != []


def test_a_stage_entered_close_to_its_deadline_is_not_announced_twice() -> None:
    plan = a_case("plan", **ANSWERED)
    late_plan = replace(plan, opened_at=MONDAY - 2 * DAY - 23 * HOUR)  # due an hour after the stage is entered
    assert standing(late_plan, MONDAY, PROCEDURE).due_at == MONDAY + HOUR
    assert told(look(late_plan, MONDAY + HOUR / 2)) == []
    assert {rung for rung, _ in told(look(late_plan, MONDAY + HOUR))} == {"due"}


def test_a_deadline_that_was_moved_is_reminded_of_anew() -> None:
    case = a_case("implementation", implementation_due=date(2026, 3, 3), **ANSWERED)
    found = look(case, MONDAY + 3 * DAY)
    assert {rung for rung, _ in told(found)} == {"late1"}
    moved = replace(found.case, values={**found.case.values, "implementation_due": date(2026, 3, 9)})
    assert told(look(moved, MONDAY + 4 * DAY)) == []
    again = look(moved, datetime(2026, 3, 10, 1, tzinfo=UTC))  # the next morning
    assert {rung for rung, _ in told(again)} == {"due"}
    assert {r.key for r in again.reminders}.isdisjoint(r.key for r in found.reminders)


def test_a_second_stay_has_a_deadline_and_reminders_of_its_own() -> None:
    case = look(a_case("acceptance"), MONDAY + 20 * DAY).case
    back = edited(case, now=MONDAY + 20 * DAY, plan_answer="rejected").case
    stand = standing(back, MONDAY + 20 * DAY, PROCEDURE)
    assert keys(back)[0] == "plan:2"
    assert stand.due_at == MONDAY + 23 * DAY
    assert stand.status == "normal"
    assert {r.clock for r in look(back, MONDAY + 24 * DAY).reminders} == {"plan:2"}


def test_a_reopened_case_is_counted_from_its_reopening() -> None:
    now = MONDAY + 100 * DAY
    closed = a_case("closed")
    reopened = add_mail(closed, a_reply("又坏了"), now, now, PROCEDURE, complains=True).case
    contained = edited(reopened, now=now, **{**ASSESSED, "severity": "urgent"}).case
    assert contained.stage == "containment"
    assert standing(contained, now, PROCEDURE).due_at == now + 48 * HOUR


def test_a_stage_without_a_deadline_leaves_those_beside_it() -> None:
    stage = PROCEDURE.stages.by_key["assessment"].model_copy(update={"deadline": None})
    stages = PROCEDURE.stages.model_copy(update={"stage": (stage, *PROCEDURE.stages.stage[1:])})
    stages.__dict__.pop("by_key", None)
    assert [clock.key for clock in clocks(a_case(), replace(PROCEDURE, stages=stages))] == ["first_answer"]


def test_a_date_that_is_none_does_not_stop_the_clock() -> None:
    case = a_case("root_cause", goods_arrived="soon")
    assert standing(case, MONDAY, PROCEDURE).due_at is not None


def test_a_deadline_in_a_year_not_announced_yet_is_provisional() -> None:
    case = a_case("root_cause", goods_arrived=date(2031, 1, 6))
    assert standing(case, MONDAY, PROCEDURE).provisional
    assert not standing(a_case(), MONDAY, PROCEDURE).provisional


def test_a_reminder_names_its_case_and_deadline() -> None:
    found = look(a_case(**ANSWERED), MONDAY + 48 * HOUR)
    (reminder,) = found.reminders
    assert (reminder.case, reminder.clock, reminder.name) == (NUMBER, "assessment:1", "评估")
    (event,) = found.events
    assert (event.kind, event.facts["rung"], event.facts["due"]) == ("reminded", "due", MONDAY + 48 * HOUR)


def test_past_deadlines_are_those_of_their_own_stay() -> None:
    case = edited(a_case(**ANSWERED), MONDAY + HOUR, **ASSESSED).case
    (assessment, left), (answer, answered) = ended_clocks(case, PROCEDURE)
    assert (assessment.key, assessment.due.at, left) == ("assessment:1", MONDAY + 48 * HOUR, MONDAY + HOUR)
    assert (answer.key, answer.due.at, answered) == ("first_answer", MONDAY + 24 * HOUR, date(2026, 3, 2))
    closed = a_case("closed", **ANSWERED)
    reopened = edited(closed, MONDAY + 9 * DAY, satisfaction=1).case
    again = {clock.key: clock.due.at for clock, _ in ended_clocks(reopened, PROCEDURE)}
    assert again["first_answer"] == MONDAY + 24 * HOUR
    marked = replace(case, values={**case.values, "first_answer_on": "✓"})
    assert [end for clock, end in ended_clocks(marked, PROCEDURE) if clock.key == "first_answer"] == [None]
