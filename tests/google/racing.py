"""Frantic staff: they sort, insert, delete, cut, paste, move columns and type between any two requests of the bot.

A request is the smallest thing that can happen, so acting before each of them, by lot, meets every way two people can
get in each other's way. A column of staff's own, "Truth", travels with each row; every value is written once only, so
that it is known of each where it belongs.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from desk import Desk
from gpeople import GooglePeople
from installed import TITLE, new_book, register_in
from register_contract import COLUMNS

from mailbot.demo.google.faults import Fault, refused
from mailbot.demo.google.server import LocalGoogle
from mailbot.demo.google.typed import raw
from sheets.cells import same
from sheets.google.transport import TRIES
from sheets.register import Unsure, Waiting
from sheets.table import Change

TYPED_IN = ("description", "batch", "cause")
MOVED = ("status", "description", "batch")


class Dead(BaseException):
    """The process has ended, in the middle of whatever it did."""


@dataclass(slots=True)
class Outcome:
    """What a race came to; `wrong`, `lost`, `twice` are the failures, in words."""

    writes: int = 0
    rounds: int = 0
    acts: int = 0
    waited: int = 0
    deaths: int = 0
    wrong: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)


class _CountingDesk(Desk):
    """The program's side; it counts what was really written."""

    outcome: Outcome

    def _note(self, done: tuple[Change, ...]) -> None:
        super()._note(done)
        self.outcome.writes += len(done)


