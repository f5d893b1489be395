from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

import mailbot
from mailbot.core.model import Language
from mailbot.core.remarks import TEXTS, listed, say


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("key", TEXTS)
def test_a_remark_says_the_same_in_every_language(key: str) -> None:
    assert set(TEXTS[key]) == set(Language)
    assert len({frozenset(places(text)) for text in TEXTS[key].values()}) == 1


@pytest.mark.parametrize("key", TEXTS)
def test_a_remark_can_be_said_and_names_its_facts(key: str) -> None:
    facts = {name: f"<{name}>" for name in places(TEXTS[key][Language.EN])}
    for language in Language:
        said = say(key, language, **facts)
        assert all(fact in said for fact in facts.values())
        assert "{" not in said


def test_every_remark_is_used_and_every_one_used_exists() -> None:
    source = "".join(
        p.read_text("utf-8") for p in Path(mailbot.__file__).parent.rglob("*.py") if p.name != "remarks.py"
    )
    assert set(re.findall(r'\bsay\("(\w+)"', source)) <= set(TEXTS)
    assert [key for key in TEXTS if f'"{key}"' not in source] == []


def test_a_remark_or_fact_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(KeyError):
        say("nonsense", Language.EN)
    with pytest.raises(KeyError):
        say("conflict", Language.EN, column="Severity")


def test_words_are_listed_as_the_language_does() -> None:
    assert listed(["a", "b"], Language.EN) == "a, b"
    assert listed(["甲", "乙"], Language.ZH_TW) == "甲、乙"
    assert listed([], Language.ZH_CN) == ""
