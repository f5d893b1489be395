"""`mailbot rules test`: the examples kept beside the rules are tried; what comes out otherwise is printed."""

from __future__ import annotations

from pathlib import Path

from mailbot import config as configuration
from mailbot.commands.terminal import line, verdict
from mailbot.core.model import Reason
from mailbot.core.rulefile import FileProblems
from mailbot.examples import Answer, Miss, example_files, load_examples, try_example
from mailbot.wiring import open_procedure, shipped_procedure


def try_rules(path: Path | None) -> int:
    """Try the examples of a configuration, of ./config.toml, or the shipped ones; return the exit status."""
    if path is None and Path("config.toml").exists():
        path = Path("config.toml")
    config = configuration.load(path) if path else None
    try:
        rules = (open_procedure(config) if config else shipped_procedure()).rules
        files = example_files(config.path(config.files.rules) if config else None)
        trials = load_examples(files, rules)
    except FileProblems as error:
        for problem in error.problems:
            line(str(problem))
        verdict(False, f"{len(error.problems)} to correct")
        return 2
    missed = {trial.place(): misses for trial in trials if (misses := list(try_example(trial, rules)))}
    for misses in missed.values():
        for miss in misses:
            _show(miss)
    if not trials:
        verdict(None, "no examples", "keep some in rules/tests/*.toml; docs/rules.md says how")
    else:
        failed = f", {len(missed)} came out otherwise" if missed else ""
        verdict(not missed, f"rules {rules.version}", f"{len(trials)} examples in {len(files)} files{failed}")
    return 2 if missed else 0


def _show(miss: Miss) -> None:
    line(f"{miss.place}: {miss.example}")
    line(f"    {miss.key}: expected {_words(miss.expected)}, got {_words(miss.got)}")
    for reason in miss.why:
        line(f"    because {_because(reason)}")
    if not miss.why:
        line("    because no rule fired for it")


def _because(reason: Reason) -> str:
    return f"{reason.rule}" + (f" ({', '.join(reason.words)})" if reason.words else "")


def _words(answer: Answer) -> str:
    if isinstance(answer, frozenset):
        return ", ".join(sorted(answer)) or "nothing"
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    return answer or "nothing"
