from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from builders import (
    ACCEPTED,
    ANALYSED,
    ASSESSED,
    CLOSED,
    CONFIRMED,
    IMPLEMENTED,
    MONDAY,
    NUMBER,
    PLANNED,
    ROAD,
    STAGES,
    VERIFIED,
    a_case,
    a_verdict,
    edited,
    edits,
    kinds,
    the_procedure,
)

from mailbot.core.casework import apply_edits
from mailbot.core.model import Case, Decision
from mailbot.core.progress import advance, closable, hindrances, missing_evidence, next_step, resettled
from mailbot.core.stages import StageFile

PROCEDURE = the_procedure()
LATER = MONDAY + timedelta(days=1)


def stages(decision: Decision) -> list[str]:
    return [e.facts["stage"] for e in decision.events if e.kind == "stage_entered"]


def test_an_ordinary_complaint_goes_the_whole_road() -> None:
    case = a_case()
    letters = []
    for step, stage in zip(ROAD, STAGES, strict=True):
        decision = edited(case, **step)
        case = decision.case
        assert case.stage == stage
        letters += kinds(decision)
    assert not case.open
    assert case.closed_at == MONDAY
    assert [kind for kind in letters if kind != "assignment"] == [
        "stage_news",
        "stage_news",
        "plan",
        "stage_news",
        "result",
        "satisfaction",
        "closed",
    ]
    assert [v.outcome for v in case.visits] == [*STAGES, ""]


@pytest.mark.parametrize(
    ("verdict", "values", "to"),
    [
        ({}, {"responsibility": "customer"}, "explanation"),
        ({}, {"responsibility": "third_party"}, "explanation"),
        ({"severity": "urgent"}, {}, "containment"),
        ({"severity": "critical"}, {}, "containment"),
        ({"nature": "delivery"}, {}, "plan"),
        ({"nature": "service"}, {}, "plan"),
        ({"severity": "urgent", "nature": "service"}, {}, "containment"),
        ({}, {}, "root_cause"),
        ({"severity": "important"}, {}, "root_cause"),
    ],
)
def test_the_assessment_decides_the_way(verdict: dict[str, str], values: dict[str, str], to: str) -> None:
    assert edited(a_case(verdict=a_verdict(**verdict)), **{**ASSESSED, **values}).case.stage == to


def test_a_stage_stays_open_without_its_evidence_and_says_what_is_missing() -> None:
    case = edited(a_case("root_cause"), analysed_on=MONDAY.date()).case
    assert case.stage == "root_cause"
    assert not closable(case, PROCEDURE)
    assert missing_evidence(case, PROCEDURE) == ["cause_main", "evidence"]
    (said,) = hindrances(case, PROCEDURE)
    assert said == "“原因分析”还不能结束，请补填：“主要原因”、“内部证据”。"
    assert edited(case, cause_main="胶", evidence="照片").case.stage == "plan"


def test_evidence_that_cannot_be_understood_is_no_evidence() -> None:
    case = replace(a_case("root_cause", **ANALYSED), misfits={"evidence": "?"})
    assert missing_evidence(case, PROCEDURE) == ["evidence"]
    unclear = replace(a_case("root_cause", **ANALYSED), misfits={"analysed_on": "soon"})
    assert not closable(unclear, PROCEDURE)


def test_an_undecided_verdict_closes_nothing() -> None:
    case = edited(a_case(), **{**ASSESSED, "responsibility": "undecided"}).case
    assert case.stage == "assessment"
    assert [s for s in hindrances(case, PROCEDURE) if "不能是“待定”" in s]


@pytest.mark.parametrize(
    ("approver", "why"),
    [
        ("Quality Engineer", "不能是同一人"),
        ("Sales Manager", "无权核准，可核准的人：Quality Manager、General Manager"),
        ("the boss", "无权核准"),
    ],
)
def test_a_plan_is_approved_by_somebody_entitled_who_did_not_make_it(approver: str, why: str) -> None:
    case = edited(a_case("plan"), **{**PLANNED, "approved_by": approver}).case
    assert case.stage == "plan"
    assert [s for s in hindrances(case, PROCEDURE) if why in s]
    assert edited(case, approved_by="general manager").case.stage == "acceptance"


@pytest.mark.parametrize("verifier", ["张三", " 张　三", "李四、张三"])
def test_nobody_verifies_his_own_work(verifier: str) -> None:
    case = edited(a_case("verification"), verified_by=verifier, verification="ok").case
    assert case.stage == "verification"
    assert [s for s in hindrances(case, PROCEDURE) if "不能是同一人" in s]
    assert edited(case, verified_by="王五").case.stage == "confirmation"


