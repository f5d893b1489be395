"""The demo's register: a workbook in its folder, or a sheet of a Google of its own that one can watch in a browser."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoBook:
    """A register to play with. `swaps` is what config.toml says of it, instead of what the example says.

    `watched` is where it can be seen during the demo; `leave` makes it stay in the folder and returns the file.
    """

    watched: str
    leave: Callable[[], Path]
    swaps: Mapping[str, str]


@contextmanager
def _workbook(out: Path, title: str) -> Iterator[DemoBook]:
    path = out / "register.xlsx"
    yield DemoBook(watched=str(path), leave=lambda: path, swaps={})


@contextmanager
def _google_sheet(out: Path, title: str) -> Iterator[DemoBook]:
    from mailbot.demo.google.server import LocalGoogle  # what it needs comes with an extra

    with LocalGoogle().serving() as google:
        google.needs_token = True
        sheet = google.new_book(title).id
        google.tokens.new_key_file(out / "google-key.json", google.url).chmod(0o600)
        seen = google.page_of(sheet)

        def leave() -> Path:
            path = out / "register.html"
            path.write_text(google.page(sheet, live=False), encoding="utf-8")
            return path

        said = f'kind = "google"\nspreadsheet = "{sheet}"\ncredentials = "google-key.json"'
        os.environ["MAILBOT_GOOGLE_URL"] = google.url
        try:
            yield DemoBook(
                watched=seen, leave=leave, swaps={'kind = "excel"': said, '\nshown_as = ""': f'\nshown_as = "{seen}"'}
            )
        finally:
            del os.environ["MAILBOT_GOOGLE_URL"]


BOOKS: dict[str, Callable[[Path, str], AbstractContextManager[DemoBook]]] = {
    "excel": _workbook,
    "google": _google_sheet,
}
"""The registers `mailbot demo` can play with, by the word for them in [register] kind."""
