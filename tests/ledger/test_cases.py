from contextlib import closing
from dataclasses import replace
from datetime import date

import pytest
from ledger_builders import HOUR, NOW, a_case, a_decision, a_letter, an_event, undone

from mailbot import errors
from mailbot.core.model import Decision, Event, Pause, Reason
from mailbot.ledger.ledger import Ledger

PATTERN = "CP-{year}-{seq:06d}"


def test_numbers_count_up_by_year(ledger: Ledger) -> None:
    taken = [ledger.cases.next_number(PATTERN, year) for year in (2026, 2026, 2027, 2026)]
    assert taken == ["CP-2026-000001", "CP-2026-000002", "CP-2027-000001", "CP-2026-000003"]


def test_a_pattern_without_year_never_starts_again(ledger: Ledger) -> None:
    assert [ledger.cases.next_number("K{seq}", year) for year in (2026, 2027)] == ["K1", "K2"]


def test_a_number_a_taken_over_register_uses_is_passed_over(ledger: Ledger) -> None:
    ledger.record(a_decision("CP-2026-000002"), [], NOW)
    assert [ledger.cases.next_number(PATTERN, 2026) for _ in range(2)] == ["CP-2026-000001", "CP-2026-000003"]


def test_a_number_of_an_undone_decision_is_given_again(ledger: Ledger) -> None:
    with undone(ledger):
        assert ledger.cases.next_number(PATTERN, 2026) == "CP-2026-000001"
    assert ledger.cases.next_number(PATTERN, 2026) == "CP-2026-000001"


@pytest.mark.parametrize("pattern", ["CP-{year}", "CP-{no}-{seq}", "CP-{seq", "CP-{}", "{seq.x}", "{seq:x!}"])
def test_a_pattern_that_cannot_count_is_refused(ledger: Ledger, pattern: str) -> None:
    with pytest.raises(errors.Usage, match="seq"):
        ledger.cases.next_number(pattern, 2026)


def test_a_case_comes_back_as_it_was_recorded(ledger: Ledger) -> None:
    case = a_case(
        values={"quantity": 3, "ship_date": date(2026, 2, 1), "seen": NOW, "ok": True, "cost": 1.0, "batch": "0012"},
        misfits={"due": "下周三"},
        remarks=("说明",),
        pauses=(Pause(reason="sample", started_at=NOW, ended_at=NOW + HOUR), Pause(reason="customer", started_at=NOW)),
        reasons=(Reason(rule="fire", sets="severity", words=("起火", "smoke"), version="3"),),
        done=("ack/1",),
        answer_to="li@kunde.example",
    )
    ledger.record(Decision(case=case), [], NOW)
    found = ledger.cases.get(case.number)
    assert found == case
    assert {key: type(value) for key, value in found.values.items()} == {k: type(v) for k, v in case.values.items()}


def test_recording_again_replaces_the_case_and_adds_to_the_history(ledger: Ledger) -> None:
    ledger.record(a_decision(stage="assessed"), [], NOW)
    ledger.record(a_decision(stage="contained"), [], NOW)
    assert ledger.cases.get("CP-2026-000001").stage == "contained"
    assert len(ledger.cases.history("CP-2026-000001")) == 2
    assert len(list(ledger.cases.all())) == 1


def test_an_unknown_case_is_none(ledger: Ledger) -> None:
    assert ledger.cases.get("CP-2026-999999") is None
    assert not ledger.cases.exists("CP-2026-999999")


def test_a_closed_case_is_not_open(ledger: Ledger) -> None:
    for number in ("A", "B", "C"):
        ledger.record(a_decision(number), [], NOW)
    ledger.record(a_decision("B", closed_at=NOW), [], NOW)
    assert [case.number for case in ledger.cases.open()] == ["A", "C"]
    assert [case.number for case in ledger.cases.all()] == ["A", "B", "C"]


def test_open_cases_are_as_they_stand_however_they_came_to(ledger: Ledger) -> None:
    for number in ("A", "B", "C"):
        ledger.record(a_decision(number), [], NOW)
    assert [case.number for case in ledger.cases.open()] == ["A", "B", "C"]
    with undone(ledger):
        ledger.record(a_decision("A", stage="undone"), [], NOW)
        ledger.record(a_decision("B", closed_at=NOW), [], NOW)
        assert ledger.cases.open()[0].stage == "undone"
        assert [case.number for case in ledger.cases.open()] == ["A", "C"]
    assert [case.stage for case in ledger.cases.open()] == [ledger.cases.get("C").stage] * 3
    ledger.record(a_decision("B", closed_at=NOW), [], NOW)
    assert [case.number for case in ledger.cases.open()] == ["A", "C"]
    ledger.record(a_decision("B", stage="again"), [], NOW)
    assert ledger.cases.open()[1].stage == "again"


def test_what_another_process_records_is_seen(url: str) -> None:
    with closing(Ledger.open(url)) as one, closing(Ledger.open(url)) as other:
        one.record(a_decision("A"), [], NOW)
        assert [case.number for case in one.cases.open()] == ["A"]
        other.record(a_decision("B"), [], NOW)
        other.record(a_decision("A", closed_at=NOW), [], NOW)
        assert [case.number for case in one.cases.open()] == ["B"]


def test_the_earliest_complaint_is_known_whatever_the_order_they_were_recorded_in(ledger: Ledger) -> None:
    assert ledger.cases.first_opened() is None
    for number, opened_at in (("A", NOW), ("B", NOW - HOUR), ("C", NOW + HOUR)):
        ledger.record(Decision(case=replace(a_case(number), opened_at=opened_at)), [], NOW)
    assert ledger.cases.first_opened() == NOW - HOUR