def test_a_failed_verification_goes_back_to_the_cause_and_asks_for_the_work_again() -> None:
    decision = edited(a_case("verification"), verified_by="李四", verification="ng")
    case = decision.case
    assert (case.stage, case.visit.number) == ("root_cause", 2)
    assert case.values["analysed_on"] is None
    assert case.values["cause_main"] == ANALYSED["cause_main"]
    assert decision.events[-1].facts["cleared"] == {"analysed_on": ANALYSED["analysed_on"]}
    assert "第2次进入“原因分析”" in case.remarks[-1]
    assert "原因分析完成" in case.remarks[-1]


def test_a_failed_verification_of_a_service_goes_back_to_the_plan() -> None:
    case = a_case("verification", nature="service")
    assert edited(case, verified_by="李四", verification="ng").case.stage == "plan"


def test_the_second_round_needs_every_answer_anew() -> None:
    case = edited(a_case("verification"), verified_by="李四", verification="ng").case
    for step, stage in [(ANALYSED, "plan"), (PLANNED, "acceptance"), (ACCEPTED, "implementation")]:
        assert case.stage != stage
        case = edited(case, **step).case
        assert (case.stage, case.visit.number) == (stage, 2)
    assert case.values["implemented_on"] is None
    case = edited(case, **IMPLEMENTED).case
    assert (case.stage, case.visit.number) == ("verification", 2)
    assert case.values["verification"] is None
    assert case.values["verified_by"] is None


def test_each_round_has_its_own_letters() -> None:
    case = edited(a_case("acceptance"), plan_answer="rejected").case
    assert (case.stage, case.visit.number) == ("plan", 2)
    decision = edited(case, **PLANNED)
    assert [order.key for order in decision.letters if order.kind == "plan"] == [f"{NUMBER}:plan:plan:2"]


def test_what_was_filled_in_just_now_survives_the_return() -> None:
    case = edited(a_case("verification"), verified_by="李四", verification="ng", analysed_on=LATER.date()).case
    assert (case.stage, case.visit.number) == ("plan", 2)
    assert case.values["analysed_on"] == LATER.date()


def test_an_answer_that_closed_a_stage_is_not_used_twice_in_one_call() -> None:
    everything = {**ANALYSED, **PLANNED, **ACCEPTED, **IMPLEMENTED, "verified_by": "李四", "verification": "ng"}
    unwritten = replace(a_case("verification"), answer_to="")
    decision = edited(unwritten, **everything)
    assert stages(decision) == ["root_cause", "plan", "acceptance", "implementation", "verification"]
    assert decision.case.values["verification"] is None


def test_a_row_filled_in_to_the_end_goes_through_every_stage_in_one_call() -> None:
    values = {k: v for step in ROAD for k, v in step.items()}
    decision = edited(replace(a_case(), answer_to=""), **values)
    assert stages(decision) == list(STAGES)
    assert kinds(decision) == []


def test_a_message_goes_with_the_next_letter_so_the_plan_asks_for_one_of_its_own() -> None:
    decision = edited(a_case("root_cause"), **ANALYSED, note_to_customer="The terminals were too soft.")
    assert decision.case.stage == "plan"
    assert "note_to_customer" in missing_evidence(decision.case, PROCEDURE)
    assert [o.facts["note"] for o in decision.letters if o.kind == "stage_news"] == ["The terminals were too soft."]


def test_who_fills_in_several_stages_at_once_writes_the_customer_one_letter() -> None:
    decision = edited(a_case("root_cause"), **{**ANALYSED, **PLANNED})
    assert decision.case.stage == "acceptance"
    (letter,) = (order for order in decision.letters if order.to.customer)
    assert (letter.kind, letter.facts["note"]) == ("plan", PLANNED["note_to_customer"])
    assert [v.stage for v in decision.case.visits][-2:] == ["plan", "acceptance"]


def test_a_case_confirmed_and_closed_at_once_asks_how_satisfied_the_customer_is() -> None:
    case = a_case()
    for step in ROAD[:-2]:
        case = edited(case, **step).case
    decision = edited(case, **{**CONFIRMED, **CLOSED})
    assert decision.case.stage == "closed"
    assert [order.kind for order in decision.letters if order.to.customer] == ["satisfaction"]


def test_whoever_acts_is_told_once_a_stay_and_a_new_owner_too() -> None:
    decision = edited(a_case(), owner="Quality Engineer")
    assert [(o.kind, o.to.name) for o in decision.letters] == [("assignment", "Quality Engineer")]
    again = edited(decision.case, owner="Quality Manager")
    assert kinds(again) == []  # the department's head had it when nobody was named
    assert [o.to.name for o in edited(again.case, owner="PMC Manager").letters] == ["PMC Manager"]


def test_a_message_to_the_customer_goes_with_the_letter_and_leaves_its_cell() -> None:
    decision = edited(a_case("plan"), **PLANNED)
    letter = next(order for order in decision.letters if order.kind == "plan")
    assert letter.facts["note"] == PLANNED["note_to_customer"]
    assert decision.case.values.get("note_to_customer") is None
    assert [e.facts["note"] for e in decision.events if e.kind == "letter_ordered"] == [PLANNED["note_to_customer"]]


