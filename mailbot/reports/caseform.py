"""The report of one case: an 8D or a 客诉处理报告, filled in from the record [D-72].

Which of the two, `eight_d` of stages.toml decides; what stands where, the form: `8d.xlsx` and `case.xlsx` in the
template folder of the language, workbooks the company may restyle. A mark names a column or one of OTHERS.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

from mailbot.core.chasing import standing
from mailbot.core.columns import ColumnFile
from mailbot.core.model import Case, Language
from mailbot.core.procedure import Procedure
from mailbot.core.reasons import reasons
from mailbot.core.rulefile import read
from mailbot.errors import Permanent, Usage
from mailbot.shipped import shipped
from sheets.excel.forms import filled, marks
from sheets.register import RegisterError

FORMS = ("8d", "case")
OTHERS = ("today", "company_name")
"""Marks that are no columns: the day the report is written, and who writes it."""


def which_form(case: Case, procedure: Procedure) -> str:
    """`8d` when the procedure wants one of this case, else `case`."""
    return "8d" if procedure.wants_8d(case) else "case"


def case_form(
    case: Case, form: str, folders: Iterable[Path], procedure: Procedure, company: str, now: datetime
) -> bytes:
    """The workbook of a case. Raises Usage for an unknown form, Permanent when the form's file cannot be used."""
    path = form_path(form, procedure.language, folders)
    values = _values(case, procedure, now) | {"company_name": company}
    try:
        return filled(path.read_bytes(), values)
    except (OSError, RegisterError) as error:
        raise Permanent(
            "report", f"{path}: {error}", "save the form as .xlsx, or delete it to use the shipped one"
        ) from error


def form_path(form: str, language: Language, folders: Iterable[Path]) -> Path:
    """The file of a form: the company's own before the shipped one. Raises Usage when there is none of this name."""
    if form not in FORMS:
        raise Usage(f"there is no form {form!r}; there are {', '.join(FORMS)}")
    places = [folder / language / f"{form}.xlsx" for folder in folders]
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        raise Usage(f"none of these exists: {', '.join(map(str, places))}")
    return found


def form_problems(folders: Iterable[Path], procedure: Procedure) -> list[str]:
    """What is wrong with the forms, one line each: no workbook, or marks that no column answers to.

    A shipped column the company gave up is no mistake: its mark leaves nothing.
    """
    found, places = [], list(folders)
    known = {*procedure.columns, *read(shipped("rules") / "columns.toml", ColumnFile).by_key(), *OTHERS}
    for form in FORMS:
        path = form_path(form, procedure.language, places)
        try:
            unknown = sorted(marks(path.read_bytes()) - known)
        except (OSError, RegisterError) as error:
            found.append(f"{path}: {error}")
            continue
        found += [f"{path}: there is no column {name!r}; correct {{{{ {name} }}}}" for name in unknown]
    return found


def _values(case: Case, procedure: Procedure, now: datetime) -> dict[str, str]:
    zone, language = procedure.calendar.zone, procedure.language
    stand = standing(case, now, procedure)
    shown = {key: _shown(key, case, procedure) for key in procedure.columns}
    shown |= {
        "number": case.number,
        "stage": procedure.stage(case).name(language),
        "status": procedure.label("status", stand.status),
        "due": f"{stand.due_at.astimezone(zone):%Y-%m-%d}" if stand.due_at else "",
        "waiting_for": "、".join(stand.waiting_for),
        "received_at": f"{case.opened_at.astimezone(zone):%Y-%m-%d %H:%M}",
        "basis": "\n".join(reasons(case, procedure, language)),
        "bot_note": "",
        "today": f"{now.astimezone(zone):%Y-%m-%d}",
    }
    return shown


def _shown(key: str, case: Case, procedure: Procedure) -> str:
    value = case.values.get(key)
    if procedure.columns[key].kind == "date" and value and not isinstance(value, date):
        value = _marked_on(key, case, procedure) or value
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return case.misfits.get(key) or procedure.label(key, value)


def _marked_on(key: str, case: Case, procedure: Procedure) -> date | None:
    """The day a ✓ closed its stage; None when that column closes none, or the stage is still open."""
    closed = {stage.key for stage in procedure.stages.stage if stage.done == key}
    left = [visit.left_at for visit in case.visits if visit.stage in closed and visit.left_at]
    return left[-1].astimezone(procedure.calendar.zone).date() if left else None
