"""What one mail comes to: its end, and the decision that goes with it."""

from __future__ import annotations

from dataclasses import dataclass

from mailbot.core.model import Decision, End


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a mail comes to, and the decision that goes with it."""

    end: End
    note: str = ""
    case: str | None = None
    decision: Decision | None = None

    @property
    def case_number(self) -> str | None:
        """The case it belongs to, if any."""
        return self.decision.case.number if self.decision else self.case