def test_the_first_letter_that_goes_out_is_the_first_answer() -> None:
    assert edited(a_case(), **ASSESSED).case.values["first_answer_on"] == MONDAY.date()
    by_phone = edited(a_case(first_answer_on=LATER.date()), **ASSESSED).case
    assert by_phone.values["first_answer_on"] == LATER.date()


def test_letters_of_a_claim_are_held_and_are_no_answer_yet() -> None:
    decision = edited(a_case(verdict=a_verdict(claim_type="claim")), **ASSESSED)
    (letter,) = [order for order in decision.letters if order.to.customer]
    assert letter.hold == "claim"
    assert decision.case.values.get("first_answer_on") is None
    assert [r for r in decision.case.remarks if "索赔" in r]


def test_without_an_address_the_row_says_so_and_the_case_goes_on() -> None:
    case = replace(a_case(), answer_to="")
    decision = edited(case, **ASSESSED)
    assert decision.case.stage == "root_cause"
    assert [r for r in decision.case.remarks if "没有客户邮箱" in r]
    assert not [order for order in decision.letters if order.to.customer]


def test_a_letter_ordered_already_is_not_ordered_again() -> None:
    case = a_case()
    case = replace(case, done=(*case.done, f"{NUMBER}:stage_news:assessment:1"))
    assert "stage_news" not in kinds(edited(case, **ASSESSED))


def test_low_satisfaction_at_closing_leads_to_an_improvement_plan() -> None:
    case = edited(a_case("closing"), **CLOSED, satisfaction=2).case
    assert case.stage == "improvement"
    decision = edited(case, improvement="培训")
    assert decision.case.stage == "plan"
    assert "reopened" in kinds(decision)


def test_the_row_says_what_comes_next() -> None:
    assert (
        next_step(a_case("root_cause"), PROCEDURE)
        == "下一步（原因分析）：填写“主要原因”、“内部证据”，完成后填“原因分析完成”。"
    )
    assert (
        next_step(a_case("acceptance"), PROCEDURE)
        == "下一步（待客户接受方案）：有结果后在“客户对方案”中选择：接受、不接受。"
    )
    assert next_step(a_case("closed"), PROCEDURE) == ""


def test_where_no_line_of_next_holds_the_case_stays() -> None:
    never: dict[Any, Any] = {("assessment", n): lambda facts: False for n in range(4)}
    stuck = replace(PROCEDURE, branches=never)
    decision = apply_edits(a_case(), edits(**ASSESSED), MONDAY, stuck)
    assert decision.case.stage == "assessment"


def test_a_case_without_a_first_stay_is_left_alone() -> None:
    case = replace(a_case(), visits=())
    assert advance(case, MONDAY, PROCEDURE) == Decision(case=case)


@pytest.mark.parametrize("value", ["many", 3, 2.5, True, MONDAY.date(), MONDAY, "critical"])
@pytest.mark.parametrize(
    "column", ["severity", "nature", "responsibility", "satisfaction", "understood", "verification"]
)
def test_values_of_any_type_crash_no_condition(column: str, value: Any) -> None:
    for stage in ("assessment", "verification", "closing"):
        case: Case = a_case(stage, **{column: value})
        assert PROCEDURE.branch(case) is not None


def test_a_good_second_verification_moves_on() -> None:
    case = edited(a_case("verification"), verified_by="李四", verification="ng").case
    for step in (ANALYSED, PLANNED, ACCEPTED, IMPLEMENTED, VERIFIED):
        case = edited(case, **step).case
    assert case.stage == "confirmation"


def test_a_case_whose_stage_was_taken_out_of_the_file_begins_anew_and_is_told_of() -> None:
    case = a_case("root_cause")
    tables = PROCEDURE.stages.model_dump()
    left = [stage for stage in tables["stage"] if stage["key"] != "root_cause"]
    changed = replace(PROCEDURE, stages=StageFile.model_validate({**tables, "stage": left}))
    decision = resettled(case, LATER, changed)
    assert decision is not None
    assert (decision.case.stage, decision.case.visit.number) == ("assessment", 2)
    assert decision.case.values["assessed_on"] is None
    assert kinds(decision) == ["assignment"]
    assert "从“评估”重新开始" in decision.case.remarks[0]
    assert resettled(decision.case, LATER, changed) is None
    assert resettled(case, LATER, PROCEDURE) is None


def test_nothing_is_said_of_what_stood_in_a_cell_before_it_was_spoilt() -> None:
    case = edited(a_case(), responsibility="undecided", owner="Quality Engineer", assessed_on=MONDAY.date()).case
    assert "不能是“待定”" in "".join(hindrances(case, PROCEDURE))
    spoilt = replace(case, misfits={"responsibility": "我司的"})
    assert list(hindrances(spoilt, PROCEDURE)) == ["“评估”还不能结束，请补填：“责任判定”。"]
