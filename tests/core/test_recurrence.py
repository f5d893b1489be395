"""When a complaint counts as a repeat of an earlier one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mailbot.core.model import Case, Language
from mailbot.core.recurrence import Comparable, repeats

NOW = datetime(2026, 5, 11, 1, 0, tzinfo=UTC)


def a_case(number: str, days_ago: float = 0, **values: object) -> Case:
    said = {"model": "HX-L11", "nature": "function", "description": "台灯不亮了", **values}
    at = NOW - timedelta(days=days_ago)
    return Case(number=number, opened_at=at, language=Language.ZH_CN, channel="email", stage="x", values=said)  # type: ignore[arg-type]


def test_the_same_product_and_nature_within_twelve_months_repeat() -> None:
    (found,) = repeats(a_case("B"), [a_case("A", 364)])
    assert (found.number, found.same) == ("A", ("model", "nature"))


@pytest.mark.parametrize(
    "other",
    [
        a_case("A", 366),
        a_case("A", -1),
        a_case("A", 3, nature="appearance"),
        a_case("A", 3, model="HX-L12"),
        a_case("B", 3),
    ],
    ids=["too old", "later", "another defect", "another model", "itself"],
)
def test_other_complaints_are_no_repeats(other: Case) -> None:
    assert repeats(a_case("B"), [other]) == ()


def test_spelling_makes_no_difference() -> None:
    assert repeats(a_case("B", model="hx l11"), [a_case("A", 3, model="ＨＸ－Ｌ11")])


def test_without_a_model_the_name_of_the_product_counts() -> None:
    one = a_case("B", model=None, product="台灯")
    assert repeats(one, [a_case("A", 3, product="台灯")])
    assert not repeats(one, [a_case("A", 3, product="电饭煲")])
    assert not repeats(a_case("B", model=None), [a_case("A", 3, model=None)])


def test_without_a_nature_nothing_is_said() -> None:
    assert not repeats(a_case("B", nature=None), [a_case("A", 3, nature=None)])


def test_the_same_batch_and_the_same_words_come_first() -> None:
    earlier = [
        a_case("A", 3, description="按键失灵"),
        a_case("C", 5, batch="0407", description="按键失灵"),
        a_case("D", 9, description="台灯突然不亮了"),
    ]
    found = repeats(a_case("B", batch="0407"), earlier)
    assert [each.number for each in found] == ["D", "C", "A"] or [each.number for each in found] == ["C", "D", "A"]
    assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)
    assert all(0 < each.score <= 1 for each in found)


def test_grouped_cases_repeat_what_they_repeat_one_by_one() -> None:
    """Every way of having and lacking a model, a part number and a name, each in two values."""
    values = [
        {"model": model, "part_no": part, "product": name, "nature": nature}
        for model in (None, "M1", "M-2")
        for part in (None, "P1", "p 2")
        for name in (None, "台灯", "电饭煲")
        for nature in (None, "function", "appearance")
    ]
    cases = [a_case(f"{number}", number % 400, **said) for number, said in enumerate(values)]
    before = Comparable(cases)
    assert [before.repeated_by(case) for case in cases] == [repeats(case, cases) for case in cases]
    assert sum(bool(before.repeated_by(case)) for case in cases) > 20
