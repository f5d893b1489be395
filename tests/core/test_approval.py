"""Who may approve what, the audit that sends a plan back, and the rework of returned goods."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders import CLOSED, IMPLEMENTED, MONDAY, PLANNED, VERIFIED, a_case, edited, the_procedure

from mailbot.core.model import Case
from mailbot.core.progress import hindrances
from mailbot.procedures import load_procedure

PROCEDURE = the_procedure()


def said(case: Case) -> str:
    return "\n".join(hindrances(case, PROCEDURE))


@pytest.mark.parametrize(
    ("approver", "amount", "stage"),
    [
        ("Quality Manager", 10_000, "acceptance"),
        ("Quality Manager", None, "acceptance"),
        ("Quality Manager", 10_000.5, "plan"),
        ("General Manager", 1_000_000, "acceptance"),
    ],
)
def test_money_is_approved_within_the_limits_of_the_role(approver: str, amount: float | None, stage: str) -> None:
    case = edited(a_case("plan"), **{**PLANNED, "approved_by": approver, "compensation": amount}).case
    assert case.stage == stage
    if stage == "plan":
        assert "“赔偿金额”10000.5 超出“Quality Manager”的核准权限，可核准的人：General Manager" in said(case)


def test_money_entered_only_at_closing_needs_an_approval_too() -> None:
    case = a_case("closing")
    case = replace(case, values={**case.values, "approved_by": None})
    assert edited(case, **CLOSED).case.stage == "closed"
    waits = edited(case, **CLOSED, compensation=500).case
    assert waits.stage == "closing"
    assert "核准人" in said(waits)
    assert edited(waits, approved_by="Sales Manager").case.stage == "closing"
    assert edited(waits, approved_by="Quality Manager").case.stage == "closed"


def test_an_approver_who_cannot_be_approves_nothing_and_the_one_before_him_neither() -> None:
    spoilt = replace(a_case("closing", compensation=50_000), misfits={"approved_by": "周"})
    assert spoilt.values["approved_by"] == "General Manager"
    assert edited(spoilt, **CLOSED).case.stage == "closing"
    asked = replace(a_case("plan", **{**PLANNED, "approved_by": "Quality Engineer"}), misfits={"approved_by": "周"})
    assert said(asked) == "“方案”还不能结束，请补填：“核准人”。"


def test_the_head_who_does_the_work_of_an_owner_not_named_does_not_approve_it() -> None:
    planned = edited(a_case("plan", owner=None), **{**PLANNED, "approved_by": "Quality Manager"}).case
    assert planned.stage == "plan"
    assert said(planned) == "“方案”还不能结束：“核准人”与“责任人”不能是同一人。"
    assert edited(planned, approved_by="General Manager").case.stage == "acceptance"


def test_an_explanation_needs_the_head_of_quality_who_did_not_write_it() -> None:
    case = edited(a_case(), responsibility="customer", owner="Quality Engineer", assessed_on=MONDAY.date()).case
    told = edited(case, note_to_customer="安装过紧。", explained_on=MONDAY.date()).case
    assert told.stage == "explanation"
    assert edited(told, approved_by="General Manager").case.stage == "explanation"
    assert edited(told, approved_by="Quality Manager").case.stage == "understanding"


@pytest.mark.parametrize("verdict", ["untrue", "infeasible", "ineffective"])
def test_a_failed_audit_sends_the_plan_back_at_once(verdict: str) -> None:
    case = edited(a_case("plan"), plan_audit=verdict).case
    assert (case.stage, case.visit.number) == ("root_cause", 2)
    again = edited(case, analysed_on=MONDAY.date()).case
    assert again.stage == "plan"
    assert again.values["plan_audit"] is None
    assert edited(again, **PLANNED, plan_audit="passed").case.stage == "acceptance"


def test_an_audit_typed_with_the_answer_to_it_does_not_go_round_for_ever() -> None:
    case = edited(a_case("plan"), plan_audit="untrue", analysed_on=MONDAY.date()).case
    assert [v.stage for v in case.visits][-2:] == ["root_cause", "plan"]


def test_reworked_goods_are_inspected_again_until_they_are_good() -> None:
    case = edited(a_case("implementation"), **IMPLEMENTED, goods_disposition="rework").case
    assert case.stage == "rework"
    ng = edited(edited(case, rework_plan="重铆").case, goods_reinspection="ng").case
    assert (ng.stage, ng.visit.number) == ("rework", 2)
    assert (ng.values["rework_plan"], ng.values["goods_reinspection"]) == (None, None)
    good = edited(ng, rework_plan="换端子", goods_reinspection="ok").case
    assert good.stage == "verification"
    assert edited(good, **VERIFIED).case.stage == "confirmation"


def test_goods_that_are_scrapped_are_not_reworked() -> None:
    assert edited(a_case("implementation"), **IMPLEMENTED, goods_disposition="scrap").case.stage == "verification"


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('"approved_by", "plan_audit"]', '"approved_by"]', "`clears` must name a column"),
        ("limits = { management_representative", "limits = { janitor", "nobody in routing.toml has the role 'janitor'"),
        ('amount = "compensation"', 'amount = "money"', "names the column 'money', which nobody fills in"),
    ],
)
def test_a_file_that_makes_no_sense_is_refused(tmp_path, old: str, new: str, problem: str) -> None:  # type: ignore[no-untyped-def]
    from mailbot.core.rulefile import FileProblems
    from mailbot.shipped import shipped

    text = (shipped("rules") / "stages.toml").read_text("utf-8")
    assert old in text
    (tmp_path / "stages.toml").write_text(text.replace(old, new), "utf-8")
    with pytest.raises(FileProblems, match=problem):
        load_procedure(tmp_path, PROCEDURE.language, "CP-{year}-{seq:06d}")
