"""The stages of the procedure as their file describes them, and the check that the file makes sense.

Only shape and sense are here; walking through the stages is `progress`, watching their deadlines `chasing`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Literal

from mailbot.core.columns import ColumnFile, Names
from mailbot.core.conditions import Condition, ConditionError, Type, compile_condition
from mailbot.core.model import Language
from mailbot.core.rulefile import Field, Model, Problem

Unit = Literal["hours", "days", "working_hours", "working_days"]

CUSTOMER_LETTERS = frozenset({"stage_news", "explanation", "plan", "result", "satisfaction", "reopened", "closed"})


class Deadline(Model):
    """By when. `start` is `receipt`, `stage` or `column:KEY`, `again` the same when the case comes back to the stage;
    `amounts` are other amounts by severity key."""

    amount: float
    unit: Unit
    start: str = Field(default="stage", pattern=r"^(receipt|stage|column:[a-z0-9_]+)$")
    again: str = Field(default="stage", pattern=r"^(receipt|stage|column:[a-z0-9_]+)$")
    amounts: dict[str, float] = {}
    pauses: tuple[str, ...] = ()

    def amount_for(self, severity: object) -> float:
        """The amount that holds for a case of this severity."""
        return self.amounts.get(str(severity), self.amount)


class SideDeadline(Deadline):
    """A deadline that runs beside the stages until the column `until` is filled."""

    key: str
    names: Names
    told: Names = {}
    until: str


class Branch(Model):
    """Where a case goes when its stage is closed, and what the customer is written on the way."""

    to: str
    when: str = ""
    letter: str = ""


class Approval(Model):
    """Who may approve: a person in one of `roles`, named in `column`, and none of those in `differs_from`."""

    column: str
    roles: tuple[str, ...]
    differs_from: tuple[str, ...] = ()


class Stage(Model):
    """One stage: who acts, what closes it, what evidence it needs, what follows."""

    key: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    names: Names
    actor: str = "owner"
    done: str = ""
    requires: tuple[str, ...] = ()
    refuses: dict[str, tuple[str, ...]] = {}
    differs: tuple[tuple[str, str], ...] = ()
    approval: Approval | None = None
    clears: tuple[str, ...] = ()
    deadline: Deadline | None = None
    told: Names = {}
    next: tuple[Branch, ...] = ()
    end: bool = False

    def name(self, language: Language) -> str:
        """What the stage is called in `language`."""
        return self.names.get(language) or next(iter(self.names.values()))


class Rung(Model):
    """One step of the ladder: how long before (negative) or after the deadline, and who hears of it."""

    key: str
    amount: float
    unit: Unit
    to: tuple[str, ...]
    escalation: bool = False


class StageFile(Model):
    """rules/stages.toml."""

    version: str
    effective: object = None
    start: str
    reopen: str
    dissatisfied: str = ""
    low_satisfaction: int = 2
    status: dict[Literal["normal", "due_soon", "overdue", "on_hold", "needs_human", "closed"], Names]
    deadline: tuple[SideDeadline, ...] = ()
    stage: tuple[Stage, ...]
    rung: tuple[Rung, ...] = ()

    @cached_property
    def by_key(self) -> Mapping[str, Stage]:
        """The stages by key, in the file's order."""
        return {s.key: s for s in self.stage}


def compile_branches(stages: StageFile, names: Mapping[str, Type]) -> dict[tuple[str, int], Condition]:
    """Compile each branch condition, keyed by (stage, index). Raises ConditionError; check_stages names the place."""
    return {(s.key, i): compile_condition(b.when, names) for s in stages.stage for i, b in enumerate(s.next) if b.when}


