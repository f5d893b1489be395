"""outgoing.toml: the words that hold a letter to a customer back, declared and compiled.

Here is only what the file says; looking at a letter and holding it is `outgoing`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from mailbot.core.columns import Names
from mailbot.core.conditions import Condition, ConditionError, Type, compile_condition
from mailbot.core.model import EMPTY, Language, Value
from mailbot.core.rulefile import Field, FileProblems, Model, Problem
from mailbot.core.ruletables import RuleFile
from mailbot.core.wordforms import Fold
from mailbot.core.words import Passage, Phrases, Standing


class HoldTable(Model):
    """One reason to hold a letter: its name for staff, the words, the cases it is about."""

    names: Names
    words: tuple[str, ...] = Field(min_length=1)
    but_not: tuple[str, ...] = ()
    denied: bool = False
    when: str = ""


class OutgoingFile(RuleFile):
    """outgoing.toml."""

    hold: tuple[HoldTable, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A reason ready for looking. `denied`: its words count also where they are denied."""

    names: Mapping[Language, str]
    words: Phrases
    denied: bool
    when: Condition | None

    def hits(self, passage: Passage, values: Mapping[str, Value]) -> Iterator[str]:
        """Yield the words found in a text about a case with these values, as they are written there."""
        if self.when and not self.when(values):
            return
        for sighting in passage.sightings(self.words):
            if self.denied or sighting.standing is not Standing.DENIED:
                yield passage.text[sighting.start : sighting.end]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """Every reason of the file. `fold` makes letters alike, as in the other rule files."""

    version: str = ""
    watches: tuple[Watch, ...] = ()
    fold: Fold = str

    def reasons(self, text: str, values: Mapping[str, Value] = EMPTY) -> Iterator[tuple[Mapping[Language, str], str]]:
        """Yield why a text must be looked at: the reason's names and the words found, each pair once."""
        passage = Passage(text, self.fold)
        for watch in self.watches:
            for word in dict.fromkeys(watch.hits(passage, values)):
                yield watch.names, word


def compile_outgoing(
    file: OutgoingFile, names: Mapping[str, Type], fold: Fold, at: Callable[[int], Problem]
) -> Outgoing:
    """Compile the file; `at` makes the problem of a table by its place. Raises FileProblems."""
    watches, problems = [], list[Problem]()
    for index, table in enumerate(file.hold):
        try:
            when = compile_condition(table.when, names) if table.when else None
        except ConditionError as error:
            problem = at(index)
            problems.append(Problem(file=problem.file, line=problem.line, message=str(error)))
            continue
        words = Phrases(table.words, fold, table.but_not)
        watches.append(Watch(names=table.names, words=words, denied=table.denied, when=when))
    if problems:
        raise FileProblems(tuple(problems))
    return Outgoing(version=file.version, watches=tuple(watches), fold=fold)
