"""Which days a country takes off and which weekend days it works instead.

The one home of `holidays` and `chinese_calendar`; both are imported on first use because the first is slow to load.
China publishes its days a year at a time: `holidays` guesses the years after that without a word, so a Chinese day
counts as announced only when `chinese_calendar`, which knows where it ends, says the same of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date
from functools import lru_cache
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicDay:
    """A day that differs from its weekday: `working` is a make-up working day (调休补班), else a day off.

    `name` is in the country's own language; a make-up day has none.
    """

    name: str
    working: bool = False


@lru_cache(maxsize=256)
def public_days(country: str, subdivision: str, year: int) -> Mapping[date, PublicDay]:
    """List the public days of `year`; empty for years the library knows nothing of.

    `country` is an ISO 3166 code, `subdivision` a part of it or "". Raises LookupError when there is no such region.
    """
    import holidays

    # The neighbours too: a New Year's Day on a weekend moves a day off or a working day across the turn of the year.
    years = range(max(year - 1, MINYEAR), min(year + 1, MAXYEAR) + 1)
    try:
        known = holidays.country_holidays(country, subdiv=subdivision or None)
        # Without a language the library takes the machine's locale.
        known = holidays.country_holidays(
            country, subdiv=subdivision or None, years=years, language=known.default_language
        )
    except NotImplementedError as error:
        raise LookupError(str(error)) from error
    days = {day: PublicDay(name=name) for day, name in known.items()}
    days |= {day: PublicDay(name="", working=True) for day in known.weekend_workdays}
    return MappingProxyType({day: days[day] for day in sorted(days) if day.year == year})


def announced(country: str, day: date) -> bool:
    """Whether what `public_days` says of `day` is settled, not predicted. Only China has predicted days."""
    return country != "CN" or day in _announced_in_china(day.year)


@lru_cache(maxsize=64)
def _announced_in_china(year: int) -> frozenset[date]:
    from chinese_calendar import constants

    ordinary = public_days("CN", "", year)
    first, last = min(constants.holidays).year, max(constants.holidays).year
    if year > last:
        return frozenset()
    days = (date.fromordinal(n) for n in range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1))
    if year < first:
        return frozenset(days)

    def works(day: date) -> bool:
        return day in constants.workdays or (day.weekday() < 5 and day not in constants.holidays)

    def we_say(day: date) -> bool:
        return ordinary[day].working if day in ordinary else day.weekday() < 5

    return frozenset(day for day in days if works(day) == we_say(day))
