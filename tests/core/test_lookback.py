"""Looking back: what counts as the same product, batch and customer, what is counted, and how the reason says it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mailbot.core.conditions import Condition, ConditionError, compile_condition
from mailbot.core.lookback import FUNCTIONS, PAST, Earlier, Past, customer_keys
from mailbot.core.model import Language

NOW = datetime(2026, 5, 11, 1, 0, tzinfo=UTC)
FREE = frozenset({"qq.example"})
NAMES: dict[str, Any] = dict.fromkeys(("product", "model", "part_no", "batch", "nature", "company"), str) | {
    "quantity": float
}


def compiled(text: str) -> Condition:
    return compile_condition(text, NAMES, FUNCTIONS)


def earlier(number: int, days: float, address: str, **values: str) -> Earlier:
    keys = customer_keys(values, address, FREE)
    return Earlier(number=f"CP-{number}", opened_at=NOW - timedelta(days=days), values=values, customer=keys)


def facts(*before: Earlier, address: str = "li@qq.example", language: Language = Language.EN, **values: Any) -> Any:
    past = Past(earlier=before, at=NOW, customer=customer_keys(values, address, FREE), language=language)
    return {**values, PAST: past}


def test_cases_of_the_same_thing_within_the_window_are_counted() -> None:
    three = compiled("repeats(product, 90d) >= 3")
    known = [earlier(n, n, f"{n}@qq.example", model="HX-L11") for n in (1, 2, 90)]
    assert three(facts(*known, model="hx-l11"))
    assert not three(facts(*known[:2], earlier(3, 91, "c@x.example", model="HX-L11"), model="HX-L11"))
    assert three.words(facts(*known, model="HX-L11")) == ("3 cases of HX-L11 in 90 days: CP-1, CP-2, CP-90",)
    assert three.words(facts(*known, model="HX-L11", language=Language.ZH_CN)) == (
        "HX-L11：90 天内另有投诉 3 件（CP-1, CP-2, CP-90）",
    )


def test_what_comes_later_does_not_count() -> None:
    assert not compiled("repeats(model, 7d) >= 1")(facts(earlier(1, -1, "a@x.example", model="A"), model="A"))


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        ({"model": "HX-L11", "product": "lamp"}, {"model": "ＨＸ-L 11", "product": "desk lamp"}, True),
        ({"model": "HX-L11", "product": "lamp"}, {"model": "HX-L12", "product": "lamp"}, False),
        ({"product": "Lamp"}, {"model": "HX-L12", "product": "lamp"}, True),
        ({"part_no": "P-1"}, {"part_no": "P-1; P-2"}, True),
        ({"part_no": "P-1"}, {"product": "lamp"}, False),
    ],
)
def test_a_product_is_the_same_by_model_else_part_number_else_name(
    ours: dict[str, str], theirs: dict[str, str], same: bool
) -> None:
    assert compiled("repeats(product, 7d) == 1")(facts(earlier(1, 1, "a@x.example", **theirs), **ours)) is same


def test_several_fields_must_all_be_the_same() -> None:
    known = earlier(1, 1, "a@x.example", model="A", nature="function")
    assert compiled("repeats(product, nature, 7d) == 1")(facts(known, model="A", nature="function"))
    assert compiled("repeats(product, nature, 7d) == 0")(facts(known, model="A", nature="delivery"))


def test_what_this_complaint_leaves_open_is_never_compared() -> None:
    known = earlier(1, 1, "a@x.example", batch="")
    for text in ("same_batch(7d) >= 0", "repeats(batch, 7d) == 0", "customer_cases(7d) >= 0"):
        assert not compiled(text)(facts(known, address="", model="A"))


def test_without_a_past_nothing_was_before() -> None:
    assert compiled("same_batch(7d) == 0")({"batch": "A"})


def test_other_customers_are_counted_once_each_and_never_this_one() -> None:
    two = compiled("other_customers(batch, 30d) == 2")
    known = (
        earlier(1, 1, "a@one.example", batch="B"),
        earlier(2, 2, "b@one.example", batch="B"),  # the same company's mail domain
        earlier(3, 3, "wang@qq.example", batch="B"),
        earlier(4, 4, "li@qq.example", batch="B"),  # this customer himself
        earlier(5, 5, "", batch="other"),
    )
    assert two(facts(*known, batch="b"))
    assert two.words(facts(*known, batch="b")) == ("3 cases of b in 30 days: CP-1, CP-2, CP-3",)


def test_a_company_is_known_by_its_name_whatever_address_it_writes_from() -> None:
    known = earlier(1, 1, "sales@one.example", company="One Ltd", batch="B")
    own = facts(known, address="boss@qq.example", company="ONE LTD", batch="B")
    assert compiled("customer_cases(30d) == 1")(own)
    assert compiled("other_customers(batch, 30d) == 0")(own)
    assert compiled("customer_cases(30d) == 1").words(own) == ("1 cases of this customer in 30 days: CP-1",)


def test_complaints_joined_by_a_third_are_one_customer() -> None:
    chain = (
        earlier(1, 1, "a@one.example", batch="B"),
        earlier(2, 1, "x@two.example", company="Two", batch="B"),
        earlier(3, 1, "y@one.example", company="Two", batch="B"),
        earlier(4, 1, "", batch="B"),
    )
    assert compiled("other_customers(batch, 7d) == 2")(facts(*chain, batch="B"))


def test_many_numbers_are_shortened_to_the_latest() -> None:
    known = [earlier(n, 1, "a@x.example", batch="B") for n in range(8)]
    (words,) = compiled("same_batch(7d) > 5").words(facts(*known, batch="B"))
    assert words == "8 cases of B in 7 days: CP-3, CP-4, CP-5, CP-6, CP-7 …"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("repeats(90d) > 1", "the name of a field was expected here, not 90d"),
        ("repeats(modell, 90d) > 1", "no field 'modell'; did you mean 'model'"),
        ("repeats(quantity, 90d) > 1", "only texts are looked for"),
        ("repeats(model) > 1", "takes 1 values, 0 are given"),
        ('repeats(model, "90") > 1', "is a text"),
        ("same_batch(batch) > 1", "is a text"),
        ("same_bach(7d) > 1", "did you mean 'same_batch'"),
        ("repeats(model, 7d)", "not yes or no"),
    ],
)
def test_a_slip_is_told_when_the_rules_are_read(text: str, message: str) -> None:
    with pytest.raises(ConditionError, match=message.replace("(", r"\(")):
        compiled(text)
