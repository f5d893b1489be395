"""What follows when a complaint repeats an earlier one, and to whom else its batch went."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from builders import MONDAY, a_case, a_mail, an_opening, edited, kinds, the_procedure

from mailbot.core.model import Case, Language
from mailbot.core.recurring import background, changed, compared, recur, refuted, told
from mailbot.core.shipments import Shipment, shipped_elsewhere, spread_words
from mailbot.shipments import ShipmentList, read_shipments

PROCEDURE = the_procedure()
NEXT_WEEK = MONDAY + timedelta(days=7)
GOODS = {"model": "HX-1", "batch": "0012", "company": "瑞达电子"}


def a_repeat(**values: str) -> Case:
    case = an_opening(a_mail(fields={**GOODS, **values})).case
    return replace(case, number="CP-2026-000200", opened_at=NEXT_WEEK)


def test_the_row_names_the_earlier_case_with_score_and_reason() -> None:
    decision, found = compared(a_repeat(), [a_case(**GOODS)], "", NEXT_WEEK, PROCEDURE)
    assert decision.case.values["similar"] == "CP-2026-000123（型号、性质、批号相同，相似度100%）"
    assert background(decision.case) == decision.case.values["similar"]
    assert [e.facts["cases"] for e in decision.events] == [["CP-2026-000123"]]
    again, _ = compared(decision.case, [a_case(**GOODS)], "", NEXT_WEEK, PROCEDURE)
    assert again.events == ()
    assert found[0].score == 1.0


def test_a_case_that_repeats_nothing_says_nothing() -> None:
    decision, found = compared(a_repeat(model="OTHER"), [a_case(**GOODS)], "", NEXT_WEEK, PROCEDURE)
    assert (decision.events, found, background(decision.case)) == ((), (), "")


def test_a_corrected_model_is_compared_again() -> None:
    case = a_repeat()
    assert changed(case, None)
    assert not changed(case, case)
    assert changed(edited(case, model="HX-2").case, case)


def proven(stage: str = "closed") -> Case:
    case = a_case(stage)
    return replace(case, values={**case.values, **GOODS})


def find(new: Case, earlier: Case) -> Case | None:
    _, found = compared(new, [earlier], "", NEXT_WEEK, PROCEDURE)
    return refuted(new, found, {earlier.number: earlier}, PROCEDURE)


@pytest.mark.parametrize("stage", ["confirmation", "closing", "closed"])
def test_a_repeat_after_the_action_was_verified_refutes_it_once(stage: str) -> None:
    earlier, new = proven(stage), a_repeat()
    assert find(new, earlier) == earlier
    after = told(new, earlier, PROCEDURE)
    assert "CP-2026-000123" in after.remarks[-1]
    assert find(after, earlier) is None


@pytest.mark.parametrize("stage", ["assessment", "plan", "verification"])
def test_an_action_not_verified_yet_is_not_refuted(stage: str) -> None:
    assert find(a_repeat(), proven(stage)) is None


def test_a_complaint_from_before_the_verification_refutes_nothing() -> None:
    earlier = proven()
    assert find(replace(a_repeat(), opened_at=MONDAY - timedelta(hours=1)), earlier) is None


def test_the_earlier_case_goes_back_its_staff_are_told_and_its_customer_is_not() -> None:
    earlier = proven()
    decision = recur(earlier, a_repeat(), NEXT_WEEK, PROCEDURE)
    case = decision.case
    assert (case.stage, case.open, case.visit.number) == ("root_cause", True, 2)
    assert (case.values["verification"], case.values["analysed_on"]) == (None, None)
    assert decision.events[0].facts == {
        "by": "CP-2026-000200",
        "stage": "root_cause",
        "cleared": {"verification": "ok"},
    }
    assert kinds(decision) == ["assignment"]
    assert "CP-2026-000200" in decision.letters[0].facts["note"]
    assert not any(order.to.customer for order in decision.letters)
    assert not PROCEDURE.worked(case)


BATCH = [
    Shipment(batch="0012", customer="瑞达电子（东莞）有限公司", quantity="500"),
    Shipment(batch="００１２", customer="中启建设", quantity="200", day="2026-04-01"),
    Shipment(batch="0013", customer="别家"),
]


def test_other_customers_of_the_batch_are_named_and_the_customer_himself_is_not() -> None:
    found = shipped_elsewhere(a_case(**GOODS), BATCH)
    assert found == (BATCH[1],)
    assert spread_words(found, PROCEDURE) == "批号 ００１２ 还发给了 1 家客户，请考虑横展：中启建设 200 2026-04-01。"
    assert shipped_elsewhere(a_case(), BATCH) == ()
    assert spread_words((), the_procedure(Language.EN)) == ""


@pytest.mark.parametrize(
    "raw",
    [
        "批号,客户名称,数量,出货日期\n0012,中启建设,200,2026-04-01\n,,,\n".encode("gb18030"),
        "\ufeffLot;Customer;Qty;Date\n0012;中启建设;200;2026-04-01\n".encode(),
        "备注\t客户\t批次\t数量\t日期\nx\t中启建设\t0012\t200\t2026-04-01\n".encode(),
    ],
)
def test_the_list_is_read_as_offices_save_it(raw: bytes) -> None:
    assert read_shipments(raw) == [Shipment(batch="0012", customer="中启建设", quantity="200", day="2026-04-01")]


def test_a_list_without_the_columns_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match="not found: batch"):
        read_shipments(b"customer,quantity\nx,1\n")


def test_a_list_that_breaks_is_told_and_the_last_good_one_stays_in_force(tmp_path: Path) -> None:
    path = tmp_path / "shipments.csv"
    shipments = ShipmentList(path)
    assert shipments.of_batch("0012") == ()
    path.write_text("batch,customer\n0012,中启建设\n", "utf-8")
    assert [s.customer for s in shipments.of_batch(" 0012")] == ["中启建设"]
    path.write_text("no headings at all\n", "utf-8")
    assert shipments.customers() == {"中启建设"}
    assert "not found: batch, customer" in shipments.problem
    path.unlink()
    assert (shipments.customers(), shipments.problem) == (frozenset(), "")


def test_where_the_file_names_no_stage_a_repeat_reopens_nothing() -> None:
    procedure = replace(PROCEDURE, stages=PROCEDURE.stages.model_copy(update={"recurred": ""}))
    assert not procedure.worked(proven())
    assert PROCEDURE.worked(proven())
