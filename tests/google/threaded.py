"""The race with staff in a thread of their own, over HTTP, with answers that take their time on the way."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

from colleague import Colleague, Request, Seen, cut, delete, drag_column, insert, leave_out, sort, write
from installed import TITLE
from racing import TYPED_IN, Outcome, Race
from register_contract import COLUMNS

from mailbot.demo.google.server import LocalGoogle

_TITLES = {column.key: (column.title, *column.aliases) for column in COLUMNS}
_SETTLED = 2
"""Rounds of the bot before somebody filters away what he typed himself: he needs longer than the bot for a round."""


class ThreadedRace(Race):
    """`pace`: seconds between two acts of staff on average. `latency`: seconds a request is on its way at most."""

    def __init__(
        self,
        google: LocalGoogle,
        folder: Path,
        *,
        seed: int,
        cases: int,
        pace: float,
        latency: float,
        trouble: float,
        deadly: float = 0,
    ) -> None:
        super().__init__(google, folder, seed=seed, cases=cases, restless=0, trouble=trouble, deadly=deadly)
        self.hands, self.pace, self._on_the_way = random.Random(seed + 1), pace, latency
        self.typed_at: dict[str, int] = {}

    def run(self, writes: int) -> Outcome:
        """As the other race; what falls where is up to the machine."""
        (book,) = self.google.books
        way = random.Random(7)
        self.google.latency = lambda: way.uniform(0, self._on_the_way)
        with Colleague(self.google, book, TITLE, self._do, seed=3, pace=self.pace):
            while self.outcome.writes < writes:
                self._one()
        self.google.latency = lambda: 0
        self._calm()
        self._look()
        return self.outcome

    def _do(self, seen: Seen) -> tuple[list[Request], Callable[[], None]]:
        plain = [sort, insert, cut, drag_column]
        act = self.hands.choice([*plain, self._deletes, self._types, self._types, self._filters])
        if act in plain:
            return act(seen, self.hands), self._acted  # type: ignore[operator]
        return act(seen)  # type: ignore[operator,no-any-return]

    def _acted(self) -> None:
        self.outcome.acts += 1

    def _truth(self, seen: Seen, row: int) -> str:
        return seen.at(row, seen.place("Truth")) or seen.at(row, seen.place(*_TITLES["number"]))

    def _types(self, seen: Seen) -> tuple[list[Request], Callable[[], None]]:
        row, column = self.hands.choice(seen.rows), self.hands.choice(TYPED_IN)
        truth = self._truth(seen, row)
        if row in seen.hidden or not truth.startswith("CP-"):
            return [], self._acted
        value = self._unique(f"{truth}/s")

        def done() -> None:
            self._acted()
            self.typed[truth, column] = value

        self.typed_at[truth] = self.outcome.rounds
        return write(seen, row, seen.place(*_TITLES[column]), value), done

    def _deletes(self, seen: Seen) -> tuple[list[Request], Callable[[], None]]:
        if seen.blank:
            return delete(seen, self.hands.choice(seen.blank)), self._acted
        if self.deleted or self.hands.random() > 0.3:
            return [], self._acted
        self.deleted += 1
        row = self.hands.choice(seen.rows)
        truth = self._truth(seen, row)

        def done() -> None:
            self._acted()
            self.typed = {place: value for place, value in self.typed.items() if place[0] != truth}

        return delete(seen, row), done

    def _filters(self, seen: Seen) -> tuple[list[Request], Callable[[], None]]:
        truths = [self._truth(seen, row) for row in self.hands.sample(seen.rows, len(seen.rows) // 3)]
        old = [t for t in truths if self.outcome.rounds - self.typed_at.get(t, -_SETTLED) >= _SETTLED]
        return leave_out(seen, seen.place("Truth"), old), self._acted
