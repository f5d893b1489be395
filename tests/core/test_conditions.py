"""The language of `when`: what it says, what it refuses and where."""

import time
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.conditions import Choice, ConditionError, Function, Scale, Type, compile_condition
from mailbot.core.model import Language

SEVERITY = Scale(("normal", "important", "urgent", "critical"))
NAMES: Mapping[str, Type] = {
    "severity": SEVERITY,
    "promised": SEVERITY,
    "grade": Scale(("low", "high")),
    "nature": Choice(("delivery", "service", "appearance")),
    "quantity": float,
    "visit": int,
    "batch": str,
    "customer": str,
    "safety": bool,
    "goods_arrived": date,
    "opened_at": datetime,
    "批次": str,
}
FUNCTIONS = {
    "times": Function(takes=(Choice(("batch", "customer")), float), gives=int, call=lambda v, key, days: v.get("n")),
    "days": Function(takes=(float,), gives=float, call=lambda v, days: days),
    "known": Function(takes=(str,), gives=bool, call=lambda v, text: text in ("A", "B")),
    "level": Function(takes=(), gives=SEVERITY, call=lambda v: v.get("level")),
}


def holds(text: str, **values: Any) -> bool:
    return compile_condition(text, NAMES, FUNCTIONS)(values)


def refused(text: str) -> tuple[int, str]:
    with pytest.raises(ConditionError) as caught:
        compile_condition(text, NAMES, FUNCTIONS)
    assert caught.value.text == text
    assert str(caught.value).startswith(f"column {caught.value.column} of ")
    return caught.value.column, caught.value.message


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("quantity >= 100", {"quantity": 100}),
        ("quantity >= 99.5", {"quantity": 100}),
        ("quantity > -5", {"quantity": 0}),
        ("100 <= quantity", {"quantity": 100.0}),
        ("quantity == visit", {"quantity": 2.0, "visit": 2}),
        ('severity >= "urgent"', {"severity": "critical"}),
        ('"urgent" <= severity', {"severity": "urgent"}),
        ("severity < promised", {"severity": "normal", "promised": "important"}),
        ("severity == promised", {"severity": "normal", "promised": "normal"}),
        ("nature == 'delivery'", {"nature": "delivery"}),
        ('nature in ["delivery", "service",]', {"nature": "service"}),
        ('nature not in ["delivery", "service"]', {"nature": "appearance"}),
        ("visit in [1, 2]", {"visit": 2}),
        ("goods_arrived in [2026-01-02]", {"goods_arrived": date(2026, 1, 2)}),
        ("goods_arrived < 2026-03-01", {"goods_arrived": date(2026, 2, 28)}),
        ("opened_at == opened_at", {"opened_at": datetime(2026, 1, 1, tzinfo=UTC)}),
        ("safety", {"safety": True}),
        ("safety == true", {"safety": True}),
        ("not safety", {"safety": False}),
        ("!safety", {}),
        ("not not not safety", {}),
        ("not quantity > 5", {"quantity": 5}),
        ("quantity > 1 && quantity < 3", {"quantity": 2}),
        ("quantity > 9 || visit > 1", {"quantity": 2, "visit": 2}),
        ("QUANTITY".lower() + " > 1 AND safety", {"quantity": 2, "safety": True}),
        ("safety or quantity > 1 and visit > 1", {"safety": True, "quantity": 0}),
        ("not (safety or quantity > 1) and visit > 1", {"safety": False, "quantity": 0, "visit": 2}),
        ("(safety or visit > 1) == true", {"visit": 2}),
        ('批次 == "九月"', {"批次": "九月"}),
        ("batch == '\"quoted\" （全角）'", {"batch": '"quoted" （全角）'}),
        ("batch == customer", {"batch": "x", "customer": "x"}),
        ("batch == nature", {"batch": "service", "nature": "service"}),
        ("nature == 'service'", {"nature": type("Key", (str,), {})("service")}),
    ],
)
def test_it_holds(text: str, values: dict[str, Any]) -> None:
    assert holds(text, **values)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("quantity >= 100", {"quantity": 99.9}),
        ('severity >= "urgent"', {"severity": "important"}),
        ('severity > "urgent"', {"severity": "urgent"}),
        ('nature != "delivery"', {"nature": "delivery"}),
        ("safety and visit > 1", {"safety": True, "visit": 1}),
        ("safety or visit > 1", {"safety": False, "visit": 1}),
        ("not not safety", {}),
        ("safety or visit > 1", {}),
        ("safety and visit > 1", {"visit": 2}),
        ("goods_arrived >= 2026-03-01", {"goods_arrived": date(2026, 2, 28)}),
    ],
)
def test_it_does_not_hold(text: str, values: dict[str, Any]) -> None:
    assert not holds(text, **values)


