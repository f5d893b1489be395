"""An installation whose register is a Google Sheet: checked, set up, and a complaint's first day in it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from house import House

from mailbot.commands import check
from mailbot.commands.init import Answers, set_up
from mailbot.demo.google.book import ME, Book
from mailbot.demo.google.faults import Fault, refused
from mailbot.demo.google.server import LocalGoogle
from mailbot.demo.google.typed import raw
from mailbot.failpoints import EXIT_STATUS
from mailbot.steps import reconcile

TITLE = "投诉台账"


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


DEATHS = sorted(set(re.findall(r'failpoint\("([^"]+)"\)', Path(reconcile.__file__).read_text())))


@pytest.mark.parametrize("place", DEATHS)
def test_a_program_killed_beside_a_write_of_the_sheet_loses_and_doubles_nothing(
    google: LocalGoogle, book: Book, house: House, place: str
) -> None:
    """A row to add, a cell of staff's to accept; killed, then a further edit before the next start."""
    house.customer_writes("贵司 3 月发来的 200 个支架表面划伤，批号 0012，请尽快处理。", subject="支架划伤投诉")
    assert house.round()
    type_in(google, book, house, "batch", "0013")
    house.customer_writes("水泵HX-P7不转了，请换货。", subject="水泵", sender="Li Wei <li@customer.example>")
    house.daemon.stop()
    assert run_once(house, place) == EXIT_STATUS
    type_in(google, book, house, "order_no", "PO-77")
    for _ in range(2):
        assert run_once(house, "") == 0
    first, second = house.cases()
    assert sorted(str(row[house.heading("number")]) for row in table(google, book)) == [first.number, second.number]
    row = next(row for row in table(google, book) if row[house.heading("number")] == first.number)
    assert (str(row[house.heading("batch")]), str(row[house.heading("order_no")])) == ("0013", "PO-77")
    assert (house.case(first.number).values["batch"], house.case(first.number).values["order_no"]) == ("0013", "PO-77")
    typed = [event for event in house.office.ledger.cases.history(first.number) if "0013" in str(event.facts)]
    assert len(typed) == 1
    assert len(house.letters("li@customer.example")) == 1


def test_a_write_in_doubt_is_settled_though_the_rules_changed_meanwhile(
    google: LocalGoogle, book: Book, house: House
) -> None:
    """Staff swap two rows while a batch number is written; its answer is lost, Google away; a rule file changes."""
    house.customer_writes("贵司 3 月发来的 200 个支架表面划伤，请尽快处理。", subject="支架划伤投诉")
    house.customer_writes("水泵HX-P7不转了，请换货。", subject="水泵", sender="Li Wei <li@customer.example>")
    assert house.round()
    first, second = house.cases()
    (letter,) = house.letters("wangmin@ruida-dz.example")
    house.customer_answers(letter, "批号 0012。")
    tab = google.books[book.id].titled(TITLE)
    assert tab is not None

    def swap() -> None:
        if ":batchUpdate" in google.log[-1][0]:
            google.between = lambda: None
            google.faults.add(*[refused(503, on="GET /v4")] * 300)
            rows = google.books[book.id].tabs[0].rows
            rows[1], rows[2] = rows[2], rows[1]

    google.between = swap
    google.faults.add(Fault(before=False, on="POST .*:batchUpdate"))
    house.office.register._google._pause = lambda _: None  # type: ignore[attr-defined]
    assert not house.round()
    google.faults.waiting.clear()
    number, batch = house.heading("number"), house.heading("batch")
    assert str({row[number]: row[batch] for row in table(google, book)}[second.number]) == "0012"
    columns = house.folder / "rules" / "columns.toml"
    columns.write_text(columns.read_text(encoding="utf-8").replace("width = ", "width = 1", 1), encoding="utf-8")
    old = house.office.register
    for _ in range(2):
        house.round(after=timedelta(minutes=10))
    assert house.office.register is not old
    batches = {row[number]: row[batch] for row in table(google, book)}
    assert (str(batches[first.number]), batches[second.number] or None) == ("0012", None)
    assert not house.case(second.number).values.get("batch")


def type_in(google: LocalGoogle, book: Book, house: House, column: str, text: str) -> None:
    tab = google.books[book.id].titled(TITLE)
    assert tab is not None
    place = next(i for i in range(tab.column_count) if tab.value(0, i) == house.heading(column))
    line = next(i for i in range(1, tab.row_count) if str(tab.value(i, 0)) == house.cases()[0].number)
    tab.enter(line, place, raw(text))
    google.books[book.id].version += 1


def run_once(house: House, failpoint: str) -> int:
    house.clock.now += timedelta(minutes=1)
    now = str(house.clock.now.timestamp() - time.time())
    environment = {**os.environ, "MAILBOT_CLOCK_OFFSET": now, "MAILBOT_FAILPOINT": failpoint}
    command = [sys.executable, "-m", "mailbot", "run", "--once", "--config", str(house.folder / "config.toml")]
    return subprocess.run(command, env=environment, capture_output=True, timeout=60, check=False).returncode


def test_the_alarm_about_a_deleted_tab_says_so_and_names_the_command_that_knows_more(
    google: LocalGoogle, book: Book, house: House
) -> None:
    house.customer_writes("贵司 3 月发来的 200 个支架表面划伤，请尽快处理。", subject="支架划伤投诉")
    assert house.round()
    google.books[book.id].tabs = [tab for tab in google.books[book.id].tabs if tab.title != TITLE]
    google.books[book.id].version += 1
    assert not house.round()
    assert not house.round(after=timedelta(minutes=20))
    (alarm,) = house.letters(to=house.office.config.people.operator, subject="台账无法更新")
    part = alarm.get_body(("plain",))
    text = str(part.get_content()) if part else ""
    assert "no-such-tab" in text
    assert "mailbot check" in text
    assert "关闭" not in text
    set_up(house.folder, Answers(), ask=False)
    assert house.round(after=timedelta(minutes=20))
    assert len(table(google, book)) == 1


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
