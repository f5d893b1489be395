"""Two values are the same when a cell shows them alike."""

from datetime import date, datetime

import pytest

from sheets.cells import LINE_FEED_LIMIT, normal, same, shaped, shown
from sheets.table import Cell, Kind


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (12, 12.0),
        (None, ""),
        (None, " \n"),
        ("a\r\nb", "a\nb"),
        ("a\rb", "a\nb"),
        ("text", "text  \n"),
        (date(2026, 5, 3), datetime(2026, 5, 3)),
        (datetime(2026, 5, 3, 9, 41, 6, 999_999), datetime(2026, 5, 3, 9, 41, 7)),
        (datetime.max, datetime.max.replace(microsecond=0)),
        ("bell\x07", "bell\u2407"),
        ("half \ud83d", "half \ufffd"),
    ],
)
def test_these_show_the_same(a: Cell, b: Cell) -> None:
    assert same(a, b)
    assert same(b, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (12, "12"),
        (1, True),
        (0, False),
        (0, None),
        (" a", "a"),
        ("A", "a"),
        ("１", "1"),
        (date(2026, 5, 3), "2026-05-03"),
    ],
)
def test_these_do_not(a: Cell, b: Cell) -> None:
    assert not same(a, b)


def test_midnight_is_a_day_or_a_moment_as_the_column_says() -> None:
    day, midnight = date(2026, 5, 3), datetime(2026, 5, 3)
    assert shaped(midnight, Kind.DATE) == day
    assert type(shaped(midnight, Kind.DATE)) is date
    assert shaped(day, Kind.DATETIME) == midnight
    assert shaped(datetime(2026, 5, 3, 9), Kind.DATE) == datetime(2026, 5, 3, 9)


def test_a_number_too_large_to_be_exact_stays_as_it_is() -> None:
    assert isinstance(shaped(1e300, Kind.NUMBER), float)
    assert normal(2.5) == 2.5


def test_lines_beyond_the_limit_are_joined() -> None:
    text = shown("\n".join(str(n) for n in range(300)))
    assert text.count("\n") == LINE_FEED_LIMIT
    assert text.endswith(" 298 299")
    assert shown(text) == text
