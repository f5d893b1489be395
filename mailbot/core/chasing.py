"""Watching deadlines: what is due when, who is waited for, which rungs of the ladder are reached [D-60…D-64].

Everything is computed afresh from the case's history, so that a restart, an outage or a changed calendar cannot leave a
stale timer behind. Rungs already decided stand in `Case.done`; of several missed ones only the last is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from mailbot.core.deadlines import Due, Term, due
from mailbot.core.model import Case, Event, Visit
from mailbot.core.people import Person
from mailbot.core.procedure import Procedure
from mailbot.core.stages import Deadline, Rung, SideDeadline, Stage
from mailbot.core.worktime import add, elapsed, is_open


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """One running deadline of a case. `key` names it for ever, `name` is what staff call it.

    While it pauses `due.at` is None.
    """

    key: str
    name: str
    deadline: Deadline
    due: Due
    term: Term


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a case stands now: the key of its status, its next deadline, the names of those waited for."""

    status: str
    due_at: datetime | None
    waiting_for: tuple[str, ...]
    provisional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """Something to tell one person about one deadline of one case. `urgent` goes out at any hour and alone."""

    person: Person
    case: str
    clock: str
    name: str
    due_at: datetime
    rung: str
    escalation: bool
    urgent: bool
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chase:
    """What a look at one case's deadlines decided."""

    case: Case
    events: tuple[Event, ...] = ()
    reminders: tuple[Reminder, ...] = ()


def clocks(case: Case, procedure: Procedure) -> Iterator[Clock]:
    """Every deadline that runs for an open case, the present stage's first."""
    if not case.open or not case.visits:
        return
    stage = procedure.stage(case)
    if stage.deadline:
        yield _stay(stage, stage.deadline, case, case.visit, procedure)
    for side in procedure.stages.deadline:
        if case.values.get(side.until) in (None, ""):
            yield _side(side, case, case.visit, procedure)


def ended_clocks(case: Case, procedure: Procedure) -> Iterator[tuple[Clock, date | None]]:
    """Every deadline that runs no longer, each with its end: the moment the stage was left, the day in the row.

    None: the cell that ended it holds no date.
    """
    for visit in case.visits:
        stage = procedure.stages.by_key.get(visit.stage)
        if visit.left_at and stage and stage.deadline:
            yield _stay(stage, stage.deadline, case, visit, procedure), visit.left_at
    for side in procedure.stages.deadline:
        if case.visits and (done := case.values.get(side.until)) not in (None, ""):
            yield _side(side, case, case.visits[0], procedure), done if isinstance(done, date) else None


def standing(case: Case, now: datetime, procedure: Procedure) -> Standing:
    """The case's status, its present stage's deadline and who is waited for."""
    if not case.open:
        return Standing(status="closed", due_at=None, waiting_for=())
    running = list(clocks(case, procedure))
    waited = tuple(p.name for p in procedure.actors(case, "actor"))
    first = next(iter(running), None)
    due_at = first.due.at if first else None
    provisional = bool(first and first.due.provisional)
    return Standing(
        status=_status(case, running, now, procedure), due_at=due_at, waiting_for=waited, provisional=provisional
    )


def chase(case: Case, now: datetime, procedure: Procedure) -> Chase:
    """Find the rungs newly reached. In working hours only, except for the highest severity; each rung once."""
    urgent = case.values.get("severity") == procedure.top_severity()
    if not case.open or not (urgent or is_open(procedure.calendar, now)):
        return Chase(case=case)
    done, events = list(case.done), list[Event]()
    reminders: list[Reminder] = []
    for clock in clocks(case, procedure):
        reached = [r for r in procedure.stages.rung if _reached(r, clock, case, now, procedure)]
        fresh = [r for r in reached if _mark(clock, r) not in done]
        if not fresh:
            continue
        done += [_mark(clock, r) for r in fresh]
        rung = fresh[-1]
        facts = {"deadline": clock.key, "rung": rung.key, "due": clock.due.at}
        events.append(Event(case=case.number, at=now, actor="bot", kind="reminded", facts=facts))
        reminders += _reminders(case, clock, rung, urgent, procedure)
    return Chase(case=replace(case, done=tuple(done)), events=tuple(events), reminders=tuple(reminders))


