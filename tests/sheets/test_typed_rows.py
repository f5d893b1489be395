"""Rows typed by hand: which are taken for new, and how each is found again until its identity stands in it."""

from __future__ import annotations

import pytest
from agreed_table import AgreedTable, edits_of, identity_of, positions

from sheets.table import Cell


@pytest.mark.parametrize("text", ["CP-2025-000123", "CP-2026-9", "KS-17", "ab12", "CP-2027-000001"])
def test_an_identity_we_never_gave_is_a_stranger(text: str) -> None:
    table = AgreedTable(5)
    position = table.type_row(number=text, description="Lamp flickers", batch="L1")
    plan = table.plan()
    assert positions(plan.strangers) == [position]
    assert plan.typed == plan.changes == ()


@pytest.mark.parametrize("text", [None, 6, "6", "?", "新", "待定", "phone"])
def test_a_typed_row_with_no_identity_worth_the_name_is_typed(text: Cell) -> None:
    table = AgreedTable(5)
    position = table.type_row(number=text, description="Lamp flickers", batch="L1")
    assert positions(table.plan().typed) == [position]


def test_a_typed_row_that_goes_on_being_typed_while_it_waits_is_known_by_half_of_it() -> None:
    table = AgreedTable(3)
    position = table.type_row(description="Lamp flickers", batch="L1", quantity=3, severity="一般")
    (row,) = table.plan().typed
    identity = table.add(4, description="Lamp flickers", batch="L1", quantity=3, severity="一般", cause=None)
    table.base[identity] = {key: cell for key, cell in row.cells.items() if key != "number"}
    for column, cell in {"batch": "L2", "severity": "紧急", "cause": "dust"}.items():
        table.people.set(position, column, cell)
    table.people.insert(2)
    plan = table.plan()
    assert plan.positions[identity] == position + 1
    assert [(column, new) for _, column, _, new in edits_of(plan)] == [
        ("batch", "L2"),
        ("severity", "紧急"),
        ("cause", "dust"),
    ]
    table.people.set(position + 1, "description", "quite another thing")
    assert positions(table.plan().typed) == [position + 1]


def test_two_waiting_rows_each_find_the_row_most_like_them() -> None:
    table = AgreedTable(3)
    table.type_row(description="Lamp flickers", batch="L1", cause="dust")
    table.type_row(description="Lamp is dark", batch="L1", cause="dust")
    first, second = table.plan().typed
    for n, row in ((4, first), (5, second)):
        table.base[table.add(n)] = {key: cell for key, cell in row.cells.items() if key != "number"}
    table.people.sort("description", reverse=True)
    table.people.delete(table.plan().positions[identity_of(4)])
    plan = table.plan()
    assert plan.restored == (identity_of(4),)
    assert table.people.get(plan.positions[identity_of(5)], "description") == "Lamp is dark"


def test_two_rows_typed_alike_both_get_their_number() -> None:
    table = AgreedTable(3)
    for _ in range(2):
        table.type_row(customer="ACME", subject="Lamp", description="Lamp flickers", batch="L1")
    first, second = table.plan().typed
    for n, row in ((4, first), (5, second)):
        table.base[table.add(n, customer="ACME", subject="Lamp")] = {
            key: cell for key, cell in row.cells.items() if key != "number"
        }
    plan = table.plan()
    assert (plan.positions[identity_of(4)], plan.positions[identity_of(5)]) == (first.position, second.position)
    assert plan.copies == plan.restored == ()


def test_a_row_typed_like_a_deleted_one_is_a_new_one_when_nothing_of_the_fingerprint_agrees() -> None:
    table = AgreedTable(10)
    cells = dict(table.ours[identity_of(3)])
    table.people.delete(table.position(3))
    position = table.type_row(**{**cells, "number": None, "received": None, "customer": "ACME", "subject": "Lamp"})
    table.people.set(position, "status", "open")
    plan = table.plan()
    assert (positions(plan.typed), plan.restored) == ([position], (identity_of(3),))


def test_of_two_waiting_rows_the_one_changed_beyond_recognition_is_restored() -> None:
    table = AgreedTable(3)
    for batch in ("L1", "L2"):
        table.type_row(description="Lamp flickers", batch=batch, cause="dust")
    first, second = table.plan().typed
    for n, row in ((4, first), (5, second)):
        table.base[table.add(n)] = {key: cell for key, cell in row.cells.items() if key != "number"}
    table.people.set(second.position, "severity", "紧急")
    table.people.set(second.position, "batch", "L3")
    table.people.delete(first.position)
    plan = table.plan()
    assert len(plan.restored) == 1
    assert plan.typed == ()
