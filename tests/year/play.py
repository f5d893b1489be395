"""The simulated year itself: days and what happens on them, drawn from one seed; then a report of it.

`play(folder, first, last, seed)` drives the real program through every day from `first` to `last`, lets the staff
finish their work, and raises AssertionError for the first promise broken. Run as a program it plays a whole year.
"""

from __future__ import annotations

import argparse
import heapq
import itertools
import os
import sys
import tempfile
import time as wall
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random

from stories.house import PEOPLE, SHANGHAI
from year import mishaps
from year.almanac import is_workday
from year.colleagues import Colleagues
from year.customers import Customers
from year.mishaps import COPIED
from year.plant import Plant, open_plant, text_of
from year.post import Post
from year.promises import Promises
from year.refusals import Refusals
from year.staffpost import StaffPost
from year.tally import Tally, tally
from year.world import World

from mailbot.commands.outbox import VERBS
from mailbot.ledger.letterstates import LetterState
from mailbot.steps.alarm import ALARM

Act = Callable[[], None]
LOOKS = (time(8, 31), time(13, 40), time(19, 10))
LOOKS_OFF = (time(10, 5),)
SITTINGS = (time(10, 20), time(15, 30))
ROUNDING_OFF = 45
"""Days at most until everything is closed once nobody makes mistakes any more and no new mail comes."""


@dataclass(slots=True)
class Year:
    """The played year: what is to come is a heap of times and acts."""

    plant: Plant
    world: World
    chance: Random
    customers: Customers
    colleagues: Colleagues
    promises: Promises
    refusals: Refusals
    staff_post: StaffPost
    busy: float
    rules_broken: bool = False
    alerts: list[str] = field(default_factory=list)
    coming: list[tuple[datetime, int, Act]] = field(default_factory=list)
    _count: itertools.count[int] = field(default_factory=itertools.count)

    def later(self, at: datetime, act: Act) -> None:
        """Something will happen."""
        heapq.heappush(self.coming, (at, next(self._count), act))

    def run_until(self, end: datetime) -> None:
        """Let it happen, one after the other; after each act the program does a round."""
        while self.coming and self.coming[0][0] <= end:
            at, _, act = heapq.heappop(self.coming)
            self.plant.clock.now = max(self.plant.clock.now + timedelta(seconds=1), at)
            act()
            self.look()
        self.plant.clock.now = max(self.plant.clock.now, end)

    def look(self) -> None:
        """A round, and whoever got a letter reads it."""
        if not self.plant.running:
            return
        well = self.plant.round()
        arrived = list(self.plant.letters())
        self.promises.letters_that_came(arrived)
        self.refusals.watch(well=well)
        self.staff_post.settle()
        for letter, raw in arrived:
            self.customers.hear(letter, raw)
            self.staff_post.hear(letter, raw)
            if letter.kind == ALARM:
                self.alerts.append(text_of(raw))

    # ---- a day ---------------------------------------------------------------------------------------------------

    def day(self, today: date, *, customers: bool = True) -> None:
        """One day from its first minute to its last."""
        works = is_workday(today)
        for at in LOOKS if works else LOOKS_OFF:
            self.later(_moment(today, at), _nothing)
        for at in SITTINGS if works else ():
            self.later(_moment(today, at), self._sitting)
        if customers:
            self._mail_of_the_day(today, works)
        if works:
            self.later(_moment(today, time(16, 45)), self._held_letters)
        self.run_until(_moment(today, time(23, 30)))
        if self.plant.running:
            self.promises.evening()
        if today.weekday() == 4:
            self.quiet()

    def _sitting(self) -> None:
        if not (self.plant.folder / ".~lock.register.xlsx#").exists():
            self.colleagues.sit(mishaps.at_the_desk(self))

    def _mail_of_the_day(self, today: date, works: bool) -> None:
        chance, who = self.chance, self.customers
        acts: list[tuple[float, Act]] = [
            (0.7 * self.busy, lambda: _do(who.complain())),
            (0.12 * self.busy, lambda: _do(who.complain(claim=True))),
            (0.02 * self.busy, lambda: _do(who.complain(danger=True))),
            (0.08 * self.busy, lambda: who.passed_on(PEOPLE["Customer Service"], "service@example.test")),
            (0.12 * self.busy, who.about_something_else),
            (0.12 * self.busy, who.newsletter),
        ]
        for expected, act in acts:
            expected *= 1.3 if works else 0.25
            for _ in range(_poisson(chance, expected)):
                at = chance.triangular(0, 23.4, 11) if works else chance.uniform(0, 23.4)
                self.later(_moment(today, time(0)) + timedelta(hours=at), act)

    def _held_letters(self) -> None:
        """The operator looks at what waits for a human, and for the truth about letters in doubt."""
        if not self.plant.running:
            return
        ledger, now = self.plant.office.ledger, self.plant.clock.now
        self.refusals.operate(lambda letter: VERBS["resend"](ledger, letter, now, SHANGHAI))
        for letter in ledger.letters.list(LetterState.HELD):
            self.refusals.by_hand.add(letter.id)
            VERBS["release" if self.chance.random() < 0.85 else "drop"](ledger, letter.id, now, SHANGHAI)
        for letter in ledger.letters.list(LetterState.IN_DOUBT):
            came = any(letter.message_id.encode() in raw for raw in self.plant.sink.accepted)
            VERBS["sent" if came else "resend"](ledger, letter.id, now, SHANGHAI)
            self.world.doubts += 1
            self.world.doubted.add(letter.message_id)

    def quiet(self) -> None:
        """Everything is there, nobody types: two rounds later all must agree."""
        away = self.plant.maildir.name.endswith(".away") or self.plant.sink.script or not self.plant.running
        held = (self.plant.folder / ".~lock.register.xlsx#").exists()
        if away or held or self.world.mishaps[COPIED]:
            return
        for _ in range(3):
            self.plant.clock.now += timedelta(minutes=16)
            self.look()
        self.promises.quiet()

    def staff_addresses(self) -> list[str]:
        """Where colleagues get their letters."""
        found = (self.plant.office.procedure.people.find(name) for name in PEOPLE.values())
        return [person.address for person in found if person]

    def round_off(self, today: date) -> date:
        """No new mail, no more mistakes: every case must come to its end. Returns the last day."""
        self.colleagues.care, self.customers.silent = 1.0, True
        for _ in range(ROUNDING_OFF):
            today += timedelta(days=1)
            self.day(today, customers=False)
            if self.plant.running and not self.plant.office.ledger.cases.open():
                break
        for _ in range(9):  # and then it is quiet
            today += timedelta(days=1)
            self.day(today, customers=False)
        self.quiet()
        return today


