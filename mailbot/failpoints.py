"""Places where the crash tests stop the process: before and after every outside effect.

`MAILBOT_FAILPOINT=name:2` ends the process, as a power cut would, the second time `name` is passed. Unset, as always
outside tests, a failpoint costs one dictionary look-up.
"""

from __future__ import annotations

import os
from collections import Counter

EXIT_STATUS = 137
"""What a killed process leaves behind (128 + SIGKILL)."""

passed: Counter[str] = Counter()
"""How often each name was passed, counted only while MAILBOT_FAILPOINT is set."""


def failpoint(name: str) -> None:
    """Stop here without any tidying up, if this is the failpoint and the pass asked for."""
    wanted = os.environ.get("MAILBOT_FAILPOINT")
    if not wanted:
        return
    chosen, _, count = wanted.partition(":")
    passed[name] += 1
    if chosen == name and passed[name] == int(count or 1):
        os._exit(EXIT_STATUS)
