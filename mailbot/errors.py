"""What may go wrong, grouped by remedy. Errors carry facts; the edge (cli, daemon, notes) writes the prose.

Exit statuses: 0 all worked, 1 something waits or failed for now, 2 wrong use or a file to correct, 3 a human must act.
"""

from __future__ import annotations

from dataclasses import dataclass


class MailbotError(Exception):
    """Root of what mailbot raises itself."""

    exit_status = 3


@dataclass(eq=False)
class Temporary(MailbotError):
    """Try again later: server away, link lost, throttled. `part` is what failed, `detail` what was seen."""

    part: str
    detail: str
    exit_status = 1

    def __str__(self) -> str:
        return f"{self.part}: {self.detail}"


@dataclass(eq=False)
class Permanent(MailbotError):
    """Trying again changes nothing until `remedy` is done by a human."""

    part: str
    detail: str
    remedy: str = ""
    exit_status = 3

    def __str__(self) -> str:
        return f"{self.part}: {self.detail}" + (f" -> {self.remedy}" if self.remedy else "")


@dataclass(eq=False)
class Usage(MailbotError):
    """Wrong use or a file to correct: shown as it is, without a traceback."""

    message: str
    exit_status = 2

    def __str__(self) -> str:
        return self.message
