"""The local Google for every test here, with the contract suite and the house of the stories on the path."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).parents[1] / "sheets"), str(Path(__file__).parents[1] / "stories")]
pytest.register_assert_rewrite("register_contract")

from house import House, open_house  # noqa: E402 - it needs the path
from installed import new_book, register_in  # noqa: E402
from servers.dovecot import DOVECOT  # noqa: E402

from mailbot.demo.google.book import Book  # noqa: E402
from mailbot.demo.google.server import LocalGoogle  # noqa: E402
from sheets.google import budget  # noqa: E402
from sheets.google.backend import GoogleRegister  # noqa: E402


@pytest.fixture
def google() -> Iterator[LocalGoogle]:
    """A Google of one's own, answering on loopback, that asks for tokens; nobody has used its quota yet."""
    budget._BUDGETS.clear()
    with LocalGoogle().serving() as local:
        local.needs_token = True
        yield local


@pytest.fixture
def register(google: LocalGoogle, tmp_path: Path) -> GoogleRegister:
    """An empty register in a spreadsheet of its own."""
    return register_in(google, new_book(google), tmp_path)


@pytest.fixture
def book(google: LocalGoogle) -> Book:
    """An empty spreadsheet, as a colleague shares it."""
    return google.new_book("台账")


@pytest.fixture
def settings() -> dict[str, str]:
    """What else is put where in the configuration of the house."""
    return {}


@pytest.fixture
def house(
    google: LocalGoogle, book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: dict[str, str]
) -> Iterator[House]:
    """A company with its register on the local Google."""
    if not Path(DOVECOT).exists():
        pytest.skip("dovecot is not installed")
    monkeypatch.setenv("MAILBOT_GOOGLE_URL", google.url)
    key = google.tokens.new_key_file(tmp_path / "google-key.json", google.url)
    said = f'kind = "google"\nspreadsheet = "{book.id}"\ncredentials = "{key}"\n'
    with open_house(tmp_path / "house", settings={'kind = "excel"': said, **settings}) as opened:
        yield opened
