"""Every way people have of moving, copying, losing and retyping rows, and what is made of each."""

from __future__ import annotations

import random

import pytest
from agreed_table import AgreedTable, appended, cells_of, edits_of, identity_of, positions, settings_of

from sheets.records import canonical
from sheets.table import Cell, Plan

MANY = 2000


def is_quiet(plan: Plan) -> bool:
    return plan == Plan(equal=plan.equal, positions=plan.positions)


def assert_each_at_home(table: AgreedTable, plan: Plan, besides: frozenset[int] = frozenset()) -> None:
    """Check that no row was taken for another: the description, which the tests leave alone, tells the truth."""
    described = {row.position: row.cells["description"] for row in table.register.read().rows}
    found = {identity: described[position] for identity, position in plan.positions.items()}
    expected = (n for n in range(1, len(table.ours) + 1) if n not in besides)
    assert found == {identity_of(n): cells_of(n)["description"] for n in expected}


@pytest.mark.parametrize(
    "written",
    [
        "cp-2026-000002",
        " CP-2026-000002 ",
        "ＣＰ－２０２６－０００００２",
        "CP–2026–000002",
        "CP 2026—000002",
        "CP_2026_000002",
    ],
)
def test_an_identity_written_differently_is_known_and_written_back(written: str) -> None:
    table = AgreedTable(3)
    table.people.set(table.position(2), "number", written)
    plan = table.plan()
    if canonical(written) == identity_of(2):
        assert settings_of(plan) == [(identity_of(2), "number", table.register.cell("number", written), identity_of(2))]
    assert_each_at_home(table, plan)


def test_trailing_blanks_around_an_identity_are_nothing() -> None:
    table = AgreedTable(3)
    table.people.set(table.position(2), "number", identity_of(2) + "  ")
    assert is_quiet(table.plan())


@pytest.mark.parametrize("column", ["number", "customer", "subject", "severity", "description"])
def test_a_sorted_table_is_the_same_table(column: str) -> None:
    table = AgreedTable(MANY)
    table.people.sort(column, reverse=True)
    plan = table.plan()
    assert is_quiet(plan)
    assert_each_at_home(table, plan)


def test_inserted_blank_rows_move_nothing() -> None:
    table = AgreedTable(100)
    for position in (2, 50, 90):
        table.people.insert(position)
    plan = table.plan()
    assert is_quiet(plan)
    assert_each_at_home(table, plan)


def test_thirty_rows_inserted_among_two_thousand_are_typed_rows() -> None:
    table = AgreedTable(MANY)
    for n in range(30):
        position = 2 + 61 * n
        table.people.insert(position)
        table.people.set(position, "description", f"typed {n}")
        table.people.set(position, "batch", f"T{n}")
    plan = table.plan()
    assert [row.cells["batch"] for row in plan.typed] == [f"T{n}" for n in range(30)]
    assert plan.edits == plan.changes == ()


def test_a_copied_row_is_flagged_and_the_first_stays() -> None:
    table = AgreedTable(20)
    table.people.copy(table.position(5), to=20)
    plan = table.plan()
    assert positions(plan.copies) == [20]
    assert plan.positions[identity_of(5)] == 6
    assert plan.edits == plan.changes == ()


def test_of_two_the_one_with_the_fingerprint_is_the_original() -> None:
    table = AgreedTable(20)
    position = table.position(5)
    table.people.copy(position, to=position)
    table.people.set(position, "subject", "made into another complaint")
    plan = table.plan()
    assert positions(plan.copies) == [position]
    assert plan.positions[identity_of(5)] == position + 1


def test_of_two_with_the_fingerprint_the_one_most_like_the_agreed_is_the_original() -> None:
    table = AgreedTable(20)
    position = table.position(5)
    table.people.copy(position, to=position)
    table.people.set(position, "batch", "changed")
    plan = table.plan()
    assert positions(plan.copies) == [position]
    assert plan.edits == ()


