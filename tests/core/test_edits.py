from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from builders import (
    ASSESSED,
    CUSTOMER,
    MONDAY,
    a_case,
    an_opening,
    edited,
    edits,
    kinds,
    the_procedure,
)

from mailbot.core.casework import CellEdit, apply_edits
from mailbot.core.model import Case, Decision, Pause

PROCEDURE = the_procedure()
LATER = MONDAY + timedelta(days=2)


def misfit(case: Case, column: str, text: str) -> Decision:
    return apply_edits(case, (CellEdit(column=column, old=None, misfit=text),), MONDAY, PROCEDURE)


def test_every_edit_is_in_the_history_with_what_was_there() -> None:
    edit = CellEdit(column="batch", old="B1", value="B2")
    decision = apply_edits(a_case(batch="B1"), (edit,), MONDAY, PROCEDURE)
    assert decision.case.values["batch"] == "B2"
    (event,) = decision.events
    assert (event.actor, event.kind, event.facts) == ("sheet", "edited", {"column": "batch", "old": "B1", "new": "B2"})


def test_what_cannot_be_understood_is_kept_as_typed_beside_the_value_before() -> None:
    case = misfit(a_case(), "severity", "awful").case
    assert case.misfits == {"severity": "awful"}
    assert case.values["severity"] == "normal"
    mended = edited(case, severity="urgent").case
    assert (mended.misfits, mended.values["severity"]) == ({}, "urgent")
    emptied = edited(case, severity=None).case
    assert (emptied.misfits, emptied.values["severity"]) == ({}, None)


def test_what_was_said_before_is_said_no_more_after_an_edit() -> None:
    case = replace(a_case(), remarks=("old",), needs_human="look")
    case = edited(case, batch="B1").case
    assert (case.remarks, case.needs_human) == ((), "")


def test_who_changed_a_cell_the_bot_changed_too_is_told_that_his_word_stays() -> None:
    decision = apply_edits(
        a_case(),
        (*edits(severity="urgent"), CellEdit(column="nature", old=None, misfit="odd"), *edits(batch="B")),
        MONDAY,
        PROCEDURE,
        conflicts=frozenset({"severity", "nature"}),
    )
    assert [r for r in decision.case.remarks if "严重程度" in r and "紧急" in r]
    assert [r for r in decision.case.remarks if "性质" in r and "odd" in r]
    assert len(decision.case.remarks) == 2


def test_a_severity_raised_to_the_top_alarms_once() -> None:
    decision = edited(a_case(), severity="critical")
    assert kinds(decision).count("emergency") == 3
    lowered = edited(decision.case, severity="urgent")
    assert kinds(lowered) == []
    assert "emergency" not in kinds(edited(lowered.case, severity="critical"))


def test_without_an_emergency_list_the_head_is_alarmed() -> None:
    roles = {k: v for k, v in PROCEDURE.people.roles.items() if k != "emergency"}
    procedure = replace(PROCEDURE, people=replace(PROCEDURE.people, roles=roles))
    decision = apply_edits(a_case(), edits(severity="critical"), MONDAY, procedure)
    assert [o.to.name for o in decision.letters if o.kind == "emergency"] == ["Quality Manager"]


def test_waiting_stops_the_clock_until_it_is_emptied() -> None:
    case = edited(a_case(), waiting="customer").case
    assert case.pauses == (Pause(reason="customer", started_at=MONDAY),)
    case = edited(case, now=LATER, waiting="sample").case
    assert case.pauses == (
        Pause(reason="customer", started_at=MONDAY, ended_at=LATER),
        Pause(reason="sample", started_at=LATER),
    )
    case = edited(case, now=LATER, waiting=None).case
    assert [p.ended_at for p in case.pauses] == [LATER, LATER]
    assert edited(case, batch="x").case.pauses == case.pauses


def test_another_address_is_written_to_from_now_on() -> None:
    case = edited(a_case(), email=" Wang@Other.example ").case
    assert case.answer_to == "wang@other.example"
    assert case.parties == (CUSTOMER, "wang@other.example")
    assert edited(case, email=CUSTOMER).case.parties == case.parties


def test_an_address_that_is_none_is_told_and_nobody_is_written_to() -> None:
    case = edited(a_case(), email="请电话联系").case
    assert case.answer_to == ""
    assert case.remarks == ("“邮箱”中的“请电话联系”不是有效的邮箱地址，无法发信。",)
    emptied = edited(a_case(), email=None).case
    assert (emptied.answer_to, emptied.remarks) == ("", ())


def test_an_address_found_at_the_start_gets_the_receipt_once() -> None:
    case = an_opening(answer_to="").case
    decision = edited(case, email="wang@other.example")
    assert kinds(decision) == ["acknowledgement"]
    gone = edited(decision.case, email=None).case
    assert kinds(edited(gone, email="wang@other.example")) == []


def test_an_address_found_later_gets_no_receipt_any_more() -> None:
    case = edited(an_opening(answer_to="").case, **ASSESSED).case
    assert "acknowledgement" not in kinds(edited(case, email="wang@other.example"))


def test_low_satisfaction_typed_into_a_closed_row_reopens_it() -> None:
    decision = edited(a_case("closed"), satisfaction=2)
    assert decision.case.stage == "improvement"
    assert not edited(a_case("closed"), satisfaction=3).case.open
    assert not edited(a_case("closed"), satisfaction=None).case.open


def test_a_second_low_satisfaction_keeps_what_was_typed_with_it() -> None:
    case = edited(a_case("closed"), satisfaction=1).case
    back = replace(a_case("closed"), visits=(*case.visits, *a_case("closed").visits[-2:]), done=case.done)
    decision = edited(back, satisfaction=1, improvement="再培训")
    assert decision.case.values["satisfaction"] == 1
    assert decision.case.values["improvement"] == "再培训"
    assert decision.case.stage == "plan"


def test_a_closing_is_taken_back_by_emptying_its_cell() -> None:
    decision = edited(a_case("closed", satisfaction=4), closed_on=None)
    case = decision.case
    assert (case.open, case.stage, case.visit.number) == (True, "closing", 2)
    assert case.values["satisfaction"] == 4
    assert kinds(decision) == ["assignment"]
    assert case.remarks == ("结案已撤回，案件已重新打开。客户未收到通知。",)


@pytest.mark.parametrize("column", ["batch", "result"])
def test_other_edits_leave_a_closed_row_closed(column: str) -> None:
    assert not edited(a_case("closed"), **{column: None}).case.open


def test_a_closing_cell_that_cannot_be_understood_reopens_nothing() -> None:
    assert not misfit(a_case("closed", closed_on=None), "closed_on", "yesterday").case.open


def test_who_got_no_receipt_for_a_reason_gets_none_by_an_edit() -> None:
    case = an_opening(not_acknowledged="limit").case
    assert "acknowledgement" not in kinds(edited(case, batch="B1"))
