"""What of a case's values a decision changed without saying so: the bot's own entries, each with its author."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from mailbot.core.model import Case, Decision, Event, Value
from mailbot.core.procedure import Procedure

CHANGED = "changed"


def with_changes(before: Case | None, decision: Decision, now: datetime, procedure: Procedure) -> Decision:
    """The decision with an event for each column no event of it names; of a case that is new they say it all."""
    if before is None:
        return decision
    told = {column for event in decision.events for column in _named(event.facts)}
    old, new = before.values, decision.case.values
    silent = (c for c in procedure.columns if c not in told and _filled(old.get(c)) != _filled(new.get(c)))
    events = tuple(
        Event(
            case=before.number,
            at=now,
            actor="bot",
            kind=CHANGED,
            facts={"column": column, "old": old.get(column), "new": new.get(column), "rules": procedure.version},
        )
        for column in silent
    )
    return Decision(case=decision.case, events=decision.events + events, letters=decision.letters)


def _filled(value: Value) -> Value:
    return None if value == "" else value


def _named(facts: Mapping[str, Any]) -> Iterator[str]:
    """The columns an event names: the one it changes, those it empties or fills."""
    if "column" in facts:
        yield str(facts["column"])
    for several in (facts.get("cleared"), facts.get("filled")):
        yield from several or ()
