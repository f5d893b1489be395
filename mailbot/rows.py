"""A case as a row of the register, and a cell staff typed as a value of the case.

The only place that knows both the words of casework and those of `sheets`. Labels are shown in the staff's language and
understood in every language; what cannot be understood stays as typed and is explained in the note column.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime

from mailbot.core.casework import CellEdit
from mailbot.core.chasing import Standing, standing
from mailbot.core.columns import ColumnSpec
from mailbot.core.model import Case, Value
from mailbot.core.procedure import Procedure
from mailbot.core.progress import DONE_MARKS, hindrances, is_done, next_step
from mailbot.core.remarks import listed, say
from sheets.cells import same
from sheets.table import Cell, Column, Highlight, Kind, Owner

SEVERITY_FILLS = ("FFFFFF", "FFF4CC", "FCD5B4", "F8A5A5")
"""White, yellow, orange, red: the lowest severity is not coloured, the highest is red; longer scales repeat the last."""
STATUS_FILLS = {"overdue": "F8A5A5", "due_soon": "FFE699", "on_hold": "DDEBF7", "needs_human": "E4DFEC", "closed": "D9D9D9"}
CHECKED_PERSONS = frozenset({"owner", "approved_by"})
"""Columns that must name somebody on the list, for letters and authority hang on them."""


def columns(procedure: Procedure) -> tuple[Column, ...]:
    """The register's columns, headed in the staff's language and found under every other heading too."""
    return tuple(_column(spec, procedure) for spec in procedure.columns.values())


def cells(case: Case, now: datetime, procedure: Procedure, attachments: str = "") -> dict[str, Cell]:
    """What the row of a case shows. `attachments` says where staff find the files."""
    stand = standing(case, now, procedure)
    row: dict[str, Cell] = {key: _shown(case, spec, procedure) for key, spec in procedure.columns.items()}
    row |= {
        "number": case.number,
        "stage": procedure.stage(case).name(procedure.language),
        "status": procedure.label("status", stand.status),
        "due": _wall(stand.due_at, procedure),
        "waiting_for": listed(list(stand.waiting_for), procedure.language) or None,
        "received_at": _wall(case.opened_at, procedure),
        "bot_note": note(case, stand, procedure) or None,
        "basis": basis(case) or None,
        "attachments": attachments or None,
    }
    return {key: row[key] for key in procedure.columns}


def as_spelled(shown: Mapping[str, Cell], agreed: Mapping[str, Cell], case: Case, procedure: Procedure) -> dict[str, Cell]:
    """Keep staff's own spelling of a value: `1,200` typed for 1200, `critical` for 严重 stay as they stand."""
    row = dict(shown)
    for key, cell in agreed.items():
        spec = procedure.columns.get(key)
        if spec is None or spec.owner == "bot" or cell is None or key in case.misfits or same(cell, row.get(key)):
            continue
        value, complaint = understand_cell(key, cell, procedure)
        if not complaint and same(value, case.values.get(key)):
            row[key] = cell
    return row


def note(case: Case, stand: Standing, procedure: Procedure) -> str:
    """What the note column says: what is wrong first, then news, then what to do next."""
    language = procedure.language
    lines = [case.needs_human] if case.needs_human else []
    lines += [misfit_complaint(c, t, procedure) for c, t in case.misfits.items()]
    stuck = case.open and is_done(case, procedure.stage(case))
    lines += list(hindrances(case, procedure)) if stuck else []
    lines += case.remarks
    if case.open and not stand.waiting_for:
        lines.append(say("nobody", language, column=procedure.column_name("owner")))
    if stand.provisional:
        lines.append(say("provisional", language))
    if case.open and not stuck:
        lines.append(next_step(case, procedure))
    return "\n".join(dict.fromkeys(line for line in lines if line))


def basis(case: Case) -> str:
    """Which rules decided, and on which words."""
    return "\n".join(f"{r.sets}: {r.rule}" + (f" ({', '.join(r.words)})" if r.words else "") for r in case.reasons)


