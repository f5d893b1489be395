"""Each change of a value has an author in the history, the bot's own entries too."""

from dataclasses import replace

from builders import MONDAY, a_case, edited, the_procedure

from mailbot.core.changes import with_changes
from mailbot.core.model import Case, Decision, Event

RULES = the_procedure()


def changed(case: Case, **values: object) -> Case:
    return replace(case, values={**case.values, **values})


def told(before: Case, after: Case, *events: Event) -> list[tuple[object, ...]]:
    decision = with_changes(before, Decision(case=after, events=events), MONDAY, RULES)
    return [(e.actor, e.kind, e.facts.get("column"), e.facts.get("old"), e.facts.get("new")) for e in decision.events]


def test_what_the_bot_fills_in_by_itself_is_told_with_the_rules_it_follows() -> None:
    before = a_case()
    decision = with_changes(before, Decision(case=changed(before, first_answer_on=MONDAY.date())), MONDAY, RULES)
    (event,) = decision.events
    assert event.actor == "bot"
    assert event.facts == {"column": "first_answer_on", "old": None, "new": MONDAY.date(), "rules": RULES.version}


def test_an_edit_of_staff_is_told_once_and_as_theirs() -> None:
    before = a_case()
    decision = with_changes(before, edited(before, quantity=12), MONDAY, RULES)
    assert [e.actor for e in decision.events if e.facts.get("column") == "quantity"] == ["sheet"]


def test_what_a_mail_filled_or_a_return_emptied_is_not_told_again() -> None:
    before = changed(a_case(), cause_main="x")
    facts = {"filled": {"batch": "A1"}, "cleared": {"cause_main": "x"}}
    event = Event(case=before.number, at=MONDAY, actor="mail:a@b.example", kind="mail_joined", facts=facts)
    assert len(told(before, changed(before, batch="A1", cause_main=None), event)) == 1


def test_nothing_and_an_empty_text_are_the_same_and_nought_is_not() -> None:
    before = changed(a_case(), batch="", quantity=None)
    assert told(before, changed(before, batch=None, quantity=0)) == [("bot", "changed", "quantity", None, 0)]


def test_a_new_case_is_told_by_its_opening() -> None:
    decision = Decision(case=a_case())
    assert with_changes(None, decision, MONDAY, RULES) == decision