def test_a_copy_whose_number_was_cleared_stays_a_copy() -> None:
    table = AgreedTable(20)
    table.people.copy(table.position(5), to=20)
    table.people.set(20, "number", None)
    plan = table.plan()
    assert positions(plan.copies) == [20]
    assert plan.typed == plan.changes == ()


def test_a_copy_made_into_a_new_complaint_without_number_is_typed() -> None:
    table = AgreedTable(20)
    table.people.copy(table.position(5), to=20)
    for column, cell in {"number": None, "received": None, "subject": None, "description": "another"}.items():
        table.people.set(20, column, cell)
    assert positions(table.plan().typed) == [20]


@pytest.mark.parametrize("cell", [None, "CP-2026-00002", "CP-2026-0000022", "合计", "12", 2, "CP-2025-000002", "?"])
def test_a_cleared_or_mistyped_identity_is_restored_by_the_fingerprint(cell: Cell) -> None:
    table = AgreedTable(10)
    table.people.set(table.position(2), "number", cell)
    table.people.set(table.position(2), "cause", "and edited")
    plan = table.plan()
    assert settings_of(plan) == [(identity_of(2), "number", cell, identity_of(2))]
    assert edits_of(plan) == [(identity_of(2), "cause", None, "and edited")]
    assert plan.restored == plan.strangers == plan.typed == ()


def test_an_identity_typed_over_with_anothers_is_restored() -> None:
    table = AgreedTable(10)
    table.people.set(table.position(2), "number", identity_of(7))
    plan = table.plan()
    assert settings_of(plan) == [(identity_of(2), "number", identity_of(7), identity_of(2))]
    assert plan.copies == ()
    assert_each_at_home(table, plan)


def test_two_swapped_identities_are_swapped_back() -> None:
    table = AgreedTable(10)
    first, second = table.position(2), table.position(7)
    table.people.set(first, "number", identity_of(7))
    table.people.set(second, "number", identity_of(2))
    plan = table.plan()
    assert plan.edits == ()
    assert_each_at_home(table, plan)


def test_bot_cells_copied_over_a_row_are_put_back_when_the_rest_of_the_row_is_its_own() -> None:
    table = AgreedTable(10)
    for column in ("received", "customer", "subject"):
        table.people.set(table.position(2), column, cells_of(7)[column])
    plan = table.plan()
    assert {column for _, column, _, _ in settings_of(plan)} == {"received", "customer", "subject"}
    assert_each_at_home(table, plan)


def test_a_row_pasted_over_another_is_a_copy_and_the_lost_one_is_restored() -> None:
    table = AgreedTable(10)
    position = table.position(2)
    for column in cells_of(7):
        if column != "number":
            table.people.set(position, column, cells_of(7)[column])
    plan = table.plan()
    assert positions(plan.copies) == [position]
    assert (plan.restored, appended(plan), plan.edits) == ((identity_of(2),), [identity_of(2)], ())


def test_a_known_number_typed_over_a_strange_content_is_not_trusted() -> None:
    table = AgreedTable(10)
    table.people.delete(table.position(2))
    table.type_row(number=identity_of(2), customer="New Ltd", subject="Other", description="typed", quantity=77)
    plan = table.plan()
    assert positions(plan.copies) == [11]
    assert (plan.restored, plan.edits) == ((identity_of(2),), ())


def test_a_number_dragged_down_is_given_back_row_by_row() -> None:
    table = AgreedTable(MANY)
    for n in range(101, 111):
        table.people.set(table.position(n), "number", identity_of(100))
    plan = table.plan()
    assert len(plan.changes) == 10
    assert_each_at_home(table, plan)


def test_a_number_series_dragged_over_a_sorted_table_is_given_back() -> None:
    table = AgreedTable(MANY)
    table.people.sort("description")
    first = int(str(table.people.get(700, "number"))[-6:])
    for step in range(1, 11):
        table.people.set(700 + step, "number", identity_of(first % 1900 + step))
    assert_each_at_home(table, table.plan())


