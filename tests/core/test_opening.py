from __future__ import annotations

from typing import Any

import pytest
from builders import CUSTOMER, MONDAY, NUMBER, a_mail, a_verdict, an_opening, kinds, the_procedure

from mailbot.core.casework import type_case
from mailbot.core.model import Decision, Language, Mailbox, Pause, Reason, Value
from mailbot.core.opening import DESCRIPTION_LIMIT

PROCEDURE = the_procedure()
LIMIT = "今天已达上限"


def typed(misfits: dict[str, str] | None = None, verdict: Any = None, why_not: str = "", **values: Value) -> Decision:
    return type_case(NUMBER, "T", values, misfits or {}, MONDAY, PROCEDURE, verdict=verdict, not_acknowledged=why_not)


def test_a_mailed_complaint_is_acknowledged_assigned_and_recorded() -> None:
    decision = an_opening(a_mail(fields={"batch": "B7", "demand": ("replace", "repair")}))
    case = decision.case
    assert kinds(decision) == ["acknowledgement", "assignment"]
    assert decision.letters[0].to.address == CUSTOMER
    assert decision.letters[0].to.customer
    assert (case.stage, case.visit.number, case.opened_at) == ("assessment", 1, MONDAY)
    assert case.values["batch"] == "B7"
    assert case.values["demand"] == "replace; repair"
    assert case.values["email"] == CUSTOMER
    assert case.values["description"] == "灯不亮，请换货。"
    assert (case.values["severity"], case.values["department"], case.values["intake_type"]) == (
        "normal",
        "quality",
        "complaint",
    )
    assert case.thread == ("<first@customer.example>",)
    assert [e.kind for e in decision.events] == ["opened", "stage_entered"]
    assert all(order.key in case.done for order in decision.letters)


def test_the_rules_that_fired_are_kept_with_the_case() -> None:
    reason = Reason(rule="danger", sets="critical", words=("冒烟",))
    decision = an_opening(verdict=a_verdict(reasons=(reason,), missing=("model", "batch")))
    assert decision.case.reasons == (reason,)
    assert decision.case.procedure == PROCEDURE.version
    assert decision.case.values["missing"] == "model batch"
    assert decision.events[0].facts["rules"] == ["danger"]


def test_a_claim_is_taken_in_as_one_and_still_acknowledged() -> None:
    decision = an_opening(verdict=a_verdict(claim_type="claim"))
    assert decision.case.values["intake_type"] == "claim"
    assert [(o.kind, o.hold) for o in decision.letters if o.to.customer] == [("acknowledgement", "")]


def test_an_emergency_is_mailed_to_its_list_at_once() -> None:
    decision = an_opening(verdict=a_verdict(severity="critical", emergency=True))
    assert [o.to.name for o in decision.letters if o.kind == "emergency"] == [
        "General Manager",
        "Quality Manager",
        "Sales Manager",
    ]


def test_who_passed_the_mail_on_is_told_under_his_own_name() -> None:
    decision = an_opening(a_mail(forwarded_by="service@company.example"))
    (letter,) = [o for o in decision.letters if o.kind == "forwarder_notice"]
    assert (letter.to.address, letter.to.name) == ("service@company.example", "Customer Service")
    stranger = an_opening(a_mail(forwarded_by="new@company.example"))
    (letter,) = [o for o in stranger.letters if o.kind == "forwarder_notice"]
    assert (letter.to.address, letter.to.name, letter.to.language) == ("new@company.example", "", Language.ZH_CN)


def test_why_no_acknowledgement_went_out_stands_in_the_row() -> None:
    limited = an_opening(not_acknowledged=LIMIT)
    assert "acknowledgement" not in kinds(limited)
    assert LIMIT in limited.case.remarks[0]
    assert [e.facts["why"] for e in limited.events if e.kind == "not_acknowledged"] == [LIMIT]
    unknown = an_opening(answer_to="")
    assert "acknowledgement" not in kinds(unknown)
    assert [r for r in unknown.case.remarks if "没有客户邮箱" in r]


def test_a_strangers_mail_names_the_case_it_may_belong_to() -> None:
    assert [r for r in an_opening(possibly="CP-2026-000007").case.remarks if "CP-2026-000007" in r]


def test_what_earlier_cases_tell_fills_only_empty_cells_and_is_not_told_to_the_customer() -> None:
    mail = a_mail(fields={"company": "甲公司"})
    known = {"company": "乙公司", "phone": "13600004417", "contact_name": "李伟"}
    decision = an_opening(mail, earlier=known, earlier_case="CP-2026-000007")
    case = decision.case
    assert (case.values["company"], case.values["phone"]) == ("甲公司", "13600004417")
    assert case.presumed == ("phone", "contact_name")
    assert any("CP-2026-000007" in remark for remark in case.remarks)
    assert [o.to.name for o in decision.letters if o.kind == "acknowledgement"] == [""]


def test_a_colleague_who_wrote_himself_is_told_the_number_and_not_taken_for_the_customer() -> None:
    sender = Mailbox(name="孙倩", address="sunqian@company.example")
    decision = an_opening(a_mail(sender=sender, customer=sender), colleague=sender, answer_to="", parties=())
    assert decision.case.values["email"] is None
    assert "孙倩" in decision.case.needs_human
    assert kinds(decision) == ["forwarder_notice", "assignment"]


