"""`mailbot case NO`: everything that is known of a case and why it stands as it does."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from mailbot import config as configuration
from mailbot.clock import system_clock
from mailbot.commands.terminal import heading, line, local, table
from mailbot.core.chasing import Clock, clocks, ended_clocks, standing
from mailbot.core.deadlines import COLUMN
from mailbot.core.model import Case, Event
from mailbot.core.procedure import Procedure
from mailbot.core.reasons import decided
from mailbot.errors import Usage
from mailbot.ledger.ledger import Ledger
from mailbot.wiring import open_procedure


def show_case(path: Path, number: str, *, as_json: bool) -> None:
    """Print a case. Raises Usage when there is none of this number."""
    config = configuration.load(path)
    procedure = open_procedure(config).procedure
    ledger = Ledger.open(config.ledger_url)
    try:
        case = ledger.cases.get(number.strip().upper())
        if case is None:
            raise Usage(f"there is no case {number}; the register lists them")
        history = ledger.cases.history(case.number)
        mails = ledger.mails.of_case(case.number)
        letters = ledger.letters.of_case(case.number)
    finally:
        ledger.close()
    if as_json:
        print(json.dumps(_record(case, history), ensure_ascii=False, indent=1, default=str))
        return
    zone = procedure.calendar.zone
    _show_head(case, procedure, zone)
    rows = [(local(m.received_at, zone), m.sender, m.subject, m.end.value if m.end else "", m.note) for m in mails]
    table("Mails in", ("received", "from", "subject", "became", "how"), rows)
    sent = [(str(m.id), local(m.queued_at, zone), m.kind, m.recipient, m.state.value) for m in letters]
    table("Letters", ("no", "ordered", "letter", "to", "state"), sent)
    _show_deadlines(case, system_clock(), procedure)
    heading("History")
    for event in history:
        line(f"{local(event.at, zone)}  {event.actor}  {told(event, procedure)}")


def _show_head(case: Case, procedure: Procedure, zone: ZoneInfo) -> None:
    stand = standing(case, system_clock(), procedure)
    heading(f"{case.number}  {case.values.get('company') or case.values.get('contact_name') or ''}")
    line(f"stage {procedure.stage(case).name(procedure.language)}, {procedure.label('status', stand.status)}")
    due = f", due {local(stand.due_at, zone)}" if stand.due_at else ""
    line(f"received {local(case.opened_at, zone)}{due}")
    line(f"waiting for {', '.join(stand.waiting_for) or 'nobody'}")
    line(f"judged by rules {case.procedure}:")
    for reason in case.reasons:
        words = f" - {', '.join(reason.words)}" if reason.words else ""
        line(f"  {decided(reason, procedure, procedure.language)} ({reason.rule} [{reason.version}]{words})")


def _show_deadlines(case: Case, now: datetime, procedure: Procedure) -> None:
    """Those that ended, then those that run."""
    ended = tuple(ended_clocks(case, procedure))
    running = tuple(clocks(case, procedure))
    heading("Deadlines" if ended or running else "No deadline")
    for clock, end in ended:
        late = isinstance(end, datetime) and clock.due.at and end > clock.due.at
        done = f", done {_day(end, procedure)}" + (", late" if late else "")
        _show_clock(clock, done, end, now, procedure)
    for clock in running:
        _show_clock(clock, "", now, now, procedure)


def _show_clock(clock: Clock, done: str, end: date | None, now: datetime, procedure: Procedure) -> None:
    """One deadline with each interval that counted and each that did not: the answer to "why is this overdue?".

    Below them both clocks up to the end: ours without the pauses, the customer's with them. A mere day has no hour to
    stop them at.
    """
    term, due, zone = clock.term, clock.due, procedure.calendar.zone
    column = due.started_by.removeprefix(COLUMN)
    start = due.started_by if column == due.started_by else procedure.column_name(column)
    amount = f"{term.amount:g} {term.unit.replace('_', ' ')}"
    by = f"due {local(due.at, zone)}" if due.at else "on hold"
    line(f"{clock.name}: {amount} from {start}, {by}{done}")
    stop = end if isinstance(end, datetime) else now
    for span in due.history(min(stop, due.at or stop)):
        mark = "counted" if span.counted else "not counted"
        line(
            f"    {local(span.start, zone)} - {local(span.end, zone)}  {mark}" + (f" ({span.why})" if span.why else "")
        )
    if isinstance(end, datetime) and term.amount:
        used, waited = (f"{round(spent, 1):g}" for spent in (due.spent(stop), due.waited(stop)))
        line(f"    used {used} of {amount}; the customer waited {waited}")


def _day(end: date | None, procedure: Procedure) -> str:
    """A moment in the company's zone, a day as it is."""
    return local(end, procedure.calendar.zone) if isinstance(end, datetime) else str(end or "")


