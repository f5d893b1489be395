"""The only place that asks the time. Everything else is told `now`."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]
"""Gives the present moment, aware UTC."""


def system_clock() -> datetime:
    """The machine's clock, aware UTC.

    MAILBOT_CLOCK_OFFSET (seconds) shifts it: to try out what a later day brings, without touching the machine.
    """
    return datetime.now(UTC) + timedelta(seconds=float(os.environ.get("MAILBOT_CLOCK_OFFSET", "0")))
