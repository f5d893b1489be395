"""The examples kept beside the rules: the shipped ones come out as written, and mistakes are told where they stand."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from mailbot.commands.rulestest import try_rules
from mailbot.core.model import Language
from mailbot.core.rulefile import FileProblems
from mailbot.examples import Trial, example_files, load_examples, try_example
from mailbot.procedures import Loaded, load_procedure
from mailbot.shipped import shipped


@cache
def loaded(folder: Path | None = None) -> Loaded:
    return load_procedure(folder, Language.ZH_CN, "CP-{year}-{seq:06d}")


def trials(text: str, folder: Path) -> list[Trial]:
    """Examples written into a file of their own; version and date stand in front of them."""
    path = folder / "own.toml"
    path.write_text(f'version = "1"\neffective = 2026-01-01\n{text}', encoding="utf-8")
    return load_examples([path], loaded().rules)


SHIPPED = load_examples(example_files(None), loaded().rules)


@pytest.mark.parametrize("trial", SHIPPED, ids=lambda trial: trial.example.name)
def test_a_shipped_example_comes_out_as_written(trial: Trial) -> None:
    assert not list(try_example(trial, loaded().rules))


def test_the_shipped_examples_cover_three_languages_and_every_severity() -> None:
    assert {Path(trial.file).stem for trial in SHIPPED} == {"zh-CN", "zh-TW", "en"}
    assert {t.example.expect.severity for t in SHIPPED} >= {level.key for level in loaded().rules.scale}


LAMP = """
[[example]]
name = "a lamp"
text = "台灯不亮，请换货"
expect = {"""


def test_what_comes_out_otherwise_is_told_with_line_rule_and_words(tmp_path: Path) -> None:
    (trial,) = trials(LAMP + ' nature = "safety", demand = ["refund"], claim = "appeal" }', tmp_path)
    nature, demand = try_example(trial, loaded().rules)
    assert nature.place.endswith("own.toml:7")
    assert (nature.key, nature.expected, nature.got) == ("nature", "safety", "function")
    assert "不亮" in nature.why[0].words
    assert (demand.expected, demand.got) == ({"refund"}, {"replace"})
    assert "请换货" in demand.why[0].words[0]


@pytest.mark.parametrize(
    ("expect", "words"),
    [
        ('nature = "saftey"', r"own\.toml:7: nature 'saftey' is not known; known are safety"),
        ('demand = ["money"]', r"own\.toml:7: demand 'money' is not known"),
        ("", r"own\.toml:7: .*expects nothing"),
        ('mood = "bad"', r"own\.toml:7: .*mood is not a known key"),
    ],
)
def test_an_expectation_that_cannot_be_is_a_mistake_with_its_line(tmp_path: Path, expect: str, words: str) -> None:
    with pytest.raises(FileProblems, match=words):
        trials(f"{LAMP} {expect} }}", tmp_path)


def test_business_and_pictures_are_taken_as_given(tmp_path: Path) -> None:
    text = LAMP.replace("expect", 'business = {0}\nattachments = ["a.jpg"]\nexpect')
    (consumer,) = trials(text.replace("{0}", "false") + ' missing = ["model", "batch", "order_no"] }', tmp_path)
    (company,) = trials(text.replace("{0}", "true") + ' missing = ["model", "batch"] }', tmp_path)
    asked = [miss.got for trial in (consumer, company) for miss in try_example(trial, loaded().rules)]
    assert asked == [
        {"model", "batch", "order_no", "contact_name", "phone"},
        {"model", "batch", "quantity", "contact_name", "phone"},
    ]


def test_a_companys_own_rules_are_tried_on_its_own_examples(tmp_path: Path) -> None:
    assert example_files(tmp_path / "none") == sorted((shipped("rules") / "tests").glob("*.toml"))
    assert example_files(tmp_path) == []
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "ours.toml").write_text("", encoding="utf-8")
    assert [path.name for path in example_files(tmp_path)] == ["ours.toml"]


def test_the_command_says_how_many_and_ends_with_a_status(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert try_rules(None) == 0
    assert f"{len(SHIPPED)} examples" in capsys.readouterr().out
