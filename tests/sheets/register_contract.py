"""What every register backend must do, whoever stores the table.

A backend's test subclasses RegisterContract and gives two fixtures: `register`, fresh and empty, made for COLUMNS, and
`people`, who act on the same table by other means than the backend under test.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Protocol

import pytest

from sheets.register import Register, Waiting
from sheets.table import AppendRow, Cell, Column, Kind, Owner, Row, SetCell, Sheet

COLUMNS = (
    Column(key="number", title="编号", owner=Owner.BOT, identity=True, aliases=("Number", "No.", "编号 Number")),
    Column(key="received", title="收到时间", owner=Owner.BOT, kind=Kind.DATETIME, fingerprint=True),
    Column(key="customer", title="客户名称", owner=Owner.BOT, fingerprint=True, aliases=("Customer",)),
    Column(key="subject", title="主题", owner=Owner.BOT, fingerprint=True),
    Column(key="description", title="问题描述", owner=Owner.SHARED, aliases=("Description", "描述"), width=40),
    Column(key="batch", title="批号", owner=Owner.SHARED),
    Column(key="quantity", title="数量", owner=Owner.SHARED, kind=Kind.NUMBER),
    Column(key="severity", title="严重程度", owner=Owner.SHARED, kind=Kind.CHOICE, choices=("一般", "重要", "紧急")),
    Column(key="arrived", title="到货日期", owner=Owner.STAFF, kind=Kind.DATE),
    Column(key="cause", title="原因", owner=Owner.STAFF),
    Column(key="status", title="状态", owner=Owner.BOT),
)

TEXTS = (
    "0012",
    "1E5",
    "1e999",
    "3-4",
    "2026-05-03",
    "TRUE",
    "=A1",
    "=1+1",
    "+1",
    "-5 Sterne",
    "@SUM(1+1)",
    "＝１",
    "'quoted",
    "#N/A",
    "+49 30 1234567",
    "两行\n第二行",
    "tab\there",
    "  blanks before",
    "a_x000D_b",
    "<b>&amp;</b>",
    "😀" * 300,
    "长" * 8000,
)
"""Text as customers write it; each must come back as it was and never as a number, a date, a formula or an error."""


class People(Protocol):
    """People at the table. Each act is saved at once. A column is named by its key, or by its heading if it is theirs.

    A position is the one `Sheet` gives; the row below the last is the last position plus 1.
    """

    def get(self, position: int, column: str) -> Cell: ...
    def set(self, position: int, column: str, value: Cell) -> None: ...
    def sort(self, column: str) -> None: ...
    def delete(self, position: int) -> None: ...
    def insert(self, position: int) -> None: ...
    def hide(self, position: int) -> None: ...
    def rename(self, column: str, title: str) -> None: ...
    def move(self, column: str, index: int) -> None: ...
    def add_column(self, title: str) -> None: ...


def a_row(number: int = 1, /, **cells: Cell) -> AppendRow:
    identity = f"CP-2026-{number:06d}"
    return AppendRow(identity=identity, cells={"number": identity, "customer": f"Customer {number}", **cells})


def append(register: Register, *rows: AppendRow) -> Sheet:
    assert register.write(register.read(), rows) == rows
    return register.read()


def row_of(sheet: Sheet, number: int = 1) -> Row:
    (row,) = (row for row in sheet.rows if row.cells["number"] == f"CP-2026-{number:06d}")
    return row


def put(row: Row, column: str, value: Cell, **expected: Cell) -> SetCell:
    before = expected.get("expected", row.cells[column])
    identity = str(row.cells["number"])
    return SetCell(position=row.position, identity=identity, column=column, expected=before, value=value)


class RegisterContract:
    """The port's promises, one test each."""

    def test_a_fresh_register_has_every_column_and_no_row(self, register: Register) -> None:
        sheet = register.read()
        assert sheet.found == {column.key for column in COLUMNS}
        assert [row for row in sheet.rows if any(row.cells.values())] == []

    def test_it_says_where_people_find_it(self, register: Register) -> None:
        assert register.location()

    @pytest.mark.parametrize("text", TEXTS, ids=ascii)
    def test_text_stays_text(self, register: Register, text: str) -> None:
        row = row_of(append(register, a_row(description=text)))
        assert row.cells["description"] == text
        register.write(register.read(), [put(row, "batch", text)])
        assert row_of(register.read()).cells["batch"] == text

    def test_text_that_came_in_by_a_write_looks_the_same_to_people(self, register: Register, people: People) -> None:
        row = row_of(append(register, a_row(batch="0012", description="=A1")))
        assert (people.get(row.position, "batch"), people.get(row.position, "description")) == ("0012", "=A1")

    @pytest.mark.parametrize("number", [0, 12, -3, 2.5, 123456789012345])
    def test_a_number_comes_back(self, register: Register, number: float) -> None:
        cell = row_of(append(register, a_row(quantity=number))).cells["quantity"]
        assert (cell, type(cell)) == (number, type(number))

    def test_a_date_and_a_moment_come_back(self, register: Register) -> None:
        cells: dict[str, Cell] = {"arrived": date(2026, 5, 3), "received": datetime(2026, 5, 3, 9, 41, 7)}
        row = row_of(append(register, a_row(**cells)))
        assert {key: row.cells[key] for key in cells} == cells

    def test_midnight_is_a_moment_where_moments_are_kept(self, register: Register) -> None:
        midnight = datetime(2026, 5, 3)
        assert row_of(append(register, a_row(received=midnight))).cells["received"] == midnight

    def test_an_empty_cell_is_none(self, register: Register) -> None:
        assert row_of(append(register, a_row())).cells["cause"] is None

    def test_a_cell_can_be_emptied(self, register: Register) -> None:
        sheet = append(register, a_row(cause="tool"))
        change = put(row_of(sheet), "cause", None)
        assert register.write(sheet, [change]) == (change,)
        assert row_of(register.read()).cells["cause"] is None

    def test_appended_rows_come_back_in_order(self, register: Register) -> None:
        append(register, a_row(1), a_row(2))
        sheet = append(register, a_row(3))
        assert [row.cells["customer"] for row in sheet.rows] == ["Customer 1", "Customer 2", "Customer 3"]
        assert sorted({row.position for row in sheet.rows}) == [row.position for row in sheet.rows]

    def test_a_write_changes_only_the_cell_it_means(self, register: Register) -> None:
        before = append(register, a_row(1, batch="A", quantity=5), a_row(2, batch="B"))
        register.write(before, [put(row_of(before, 2), "batch", "C")])
        after = register.read()
        assert row_of(after, 1).cells == row_of(before, 1).cells
        assert row_of(after, 2).cells == {**row_of(before, 2).cells, "batch": "C"}

    def test_setting_and_appending_go_together(self, register: Register) -> None:
        sheet = append(register, a_row(1))
        changes = (put(row_of(sheet), "status", "open"), a_row(2, status="new"))
        assert register.write(sheet, changes) == changes
        assert [row.cells["status"] for row in register.read().rows] == ["open", "new"]

    def test_nothing_to_write_writes_nothing(self, register: Register) -> None:
        sheet = append(register, a_row())
        assert register.write(sheet, []) == ()
        assert register.read().version == sheet.version

    def test_reading_twice_gives_one_version(self, register: Register) -> None:
        assert append(register, a_row()) == register.read()

    def test_a_cell_that_is_not_as_expected_is_left_and_the_others_written(self, register: Register) -> None:
        sheet = append(register, a_row(cause="tool"))
        wrong, right = (
            put(row_of(sheet), "cause", "ours", expected="something else"),
            put(row_of(sheet), "status", "open"),
        )
        assert register.write(sheet, [wrong, right]) == (right,)
        row = row_of(register.read())
        assert (row.cells["cause"], row.cells["status"]) == ("tool", "open")

    def test_a_table_saved_by_people_since_the_reading_waits(self, register: Register, people: People) -> None:
        sheet = append(register, a_row())
        people.set(row_of(sheet).position, "cause", "theirs")
        with pytest.raises(Waiting):
            register.write(sheet, [put(row_of(sheet), "status", "open"), a_row(2)])
        (row,) = register.read().rows
        assert (row.cells["cause"], row.cells["status"]) == ("theirs", None)

    @pytest.mark.parametrize(
        ("column", "value"),
        [("cause", "工装磨损"), ("cause", None), ("quantity", 12), ("arrived", date(2026, 5, 3)), ("batch", "0012")],
    )
    def test_what_people_type_is_read(self, register: Register, people: People, column: str, value: Cell) -> None:
        position = row_of(append(register, a_row(cause="before"))).position
        people.set(position, column, value)
        assert row_of(register.read()).cells[column] == value

    def test_a_row_typed_below_is_read_and_the_next_one_goes_below_it(self, register: Register, people: People) -> None:
        position = row_of(append(register, a_row(1))).position
        people.set(position + 1, "description", "typed by hand")
        rows = append(register, a_row(2)).rows
        assert [row.cells["description"] for row in rows] == [None, "typed by hand", None]
        assert rows[2].cells["number"] == a_row(2).identity

    def test_rows_sorted_by_people_are_found_at_their_new_place(self, register: Register, people: People) -> None:
        append(register, a_row(1, cause="c"), a_row(2, cause="a"), a_row(3, cause="b"))
        people.sort("cause")
        sheet = register.read()
        assert [row.cells["cause"] for row in sheet.rows] == ["a", "b", "c"]
        register.write(sheet, [put(row_of(sheet, 1), "status", "open")])
        assert row_of(register.read(), 1).cells["status"] == "open"

    def test_a_deleted_row_is_gone_and_an_inserted_one_moves_the_others(
        self, register: Register, people: People
    ) -> None:
        sheet = append(register, a_row(1), a_row(2), a_row(3))
        first = row_of(sheet, 1).position
        people.delete(first)
        assert row_of(register.read(), 2).position == first
        people.insert(first)
        sheet = register.read()
        assert row_of(sheet, 2).position == first + 1
        change = put(row_of(sheet, 3), "status", "open")
        assert register.write(sheet, [change]) == (change,)
        assert row_of(register.read(), 3).cells["status"] == "open"

    def test_a_filtered_row_is_an_ordinary_row(self, register: Register, people: People) -> None:
        people.hide(row_of(append(register, a_row(1), a_row(2)), 1).position)
        sheet = register.read()
        change = put(row_of(sheet, 1), "status", "open")
        assert register.write(sheet, [change]) == (change,)
        assert row_of(register.read(), 1).cells["status"] == "open"

    def test_a_column_renamed_to_an_alias_is_still_found(self, register: Register, people: People) -> None:
        append(register, a_row(description="text"))
        people.rename("description", "Description")
        sheet = register.read()
        assert row_of(sheet).cells["description"] == "text"
        register.write(sheet, [put(row_of(sheet), "description", "other")])
        assert row_of(register.read()).cells["description"] == "other"

    def test_a_column_renamed_beyond_recognition_is_not_found_and_not_written(
        self, register: Register, people: People
    ) -> None:
        append(register, a_row(cause="tool"))
        people.rename("cause", "Weather")
        sheet = register.read()
        assert sheet.found == {column.key for column in COLUMNS} - {"cause"}
        assert "cause" not in row_of(sheet).cells
        lost = SetCell(position=row_of(sheet).position, identity="", column="cause", expected="tool", value="ours")
        assert register.write(sheet, [lost]) == ()
        assert people.get(row_of(sheet).position, "Weather") == "tool"

    def test_moved_columns_are_followed(self, register: Register, people: People) -> None:
        before = row_of(append(register, a_row(batch="B", quantity=3, cause="tool"))).cells
        people.move("cause", 0)
        sheet = register.read()
        assert row_of(sheet).cells == before
        register.write(sheet, [put(row_of(sheet), "cause", "other"), a_row(2, cause="new")])
        assert [row.cells["cause"] for row in register.read().rows] == ["other", "new"]

    def test_peoples_own_columns_are_left_alone(self, register: Register, people: People) -> None:
        position = row_of(append(register, a_row())).position
        people.add_column("Our own remarks")
        people.set(position, "Our own remarks", "call Li first")
        sheet = register.read()
        assert sheet.found == {column.key for column in COLUMNS}
        register.write(sheet, [put(row_of(sheet), "status", "open"), a_row(2)])
        assert people.get(position, "Our own remarks") == "call Li first"
        assert people.get(position + 1, "Our own remarks") is None

    def test_what_was_read_comes_back_equal_after_a_write_elsewhere(self, register: Register, people: People) -> None:
        append(register, a_row(1, description="\n".join(TEXTS[:16]), quantity=2.5))
        people.set(row_of(register.read()).position, "cause", "  typed  ")
        before = row_of(register.read()).cells
        append(register, a_row(2))
        assert row_of(register.read()).cells == before
