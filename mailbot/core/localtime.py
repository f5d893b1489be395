"""From local wall time to moments and back, also on the days the clocks change.

Moments are aware UTC. A wall time that comes twice means its first coming; one that is left out means the moment at
which the clock jumps over it. So a later wall time never means an earlier moment.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_SECOND = timedelta(seconds=1)


def local_day(zone: ZoneInfo, moment: datetime) -> date:
    """The date on the wall at `moment`."""
    return moment.astimezone(zone).date()


def moment_at(zone: ZoneInfo, day: date, minute: int) -> datetime:
    """The moment at which clocks in `zone` first show `minute` minutes of `day`, or more; 1440 is the next midnight."""
    wall = datetime.combine(day, time()) + timedelta(minutes=minute)
    moment = wall.replace(tzinfo=zone).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == wall:
        return moment
    # Left out: read with the offset before and after the jump it lies on either side of the jump.
    return turn(zone, wall.replace(tzinfo=zone, fold=1).astimezone(UTC), moment)


def turn(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The first moment in (`before`, `after`] with the offset of `after`, to the second; one change may lie between."""
    known = offset(zone, before)
    low, high = 0, -((before - after) // _SECOND)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if offset(zone, before + middle * _SECOND) == known else (low, middle)
    return before + high * _SECOND


def offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    """How far clocks in `zone` are ahead of UTC at `moment`."""
    ahead = moment.astimezone(zone).utcoffset()
    assert ahead is not None  # noqa: S101 - a ZoneInfo always knows; this tells mypy
    return ahead
