"""People and the program at one table, at random, with crashes: nothing is lost, doubled or put in people's mouths.

The machine keeps the truth apart in a column of people's own, "Truth", which travels with each row: every value typed
or decided is unique, so that it is known where each came from. The invariants are checked whenever all is quiet.
"""

from __future__ import annotations

from collections.abc import Mapping

from desk import TYPED_IN, Desk
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from register_contract import COLUMNS

from sheets.cells import same
from sheets.memory import MemoryRegister
from sheets.table import Cell, Column

INTERRUPTIONS = ("", "crash after write", "crash before write", "crash after write", "people save", "people open")
ROW = st.integers(0, 99)
ORDERS = [column for column in COLUMNS if column.aliases]


class SharedTable(RuleBasedStateMachine):
    """Everybody at the table. `budget` keeps accidents below what rightly freezes the round.

    A row that stands twice is not deleted or spoilt alone, as its old copy would rightly take its place; and no row
    loses both its number and its fingerprint, as it could then be anything.
    """

    desk_type: type[Desk] = Desk

    def __init__(self) -> None:
        super().__init__()
        self.register = self.new_table()
        self.people = self.register.people
        self.people.add_column("Truth")
        self.desk = self.desk_type(self.register)
        self.count = 0
        self.budget = 5
        self.mails = 0
        self.typed: dict[tuple[str, str], set[Cell]] = {}
        self.pending: dict[tuple[str, str], Cell] = {}
        self.doubled: set[str] = set()

    def new_table(self) -> MemoryRegister:
        """Make the table; another backend gives its own, with `grid` and `people` as here."""
        return MemoryRegister(COLUMNS)

    def unique(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}{self.count}"

    def filled(self) -> list[int]:
        place = self.register.grid[0].index("Truth")
        return [n for n, cells in enumerate(self.register.grid[1:], start=2) if cells[place] is not None]

    def truth(self, position: int) -> str:
        return str(self.people.get(position, "Truth"))

    def pick(self, row: int) -> int:
        return self.filled()[row % len(self.filled())]

    def settled(self, row: int) -> int | None:
        """Pick a row whose number and fingerprint stand in it."""
        known = {str(cells["number"]): cells for cells in self.desk.ours.values()}
        there = [
            n for n in self.filled() if (cells := known.get(self.identity(self.truth(n)))) and self.stand(n, cells)
        ]
        return there[row % len(there)] if there else None

    def stand(self, position: int, cells: Mapping[str, Cell]) -> bool:
        keys = ("number", "received", "customer", "subject")
        return all(same(self.people.get(position, key), cells[key]) for key in keys)

    def has_rows(self) -> bool:
        return bool(self.filled())

    def spend(self) -> bool:
        self.budget -= 1
        return self.budget >= 0

    # The program

    @initialize()
    def two_cases_stand_already(self) -> None:
        self.a_mail_comes()
        self.a_mail_comes()
        self.all_is_quiet()

    @rule()
    def a_mail_comes(self) -> None:
        self.mails += 1
        self.desk.open_case(description=self.unique("p"), batch=self.unique("p"))

    @rule(row=ROW, column=st.sampled_from(["description", "batch", "status"]))
    def a_case_moves_on(self, row: int, column: str) -> None:
        self.desk.ours[sorted(self.desk.ours)[row % len(self.desk.ours)]][column] = self.unique("p")

    @rule(interruption=st.sampled_from(INTERRUPTIONS))
    def a_round(self, interruption: str) -> None:
        self.desk.round(interruption)
        assert self.desk.frozen == ""
        self.mark_new_rows()

    def mark_new_rows(self) -> None:
        for position in range(2, len(self.register.grid) + 1):
            if self.people.get(position, "Truth") is None and (number := self.people.get(position, "number")):
                tokens = {identity: token for token, identity in self.desk.numbered.items()}
                self.people.set(position, "Truth", tokens.get(str(number), number))

    # People

    def types(self, position: int, column: str, value: Cell) -> None:
        self.people.set(position, column, value)
        self.typed.setdefault((self.truth(position), column), set()).add(value)
        self.pending[self.truth(position), column] = value

    @precondition(has_rows)
    @rule(row=ROW, column=st.sampled_from(TYPED_IN), clears=st.booleans(), both=st.booleans())
    def somebody_edits(self, row: int, column: str, clears: bool, both: bool) -> None:
        if not (position := self.settled(row)):
            return
        identity = self.identity(self.truth(position))
        if clears and (self.desk.base.get(identity, {}).get(column) is None or not self.spend()):
            return
        self.types(position, column, None if clears else self.unique("s"))
        if both:
            self.desk.ours[identity][column] = self.unique("p")

    @precondition(has_rows)
    @rule(row=ROW)
    def somebody_goes_on_typing(self, row: int) -> None:
        self.types(self.pick(row), "cause", self.unique("s"))

    @precondition(has_rows)
    @rule(row=ROW, column=st.sampled_from(["status", "customer"]))
    def somebody_writes_into_a_bot_cell(self, row: int, column: str) -> None:
        position = self.settled(row)
        if position and not self.is_double(self.truth(position)):
            self.people.set(position, column, self.unique("x"))

    @rule()
    def somebody_types_a_row(self) -> None:
        position = len(self.register.grid) + 1
        self.people.set(position, "Truth", self.unique("T"))
        for column in ("description", "batch"):
            self.people.set(position, column, self.unique("s"))
            self.typed.setdefault((self.truth(position), column), set()).add(self.people.get(position, column))

    @precondition(has_rows)
    @rule(row=ROW)
    def somebody_deletes_a_row(self, row: int) -> None:
        if self.spend():
            truth = self.truth(self.pick(row))
            self.forget(truth)
            for position in reversed([n for n in self.filled() if self.truth(n) == truth]):
                self.people.delete(position)

    @precondition(has_rows)
    @rule(row=ROW, above=st.booleans(), another=st.booleans())
    def somebody_copies_a_row(self, row: int, above: bool, another: bool) -> None:
        """Copy a row, maybe to make another complaint of it without clearing the number: that stays a copy."""
        if not (position := self.settled(row)):
            return
        to = position if above else position + 1
        self.people.copy(position, to)
        if not another:
            self.doubled.add(self.identity(self.truth(position)))
            self.forget(self.truth(position))
            return
        self.people.set(to, "Truth", self.unique("T"))
        for column in ("received", "customer", "subject", "description", "batch", "cause"):
            self.people.set(to, column, self.unique("c"))

    @precondition(has_rows)
    @rule(row=ROW, how=st.sampled_from(["clear", "typo", "full width", "another's"]))
    def somebody_spoils_a_number(self, row: int, how: str) -> None:
        position, other = self.settled(row), self.settled(row + 1)
        if not position or not other or self.is_double(self.truth(position)) or not self.spend():
            return
        number = str(self.people.get(position, "number"))
        wide = "".join(chr(ord(character) + 0xFEE0) for character in number.lower())
        spoilt = {"clear": None, "typo": number[:-1] + "X", "full width": wide, "another's": None}[how]
        if how == "another's" and self.budget >= 3:
            spoilt = str(self.people.get(other, "number"))
        self.people.set(position, "number", spoilt)

    @rule(column=st.sampled_from(ORDERS), row=ROW, how=st.sampled_from(["sort", "reverse", "move", "rename", "insert"]))
    def somebody_rearranges(self, column: Column, row: int, how: str) -> None:
        if how in ("sort", "reverse"):
            self.people.sort(column.key, reverse=how == "reverse")
        if how == "move":
            self.people.move(column.key, row % len(COLUMNS))
        if how == "rename":
            self.people.rename(column.key, (column.title, *column.aliases)[row % 2])
        if how == "insert":
            self.people.insert(2 + row % len(self.register.grid))

    @rule()
    def they_close_the_table(self) -> None:
        self.people.unlock()

    def forget(self, truth: str) -> None:
        """Ask no more where a value went whose row was deleted before it was read, or stands twice."""
        self.pending = {key: value for key, value in self.pending.items() if key[0] != truth}

    # What must hold

    @rule()
    def all_is_quiet(self) -> None:
        self.people.unlock()
        for _ in range(3):
            self.a_round("")
        self.budget = 5
        self.check_history()
        self.check_table()
        self.pending.clear()

    def teardown(self) -> None:
        self.all_is_quiet()

    def identity(self, truth: str) -> str:
        return self.desk.numbered.get(truth, truth)

    def check_history(self) -> None:
        typed = {(self.identity(truth), column): values for (truth, column), values in self.typed.items()}
        for identity, column, value in self.desk.history:
            # The older copy of a row may be left as the one most like it: then what it still shows counts as typed.
            old = identity in self.doubled and not str(value).startswith("s")
            assert old or value in typed.get((identity, column), ()), f"nobody typed {value!r}: {column} of {identity}"
        for (truth, column), value in self.pending.items():
            identity = self.identity(truth)
            if identity not in self.desk.ours:
                continue  # a copy made into another complaint, which still bears the number of the first
            taken = (identity, column, value) in self.desk.history or self.desk.ours[identity][column] == value
            assert taken or self.is_double(truth), f"{value!r} typed into {column} of {identity} was lost"

    def check_table(self) -> None:
        sheet = self.register.read()
        rows: dict[str, list[Mapping[str, Cell]]] = {}
        for row in sheet.rows:
            if row.position in self.filled():
                rows.setdefault(self.identity(self.truth(row.position)), []).append(row.cells)
        assert {truth for truth in rows if not truth.startswith("T")} == self.desk.ours.keys()
        assert len(self.desk.ours) == self.mails + len(self.desk.numbered)
        for identity, wanted in self.desk.ours.items():
            alike = [cells for cells in rows[identity] if all(same(wanted[key], cells[key]) for key in sheet.found)]
            assert alike, f"{identity} stands as {rows[identity]}, wanted {wanted}"

    def is_double(self, truth: str) -> bool:
        return [self.truth(position) for position in self.filled()].count(truth) > 1


TestSharedTable = SharedTable.TestCase
TestSharedTable.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
