"""Reading the company's rule files into one Procedure: user's own files first, the shipped ones for the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar

from mailbot.core.calendar import read_calendar
from mailbot.core.columns import ColumnFile, ColumnSpec, HeadingFile
from mailbot.core.conditions import Choice, Scale, Type
from mailbot.core.model import Language
from mailbot.core.procedure import Labels, Procedure
from mailbot.core.rulebook import FILES, Rules, compile_rules
from mailbot.core.rulefile import FileProblems, Problem, lines_of, read, text_of
from mailbot.core.stagecheck import Known, check_stages
from mailbot.core.stages import StageFile, compile_branches
from mailbot.mail.fold import fold
from mailbot.shipped import shipped

KINDS: Mapping[str, Type] = {"text": str, "number": float, "date": date, "datetime": datetime}
HEADINGS = "register.toml"
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """The rule files, read: the procedure for casework, the rules for reading mail."""

    procedure: Procedure
    rules: Rules


def finder(folder: Path | None) -> Callable[[str], Path]:
    """Where a rule file is read from: the company's folder when it has the file, the shipped one otherwise."""

    def find(name: str) -> Path:
        own = folder / name if folder else None
        return own if own and own.exists() else shipped("rules") / name

    return find


def load_procedure(
    folder: Path | None, language: Language, number_pattern: str, headings: HeadingFile | None = None
) -> Loaded:
    """Read and check every rule file together; `headings` stands in for register.toml.

    Raises FileProblems with all that is wrong in all of them.
    """
    find = finder(folder)
    problems: list[Problem] = []

    def attempt(reader: Callable[[], T]) -> T | None:
        try:
            return reader()
        except FileProblems as error:
            known = {p: replace(p, file=str(find(p.file))) if p.file in FILES else p for p in error.problems}
            problems.extend(known.values())
            return None

    rules = attempt(lambda: compile_rules({name: text_of(find(name)) for name in FILES}, fold))
    columns = attempt(lambda: _columns(find, language, headings))
    stages = attempt(lambda: read(find("stages.toml"), StageFile))
    calendar = attempt(lambda: read_calendar(find("calendar.toml")))
    if rules is None or columns is None or stages is None or calendar is None:
        raise FileProblems(tuple(problems))
    names, path = condition_names(columns, rules), find("stages.toml")
    severities = tuple(level.key for level in rules.scale)
    roles = frozenset(role for role, members in rules.people.roles.items() if members)
    known = Known(columns=columns, names=names, roles=roles, severities=severities)
    if wrong := check_stages(stages, known, file=str(path), lines=lines_of(text_of(path))):
        raise FileProblems(wrong)
    procedure = Procedure(
        stages=stages,
        branches=compile_branches(stages, names),
        columns=columns.by_key(),
        labels=_labels(columns, stages, rules),
        people=rules.people,
        calendar=calendar,
        severities=severities,
        language=language,
        version="+".join(sorted({rules.version, columns.version, stages.version})),
        number_pattern=number_pattern,
        default_department=rules.otherwise_department,
    )
    return Loaded(procedure=procedure, rules=rules)


def _columns(find: Callable[[str], Path], language: Language, headings: HeadingFile | None) -> ColumnFile:
    """The columns, under the headings of an adopted register where there is one."""
    columns, own = read(find("columns.toml"), ColumnFile), find(HEADINGS)
    if headings is None:
        headings = read(own, HeadingFile) if own.exists() else HeadingFile()
    return headings.applied(columns, language)


def condition_names(columns: ColumnFile, rules: Rules) -> dict[str, Type]:
    """What conditions of stages.toml may speak of, with types: what people fill in, the stage, its visits so far."""
    names: dict[str, Type] = {spec.key: _type(spec, rules) for spec in columns.column if spec.owner != "bot"}
    return {**names, "stage": str, "visit": float}


def _type(spec: ColumnSpec, rules: Rules) -> Type:
    if spec.choices == "severity":
        return Scale(tuple(level.key for level in rules.scale))
    if spec.choices == "nature":
        return Choice(tuple(rules.nature_names))
    if spec.choices == "department":
        return Choice(tuple(department.key for department in rules.people.departments))
    if spec.kind == "choice" and isinstance(spec.choices, tuple):
        return Choice(tuple(choice.key for choice in spec.choices))
    return KINDS.get(spec.kind, str)


def _labels(columns: ColumnFile, stages: StageFile, rules: Rules) -> Labels:
    lists: dict[str, Mapping[str, Mapping[Language, str]]] = {
        "severity": {level.key: level.names for level in rules.scale},
        "nature": rules.nature_names,
        "department": {d.key: d.names for d in rules.people.departments},
        "stage": {stage.key: stage.names for stage in stages.stage},
        "missing": rules.ask_names,
        "status": {str(key): names for key, names in stages.status.items()},
    }
    own = {c.key: {o.key: o.names for o in c.choices} for c in columns.column if not isinstance(c.choices, str)}
    named = {c.key: lists[c.choices] for c in columns.column if isinstance(c.choices, str)}
    return {**lists, **{key: labels for key, labels in own.items() if labels}, **named}
