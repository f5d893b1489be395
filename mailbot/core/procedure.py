"""The company's procedure as one value: stages, columns, people, calendar, verdict rules, and their versions.

Built by wiring from the rule files, handed to every decision. It answers questions; it decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from mailbot.core.calendar import Calendar
from mailbot.core.columns import ColumnSpec
from mailbot.core.conditions import Condition
from mailbot.core.model import Case, Language, Value, Visit
from mailbot.core.outgoingrules import Outgoing
from mailbot.core.people import People, Person
from mailbot.core.remarks import listed
from mailbot.core.rulebook import Rule
from mailbot.core.ruletables import Ask
from mailbot.core.stages import EIGHT_D, RECURRED, Branch, Stage, StageFile

Labels = Mapping[str, Mapping[str, Mapping[Language, str]]]
"""For each column with choices: key of the choice → its label in each language, in the file's order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure:
    """Everything the rule files decide. `language` is the staff's, `version` names all files' versions together.

    `asks` is what customers are asked for, `ask_again_after` the working days until they are asked once more, 0 for
    never. `default_department` is whose a case is as long as nobody said otherwise; `floors` are the rules below whose
    severity nobody goes.
    """

    stages: StageFile
    branches: Mapping[tuple[str, int], Condition]
    columns: Mapping[str, ColumnSpec]
    labels: Labels
    people: People
    calendar: Calendar
    severities: tuple[str, ...]
    language: Language
    version: str
    asks: tuple[Ask, ...] = ()
    ask_again_after: float = 0
    number_pattern: str = "CP-{year}-{seq:06d}"
    default_department: str = ""
    outgoing: Outgoing = field(default_factory=Outgoing)
    floors: tuple[Rule, ...] = ()

    def stage(self, case: Case) -> Stage:
        """The stage the case is in; a stage taken out of the file counts as the start."""
        return self.stages.by_key.get(case.stage) or self.stages.by_key[self.stages.start]

    def branch(self, case: Case) -> Branch | None:
        """The way on from the present stage for the values as they stand; None when no line holds."""
        stage = self.stage(case)
        facts = facts_for(case)
        for index, branch in enumerate(stage.next):
            condition = self.branches.get((stage.key, index))
            if condition is None or condition(facts):
                return branch
        return None

    def way_back(self, case: Case) -> tuple[Branch, frozenset[str]] | None:
        """The line that is taken at once for the values as they stand, and the columns it looks at; maybe none."""
        stage = self.stage(case)
        facts = facts_for(case)
        for index, branch in enumerate(stage.next):
            condition = self.branches.get((stage.key, index))
            if branch.at_once and condition and condition(facts):
                return branch, frozenset(condition.names)
        return None

    def received_at(self, case: Case, visit: Visit) -> datetime:
        """When the receipt clock of a stay began: with the complaint, or anew with the last reopening before it."""
        ends = {stage.key for stage in self.stages.stage if stage.end}
        reopened = [v.left_at for v in case.visits if v.stage in ends and v.left_at and v.left_at <= visit.entered_at]
        return reopened[-1] if reopened else case.opened_at

    def wants_8d(self, case: Case) -> bool:
        """Whether the report of a case is an 8D [D-72]; without a condition in the file none is."""
        condition = self.branches.get(EIGHT_D)
        return condition is not None and condition(facts_for(case))

    def worked(self, case: Case) -> bool:
        """Whether the action of a case is proven to work, so that a repeat refutes it [D-73]."""
        condition = self.branches.get(RECURRED)
        return bool(self.stages.recurred) and condition is not None and condition(facts_for(case))

    def proofs(self) -> tuple[str, ...]:
        """The columns by which an action is proven to work."""
        condition = self.branches.get(RECURRED)
        return tuple(name for name in condition.names if name in self.columns) if condition else ()

    def column_name(self, key: str, language: Language | None = None) -> str:
        """The heading of a column."""
        spec = self.columns.get(key)
        return spec.name(language or self.language) if spec else key

    def told_name(self, key: str, language: Language) -> str:
        """What a column is called to customers."""
        spec = self.columns.get(key)
        return (spec.told.get(language) if spec else None) or self.column_name(key, language)

    def label(self, column: str, value: Value, language: Language | None = None) -> str:
        """A value as people read it: the label of a choice, of each where there are several, else as text."""
        spec = self.columns.get(column)
        if spec and spec.several and "; " in str(value):
            return listed(
                [self.label(column, part, language) for part in str(value).split("; ")], language or self.language
            )
        names = self.labels.get(column, {}).get(str(value))
        if names is None:
            return "" if value is None else str(value)
        return names.get(language or self.language) or next(iter(names.values()))

    def letter_label(self, axis: str, key: str, language: Language) -> str:
        """What a key of a rule file is called in a letter; the key itself when it is a word already."""
        return self.label(axis, key, language)

    def top_severity(self) -> str:
        """The highest step of the severity scale."""
        return self.severities[-1]

    def graver(self, one: Value, other: str) -> str:
        """The higher of two severities; one that is not on the scale counts least."""
        rank = {key: step for step, key in enumerate(self.severities)}
        return max(other, str(one), key=lambda key: rank.get(key, -1))

    def actors(self, case: Case, who: str) -> tuple[Person, ...]:
        """The people meant by `actor`, `owner`, `head`, `supervisor` or a role, for this case; maybe nobody."""
        if who == "actor":
            return self.actors(case, self.stage(case).actor)
        if who == "owner":
            owner = self.people.find(case.values.get("owner"))
            return (owner,) if owner else self.actors(case, "head")
        if who == "head":
            head = self.people.head(case.values.get("department"))
            return (head,) if head else self.actors(case, "supervisor")
        return self.people.in_role(who)


def facts_for(case: Case) -> Mapping[str, Value]:
    """What conditions may look at: the case's values, its stage and how often it was there."""
    return {**case.values, "stage": case.stage, "visit": case.visit.number if case.visits else 0}
