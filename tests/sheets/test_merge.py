"""The cell rule and the row rule, case by case."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from agreed_table import AgreedTable, appended, conflicts_of, edits_of, identity_of, positions, settings_of
from hypothesis import given
from hypothesis import strategies as st
from register_contract import COLUMNS

from sheets.cells import same
from sheets.merge import Never, Verdict, merge, verdict
from sheets.table import AppendRow, Cell, Owner, Plan, Row, Sheet

A_TEXTS = st.sampled_from([None, "a", "b", "c"])


@pytest.mark.parametrize("owner", [Owner.STAFF, Owner.SHARED])
@pytest.mark.parametrize(
    ("agreed", "wanted", "stands", "expected"),
    [
        ("a", "a", "a", Verdict.EQUAL),
        ("a", "b", "b", Verdict.EQUAL),
        ("a", "b", "a", Verdict.OURS),
        ("a", "a", "b", Verdict.THEIRS),
        ("a", "b", "c", Verdict.BOTH),
        ("a", None, "a", Verdict.OURS),
        ("a", "a", None, Verdict.THEIRS),
        ("a", "b", None, Verdict.BOTH),
        (None, "a", None, Verdict.OURS),
        (None, None, "a", Verdict.THEIRS),
        (Never.AGREED, "a", "a", Verdict.EQUAL),
        (Never.AGREED, "a", None, Verdict.OURS),
        (Never.AGREED, "a", "  ", Verdict.OURS),
        (Never.AGREED, None, "a", Verdict.THEIRS),
        (Never.AGREED, "a", "b", Verdict.BOTH),
        (12, 12.0, "x", Verdict.THEIRS),
        (None, 12, 12.0, Verdict.EQUAL),
        (None, datetime(2026, 5, 3), date(2026, 5, 3), Verdict.EQUAL),
        ("a", "a\r\nb", "a\nb", Verdict.EQUAL),
        (1, True, 1, Verdict.OURS),
        ("0012", "0012", 12, Verdict.THEIRS),
    ],
)
def test_a_cell_of_people_follows_the_three_way_rule(
    owner: Owner, agreed: Cell | Never, wanted: Cell, stands: Cell, expected: Verdict
) -> None:
    assert verdict(owner, agreed, wanted, stands) is expected


@given(A_TEXTS | st.just(Never.AGREED), A_TEXTS, A_TEXTS)
def test_a_bot_cell_is_always_ours(agreed: Cell | Never, wanted: Cell, stands: Cell) -> None:
    assert verdict(Owner.BOT, agreed, wanted, stands) is (Verdict.EQUAL if wanted == stands else Verdict.OURS)


@given(A_TEXTS | st.just(Never.AGREED), A_TEXTS, A_TEXTS)
def test_a_filled_cell_people_changed_is_never_overwritten(agreed: Cell | Never, wanted: Cell, stands: Cell) -> None:
    if stands is not None and stands != agreed:
        assert verdict(Owner.SHARED, agreed, wanted, stands) is not Verdict.OURS


def test_an_agreed_table_needs_nothing() -> None:
    table = AgreedTable(12)
    assert table.plan() == Plan(positions={identity_of(n): n + 1 for n in range(1, 13)})


def test_peoples_edit_is_accepted() -> None:
    table = AgreedTable(3)
    table.people.set(table.position(2), "cause", "工装磨损")
    plan = table.plan()
    assert edits_of(plan) == [(identity_of(2), "cause", None, "工装磨损")]
    assert (plan.conflicts, plan.changes) == ((), ())
    assert "cause" not in plan.equal[identity_of(2)]


def test_our_change_is_written_over_what_was_agreed() -> None:
    table = AgreedTable(3)
    table.ours[identity_of(2)]["batch"] = "B9"
    assert settings_of(table.plan()) == [(identity_of(2), "batch", "B0002", "B9")]


def test_where_both_changed_theirs_wins_and_is_named() -> None:
    table = AgreedTable(3)
    table.ours[identity_of(2)]["batch"] = "ours"
    table.people.set(table.position(2), "batch", "theirs")
    plan = table.plan()
    assert edits_of(plan) == conflicts_of(plan) == [(identity_of(2), "batch", "B0002", "theirs")]
    assert plan.changes == ()


def test_a_bot_cell_people_changed_is_put_back() -> None:
    table = AgreedTable(3)
    table.people.set(table.position(2), "status", "done!")
    plan = table.plan()
    assert settings_of(plan) == [(identity_of(2), "status", "done!", "open")]
    assert plan.edits == ()


def test_after_the_edits_are_taken_over_a_second_look_finds_only_what_is_to_be_written() -> None:
    table = AgreedTable(3)
    table.people.set(table.position(2), "arrived", "3.5.2026")
    (edit,) = table.plan().edits
    table.base[edit.identity][edit.column] = edit.new
    table.ours[edit.identity][edit.column] = date(2026, 5, 3)
    plan = table.plan()
    assert plan.edits == ()
    assert settings_of(plan) == [(identity_of(2), "arrived", "3.5.2026", date(2026, 5, 3))]


def test_a_new_row_is_appended_with_its_filled_cells() -> None:
    table = AgreedTable(3)
    table.add(4)
    plan = table.plan()
    filled = {key: cell for key, cell in table.ours[identity_of(4)].items() if cell is not None}
    assert plan.changes == (AppendRow(identity=identity_of(4), cells=filled),)
    assert plan.restored == ()


def test_a_row_people_deleted_is_restored_as_it_was_last_agreed_and_reported() -> None:
    table = AgreedTable(8)
    table.people.delete(table.position(3))
    plan = table.plan()
    assert (appended(plan), plan.restored) == ([identity_of(3)], (identity_of(3),))
    assert identity_of(3) not in plan.positions


@pytest.mark.parametrize(("count", "gone", "frozen"), [(8, 5, False), (8, 6, True), (200, 10, False), (200, 11, True)])
def test_many_rows_gone_at_once_freeze_the_round(count: int, gone: int, frozen: bool) -> None:
    table = AgreedTable(count)
    for _ in range(gone):
        table.people.delete(2)
    plan = table.plan()
    assert plan.frozen == (
        f"{gone} of {count} rows are gone at once: bring them back or rebuild the table" if frozen else ""
    )
    assert len(plan.restored) == (0 if frozen else gone)


def test_a_frozen_plan_asks_for_nothing() -> None:
    table = AgreedTable(8)
    table.add(9)
    table.people.delete_column("number")
    plan = table.plan()
    assert plan == Plan(frozen="the column '编号' is gone: put it back or restore its heading")


def test_columns_people_removed_are_neither_read_nor_written() -> None:
    table = AgreedTable(3)
    table.add(4)
    table.people.delete_column("cause")
    table.ours[identity_of(1)]["cause"] = "new"
    plan = table.plan()
    assert edits_of(plan) == settings_of(plan) == []
    (row,) = plan.changes
    assert isinstance(row, AppendRow)
    assert "cause" not in row.cells
    assert "cause" not in plan.equal.get(identity_of(1), {})


def test_a_column_deleted_and_made_again_is_filled_again_and_not_taken_for_edits() -> None:
    table = AgreedTable(14)
    table.people.delete_column("batch")
    table.people.add_column("批号")
    plan = table.plan()
    assert plan.edits == ()
    assert {(identity, value) for identity, _, _, value in settings_of(plan)} == {
        (identity, cells["batch"]) for identity, cells in table.ours.items()
    }


def test_a_few_cleared_cells_are_edits() -> None:
    table = AgreedTable(14)
    for n in range(1, 7):
        table.people.set(table.position(n), "batch", None)
    assert [(identity, new) for identity, _, _, new in edits_of(table.plan())] == [
        (identity_of(n), None) for n in range(1, 7)
    ]


def test_a_column_sorted_on_its_own_freezes_the_round() -> None:
    table = AgreedTable(12)
    table.people.sort("description", without=[c.key for c in COLUMNS if c.key != "description"], reverse=True)
    assert table.plan().frozen == "11 cells of '问题描述' only changed places: sorted without the rest? undo it"


def test_the_same_few_words_typed_in_many_rows_are_edits() -> None:
    table = AgreedTable(30)
    for n in range(1, 21):
        position = table.position(n)
        table.people.set(position, "severity", "紧急" if table.people.get(position, "severity") != "紧急" else "一般")
    plan = table.plan()
    assert plan.frozen == ""
    assert len(plan.edits) == 20


def test_a_row_written_before_a_crash_is_not_appended_again() -> None:
    table = AgreedTable(3)
    del table.base[identity_of(2)]
    plan = table.plan()
    assert plan.changes == ()
    assert plan.equal[identity_of(2)] == table.ours[identity_of(2)]


def test_our_own_value_written_before_a_crash_is_not_credited_to_people() -> None:
    table = AgreedTable(3)
    table.people.set(table.position(2), "batch", "written")
    table.ours[identity_of(2)]["batch"] = "newer"
    plan = table.plan(intended={identity_of(2): {"batch": "written"}})
    assert plan.edits == ()
    assert settings_of(plan) == [(identity_of(2), "batch", "written", "newer")]
    assert plan.equal[identity_of(2)]["batch"] == "written"


def test_an_unfinished_write_that_never_arrived_changes_nothing() -> None:
    table = AgreedTable(3)
    table.people.set(table.position(2), "batch", "theirs")
    plan = table.plan(intended={identity_of(2): {"batch": "lost", "cause": "lost"}})
    assert edits_of(plan) == [(identity_of(2), "batch", "B0002", "theirs")]
    assert plan.changes == ()


def test_a_value_cleared_in_a_row_written_before_a_crash_stays_cleared() -> None:
    table = AgreedTable(3)
    del table.base[identity_of(2)]
    table.people.set(table.position(2), "batch", None)
    plan = table.plan(intended={identity_of(2): table.ours[identity_of(2)]})
    assert edits_of(plan) == [(identity_of(2), "batch", "B0002", None)]
    assert plan.changes == ()


def test_text_a_cell_cannot_hold_is_not_written_for_ever() -> None:
    table = AgreedTable(2)
    long = "长" * 40_000 + "\x00"
    table.add(3, description=long)
    table.register.write(table.register.read(), table.plan().changes)
    plan = table.plan()
    assert (plan.changes, plan.edits) == ((), ())


def test_the_identity_is_set_before_the_other_cells_of_its_row() -> None:
    table = AgreedTable(3)
    table.people.set(table.position(2), "status", "x")
    table.people.set(table.position(2), "number", None)
    table.people.move("number", 5)
    assert [column for _, column, _, _ in settings_of(table.plan())] == ["number", "status"]


def test_a_hand_typed_row_gets_its_number_in_the_second_look() -> None:
    table = AgreedTable(3)
    position = table.type_row(customer="ACME", description="Lamp flickers", quantity=3)
    (row,) = table.plan().typed
    assert row.position == position
    identity = table.add(4, customer="ACME", subject="Lamp", description="Lamp flickers", quantity=3, batch=None)
    table.base[identity] = {key: cell for key, cell in row.cells.items() if key != "number"}
    plan = table.plan()
    assert (plan.typed, plan.edits, plan.restored) == ((), (), ())
    assert plan.positions[identity] == position
    assert {column for _, column, _, _ in settings_of(plan)} == {"number", "received", "subject", "severity", "status"}


def test_a_whole_table_typed_by_hand_gets_its_numbers_row_by_row() -> None:
    table = AgreedTable(0)
    for n in range(300):
        table.type_row(customer=f"ACME {n % 5}", description="does not work", batch=f"L{n % 7}", severity="一般")
    rows = table.plan().typed
    assert len(rows) == 300
    for n, row in enumerate(rows, start=1):
        table.base[table.add(n)] = {key: cell for key, cell in row.cells.items() if key != "number"}
    plan = table.plan()
    assert list(plan.positions.values()) == positions(rows)
    assert plan.edits == plan.typed == plan.copies == ()


@given(st.data())
def test_carrying_out_a_plan_leaves_nothing_to_do(data: st.DataObject) -> None:
    table = AgreedTable(6)
    for n in range(1, 7):
        for key in ("batch", "cause", "severity", "status"):
            table.ours[identity_of(n)][key] = data.draw(A_TEXTS)
            table.people.set(table.position(n), key, data.draw(A_TEXTS))
    plan = table.plan()
    for edit in plan.edits:
        table.ours[edit.identity][edit.column] = table.base[edit.identity][edit.column] = edit.new
    table.register.write(table.register.read(), plan.changes)
    again = table.plan()
    assert (again.edits, again.changes) == ((), ())
    assert all(same(cell, table.ours[i][key]) for i, cells in again.equal.items() for key, cell in cells.items())


def test_a_table_without_exactly_one_identity_is_refused() -> None:
    with pytest.raises(ValueError, match="not enough values"):
        merge(COLUMNS[1:], {}, {}, Sheet(rows=(), found=frozenset(), version=""))


def test_an_empty_table_takes_the_first_row() -> None:
    sheet = Sheet(rows=(Row(position=2, cells={"number": None}),), found=frozenset({"number"}), version="")
    plan = merge(COLUMNS, {}, {"CP-1": {"customer": "ACME"}}, sheet)
    assert plan.changes == (AppendRow(identity="CP-1", cells={"number": "CP-1"}),)
