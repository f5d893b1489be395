"""A table in which the program and people agree, to be disturbed by tests."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from register_contract import COLUMNS

from sheets.memory import MemoryRegister
from sheets.merge import merge
from sheets.table import AppendRow, Cell, Edit, Plan, SetCell

START = datetime(2026, 3, 2, 8, 0)
SEVERITIES = ("一般", "重要", "紧急")


def identity_of(number: int) -> str:
    return f"CP-2026-{number:06d}"


def cells_of(number: int) -> dict[str, Cell]:
    return {
        "number": identity_of(number),
        "received": START + timedelta(minutes=37 * number),
        "customer": f"客户 {number % 40}",
        "subject": f"Complaint about item {number % 300}",
        "description": f"item {number} does not work",
        "batch": f"B{number % 17:04d}",
        "quantity": number % 9,
        "severity": SEVERITIES[number % 3],
        "arrived": None,
        "cause": f"cause {number}" if number % 2 else None,
        "status": "open",
    }


class AgreedTable:
    """Rows 1 to `count`, written and agreed. `people` disturb it, `plan` says what the merge makes of it."""

    def __init__(self, count: int) -> None:
        self.ours = {identity_of(n): cells_of(n) for n in range(1, count + 1)}
        self.base: dict[str, dict[str, Cell]] = {identity: dict(cells) for identity, cells in self.ours.items()}
        self.register = MemoryRegister(COLUMNS)
        self.people = self.register.people
        rows = [AppendRow(identity=identity, cells=cells) for identity, cells in self.ours.items()]
        self.register.write(self.register.read(), rows)

    def plan(self, **more: dict[str, dict[str, Cell]]) -> Plan:
        return merge(COLUMNS, self.base, self.ours, self.register.read(), **more)

    def add(self, number: int, **cells: Cell) -> str:
        self.ours[identity_of(number)] = cells_of(number) | cells
        return identity_of(number)

    def position(self, number: int) -> int:
        """Say where people see the row, going by its description, which they leave alone in a row looked for."""
        place, text = self.register.places()["description"], cells_of(number)["description"]
        (position,) = (n for n, cells in enumerate(self.register.grid, start=1) if cells[place] == text)
        return position

    def type_row(self, **cells: Cell) -> int:
        position = len(self.register.grid) + 1
        for column, cell in cells.items():
            self.people.set(position, column, cell)
        return position


def edits_of(plan: Plan) -> list[tuple[str, str, Cell, Cell]]:
    return [_flat(edit) for edit in plan.edits]


def conflicts_of(plan: Plan) -> list[tuple[str, str, Cell, Cell]]:
    return [_flat(edit) for edit in plan.conflicts]


def _flat(edit: Edit) -> tuple[str, str, Cell, Cell]:
    return (edit.identity, edit.column, edit.old, edit.new)


def settings_of(plan: Plan) -> list[tuple[str, str, Cell, Cell]]:
    """List (identity, column, expected, value) of the cells to be set."""
    return [(c.identity, c.column, c.expected, c.value) for c in plan.changes if isinstance(c, SetCell)]


def appended(plan: Plan) -> list[str]:
    return [change.identity for change in plan.changes if isinstance(change, AppendRow)]


def positions(rows: Iterable[object]) -> list[int]:
    return [row.position for row in rows]  # type: ignore[attr-defined]
