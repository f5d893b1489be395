"""Everyday mails by somebody who had not seen the rules (corpus/everyday), and everyday sentences of our own.

`dev` is for improving. `test` measures: its floors lie a little below what is reached.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from mailbot.core.rulebook import Rules, load_rules
from mailbot.mail.fold import fold
from mailbot.mail.read import OwnAddresses
from mailbot.mail.record import as_record
from mailbot.mail.understand import understand

HERE = Path(__file__).parent
CORPUS = HERE.parent / "corpus"
OWN = OwnAddresses(domains=frozenset({"huaxin-mfg.example", "huaxin-mfg.example.cn"}))
PHRASES = tomllib.loads((HERE / "everyday_phrases.toml").read_text("utf-8"))
FLOORS = {
    "dev": {"kind": 0.98, "severity": 0.89, "nature": 0.97, "fields": 0.95, "demand": 0.96, "missing": 0.9},
    "test": {"kind": 0.94, "severity": 0.83, "nature": 0.89, "fields": 0.92, "demand": 0.76, "missing": 0.77},
}


@cache
def shipped() -> Rules:
    return load_rules(lambda name: HERE.parents[1] / "rules" / name, fold)


def said_of(raw: bytes) -> dict[str, Any]:
    return as_record(understand(raw, OWN, shipped()), shipped())


@cache
def totals(half: str, folder: Path) -> dict[str, float]:
    """The totals of a half as score.py counts them."""
    root = CORPUS / "everyday" / half
    lines = [json.dumps({**said_of(p.read_bytes()), "file": p.name}, default=str) for p in sorted(root.glob("*.eml"))]
    predictions = folder / "said.jsonl"
    predictions.write_text("\n".join(lines), "utf-8")
    command = [sys.executable, str(CORPUS / "score.py"), str(root), "--predictions", str(predictions), "--json"]
    return figures(json.loads(subprocess.run(command, check=True, capture_output=True).stdout))


def figures(scores: dict[str, Any]) -> dict[str, float]:
    right = {key: scores["accuracy"][key]["accuracy"] for key in ("kind", "severity", "nature")}
    return right | {
        "fields": scores["fields_micro"]["f1"],
        "demand": scores["demand"]["f1"],
        "missing": scores["missing"]["f1"],
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("everyday")


@pytest.mark.parametrize(("half", "key"), [(half, key) for half, keys in FLOORS.items() for key in keys])
def test_everyday_mails_are_understood_at_least_so_well(half: str, key: str, folder: Path) -> None:
    assert totals(half, folder)[key] >= FLOORS[half][key]


def wanted(text: str) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in text.split("; ") if pair != "-")


def shown(value: object) -> str:
    """A value as the file of phrases writes it: lists sorted, `-` for nothing."""
    if isinstance(value, list | tuple):
        return ",".join(sorted(map(str, value))) or "-"
    return "-" if value is None else str(value)


@pytest.mark.parametrize("cause", PHRASES)
def test_everyday_sentences_are_understood_and_what_looks_alike_is_not(cause: str) -> None:
    wrong = []
    for text, gold in PHRASES[cause].items():
        mail = EmailMessage()
        mail["From"], mail["To"] = "who@customer.example", "complaints@huaxin-mfg.example"
        mail["Subject"] = "反馈" if any(c > "\u2e80" for c in text) else "Complaint"
        mail["Date"] = "Wed, 10 Jun 2026 10:00:00 +0800"
        mail.set_content(text)
        record = said_of(mail.as_bytes())
        said = {**record["fields"], "nature": record["nature"], "severity": record["severity"]}
        for key, value in wanted(gold).items():
            right = ",".join(sorted(value.split(","))) if key == "demand" else value
            if shown(said.get(key)) != right:
                wrong.append((text, key, right, shown(said.get(key))))
    assert not wrong
