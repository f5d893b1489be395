"""The quota an account has with Google, kept by ourselves so that it is never used up.

Google allows a service account 60 reads and 60 writes of Sheets a minute, whatever the spreadsheet; all registers of
one process that use the same account share one Budget.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

MINUTE = 60.0
PER_MINUTE = 60


@dataclass(slots=True)
class Budget:
    """Requests of each kind in the last minute. `clock` counts seconds, `pause` waits so many."""

    per_minute: int = PER_MINUTE
    clock: Callable[[], float] = time.monotonic
    pause: Callable[[float], None] = time.sleep
    _spent: dict[str, deque[float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, kind: str) -> None:
        """Wait until one more request of this kind, `read` or `write`, is within the quota, and count it."""
        while (wait := self._wait(kind)) > 0:
            self.pause(wait)

    def _wait(self, kind: str) -> float:
        with self._lock:
            spent, now = self._spent.setdefault(kind, deque()), self.clock()
            while spent and now - spent[0] >= MINUTE:
                spent.popleft()
            if len(spent) < self.per_minute:
                spent.append(now)
                return 0.0
            return spent[0] + MINUTE - now


_BUDGETS: dict[str, Budget] = {}


def budget_of(account: str) -> Budget:
    """The one budget of an account in this process."""
    return _BUDGETS.setdefault(account, Budget())
