"""A failpoint is nothing at all until it is asked for; then the process is gone, at the pass asked for."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from mailbot.failpoints import EXIT_STATUS, failpoint, passed

SCRIPT = """
import atexit
from mailbot.failpoints import failpoint
atexit.register(print, "tidied up")
for count in range(1, 4):
    print(count, flush=True)
    failpoint("here")
    failpoint("there")
"""


def run(asked: str) -> subprocess.CompletedProcess[str]:
    """Pass two failpoints three times each."""
    environment = {**os.environ, "MAILBOT_FAILPOINT": asked}
    command = [sys.executable, "-c", SCRIPT]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=False)


def test_unset_it_does_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MAILBOT_FAILPOINT", raising=False)
    before = dict(passed)
    failpoint("here")
    assert dict(passed) == before


@pytest.mark.parametrize(("asked", "reached"), [("here", 1), ("there", 1), ("here:2", 2), ("there:3", 3)])
def test_the_process_ends_at_the_pass_asked_for_without_tidying_up(asked: str, reached: int) -> None:
    done = run(asked)
    assert done.returncode == EXIT_STATUS
    assert done.stdout.split() == [str(count) for count in range(1, reached + 1)]


@pytest.mark.parametrize("asked", ["", "elsewhere", "here:4"])
def test_what_is_never_reached_stops_nothing(asked: str) -> None:
    done = run(asked)
    assert done.returncode == 0
    assert "tidied up" in done.stdout
