"""A case as a row of the register: its columns, its cells, its note.

With `typed`, which reads what staff type, the only place that knows both the words of casework and those of `sheets`.
Labels are shown in the staff's language; what could not be understood stays as typed and is explained in the note.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from mailbot.core.chasing import Standing, clocks, standing
from mailbot.core.columns import ColumnSpec
from mailbot.core.model import Case
from mailbot.core.procedure import Procedure
from mailbot.core.progress import hindrances, is_done, next_step
from mailbot.core.reasons import traced_reasons
from mailbot.core.recurring import SPREAD
from mailbot.core.remarks import listed, say
from mailbot.typed import misfit_complaint, understand_cell
from sheets.cells import same
from sheets.table import Cell, Column, Highlight, Kind, Owner

SEVERITY_FILLS = ("FFFFFF", "FFF4CC", "FCD5B4", "F8A5A5")
"""White, yellow, orange, red by step of the scale: the lowest is not coloured; longer scales repeat the last."""
STATUS_FILLS = {
    "overdue": "F8A5A5",
    "due_soon": "FFE699",
    "on_hold": "DDEBF7",
    "needs_human": "E4DFEC",
    "closed": "D9D9D9",
}


def columns(procedure: Procedure) -> tuple[Column, ...]:
    """The register's columns, headed in the staff's language and found under every other heading too."""
    return tuple(_column(spec, procedure) for spec in procedure.columns.values())


def cells(case: Case, now: datetime, procedure: Procedure, attachments: str = "") -> dict[str, Cell]:
    """What the row of a case shows. `attachments` says where staff find the files."""
    return cells_of(case, standing(case, now, procedure), procedure, attachments)


def cells_of(case: Case, stand: Standing, procedure: Procedure, attachments: str = "") -> dict[str, Cell]:
    """The same by how the case stands: by nothing else does a row depend on the time."""
    row: dict[str, Cell] = {key: _shown(case, spec, procedure) for key, spec in procedure.columns.items()}
    row |= {
        "number": case.number,
        "stage": procedure.stage(case).name(procedure.language),
        "status": procedure.label("status", stand.status),
        "due": _wall(stand.due_at, procedure),
        "waiting_for": listed(list(stand.waiting_for), procedure.language) or None,
        "received_at": _wall(case.opened_at, procedure),
        "bot_note": note(case, stand, procedure) or None,
        "basis": "\n".join(traced_reasons(case, procedure, procedure.language)) or None,
        "attachments": attachments or None,
    }
    return {key: row[key] for key in procedure.columns}


def as_spelled(
    shown: Mapping[str, Cell], agreed: Mapping[str, Cell], case: Case, procedure: Procedure
) -> dict[str, Cell]:
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
    lines += [misfit_complaint(c, t, procedure) for c, t in case.misfits.items() if c in procedure.columns]
    stuck = case.open and is_done(case, procedure.stage(case))
    lines += list(hindrances(case, procedure)) if stuck else []
    lines += case.remarks
    if case.open and not stand.waiting_for:
        lines.append(say("nobody", language, column=procedure.column_name("owner")))
    if stand.provisional:
        lines.append(say("provisional", language))
    if case.open and not stuck:
        lines.append(next_step(case, procedure))
    lines += _side_deadlines(case, procedure)
    lines.append(str(case.values.get(SPREAD) or "") if case.open else "")
    return "\n".join(dict.fromkeys(line for line in lines if line))


def _side_deadlines(case: Case, procedure: Procedure) -> Iterable[str]:
    """The deadlines beside the stages: the row may be overdue by one of them while its stage has time."""
    until = {side.key: side.until for side in procedure.stages.deadline}
    for clock in clocks(case, procedure):
        if clock.key in until and (at := _wall(clock.due.at, procedure)):
            column = procedure.column_name(until[clock.key])
            yield say("also_due", procedure.language, column=column, when=f"{at:%Y-%m-%d %H:%M}")


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
        never=spec.never,
        choices=tuple(shown) if spec.kind == "choice" and spec.owner != "bot" else (),
        highlights=tuple(_highlights(spec.key, labels, procedure)),
        width=spec.width,
        identity=spec.identity,
        fingerprint=spec.fingerprint,
        hidden=spec.hidden,
        asks=spec.key == "bot_note",
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
    if spec.several:
        return listed([procedure.label(spec.key, part) for part in str(value).split("; ")], procedure.language)
    return procedure.label(spec.key, value) if spec.kind == "choice" else value


def _wall(moment: datetime | None, procedure: Procedure) -> datetime | None:
    """Office wall time to the minute: a cell has no zone, and seconds would only look like changes."""
    if moment is None:
        return None
    return moment.astimezone(procedure.calendar.zone).replace(tzinfo=None, second=0, microsecond=0)
