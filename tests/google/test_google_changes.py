"""The sheet of changes beside a register in Google: made, continued, and never in the register's way."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from house import House
from installed import connection, new_book, register_in
from register_contract import a_row, row_of

from mailbot import changelog
from mailbot.commands import check
from mailbot.commands.init import Answers, set_up
from mailbot.core.model import Language
from mailbot.demo.google.book import ME, Book
from mailbot.demo.google.faults import Fault, refused
from mailbot.demo.google.server import LocalGoogle
from mailbot.demo.google.tab import Tab
from mailbot.demo.google.typed import raw
from sheets.google.backend import GoogleRegister
from sheets.google.tabs import OF_CHANGES
from sheets.google.transport import TRIES
from sheets.register import Unsure
from sheets.table import AppendRow

CHANGES = "变更记录"
BATCH, LOOK = "POST .*:batchUpdate", "GET /v4"


def line(number: int) -> AppendRow:
    entry = changelog.entry(number)
    return AppendRow(identity=entry, cells={"entry": entry, "new": f"value {number}"})


def test_two_tabs_in_doubt_at_once_are_each_settled(google: LocalGoogle, tmp_path: Path) -> None:
    """Each has its own seal and its own record: neither uses up what the other needs."""
    book = new_book(google)
    register = register_in(google, book, tmp_path)
    changes = GoogleRegister(
        connection(google, tmp_path),
        book.id,
        changelog.columns(Language.ZH_CN),
        title=CHANGES,
        keep=tmp_path / "changes.json",
        now=lambda: datetime.now(UTC),
        notebook=OF_CHANGES,
    )
    changes.recover()
    for table, row in ((register, a_row(1, batch="one")), (changes, line(1))):
        sheet = table.read()
        google.faults.add(Fault(before=False, on=BATCH), *[refused(503, on=LOOK)] * TRIES)
        with pytest.raises(Unsure):
            table.write(sheet, [row])
    assert row_of(register.read(), 1).cells["batch"] == "one"
    assert [row.cells["new"] for row in changes.read().rows] == ["value 1"]
    assert register.write(register.read(), [a_row(2)]) == (a_row(2),)
    assert changes.write(changes.read(), [line(2)]) == (line(2),)
    assert (len(register.read().rows), len(changes.read().rows)) == (2, 2)


@pytest.fixture
def settings() -> dict[str, str]:
    return {"history_sheet = false": "history_sheet = true"}


def tab(google: LocalGoogle, book: Book, title: str = CHANGES) -> Tab:
    found = google.books[book.id].titled(title)
    assert found is not None
    return found


def lines(shown: Tab) -> list[list[str]]:
    rows = sorted({row for row, _ in shown.filled() if row})
    return [[str(shown.value(row, column)) for column in range(8)] for row in rows]


def checked(house: House, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    check.check_all(house.folder / "config.toml")
    return " ".join(capsys.readouterr().out.split())


def test_what_staff_type_is_told_in_the_sheet_of_changes(
    google: LocalGoogle, book: Book, house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    house.customer_writes("贵司 3 月发来的 200 个支架表面划伤，批号 0012，请尽快处理。", subject="支架划伤投诉")
    assert house.round()
    register = google.books[book.id].tabs[0]
    register.enter(1, register_place(register, house.heading("batch")), raw("0013"))
    google.books[book.id].version += 1
    tab(google, book).properties["title"] = "谁改了什么"
    assert house.round()
    told = lines(tab(google, book, "谁改了什么"))
    assert [line for line in told if line[5:7] == ["0012", "0013"]]
    assert len(told) == len({line[0] for line in told})
    assert f"history_sheet: {len(told)} lines" in checked(house, capsys)


def register_place(shown: Tab, heading: str) -> int:
    return next(place for place in range(shown.column_count) if shown.value(0, place) == heading)


def test_check_says_when_the_sheet_of_changes_is_gone_or_lacks_a_heading(
    google: LocalGoogle, book: Book, house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    said = checked(house, capsys)
    assert "there is none to write to (no-such-tab" in said
    assert "in a Google Sheet `mailbot init` makes it" in said
    set_up(house.folder, Answers(), ask=False)
    assert "history_sheet: 0 lines" in checked(house, capsys)
    house.customer_writes("贵司 3 月发来的 200 个支架表面划伤，请尽快处理。", subject="支架划伤投诉")
    assert house.round()
    assert "history_sheet: " in checked(house, capsys)
    tab(google, book).enter(0, 6, raw("something else"))
    google.books[book.id].version += 1
    assert "it lacks some of its headings → make a sheet called 变更记录" in checked(house, capsys)
    google.books[book.id].tabs.remove(tab(google, book))
    google.books[book.id].version += 1
    assert "there is none to write to (no-such-tab" in checked(house, capsys)
    house.customer_writes("水泵HX-P7不转了，请换货。", subject="水泵", sender="Li Wei <li@customer.example>")
    assert house.round()  # the register goes on
    assert len(lines(google.books[book.id].tabs[0])) == 2
    assert any("变更记录表写不下去了" in notice.text for notice in house.office.ledger.notices.all())


def test_check_names_ranges_the_account_may_not_edit(
    google: LocalGoogle, book: Book, house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    house.customer_writes("贵司 3 月发来的 200 个支架表面划伤，请尽快处理。", subject="支架划伤投诉")
    assert house.round()
    assert "is protected" not in checked(house, capsys)
    register = tab(google, book, "投诉台账")
    assert register.protected, "the warnings of the set-up"
    register.protected.append({"protectedRangeId": 7, "range": {"startColumnIndex": 1, "endColumnIndex": 3}})
    assert f"B:C is protected: where the bot has cells there, allow {ME}" in checked(house, capsys)