def told_so_far(case: Case, now: datetime, procedure: Procedure) -> Case:
    """The case with every rung reached by now counted as told."""
    reached = (
        _mark(clock, rung)
        for clock in clocks(case, procedure)
        for rung in procedure.stages.rung
        if _reached(rung, clock, case, now, procedure)
    )
    return replace(case, done=tuple(dict.fromkeys((*case.done, *reached))))


def _mark(clock: Clock, rung: Rung) -> str:
    """What a reminder is remembered by. A deadline that was moved is a new one: its rungs are climbed again."""
    return f"rung:{clock.key}:{clock.due.at:%Y%m%dT%H%M}:{rung.key}"


def _stay(stage: Stage, deadline: Deadline, case: Case, visit: Visit, procedure: Procedure) -> Clock:
    """The clock of a stay in a stage."""
    clock = _clock(f"{stage.key}:{visit.number}", stage.name(procedure.language), deadline, case, visit, procedure)
    return _extended(clock, visit)


def _side(side: SideDeadline, case: Case, visit: Visit, procedure: Procedure) -> Clock:
    name = side.names.get(procedure.language) or next(iter(side.names.values()))
    return _clock(side.key, name, side, case, visit, procedure)


def _clock(key: str, name: str, deadline: Deadline, case: Case, visit: Visit, procedure: Procedure) -> Clock:
    term = deadline.term(case.values.get("severity"))
    found = due(term, procedure.calendar, procedure.received_at(case, visit), visit, case.values, case.pauses)
    return Clock(key=key, name=name, deadline=deadline, due=found, term=term)


def _extended(clock: Clock, visit: Visit) -> Clock:
    """The stage's clock as a person moved it; what the rule file gives by now wins when it is later."""
    until, at = visit.extended_to, clock.due.at
    return replace(clock, due=replace(clock.due, at=until)) if until and at and until > at else clock


def _status(case: Case, running: list[Clock], now: datetime, procedure: Procedure) -> str:
    if any(c.due.at and c.due.at < now for c in running):
        return "overdue"
    if case.needs_human:
        return "needs_human"
    if running and all(c.due.at is None for c in running):
        return "on_hold"
    warnings = [r for r in procedure.stages.rung if r.amount < 0]
    if any(_within(r, c, now, procedure) for r in warnings for c in running):
        return "due_soon"
    return "normal"


def _reached(rung: Rung, clock: Clock, case: Case, now: datetime, procedure: Procedure) -> bool:
    at = clock.due.at
    if at is None:
        return False
    if rung.amount >= 0:
        return add(procedure.calendar, at, rung.amount, rung.unit) <= now
    # A deadline that began inside the warning span was told with the assignment: no second mail about the same news.
    began_inside = _within(rung, clock, max(clock.due.started_at, case.visit.entered_at), procedure)
    return _within(rung, clock, now, procedure) and not began_inside


def _within(rung: Rung, clock: Clock, now: datetime, procedure: Procedure) -> bool:
    at = clock.due.at
    return at is not None and (now >= at or elapsed(procedure.calendar, now, at, rung.unit) <= -rung.amount)


def _reminders(case: Case, clock: Clock, rung: Rung, urgent: bool, procedure: Procedure) -> Iterator[Reminder]:
    people = [p for who in rung.to for p in procedure.actors(case, who)]
    for person in dict.fromkeys(people):
        assert clock.due.at is not None  # noqa: S101 - a rung is never reached without a date
        yield Reminder(
            person=person,
            case=case.number,
            clock=clock.key,
            name=clock.name,
            due_at=clock.due.at,
            rung=rung.key,
            escalation=rung.escalation,
            urgent=urgent,
            key=f"{case.number}:{_mark(clock, rung)}",
        )
