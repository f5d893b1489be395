"""The program dies beside a write of which the record lacks something: what it hit is put right at the next start."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from gpeople import GooglePeople
from installed import TITLE, new_book, register_in
from register_contract import a_row, put, row_of

from mailbot.demo.google.faults import Fault, refused
from mailbot.demo.google.server import LocalGoogle
from sheets.google.backend import GoogleRegister
from sheets.google.transport import TRIES
from sheets.register import Unreadable, Unsure, Waiting
from sheets.table import Change

BATCH, LOOK = "POST .*:batchUpdate", "GET /v4"


@pytest.fixture
def register(google: LocalGoogle, tmp_path: Path) -> GoogleRegister:
    """Three rows, all left out of every copy; sorted by description the last comes first."""
    google.skip_hidden = True
    register = register_in(google, new_book(google), tmp_path)
    rows = [
        a_row(number, description=f"text {9 - number}", batch=f"batch {number}", cause="unknown")
        for number in (1, 2, 3)
    ]
    register.write(register.read(), rows)
    staff = people(google)
    for position in (2, 3, 4):
        staff.hide(position)
    return register


def people(google: LocalGoogle) -> GooglePeople:
    return GooglePeople(google, next(iter(google.books.values())), TITLE)


def batches(register: GoogleRegister) -> dict[str, object]:
    return {str(row.cells["number"])[-1]: row.cells["batch"] for row in register.read().rows}


def dies(google: LocalGoogle, register: GoogleRegister, changes: list[Change], act: Callable[[], object]) -> None:
    """Write while people act in the very moment the batch arrives; its answer is lost, and nothing can be looked up."""
    sheet = register.read()

    def once() -> None:
        if ":batchUpdate" in google.log[-1][0]:
            google.between = lambda: None
            act()

    google.between = once
    google.faults.add(Fault(before=False, on=BATCH), *[refused(503, on=LOOK)] * TRIES)
    with pytest.raises(Unsure):
        register.write(sheet, changes)
    google.faults.waiting.clear()


def restarted(google: LocalGoogle, folder: Path) -> GoogleRegister:
    return register_in(google, next(iter(google.books.values())), folder)


def test_a_hidden_row_hit_by_mistake_is_found_at_the_next_start(
    google: LocalGoogle, register: GoogleRegister, tmp_path: Path
) -> None:
    change = put(row_of(register.read(), 1), "batch", "one, corrected")
    dies(google, register, [change], lambda: people(google).sort("description"))
    assert people(google).get(2, "batch") == "one, corrected"
    assert str(people(google).get(2, "number")).endswith("3")
    assert batches(restarted(google, tmp_path)) == {"1": "batch 1", "2": "batch 2", "3": "batch 3"}


def test_several_rows_that_got_the_same_word_are_all_found(
    google: LocalGoogle, register: GoogleRegister, tmp_path: Path
) -> None:
    """Two rows are meant; each is moved by one, so that one of them gets it by luck and a third by mistake."""
    sheet = register.read()
    changes: list[Change] = [put(row_of(sheet, number), "batch", "the same") for number in (2, 3)]
    dies(google, register, changes, lambda: people(google).insert(2))
    after = restarted(google, tmp_path)
    assert batches(after) == {"1": "batch 1", "2": "the same", "3": "batch 3"}
    assert len(after.read().rows) == 3


def test_what_hit_the_right_hidden_row_stays(google: LocalGoogle, register: GoogleRegister, tmp_path: Path) -> None:
    change = put(row_of(register.read(), 1), "batch", "one, corrected")
    dies(google, register, [change], lambda: people(google).insert(5))
    assert batches(restarted(google, tmp_path))["1"] == "one, corrected"


def test_a_column_moved_into_the_place_gets_its_value_back(
    google: LocalGoogle, register: GoogleRegister, tmp_path: Path
) -> None:
    change = put(row_of(register.read(), 1), "batch", "one, corrected")
    place = people(google).headings().index("批号")
    dies(google, register, [change], lambda: people(google).move("cause", place))
    after = {row.cells["number"]: row.cells for row in restarted(google, tmp_path).read().rows}
    assert [cells["batch"] for cells in after.values()] == ["batch 1", "batch 2", "batch 3"]
    assert [cells["cause"] for cells in after.values()] == ["unknown"] * 3


def test_nothing_is_put_back_where_nobody_knows_what_stood_there(
    google: LocalGoogle, register: GoogleRegister, tmp_path: Path
) -> None:
    """Of a row that was not meant only the columns written are kept; it is never made blank for that."""

    def act() -> None:
        people(google).sort("description")
        people(google).move("cause", people(google).headings().index("批号"))

    change = put(row_of(register.read(), 1), "batch", "one, corrected")
    dies(google, register, [change], act)
    after = {row.cells["number"]: row.cells for row in restarted(google, tmp_path).read().rows}
    assert [cells["batch"] for cells in after.values()] == ["batch 3", "batch 2", "batch 1"]
    assert [cells["cause"] for cells in after.values()] == ["one, corrected", "unknown", "unknown"]


def test_cells_that_cannot_be_put_back_are_told_and_put_back_as_soon_as_it_can_be(
    google: LocalGoogle, register: GoogleRegister, tmp_path: Path
) -> None:
    """Two rows change places at every write, those that put back too; then the program dies, and all is quiet."""
    change = put(row_of(register.read(), 1), "batch", "one, corrected")
    sheet = register.read()

    def swap() -> None:
        if ":batchUpdate" in google.log[-1][0]:
            rows = people(google).tab.rows
            rows[1], rows[3] = rows[3], rows[1]

    google.between = swap
    with pytest.raises(Unsure, match="could not be put back yet"):
        register.write(sheet, [change])
    with pytest.raises(Waiting):
        register.read()  # nothing is taken for staff's while it is not put right
    google.between = lambda: None
    assert batches(restarted(google, tmp_path)) == {"1": "batch 1", "2": "batch 2", "3": "batch 3"}


def test_nothing_is_sent_that_could_not_be_kept(google: LocalGoogle, register: GoogleRegister, tmp_path: Path) -> None:
    sheet = register.read()
    (kept,) = tmp_path.glob("book*.json")
    kept.with_name(kept.name + ".new").mkdir()
    google.log.clear()
    with pytest.raises(Unreadable, match="not-kept"):
        register.write(sheet, [put(row_of(sheet, 1), "batch", "never")])
    assert google.asked("write") == 0


def test_a_file_that_is_not_whole_stops_nothing(google: LocalGoogle, register: GoogleRegister, tmp_path: Path) -> None:
    (kept,) = tmp_path.glob("book*.json")
    kept.write_text(kept.read_text()[:-20])
    assert batches(restarted(google, tmp_path)) == {"1": "batch 1", "2": "batch 2", "3": "batch 3"}
