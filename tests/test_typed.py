from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from builders import the_procedure

from mailbot.core.model import Language
from mailbot.typed import misfit_complaint, read_edit, typed_values, understand_cell

PROCEDURE = the_procedure()
DAY = date(2026, 5, 3)


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        ("batch", "0012", "0012"),
        ("batch", 12, "12"),
        ("phone", 13800138000, "13800138000"),
        ("batch", None, None),
        ("quantity", 3, 3),
        ("quantity", 2.5, 2.5),
        ("quantity", "1,200", 1200),
        ("quantity", " １２ ", 12),
        ("quantity", "+3.5", 3.5),
        ("shipped_on", DAY, DAY),
        ("shipped_on", datetime(2026, 5, 3, 14, 30), DAY),
        ("shipped_on", "2026-05-03", DAY),
        ("shipped_on", "2026/5/3", DAY),
        ("shipped_on", "2026.5.3", DAY),
        ("shipped_on", "2026年5月3日", DAY),
        ("shipped_on", "２０２６－５－３", DAY),
        ("shipped_on", "20260503", DAY),
        ("shipped_on", "115/05/03", DAY),
        ("shipped_on", "民國115年5月3日", DAY),
        ("shipped_on", "2026-05-03 14:30", DAY),
        ("assessed_on", "完成", "完成"),
        ("assessed_on", "OK", "OK"),
        ("assessed_on", True, "True"),
        ("assessed_on", "Quality Engineer", "Quality Engineer"),
        ("assessed_on", "qe", "qe"),
        ("assessed_on", "Q.E.", "Q.E."),
        ("satisfaction", 5, 5),
        ("compensation", 0, 0),
        ("severity", "紧急", "urgent"),
        ("severity", "緊急", "urgent"),
        ("severity", " Urgent ", "urgent"),
        ("severity", "urgent", "urgent"),
        ("department", "品保部", "quality"),
        ("owner", "quality engineer", "quality engineer"),
        ("implemented_by", "张三", "张三"),
        ("demand", "换货、维修", "replace; repair"),
        ("demand", "replacement / 退款", "replace; refund"),
        ("demand", "维修", "repair"),
        ("demand", "换货，再请吃饭", "换货，再请吃饭"),
        ("demand", "、", "、"),
        ("no_such_column", "anything", "anything"),
    ],
)
def test_a_cell_is_understood_as_people_write_it(column: str, cell: Any, value: Any) -> None:
    understood, complaint = understand_cell(column, cell, PROCEDURE)
    assert (understood, type(understood), complaint) == (value, type(value), "")


@pytest.mark.parametrize(
    ("column", "cell", "why"),
    [
        ("quantity", "many", "不是数字"),
        ("quantity", "12 pcs", "不是数字"),
        ("quantity", "1,20", "不是数字"),
        ("quantity", True, "不是数字"),
        ("quantity", float("nan"), "不是数字"),
        ("quantity", float("inf"), "不是数字"),
        ("quantity", "9" * 5000, "不是数字"),
        ("satisfaction", 7, "“7”不在范围内，应填 1-5"),
        ("satisfaction", "0", "应填 1-5"),
        ("compensation", -5, "“-5”不在范围内，应填 ≥ 0"),
        ("shipped_on", "tomorrow", "不是日期"),
        ("shipped_on", "QE", "不是日期"),
        ("assessed_on", "NG", "不是日期"),
        ("assessed_on", "Q", "不是日期"),
        ("shipped_on", "2026-02-30", "不是日期"),
        ("shipped_on", "5/3", "不是日期"),
        ("shipped_on", "完成", "不是日期"),
        ("shipped_on", 46145, "不是日期"),
        ("severity", "awful", "请从下拉列表中选：一般、重要、紧急、严重"),
        ("severity", 3.0, "没有“3”这一项"),
        ("owner", "somebody", "人员名单里没有“somebody”"),
        ("approved_by", "Engineer", "Quality Engineer"),
    ],
)
def test_what_is_none_is_complained_of_with_what_to_type_instead(column: str, cell: Any, why: str) -> None:
    value, complaint = understand_cell(column, cell, PROCEDURE)
    assert value is None
    assert why in complaint
    assert PROCEDURE.column_name(column) in complaint


def test_every_choice_is_understood_in_every_language() -> None:
    for key, spec in PROCEDURE.columns.items():
        if spec.kind == "choice":
            for choice, names in PROCEDURE.labels[key].items():
                assert {understand_cell(key, name, PROCEDURE)[0] for name in (choice, *names.values())} == {choice}


def test_a_cell_may_hold_a_time_where_the_column_does() -> None:
    moment = datetime(2026, 5, 3, 14, 30)
    assert understand_cell("received_at", moment, PROCEDURE) == (moment, "")


def test_an_edit_keeps_what_cannot_be_understood_as_typed() -> None:
    edit = read_edit("quantity", 3, "many", PROCEDURE)
    assert (edit.column, edit.old, edit.value, edit.misfit) == ("quantity", 3, None, "many")
    assert read_edit("quantity", 3, "4", PROCEDURE).misfit == ""
    assert read_edit("severity", None, 2.0, PROCEDURE).misfit == "2"
    emptied = read_edit("quantity", 3, None, PROCEDURE)
    assert (emptied.value, emptied.misfit) == (None, "")


def test_an_unticked_box_is_an_empty_cell() -> None:
    edit = read_edit("assessed_on", None, False, PROCEDURE)
    assert (edit.value, edit.misfit) == (None, "")


def test_a_typed_row_is_read_without_the_columns_that_are_the_bots() -> None:
    row = {
        "number": "X",
        "stage": "完成",
        "batch": "B1",
        "quantity": "many",
        "severity": "紧急",
        "model": None,
        "bot_note": 3,
    }
    assert typed_values(row, PROCEDURE) == ({"batch": "B1", "severity": "urgent"}, {"quantity": "many"})


@pytest.mark.parametrize("language", list(Language))
def test_complaints_are_in_the_staffs_language(language: Language) -> None:
    procedure = the_procedure(language)
    said = misfit_complaint("severity", "awful", procedure)
    assert procedure.column_name("severity") in said
    assert procedure.label("severity", "urgent") in said
