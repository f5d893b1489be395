"""What can go wrong between a client and Google: errors, lost answers and delays, before or after the work was done.

Rests on documentation and on reports: the recordings hold no 429, no 5xx and no lost connection.
"""

from __future__ import annotations

import json
import re
import threading
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One trouble. `status` 0: the connection is cut. `before`: nothing was done; else only the answer is lost.

    `delay` in seconds is waited first. `on` is what the request line must match.
    """

    status: int = 0
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    before: bool = True
    delay: float = 0
    on: str = ""


def refused(status: int, message: str = "", *, retry_after: str = "", before: bool = True, on: str = "") -> Fault:
    """An error as Google words it."""
    body = json.dumps({"error": {"code": status, "message": message, "status": "X"}}).encode()
    headers = {"Retry-After": retry_after} if retry_after else {}
    return Fault(status=status, body=body, headers=headers, before=before, on=on)


HTML_502 = Fault(status=502, body=b"<html><title>502 Bad Gateway</title></html>")
BROKEN_JSON = Fault(status=200, body=b'{"sheets": [')


@dataclass(slots=True)
class Faults:
    """The troubles to come, each used once, the first that matches."""

    waiting: list[Fault] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    def add(self, *faults: Fault) -> None:
        self.waiting += faults

    def next(self, method: str, path: str) -> Fault | None:
        """The trouble this request meets."""
        for fault in self.waiting:
            if re.search(fault.on, f"{method} {path}"):
                self.waiting.remove(fault)
                return fault
        return None