class Race:
    """A bot and its staff at one sheet. `restless` is how likely staff act before a request.

    `trouble` is how likely an answer to a write is lost in a round, done or not; half of these cannot be looked up.
    `deadly` is how likely the process dies in a round, before or after one of its next requests.
    """

    def __init__(
        self,
        google: LocalGoogle,
        folder: Path,
        *,
        seed: int,
        cases: int,
        restless: float = 0.5,
        trouble: float = 0,
        deadly: float = 0,
    ) -> None:
        self.google, self.lot, self.restless, self.trouble = google, random.Random(seed), restless, trouble
        self.folder, self.deadly, self.fuse = folder, deadly, 0
        book = new_book(google, rows=cases + 30)
        register = register_in(google, book, folder)
        self.people = GooglePeople(google, book, TITLE)
        self.people.add_column("Truth")
        self.outcome = Outcome()
        self.desk = _CountingDesk(register)  # type: ignore[arg-type]
        self.desk.outcome = self.outcome
        self.count = count(1)
        self.deleted = 0
        self.typed: dict[tuple[str, str], str] = {}
        self.just_typed: set[str] = set()
        for _ in range(cases):
            self._open()
        self._quiet()
        self.outcome.writes = 0
        if deadly:
            self._start()

    def run(self, writes: int) -> Outcome:
        """Let the bot write so many changes while staff race, then let all come to rest and look."""
        self.google.between = self._between
        while self.outcome.writes < writes:
            self._one()
        self.google.between = lambda: None
        self._calm()
        self._look()
        return self.outcome

    def _one(self) -> None:
        """One round of the bot, with what is to happen in it."""
        self._decide()
        if self.lot.random() < self.trouble:
            self._break()
        if self.deadly and self.lot.random() < self.deadly:
            self.fuse = self.lot.randint(1, 8)
        self._round()

    def _calm(self) -> None:
        """Let all come to rest."""
        self.google.faults.waiting.clear()
        self.fuse = 0
        self._quiet()

    def _break(self) -> None:
        """Lose the answer to the next write; sometimes nobody can find out for a while what came of it."""
        self.google.faults.add(Fault(before=self.lot.random() < 0.5, on="POST .*:batchUpdate"))
        if self.lot.random() < 0.5:
            self.google.faults.add(*[refused(503, on="GET /v4.*ranges=%27mailbot%27")] * TRIES)

    def _unique(self, owner: str) -> str:
        return f"{owner}/{next(self.count)}"

    def _open(self) -> None:
        number = f"CP-2026-{len(self.desk.ours) + 1:06d}"
        self.desk.open_case(description=self._unique(number), batch=self._unique(number))

    def _decide(self) -> None:
        for identity in self.lot.sample(sorted(self.desk.ours), min(4, len(self.desk.ours))):
            self.desk.ours[identity][self.lot.choice(MOVED)] = self._unique(identity)
        if self.lot.random() < 0.2:
            self._open()

    def _round(self) -> None:
        self.deleted = 0
        try:
            self.desk.round()
        except (Waiting, Unsure):
            self.outcome.waited += 1
        except Dead:
            self.outcome.deaths += 1
            self._start()
        assert not self.desk.frozen, self.desk.frozen
        self.outcome.rounds += 1

    def _start(self) -> None:
        """A new process: it knows what is on the disk, and will die when its fuse has burned down."""
        (book,) = self.google.books.values()
        register = register_in(self.google, book, self.folder, ready=False)
        register.recover()
        client, before = register._google._client, self.lot.random() < 0.5
        ask = client.request

        def request(*args: Any, **more: Any) -> Any:
            self.fuse -= 1
            if self.fuse == 0 and before:
                raise Dead
            answer = ask(*args, **more)
            if self.fuse == 0:
                raise Dead
            return answer

        client.request = request  # type: ignore[method-assign]
        self.desk.register = register  # type: ignore[assignment]

    def _quiet(self) -> None:
        for _ in range(4):
            self._round()
            self._name_rows()

    def _name_rows(self) -> None:
        """Give each new row its truth: its number."""
        with self.google.lock:
            for position in self._rows():
                if self.people.get(position, "Truth") is None:
                    number = self.people.get(position, "number")
                    place = self.people._place("Truth")
                    self.people.tab.enter(position - 1, place, raw(str(number)))

    # Staff

    def _between(self) -> None:
        self.just_typed = set()
        while self.lot.random() < self.restless:
            self.outcome.acts += 1
            self.lot.choice(
                [self._sort, self._insert, self._delete, self._cut, self._move, self._type, self._type, self._hide]
            )()

    def _rows(self) -> list[int]:
        tab = self.people.tab
        return [
            n + 1 for n, row in enumerate(tab.rows) if n and any("userEnteredValue" in c for c in row.cells.values())
        ]

    def _blank(self) -> list[int]:
        rows = set(self._rows())
        return [n for n in range(2, len(self.people.tab.rows) + 1) if n not in rows]

    def _sort(self) -> None:
        self.people.sort(self.lot.choice(COLUMNS).key, reverse=self.lot.random() < 0.5)

    def _insert(self) -> None:
        self.people.insert(self.lot.choice(self._rows()))

    def _delete(self) -> None:
        """Delete a blank row, seldom one with a case, at most one a round."""
        if blank := self._blank():
            self.people.delete(self.lot.choice(blank))
        elif self.deleted < 1 and self.lot.random() < 0.3:
            self.deleted += 1
            position = self.lot.choice(self._rows())
            truth = str(self.people.get(position, "Truth"))
            self.typed = {place: value for place, value in self.typed.items() if place[0] != truth}
            self.people.delete(position)

    def _cut(self) -> None:
        if blank := self._blank():
            self.people.cut(self.lot.choice(self._rows()), self.lot.choice(blank))

    def _move(self) -> None:
        if self.lot.random() < 0.2:
            self.people.move(self.lot.choice(COLUMNS).key, self.lot.randrange(len(COLUMNS)))

    def _hide(self) -> None:
        """Filter a row away, or let it be seen again. Nobody types into what he does not see."""
        position = self.lot.choice(self._rows())
        properties = self.people.tab.row(position - 1).properties
        if properties.pop("hiddenByFilter", None) is None and self.people.get(position, "Truth") not in self.just_typed:
            self.people.hide(position)

    def _type(self) -> None:
        position, column = self.lot.choice(self._rows()), self.lot.choice(TYPED_IN)
        if self.people.tab.row(position - 1).properties.get("hiddenByFilter"):
            return
        truth = self.people.get(position, "Truth") or self.people.get(position, "number")
        if not str(truth).startswith("CP-"):
            return  # a line that shows a value of ours by mistake; typing there would make a row by hand of it
        value = self._unique(f"{truth}/s")
        self.people.set(position, column, value)
        self.typed[str(truth), column] = value
        self.just_typed.add(str(truth))

    # What must hold

    def _look(self) -> None:
        standing: dict[str, int] = {}
        for row in self.desk.register.read().rows:
            number = str(row.cells["number"])
            if number not in self.desk.ours:
                self.outcome.wrong.append(f"a row without a known number: {dict(row.cells)}")
                continue
            standing[number] = standing.get(number, 0) + 1
            truth = self.people.get(row.position, "Truth")
            if truth not in (None, number):
                self.outcome.wrong.append(f"the row of {truth} bears {number}")
            for key, wanted in self.desk.ours[number].items():
                value = row.cells[key]
                stray = "/" in str(value) and not str(value).startswith(number)
                if stray or not same(value, wanted):
                    self.outcome.wrong.append(f"{key} of {number} shows {value!r}, wanted {wanted!r}")
        self.outcome.twice += [number for number, count in standing.items() if count > 1]
        self.outcome.wrong += [f"{number} is gone" for number in self.desk.ours if number not in standing]
        for (truth, column), value in self.typed.items():
            if (truth, column, value) not in self.desk.history:
                self.outcome.lost.append(f"{value!r} typed into {column} of {truth}")
