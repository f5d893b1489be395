"""The shape of the rule files nature, severity, routing and missing: declarations only.

They are compiled in rulebook.py.
"""

from __future__ import annotations

from datetime import date

from mailbot.core.model import Language
from mailbot.core.rulefile import Field, Model

Names = dict[Language, str]


class RuleFile(Model):
    """What every rule file opens with: which version it is and since when it holds [D-05]."""

    version: str
    effective: date


class Pair(Model):
    """Two lists: a word of each, close together in one sentence, counts like one word."""

    words: tuple[str, ...]
    near: tuple[str, ...]
    but_not: tuple[str, ...] = ()


class NatureTable(Model):
    """A nature of complaint and the words that speak for it."""

    key: str
    names: Names
    words: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    but_not: tuple[str, ...] = ()
    decisive: bool = False
    together: tuple[Pair, ...] = ()


class NoComplaintTable(Model):
    """A sort of mail that is no complaint."""

    name: str
    words: tuple[str, ...]
    but_not: tuple[str, ...] = ()
    weight: float = 2


class RuleTable(Model):
    """A rule as the file has it: words and/or a condition, and what it sets."""

    name: str
    sets: str
    words: tuple[str, ...] = ()
    but_not: tuple[str, ...] = ()
    when: str = ""
    supposed: bool = False
    floor: bool = False
    emergency: bool = False


class NatureFile(RuleFile):
    """nature.toml. `groups` are lists with a name, which every rule file may use in its words: `<body>`."""

    groups: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    otherwise: str
    nature: tuple[NatureTable, ...]
    no_complaint: tuple[NoComplaintTable, ...] = ()
    fallback: tuple[RuleTable, ...] = ()


class Level(Model):
    """A step of the severity scale."""

    key: str
    names: Names


class SeverityFile(RuleFile):
    """severity.toml."""

    severity: tuple[Level, ...] = Field(min_length=1)
    rule: tuple[RuleTable, ...] = ()


class DepartmentTable(Model):
    """A department of routing.toml."""

    key: str
    names: Names
    manager: str
    staff: tuple[str, ...] = ()


class PersonTable(Model):
    """A person of routing.toml. `departments` are those a supervisor is told of; empty: all.

    `initials` is what he signs a finished stage with; left out, the first letters of a name in Latin letters.
    """

    name: str
    address: str
    initials: str = ""
    language: Language = Language.ZH_CN
    departments: tuple[str, ...] = ()


class WordTable(Model):
    """A bare list of words."""

    words: tuple[str, ...] = ()
    but_not: tuple[str, ...] = ()


class RoutingFile(RuleFile):
    """routing.toml."""

    otherwise: str
    department: tuple[DepartmentTable, ...] = Field(min_length=1)
    person: tuple[PersonTable, ...] = ()
    roles: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    rule: tuple[RuleTable, ...] = ()
    sample: WordTable = WordTable()
    business: WordTable = WordTable()
    claim: tuple[RuleTable, ...] = ()


class Ask(Model):
    """One thing to ask for, unless one of `known` is there."""

    field: str
    known: tuple[str, ...]
    natures: tuple[str, ...] = ()
    who: str = Field(default="", pattern="^(business|consumer)?$")


class MissingFile(RuleFile):
    """missing.toml. `ask_again_after` is in working days; 0: never."""

    ask_again_after: float = Field(default=3, ge=0)
    ask: tuple[Ask, ...] = ()
    names: dict[str, Names] = {}
