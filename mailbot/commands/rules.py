"""`mailbot rules check`: every rule file, template and form, each problem with its file and line."""

from __future__ import annotations

from pathlib import Path

from mailbot import config as configuration
from mailbot.commands.terminal import line, verdict
from mailbot.core.rulefile import FileProblems
from mailbot.reports.caseform import form_problems
from mailbot.wiring import form_folders, letters_for, open_procedure, shipped_procedure


def check_rules(path: Path | None) -> int:
    """Check the rules of a configuration, or of ./config.toml, or the shipped ones; return the exit status."""
    if path is None and Path("config.toml").exists():
        path = Path("config.toml")
    try:
        if path:
            config = configuration.load(path)
            loaded = open_procedure(config)
            problems = letters_for(config, loaded.procedure).check()
            problems += form_problems(form_folders(config), loaded.procedure)
        else:
            loaded, problems = shipped_procedure(), []
    except FileProblems as error:
        for problem in error.problems:
            line(str(problem))
        verdict(False, f"{len(error.problems)} to correct")
        return 2
    for text in problems:
        line(text)
    procedure = loaded.procedure
    stages, people = len(procedure.stages.stage), len(procedure.people.persons)
    verdict(
        not problems,
        f"rules {procedure.version}",
        f"{stages} stages, {len(procedure.columns)} columns, {people} people",
    )
    return 2 if problems else 0
