"""The stages of the procedure as their file describes them.

Only their shape is here: whether the file makes sense is `stagecheck`, walking through the stages `progress`, watching
their deadlines `chasing`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import Literal

from mailbot.core.columns import Names
from mailbot.core.conditions import Condition, Type, compile_condition
from mailbot.core.deadlines import COLUMN, Term
from mailbot.core.model import Language
from mailbot.core.rulefile import Field, Model, model_validator

Unit = Literal["hours", "days", "working_hours", "working_days"]

CUSTOMER_LETTERS = frozenset({"stage_news", "explanation", "plan", "result", "satisfaction", "reopened", "closed"})


class Deadline(Model):
    """By when. `start` is `receipt`, `stage` or `column:KEY`, `again` the same when the case comes back to the stage.

    `amounts` are other amounts by severity key, `pauses` the reasons that stop the clock.
    """

    amount: float
    unit: Unit
    start: str = Field(default="stage", pattern=r"^(receipt|stage|column:[a-z0-9_]+)$")
    again: str = Field(default="stage", pattern=r"^(receipt|stage|column:[a-z0-9_]+)$")
    amounts: dict[str, float] = Field(default_factory=dict)
    pauses: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _amounts_mean_something(self) -> Deadline:
        for amount in (self.amount, *self.amounts.values()):
            Term(amount=amount, unit=self.unit)
        return self

    def term(self, severity: object) -> Term:
        """The term that holds for a case of this severity."""
        amount = self.amounts.get(str(severity), self.amount)
        return Term(amount=amount, unit=self.unit, start=self.start, again=self.again, pauses=self.pauses)

    def columns(self) -> tuple[str, ...]:
        """The columns the clock starts from."""
        return tuple(start.removeprefix(COLUMN) for start in (self.start, self.again) if start.startswith(COLUMN))


class SideDeadline(Deadline):
    """A deadline that runs beside the stages until the column `until` is filled; it has no second time."""

    key: str
    names: Names
    told: dict[Language, str] = Field(default_factory=dict)
    until: str

    def term(self, severity: object) -> Term:
        """The term that holds for a case of this severity, the same at every stay in a stage."""
        return replace(super().term(severity), again=self.start)


class Branch(Model):
    """Where a case goes when its stage is closed, and what the customer is written on the way.

    `at_once`: as soon as `when` holds, whether the stage's evidence is there or not.
    """

    to: str
    when: str = ""
    letter: str = ""
    at_once: bool = False


class Approval(Model):
    """Who may approve: a person in one of `roles`, named in `column`, and none of those in `differs_from`.

    `amount` is a column of money, `limits` how much of it a role may approve; a role without a limit any.
    """

    column: str
    roles: tuple[str, ...]
    differs_from: tuple[str, ...] = ()
    amount: str = ""
    limits: dict[str, float] = Field(default_factory=dict)

    def roles_for(self, amount: float) -> tuple[str, ...]:
        """The roles that may approve so much."""
        return tuple(role for role in self.roles if amount <= self.limits.get(role, amount))


class Stage(Model):
    """One stage: who acts, what closes it, what evidence it needs, what follows."""

    key: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    names: Names
    actor: str = "owner"
    done: str = ""
    requires: tuple[str, ...] = ()
    refuses: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    differs: tuple[tuple[str, str], ...] = ()
    approval: Approval | None = None
    clears: tuple[str, ...] = ()
    deadline: Deadline | None = None
    told: dict[Language, str] = Field(default_factory=dict)
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
    effective: date | None = None
    start: str
    reopen: str
    dissatisfied: str = ""
    low_satisfaction: int = Field(default=2, ge=0, le=5)
    extension_days: float = Field(default=7, ge=0, le=365)
    recurred: str = ""
    recurred_after: str = ""
    recurred_score: float = Field(default=0.6, ge=0, le=1)
    eight_d: str = ""
    status: dict[Literal["normal", "due_soon", "overdue", "on_hold", "needs_human", "closed"], Names]
    deadline: tuple[SideDeadline, ...] = ()
    stage: tuple[Stage, ...]
    rung: tuple[Rung, ...] = ()

    @cached_property
    def by_key(self) -> Mapping[str, Stage]:
        """The stages by key, in the file's order."""
        return {s.key: s for s in self.stage}


EIGHT_D, RECURRED = ("", 0), ("", 1)
"""Where the conditions for an 8D report and for an action that is refuted by a repeat stand among the branches."""


def compile_branches(stages: StageFile, names: Mapping[str, Type]) -> dict[tuple[str, int], Condition]:
    """Compile each branch condition, keyed by (stage, index), and that of the 8D.

    Raises ConditionError; `stagecheck` names the place.
    """
    conditions = {(s.key, i): b.when for s in stages.stage for i, b in enumerate(s.next)}
    conditions |= {EIGHT_D: stages.eight_d, RECURRED: stages.recurred_after}
    return {place: compile_condition(when, names) for place, when in conditions.items() if when}
