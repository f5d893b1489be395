"""The only place that asks the time. Everything else is told `now`."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from mailbot.errors import Usage

Clock = Callable[[], datetime]
"""Gives the present moment, aware UTC."""


def machine_clock() -> datetime:
    """The machine's clock, aware UTC; for comparing with the times of files, which are the machine's too."""
    return datetime.now(UTC)


def system_clock() -> datetime:
    """The machine's clock, aware UTC, as everything is told the time.

    MAILBOT_CLOCK_OFFSET (seconds) shifts it: to try out what a later day brings, without touching the machine.
    Raises Usage when that is no number.
    """
    shift = os.environ.get("MAILBOT_CLOCK_OFFSET", "0")
    try:
        return machine_clock() + timedelta(seconds=float(shift))
    except (ValueError, OverflowError) as error:
        raise Usage(f"MAILBOT_CLOCK_OFFSET {shift!r} must be a number of seconds") from error
