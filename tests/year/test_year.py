"""Two weeks of the simulated year, over a public holiday and a make-up Saturday. The whole of it: `make year`."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar
import pytest
from year.almanac import is_workday
from year.play import play, quick_folder
from year.promises import Promises


def test_the_almanac_of_the_year_is_the_countrys() -> None:
    days = [date(2025, 10, 1) + timedelta(days=n) for n in range(457)]
    assert [day for day in days if is_workday(day) != chinese_calendar.is_workday(day)] == []


@pytest.mark.slow
def test_two_weeks_keep_every_promise() -> None:
    with quick_folder() as folder:
        tally = play(folder, date(2026, 4, 29), date(2026, 5, 11), seed=5)
    assert tally.looks.keys() == promises_named_in(Promises)
    assert all(tally.looks.values())
    assert int(tally.figures["trouble"]["killed at a failpoint"]) > 0


def promises_named_in(source: type) -> set[str]:
    """The promises the checks name: each must have been looked at."""
    import inspect
    import re

    return set(re.findall(r'checking\("([^"]+)"\)', inspect.getsource(source)))