def told(event: Event, procedure: Procedure) -> str:
    """Say an event in the words of the register where there are some, else its facts as they were recorded."""
    facts, stages = event.facts, procedure.stages.by_key
    if {"column", "old", "new"} <= facts.keys():
        rules = f"  [rules {facts['rules']}]" if facts.get("rules") else ""
        return _changed(str(facts["column"]), facts["old"], facts["new"], procedure) + rules
    moved = "; ".join(
        [_changed(str(column), old, None, procedure) for column, old in _several(facts, "cleared").items()]
        + [_changed(str(column), None, new, procedure) for column, new in _several(facts, "filled").items()]
    )
    if event.kind in STEPS and (stage := stages.get(str(facts.get("stage")))):
        visit = facts.get("visit")
        step = f"{STEPS[event.kind]} {stage.name(procedure.language)}" + (f", visit {visit}" if visit != 1 else "")
        return f"{step}; {moved}" if moved else step
    zone = procedure.calendar.zone
    rest = {
        key: local(value, zone) if isinstance(value, datetime) else value
        for key, value in facts.items()
        if key not in ("cleared", "filled")
    }
    said = f"{event.kind.replace('_', ' ')}  {_facts(rest)}" + (f"; {moved}" if moved else "")
    return " / ".join(said.splitlines())


def _changed(column: str, old: Any, new: Any, procedure: Procedure) -> str:
    """A column with what stood there before and what stands there now."""
    before, after = (" / ".join(procedure.label(column, value).splitlines()) or "(empty)" for value in (old, new))
    return f"{procedure.column_name(column)}: {before} → {after}"


def _several(facts: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    return found if isinstance(found := facts.get(key), Mapping) else {}


STEPS = {"stage_entered": "enters", "stage_closed": "closes"}


def _facts(facts: Mapping[str, Any]) -> str:
    told = {key: _plain(value) for key, value in facts.items()}
    return ", ".join(f"{key}: {text}" for key, text in told.items() if text)[:400]


def _plain(value: Any) -> str:
    """A recorded fact without brackets: a file by its name, a list by its members."""
    if isinstance(value, Mapping):
        return str(value["name"]) if "name" in value else _facts(value)
    if isinstance(value, list | tuple):
        return "; ".join(_plain(each) for each in value)
    return "" if value is None else str(value)


def _record(case: Case, history: list[Event]) -> dict[str, Any]:
    return {
        "number": case.number,
        "opened_at": case.opened_at,
        "stage": case.stage,
        "visits": [
            {"stage": v.stage, "number": v.number, "entered_at": v.entered_at, "left_at": v.left_at}
            for v in case.visits
        ],
        "values": dict(case.values),
        "reasons": [
            {"rule": r.rule, "sets": r.sets, "words": list(r.words), "version": r.version} for r in case.reasons
        ],
        "closed_at": case.closed_at,
        "history": [{"at": e.at, "actor": e.actor, "kind": e.kind, "facts": dict(e.facts)} for e in history],
    }