def check_stages(
    stages: StageFile, columns: ColumnFile, names: Mapping[str, Type], roles: frozenset[str], *, file: str, lines: Mapping[tuple[str | int, ...], int]
) -> tuple[Problem, ...]:
    """List what is wrong with the procedure: unknown stages, columns, roles; unreachable, endless, undeadlined stages."""
    found: list[Problem] = []

    def say(message: str, *where: str | int) -> None:
        path = where
        while path and path not in lines:
            path = path[:-1]
        found.append(Problem(file=file, line=lines.get(path, 0), message=message))

    keys = set(stages.by_key)
    for name in ("start", "reopen", "dissatisfied"):
        if (value := getattr(stages, name)) and value not in keys:
            say(f"{name} names the stage {value!r}, which does not exist", name)
    for i, stage in enumerate(stages.stage):
        for message, where in _stage_problems(stage, keys, set(columns.by_key()), roles, names):
            say(message, "stage", i, where)
    for i, rung in enumerate(stages.rung):
        for who in rung.to:
            if who not in {"actor", "head", "supervisor"} | roles:
                say(f"rung {rung.key!r} names {who!r}; known are actor, head, supervisor and the roles of routing.toml", "rung", i, "to")
    for key in _unreachable(stages):
        say(f"no case can ever come to the stage {key!r}", "stage", list(stages.by_key).index(key))
    for key in _endless(stages):
        say(f"from the stage {key!r} no way leads to an end", "stage", list(stages.by_key).index(key))
    return tuple(found)


def _stage_problems(
    stage: Stage, stages: set[str], columns: set[str], roles: frozenset[str], names: Mapping[str, Type]
) -> Iterator[tuple[str, str]]:
    if stage.end:
        return
    if not stage.done:
        yield (f"stage {stage.key!r} has no `done` column, so nobody can close it", "key")
    if stage.deadline is None:
        yield (f"stage {stage.key!r} has no deadline", "key")
    if not stage.next:
        yield (f"stage {stage.key!r} has no `next`; write end = true if cases end here", "key")
    elif stage.next[-1].when:
        yield (f"stage {stage.key!r}: the last line of `next` needs to hold always (no `when`), else a case can get stuck", "next")
    if stage.actor not in {"owner", "head", "supervisor"} | roles:
        yield (f"stage {stage.key!r}: nobody is {stage.actor!r}; known are owner, head, supervisor and the roles of routing.toml", "actor")
    used = [("done", stage.done), *(("requires", c) for c in stage.requires), *(("clears", c) for c in stage.clears)]
    used += [("refuses", c) for c in stage.refuses] + [("differs", c) for pair in stage.differs for c in pair]
    if stage.approval:
        used += [("approval", c) for c in (stage.approval.column, *stage.approval.differs_from)]
        for role in stage.approval.roles:
            if role not in roles:
                yield (f"stage {stage.key!r}: the role {role!r} is not in routing.toml", "approval")
    if stage.deadline and stage.deadline.start.startswith("column:"):
        used.append(("deadline", stage.deadline.start.removeprefix("column:")))
    for where, column in used:
        if column and column not in columns:
            yield (f"stage {stage.key!r}: {where} names the column {column!r}, which is not in columns.toml", where)
    for branch in stage.next:
        if branch.to not in stages:
            yield (f"stage {stage.key!r} goes to {branch.to!r}, which does not exist", "next")
        if branch.letter and branch.letter not in CUSTOMER_LETTERS:
            yield (f"stage {stage.key!r}: there is no letter {branch.letter!r}; known are {', '.join(sorted(CUSTOMER_LETTERS))}", "next")
        if branch.when:
            try:
                compile_condition(branch.when, names)
            except ConditionError as error:
                yield (f"stage {stage.key!r}: {error}", "next")


def _unreachable(stages: StageFile) -> list[str]:
    seen: set[str] = set()
    todo = [k for k in (stages.start, stages.reopen, stages.dissatisfied) if k]
    while todo:
        key = todo.pop()
        if key not in seen and key in stages.by_key:
            seen.add(key)
            todo += [b.to for b in stages.by_key[key].next]
    return [k for k in stages.by_key if k not in seen]


def _endless(stages: StageFile) -> list[str]:
    ending = {s.key for s in stages.stage if s.end}
    grown = True
    while grown:
        more = {s.key for s in stages.stage if s.key not in ending and any(b.to in ending for b in s.next)}
        ending |= more
        grown = bool(more)
    return [k for k in stages.by_key if k not in ending]
