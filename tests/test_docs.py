"""The documents keep step with the program: each option, key, column and package is explained, links lead somewhere."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from mailbot import config as configuration
from mailbot import examples
from mailbot.cli import app
from mailbot.core import calendar, columns, outgoingrules, rulebook, ruletables, stages, vocabulary
from mailbot.core.remarks import TEXTS
from mailbot.core.rulefile import Model

ROOT = Path(__file__).parent.parent
PAGES = (*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md")))
README, OPERATORS, RULES = (ROOT / name for name in ("README.md", "docs/operators.md", "docs/rules.md"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def rule_file(name: str) -> dict[str, Any]:
    return tomllib.loads(read(ROOT / "rules" / name))


def commands() -> Iterator[tuple[str, Any]]:
    """Every command by the words it is called with, groups that do something themselves included."""

    def below(command: Any, words: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
        if words:
            yield " ".join(words), command
        for name, child in getattr(command, "commands", {}).items():
            yield from below(child, (*words, name))

    return below(typer.main.get_command(app), ())


COMMANDS = dict(commands())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_explained_to_operators(name: str) -> None:
    page = read(OPERATORS)
    if not COMMANDS[name].params:  # a group that only holds commands
        return
    assert f"`mailbot {name}" in page
    rows = [line for line in page.splitlines() if line.startswith(f"| `mailbot {name}")]
    for parameter in COMMANDS[name].params:
        for option in parameter.opts:
            if option.startswith("--"):
                assert option in "".join(rows), f"mailbot {name} has {option}; docs/operators.md does not say so"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_named_in_a_page_exist(page: Path) -> None:
    known = {*COMMANDS, *(name.split()[0] for name in COMMANDS)}
    for verb, second in re.findall(r"(?:`|bin/|-- )mailbot (?!is )([a-z]+)(?: ([a-z]+)\b)?", read(page)):
        assert verb in known, f"{page.name} names `mailbot {verb}`"
        if second and f"{verb} {second}" not in known:
            assert verb not in {name.split()[0] for name in COMMANDS if " " in name}, f"`mailbot {verb} {second}`"


def keys_of(model: type[Model]) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items()}


def test_every_configuration_key_is_explained() -> None:
    page = read(OPERATORS)
    for section, field in configuration.Config.model_fields.items():
        if section == "home":
            continue
        name = field.alias or section
        assert f"`[{name}]`" in page
        for key in keys_of(field.annotation):  # type: ignore[arg-type]
            assert f"`{key}`" in page, f"[{name}] {key}"


def test_a_key_nothing_reads_is_said_to_be_idle() -> None:
    code = "".join(read(p) for p in (ROOT / "mailbot").rglob("*.py"))
    parts = [f.annotation for f in configuration.Config.model_fields.values() if isinstance(f.annotation, type)]
    for key in {key for part in parts if issubclass(part, Model) for key in keys_of(part)}:
        row = next(line for line in read(OPERATORS).splitlines() if line.startswith("|") and f"`{key}`" in line)
        assert ("Not in force yet" in row) == (not re.search(rf"\.{key}\b", code)), key


@pytest.mark.parametrize("key", ["poll_seconds", "summary", "quiet_seconds", "give_up_days", "mail_megabytes", "port"])
def test_defaults_in_the_table_are_those_of_the_program(key: str) -> None:
    parts = [f.annotation for f in configuration.Config.model_fields.values() if isinstance(f.annotation, type)]
    usual = [p.model_fields[key].default for p in parts if issubclass(p, Model) and key in p.model_fields]
    rows = "\n".join(line for line in read(OPERATORS).splitlines() if f"`{key}`" in line.rpartition("| ")[0])
    for value in usual:
        assert f'`"{value}"`' in rows or f"`{value}`" in rows


def test_the_example_configuration_is_valid() -> None:
    config = configuration.load(ROOT / "config.example.toml")
    assert config.company.name


RULE_MODELS: dict[str, tuple[type[Model], ...]] = {
    "stages": (stages.StageFile, stages.Stage, stages.SideDeadline, stages.Branch, stages.Approval, stages.Rung),
    "columns": (columns.ColumnSpec, columns.Choice),
    "severity": (ruletables.SeverityFile, ruletables.Level, ruletables.RuleTable),
    "nature": (ruletables.NatureFile, ruletables.NatureTable, ruletables.Pair, ruletables.NoComplaintTable),
    "routing": (
        *(ruletables.RoutingFile, ruletables.DepartmentTable),
        *(ruletables.PersonTable, ruletables.WordTable),
    ),
    "outgoing": (outgoingrules.OutgoingFile, outgoingrules.HoldTable),
    "missing": (ruletables.MissingFile, ruletables.Ask),
    "calendar": (calendar.CalendarFile, calendar.SpecialTable, calendar.WeekTable),
    "fields": (
        *(vocabulary.VocabularyFile, vocabulary.PeopleWords, vocabulary.QuantityWords),
        *(vocabulary.DemandTable, vocabulary.GoodsWords),
    ),
}
EXAMPLE_MODELS = (examples.ExampleFile, examples.Example, examples.Expected, examples.EarlierCase)
OPENING = {"version", "effective"}  # every file opens with them; explained once
DAYS = {"tuesday", "wednesday", "thursday", "friday", "saturday"}  # `monday` to `sunday`


@pytest.mark.parametrize("file", RULE_MODELS)
def test_every_key_of_the_rule_files_is_explained(file: str) -> None:
    section = read(RULES).split(f"\n## {file}.toml\n")[1].split("\n## ")[0]
    for key in {key for model in RULE_MODELS[file] for key in keys_of(model)} - OPENING - DAYS:
        assert re.search(rf"`(\[\[{key}\]\]|\[{key}\]|{key}\b)", section), f"docs/rules.md does not explain {key}"


def test_every_key_of_examples_is_explained() -> None:
    section = read(RULES).split("\n## Examples\n")[1].split("\n## ")[0]
    for key in {key for model in EXAMPLE_MODELS for key in keys_of(model)} - OPENING:
        assert re.search(rf"`(\[\[{key}\]\]|{key})`", section), f"docs/rules.md does not explain {key}"


def test_every_function_field_and_demand_of_conditions_is_named() -> None:
    page = read(RULES)
    for word in (*rulebook.FUNCTIONS, *vocabulary.FIELD_KEYS, *(d["key"] for d in rule_file("fields.toml")["demand"])):
        assert re.search(rf"`{word}[`(]", page), f"docs/rules.md does not name {word}"


@pytest.mark.parametrize("file", sorted(path.name for path in (ROOT / "rules").glob("*.toml")))
def test_every_rule_file_has_its_place(file: str) -> None:
    assert f"## {file}" in read(RULES)


def listed(keys: Any) -> str:
    return ", ".join(f"`{key}`" for key in keys)


def column_row(column: dict[str, Any]) -> str:
    choices = column.get("choices", ())
    words = f"list `{choices}`" if isinstance(choices, str) else listed(choice["key"] for choice in choices)
    names = column["names"]
    kind = column.get("kind", "text")
    return f"| `{column['key']}` | {names['zh-CN']} | {names['en']} | {column['owner']} | {kind} | {words} |"


def branch_words(branch: dict[str, str]) -> str:
    letter = f" + letter `{branch['letter']}`" if "letter" in branch else ""
    when = f"`{branch['when']}` " if "when" in branch else ""
    return f"{when}→ `{branch['to']}`{letter}"


def stage_row(stage: dict[str, Any]) -> str:
    if stage.get("end"):
        return f"| `{stage['key']}` {stage['names']['zh-CN']} |  |  |  |  | the end |"
    deadline, ways = stage["deadline"], "<br>".join(map(branch_words, stage["next"]))
    term = f"{deadline['amount']} {deadline['unit'].replace('_', ' ')} from `{deadline.get('start', 'stage')}`"
    asked, actor = listed(stage.get("requires", ())), stage.get("actor", "owner")
    return f"| `{stage['key']}` {stage['names']['zh-CN']} | {actor} | {asked} | `{stage['done']}` | {term} | {ways} |"


@pytest.mark.parametrize("column", rule_file("columns.toml")["column"], ids=lambda column: column["key"])
def test_the_table_of_columns_is_that_of_the_file(column: dict[str, Any]) -> None:
    assert column_row(column) in read(RULES).splitlines()


@pytest.mark.parametrize("stage", rule_file("stages.toml")["stage"], ids=lambda stage: stage["key"])
def test_the_table_and_the_drawing_of_stages_are_those_of_the_file(stage: dict[str, Any]) -> None:
    lines = read(RULES).splitlines()
    assert stage_row(stage) in lines
    drawn = {line.strip() for line in lines if line.strip().startswith(f"{stage['key']} --> ") and "[*]" not in line}
    assert drawn == {f"{stage['key']} --> {branch['to']}" for branch in stage.get("next", ())}


@pytest.mark.parametrize("page", ["docs/staff.md", "docs/zh/staff.md"])
def test_staff_read_what_closes_each_stage(page: str) -> None:
    named = {column["key"]: column["names"]["zh-CN"] for column in rule_file("columns.toml")["column"]}
    lines = read(ROOT / page).splitlines()
    for stage in rule_file("stages.toml")["stage"]:
        if stage.get("end"):
            continue
        row = next(line for line in lines if re.match(rf"\| {stage['names']['zh-CN']}\W", line))
        for key in (*stage.get("requires", ()), stage["done"]):
            assert named[key] in row, f"{page}: stage {stage['key']} needs {named[key]}"


def slug(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", read(page), flags=re.DOTALL)
    for target in [*re.findall(r"\]\(([^)\s]+)\)", text), *re.findall(r'src="([^"]+)"', text)]:
        if target.startswith("http"):
            continue
        name, _, anchor = target.partition("#")
        place = (page.parent / name).resolve() if name else page
        assert place.exists(), target
        if anchor:
            assert anchor in {slug(heading) for heading in re.findall(r"^#+ (.*)$", read(place), re.MULTILINE)}, target


def required(names: list[str]) -> set[str]:
    return {re.split(r"[\[>=<~! ]", name)[0] for name in names}


MODULES = {
    "pyahocorasick": "ahocorasick",
    "chinesecalendar": "chinese_calendar",
    "css-inline": "css_inline",
    "python-calamine": "python_calamine",
}


def test_every_package_has_its_reason() -> None:
    page = read(ROOT / "docs/dependencies.md")
    extras = [name for names in PROJECT["project"]["optional-dependencies"].values() for name in names]
    for name in required([*PROJECT["project"]["dependencies"], *extras, *PROJECT["dependency-groups"]["dev"]]):
        assert re.search(rf"^\| .*`{re.escape(name)}`", page, re.MULTILINE), name


def test_no_reason_is_given_for_a_package_that_is_gone() -> None:
    extras = [name for names in PROJECT["project"]["optional-dependencies"].values() for name in names]
    known = required([*PROJECT["project"]["dependencies"], *extras, *PROJECT["dependency-groups"]["dev"]])
    for line in read(ROOT / "docs/dependencies.md").splitlines():
        if line.startswith("| `"):
            assert set(re.findall(r"`([^`]+)`", line.split("|")[1])) <= known


def test_packages_are_imported_where_the_page_says() -> None:
    code = {path: read(path) for folder in ("mailbot", "sheets") for path in (ROOT / folder).rglob("*.py")}
    for line in read(ROOT / "docs/dependencies.md").splitlines():
        cells = [cell.strip().strip("`") for cell in line.split("|")[1:-1]]
        if len(cells) != 3 or cells[0] == "package" or set(cells[0]) == {"-"}:
            continue
        name = MODULES.get(cells[0], cells[0])
        users = {path for path, text in code.items() if re.search(rf"^\s*(import|from) {name}\b", text, re.MULTILINE)}
        if cells[1].startswith("nowhere"):
            assert not users, f"{cells[0]} is imported now; tell docs/dependencies.md"
        else:
            assert ROOT / cells[1] in users, f"{cells[0]} is not imported in {cells[1]}"


def test_newcomers_find_every_file() -> None:
    page = read(ROOT / "docs/architecture.md")
    for folder in ("mailbot", "sheets"):
        for path in (ROOT / folder).rglob("*.py"):
            if path.name != "__init__.py" and "migrations" not in path.parts:
                assert path.name in page, f"docs/architecture.md does not name {path.relative_to(ROOT)}"


@pytest.mark.parametrize("key", TEXTS)
def test_remarks_are_explained_in_chinese(key: str) -> None:
    """Of each remark the longest piece without facts must have something in common with the staff's table."""
    page = read(ROOT / "docs/zh/staff.md")
    pieces = re.split(r"\{\w+\}|[，。：；、（）“”\s]", next(iter(TEXTS[key].values())))
    words = {piece[i : i + 4] for piece in pieces for i in range(max(1, len(piece) - 3)) if len(piece) >= 3}
    assert any(word in page for word in words), TEXTS[key]


def test_every_page_is_linked_from_the_readme() -> None:
    readme = read(README)
    for page in PAGES:
        assert page == README or str(page.relative_to(ROOT)) in readme, page
