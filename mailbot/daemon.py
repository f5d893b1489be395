"""The daemon: one round is intake → reconcile → chase → deliver → files, again and again, each part failing by itself.

A part that fails is tried again with growing pauses and does not stop the others; the ledger says since when it
fails. `schedule` only ticks; what is due is decided from the ledger. Every exception is caught here, and in intake and
reconcile those of a single mail or row.
"""

from __future__ import annotations

import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import schedule

from mailbot.clock import Clock
from mailbot.errors import MailbotError, Permanent
from mailbot.logs import logger
from mailbot.mail.source import LoginRefused
from mailbot.office import Office
from mailbot.revision import NOTICE
from mailbot.steps.chase import chase_all
from mailbot.steps.deliver import deliver
from mailbot.steps.intake import take_in
from mailbot.steps.reconcile import reconcile, tell_changes
from mailbot.steps.sharing import share_files
from sheets.register import RegisterError, Waiting

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=15)
LOGIN_PAUSE = timedelta(minutes=5)
"""Providers lock out frequent failing logins, so after a permanent refusal the first pause is long already."""
_FARTHEST = 2 * LONGEST_PAUSE

log = logger()

Step = Callable[[Office, Clock, Callable[[], bool]], int]
PARTS: dict[str, Step] = {
    "intake": lambda office, clock, stopping: take_in(office, clock(), stopping),
    "reconcile": lambda office, clock, _: reconcile(office, clock()) + tell_changes(office, clock()),
    "chase": lambda office, clock, _: chase_all(office, clock()),
    "deliver": deliver,
    "files": lambda office, clock, stopping: share_files(office, clock(), stopping),
}
"""The parts of a round, in the order of a complaint's life."""


@dataclass(slots=True)
class Daemon:
    """Runs rounds over an office. `stop` may be called from a signal handler or another thread."""

    office: Office
    clock: Clock
    stopping: bool = False
    _wake: threading.Event = field(default_factory=threading.Event)
    _ticked: float = 0.0

    def start(self) -> None:
        """Put in order what the last run left half-way. Called once, before the first round, under the lock."""
        left = self.office.ledger.letters.recover(self.clock())
        self.office.archive.sweep()
        self.office.register.recover()
        self.office.ledger.notices.clear(NOTICE)  # it starts with good rules only
        if left:
            log.warning("daemon.recovered", letters=left)

    def round(self, *, patient: bool = True) -> bool:
        """Do one round; True when every part worked. `patient`: parts that failed just now wait for their time."""
        self._revise()
        results = {name: self._part(name, step, patient=patient) for name, step in PARTS.items() if not self.stopping}
        self.office.ledger.health.ok([name for name, well in results.items() if well], self.clock())
        return all(results.values())

    def run(self, poll_seconds: float) -> None:
        """Tick until stopped: every `poll_seconds`, and at once when somebody calls `wake`."""
        scheduler = schedule.Scheduler()
        scheduler.every(max(1, round(poll_seconds))).seconds.do(self._tick)
        self._tick()
        while not self.stopping:
            woken = self._wake.wait(min(poll_seconds, 1.0))
            self._wake.clear()
            # schedule counts on the wall clock: one that was set back must not freeze the daemon for hours.
            frozen = time.monotonic() - self._ticked > 2 * poll_seconds + 1
            if woken or frozen:
                scheduler.run_all()
            else:
                scheduler.run_pending()

    def wake(self) -> None:
        """Start the next round now; safe from any thread."""
        self._wake.set()

    def stop(self) -> None:
        """Finish the present part, then end."""
        self.stopping = True
        self._wake.set()

    def _tick(self) -> None:
        if not self.stopping:
            self.round()
        self._ticked = time.monotonic()

    def _revise(self) -> None:
        """Go over to changed rule files before a round, never within one."""
        try:
            self.office = self.office.revise(self.office, self.clock())
        except (MailbotError, RegisterError) as error:
            log.warning("rules.not_looked_at", reason=str(error))

    def _part(self, name: str, step: Step, *, patient: bool) -> bool:
        health = self.office.ledger.health
        known = next((p for p in health.all() if p.part == name), None)
        # A try put off by more than the longest pause was put off by a clock that has been set back since.
        if patient and known and known.next_try_at and self.clock() < known.next_try_at < self.clock() + _FARTHEST:
            return False
        try:
            step(self.office, self.clock, lambda: self.stopping)
        except Waiting as wait:
            return self._failed(name, str(wait), FIRST_PAUSE)
        except (Permanent, LoginRefused) as error:
            return self._failed(name, str(error), LOGIN_PAUSE)
        except (MailbotError, RegisterError) as error:
            return self._failed(name, str(error), None)
        except Exception as error:
            log.error("part.unexpected", part=name, exc_info=True)
            return self._failed(name, f"unexpected {type(error).__name__}: {error}", None)
        if known and known.failing_since:
            health.ok([name], self.clock())  # at once: the parts behind it act on it
            log.info("part.well_again", part=name, since=known.failing_since.isoformat())
        return True

    def _failed(self, name: str, message: str, pause: timedelta | None) -> bool:
        health = self.office.ledger.health
        failures = next((p.failures for p in health.all() if p.part == name), 0)
        pause = pause or min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(failures, 10)) * random.uniform(0.8, 1.2)  # noqa: S311
        now = self.clock()
        health.failed(name, message, now, now + pause)
        if failures == 0:
            log.warning("part.failed", part=name, reason=message)
        return False


@contextmanager
def stopped_by_signals(daemon: Daemon) -> Iterator[None]:
    """SIGTERM and SIGINT end the daemon after its present part."""
    before = {s: signal.signal(s, lambda *_: daemon.stop()) for s in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