def test_all_cases_come_though_others_are_recorded_meanwhile(ledger: Ledger) -> None:
    with ledger.transaction():
        for number in range(501):
            ledger.record(Decision(case=a_case(f"N{number}")), [], NOW)
    met = []
    for case in ledger.cases.all():
        met.append(case.number)
        if case.number == "N10":
            ledger.record(a_decision("late"), [], NOW)
    assert met == [f"N{number}" for number in range(501)] + ["late"]


def test_a_reply_to_the_customers_mail_or_to_our_letter_finds_the_case(ledger: Ledger) -> None:
    letter = a_letter(message_id="<ours@huaxin.example>")
    ledger.record(a_decision(), [letter], NOW, message_ids=["<theirs@kunde.example>"])
    ledger.record(a_decision("CP-2026-000002"), [], NOW, message_ids=["<other@kunde.example>"])
    by_ids = ledger.cases.by_message_ids
    assert by_ids(["<theirs@kunde.example>"]) == ["CP-2026-000001"]
    assert by_ids(["ours@huaxin.example"]) == ["CP-2026-000001"]
    assert by_ids(["<unknown@x>", "<other@kunde.example>", "<ours@huaxin.example>"]) == [
        "CP-2026-000002",
        "CP-2026-000001",
    ]
    assert by_ids([]) == []


def test_a_message_id_of_any_length_or_make_finds_its_case(ledger: Ledger) -> None:
    strange = ["<" + "x" * 5000 + "@a>", "<" + "x" * 5000 + "@b>", "<a\x00b\ud800@c>", "<'; --@d>"]
    for place, message_id in enumerate(strange):
        ledger.record(a_decision(f"N{place}"), [], NOW, message_ids=[message_id])
    assert [ledger.cases.by_message_ids([message_id]) for message_id in strange] == [["N0"], ["N1"], ["N2"], ["N3"]]


def test_a_message_id_used_for_two_cases_finds_both(ledger: Ledger) -> None:
    for number in ("A", "B"):
        ledger.record(a_decision(number), [], NOW, message_ids=["<twice@x>"])
    assert ledger.cases.by_message_ids(["<twice@x>"]) == ["A", "B"]


def test_a_mail_without_a_message_id_finds_nothing(ledger: Ledger) -> None:
    ledger.record(a_decision(), [], NOW, message_ids=[""])
    assert ledger.cases.by_message_ids([""]) == []


def test_a_party_is_found_in_any_case_latest_first(ledger: Ledger) -> None:
    ledger.record(a_decision("A", parties=("Li@Kunde.example", "wang@kunde.example")), [], NOW)
    ledger.record(a_decision("B", parties=("li@kunde.example",)), [], NOW)
    assert ledger.cases.by_party("LI@kunde.example") == ["B", "A"]


def test_a_party_taken_off_a_case_is_no_longer_found(ledger: Ledger) -> None:
    ledger.record(a_decision("A", parties=("li@kunde.example", "wang@kunde.example")), [], NOW)
    ledger.record(a_decision("A", parties=("wang@kunde.example",)), [], NOW)
    assert ledger.cases.by_party("li@kunde.example") == []
    assert ledger.cases.by_party("wang@kunde.example") == ["A"]


def test_history_keeps_the_order_of_recording_and_the_types_of_facts(ledger: Ledger) -> None:
    facts = {"words": ("起火",), "due": NOW, "day": date(2026, 3, 1), "deep": {"list": [1, 1.0, None]}}
    happened = (an_event(at=NOW, facts=facts), an_event(at=NOW - HOUR, kind="edited", actor="sheet"))
    ledger.record(Decision(case=a_case(), events=happened), [], NOW)
    assert tuple(ledger.cases.history("CP-2026-000001")) == happened


def test_events_since_a_moment_are_of_all_cases(ledger: Ledger) -> None:
    for number, at in (("A", NOW - HOUR), ("B", NOW), ("C", NOW + HOUR)):
        ledger.record(Decision(case=a_case(number), events=(an_event(number, at=at),)), [], NOW)
    assert [event.case for event in ledger.cases.events_since(NOW)] == ["B", "C"]


def test_a_decision_is_recorded_whole_or_not_at_all(ledger: Ledger) -> None:
    unkeepable = Event(case="CP-2026-000001", at=NOW, actor="bot", kind="x", facts={"what": object()})
    with pytest.raises(TypeError, match="cannot keep"):
        ledger.record(Decision(case=a_case(), events=(unkeepable,)), [a_letter()], NOW, message_ids=["<m@x>"])
    assert list(ledger.cases.all()) == []
    assert ledger.letters.list() == []
    assert ledger.cases.by_message_ids(["<m@x>"]) == []


def test_a_bad_decision_does_not_undo_the_others_of_its_round(ledger: Ledger) -> None:
    bad = Decision(case=replace(a_case("B"), values={"x": object()}))
    with ledger.transaction():
        ledger.record(a_decision("A"), [], NOW)
        with pytest.raises(TypeError):
            ledger.record(bad, [], NOW)
        ledger.record(a_decision("C"), [], NOW)
    assert [case.number for case in ledger.cases.all()] == ["A", "C"]


def test_an_outer_transaction_that_fails_undoes_everything_inside(ledger: Ledger) -> None:
    with undone(ledger):
        ledger.record(a_decision("A"), [a_letter(case="A")], NOW)
    assert list(ledger.cases.all()) == []
    assert ledger.letters.list() == []