def _do(_: object) -> None:
    """Nothing, with what nobody needs."""


def play(
    folder: Path, first: date, last: date, seed: int, *, busy: float = 1.0, evening: Callable[[date], None] = _do
) -> Tally:
    """Play from the first to the last day; `busy`: how much more mail comes than usual; `evening` hears of each day."""
    begun, worked = wall.monotonic(), _worked()
    chance = Random(seed)
    with open_plant(folder, _moment(first, time(0)), seed) as plant:
        year = _people(plant, chance, first, last, busy)
        mishaps.plan(year, first, last)
        today = first
        while today <= last:
            year.day(today)
            evening(today)
            today += timedelta(days=1)
        ended = year.round_off(last)
        year.promises.at_the_end(first, ended)
        year.refusals.at_the_end(year.plant.office.ledger.letters.list())
        year.staff_post.at_the_end()
        seconds = wall.monotonic() - begun, _worked() - worked
        return tally(year.plant, year.world, first, ended, seed, seconds)


def _worked() -> float:
    """Seconds of processor time so far, of this process and those it started."""
    return sum(os.times()[:4])


def _people(plant: Plant, chance: Random, first: date, last: date, busy: float) -> Year:
    world = World(mailbox="complaints@example.test")
    coming: list[tuple[datetime, int, Act]] = []
    count = itertools.count()

    def later(at: datetime, act: Act) -> None:
        heapq.heappush(coming, (at, next(count), act))

    titles = {key: plant.office.procedure.column_name(key) for key in plant.office.procedure.columns}
    post = Post(plant=plant, world=world, chance=chance, later=later)
    refusals = Refusals(plant=plant, world=world, chance=chance, later=later)
    customers = Customers(plant=plant, world=world, chance=chance, later=later, post=post, met=refusals.meet)
    leave = {name: _holidays(chance, first, last) for name in PEOPLE.values()}
    colleagues = Colleagues(plant=plant, world=world, customers=customers, chance=chance, titles=titles, leave=leave)
    staff_post = StaffPost(
        plant=plant, world=world, chance=chance, later=later, post=post, customers=customers, colleagues=colleagues
    )
    refusals.told = staff_post.alerts = alerts = list[str]()
    return Year(
        plant=plant,
        world=world,
        chance=chance,
        customers=customers,
        colleagues=colleagues,
        promises=Promises(plant=plant, world=world, titles=titles, refused=refusals.for_good),
        refusals=refusals,
        staff_post=staff_post,
        alerts=alerts,
        busy=busy,
        coming=coming,
        _count=count,
    )


def _holidays(chance: Random, first: date, last: date) -> tuple[tuple[date, date], ...]:
    """Three stretches of up to nine days in which somebody is not there."""
    days = (last - first).days
    begins = [first + timedelta(days=chance.randrange(days)) for _ in range(3 if days > 100 else 1)]
    return tuple((begin, begin + timedelta(days=chance.randint(2, 9))) for begin in begins)


def _moment(day: date, at: time) -> datetime:
    return datetime.combine(day, at, tzinfo=SHANGHAI)


def _poisson(chance: Random, expected: float) -> int:
    """How often something happens that is to be expected so many times."""
    count, left = 0, chance.expovariate(1)
    while left < expected:
        count, left = count + 1, left + chance.expovariate(1)
    return count


def _nothing() -> None:
    """Only the program looks."""


def main() -> None:
    """Play a year and print the report."""
    words = argparse.ArgumentParser(description="A year in a factory, played with the real program.")
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--first", type=date.fromisoformat, default=date(2025, 11, 3))
    words.add_argument("--days", type=int, default=364)
    words.add_argument("--busy", type=float, default=1.1)
    said = words.parse_args()
    begun = wall.monotonic()

    def told(today: date) -> None:
        if today.weekday() == 6:
            print(f"{today} after {wall.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)

    with quick_folder() as folder:
        last = said.first + timedelta(days=said.days - 1)
        print(play(folder, said.first, last, said.seed, busy=said.busy, evening=told).page())


@contextmanager
def quick_folder() -> Iterator[Path]:
    """A folder whose writes cost little: what survives a power cut is proved elsewhere."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder)


if __name__ == "__main__":
    main()