def test_a_long_text_is_cut_in_the_row_and_an_empty_one_shows_the_subject() -> None:
    shown = an_opening(a_mail("长" * 5000)).case.values["description"]
    assert shown == "长" * DESCRIPTION_LIMIT + "…"
    assert an_opening(a_mail(" \n", message_id="")).case.values["description"] == "灯具投诉"
    assert an_opening(a_mail(" \n", message_id="")).case.thread == ()


def test_the_address_in_the_text_is_shown_and_the_senders_is_answered() -> None:
    mail = a_mail(fields={"email": "office@customer.example"}, customer=Mailbox(address="a@b.example"))
    case = an_opening(mail, answer_to="a@b.example").case
    assert case.values["email"] == "office@customer.example"
    assert case.answer_to == "a@b.example"


def test_a_typed_row_lives_like_a_mailed_one() -> None:
    decision = typed(channel="phone", description="灯冒烟", email=" Li@Customer.example ", owner="Quality Engineer")
    case = decision.case
    assert kinds(decision) == ["acknowledgement", "assignment"]
    assert (case.channel, case.answer_to, case.parties) == ("phone", "li@customer.example", ("li@customer.example",))
    assert decision.letters[1].to.name == "Quality Engineer"
    assert (case.stage, case.opened_at) == ("assessment", MONDAY)
    assert decision.events[0].actor == "sheet"


def test_a_typed_row_without_a_department_goes_to_the_usual_one() -> None:
    decision = typed(description="灯不亮")
    assert decision.case.values["department"] == "business"
    assert decision.case.values["severity"] == "normal"
    assert [o.to.name for o in decision.letters] == ["Sales Manager"]
    assert not [r for r in decision.case.remarks if "邮箱" in r]


def test_the_rules_judge_a_typed_row_where_staff_said_nothing() -> None:
    verdict = a_verdict(
        nature="safety", severity="critical", emergency=True, reasons=(Reason(rule="r", sets="critical"),)
    )
    decision = typed(verdict=verdict, description="灯冒烟", nature="function", department="")
    values = decision.case.values
    assert (values["nature"], values["severity"], values["department"]) == ("function", "critical", "quality")
    assert decision.case.reasons == verdict.reasons
    assert kinds(decision).count("emergency") == 3


def test_a_typed_row_of_the_highest_severity_is_an_emergency_too() -> None:
    assert kinds(typed(description="x", severity="critical")).count("emergency") == 3
    assert kinds(typed(description="x", severity="urgent")).count("emergency") == 0


@pytest.mark.parametrize("email", ["没有", "a@b", "a b@c.example", "a@b.example; c@d.example", 12])
def test_a_typed_address_that_is_none_is_told_and_not_written_to(email: Value) -> None:
    decision = typed(description="x", email=email)
    assert decision.case.answer_to == ""
    assert [r for r in decision.case.remarks if "不是有效的邮箱地址" in r]
    assert "acknowledgement" not in kinds(decision)


def test_typed_rows_get_no_more_acknowledgements_than_the_limit() -> None:
    decision = typed(description="x", email=CUSTOMER, why_not=LIMIT)
    assert "acknowledgement" not in kinds(decision)
    assert [r for r in decision.case.remarks if LIMIT in r]


def test_what_could_not_be_understood_is_kept_beside_what_the_rules_say() -> None:
    case = typed({"severity": "very bad"}, description="x").case
    assert case.misfits == {"severity": "very bad"}
    assert case.values["severity"] == "normal"


def test_a_row_typed_as_waiting_is_on_hold_from_the_start() -> None:
    assert typed(description="x", waiting="sample").case.pauses == (Pause(reason="sample", started_at=MONDAY),)


def test_a_row_typed_with_its_stages_filled_in_stands_where_it_should() -> None:
    decision = typed(
        description="x",
        severity="normal",
        nature="function",
        claim_type="appeal",
        responsibility="ours",
        owner="Quality Engineer",
        assessed_on=MONDAY.date(),
        cause_main="胶",
        evidence="照片",
        analysed_on=MONDAY.date(),
    )
    assert decision.case.stage == "plan"
    assert [o.to.name for o in decision.letters] == ["Quality Engineer"]


@pytest.mark.parametrize(
    ("text", "staff", "written"),
    [
        ("灯不亮", Language.ZH_CN, Language.ZH_CN),
        ("燈不亮", Language.ZH_TW, Language.ZH_TW),
        ("灯不亮", Language.EN, Language.ZH_CN),
        ("The lamp is dark", Language.ZH_CN, Language.EN),
        (None, Language.EN, Language.EN),
        (None, Language.ZH_TW, Language.ZH_TW),
    ],
)
def test_the_customer_of_a_typed_row_is_written_to_in_the_rows_language(
    text: str | None, staff: Language, written: Language
) -> None:
    values: dict[str, Value] = {"description": text, "email": CUSTOMER}
    case = type_case(NUMBER, "T", values, {}, MONDAY, the_procedure(staff)).case
    assert case.language is written
