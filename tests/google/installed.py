"""A register on the local Google, as an installation has it: key file, shared spreadsheet, headings made."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from register_contract import COLUMNS

from mailbot.demo.google.book import Book
from mailbot.demo.google.server import LocalGoogle
from sheets.google.backend import GoogleRegister
from sheets.google.budget import Budget
from sheets.google.transport import Endpoints, Google, connect
from sheets.table import Column

TITLE = "客诉台账"


def new_book(google: LocalGoogle, rows: int = 40) -> Book:
    """A new spreadsheet, shared with the account of the key, with fewer blank rows than usual: that is faster."""
    book = google.new_book("Complaints")
    book.tabs[0].row_count = rows
    return book


def connection(google: LocalGoogle, folder: Path, pause: Callable[[float], None] = lambda _: None) -> Google:
    """Log in to the local Google with a fresh key; pauses between tries are not waited for."""
    key = folder / "key.json"
    if not key.exists():
        google.tokens.new_key_file(key, google.url)
    found = connect(key, endpoints=Endpoints(sheets=google.url, drive=google.url), pause=pause)
    found._client.budget = Budget(per_minute=10**9)
    return found


def register_in(
    google: LocalGoogle, book: Book, folder: Path, columns: tuple[Column, ...] = COLUMNS, ready: bool = True
) -> GoogleRegister:
    """A register in `book`, set up."""
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)  # noqa: E731
    keep = folder / f"{book.id}.json"
    register = GoogleRegister(connection(google, folder), book.id, columns, title=TITLE, keep=keep, now=clock)
    if ready:
        register.set_up()
    return register


def rows_in(google: LocalGoogle) -> int:
    """How many rows stand below the headings of the one register there is."""
    (book,) = google.books.values()
    tab = book.titled(TITLE)
    assert tab is not None
    return len({row for row, _ in tab.filled() if row})
