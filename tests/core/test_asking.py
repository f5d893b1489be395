from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from builders import CUSTOMER, MONDAY, NUMBER, a_reply, a_verdict, an_opening, kinds, the_procedure

from mailbot.core.asking import ask_again, bounced, still_missing
from mailbot.core.casework import add_mail, note_bounce
from mailbot.core.model import Case, Decision

PROCEDURE = the_procedure()
DAY = timedelta(days=1)
DUE = MONDAY + 3 * DAY
"""Three working days after the acknowledgement of Monday."""


def a_vague_case(*missing: str, **changes: Any) -> Case:
    values = changes.pop("values", {})
    case = an_opening(verdict=a_verdict(missing=missing or ("batch", "order_no", "photo", "phone"))).case
    return replace(case, values={**case.values, **values}, **changes)


def asked(case: Case, now: Any = DUE) -> Decision:
    decision = ask_again(case, now, PROCEDURE)
    assert decision is not None
    return decision


def test_the_acknowledgement_is_the_first_time_of_asking() -> None:
    assert a_vague_case().asked_at == MONDAY


def test_a_silent_customer_is_asked_once_more_when_the_days_are_over() -> None:
    case = a_vague_case()
    assert ask_again(case, DUE - timedelta(minutes=1), PROCEDURE) is None
    decision = asked(case)
    assert kinds(decision) == ["ask_again"]
    assert decision.case.asked_at == DUE
    assert [event.kind for event in decision.events] == ["asked_again"]
    assert ask_again(decision.case, DUE + timedelta(minutes=5), PROCEDURE) is None


def test_nobody_is_asked_outside_working_hours() -> None:
    assert ask_again(a_vague_case(), MONDAY + 5 * DAY, PROCEDURE) is None
    assert kinds(asked(a_vague_case(), MONDAY + 7 * DAY)) == ["ask_again"]


def test_asked_twice_in_vain_a_human_decides() -> None:
    case = asked(a_vague_case()).case
    given_up = asked(case, MONDAY + 9 * DAY)
    assert given_up.letters == ()
    assert "订单编号" in given_up.case.needs_human
    assert ask_again(given_up.case, MONDAY + 30 * DAY, PROCEDURE) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"closed_at": MONDAY},
        {"answer_to": ""},
        {"asked_at": None},
        {"done": ()},
        {"values": {"claim_type": "claim"}},
        {"values": {"first_answer_on": MONDAY.date()}},
        {"values": {"missing": None}},
    ],
)
def test_nothing_is_asked_where_it_would_be_wrong(changes: dict[str, Any]) -> None:
    assert ask_again(a_vague_case(**changes), DUE, PROCEDURE) is None


def test_zero_days_switch_the_second_request_off() -> None:
    assert ask_again(a_vague_case(), DUE, replace(PROCEDURE, ask_again_after=0)) is None


def test_who_wrote_since_or_cannot_be_reached_is_left_to_a_human() -> None:
    assert asked(a_vague_case(heard_at=MONDAY + DAY)).letters == ()
    case = note_bounce(a_vague_case(), CUSTOMER.upper(), "acknowledgement", "550", MONDAY, PROCEDURE).case
    assert bounced(case, CUSTOMER) in case.done
    assert asked(case).case.needs_human


def test_of_two_things_asked_as_alternatives_one_is_enough() -> None:
    case = a_vague_case("batch", "order_no", "phone", values={"order_no": "A1"})
    assert still_missing(case, PROCEDURE) == ("phone",)


def test_a_batch_asked_of_a_company_is_not_answered_by_an_order() -> None:
    assert still_missing(a_vague_case("batch", values={"order_no": "A1"}), PROCEDURE) == ("batch",)


def test_a_part_number_stands_for_the_model() -> None:
    assert still_missing(a_vague_case("model", values={"part_no": "P-1"}), PROCEDURE) == ()


def test_what_a_further_mail_brings_is_missing_no_more_and_clears_the_call_for_a_human() -> None:
    case = asked(asked(a_vague_case("phone", "photo")).case, MONDAY + 9 * DAY).case
    assert case.needs_human
    later = MONDAY + 10 * DAY
    part = add_mail(case, a_reply("照片", fields={}), later, later, PROCEDURE, complains=False, pictures=True).case
    assert part.values["missing"] == "phone"
    assert part.needs_human
    mail = a_reply("电话", fields={"phone": "13600004417"})
    whole = add_mail(part, mail, later, later, PROCEDURE, complains=False).case
    assert whole.values["missing"] is None
    assert whole.needs_human == ""


def test_the_letter_goes_to_the_customer_of_the_case() -> None:
    (order,) = asked(a_vague_case()).letters
    assert (order.key, order.to.address, order.to.customer) == (f"{NUMBER}:ask_again", CUSTOMER, True)
