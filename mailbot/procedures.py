"""Reading the company's rule files into one Procedure: user's own files first, the shipped ones for the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

from mailbot.core.calendar import read_calendar
from mailbot.core.columns import ColumnFile, ColumnSpec, HeadingFile, headings_twice
from mailbot.core.conditions import Choice, Scale, Type
from mailbot.core.lists import CATALOG, CUSTOMERS, Lists, read_catalog, read_customers
from mailbot.core.model import Language
from mailbot.core.outgoingrules import OutgoingFile, compile_outgoing
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
Find = Callable[[str], Path]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """The rule files, read: the procedure for casework, the rules for reading mail."""

    procedure: Procedure
    rules: Rules


def finder(*folders: Path | None) -> Find:
    """Where a rule file is read from: the first of the folders that has it, the shipped one when none does."""

    def find(name: str) -> Path:
        places = (folder / name for folder in folders if folder)
        return next((place for place in places if place.exists()), shipped("rules") / name)

    return find


def load_procedure(
    folder: Path | None, language: Language, number_pattern: str, headings: HeadingFile | None = None
) -> Loaded:
    """Read and check all rule files of a folder; `headings` stands in for register.toml. Raises FileProblems."""
    return read_procedure(finder(folder), language, number_pattern, headings)


def read_procedure(find: Find, language: Language, number_pattern: str, headings: HeadingFile | None = None) -> Loaded:
    """Read and check the rule files where `find` says they are. Raises FileProblems with all that is wrong."""
    problems: list[Problem] = []

    def attempt(reader: Callable[[], T]) -> T | None:
        try:
            return reader()
        except FileProblems as error:
            known = {p: replace(p, file=str(find(p.file))) if p.file in FILES else p for p in error.problems}
            problems.extend(known.values())
            return None

    rules = attempt(lambda: compile_rules({name: text_of(find(name)) for name in FILES}, fold))
    lists = attempt(lambda: read_lists(find))
    columns = attempt(lambda: _columns(find, language, headings))
    stages = attempt(lambda: read(find("stages.toml"), StageFile))
    calendar = attempt(lambda: read_calendar(find("calendar.toml")))
    outgoing = attempt(lambda: read(find("outgoing.toml"), OutgoingFile))
    if rules is None or lists is None or columns is None or stages is None or calendar is None or outgoing is None:
        raise FileProblems(tuple(problems))
    names, path = condition_names(columns, rules), find("stages.toml")
    severities = tuple(level.key for level in rules.scale)
    roles = frozenset(role for role, members in rules.people.roles.items() if members)
    known = Known(columns=columns, names=names, roles=roles, severities=severities)
    if wrong := check_stages(stages, known, file=str(path), lines=lines_of(text_of(path))):
        raise FileProblems(wrong)
    watched = compile_outgoing(outgoing, names, fold, _places(find("outgoing.toml")))
    procedure = Procedure(
        stages=stages,
        branches=compile_branches(stages, names),
        columns=columns.by_key(),
        labels=_labels(columns, stages, rules),
        people=rules.people,
        calendar=calendar,
        severities=severities,
        floors=tuple(rule for rule in rules.severity if rule.floor),
        language=language,
        version="+".join(sorted({*rules.version.split("+"), columns.version, stages.version, outgoing.version})),
        asks=rules.ask,
        ask_again_after=rules.ask_again_after,
        number_pattern=number_pattern,
        default_department=rules.otherwise_department,
        outgoing=watched,
    )
    return Loaded(procedure=procedure, rules=replace(rules, lists=lists))


def read_lists(find: Find) -> Lists:
    """Read catalog.csv and customers.csv where the company keeps them. Raises FileProblems."""
    problems: list[Problem] = []
    found: dict[str, tuple[Any, ...]] = {}
    for name, reader in ((CATALOG, read_catalog), (CUSTOMERS, read_customers)):
        try:
            found[name] = reader(find(name).read_bytes(), file=str(find(name)))
        except FileNotFoundError:
            found[name] = ()
        except OSError as error:
            problems.append(Problem(file=str(find(name)), line=0, message=f"cannot be read: {error.strerror}"))
        except FileProblems as error:
            problems.extend(error.problems)
    if problems:
        raise FileProblems(tuple(problems))
    return Lists(products=found[CATALOG], customers=found[CUSTOMERS])


def _places(path: Path) -> Callable[[int], Problem]:
    """Where the conditions of outgoing.toml stand."""
    lines = lines_of(text_of(path))
    return lambda index: Problem(file=str(path), line=lines.get(("hold", index, "when"), 0), message="")


def _columns(find: Callable[[str], Path], language: Language, headings: HeadingFile | None) -> ColumnFile:
    """The columns, under the headings of an adopted register where there is one."""
    path, own = find("columns.toml"), find(HEADINGS)
    columns = read(path, ColumnFile)
    if twice := list(headings_twice(columns)):
        lines = lines_of(text_of(path))
        places = [(lines.get(("column", index, "names"), 0), message) for index, message in twice]
        raise FileProblems(tuple(Problem(file=str(path), line=line, message=message) for line, message in places))
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
