"""A comparison that passes over rows found in line before finds what one that looks at every row finds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from agreed_table import AgreedTable, identity_of
from hypothesis import given
from hypothesis import strategies as st
from register_contract import COLUMNS

from sheets.merge import merge
from sheets.table import Cell, InLine, Plan, Row, Sheet

ROWS = 8
KEYS = ("batch", "cause", "quantity", "severity", "status", "arrived")
VALUES: tuple[Cell, ...] = (None, "a", 1, 1.0, True, "1")
Table = dict[str, dict[str, Cell]]
changes = st.lists(
    st.tuples(
        st.sampled_from(["stands", "wanted", "agreed", "never agreed", "forgotten", "written"]),
        st.integers(1, ROWS),
        st.sampled_from(KEYS),
        st.sampled_from(VALUES),
    ),
    max_size=6,
)


def compared(table: Table, base: Table, sheet: Sheet, intended: Table, in_line: InLine) -> Plan:
    return merge(COLUMNS, base, table, sheet, intended=intended, in_line=in_line)


def with_cell(sheet: Sheet, number: int, key: str, value: Cell) -> Sheet:
    def changed(row: Row) -> Row:
        return replace(row, cells={**row.cells, key: value}) if row.cells["number"] == identity_of(number) else row

    return replace(sheet, rows=tuple(map(changed, sheet.rows)))


def changed_by(state: dict[str, Any], what: str, number: int, key: str, value: Cell) -> None:
    """One change, each made as the program makes it: what is changed is a new mapping, the others stay the same."""
    identity = identity_of(number)
    match what:
        case "stands":
            state["sheet"] = with_cell(state["sheet"], number, key, value)
        case "written":  # and then it was not known whether it arrived
            state["sheet"] = with_cell(state["sheet"], number, key, value)
            state["intended"] = {**state["intended"], identity: {key: value}}
        case "wanted":
            state["ours"] = {**state["ours"], identity: {**state["ours"][identity], key: value}}
        case "forgotten":
            state["base"] = {i: cells for i, cells in state["base"].items() if i != identity}
        case "agreed" | "never agreed":
            cells = {k: c for k, c in state["base"].get(identity, {}).items() if k != key}
            state["base"] = {**state["base"], identity: cells | ({key: value} if what == "agreed" else {})}


@given(st.lists(changes, min_size=1, max_size=4))
def test_nothing_is_missed_whatever_changes_between_two_comparisons(rounds: list[list[Any]]) -> None:
    table = AgreedTable(ROWS)
    state: dict[str, Any] = {"ours": table.ours, "base": table.base, "sheet": table.register.read(), "intended": {}}
    in_line = InLine()
    for changed in [[], *rounds]:
        for change in changed:
            changed_by(state, *change)
        ours, base, sheet, intended = state["ours"], state["base"], state["sheet"], state["intended"]
        full = compared(ours, base, sheet, intended, InLine())
        quick = compared(ours, base, sheet, intended, in_line)
        passed_over = full.equal.keys() - quick.equal.keys()
        assert quick == replace(full, equal={i: cells for i, cells in full.equal.items() if i not in passed_over})
        assert all(full.equal[i] == base[i] for i in passed_over)
        in_line = quick.in_line


def test_rows_that_did_not_change_are_passed_over() -> None:
    table = AgreedTable(ROWS)
    sheet = table.register.read()
    first = compared(table.ours, table.base, sheet, {}, InLine())
    second = compared(table.ours, table.base, with_cell(sheet, 3, "cause", "new"), {}, first.in_line)
    assert list(second.equal) == [identity_of(3)]
    assert [edit.new for edit in second.edits] == ["new"]


def test_with_another_column_every_row_is_looked_at_again() -> None:
    table = AgreedTable(ROWS)
    sheet = table.register.read()
    first = compared(table.ours, table.base, replace(sheet, found=sheet.found - {"cause"}), {}, InLine())
    assert len(compared(table.ours, table.base, sheet, {}, first.in_line).equal) == ROWS
