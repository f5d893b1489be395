"""Moving a case through the stages: what keeps a stage open, where the case goes, what is written on the way.

Everything that changes `Case.stage` is here. Pure: facts and the time go in, a Decision comes out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from mailbot.core.decisions import customer_letter, remark, staff_letters, then
from mailbot.core.model import Case, Decision, Event, Value, Visit
from mailbot.core.procedure import Procedure
from mailbot.core.remarks import listed, quoted, say
from mailbot.core.stages import Approval, Branch, Stage

DONE_MARKS = frozenset({"✓", "✔", "√", "v", "ok", "yes", "y", "true", "done", "完成", "已完成", "是", "好", "已"})
"""What counts as "done" in a date column besides a date."""
REOPENED = "reopened"
"""The letter that tells a customer that his case is open again."""


def enter(case: Case, stage: str, now: datetime, procedure: Procedure, fresh: frozenset[str] = frozenset()) -> Decision:
    """Put the case into a stage. A return empties its cells, except those people filled just now (`fresh`)."""
    count = sum(v.stage == stage for v in case.visits) + 1
    spec = procedure.stages.by_key[stage]
    cleared = _cleared(case, spec, fresh) if count > 1 else {}
    left = tuple(replace(v, left_at=now) if v.left_at is None else v for v in case.visits)
    entered = replace(
        case,
        stage=stage,
        visits=(*left, Visit(stage=stage, number=count, entered_at=now)),
        values={**case.values, **dict.fromkeys(cleared)},
        closed_at=now if spec.end else None,
    )
    if cleared:
        names = quoted([procedure.column_name(c) for c in cleared], procedure.language)
        facts = {"stage": spec.name(procedure.language), "count": count, "columns": names}
        entered = remark(entered, say("came_back", procedure.language, **facts))
    event = Event(
        case=case.number,
        at=now,
        actor="bot",
        kind="stage_entered",
        facts={"stage": stage, "visit": count, "cleared": cleared},
    )
    return Decision(case=entered, events=(event,))


def advance(case: Case, now: datetime, procedure: Procedure, fresh: frozenset[str] = frozenset()) -> Decision:
    """Close every stage whose evidence is complete, as far as it goes, and tell whoever acts now.

    This comes to an end in any procedure: a return empties the cell that closes the stage unless it is `fresh`, and
    what has closed a stage, or led back from it, is fresh no longer. However far the case goes, the customer is
    written to once, of where it stands then.
    """
    decision, steps = Decision(case=case), list[tuple[Visit, Branch]]()
    while found := _way_on(decision.case, procedure):
        branch, settled = found
        fresh -= settled
        steps.append((decision.case.visit, branch))
        decision = _take(decision, branch, now, procedure, fresh)
    if news := _worth_telling(steps):
        visit, branch = news
        kind = _kind(branch, visit, decision.case)
        letter = customer_letter(decision.case, kind, now, procedure, left=visit, stage=branch.to)
        decision = then(decision, letter)
    return then(decision, assigned(decision.case, procedure))


def _worth_telling(steps: Sequence[tuple[Visit, Branch]]) -> tuple[Visit, Branch] | None:
    """The last step that has a letter; whom we ask how satisfied he is need not be told as well that it is closed."""
    telling = [step for step in steps if step[1].letter]
    if [branch.letter for _, branch in telling[-2:]] == ["satisfaction", "closed"]:
        telling.pop()
    return telling[-1] if telling else None


def _way_on(case: Case, procedure: Procedure) -> tuple[Branch, frozenset[str]] | None:
    """Where the case goes now, and the cells that decided it; None: it stays."""
    if not case.open:
        return None
    if back := procedure.way_back(case):
        return back
    branch = procedure.branch(case) if closable(case, procedure) else None
    return (branch, frozenset({procedure.stage(case).done})) if branch else None


def resettled(case: Case, now: datetime, procedure: Procedure) -> Decision | None:
    """Begin anew with a case whose stage was taken out of the file; None: its stage is there, or it is closed."""
    if not case.open or not case.visits or case.stage in procedure.stages.by_key:
        return None
    start = procedure.stages.by_key[procedure.stages.start]
    case = remark(case, say("stage_gone", procedure.language, stage=start.name(procedure.language)))
    decision = enter(case, start.key, now, procedure)
    return then(decision, advance(decision.case, now, procedure))


def closable(case: Case, procedure: Procedure) -> bool:
    """Whether the present stage is marked done and nothing is missing."""
    stage = procedure.stage(case)
    return not stage.end and is_done(case, stage) and not tuple(hindrances(case, procedure))


def is_done(case: Case, stage: Stage) -> bool:
    """Whether staff filled in the stage's `done` column with something that can be understood."""
    return case.values.get(stage.done) not in (None, "") and stage.done not in case.misfits


def hindrances(case: Case, procedure: Procedure) -> Iterator[str]:
    """In the staff's words: what keeps the present stage from being closed."""
    stage, language = procedure.stage(case), procedure.language
    title = stage.name(language)
    if missing := _missing(case, stage):
        names = quoted([procedure.column_name(c) for c in missing], language)
        yield say("need_columns", language, stage=title, columns=names)
    for column, refused in stage.refuses.items():
        if column not in case.misfits and (value := case.values.get(column)) in refused:
            facts = {"column": procedure.column_name(column), "text": procedure.label(column, value)}
            yield say("refused_value", language, stage=title, **facts)
    for one, other in stage.differs:
        if _same_person(case, one, other, procedure):
            names_of = {"column": procedure.column_name(one), "other": procedure.column_name(other)}
            yield say("same_person", language, stage=title, **names_of)
    yield from _approval(case, stage, procedure)


