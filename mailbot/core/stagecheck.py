"""Whether stages.toml makes sense: everything it names exists, no case can get stuck or wait without a deadline.

All problems are reported at once, in words for the person who edits the file, each with its line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from mailbot.core.columns import ColumnFile
from mailbot.core.conditions import Choice, ConditionError, Scale, Type, compile_condition
from mailbot.core.rulefile import Key, Problem
from mailbot.core.stages import CUSTOMER_LETTERS, Branch, Deadline, Stage, StageFile

Found = Iterator[tuple[str, Key]]
"""What is wrong, in words, and the key in the file it is wrong at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the file may name: `names` are the fields of conditions, `roles` those somebody is in."""

    columns: ColumnFile
    names: Mapping[str, Type]
    roles: frozenset[str]
    severities: tuple[str, ...]

    def fillable(self) -> frozenset[str]:
        """The columns people fill in."""
        return frozenset(c.key for c in self.columns.column if c.owner != "bot")

    def choices(self, column: str) -> tuple[str, ...] | None:
        """What may be chosen in a column; None where anything may be typed."""
        kind = self.names.get(column)
        return kind.keys if isinstance(kind, Choice | Scale) else None


def check_stages(stages: StageFile, known: Known, *, file: str, lines: Mapping[Key, int]) -> tuple[Problem, ...]:
    """List what is wrong with the procedure, in the file's order. `lines` says where each key stands."""
    found = [
        *_file_problems(stages),
        *_report_problems(stages, known),
        *_side_problems(stages, known),
        *_rung_problems(stages, known),
    ]
    for index, stage in enumerate(stages.stage):
        problems = _end_problems(stage) if stage.end else _stage_problems(stage, stages, known)
        found += [(f"stage {stage.key!r}: {message}", ("stage", index, where)) for message, where in problems]
    said = (Problem(file=file, line=_line(lines, where), message=message) for message, where in found)
    return tuple(sorted(said, key=lambda problem: problem.line))


def _line(lines: Mapping[Key, int], where: Key) -> int:
    while where and where not in lines:
        where = where[:-1]
    return lines.get(where, 0)


def _file_problems(stages: StageFile) -> Found:
    for name in ("start", "reopen", "dissatisfied", "recurred"):
        stage = stages.by_key.get(value := getattr(stages, name))
        if value and stage is None:
            yield f"{name} names the stage {value!r}, which does not exist", (name,)
        elif stage and stage.end:
            yield f"{name} names the stage {value!r}, where cases end", (name,)
    for table in ("stage", "deadline", "rung"):
        keys = [entry.key for entry in getattr(stages, table)]
        for index, key in enumerate(keys):
            if key in keys[:index]:
                yield f"the {table} {key!r} is given twice", (table, index, "key")
    yield from _done_twice(stages)
    places = {stage.key: index for index, stage in enumerate(stages.stage)}
    if not all(branch.to in stages.by_key for stage in stages.stage for branch in stage.next):
        return  # a misspelt `to` is told where it stands; every way that leads over it would be complained of as well
    for key in _unreachable(stages):
        yield f"no case can ever come to the stage {key!r}", ("stage", places[key], "key")
    for key in _endless(stages):
        yield f"from the stage {key!r} no way leads to an end", ("stage", places[key], "key")


def _done_twice(stages: StageFile) -> Found:
    """A column that closes two stages: the second would be closed, unseen, the moment a case comes to it."""
    first: dict[str, str] = {}
    for index, stage in enumerate(stages.stage):
        if stage.done and first.setdefault(stage.done, stage.key) != stage.key:
            message = f"stage {stage.key!r}: {stage.done!r} closes the stage {first[stage.done]!r} already"
            yield f"{message}; give each stage a `done` column of its own", ("stage", index, "done")


def _report_problems(stages: StageFile, known: Known) -> Found:
    for name in ("eight_d", "recurred_after"):
        if message := _miswritten(getattr(stages, name), known):
            yield f"{name}: {message}", (name,)
    if stages.recurred and not stages.recurred_after:
        yield "recurred needs recurred_after, which says of which earlier cases it holds", ("recurred",)


def _side_problems(stages: StageFile, known: Known) -> Found:
    for index, side in enumerate(stages.deadline):
        if side.until not in known.fillable():
            message = f"deadline {side.key!r}: nobody fills in a column {side.until!r}; see columns.toml"
            yield message, ("deadline", index, "until")
        for message, where in _deadline_problems(side, known):
            yield f"deadline {side.key!r}: {message}", ("deadline", index, where)


def _rung_problems(stages: StageFile, known: Known) -> Found:
    for index, rung in enumerate(stages.rung):
        for who in rung.to:
            if message := _nobody(who, ("actor", "head"), known):
                yield f"rung {rung.key!r}: {message}", ("rung", index, "to")


def _end_problems(stage: Stage) -> Iterator[tuple[str, str]]:
    for name in ("done", "deadline", "next"):
        if getattr(stage, name):
            yield f"cases end here (end = true), so `{name}` means nothing", name


