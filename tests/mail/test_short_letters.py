"""Short letters in many voices: dangers told in unusual words, questions that complain, demands in passing."""

from __future__ import annotations

import tomllib
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from mailbot.core.rulebook import Rules, load_rules
from mailbot.mail.fold import fold
from mailbot.mail.read import OwnAddresses
from mailbot.mail.understand import Understanding, understand

HERE = Path(__file__).parent
OWN = OwnAddresses(domains=frozenset({"huaxin-mfg.example"}))
LETTERS: dict[str, Any] = tomllib.loads((HERE / "short_letters.toml").read_text("utf-8"))
STRANGERS = HERE.parent / "corpus" / "strangers" / "short_dev.toml"  # by somebody who had not seen the rules
for key, kinds in tomllib.loads(STRANGERS.read_text("utf-8")).items():
    for kind, letters in kinds.items():
        LETTERS[key][kind] += letters


@cache
def shipped() -> Rules:
    return load_rules(lambda name: HERE.parents[1] / "rules" / name, fold)


def read(text: str, subject: str) -> Understanding:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "who@customer.example", "complaints@huaxin-mfg.example", subject
    mail["Date"] = "Wed, 10 Jun 2026 10:00:00 +0800"
    mail.set_content(text)
    return understand(mail.as_bytes(), OWN, shipped())


def alarming(text: str) -> bool:
    said = read(text, "反馈" if text[3:4] > "\x7f" else "Problem")
    return said.verdict is not None and said.verdict.emergency


def test_dangers_are_found_however_they_are_told() -> None:
    told = LETTERS["danger"]["said"]
    missed = [text for text in told if not alarming(text)]
    assert len(missed) <= len(told) * 0.03, missed


def test_what_only_speaks_of_dangerous_things_raises_no_alarm() -> None:
    assert not [text for text in LETTERS["danger"]["not_said"] if alarming(text)]


def test_no_complaint_is_taken_for_a_question() -> None:
    lost = [text for subject, text in LETTERS["kind"]["complaint"] if read(text, subject).mail.kind.value == "other"]
    assert not lost


def test_orders_notices_and_thanks_are_no_complaints() -> None:
    taken = [text for subject, text in LETTERS["kind"]["other"] if read(text, subject).mail.kind.value != "other"]
    assert not taken


def test_demands_are_found_and_not_inflated() -> None:
    right = wrong = 0
    for text, wanted in LETTERS["demand"].items():
        hello = "你好，HX-220 水泵坏了。" if any(c > "\u2e80" for c in text) else "Hello, our HX-220 pump is broken."
        found = read(f"{hello}\n{text}", "HX-220").mail.fields.get("demand")
        asked = set(found.value) if found and isinstance(found.value, tuple) else set[str]()
        choices = [set(filter(None, choice.split(","))) for choice in wanted.split("|")]
        best = min(choices, key=lambda choice: len(choice ^ asked))
        right, wrong = right + 2 * len(best & asked), wrong + len(best ^ asked)
    assert right / (right + wrong) >= 0.97


PAPER = "The table lists the names of all months. Each row holds one name and its number in the year. " * 12


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (PAPER + "Short names are broken off after three letters.", "other"),
        (PAPER + "We bought this pump from you and it is broken; your people do not answer. " * 8, "complaint"),
    ],
)
def test_a_long_text_that_speaks_to_nobody_is_shown_to_a_human(text: str, kind: str) -> None:
    said = read(text, "Notes")
    assert said.mail.kind.value == kind
    assert said.doubtful is (kind == "other")
