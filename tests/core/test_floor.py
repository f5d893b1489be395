"""The floor of a severity: what it refuses, what frees it, and that it never guesses."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders import MONDAY, NUMBER, a_case, edited, edits, kinds, the_procedure

from mailbot.core.casework import apply_edits, type_case
from mailbot.core.model import Case, Reason
from mailbot.typed import misfit_complaint

PROCEDURE = the_procedure()
DANGER = Reason(rule="danger to persons", sets="critical")


def a_danger(**values: str) -> Case:
    return replace(a_case(**{"nature": "safety", "severity": "critical", **values}), reasons=(DANGER,))


@pytest.mark.parametrize("severity", ["normal", "important", "urgent"])
def test_a_severity_below_the_floor_is_kept_as_typed_and_not_taken(severity: str) -> None:
    case = edited(a_danger(), severity=severity).case
    assert case.values["severity"] == "critical"
    assert case.misfits == {"severity": PROCEDURE.label("severity", severity)}


def test_an_emptied_severity_becomes_the_floor_again() -> None:
    assert edited(a_danger(), severity=None).case.values["severity"] == "critical"


def test_who_corrects_the_nature_may_lower_the_severity() -> None:
    decision = apply_edits(a_danger(), (*edits(nature="function"), *edits(severity="normal")), MONDAY, PROCEDURE)
    assert (decision.case.values["severity"], decision.case.misfits) == ("normal", {})
    corrected = edited(a_danger(), nature="function").case
    assert edited(corrected, severity="normal").case.values["severity"] == "normal"


def test_what_was_refused_is_taken_once_the_nature_is_corrected() -> None:
    refused = edited(a_danger(), severity="normal").case
    case = edited(refused, nature="function").case
    assert (case.values["severity"], case.misfits) == ("normal", {})
    assert edited(refused, batch="B1").case.values["severity"] == "critical"


def test_a_case_no_floor_rule_speaks_of_is_free() -> None:
    case = replace(a_danger(nature="function", batch="B1"), reasons=())
    assert edited(case, severity="normal").case.values["severity"] == "normal"


def test_a_danger_staff_find_raises_the_severity_and_alarms() -> None:
    decision = edited(a_case(), nature="safety")
    assert decision.case.values["severity"] == "critical"
    assert "emergency" in kinds(decision)
    assert decision.case.remarks[0].startswith("按规则，“严重程度”已改为“严重”")
    (reason,) = (reason for reason in decision.case.reasons if reason.rule == "danger to persons")
    assert (reason.sets, reason.words) == ("critical", ("nature=safety",))
    assert edited(decision.case, severity="normal").case.values["severity"] == "critical"


def test_a_nature_corrected_and_put_back_is_a_danger_again() -> None:
    corrected = apply_edits(a_danger(), (*edits(nature="function"), *edits(severity="normal")), MONDAY, PROCEDURE)
    assert edited(corrected.case, nature="safety").case.values["severity"] == "critical"


def test_a_row_typed_with_a_danger_is_never_below_the_floor() -> None:
    values = {"description": "异响", "nature": "safety", "severity": "normal"}
    decision = type_case(NUMBER, "T", values, {}, MONDAY, PROCEDURE)
    assert decision.case.values["severity"] == "critical"
    assert "emergency" in kinds(decision)


def test_a_case_lowered_before_is_not_raised_by_an_edit_of_something_else() -> None:
    case = replace(a_danger(severity="normal"), reasons=())
    assert edited(case, batch="B1").case.values["severity"] == "normal"


def test_the_row_says_why_and_what_to_do() -> None:
    said = misfit_complaint("severity", PROCEDURE.label("severity", "normal"), PROCEDURE)
    assert said == "“严重程度”不能改为“一般”，低于本案规则的下限。如判定有误，请先更正性质、批号等依据。"