def _stage_problems(stage: Stage, stages: StageFile, known: Known) -> Iterator[tuple[str, str]]:
    if not stage.done:
        yield "has no `done` column, so nobody can close it", "key"
    if stage.deadline:
        yield from ((message, "deadline") for message, _ in _deadline_problems(stage.deadline, known))
    else:
        yield "has no deadline", "key"
    if message := _nobody(stage.actor, ("owner", "head"), known):
        yield message, "actor"
    for where, column in _used(stage):
        if column not in known.fillable():
            yield f"{where} names the column {column!r}, which nobody fills in; see columns.toml", where
    for column, values in stage.refuses.items():
        yield from ((message, "refuses") for message in _never(column, values, known))
    for role in (*stage.approval.roles, *stage.approval.limits) if stage.approval else ():
        if role not in known.roles:
            yield f"nobody in routing.toml has the role {role!r}", "approval"
    money = stage.approval.amount if stage.approval else ""
    if money in known.fillable() and known.names.get(money) is not float:
        yield f"approval goes by the amount in {money!r}, which is no column of numbers", "approval"
    yield from ((message, "next") for message in _branch_problems(stage, stages, known))


def _branch_problems(stage: Stage, stages: StageFile, known: Known) -> Iterator[str]:
    if not stage.next:
        yield "has no `next`; write end = true if cases end here"
    elif stage.next[-1].when:
        yield "the last line of `next` must hold always (no `when`), else a case can get stuck"
    if not all(branch.when for branch in stage.next[:-1]):
        yield "a line of `next` without `when` holds always, so those below it are never looked at"
    for branch in stage.next:
        if branch.to not in stages.by_key:
            yield f"goes to {branch.to!r}, which does not exist"
        if branch.letter and branch.letter not in CUSTOMER_LETTERS:
            yield f"there is no letter {branch.letter!r}; known are {', '.join(sorted(CUSTOMER_LETTERS))}"
        if message := _miswritten(branch.when, known):
            yield message
        elif branch.at_once:
            yield from _never_back(branch, stage, known)


def _never_back(branch: Branch, stage: Stage, known: Known) -> Iterator[str]:
    """A line taken at once must look at cells that a return empties, else the case goes round for ever."""
    names = compile_condition(branch.when, known.names).names if branch.when else ()
    if not set(names) & {*stage.clears, stage.done}:
        yield f"the line to {branch.to!r} is taken at once, so `clears` must name a column its `when` looks at"


def _miswritten(when: str, known: Known) -> str:
    """What is wrong with a condition; empty when it is right, or not there."""
    try:
        if when:
            compile_condition(when, known.names)
    except ConditionError as error:
        return str(error)
    return ""


def _deadline_problems(deadline: Deadline, known: Known) -> Iterator[tuple[str, str]]:
    for column in deadline.columns():
        if column not in known.fillable():
            yield f"the clock starts from the column {column!r}, which nobody fills in; see columns.toml", "start"
        elif known.names.get(column) not in (date, datetime):
            yield f"the clock starts from the column {column!r}, which is no column of dates", "start"
    for severity in deadline.amounts:
        if severity not in known.severities:
            yield f"{severity!r} is no severity; known are {', '.join(known.severities)}", "amounts"
    yield from ((message, "pauses") for message in _never("waiting", deadline.pauses, known))


def _used(stage: Stage) -> Iterator[tuple[str, str]]:
    if stage.done:
        yield "done", stage.done
    for where in ("requires", "refuses", "clears"):
        yield from ((where, column) for column in getattr(stage, where))
    yield from (("differs", column) for pair in stage.differs for column in pair)
    if stage.approval:
        columns = (stage.approval.column, *stage.approval.differs_from, stage.approval.amount)
        yield from (("approval", column) for column in columns if column)


def _nobody(who: str, persons: tuple[str, ...], known: Known) -> str:
    if who in persons or (who in known.roles and who not in ("actor", "owner", "head")):
        return ""
    return f"nobody is {who!r}; known are {', '.join(persons)} and the roles of routing.toml that somebody has"


def _never(column: str, values: Iterable[str], known: Known) -> Iterator[str]:
    choices = known.choices(column)
    for value in values:
        if choices is not None and value not in choices:
            yield f"{column} is never {value!r}; it is one of {', '.join(choices)}"


def _unreachable(stages: StageFile) -> list[str]:
    seen: set[str] = set()
    todo = [k for k in (stages.start, stages.reopen, stages.dissatisfied, stages.recurred) if k]
    while todo:
        key = todo.pop()
        if key not in seen and key in stages.by_key:
            seen.add(key)
            todo += [b.to for b in stages.by_key[key].next]
    return [k for k in stages.by_key if k not in seen]


def _endless(stages: StageFile) -> list[str]:
    ending = {s.key for s in stages.stage if s.end}
    while more := {s.key for s in stages.stage if s.key not in ending and any(b.to in ending for b in s.next)}:
        ending |= more
    return [k for k in stages.by_key if k not in ending]
