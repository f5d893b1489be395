"""An installation whose register is a Google Sheet: checked, set up, and a complaint's first day in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from house import House, open_house
from servers.dovecot import DOVECOT

from mailbot.commands import check
from mailbot.commands.init import Answers, set_up
from mailbot.demo.google.book import ME, Book
from mailbot.demo.google.server import LocalGoogle
from mailbot.demo.google.typed import raw

TITLE = "投诉台账"


@pytest.fixture
def book(google: LocalGoogle) -> Book:
    return google.new_book("台账")


@pytest.fixture
def house(google: LocalGoogle, book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A company with its register on the local Google."""
    if not Path(DOVECOT).exists():
        pytest.skip("dovecot is not installed")
    monkeypatch.setenv("MAILBOT_GOOGLE_URL", google.url)
    key = google.tokens.new_key_file(tmp_path / "google-key.json", google.url)
    said = f'kind = "google"\nspreadsheet = "{book.id}"\ncredentials = "{key}"\n'
    with open_house(tmp_path / "house", settings={'kind = "excel"': said}) as opened:
        yield opened


def table(google: LocalGoogle, book: Book) -> list[dict[str, object]]:
    """The register's rows as people see them, by heading."""
    tab = google.books[book.id].titled(TITLE)
    assert tab is not None
    headings = [str(tab.value(0, column)) for column in range(tab.column_count)]
    rows = sorted({row for row, _ in tab.filled() if row})
    return [{heading: tab.value(row, place) for place, heading in enumerate(headings)} for row in rows]


def test_a_complaint_gets_a_row_and_staff_work_in_it(google: LocalGoogle, book: Book, house: House) -> None:
    house.customer_writes("贵司 3 月发来的 200 个支架表面划伤，批号 0012，请尽快处理。", subject="支架划伤投诉")
    assert house.round()
    (case,) = house.cases()
    (row,) = table(google, book)
    assert row[house.heading("number")] == case.number
    assert str(row[house.heading("batch")]) == "0012"
    tab = google.books[book.id].titled(TITLE)
    assert tab is not None
    place = next(i for i in range(tab.column_count) if tab.value(0, i) == house.heading("batch"))
    tab.enter(1, place, raw("0013"))
    google.books[book.id].version += 1
    assert house.round()
    assert house.case(case.number).values["batch"] == "0013"


def test_check_names_what_is_missing_and_init_makes_the_headings(
    google: LocalGoogle, book: Book, house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    path = house.folder / "config.toml"
    check.check_all(path)
    assert "no-such-tab" in capsys.readouterr().out
    set_up(house.folder, Answers(), ask=False)
    check.check_all(path)
    assert "0 rows" in capsys.readouterr().out
    google.books[book.id].writers.clear()
    assert check.check_all(path) == 3
    said = " ".join(capsys.readouterr().out.split())
    assert f"not-shared: the spreadsheet is not shared with {ME}" in said
    assert "share the spreadsheet with that address as Editor" in said
