"""Past mails and running cases under other rules: what would come out otherwise. Compares only; nothing is written.

A verdict is set beside another one on the same mail: the one kept with the case, or the one the present files give.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mailbot.core.chasing import clocks
from mailbot.core.model import Case, Event, MailKind, Reason, Value
from mailbot.core.procedure import Procedure
from mailbot.mail.understand import Understanding

Answers = Mapping[str, Value]
"""What was judged of a mail, by key; a key that is not there is not compared."""

JUDGED = ("nature", "severity", "department", "claim_type")
"""The columns a verdict fills."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A verdict to compare, with the rules that made it."""

    answers: Answers
    reasons: tuple[Reason, ...] = ()

    def why(self, key: str) -> tuple[Reason, ...]:
        """The rules that gave an answer."""
        return tuple(reason for reason in self.reasons if reason.sets == self.answers.get(key))


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that would be otherwise. `staff`: what people have put there meanwhile, when it is neither."""

    key: str
    before: Value
    after: Value
    why: tuple[Reason, ...] = ()
    staff: Value = None


def judged(said: Understanding) -> Judgement:
    """What the rules make of a mail."""
    if said.verdict is None or said.mail.kind is MailKind.OTHER:
        return Judgement(answers={"kind": said.mail.kind.value})
    verdict = said.verdict
    answers: dict[str, Value] = {key: getattr(verdict, key) for key in JUDGED}
    more: dict[str, Value] = {
        "kind": MailKind.COMPLAINT.value,
        "emergency": verdict.emergency,
        "missing": ", ".join(verdict.missing),
    }
    return Judgement(answers={**more, **answers}, reasons=verdict.reasons)


def as_opened(case: Case, history: Sequence[Event]) -> Judgement:
    """The verdict a case was opened with: its values before anybody changed them."""
    answers: dict[str, Value] = {key: case.values.get(key) or "" for key in JUDGED}
    for event in reversed(history):
        if event.kind in ("edited", "judged_graver") and event.facts.get("column") in answers:
            answers[event.facts["column"]] = event.facts.get("old") or ""
    return Judgement(answers={"kind": MailKind.COMPLAINT.value, **answers}, reasons=case.reasons)


def differences(before: Judgement, after: Judgement, case: Case | None) -> Iterator[Difference]:
    """Yield what two judgements of one mail do not share. What only one of them says is left out."""
    for key, value in after.answers.items():
        if key not in before.answers or before.answers[key] == value:
            continue
        old, now = before.answers[key], case.values.get(key) if case else None
        staff = now if now not in (None, "", old) else None
        yield Difference(key=key, before=old, after=value, why=after.why(key), staff=staff)


def under(case: Case, changed: Sequence[Difference]) -> Case:
    """The case as it would stand; what people have corrected stays as they have it."""
    moved = {d.key: d.after for d in changed if d.key in JUDGED and d.staff is None}
    return replace(case, values={**case.values, **moved})


def moved_deadlines(before: Case, old: Procedure, after: Case, new: Procedure) -> Iterator[Difference]:
    """Yield each running deadline of a case that would fall on another moment, be new or be gone."""
    was, would = _deadlines(before, old), _deadlines(after, new)
    for name in dict.fromkeys((*was, *would)):
        if was.get(name) != would.get(name):
            yield Difference(key=name, before=was.get(name), after=would.get(name))


def _deadlines(case: Case, procedure: Procedure) -> dict[str, datetime | None]:
    return {clock.name: clock.due.at for clock in clocks(case, procedure)}
