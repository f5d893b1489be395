from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from string import Formatter

import pytest

import mailbot
from mailbot.core import happenings, remarks
from mailbot.core.model import Language
from mailbot.core.remarks import TEXTS, listed, say

SAID = [(table, key) for table in (remarks.TEXTS, happenings.TEXTS) for key in table]

Texts = Mapping[str, Mapping[Language, str]]


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize(("table", "key"), SAID)
def test_the_same_is_said_in_every_language(table: Texts, key: str) -> None:
    assert set(table[key]) == set(Language)
    assert len({frozenset(places(text)) for text in table[key].values()}) == 1


@pytest.mark.parametrize(("table", "key"), SAID)
def test_what_is_said_names_its_facts(table: Texts, key: str) -> None:
    facts = {name: f"<{name}>" for name in places(table[key][Language.EN])}
    for language in Language:
        said = table[key][language].format(**facts)
        assert all(fact in said for fact in facts.values())
        assert "{" not in said


def test_all_that_can_be_said_is_used_and_all_that_is_used_exists() -> None:
    ours = [path for path in Path(mailbot.__file__).parent.rglob("*.py") if path.stem not in ("remarks", "happenings")]
    source = "".join(path.read_text("utf-8") for path in ours)
    assert set(re.findall(r'\bsay\("(\w+)"', source)) <= set(TEXTS)
    assert set(re.findall(r'\bnotify\(office, [^\n]*?"(\w+)", now', source)) <= set(happenings.TEXTS)
    assert [key for _, key in SAID if f'"{key}"' not in source] == []


def test_a_remark_or_fact_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(KeyError):
        say("nonsense", Language.EN)
    with pytest.raises(KeyError):
        say("conflict", Language.EN, column="Severity")


def test_words_are_listed_as_the_language_does() -> None:
    assert listed(["a", "b"], Language.EN) == "a, b"
    assert listed(["甲", "乙"], Language.ZH_TW) == "甲、乙"
    assert listed([], Language.ZH_CN) == ""
