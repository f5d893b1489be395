"""Recipients the mail server does not take: one by one, for ever or for a while, while all others get their letters.

Some addresses are dead; some servers put off whom they do not know yet; mailboxes are full for hours, for days, or for
longer than a letter is tried.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from year.plant import Plant
from year.post import Later
from year.world import Away, World

from mailbot.ledger.letterstates import LetterRow, LetterState

DEAD, GREY = "550 5.1.1 no such user here", "450 4.2.0 greylisted, try again later"
FULL, FULL_FOR_GOOD = "452 4.2.2 mailbox full", "552 5.2.2 mailbox full"
GREY_FOR = timedelta(minutes=25)
LOOKS_AFTER = (5, 30, 150)
"""Minutes after a recipient is taken again in which the program looks: a letter put off waits up to 2.4 hours."""


@dataclass(slots=True)
class Refusals:
    """All of them. `told` are the texts of letters to the operator, `by_hand` the letters he did something about."""

    plant: Plant
    world: World
    chance: Random
    later: Later
    known: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    dead: set[str] = field(default_factory=set)
    for_good: Counter[str] = field(default_factory=Counter)
    by_hand: set[int] = field(default_factory=set)
    _seen: int = 0

    def meet(self, address: str) -> None:
        """Somebody new: his address may be dead, or his server careful with strangers."""
        self.known.append(address)
        luck = self.chance.random()
        if luck < 0.03:
            self.dead.add(address)
        if luck < 0.08:
            self.plant.sink.refuses[address] = DEAD if luck < 0.03 else GREY

    def full(self, begin: datetime, hours: float, colleagues: Sequence[str]) -> None:
        """Somebody's mailbox is full for so long: put off, or refused for good by a server that knows no better."""
        address = self.chance.choice([*self.known[-30:], *colleagues])
        reply = self.chance.choice((FULL, FULL, FULL_FOR_GOOD)) if hours < 100 else FULL
        if address not in self.plant.sink.refuses:
            self.plant.sink.refuses[address] = reply
            self._until(address, begin, begin + timedelta(hours=hours))

    def _until(self, address: str, begin: datetime, end: datetime) -> None:
        self.world.away.append(Away(what=f"recipient {address}", since=begin, until=end))
        self.later(end, lambda: self._taken_again(address))
        for minutes in LOOKS_AFTER:
            self.later(end + timedelta(minutes=minutes), _nothing)

    def _taken_again(self, address: str) -> None:
        self.plant.sink.refuses.pop(address, None)

    def watch(self, *, well: bool) -> None:
        """After a round: who was turned away, and whether anybody else had to wait for it."""
        fresh, self._seen = self.plant.sink.turned_away[self._seen :], len(self.plant.sink.turned_away)
        now = self.plant.clock.now
        for address, reply in fresh:
            self.for_good[address] += reply.startswith("5")
            if reply == GREY and not self._away(address):
                self._until(address, now, now + GREY_FOR)
        if fresh and well:
            with self.world.checking("a recipient who is refused holds up nobody else"):
                assert not self.plant.office.ledger.letters.due(now.astimezone()), fresh

    def _away(self, address: str) -> list[Away]:
        return [a for a in self.world.away if a.what == f"recipient {address}"]

    def operate(self, send: Callable[[int], None]) -> None:
        """The operator sees to what was refused for good: where the recipient is taken by now it is sent once more."""
        for letter in self.plant.office.ledger.letters.list(LetterState.FAILED):
            if self.for_good[letter.recipient] and letter.recipient not in self.plant.sink.refuses:
                send(letter.id)

    # ---- at the end ----------------------------------------------------------------------------------------------

    def at_the_end(self, letters: Sequence[LetterRow]) -> None:
        """What became of every letter to somebody who was refused."""
        failed = Counter(m.recipient for m in letters if m.state is LetterState.FAILED)
        for address in self.dead:
            with self.world.checking("a letter refused for good is tried once"):
                assert failed[address] == self.for_good[address], (address, failed[address], self.for_good[address])
                assert not any(m.sent_at for m in letters if m.recipient == address), address
        for letter in letters:
            if letter.state is LetterState.FAILED and letter.error.startswith(("5", "given up")):
                with self.world.checking("a letter refused for good or given up is told to the operator"):
                    assert any(f"第 {letter.id} 号信（" in text for text in self.told), letter
            for away in self._away(letter.recipient):
                if away.since <= letter.queued_at < away.until and not self.for_good[letter.recipient]:
                    self._put_off(letter, away)

    def _put_off(self, letter: LetterRow, away: Away) -> None:
        if letter.message_id in self.world.doubted or letter.state is LetterState.DROPPED or letter.id in self.by_hand:
            return
        with self.world.checking("a letter put off goes out when its recipient is taken again, or is given up"):
            if letter.error.startswith("given up"):
                assert letter.queued_at + timedelta(days=5) < away.until + timedelta(hours=3), (letter, away)
                return
            there = self.world.back_after(max(away.until, letter.queued_at), "smtp", "program")
            assert letter.sent_at is not None, (letter, away)
            assert letter.sent_at <= there + timedelta(hours=3), (letter, away)


def _nothing() -> None:
    """The program looks again."""
