"""The register in a Google Sheet keeps the contract every backend keeps."""

from pathlib import Path

import pytest
from gpeople import GooglePeople
from installed import TITLE, new_book, register_in
from register_contract import RegisterContract

from mailbot.demo.google.book import Book
from mailbot.demo.google.server import LocalGoogle
from sheets.google import fetch
from sheets.google.backend import GoogleRegister


class TestGoogleRegister(RegisterContract):
    @pytest.fixture
    def book(self, google: LocalGoogle) -> Book:
        return new_book(google)

    @pytest.fixture
    def register(self, google: LocalGoogle, book: Book, tmp_path: Path) -> GoogleRegister:
        return register_in(google, book, tmp_path)

    @pytest.fixture
    def people(self, google: LocalGoogle, book: Book, register: GoogleRegister) -> GooglePeople:
        return GooglePeople(google, book, TITLE)


class TestLargeGoogleRegister(TestGoogleRegister):
    """The same, read as a large one is: values first, then formats."""

    @pytest.fixture(autouse=True)
    def _large(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(fetch, "LARGE", 0)
