"""Which deadlines of a case fell due and which were kept, its past stays included [D-71].

Computed from the history with the same terms as the running clocks, so that the report and the reminders never differ.
A deadline held by a pause without an end has not fallen due.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from mailbot.core.deadlines import Due, due
from mailbot.core.model import Case, Visit
from mailbot.core.procedure import Procedure
from mailbot.core.stages import Deadline


@dataclass(frozen=True, slots=True, kw_only=True)
class FellDue:
    """A deadline that has passed. `key` is the stage's or side deadline's; `due_at` aware UTC."""

    key: str
    due_at: datetime
    kept: bool


def fell_due(case: Case, now: datetime, procedure: Procedure) -> Iterator[FellDue]:
    """Every deadline of the case that was met or has passed by `now`."""
    for visit in case.visits:
        stage = procedure.stages.by_key.get(visit.stage)
        if stage is None or stage.deadline is None:
            continue
        at = _due(stage.deadline, case, visit, procedure).at
        left = visit.left_at or case.closed_at
        if at is not None and (left or at < now):
            yield FellDue(key=stage.key, due_at=at, kept=left is not None and left <= at)
    for side in procedure.stages.deadline:
        at = _due(side, case, case.visits[0], procedure).at if case.visits else None
        done = case.values.get(side.until)
        if at is not None and (done or at < now):
            yield FellDue(key=side.key, due_at=at, kept=_by_day(done, at, procedure))


def _by_day(done: object, at: datetime, procedure: Procedure) -> bool:
    """A cell holds a day: done on the day it was due counts as kept. What is no date was done; when is not known."""
    if isinstance(done, datetime):
        done = done.date()
    return done <= at.astimezone(procedure.calendar.zone).date() if isinstance(done, date) else bool(done)


def _due(deadline: Deadline, case: Case, visit: Visit, procedure: Procedure) -> Due:
    term = deadline.term(case.values.get("severity"))
    return due(term, procedure.calendar, procedure.received_at(case, visit), visit, case.values, case.pauses)