@pytest.mark.parametrize("value", [None, "", "no such key", 7, True])
@pytest.mark.parametrize(
    "text",
    [
        'severity == "urgent"',
        'severity != "urgent"',
        'severity < "urgent"',
        'severity >= "normal"',
        'severity in ["normal"]',
        'severity not in ["normal"]',
        "severity == promised",
        "severity != promised",
    ],
)
def test_an_empty_field_or_a_value_that_cannot_be_makes_every_comparison_false(text: str, value: object) -> None:
    assert not holds(text, severity=value, promised="normal")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("quantity", "12"),
        ("quantity", True),
        ("batch", 12),
        ("safety", 1),
        ("goods_arrived", datetime(2026, 1, 1, tzinfo=UTC)),
        ("opened_at", date(2026, 1, 1)),
        ("nature", ["delivery"]),
    ],
)
def test_a_value_of_another_type_counts_as_empty(name: str, value: object) -> None:
    assert holds(f"empty({name})", **{name: value})


def test_emptiness_can_be_asked_for_in_several_ways() -> None:
    asking = ("empty(batch)", "batch is empty", "batch == none", "none == batch", "batch is none", "not filled(batch)")
    denying = ("filled(batch)", "batch is not empty", "batch != none", "batch is not none", "not empty(batch)")
    for text in asking:
        assert (holds(text), holds(text, batch=""), holds(text, batch="x")) == (True, True, False), text
    for text in denying:
        assert (holds(text), holds(text, batch=""), holds(text, batch="x")) == (False, False, True), text


def test_functions_get_the_values_and_their_arguments() -> None:
    assert holds('times("batch", 90d) > 1', n=2)
    assert not holds('times("batch", 90d) > 1', n=None)
    assert holds("times('batch', 90d) is empty", n="two")
    assert (holds("days(2w) == 14"), holds("days(36h) == 1.5"), holds("days(quantity) is empty")) == (True, True, True)
    assert holds("known(nature) or known(batch)", batch="B")
    assert holds('level() >= "urgent"', level="critical")


def test_a_condition_names_the_fields_it_looks_at() -> None:
    condition = compile_condition('visit > 1 and (severity >= "urgent" or empty(batch)) and visit < 5', NAMES)
    assert condition.names == ("visit", "severity", "batch")
    assert condition.text.startswith("visit > 1")


