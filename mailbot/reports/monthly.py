"""The monthly figures: pure counting over cases, written into words by the template `monthly_report` [D-71].

Each figure says over what it is counted. Months and days are local; moments are aware UTC. Percentages are 0-100.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from mailbot.core.punctuality import FellDue

AXES = ("nature", "severity", "product", "cause_main", "origin", "department")
"""What complaints are counted by: columns of the register."""
ON_TIME_TARGET, ANSWERED_TARGET, RECURRENCE_TARGET = 100, 100, 1
"""Percent. Sources: answered 100 % and recurrence at most 1 % are the field's usual targets [D-71]."""
UNKNOWN = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthCase:
    """One case as the month sees it. `values` holds a word or key for each of AXES; `repeats` an earlier number."""

    number: str
    opened_at: datetime
    closed_at: datetime | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    fell_due: tuple[FellDue, ...] = ()
    answered: bool = False
    answered_in_time: bool = False
    repeats: str = ""
    satisfaction: float | None = None
    claimed: float = 0.0
    currency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One bar of a Pareto: how many complaints, percent of all, and percent together with the bars before it."""

    key: str
    count: int
    percent: float
    running: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """`part` of `whole`; `percent` is None when there was nothing to count."""

    key: str
    part: int
    whole: int

    @property
    def percent(self) -> float | None:
        """Percent, one decimal."""
        return round(100 * self.part / self.whole, 1) if self.whole else None


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlyReport:
    """A month. `opened` came in, `closed` were closed in it, `open_at_end` still ran after its last day.

    `on_time` counts deadlines that fell due in the month; `answered` and `answered_in_time` the complaints received in
    it; `recurrence` those received that repeat an earlier case, over the cases closed in the month.
    """

    month: date
    since: datetime
    until: datetime
    opened: tuple[MonthCase, ...]
    closed: tuple[MonthCase, ...]
    open_at_end: int
    pareto: Mapping[str, tuple[Share, ...]]
    on_time: tuple[Rate, ...]
    answered: Rate
    answered_in_time: Rate
    recurrence: Rate
    satisfaction: tuple[float, ...]
    claims: Mapping[str, float]

    @property
    def repeats(self) -> tuple[tuple[str, str], ...]:
        """The complaints of the month that repeat an earlier one, with its number."""
        return tuple((case.number, case.repeats) for case in self.opened if case.repeats)

    @property
    def satisfied(self) -> float | None:
        """The mean of the ratings given by customers whose cases were closed in the month, 1-5."""
        return round(sum(self.satisfaction) / len(self.satisfaction), 1) if self.satisfaction else None


def month_of(day: date) -> date:
    """The first day of a day's month."""
    return day.replace(day=1)


def next_month(month: date) -> date:
    """The first day of the month after."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def build(cases: Iterable[MonthCase], month: date, zone: ZoneInfo, deadlines: Sequence[str]) -> MonthlyReport:
    """Count a month. `month` is its first day; `deadlines` are the keys of all deadlines in the order to show them."""
    since, until = (_midnight(day, zone) for day in (month, next_month(month)))
    known = sorted((case for case in cases if case.opened_at < until), key=lambda case: case.number)
    opened = tuple(case for case in known if case.opened_at >= since)
    closed = tuple(case for case in known if case.closed_at and since <= case.closed_at < until)
    passed = [term for case in known for term in case.fell_due if since <= term.due_at < until]
    return MonthlyReport(
        month=month,
        since=since,
        until=until,
        opened=opened,
        closed=closed,
        open_at_end=sum(case.closed_at is None or case.closed_at >= until for case in known),
        pareto={axis: pareto(case.values.get(axis, UNKNOWN) for case in opened) for axis in AXES},
        on_time=tuple(rate for key in deadlines if (rate := _punctual(key, passed)).whole),
        answered=Rate(key="answered", part=sum(c.answered for c in opened), whole=len(opened)),
        answered_in_time=Rate(key="in_time", part=sum(c.answered_in_time for c in opened), whole=len(opened)),
        recurrence=Rate(key="recurrence", part=sum(bool(c.repeats) for c in opened), whole=len(closed)),
        satisfaction=tuple(c.satisfaction for c in closed if c.satisfaction is not None),
        claims=_claims(opened),
    )


def pareto(keys: Iterable[str]) -> tuple[Share, ...]:
    """Count keys, the most frequent first; what is not known stands last however much it is."""
    counted = Counter(keys)
    total, so_far, shares = counted.total(), 0, []
    for key, count in sorted(counted.items(), key=lambda item: (item[0] == UNKNOWN, -item[1], item[0])):
        so_far += count
        percent, running = (round(100 * part / total, 1) for part in (count, so_far))
        shares.append(Share(key=key, count=count, percent=percent, running=running))
    return tuple(shares)


def _punctual(key: str, passed: Iterable[FellDue]) -> Rate:
    mine = [term for term in passed if term.key == key]
    return Rate(key=key, part=sum(term.kept for term in mine), whole=len(mine))


def _claims(opened: Iterable[MonthCase]) -> dict[str, float]:
    sums: Counter[str] = Counter()
    for case in opened:
        if case.claimed:
            sums[case.currency] += case.claimed  # type: ignore[assignment]  # a Counter adds floats as well
    return dict(sorted(sums.items()))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)