def understand_cell(column: str, cell: Cell, procedure: Procedure) -> tuple[Value, str]:
    """Read a cell staff typed: its value, or None and the complaint to show when it cannot be."""
    spec = procedure.columns.get(column)
    if cell is None or spec is None:
        return cell, ""
    value = READERS[spec.kind](cell, spec, procedure)
    if value is None:
        return None, misfit_complaint(column, _text(cell), procedure)
    if column in CHECKED_PERSONS and procedure.people.find(value) is None:
        return None, misfit_complaint(column, _text(cell), procedure)
    return value, ""


def read_edit(column: str, old: Cell, cell: Cell, procedure: Procedure) -> CellEdit:
    """A cell that changed, as casework wants it."""
    value, complaint = understand_cell(column, cell, procedure)
    return CellEdit(column=column, old=old, value=value, misfit=_text(cell) if complaint else "", complaint="")


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
        choices = [procedure.label(column, key) for key in procedure.labels[column]]
        return say("not_a_choice", language, choices=listed(choices, language), **facts)
    return say("not_a_number" if spec.kind == "number" else "not_a_date", language, **facts)


def _column(spec: ColumnSpec, procedure: Procedure) -> Column:
    labels = procedure.labels.get(spec.key, {})
    shown = [procedure.label(spec.key, key) for key in labels]
    others = [name for language, name in spec.names.items() if language is not procedure.language]
    return Column(
        key=spec.key,
        title=spec.name(procedure.language),
        owner=Owner(spec.owner),
        kind=Kind(spec.kind),
        aliases=tuple(dict.fromkeys((*others, *spec.aliases))),
        choices=tuple(shown) if spec.kind == "choice" and spec.owner != "bot" else (),
        highlights=tuple(_highlights(spec.key, labels, procedure)),
        width=spec.width,
        identity=spec.identity,
        fingerprint=spec.fingerprint,
        hidden=spec.hidden,
    )


def _highlights(key: str, labels: Iterable[str], procedure: Procedure) -> Iterable[Highlight]:
    if key == "severity":
        for step, name in enumerate(procedure.severities):
            fill = SEVERITY_FILLS[min(step, len(SEVERITY_FILLS) - 1)]
            if fill != "FFFFFF":
                yield Highlight(text=procedure.label(key, name), fill=fill)
    if key == "status":
        for name in labels:
            if name in STATUS_FILLS:
                yield Highlight(text=procedure.label(key, name), fill=STATUS_FILLS[name], row=name == "closed")


def _shown(case: Case, spec: ColumnSpec, procedure: Procedure) -> Cell:
    if spec.key in case.misfits:
        return case.misfits[spec.key]
    value = case.values.get(spec.key)
    if value is None or value == "":
        return None
    if spec.key == "demand":
        return listed([procedure.label("demand", part) for part in str(value).split("; ")], procedure.language)
    return procedure.label(spec.key, value) if spec.kind == "choice" else value


def _wall(moment: datetime | None, procedure: Procedure) -> datetime | None:
    """Office wall time to the minute: a cell has no zone, and seconds would only look like changes."""
    if moment is None:
        return None
    return moment.astimezone(procedure.calendar.zone).replace(tzinfo=None, second=0, microsecond=0)


_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]+\d{1,2}:\d{2}(?::\d{2})?)?")
_COMPACT = re.compile(r"(20\d{2})(\d{2})(\d{2})")
_NUMBER = re.compile(r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?|[-+]?\d+(?:\.\d+)?")


def _read_text(cell: Cell, spec: ColumnSpec, procedure: Procedure) -> Value:
    return cell


def _read_number(cell: Cell, spec: ColumnSpec, procedure: Procedure) -> Value:
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int | float):
        return cell
    found = _NUMBER.fullmatch(unicodedata.normalize("NFKC", _text(cell)).strip())
    if not found:
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
        try:
            return date(*(int(part) for part in found.groups()))
        except ValueError:
            return None
    closes = any(stage.done == spec.key for stage in procedure.stages.stage)
    return text if closes and text.casefold() in DONE_MARKS else None


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

