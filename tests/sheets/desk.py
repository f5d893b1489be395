"""The program's side of the table, as small as it can be and still crash anywhere: one round between two commits.

The order is that of the daemon: read, accept people's edits and typed rows, note what is about to be written, write,
note what was written. A crash loses what comes after the last note; everything before it is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from register_contract import COLUMNS

from sheets.memory import MemoryRegister
from sheets.merge import merge
from sheets.register import Waiting
from sheets.table import AppendRow, Cell, Change, Plan, Sheet

Table = dict[str, dict[str, Cell]]

TYPED_IN = ("description", "batch", "cause")


class Desk:
    """The program's side: one round as the daemon does it, each step between two commits."""

    merge: Callable[..., Plan] = staticmethod(merge)

    def __init__(self, register: MemoryRegister) -> None:
        self.register = register
        self.ours: Table = {}
        self.base: Table = {}
        self.intended: Mapping[str, Mapping[str, Cell]] = {}
        self.history: list[tuple[str, str, Cell]] = []
        self.numbered: dict[str, str] = {}
        self.frozen = ""

    def open_case(self, **cells: Cell) -> str:
        number = len(self.ours) + 1
        identity = f"CP-2026-{number:06d}"
        empty = dict.fromkeys(column.key for column in COLUMNS)
        given = {
            "number": identity,
            "received": datetime(2026, 5, 4, 8) + timedelta(minutes=number),
            "customer": f"Customer {number % 3}",
            "subject": f"Subject {number}",
            "status": "new",
        }
        self.ours[identity] = {**empty, **given, **cells}
        return identity

    def round(self, interruption: str = "") -> None:
        try:
            sheet = self.register.read()
        except Waiting:
            return
        plan = self._plan(sheet)
        self.frozen = plan.frozen
        if plan.frozen:
            return
        self._accept(plan)
        plan = self._plan(sheet)
        assert plan.edits == plan.typed == ()
        self._agree(plan)
        self.intended = intentions(plan.changes)
        if interruption == "crash before write":
            return
        if interruption == "people save":
            self.register.people.insert(2)
        if interruption == "people open":
            self.register.people.lock("Li")
        try:
            done = self.register.write(sheet, plan.changes)
        except Waiting:
            self.intended = {}
            return
        if interruption != "crash after write":
            self._note(done)
            self.intended = {}

    def _plan(self, sheet: Sheet) -> Plan:
        return type(self).merge(COLUMNS, self.base, self.ours, sheet, intended=self.intended)

    def _accept(self, plan: Plan) -> None:
        self._agree(plan)
        for edit in plan.edits:
            self.base.setdefault(edit.identity, {})[edit.column] = edit.new
            self.ours[edit.identity][edit.column] = edit.new
            self.history.append((edit.identity, edit.column, edit.new))
        for row in plan.typed:
            token = str(self.register.people.get(row.position, "Truth"))
            assert token.startswith("T"), f"{token} is known and was taken for a new complaint"
            assert token not in self.numbered, f"{token} has its number already"
            typed = {key: cell for key, cell in row.cells.items() if key != "number"}
            identity = self.open_case(**{key: typed[key] for key in TYPED_IN})
            self.numbered[token], self.base[identity] = identity, typed

    def _agree(self, plan: Plan) -> None:
        for identity, cells in plan.equal.items():
            self.base.setdefault(identity, {}).update(cells)

    def _note(self, done: tuple[Change, ...]) -> None:
        for identity, cells in intentions(done).items():
            self.base.setdefault(identity, {}).update(cells)


def intentions(changes: tuple[Change, ...]) -> Table:
    cells: Table = {}
    for change in changes:
        written = change.cells if isinstance(change, AppendRow) else {change.column: change.value}
        cells.setdefault(change.identity, {}).update(written)
    return cells
