"""How a closed case comes to life again: a real complaint, a low satisfaction, a closing that staff take back [D-66].

A thank-you, a further field or any other edit leaves it closed.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from mailbot.core.decisions import customer_letter, remark, then
from mailbot.core.model import Case, Decision, Event
from mailbot.core.procedure import Procedure
from mailbot.core.progress import REOPENED, enter
from mailbot.core.remarks import say

NONE: frozenset[str] = frozenset()


def reopen(
    case: Case, stage: str, now: datetime, procedure: Procedure, why: str, fresh: frozenset[str] = NONE
) -> Decision:
    """Put a closed case into `stage` again and tell the customer; `why` is the remark staff read."""
    decision = _opened(case, stage, now, procedure, why)
    visit = decision.case.visit
    decision = then(decision, customer_letter(decision.case, REOPENED, now, procedure, left=visit, stage=stage))
    return then(decision, enter(decision.case, stage, now, procedure, fresh))


def reopen_if_dissatisfied(case: Case, now: datetime, procedure: Procedure, fresh: frozenset[str] = NONE) -> Decision:
    """Reopen a closed case whose satisfaction is low, where the file says to which stage."""
    stages, score = procedure.stages, case.values.get("satisfaction")
    low = isinstance(score, int | float) and score <= stages.low_satisfaction
    if case.open or not low or not stages.dissatisfied:
        return Decision(case=case)
    return reopen(case, stages.dissatisfied, now, procedure, "dissatisfied", fresh)


def reopen_if_taken_back(case: Case, edited: frozenset[str], now: datetime, procedure: Procedure) -> Decision:
    """Reopen a closed case when staff empty the very cell that closed it; the customer is not written to."""
    last = procedure.stages.by_key.get(case.visits[-2].stage) if not case.open and len(case.visits) > 1 else None
    if (
        last is None
        or last.done not in edited
        or case.values.get(last.done) not in (None, "")
        or last.done in case.misfits
    ):
        return Decision(case=case)
    decision = _opened(case, last.key, now, procedure, "taken_back")
    return then(decision, enter(decision.case, last.key, now, procedure, frozenset(last.clears)))


def _opened(case: Case, stage: str, now: datetime, procedure: Procedure, why: str) -> Decision:
    event = Event(case=case.number, at=now, actor="bot", kind="reopened", facts={"stage": stage, "why": why})
    return Decision(case=remark(replace(case, closed_at=None), say(why, procedure.language)), events=(event,))
