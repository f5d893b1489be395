"""The daily summary's figures: pure counting over plain lines, written into words by the template `daily_summary`.

Nothing is judged good because nothing was counted: the report also says what the machine itself is short of, and that
every mail that came in ended somewhere [D-70]. Times are aware; days are local days in the zone given.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from operator import itemgetter
from zoneinfo import ZoneInfo

from mailbot.core.model import End


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """One case as the summary sees it. Keys or words as the caller likes; `severity_rank` grows with severity.

    `waiting_for` is who or what is waited for when that is not the owner (the customer, a sample). `touched` is False
    while nobody has done anything in the present stage. `lacks` names the evidence its closing should have had.
    """

    number: str
    opened_at: datetime
    customer: str = ""
    product: str = ""
    severity: str = ""
    severity_rank: int = 0
    department: str = ""
    stage: str = ""
    owner: str = ""
    waiting_for: str = ""
    due_at: datetime | None = None
    closed_at: datetime | None = None
    touched: bool = True
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MailLine:
    """A mail only a human can deal with: no complaint, or not to be handled. `id` is what commands call it."""

    id: int
    sender: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailBalance:
    """What became of every mail the server showed. `unfinished` are those still being worked on.

    `unread` are the mails since the last summary that a human must read in the mailbox.
    """

    received: int = 0
    ends: Mapping[End, int] = field(default_factory=dict)
    unfinished: int = 0
    unread: tuple[MailLine, ...] = ()

    @property
    def astray(self) -> int:
        """Mails received that ended nowhere (more than 0) or ends without a mail (less); 0 when it adds up."""
        return self.received - self.unfinished - sum(self.ends.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class FailingPart:
    """A part that does not work: since when (aware UTC), how often it failed, what was seen."""

    part: str
    since: datetime
    failures: int = 0
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upkeep:
    """What the machine is short of: changes the register does not have yet, letters that did not go out, parts."""

    register_waiting: int = 0
    register_since: datetime | None = None
    letters_held: int = 0
    letters_in_doubt: int = 0
    letters_failed: int = 0
    failing: tuple[FailingPart, ...] = ()

    @property
    def well(self) -> bool:
        """Whether nothing waits for a human or a repair."""
        letters = self.letters_held + self.letters_in_doubt + self.letters_failed
        return not (self.register_waiting or letters or self.failing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """An overdue case: local calendar days since the day it was due, and whole hours since the moment."""

    case: CaseLine
    days: int
    hours: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SeverityGroup:
    """The overdue cases of one severity, the longest overdue first. `share` is 1-100, of the largest group."""

    severity: str
    rank: int
    late: tuple[Late, ...]
    share: int

    @property
    def longest(self) -> Late:
        """The case overdue longest."""
        return self.late[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyReport:
    """What a supervisor reads in the morning. `due_soon` is what falls due after today, up to `next_day`."""

    now: datetime
    day: date
    next_day: date
    since: datetime
    departments: tuple[str, ...]
    open_count: int
    overdue: tuple[SeverityGroup, ...]
    due_today: tuple[CaseLine, ...]
    due_soon: tuple[CaseLine, ...]
    unopened: tuple[CaseLine, ...]
    unproven: tuple[CaseLine, ...]
    new: tuple[CaseLine, ...]
    closed: tuple[CaseLine, ...]
    balance: MailBalance
    upkeep: Upkeep

    @property
    def overdue_count(self) -> int:
        """How many cases are overdue."""
        return sum(len(group.late) for group in self.overdue)

    @property
    def healthy(self) -> bool:
        """Whether the mails add up and the machine is short of nothing."""
        return self.upkeep.well and not self.balance.astray

    @property
    def quiet(self) -> bool:
        """Whether nobody has to do anything today."""
        work = (self.overdue, self.due_today, self.due_soon, self.unopened, self.unproven)
        return self.healthy and not any(work)


def of_departments(lines: Iterable[CaseLine], departments: Collection[str]) -> tuple[CaseLine, ...]:
    """Return the lines of these departments; all lines when none is named."""
    return tuple(line for line in lines if not departments or line.department in departments)


def build(
    lines: Iterable[CaseLine],
    *,
    now: datetime,
    since: datetime,
    zone: ZoneInfo,
    next_day: date | None = None,
    departments: Sequence[str] = (),
    balance: MailBalance | None = None,
    upkeep: Upkeep | None = None,
) -> DailyReport:
    """Count one supervisor's morning.

    `since` is when the last summary was written (aware), `next_day` the next working day (default: tomorrow): what
    falls due on the days off before it is told today. Lines are open cases and those closed since, or without evidence.
    """
    mine = sorted(of_departments(lines, departments), key=lambda line: (-line.severity_rank, line.number))
    still = [line for line in mine if line.closed_at is None]
    today = now.astimezone(zone).date()
    soon = next_day or today + timedelta(days=1)
    ahead = sorted(((line.due_at, line) for line in still if line.due_at and line.due_at >= now), key=itemgetter(0))
    days = [(due.astimezone(zone).date(), line) for due, line in ahead]
    return DailyReport(
        now=now,
        day=today,
        next_day=soon,
        since=since,
        departments=tuple(departments),
        open_count=len(still),
        overdue=_overdue(still, now, zone),
        due_today=tuple(line for due, line in days if due == today),
        due_soon=tuple(line for due, line in days if today < due <= soon),
        unopened=tuple(line for line in still if not line.owner or not line.touched),
        unproven=tuple(line for line in mine if line.closed_at and line.lacks),
        new=tuple(line for line in mine if line.opened_at >= since),
        closed=tuple(line for line in mine if line.closed_at and line.closed_at >= since),
        balance=balance or MailBalance(),
        upkeep=upkeep or Upkeep(),
    )


def _overdue(still: Iterable[CaseLine], now: datetime, zone: ZoneInfo) -> tuple[SeverityGroup, ...]:
    groups: dict[tuple[int, str], list[Late]] = {}
    for line in still:
        if line.due_at and line.due_at < now:
            groups.setdefault((line.severity_rank, line.severity), []).append(_late(line, line.due_at, now, zone))
    most = max((len(late) for late in groups.values()), default=1)
    return tuple(
        SeverityGroup(
            severity=severity,
            rank=rank,
            late=tuple(sorted(late, key=lambda each: each.case.due_at or now)),
            share=max(1, round(100 * len(late) / most)),
        )
        for (rank, severity), late in sorted(groups.items(), reverse=True)
    )


def _late(line: CaseLine, due: datetime, now: datetime, zone: ZoneInfo) -> Late:
    days = (now.astimezone(zone).date() - due.astimezone(zone).date()).days
    return Late(case=line, days=days, hours=int((now - due) / timedelta(hours=1)))
