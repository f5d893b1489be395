from __future__ import annotations

import pytest

from mailbot.core.model import Language
from mailbot.core.people import Department, People, Person

ZHANG = Person(name="张 三", address="Zhang.San@company.example", language=Language.ZH_CN)
SMITH = Person(name="Jo Smith", address="jo@company.example", language=Language.EN)
PEOPLE = People(
    persons=(ZHANG, SMITH),
    departments=(
        Department(key="quality", names={Language.EN: "Quality"}, manager="Jo Smith"),
        Department(key="empty", names={Language.EN: "Empty"}, manager="Nobody"),
    ),
    roles={"supervisor": ("Jo Smith", "Gone"), "both": ("张三", "Jo Smith")},
)


@pytest.mark.parametrize("typed", ["张三", " 张　三 ", "ZHANG.SAN@company.example", "zhang.san＠company.example"])
def test_a_person_is_found_by_name_or_address_however_it_is_typed(typed: str) -> None:
    assert PEOPLE.find(typed) is ZHANG


@pytest.mark.parametrize("typed", ["", None, "张", "Smith", 12])
def test_nobody_is_guessed_from_a_part_of_a_name(typed: object) -> None:
    assert PEOPLE.find(typed) is None


def test_a_name_two_people_bear_means_neither() -> None:
    twins = People(persons=(ZHANG, ZHANG), departments=(), roles={})
    assert twins.find("张三") is None


def test_a_head_and_a_role_are_looked_up_in_the_file() -> None:
    assert PEOPLE.head("quality") is SMITH
    assert PEOPLE.head("empty") is None
    assert PEOPLE.head(None) is None
    assert PEOPLE.in_role("supervisor") == (SMITH,)
    assert PEOPLE.in_role("unknown") == ()
    assert PEOPLE.has_role(ZHANG, ("supervisor", "both"))
    assert not PEOPLE.has_role(ZHANG, ("supervisor",))


def test_a_cell_may_name_several_people_listed_or_not() -> None:
    assert PEOPLE.meant("张三、Li Si") == PEOPLE.meant("li si，zhang.san@company.example")
    assert PEOPLE.meant("Jo Smith") == {"josmith"}
    assert PEOPLE.meant(None) == frozenset()


def test_every_slip_in_the_list_of_people_is_told() -> None:
    wrong = People(
        persons=(ZHANG, ZHANG, Person(name="Li", address="li", language=Language.EN)),
        departments=(Department(key="quality", names={}, manager="Wang", staff=("Li", "Zhao")),),
        roles={"supervisor": ("Qian",)},
    )
    problems = [message for _, message in wrong.problems()]
    assert [p for p in problems if "given twice" in p]
    assert "the person 'Li' has no e-mail address (given: 'li')" in problems
    assert "department 'quality' names 'Wang', who is not among the [[person]] entries" in problems
    assert "department 'quality' names 'Zhao', who is not among the [[person]] entries" in problems
    assert "role 'supervisor' names 'Qian', who is not among the [[person]] entries" in problems
    assert [p for _, p in PEOPLE.problems() if "Jo Smith" in p] == []


def test_a_name_that_is_nobody_is_reported_with_its_place_and_the_name_that_was_meant() -> None:
    wrong = People(persons=(ZHANG,), departments=(), roles={"supervisor": (f"{ZHANG.name}x",)})
    ((place, message),) = wrong.problems()
    assert place == ("roles", "supervisor")
    assert f"did you mean {ZHANG.name!r}?" in message


def test_a_person_given_twice_is_not_called_nobody_as_well() -> None:
    wrong = People(persons=(ZHANG, ZHANG), departments=(), roles={"supervisor": (ZHANG.name,)})
    assert {message for _, message in wrong.problems()} == {
        f"the person {ZHANG.name!r} is given twice; tell them apart by name"
    }


def test_initials_are_those_given_or_of_a_latin_name() -> None:
    zhao = Person(name="赵敏", address="zm@company.example", language=Language.ZH_CN, initials="ZM")
    people = People(persons=(SMITH, zhao), departments=(), roles={})
    assert all(people.signed(text) for text in ("JS", "j.s.", "zm", "赵敏", "Jo Smith"))
    assert not any(people.signed(text) for text in ("", "J", "赵", "NG", "no", "ＴＢＤ"))
