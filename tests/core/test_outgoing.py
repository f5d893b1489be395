"""Staff's words to a customer: what holds them back, and what follows when they are held."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders import MONDAY, PLANNED, a_case, edited, kinds, the_procedure

from mailbot.core.lookback import Earlier
from mailbot.core.outgoing import held_back, objections
from mailbot.core.strangers import strangers_named

PROCEDURE = the_procedure()
NOBODY: frozenset[str] = frozenset()


def another(number: str, *customer: str, **values: str) -> Earlier:
    return Earlier(number=number, opened_at=MONDAY, values=values, customer=frozenset(customer))


OTHERS = (
    another("CP-2026-000777", "qa@ruida.example", company="东莞市瑞达电子（中国）有限公司", contact_name="王敏"),
    another("CP-2026-000778", company="Northgate HVAC Ltd.", contact_name="Sarah Whitcombe"),
)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("与瑞达电子反映的情况相同。", "东莞市瑞达电子（中国）有限公司"),
        ("王敏女士也遇到过。", "王敏"),
        ("See cp-2026-000777.", "CP-2026-000777"),
        ("Please ask qa@ruida.example.", "qa@ruida.example"),
        ("Northgate HVAC had the same fault.", "Northgate HVAC Ltd."),
        ("sarah whitcombe told us", "Sarah Whitcombe"),
    ],
)
def test_another_customer_is_recognised_as_people_write_him(text: str, named: str) -> None:
    assert strangers_named(text, a_case(), NOBODY, OTHERS) == (named,)


@pytest.mark.parametrize(
    "text", ["我们将更换胶水。", "王敏锐的建议", "Northgate is a district", "参见 CP-2026-0007771"]
)
def test_ordinary_words_name_nobody(text: str) -> None:
    assert strangers_named(text, a_case(), NOBODY, OTHERS) == ()


def test_what_the_customer_said_himself_is_no_secret() -> None:
    case = a_case(company="瑞达电子", description="Northgate HVAC 也有同样的问题")
    assert strangers_named("瑞达电子与 Northgate HVAC", case, NOBODY, OTHERS) == ()


def test_a_customers_own_earlier_case_is_no_secret_to_him() -> None:
    own = frozenset({"qa@ruida.example"})
    assert strangers_named("与 CP-2026-000777 相同", a_case(), own, OTHERS) == ()


def test_a_customer_of_the_list_of_shipments_is_a_stranger_too() -> None:
    assert strangers_named("中启建设也收到了这一批", a_case(), NOBODY, (), {"中启建设有限公司"}) == (
        "中启建设有限公司",
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("此次是我们的责任，给您添麻烦了。", ("承认责任：是我们的责任",)),
        ("We accept full responsibility.", ("承认责任：accept full responsibility",)),
        ("该批没有不良率数据。", ("内部用语：不良率",)),
        ("我们不承担责任。", ()),
        ("经检测，这不是我们的责任。", ()),
        ("我们将按保密协议处理。", ()),
    ],
)
def test_the_files_words_object(text: str, why: tuple[str, ...]) -> None:
    assert objections(text, a_case(), PROCEDURE, ()) == why


def test_a_letter_that_must_wait_is_held_shown_and_told_and_is_no_first_answer() -> None:
    case = a_case("plan")
    case = replace(case, values={**case.values, "first_answer_on": None})
    decision = edited(case, **PLANNED)
    assert decision.case.values["first_answer_on"] == MONDAY.date()
    held = held_back(decision, case, lambda text, case: ("why",), MONDAY, PROCEDURE)
    (letter,) = [o for o in held.letters if o.to.customer]
    assert (letter.kind, letter.hold, letter.facts["note"]) == ("plan", "why", PLANNED["note_to_customer"])
    assert "mailbot outbox" in held.case.remarks[-1]
    assert kinds(held).count("held_letter") == 1
    assert held.case.values["first_answer_on"] is None
    assert [e.facts for e in held.events if e.kind == "letter_held"] == [{"letter": letter.key, "why": "why"}]


def test_a_letter_nobody_objects_to_is_left_alone() -> None:
    decision = edited(a_case("plan"), **PLANNED)
    assert held_back(decision, None, lambda text, case: (), MONDAY, PROCEDURE) is decision


def test_a_claim_waits_anyway_and_both_reasons_are_told_in_one_letter() -> None:
    case = a_case("plan", claim_type="claim")
    held = held_back(edited(case, **PLANNED), case, lambda text, case: ("it admits",), MONDAY, PROCEDURE)
    (letter,) = [o for o in held.letters if o.to.customer]
    assert letter.hold == "claim; it admits"
    (told,) = [o for o in held.letters if o.kind == "held_letter"]
    assert "it admits" in told.facts["why"]
