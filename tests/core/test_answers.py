"""Colleagues answer letters by mail: what is read, what it does, and what they are told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from builders import ANALYSED, ENGINEER, HEAD, MONDAY, NUMBER, a_case, edited, edits, kinds, the_procedure

from mailbot.core.answers import answered, extend, finish, may_answer
from mailbot.core.chasing import clocks
from mailbot.core.instructions import Instruction, read_instruction
from mailbot.core.model import Case, Decision
from mailbot.core.people import Person
from mailbot.core.threads import staff_token, staff_token_number, token_for

PROCEDURE = the_procedure()
SECRET = b"s" * 32


def person(name: str = ENGINEER) -> Person:
    found = PROCEDURE.people.find(name)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("完成", {}),
        ("Done.", {}),
        ("已完成！\n\n张晓峰", {}),
        ("完成 原因分析", {"stage": "root_cause"}),
        ("完成：原因分析，胶水固化不足", {"stage": "root_cause", "result": "胶水固化不足"}),
        ("done root cause", {"stage": "root_cause"}),
        ("DONE Root Causes", {"result": "Root Causes", "doubtful": True}),
        ("完成 NG", {"result": "NG", "doubtful": True}),
        ("done: replaced the mould", {"result": "replaced the mould"}),
        ("Done by Friday, I hope", {"result": "by Friday, I hope", "doubtful": True}),
        (
            "完成\n主要原因：胶水固化不足\n且未复检\n内部证据: IQC-0512\n\n张晓峰\n电话：123",
            {"cells": (("cause_main", "胶水固化不足\n且未复检"), ("evidence", "IQC-0512"), ("phone", "123"))},
        ),
        ("已完成：更换模具，全检（①号线）", {"result": "更换模具，全检（①号线）"}),
        ("ｄｏｎｅ： ＯＫ", {"result": "OK"}),
        ("完成\n主要原因：胶水不足，未复检（二线）", {"cells": (("cause_main", "胶水不足，未复检（二线）"),)}),
    ],
)
def test_done_is_read_as_people_write_it(text: str, read: dict[str, Any]) -> None:
    assert read_instruction(text, PROCEDURE) == Instruction(verb="done", **read)


@pytest.mark.parametrize(
    ("text", "amount", "unit", "why"),
    [
        ("延期 3天 因为样品还没到", 3, "days", "样品还没到"),
        ("申请延期两个工作日，原因：等供应商", 2, "working_days", "等供应商"),
        ("extend 3 days because the sample has not arrived", 3, "days", "the sample has not arrived"),
        ("Please extend by two working days\nbecause of the holiday", 2, "working_days", "the holiday"),
        ("延期半天", 0.5, "days", ""),
        ("延期３天，因为：样品未到，已催", 3, "days", "样品未到，已催"),
        ("延期一周 因为休假", 7, "days", "休假"),
        ("推迟4小时 因为会议", 4, "hours", "会议"),
        ("延期到5月20日 因为客户要求", 0, "days", ""),
        ("申请延期至5/20", 0, "days", ""),
        ("延期", 0, "days", ""),
        ("Please extend the deadline until Friday", 0, "days", ""),
    ],
)
def test_a_wish_for_more_time_is_read(text: str, amount: float, unit: str, why: str) -> None:
    found = read_instruction(text, PROCEDURE)
    assert found is not None
    assert (found.verb, found.amount, found.unit, found.why) == ("extend", amount, unit, why)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "已收到，谢谢",
        "Donegal plant",
        "I am done",
        "完全不对",
        "extend our thanks",
        "延期了吗？",
        "延期的事请看附件",
        "extended warranty",
    ],
)
def test_other_words_are_no_instruction(text: str) -> None:
    assert read_instruction(text, PROCEDURE) is None


def test_only_a_letter_to_that_colleague_carries_his_token() -> None:
    token = staff_token(NUMBER, "Zhang@Example.test", SECRET)
    assert staff_token_number(token.lower(), "zhang@example.test", SECRET) == NUMBER
    assert staff_token_number(token, "li@example.test", SECRET) is None
    assert staff_token_number(token_for(NUMBER, SECRET), "zhang@example.test", SECRET) is None


def test_a_wish_for_more_time_that_does_not_say_how_much_is_answered() -> None:
    decision, said = extend(a_case(), asked(0), person(), MONDAY, PROCEDURE)
    assert decision.case == a_case()
    assert said == ("请写明延多久和原因，例如“延期 2天 因为样品还没到”，没有改动。",)


def test_a_finished_stage_is_closed_and_the_history_names_the_colleague() -> None:
    decision, said = finish(a_case("root_cause"), edits(**ANALYSED), person(), MONDAY, PROCEDURE)
    assert decision.case.stage == "plan"
    assert {e.actor for e in decision.events if e.kind == "edited"} == {f"mail:{person().address}"}
    assert said == ("“原因分析”已完成，案件现在处于“方案”。",)


def test_evidence_still_missing_keeps_the_stage_open_and_is_told() -> None:
    case = a_case("root_cause")
    decision, said = finish(case, edits(analysed_on=MONDAY.date()), person(), MONDAY, PROCEDURE, ("not taken",))
    assert decision.case.stage == "root_cause"
    assert decision.case.values["analysed_on"] == MONDAY.date()
    assert said[0] == "not taken"
    assert "“主要原因”、“内部证据”" in said[-1]


def stage_due(case: Case) -> Any:
    return next(clocks(case, PROCEDURE)).due.at


def asked(amount: float = 2, why: str = "等样品") -> Instruction:
    return Instruction(verb="extend", amount=amount, unit="days", why=why)


def test_a_deadline_is_moved_with_reason_history_and_word_to_the_head() -> None:
    case = a_case()
    before = stage_due(case)
    decision, said = extend(case, asked(), person(), MONDAY, PROCEDURE)
    assert stage_due(decision.case) == before + timedelta(days=2)
    (event,) = decision.events
    assert (event.kind, event.facts["old"], event.facts["why"]) == ("extended", before, "等样品")
    assert "等样品" in said[0]
    assert "Quality Engineer" in decision.case.remarks[-1]
    assert [(o.kind, o.to.name) for o in decision.letters] == [("answer_noted", HEAD)]


def test_a_deadline_already_missed_is_moved_from_now_on() -> None:
    late = MONDAY + timedelta(days=4)
    decision, _ = extend(a_case(), asked(1), person(), late, PROCEDURE)
    assert stage_due(decision.case) == late + timedelta(days=1)


@pytest.mark.parametrize(
    ("case", "wish", "says"),
    [
        (a_case(), asked(why=""), "请写明延期原因"),
        (a_case(), asked(8), "最多可以延到"),
        (a_case("closed"), asked(), "没有在计时的期限"),
    ],
)
def test_more_time_is_refused_in_words(case: Case, wish: Instruction, says: str) -> None:
    decision, said = extend(case, wish, person(), MONDAY, PROCEDURE)
    assert decision == Decision(case=case)
    assert says in said[0]


def test_two_wishes_together_may_not_go_beyond_the_limit() -> None:
    once, _ = extend(a_case(), asked(5), person(), MONDAY, PROCEDURE)
    twice, said = extend(once.case, asked(5), person(), MONDAY, PROCEDURE)
    assert twice.events == ()
    assert "最多可以延到" in said[0]


def test_the_file_may_forbid_it() -> None:
    procedure = replace(PROCEDURE, stages=PROCEDURE.stages.model_copy(update={"extension_days": 0}))
    decision, _ = extend(a_case(), asked(), person(), MONDAY, procedure)
    assert decision.events == ()


def test_a_new_stay_in_the_stage_has_its_own_deadline() -> None:
    moved, _ = extend(a_case("verification"), asked(), person(HEAD), MONDAY, PROCEDURE)
    back = edited(moved.case, verified_by="李四", verification="ng").case
    assert back.visit.extended_to is None


def test_who_has_a_say() -> None:
    case = a_case("root_cause")
    assert may_answer(case, person(), PROCEDURE)
    assert may_answer(case, person(HEAD), PROCEDURE)
    assert not may_answer(case, person("PMC Manager"), PROCEDURE)


def test_an_answer_is_answered_once() -> None:
    once = answered(Decision(case=a_case()), person(), "<m@x>", ("said",), obeyed=True)
    assert kinds(once) == ["answer_noted"]
    assert once.letters[0].facts == {"note": "said", "answered": True}
    assert answered(once, person(), "<m@x>", ("said",), obeyed=True).letters == once.letters
