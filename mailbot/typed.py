"""What staff typed into a cell, understood: a value of the case, or the reason why it cannot be one.

Labels are understood in every language, dates and numbers in the spellings people use; nothing is guessed. What cannot
be understood is kept as typed.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime

from mailbot.core.casework import CellEdit
from mailbot.core.columns import ColumnSpec
from mailbot.core.model import Value
from mailbot.core.procedure import Procedure
from mailbot.core.progress import DONE_MARKS
from mailbot.core.remarks import listed, say
from sheets.table import Cell

CHECKED_PERSONS = frozenset({"owner", "approved_by"})
"""Columns that must name somebody on the list, for letters and authority hang on them."""
ROC, LAST_ROC_YEAR = 1911, 199
"""Taiwan counts years from 1912: 115/03/02 is 2026-03-02."""
DIGITS_LIMIT = 30
"""Characters of a number; more is a slip of the hand, or an attempt to keep the program busy."""


def understand_cell(column: str, cell: Cell, procedure: Procedure) -> tuple[Value, str]:
    """Read a cell staff typed: its value, or None and the complaint to show when it cannot be."""
    spec = procedure.columns.get(column)
    if cell is None or spec is None:
        return cell, ""
    value = READERS[spec.kind](cell, spec, procedure)
    if value is None or (isinstance(value, int | float) and not spec.within(value)):
        return None, misfit_complaint(column, _text(cell), procedure)
    if column in CHECKED_PERSONS and procedure.people.find(value) is None:
        return None, misfit_complaint(column, _text(cell), procedure)
    return value, ""


def read_edit(column: str, old: Cell, cell: Cell, procedure: Procedure) -> CellEdit:
    """A cell that changed, as casework wants it."""
    value, complaint = understand_cell(column, cell, procedure)
    return CellEdit(column=column, old=old, value=value, misfit=_text(cell) if complaint else "")


def typed_values(row: Mapping[str, Cell], procedure: Procedure) -> tuple[dict[str, Value], dict[str, str]]:
    """The values and misfits of a row typed by hand; bot columns in it are ignored."""
    values: dict[str, Value] = {}
    misfits: dict[str, str] = {}
    for key, cell in row.items():
        if cell is None or procedure.columns[key].owner == "bot":
            continue
        value, complaint = understand_cell(key, cell, procedure)
        if complaint:
            misfits[key] = _text(cell)
        else:
            values[key] = value
    return values, misfits


def misfit_complaint(column: str, text: str, procedure: Procedure) -> str:
    """Why what was typed in a column cannot be taken, and what to type instead."""
    spec, language = procedure.columns[column], procedure.language
    facts = {"column": spec.name(language), "text": text}
    if column in CHECKED_PERSONS:
        people = listed([p.name for p in procedure.people.persons], language)
        return say("unknown_person", language, people=people, **facts)
    if spec.kind == "choice":
        if READERS["choice"](text, spec, procedure) is not None:
            return say("below_floor", language, **facts)
        choices = [procedure.label(column, key) for key in procedure.labels[column]]
        return say("not_a_choice", language, choices=listed(choices, language), **facts)
    if spec.kind == "number" and READERS["number"](text, spec, procedure) is not None:
        return say("out_of_range", language, range=spec.range, **facts)
    return say("not_a_number" if spec.kind == "number" else "not_a_date", language, **facts)


_DATE = re.compile(
    r"(?:民[国國]\s*)?(\d{4}|1\d{2})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?"
    r"(?:[ T]+\d{1,2}:\d{2}(?::\d{2})?)?"
)
_COMPACT = re.compile(r"(20\d{2})(\d{2})(\d{2})")
_BETWEEN = re.compile(r"[、,，;；/＋+\n]")
_NUMBER = re.compile(r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?|[-+]?\d+(?:\.\d+)?")


def _read_text(cell: Cell, spec: ColumnSpec, procedure: Procedure) -> Value:
    if not spec.several:
        return _text(cell)
    parts = [_read_choice(part, spec, procedure) for part in _BETWEEN.split(_text(cell)) if part.strip()]
    return "; ".join(str(part) for part in parts) if parts and all(parts) else _text(cell)


def _read_number(cell: Cell, spec: ColumnSpec, procedure: Procedure) -> Value:
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int | float):
        return cell if math.isfinite(cell) else None
    text = unicodedata.normalize("NFKC", _text(cell)).strip()
    found = _NUMBER.fullmatch(text)
    if not found or len(text) > DIGITS_LIMIT:
        return None
    plain = found[0].replace(",", "")
    return float(plain) if "." in plain else int(plain)


def _read_date(cell: Cell, spec: ColumnSpec, procedure: Procedure) -> Value:
    if isinstance(cell, datetime):
        return cell.date() if spec.kind == "date" else cell
    if isinstance(cell, date):
        return cell
    text = unicodedata.normalize("NFKC", _text(cell)).strip()
    if found := _DATE.fullmatch(text) or _COMPACT.fullmatch(text):
        year, month, day = map(int, found.groups())
        try:
            return date(year if year > LAST_ROC_YEAR else year + ROC, month, day)
        except ValueError:
            return None
    closes = any(stage.done == spec.key for stage in procedure.stages.stage)
    return text if closes and (text.casefold() in DONE_MARKS or procedure.people.signed(text)) else None


def _read_choice(cell: Cell, spec: ColumnSpec, procedure: Procedure) -> Value:
    wanted = _fold(_text(cell))
    for key, names in procedure.labels[spec.key].items():
        if wanted in {_fold(key), *(_fold(name) for name in names.values())}:
            return key
    return None


READERS: Mapping[str, Callable[[Cell, ColumnSpec, Procedure], Value]] = {
    "text": _read_text,
    "number": _read_number,
    "date": _read_date,
    "datetime": _read_date,
    "choice": _read_choice,
}


def _text(cell: Cell) -> str:
    if isinstance(cell, bool) or cell is None:
        return str(cell or "")
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _fold(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()