def next_step(case: Case, procedure: Procedure) -> str:
    """In the staff's words: what is to be filled in to close the present stage; empty for a closed case."""
    stage, language = procedure.stage(case), procedure.language
    if stage.end:
        return ""
    missing = [procedure.column_name(c) for c in _missing(case, stage)]
    facts = {"stage": stage.name(language), "done": procedure.column_name(stage.done)}
    if missing:
        return say("next", language, columns=quoted(missing, language), **facts)
    if choices := [procedure.label(stage.done, key) for key in procedure.labels.get(stage.done, {})]:
        return say("next_choice", language, choices=listed(choices, language), **facts)
    return say("next_only", language, **facts)


def missing_evidence(case: Case, procedure: Procedure) -> list[str]:
    """The columns still to be filled in before the present stage can be closed."""
    return _missing(case, procedure.stage(case))


def _missing(case: Case, stage: Stage) -> list[str]:
    return [c for c in stage.requires if case.values.get(c) in (None, "") or c in case.misfits]


def _same_person(case: Case, one: str, other: str, procedure: Procedure) -> bool:
    first, second = (_meant(case, column, procedure) for column in (one, other))
    return not first.isdisjoint(second)


def _meant(case: Case, column: str, procedure: Procedure) -> frozenset[str]:
    """Who stands in a column; while nobody is named as owner, whoever does his work."""
    names = case.values.get(column) or (
        "、".join(person.name for person in procedure.actors(case, column)) if column == "owner" else ""
    )
    return procedure.people.meant(names)


def _approval(case: Case, stage: Stage, procedure: Procedure) -> Iterator[str]:
    rule = stage.approval
    if rule is None:
        return
    language, title, amount = procedure.language, stage.name(procedure.language), _amount(case, rule)
    asked = rule.column in stage.requires or not rule.amount
    # A cell that cannot be is empty: who stood there before approves nothing.
    name = None if rule.column in case.misfits else case.values.get(rule.column)
    if not name:
        if amount and not asked:
            columns = quoted([procedure.column_name(rule.column)], language)
            yield say("need_columns", language, stage=title, columns=columns)
        return
    if not (asked or amount):
        return
    person = procedure.people.find(name)
    if person is None or not procedure.people.has_role(person, rule.roles_for(amount)):
        yield _no_authority(str(name), amount, rule, title, procedure)
    for other in rule.differs_from:
        if _same_person(case, rule.column, other, procedure):
            facts = {"column": procedure.column_name(rule.column), "other": procedure.column_name(other)}
            yield say("same_person", language, stage=title, **facts)


def _amount(case: Case, rule: Approval) -> float:
    """The money to be approved; 0 when there is none, or the file does not ask."""
    value = case.values.get(rule.amount)
    return float(value) if isinstance(value, int | float) else 0.0


def _no_authority(name: str, amount: float, rule: Approval, title: str, procedure: Procedure) -> str:
    language = procedure.language
    allowed = [p.name for role in rule.roles_for(amount) for p in procedure.people.in_role(role)]
    facts = {"stage": title, "text": name, "people": listed(list(dict.fromkeys(allowed)), language)}
    if amount and rule.limits:
        return say("over_limit", language, column=procedure.column_name(rule.amount), amount=f"{amount:g}", **facts)
    return say("no_authority", language, **facts)


def _cleared(case: Case, stage: Stage, fresh: frozenset[str]) -> dict[str, Value]:
    columns = (*stage.clears, stage.done) if stage.done else stage.clears
    return {c: v for c in dict.fromkeys(columns) if c not in fresh and (v := case.values.get(c)) not in (None, "")}


def _take(decision: Decision, branch: Branch, now: datetime, procedure: Procedure, fresh: frozenset[str]) -> Decision:
    case = decision.case
    stage = procedure.stage(case)
    visits = (*case.visits[:-1], replace(case.visit, left_at=now, outcome=branch.to))
    facts = {"stage": stage.key, "visit": case.visit.number, "to": branch.to}
    closed = Event(case=case.number, at=now, actor="bot", kind="stage_closed", facts=facts)
    decision = then(decision, Decision(case=replace(case, visits=visits), events=(closed,)))
    return then(decision, enter(decision.case, branch.to, now, procedure, fresh))


def _kind(branch: Branch, left: Visit, case: Case) -> str:
    """What the customer is written: that his case is open again he is not told twice, but where it stands now."""
    stays = [(visit.stage, visit.number) for visit in case.visits]
    before = stays[: stays.index((left.stage, left.number))][-1:]
    told = any(f"{case.number}:{REOPENED}:{stage}:{number}" in case.done for stage, number in before)
    return "stage_news" if branch.letter == REOPENED and told else branch.letter


def assigned(case: Case, procedure: Procedure) -> Decision:
    """Tell whoever has to act now, once per person and stay in the stage."""
    if not case.open or not case.visits:
        return Decision(case=case)
    mark = f"assignment:{case.visit.stage}:{case.visit.number}"
    return staff_letters(case, "assignment", mark, procedure.actors(case, "actor"))
