"""The report of one case: which form, what stands in it, and what is said of a form that is wrong."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from mailbot.core.model import Case, Language, Visit
from mailbot.errors import Usage
from mailbot.procedures import load_procedure
from mailbot.reports.caseform import FORMS, case_form, form_problems, which_form

TEMPLATES = Path(__file__).parents[2] / "templates"
NOW = datetime(2026, 5, 15, 1, 0, tzinfo=UTC)


def procedure(language: Language = Language.ZH_CN):  # type: ignore[no-untyped-def]
    return load_procedure(None, language, "CP-{year}-{seq:06d}").procedure


def a_case(**values: object) -> Case:
    said = {"nature": "function", "severity": "important", "quantity": 12.0, "quantity_unit": "只", **values}
    visit = Visit(stage="root_cause", number=1, entered_at=NOW)
    return Case(
        number="CP-2026-000001",
        opened_at=NOW,
        language=Language.EN,
        channel="email",
        stage="root_cause",
        visits=(visit,),
        values=said,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("values", "form"),
    [
        ({}, "8d"),
        ({"severity": "normal"}, "case"),
        ({"severity": "critical", "nature": "delivery"}, "case"),
        ({"severity": None}, "case"),
    ],
)
def test_the_rules_say_which_form(values: dict[str, object], form: str) -> None:
    assert which_form(a_case(**values), procedure()) == form


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("form", FORMS)
def test_every_shipped_form_is_right_and_shows_the_record(language: Language, form: str) -> None:
    rules = procedure(language)
    assert form_problems([TEMPLATES], rules) == []
    case = a_case(cause_main="灯珠虚焊", closed_on=date(2026, 5, 14), demand="replace; refund", company="=1+1")
    sheet = openpyxl.load_workbook(BytesIO(case_form(case, form, [TEMPLATES], rules, "华信", NOW))).active
    cells = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert sum("{{" in cell for cell in cells) == 0
    for text in (
        "华信",
        "CP-2026-000001",
        "灯珠虚焊",
        "2026-05-14",
        "12 只",
        "=1+1",
        rules.label("nature", "function"),
    ):
        assert text in cells, text


def test_a_tick_is_shown_as_the_day_it_closed_the_stage_and_several_choices_by_their_names(tmp_path: Path) -> None:
    form = tmp_path / "zh-CN" / "8d.xlsx"
    form.parent.mkdir()
    book = openpyxl.Workbook()
    for row, mark in enumerate(("analysed_on", "contained_on", "cause_category", "demand"), 1):
        book.active.cell(row, 1).value = f"{{{{ {mark} }}}}"
    book.save(form)
    said = {"analysed_on": "✓", "contained_on": "✓", "cause_category": "material; method", "demand": "refund; report"}
    case = a_case(**said)
    case = replace(case, visits=(replace(case.visits[0], left_at=NOW),))
    raw = case_form(case, "8d", [tmp_path], procedure(), "华信", NOW)
    sheet = openpyxl.load_workbook(BytesIO(raw)).active
    assert [cell.value for cell in sheet["A"]] == ["2026-05-15", "✓", "料、法", "退款、原因报告"]


def test_a_form_that_asks_for_an_unknown_column_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "zh-CN"
    shutil.copytree(TEMPLATES / "zh-CN", folder)
    book = openpyxl.load_workbook(folder / "8d.xlsx")
    book.active["B5"] = "{{ colour }}"
    book.save(folder / "8d.xlsx")
    (folder / "case.xlsx").write_bytes(b"broken")
    eight, case = form_problems([tmp_path, TEMPLATES], procedure())
    assert "8d.xlsx" in eight
    assert "'colour'" in eight
    assert "case.xlsx" in case


def test_a_shipped_column_the_company_gave_up_leaves_nothing() -> None:
    fewer = replace(procedure(), columns={k: spec for k, spec in procedure().columns.items() if k != "preventive"})
    assert form_problems([TEMPLATES], fewer) == []
    assert case_form(a_case(), "8d", [TEMPLATES], fewer, "华信", NOW)


def test_an_unknown_form_is_refused() -> None:
    with pytest.raises(Usage, match="8d, case"):
        case_form(a_case(), "9d", [TEMPLATES], procedure(), "华信", NOW)
