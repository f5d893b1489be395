"""The register in a Google Sheet keeps the contract every backend keeps."""

from pathlib import Path

import pytest
from gbook import Book
from gpeople import GooglePeople
from installed import TITLE, new_book, register_in
from localgoogle import LocalGoogle
from register_contract import RegisterContract

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
