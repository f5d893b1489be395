"""The rule files as checked values: nature, severity, routing, what to ask, and the vocabulary of fields.

Here the files are declared, read and compiled; what they decide is in verdict.py. A problem in any file is a
FileProblems with file and line, and all problems of a file are told at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from mailbot.core import lookback
from mailbot.core.conditions import Choice, Condition, ConditionError, Function, Scale, Type, compile_condition
from mailbot.core.lists import NO_LISTS, Lists
from mailbot.core.people import Department, People, Person
from mailbot.core.rulefile import FileProblems, Key, Problem, lines_of, read_text
from mailbot.core.ruletables import (
    Ask,
    Level,
    MissingFile,
    Names,
    NatureFile,
    NatureTable,
    Pair,
    RoutingFile,
    RuleTable,
    SeverityFile,
)
from mailbot.core.vocabulary import FIELD_KEYS, VocabularyFile
from mailbot.core.wordforms import Fold, WordError
from mailbot.core.words import Index, Phrases

_GROUP = re.compile(r"<([a-z_]+)>")
_TYPES: dict[str, Type] = {
    "quantity": float,
    "claim_amount": float,
    "purchased_on": date,
    "shipped_on": date,
    "occurred_on": date,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Nature:
    """A nature ready for scoring."""

    key: str
    words: Phrases
    hints: Phrases
    together: tuple[tuple[Phrases, Phrases], ...]
    decisive: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule ready to fire; `version` is its file's."""

    name: str
    sets: str
    words: Phrases | None
    when: Condition | None
    supposed: bool
    floor: bool
    emergency: bool
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoComplaint:
    """A sort of mail that is no complaint, ready for searching."""

    name: str
    words: Phrases
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Everything the company decides about reading and judging a complaint."""

    version: str
    scale: tuple[Level, ...]
    natures: tuple[Nature, ...]
    nature_names: dict[str, Names]
    nature_version: str
    otherwise_nature: str
    fallback: tuple[Rule, ...]
    no_complaint: tuple[NoComplaint, ...]
    severity: tuple[Rule, ...]
    routing: tuple[Rule, ...]
    otherwise_department: str
    claims: tuple[Rule, ...]
    sample: Phrases
    business: Phrases
    ask: tuple[Ask, ...]
    ask_again_after: float
    ask_names: dict[str, Names]
    people: People
    vocabulary: VocabularyFile
    demands: tuple[tuple[str, Phrases], ...]  # key, words
    freemail: frozenset[str]
    lists: Lists = NO_LISTS

    def rank(self, severity: str) -> int:
        """Return the step of a severity, from 0 for the least."""
        return [level.key for level in self.scale].index(severity)


FILES = ("nature.toml", "severity.toml", "routing.toml", "missing.toml", "fields.toml")


def load_rules(find: Callable[[str], Path], fold: Fold) -> Rules:
    """Read the five files `find` names. Raises FileProblems."""
    return compile_rules({name: find(name).read_text("utf-8-sig") for name in FILES}, fold)


def compile_rules(texts: dict[str, str], fold: Fold) -> Rules:
    """Compile the texts of the five files, keyed by file name. Raises FileProblems."""
    nature = read_text(texts["nature.toml"], NatureFile, file="nature.toml")
    severity = read_text(texts["severity.toml"], SeverityFile, file="severity.toml")
    routing = read_text(texts["routing.toml"], RoutingFile, file="routing.toml")
    missing = read_text(texts["missing.toml"], MissingFile, file="missing.toml")
    vocabulary = read_text(texts["fields.toml"], VocabularyFile, file="fields.toml")
    press = _Press(texts, fold, nature.groups)
    natures, levels = [n.key for n in nature.nature], [s.key for s in severity.severity]
    departments = [d.key for d in routing.department]
    names = condition_names(natures)
    without_nature = {name: kind for name, kind in names.items() if name != "nature"}
    press.once("nature.toml", "nature", natures)
    press.once("severity.toml", "severity", levels)
    press.once("routing.toml", "department", departments)
    press.reached("routing.toml", "rule", routing.rule)
    press.reached("routing.toml", "claim", routing.claim)
    press.known("nature.toml", ("otherwise",), nature.otherwise, natures)
    press.known("routing.toml", ("otherwise",), routing.otherwise, departments)
    people = _people(routing)
    for place, problem in people.problems():
        press.say("routing.toml", place, problem)
    for index, person in enumerate(routing.person):
        for key in person.departments:
            press.known("routing.toml", ("person", index, "departments"), key, departments)
    later = {**names, "severity": Scale(tuple(levels))}
    rules = Rules(
        version=nature.version
        if len(versions := {f.version for f in (nature, severity, routing, missing)}) == 1
        else "+".join(sorted(versions)),
        scale=severity.severity,
        natures=tuple(press.nature(n, ("nature", index)) for index, n in enumerate(nature.nature)),
        nature_names={n.key: n.names for n in nature.nature},
        nature_version=nature.version,
        otherwise_nature=nature.otherwise,
        fallback=press.rules("nature.toml", "fallback", nature.fallback, nature.version, without_nature, natures),
        no_complaint=tuple(
            NoComplaint(
                name=t.name,
                words=press.phrases("nature.toml", ("no_complaint", index), t.words, t.but_not),
                weight=t.weight,
            )
            for index, t in enumerate(nature.no_complaint)
        ),
        severity=press.rules("severity.toml", "rule", severity.rule, severity.version, names, levels),
        routing=press.rules("routing.toml", "rule", routing.rule, routing.version, later, departments),
        otherwise_department=routing.otherwise,
        claims=press.rules(
            "routing.toml", "claim", routing.claim, routing.version, later, ["appeal", "claim", "non_quality"]
        ),
        sample=press.phrases("routing.toml", ("sample",), routing.sample.words, routing.sample.but_not),
        business=press.phrases("routing.toml", ("business",), routing.business.words, routing.business.but_not),
        ask=missing.ask,
        ask_again_after=missing.ask_again_after,
        ask_names=missing.names,
        people=people,
        vocabulary=vocabulary,
        demands=tuple(
            (d.key, press.phrases("fields.toml", ("demand", index), d.words, d.but_not))
            for index, d in enumerate(vocabulary.demand)
        ),
        freemail=frozenset(vocabulary.freemail),
    )
    for index, ask in enumerate(missing.ask):
        for name in (ask.field, *ask.known):
            press.known("missing.toml", ("ask", index), name, [*FIELD_KEYS, "photo"])
        for name in ask.natures:
            press.known("missing.toml", ("ask", index, "natures"), name, natures)
    press.finish()
    return rules


def condition_names(natures: Sequence[str]) -> dict[str, Type]:
    """Return what `when` may speak of."""
    names: dict[str, Type] = {key: _TYPES.get(key, str) for key in FIELD_KEYS if key != "demand"}
    names |= {"business": bool, "photo": bool, "sample": bool}
    return names | {"nature": Choice(tuple(natures))}


def _wants(values: Any, demand: Any) -> bool:
    return demand in values.get("demand", ())


FUNCTIONS = {"wants": Function(takes=(str,), gives=bool, call=_wants), **lookback.FUNCTIONS}


def _people(routing: RoutingFile) -> People:
    return People(
        persons=tuple(
            Person(name=p.name, address=p.address, language=p.language, departments=p.departments, initials=p.initials)
            for p in routing.person
        ),
        departments=tuple(
            Department(key=d.key, names=d.names, manager=d.manager, staff=d.staff) for d in routing.department
        ),
        roles=routing.roles,
    )


class _Press:
    """Compiles tables and gathers what is wrong, with the line it is wrong in."""

    def __init__(self, texts: dict[str, str], fold: Fold, groups: dict[str, tuple[str, ...]]) -> None:
        self._texts, self._fold, self._problems = texts, fold, list[Problem]()
        self._index = Index(fold)
        self._members = {f"<{name}>": words for name, words in groups.items()}
        self._groups = {name: f"({'|'.join(words)})" for name, words in groups.items()}

    def say(self, file: str, where: Key, message: str) -> None:
        lines = lines_of(self._texts[file])
        while where and where not in lines:
            where = where[:-1]
        self._problems.append(Problem(file=file, line=lines.get(where, 0), message=message))

    def known(self, file: str, where: Key, key: str, keys: Sequence[str]) -> None:
        if key not in keys:
            self.say(file, where, f"{key!r} is not known; known are {', '.join(keys)}")

    def once(self, file: str, array: str, keys: Sequence[str]) -> None:
        for index, key in enumerate(keys):
            if key in keys[:index]:
                self.say(file, (array, index, "key"), f"the {array} {key!r} is given twice")

    def reached(self, file: str, array: str, tables: Sequence[RuleTable]) -> None:
        """Where the first rule wins, one without words and condition hides all below it."""
        for index, table in enumerate(tables[:-1]):
            if not table.words and not table.when:
                message = (
                    f"{table.name!r} has no words and no `when`, so it holds always and those below are never looked at"
                )
                self.say(file, (array, index, "name"), message)

    def phrases(self, file: str, where: Key, words: Sequence[str], but_not: Sequence[str] = ()) -> Phrases:
        """Compile a list of words."""
        try:
            words = [one for word in words for one in self._members.get(word, (word,))]  # far faster one by one
            spelled, hidden = map(self._with_groups, words), map(self._with_groups, but_not)
            return Phrases(spelled, self._fold, hidden, index=self._index)
        except WordError as error:
            self.say(file, where, str(error))
            return Phrases((), self._fold)

    def _with_groups(self, word: str) -> str:
        """Put the words of a group in the place of its name: `<body>`."""
        return _GROUP.sub(self._group, word)

    def _group(self, found: re.Match[str]) -> str:
        if (words := self._groups.get(found[1])) is None:
            raise WordError(f"there is no group <{found[1]}>; known are {', '.join(self._groups)}")
        return words

    def nature(self, table: NatureTable, where: Key) -> Nature:
        words, hints = (
            self.phrases("nature.toml", (*where, key), getattr(table, key), table.but_not) for key in ("words", "hints")
        )
        together = tuple(self._pair(pair, (*where, "together", at)) for at, pair in enumerate(table.together))
        return Nature(key=table.key, words=words, hints=hints, together=together, decisive=table.decisive)

    def _pair(self, pair: Pair, where: Key) -> tuple[Phrases, Phrases]:
        first = self.phrases("nature.toml", (*where, "words"), pair.words, pair.but_not)
        return first, self.phrases("nature.toml", (*where, "near"), pair.near, pair.but_not)

    def rules(
        self,
        file: str,
        array: str,
        tables: Sequence[RuleTable],
        version: str,
        names: dict[str, Type],
        sets: Sequence[str],
    ) -> tuple[Rule, ...]:
        return tuple(self._rules(file, array, tables, version, names, sets))

    def _rules(
        self,
        file: str,
        array: str,
        tables: Sequence[RuleTable],
        version: str,
        names: dict[str, Type],
        sets: Sequence[str],
    ) -> Iterator[Rule]:
        for index, table in enumerate(tables):
            self.known(file, (array, index, "sets"), table.sets, sets)
            where = (array, index, "words")
            words = self.phrases(file, where, table.words, table.but_not) if table.words else None
            yield Rule(
                name=table.name,
                sets=table.sets,
                words=words,
                when=self._condition(file, (array, index, "when"), table.when, names),
                supposed=table.supposed,
                floor=table.floor,
                emergency=table.emergency,
                version=version,
            )

    def _condition(self, file: str, where: Key, text: str, names: dict[str, Type]) -> Condition | None:
        try:
            return compile_condition(text, names, functions=FUNCTIONS) if text else None
        except ConditionError as error:
            self.say(file, where, str(error))
            return None

    def finish(self) -> None:
        if self._problems:
            raise FileProblems(tuple(self._problems))
