"""`mailbot run`: the daemon, or one round of it."""

from __future__ import annotations

import sys
from pathlib import Path

from mailbot import config as configuration
from mailbot import logs
from mailbot.clock import system_clock
from mailbot.daemon import Daemon, stopped_by_signals
from mailbot.lock import only_one
from mailbot.wiring import lock_path, open_office, watcher


def run_daemon(path: Path, *, once: bool) -> int:
    """Run until stopped, or one round with `once`; return the exit status."""
    config = configuration.load(path)
    logs.set_up(config.log.level, config.log.format)
    with only_one(lock_path(config)), open_office(config) as office:
        daemon = Daemon(office, system_clock)
        daemon.start()
        with stopped_by_signals(daemon):
            if once:
                return _once(daemon)
            watching = watcher(config, daemon.wake)
            if watching:
                watching.start()
            try:
                daemon.run(config.schedule.poll_seconds)
            finally:
                if watching:
                    watching.stop()
    return 0


def _once(daemon: Daemon) -> int:
    if daemon.round(patient=False):
        return 0
    for part in daemon.office.ledger.health.all():
        if part.failing_since:
            print(f"mailbot: {part.part}: {part.message}", file=sys.stderr)
    return 1
