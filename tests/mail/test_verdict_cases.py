"""Short letters in many tones against what a careful clerk says of them: verdict_cases.toml.

Half of them are for tuning the rules, half only measure; `python tests/mail/test_verdict_cases.py` prints the figures
of both and the differences of the first half.
"""

from __future__ import annotations

import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from functools import cache
from pathlib import Path

import pytest

from mailbot.core.rulebook import Rules, load_rules
from mailbot.mail.fold import fold
from mailbot.mail.read import OwnAddresses
from mailbot.mail.understand import understand

HERE = Path(__file__).parent
OWN = OwnAddresses(domains=frozenset({"huaxin-mfg.example"}))
GRAVEST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What is said of a letter, by the clerk or by the rules."""

    kind: str
    nature: str = "-"
    severity: int = 0
    demand: frozenset[str] = frozenset()


@cache
def shipped() -> Rules:
    return load_rules(lambda name: HERE.parents[1] / "rules" / name, fold)


@cache
def letters(half: str) -> tuple[tuple[str, Said, Said], ...]:
    """The letters of a half ("tuned" or "measured"): text, what the clerk says, what the rules say."""
    tables = tomllib.loads((HERE / "verdict_cases.toml").read_text("utf-8")).values()
    chosen = (case for table in tables for case in list(table.items())[half == "measured" :: 2])
    return tuple((text, clerk(gold), judged(text)) for text, gold in chosen)


def clerk(gold: str) -> Said:
    what, _, demand = gold.partition(":")
    kind, *rest = what.split()
    nature, severity = rest or ("-", "0")
    return Said(kind=kind, nature=nature, severity=int(severity), demand=frozenset(demand.split()))


def judged(text: str) -> Said:
    mail = EmailMessage()
    mail["From"], mail["To"] = "who@customer.example", "complaints@huaxin-mfg.example"
    mail["Date"], mail["Message-ID"] = "Tue, 10 Mar 2026 21:14:05 +0800", "<1@customer.example>"
    mail.set_content(text)
    said = understand(mail.as_bytes(), OWN, shipped())
    if said.verdict is None or said.mail.kind.value != "complaint":
        return Said(kind="other")
    demand = said.mail.fields.get("demand")
    asked = frozenset(demand.value) if demand and isinstance(demand.value, tuple) else frozenset[str]()
    verdict = said.verdict
    return Said(kind="complaint", nature=verdict.nature, severity=shipped().rank(verdict.severity), demand=asked)


def figures(half: str) -> dict[str, float]:
    """The share of right answers; precision and recall of dangers; F1 of demands."""
    count: Counter[str] = Counter()
    for _, gold, said in letters(half):
        count["letters"] += 1
        count["kind"] += gold.kind == said.kind
        if gold.kind != "complaint":
            continue
        count["complaints"] += 1
        count["severity"] += gold.severity == said.severity
        count["natures"] += gold.nature != "-"
        count["nature"] += gold.nature == said.nature
        count["dangers"] += gold.severity == GRAVEST
        count["alarms"] += said.severity == GRAVEST
        count["found"] += gold.severity == said.severity == GRAVEST
        count["asked"] += len(gold.demand) + len(said.demand)
        count["both"] += len(gold.demand & said.demand)
    return {
        "kind": count["kind"] / count["letters"],
        "nature": count["nature"] / count["natures"],
        "severity": count["severity"] / count["complaints"],
        "dangers found": count["found"] / count["dangers"],
        "alarms right": count["found"] / count["alarms"],
        "demand": 2 * count["both"] / count["asked"],
    }


def differences() -> Iterator[str]:
    for text, gold, said in letters("tuned"):
        wrong = [
            f"{key} {getattr(said, key)}, not {getattr(gold, key)}" for key in Said.__slots__ if differ(key, gold, said)
        ]
        if wrong:
            yield f"{text}\n    {'; '.join(wrong)}"


def differ(key: str, gold: Said, said: Said) -> bool:
    scored = key == "kind" or (gold.kind == said.kind == "complaint" and not (key == "nature" and gold.nature == "-"))
    return scored and getattr(gold, key) != getattr(said, key)


@pytest.mark.parametrize("half", ["tuned", "measured"])
@pytest.mark.parametrize(
    ("key", "goal"),
    [
        ("kind", 0.98),
        ("nature", 0.88),
        ("severity", 0.9),
        ("dangers found", 1.0),
        ("alarms right", 0.88),
        ("demand", 0.9),
    ],
)
def test_short_letters_are_judged_as_a_clerk_would(half: str, key: str, goal: float) -> None:
    assert figures(half)[key] >= goal


def test_there_are_enough_letters_of_either_half() -> None:
    assert min(len(letters("tuned")), len(letters("measured"))) >= 70


if __name__ == "__main__":
    for name in ("tuned", "measured"):
        sys.stdout.write(f"{name}: " + ", ".join(f"{k} {v:.3f}" for k, v in figures(name).items()) + "\n")
    sys.stdout.write("\n".join(differences()) + "\n")
