from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from builders import ANALYSED, MONDAY, NUMBER, a_case, a_verdict, an_opening, edited, the_procedure

from mailbot.core.chasing import standing
from mailbot.core.model import Case, Language, Reason
from mailbot.rows import as_spelled, cells, columns, note
from mailbot.typed import understand_cell
from sheets.cells import same
from sheets.table import Kind, Owner

PROCEDURE = the_procedure()


def row(case: Case, now: datetime = MONDAY) -> dict[str, Any]:
    return cells(case, now, PROCEDURE)


def said(case: Case, now: datetime = MONDAY) -> str:
    return note(case, standing(case, now, PROCEDURE), PROCEDURE)


def test_columns_are_headed_in_the_staffs_language_and_found_under_every_other() -> None:
    found = {column.key: column for column in columns(PROCEDURE)}
    assert list(found) == list(PROCEDURE.columns)
    assert found["severity"].title == "严重程度"
    assert {"嚴重程度", "Severity", "严重度"} <= set(found["severity"].aliases)
    assert found["severity"].choices == ("一般", "重要", "紧急", "严重")
    assert (found["number"].identity, found["received_at"].fingerprint) == (True, True)
    assert (found["quantity"].kind, found["quantity"].owner) == (Kind.NUMBER, Owner.SHARED)


def test_columns_of_the_bot_and_free_text_offer_no_choices() -> None:
    assert [c.key for c in columns(PROCEDURE) if c.choices and (c.owner is Owner.BOT or c.kind is Kind.TEXT)] == []


def test_severity_and_status_are_coloured() -> None:
    found = {column.key: column for column in columns(PROCEDURE)}
    assert [(h.text, h.fill) for h in found["severity"].highlights] == [
        ("重要", "FFF4CC"),
        ("紧急", "FCD5B4"),
        ("严重", "F8A5A5"),
    ]
    assert {h.text: h.row for h in found["status"].highlights} == {
        "即将到期": False,
        "逾期": False,
        "等待中": False,
        "需人工处理": False,
        "已结案": True,
    }


def test_a_row_shows_the_case_in_words_and_office_time() -> None:
    case = a_case(quantity=3, shipped_on=date(2026, 1, 5), demand="replace; repair", batch="")
    shown = row(case)
    assert shown["number"] == NUMBER
    assert shown["stage"] == "评估"
    assert shown["status"] == "正常"
    assert shown["severity"] == "一般"
    assert shown["received_at"] == datetime(2026, 3, 2, 10, 0)
    assert shown["due"] == datetime(2026, 3, 4, 10, 0)
    assert shown["waiting_for"] == "Quality Manager"
    assert shown["demand"] == "换货、维修"
    assert (shown["quantity"], shown["shipped_on"], shown["batch"]) == (3, date(2026, 1, 5), None)
    assert shown["attachments"] is None
    assert cells(case, MONDAY, PROCEDURE, "data/files")["attachments"] == "data/files"
    assert list(shown) == list(PROCEDURE.columns)


def test_seconds_are_not_shown_so_that_nothing_seems_to_change() -> None:
    case = replace(a_case(), opened_at=MONDAY + timedelta(seconds=59, microseconds=7))
    assert row(case)["received_at"] == datetime(2026, 3, 2, 10, 0)


def test_a_closed_case_has_no_due_date_and_says_it_is_closed() -> None:
    shown = row(a_case("closed"))
    assert (shown["status"], shown["due"], shown["waiting_for"], shown["stage"]) == ("已结案", None, None, "已归档")
    assert shown["bot_note"] is None


def test_what_cannot_be_understood_is_shown_as_typed_and_explained() -> None:
    case = replace(a_case(), misfits={"quantity": "many", "gone_column": "x"})
    shown = row(case)
    assert shown["quantity"] == "many"
    assert "“数量”中的“many”不是数字" in shown["bot_note"]
    assert "gone_column" not in shown["bot_note"]


def test_the_basis_names_rules_words_and_versions() -> None:
    reasons = (
        Reason(rule="danger", sets="critical", words=("冒烟", "烧"), version="2026-02"),
        Reason(rule="goods", sets="appeal"),
    )
    shown = row(an_opening(verdict=a_verdict(reasons=reasons)).case)
    assert shown["basis"] == "严重程度：严重（冒烟、烧） [danger, 2026-02]\n申诉类别：申诉 [goods]"


