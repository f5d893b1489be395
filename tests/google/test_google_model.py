"""People and the program at one Google Sheet, at random, with crashes: the machine of the other registers."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest
from gpeople import GooglePeople
from hypothesis import HealthCheck, settings
from installed import TITLE, new_book, register_in
from test_register_model import SharedTable

from mailbot.demo.google.server import LocalGoogle
from sheets.table import Cell

pytestmark = pytest.mark.slow


class _People(GooglePeople):
    """They cannot lock anybody out of a Google Sheet."""

    def lock(self, who: str) -> None:
        """Open it, as everybody does."""

    def unlock(self) -> None:
        """Close it."""


class _Table:
    """A GoogleRegister that shows the machine what stands in it."""

    def __init__(self, google: LocalGoogle, folder: Path) -> None:
        book = new_book(google)
        self.register = register_in(google, book, folder)
        self.people = _People(google, book, TITLE)

    @property
    def grid(self) -> list[list[Cell]]:
        """All rows to the last with anything in it, heading first."""
        tab = self.people.tab
        last = max((row for row, _ in tab.filled()), default=0)
        return [[tab.value(row, column) or None for column in range(tab.column_count)] for row in range(last + 1)]

    def __getattr__(self, name: str) -> object:
        return getattr(self.register, name)


class GoogleTable(SharedTable):
    """The same machine over HTTP."""

    google: ClassVar[LocalGoogle]
    folder: ClassVar[Path]

    def new_table(self) -> _Table:  # type: ignore[override]
        self.google.books.clear()
        for kept in self.folder.glob("book*.json"):  # of another spreadsheet, though of the same id
            kept.unlink()
        return _Table(self.google, self.folder)


@pytest.fixture(scope="module", autouse=True)
def _served() -> Iterator[None]:
    with LocalGoogle().serving() as google, tempfile.TemporaryDirectory() as folder:
        GoogleTable.google, GoogleTable.folder = google, Path(folder)
        yield


TestGoogleTable = GoogleTable.TestCase
TestGoogleTable.settings = settings(
    max_examples=60, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