@pytest.mark.parametrize("spoil", [lambda text: text[:-1], lambda text: None, lambda text: text.replace("-", "")])
def test_fifteen_spoilt_identities_come_back(spoil: object) -> None:
    table = AgreedTable(MANY)
    for n in random.Random(5).sample(range(1, MANY), 15):
        table.people.set(table.position(n), "number", spoil(identity_of(n)))  # type: ignore[operator]
    plan = table.plan()
    assert len(plan.changes) == 15
    assert_each_at_home(table, plan)


def test_twenty_copies_edited_later_disturb_no_original() -> None:
    table = AgreedTable(MANY)
    for n in random.Random(6).sample(range(1, MANY), 20):
        table.people.copy(table.position(n), to=MANY // 2)
        table.people.set(MANY // 2, "cause", "edited in the copy")
    plan = table.plan()
    assert len(plan.copies) == 20
    assert plan.edits == plan.changes == ()


def test_a_table_sorted_without_its_number_column_is_frozen() -> None:
    table = AgreedTable(MANY)
    table.people.sort("customer", without=["number"])
    plan = table.plan()
    assert "sorted without '编号'? undo it" in plan.frozen
    assert plan == Plan(frozen=plan.frozen)


def test_three_hundred_rows_deleted_at_once_are_frozen() -> None:
    table = AgreedTable(MANY)
    for _ in range(300):
        table.people.delete(900)
    assert table.plan().frozen.startswith("300 of 2000 rows are gone at once")


def test_three_deleted_rows_are_restored() -> None:
    table = AgreedTable(MANY)
    for n in (3, 900, 1500):
        table.people.delete(table.position(n))
    plan = table.plan()
    assert plan.restored == (identity_of(3), identity_of(900), identity_of(1500))
    assert_each_at_home(table, plan, besides=frozenset({3, 900, 1500}))


def fingerprints_alike(table: AgreedTable, *numbers: int) -> None:
    for n in numbers:
        for column in ("received", "customer", "subject"):
            table.ours[identity_of(n)][column] = table.base[identity_of(n)][column] = "alike"
            table.people.set(table.position(n), column, "alike")
        table.people.set(table.position(n), "number", None)


def test_rows_alike_in_their_fingerprint_are_told_apart_by_the_rest() -> None:
    table = AgreedTable(10)
    fingerprints_alike(table, 4, 5)
    table.people.sort("description", reverse=True)
    plan = table.plan()
    assert_each_at_home(table, plan)
    assert plan.copies == plan.typed == plan.edits == ()


def test_rows_alike_in_their_fingerprint_and_changed_in_the_rest_are_not_guessed_at() -> None:
    table = AgreedTable(10)
    fingerprints_alike(table, 4, 5)
    rows = [table.position(4), table.position(5)]
    for position in rows:
        for column in ("batch", "severity", "quantity", "status"):
            table.people.set(position, column, "other")
    plan = table.plan()
    assert positions(plan.copies) == rows
    assert plan.restored == (identity_of(4), identity_of(5))


def test_without_enough_fingerprint_columns_a_lost_identity_is_not_guessed() -> None:
    table = AgreedTable(60)
    for column in ("received", "subject"):
        table.people.delete_column(column)
    for column, cell in {"number": None, "batch": "other", "severity": "other", "quantity": 100}.items():
        table.people.set(table.position(2), column, cell)
    plan = table.plan()
    assert plan.restored == (identity_of(2),)
    assert positions(plan.typed) == [3]


def test_a_row_that_lost_its_number_and_part_of_its_fingerprint_is_known_by_the_rest() -> None:
    table = AgreedTable(10)
    table.people.set(table.position(2), "number", None)
    table.people.set(table.position(2), "customer", "ACME")
    plan = table.plan()
    assert plan.typed == ()
    assert {column for _, column, _, _ in settings_of(plan)} == {"number", "customer"}
    assert_each_at_home(table, plan)
