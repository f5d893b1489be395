"""Two weeks of the simulated year, over a public holiday and a make-up Saturday. The whole of it: `make year`."""

from __future__ import annotations

import inspect
import re
from datetime import date, timedelta

import chinese_calendar
import pytest
from year.almanac import is_workday
from year.play import play, quick_folder
from year.promises import Promises
from year.refusals import Refusals
from year.staffpost import StaffPost


def test_the_almanac_of_the_year_is_the_countrys() -> None:
    days = [date(2025, 10, 1) + timedelta(days=n) for n in range(457)]
    assert [day for day in days if is_workday(day) != chinese_calendar.is_workday(day)] == []


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_two_weeks_keep_every_promise() -> None:
    with quick_folder() as folder:
        tally = play(folder, date(2026, 4, 29), date(2026, 5, 11), seed=5)
    missed = promises_named_in(Promises) - tally.looks.keys()
    assert missed <= {"a column of staff's own stays beside its row"}, "nothing of the kind happened"
    for more in (Refusals, StaffPost):  # two weeks are too short for each kind of it
        assert promises_named_in(more) & tally.looks.keys()


def promises_named_in(source: type) -> set[str]:
    """The promises the checks name: each must have been looked at."""
    return set(re.findall(r'checking\("([^"]+)"\)', inspect.getsource(source)))
