"""`mailbot check` against every fault of the fault table: which step is missing, and what to do, in one line each."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from mailbot import config as configuration
from mailbot.commands import check
from mailbot.commands.terminal import verdict
from mailbot.demo.google.book import ME, Book
from mailbot.demo.google.faults import Fault, refused
from mailbot.demo.google.server import LocalGoogle
from mailbot.demo.google.typed import raw
from mailbot.procedures import Loaded
from mailbot.wiring import shipped_procedure
from mailbot.workspace import google_register
from sheets.google import transport

PAGE = (Path(__file__).parents[2] / "docs" / "google.md").read_text(encoding="utf-8")
TITLE = "投诉台账"


@pytest.fixture
def book(google: LocalGoogle) -> Book:
    return google.new_book("台账")


@pytest.fixture(scope="module")
def loaded() -> Loaded:
    return shipped_procedure()


@pytest.fixture
def config(google: LocalGoogle, book: Book, loaded: Loaded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation whose register is ready; its mail is not looked at here."""
    monkeypatch.setenv("MAILBOT_GOOGLE_URL", google.url)
    monkeypatch.setattr(transport, "TRIES", 1)
    google.tokens.new_key_file(tmp_path / "key.json", google.url)
    text = (Path(__file__).parents[2] / "config.example.toml").read_text(encoding="utf-8")
    said = f'kind = "google"\nspreadsheet = "{book.id}"\ncredentials = "key.json"\n'
    file = tmp_path / "config.toml"
    file.write_text(text.replace('kind = "excel"', said, 1), encoding="utf-8")
    google_register(configuration.load(file), loaded.procedure).set_up()
    return file


def checked(config: Path, loaded: Loaded, capsys: pytest.CaptureFixture[str]) -> str:
    """What is said of the register."""
    capsys.readouterr()
    for finding in check._tried("register", check.PROBES["register"], configuration.load(config), loaded):
        verdict(finding.ok, finding.what, finding.detail, finding.remedy)
    return " ".join(capsys.readouterr().out.split())


def unshared(google: LocalGoogle, book: Book, config: Path) -> None:
    google.books[book.id].writers.clear()


def viewer(google: LocalGoogle, book: Book, config: Path) -> None:
    google.books[book.id].readers, google.books[book.id].writers = {ME}, set()


def binned(google: LocalGoogle, book: Book, config: Path) -> None:
    google.books[book.id].trashed = True


def another_address(google: LocalGoogle, book: Book, config: Path) -> None:
    google.books.clear()


def tab_deleted(google: LocalGoogle, book: Book, config: Path) -> None:
    google.books[book.id].tabs.pop(0)


def tab_cleared(google: LocalGoogle, book: Book, config: Path) -> None:
    tab = google.books[book.id].tabs[0]
    for row, column in list(tab.filled()):
        tab.enter(row, column, {})


def number_renamed(google: LocalGoogle, book: Book, config: Path) -> None:
    google.books[book.id].tabs[0].enter(0, 0, raw("什么"))


def key_missing(google: LocalGoogle, book: Book, config: Path) -> None:
    config.with_name("key.json").unlink()


def key_of_something_else(google: LocalGoogle, book: Book, config: Path) -> None:
    config.with_name("key.json").write_text("{}")


def key_deleted(google: LocalGoogle, book: Book, config: Path) -> None:
    google.tokens.keys.clear()


def clock_wrong(google: LocalGoogle, book: Book, config: Path) -> None:
    google.tokens.ahead = 3 * 3600


def answers(fault: Fault) -> Callable[[LocalGoogle, Book, Path], None]:
    return lambda google, book, config: google.faults.add(*[fault] * 4)


API = "Google Sheets API has not been used in project 12 before or it is disabled."
FAULTS: list[tuple[Callable[[LocalGoogle, Book, Path], None], str, str]] = [
    (key_missing, "no-key", "step 3"),
    (key_of_something_else, "bad-key", "step 3"),
    (key_deleted, "bad-key", "step 3"),
    (clock_wrong, "clock-wrong", "set the clock of this machine"),
    (answers(refused(403, API)), "api-off", "step 2"),
    (unshared, "not-shared", "step 4"),
    (viewer, "read-only", "step 4"),
    (another_address, "no-such-spreadsheet", "step 5"),
    (binned, "trashed", "restore it in Google Drive"),
    (tab_deleted, "no-such-tab", "correct tab in [register]"),
    (tab_cleared, "no-header", "name the right tab"),
    (number_renamed, "no-identity", "give the column of the complaint numbers its heading back"),
    (answers(refused(401)), "bad-key", "step 3"),
    (answers(refused(403, "storageQuotaExceeded")), "storage-full", "make room"),
    (answers(refused(429)), "unreachable", "check that this machine reaches"),
    (answers(refused(503)), "unreachable", "check that this machine reaches"),
    (answers(Fault(status=502, body=b"<html>")), "unreachable", "check that this machine reaches"),
    (answers(Fault(status=200, body=b"{")), "unreachable", "check that this machine reaches"),
    (answers(Fault()), "unreachable", "check that this machine reaches"),
]


@pytest.mark.parametrize(("happens", "reason", "remedy"), FAULTS)
def test_check_says_what_is_wrong_and_what_to_do(
    google: LocalGoogle,
    book: Book,
    config: Path,
    loaded: Loaded,
    capsys: pytest.CaptureFixture[str],
    happens: Callable[[LocalGoogle, Book, Path], None],
    reason: str,
    remedy: str,
) -> None:
    assert "✓ register" in checked(config, loaded, capsys)
    happens(google, book, config)
    google.tokens.given.clear()
    for there in google.books.values():
        there.version += 1
    said = checked(config, loaded, capsys)
    assert re.search(rf"✗ register: .*{reason}", said), said
    assert remedy in said
    assert reason in PAGE