@pytest.mark.parametrize(
    ("text", "column", "said"),
    [
        ('severty == "urgent"', 1, "there is no field 'severty'; did you mean 'severity'?"),
        ("severity >= urgent", 13, 'in quotation marks it is a value: "urgent"'),
        ('severity >= "urgnt"', 13, 'severity is never "urgnt"; it is one of normal, important, urgent, critical'),
        ('nature in ["delivery", "x"]', 24, 'nature is never "x"'),
        ('quantity > "5"', 12, 'quantity is a number, "5" is a text'),
        ("quantity in ['5']", 14, "quantity is a number, '5' is a text"),
        ("visit == true", 10, "visit is a number, true is a yes or no"),
        ("goods_arrived == opened_at", 18, "is a date"),
        ('goods_arrived > "2026-01-01"', 17, "is a text"),
        ("goods_arrived > 2026-02-30", 17, "2026-02-30 is a day that does not exist"),
        ('nature >= "delivery"', 8, "no common order; use ==, != or in"),
        ('batch > "a"', 7, "no common order"),
        ("safety > true", 8, "no common order"),
        ("severity > batch", 10, "no common order"),
        ("severity > grade", 10, "no common order"),
        ("quantity < none", 10, "write == none"),
        ("none == none", 9, "only a field can be empty"),
        ('"a" is empty', 1, "only a field can be empty"),
        ("1 == 1", 1, "one must be a field"),
        ("quantity", 1, "quantity is a number, not yes or no"),
        ("safety and batch", 12, "write filled(batch)"),
        ("not batch", 5, "not yes or no"),
        ("quantity = 5", 10, "to compare, write =="),
        ("1 < quantity < 3", 14, "write two comparisons"),
        ("quantity == 5 5", 15, "5 was not expected here"),
        ("quantity ==", 12, "not the end"),
        ("", 1, "not the end"),
        ("safety)", 7, ") was not expected here"),
        ("(safety", 8, ") was expected here, not the end"),
        ("nature in []", 13, "the list is empty"),
        ("nature in delivery", 11, "[ was expected here"),
        ("nature in [nature]", 12, "a list holds values only"),
        ('nature in ["delivery" "service"]', 23, ", was expected here"),
        ("nature not delivery", 12, "in was expected here"),
        ("batch is 5", 10, "after is comes empty"),
        ("empty(5)", 7, "the name of a field was expected"),
        ("empty(bach)", 7, "did you mean 'batch'?"),
        ("tmes('batch', 90d) > 1", 1, "there is no function 'tmes'; did you mean 'times'?"),
        ("times('batch') > 1", 1, "times takes 2 values, 1 are given"),
        ("times('nature', 90d) > 1", 7, "it is one of batch, customer"),
        ("times('batch', 'x') > 1", 16, "value 2 of times is a number, 'x' is a text"),
        ("times('batch' 90d) > 1", 15, ", was expected here"),
        ("quantity（ > 5", 9, "（ is a full-width character; type ( instead"),
        ("batch == “x”", 10, 'type " instead'),
        ('batch == "x', 10, "never closed"),
        ("quantity > 100件", 12, "no number, date"),
        ("batch.__class__ == 'x'", 6, "'.' means nothing here"),
        ("quantity ** 9 > 1", 10, "'*' means nothing here"),
        ("safety; safety", 7, "';' means nothing here"),
        ("(" * 41 + "safety" + ")" * 41, 41, "make two rules of it"),
        ("safety or " * 300 + "safety", 2000, "longer than 2000 characters"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(text: str, column: int, said: str) -> None:
    assert refused(text)[0] == column
    assert said in refused(text)[1]


def test_a_key_of_the_model_is_as_good_as_its_text() -> None:
    condition = compile_condition('language == "en"', {"language": Choice(tuple(Language))})
    assert condition({"language": Language.EN})


def place_of_the_error(text: str, values: Mapping[str, Any]) -> int:
    """Compile and evaluate; 1 when nothing is wrong."""
    try:
        compile_condition(text, NAMES, FUNCTIONS)(values)
    except ConditionError as error:
        return error.column
    return 1


@given(text=st.text("()[]!<>=&|,'\" 0159.-dhw件（\n_") | st.text())
def test_no_text_whatever_ends_in_another_error(text: str) -> None:
    assert 1 <= place_of_the_error(text, {}) <= len(text) + 1


WORDS = (
    "safety quantity batch severity 'urgent' 5 none true 2026-01-01 ( ) [ ] , and or not in is empty == < times days"
)


@given(words=st.lists(st.sampled_from(WORDS.split()), max_size=12))
def test_no_order_of_words_ends_in_another_error(words: list[str]) -> None:
    text = " ".join(words)
    assert 1 <= place_of_the_error(text, {"quantity": 5, "severity": "urgent", "batch": "b"}) <= len(text) + 1


@pytest.mark.parametrize(
    "text", ["!" * 1990 + "safety", "(" * 40 + "!safety" + ")" * 40, "safety or " * 199 + "safety"]
)
def test_the_longest_conditions_are_quick(text: str) -> None:
    before = time.perf_counter()
    condition = compile_condition(text, NAMES)
    for _ in range(100):
        condition({"safety": False})
    assert time.perf_counter() - before < 1