def test_the_note_says_what_is_wrong_first_then_news_then_what_comes_next() -> None:
    case = replace(a_case(), needs_human="请看原件", remarks=("新消息",), misfits={"quantity": "many"})
    lines = said(case).splitlines()
    assert lines[0] == "请看原件"
    assert "不是数字" in lines[1]
    assert lines[2] == "新消息"
    assert lines[3].startswith("下一步（评估）：填写“申诉类别”" if "申诉类别" in lines[3] else "下一步（评估）：")
    assert lines[4] == "“首次答复”的期限：2026-03-03 10:00。"
    assert len(lines) == 5


def test_a_stage_marked_done_too_early_says_why_and_not_what_comes_next() -> None:
    case = edited(a_case("root_cause"), analysed_on=MONDAY.date()).case
    assert said(case).startswith("“原因分析”还不能结束，请补填：“主要原因”、“内部证据”。")
    assert "下一步" in said(edited(case, **{**ANALYSED}).case)


def test_where_nobody_is_responsible_the_row_asks_for_somebody() -> None:
    nobody = replace(PROCEDURE, people=replace(PROCEDURE.people, roles={}, departments=()))
    case = a_case()
    assert "没有可通知的责任人，请填写“责任人”。" in note(case, standing(case, MONDAY, nobody), nobody)


def test_a_provisional_deadline_says_so() -> None:
    assert "期限为暂定" in said(a_case("root_cause", goods_arrived=date(2031, 1, 6)))
    assert "期限为暂定" not in said(a_case())


def test_nothing_is_said_twice() -> None:
    case = replace(a_case(), needs_human="x", remarks=("x",))
    assert said(case).splitlines().count("x") == 1


SPELLED = [
    ("quantity", 1200, "1,200"),
    ("quantity", 1200, "１２００"),
    ("severity", "critical", "critical"),
    ("severity", "critical", "嚴重"),
    ("shipped_on", date(2026, 5, 3), "2026/5/3"),
    ("demand", "replace; repair", "换货/维修"),
    ("assessed_on", "完成", "完成"),
]


@pytest.mark.parametrize(("column", "value", "typed"), SPELLED)
def test_staffs_own_spelling_stays(column: str, value: Any, typed: str) -> None:
    case = a_case(**{column: value})
    assert as_spelled(row(case), {column: typed}, case, PROCEDURE)[column] == typed


@pytest.mark.parametrize(
    ("column", "value", "typed"),
    [
        ("quantity", 1300, "1,200"),
        ("severity", "urgent", "critical"),
        ("batch", "B2", "B1"),
        ("note_to_customer", None, "我们会更换"),
        ("quantity", 3, "many"),
        ("no_such_column", None, "x"),
    ],
)
def test_a_spelling_of_something_else_is_replaced(column: str, value: Any, typed: str) -> None:
    case = a_case(**{column: value})
    assert as_spelled(row(case), {column: typed}, case, PROCEDURE) == row(case)


def test_what_the_bot_says_is_never_taken_from_what_stands_there() -> None:
    case = replace(a_case(), misfits={"quantity": "many"})
    shown = row(case)
    assert as_spelled(shown, {"status": "逾期", "quantity": "few", "due": None}, case, PROCEDURE) == shown


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("stage", ["assessment", "plan", "verification", "closing"])
def test_what_a_row_shows_is_understood_as_the_value_it_shows(language: Language, stage: str) -> None:
    procedure = the_procedure(language)
    case = a_case(stage, quantity=3, shipped_on=date(2026, 1, 5), demand="replace; repair", goods_state="sample")
    for key, cell in cells(case, MONDAY, procedure).items():
        if procedure.columns[key].owner != "bot":
            value, complaint = understand_cell(key, cell, procedure)
            assert complaint == "", key
            assert same(value, case.values.get(key)), key


@pytest.mark.parametrize("junk", ["text", 3, 2.5, True, date(2026, 1, 1), datetime(2026, 1, 1, 3)])
def test_a_row_can_be_shown_whatever_its_values_hold(junk: Any) -> None:
    case = replace(a_case(), values=dict.fromkeys(PROCEDURE.columns, junk))
    assert row(case)["number"] == NUMBER


def test_a_longer_scale_repeats_its_reddest_colour() -> None:
    names = {Language.ZH_CN: "x"}
    longer = ("a", "b", "c", "d", "e")
    labels = {**PROCEDURE.labels, "severity": {key: names | {Language.ZH_CN: key} for key in longer}}
    procedure = replace(PROCEDURE, severities=longer, labels=labels)
    found = {column.key: column for column in columns(procedure)}
    assert [h.fill for h in found["severity"].highlights][-2:] == ["F8A5A5", "F8A5A5"]
