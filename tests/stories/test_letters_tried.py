"""All letters are tried when the program starts, and again only when something they are made of is another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree

import pytest

from mailbot import config as configuration
from mailbot.commands.init import Answers, set_up
from mailbot.lettercheck import TRIED, letter_problems, made_of
from mailbot.office import Office
from mailbot.shipped import shipped
from mailbot.wiring import open_desk

NOW = datetime(2026, 5, 11, 1, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pristine")
    set_up(folder, Answers(company="华信制造", address="bot@example.test", operator="it@example.test"), ask=False)
    return folder


@pytest.fixture
def folder(pristine: Path, tmp_path: Path) -> Path:
    return Path(copytree(pristine, tmp_path / "installation"))


@contextmanager
def started(folder: Path) -> Iterator[Office]:
    with open_desk(configuration.load(folder / "config.toml")) as office:
        yield office


def own_template(folder: Path, name: str, old: str, new: str) -> None:
    text = (shipped("templates") / name).read_text("utf-8")
    assert old in text
    path = folder / "templates" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.replace(old, new), "utf-8")


def rewrite(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


CHANGES: dict[str, Callable[[Path], None]] = {
    "a text": lambda folder: own_template(folder, "en/closed.txt", "Subject:", "Subject: Ours:"),
    "a page": lambda folder: own_template(folder, "en/closed.html", "{%", " {%"),
    "a shared part": lambda folder: own_template(folder, "_customer.html", "{%", " {%"),
    "shared words": lambda folder: own_template(folder, "en/words.toml", "Monday", "Mon"),
    "the way of writing times": lambda folder: own_template(folder, "en/words.toml", "{hour:02}", "{hour}"),
    "example facts": lambda folder: own_template(folder, "en/specimen.toml", "percent = 50.0", "percent = 49.0"),
    "who signs": lambda folder: rewrite(folder / "config.toml", "华信制造", "华信工业"),
    "the words of the rules": lambda folder: rewrite(folder / "rules" / "severity.toml", "严重", "极严重"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_letters_made_of_something_else_are_tried_again(folder: Path, change: Callable[[Path], None]) -> None:
    with started(folder) as office:
        before = made_of(office)
    with started(folder) as office:
        assert made_of(office) == before
    change(folder)
    with started(folder) as office:
        assert made_of(office) != before


def test_a_letter_that_broke_since_is_told_at_each_start_until_it_is_mended(folder: Path) -> None:
    with started(folder) as office:
        assert letter_problems(office, NOW) == []
    own_template(folder, "zh-CN/plan.txt", "Subject:", "Subject: {{ nobody_knows_this }}")
    for _ in range(2):
        with started(folder) as office:
            (problem,) = letter_problems(office, NOW)
            assert "plan.txt" in problem
            assert "nobody_knows_this" in problem
    (folder / "templates" / "zh-CN" / "plan.txt").unlink()
    with started(folder) as office:
        assert letter_problems(office, NOW) == []


def test_letters_found_good_are_not_tried_again(folder: Path) -> None:
    own_template(folder, "zh-CN/plan.txt", "Subject:", "Subject: {{ nobody_knows_this }}")
    with started(folder) as office:
        office.ledger.jobs.mark(TRIED, made_of(office), NOW)
        assert letter_problems(office, NOW) == []
