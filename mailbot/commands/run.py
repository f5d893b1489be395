"""`mailbot run`: the daemon, or one round of it."""

from __future__ import annotations

import gc
import sys
import time
from pathlib import Path

from mailbot import config as configuration
from mailbot import logs
from mailbot.clock import system_clock
from mailbot.daemon import Daemon, stopped_by_signals
from mailbot.errors import Usage
from mailbot.lettercheck import letter_problems
from mailbot.lock import only_one
from mailbot.wiring import lock_path, open_office, watcher
from sheets.register import Waiting


def run_daemon(path: Path, *, once: bool) -> int:
    """Run until stopped, or one round with `once`; return the exit status."""
    config = configuration.load(path)
    logs.set_up(config.log.level, config.log.format)
    with only_one(lock_path(config)), open_office(config) as office:
        if problems := letter_problems(office, system_clock()):
            raise Usage("\n".join(problems))
        daemon = Daemon(office, system_clock)
        daemon.start()
        with stopped_by_signals(daemon):
            if once:
                return _once(daemon)
            watching = watcher(config, daemon.wake)
            if watching:
                watching.start()
            gc.freeze()  # rules, words and templates stay: looking through them for garbage took a tenth of the time
            try:
                daemon.run(config.schedule.poll_seconds)
            finally:
                if watching:
                    watching.stop()
    return 0


def _once(daemon: Daemon) -> int:
    if daemon.round(patient=False):
        return 0
    if _unsettled(daemon):
        # A workbook saved a moment ago, by `init` or by staff: once more when it has settled.
        time.sleep(daemon.office.config.book.quiet_seconds + 1)
        if daemon.round(patient=False):
            return 0
    for part in daemon.office.ledger.health.all():
        if part.failing_since:
            print(f"mailbot: {part.part}: {part.message}", file=sys.stderr)
    return 1


def _unsettled(daemon: Daemon) -> bool:
    failing = [part for part in daemon.office.ledger.health.all() if part.failing_since]
    return [part.message for part in failing] == [str(Waiting("unsettled"))]
