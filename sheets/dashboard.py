"""What a dashboard of the table shows, as values: which rows are counted, under which titles, grouped how.

A backend makes formulas of it that people's own programs calculate. `Counter` counts the same over given rows: the
figures a new file shows until a program has calculated for the first time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from sheets.table import Cell

MONTHS = 12
"""So many calendar months, the present one last, are looked back at."""


class Point(StrEnum):
    """What a test may compare with besides a fixed text: moments, and the label of the line counted."""

    NOW = "now"
    MONTH = "month"
    WINDOW = "window"
    START = "start"
    END = "end"
    LABEL = "label"


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """What a cell of a row must be. `=` and `<>` compare texts, `<`, `>=` and `>` moments; a blank is `<>` any text.

    `START` and `END` are those of the line's month, `MONTH` the first of the present one, `WINDOW` of all months shown.
    """

    column: str
    sign: str
    value: str | int | Point


Tests = tuple[Where, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many rows pass all tests of a group: the sum over the groups `plus`, less those of `minus`."""

    plus: tuple[Tests, ...]
    minus: tuple[Tests, ...] = ()

    def narrowed(self, *also: Where) -> Tally:
        """The tally of the rows that pass further tests too."""
        plus, minus = (tuple((*also, *tests) for tests in groups) for groups in (self.plus, self.minus))
        return Tally(plus=plus, minus=minus)

    def columns(self) -> Iterator[str]:
        """The columns looked at."""
        return (test.column for tests in (*self.plus, *self.minus) for test in tests)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A tally with its title; `fill` (RRGGBB) is its colour in charts."""

    title: str
    tally: Tally
    fill: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """A line for each of `labels`, counted where `column` shows it; then the `blank` ones if titled, and the `rest`.

    `shown` are so many lines with the most of the first measure, sorted; 0: all in their order. `running` titles the
    running share of the first measure, empty: none. `spare` labels more may be added by people to a sorted list.
    """

    title: str
    column: str
    labels: tuple[str, ...]
    measures: tuple[Measure, ...]
    rest: str
    blank: str = ""
    shown: int = 0
    running: str = ""
    spare: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Months:
    """A line for each of the last months."""

    title: str
    measures: tuple[Measure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Punctuality:
    """A line for each of the last months: of the rows `start`ed then, how many had `until` filled within `hours`.

    A term is kept by the day it ends on. Rows whose term has not ended and that are not filled are not due yet.
    `titles` head due, kept and their share.
    """

    title: str
    start: str
    until: str
    hours: float
    titles: tuple[str, str, str]
    fill: str


Card = Groups | Months | Punctuality


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """A sheet called `name`. `tiles` are single figures on top; `bands` hold columns of cards, side by side.

    `dated` is a column with a moment in each row that counts. `as_of` is the naive office time of the figures shown
    until a program calculates; `as_of_title` stands before it, `lists_title` over the lists at the side.
    """

    name: str
    title: str
    as_of_title: str
    lists_title: str
    dated: str
    as_of: datetime
    tiles: tuple[Measure, ...]
    bands: tuple[tuple[tuple[Card, ...], ...], ...]

    def columns(self) -> frozenset[str]:
        """Every column that is looked at."""
        found, tallies = {self.dated}, [tile.tally for tile in self.tiles]
        for card in (card for band in self.bands for cards in band for card in cards):
            if isinstance(card, Punctuality):
                found |= {card.start, card.until}
                continue
            tallies += [measure.tally for measure in card.measures]
            found |= {card.column} if isinstance(card, Groups) else set()
        return frozenset(found.union(*(tally.columns() for tally in tallies)))


Row = Mapping[str, Cell]
Points = Mapping[Point, Cell]


class Counter:
    """Rows as the formulas count them. Each test is tried once, however many figures ask for it."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows = tuple(rows)
        self._passing: dict[tuple[str, str, Cell], frozenset[int]] = {}

    def count(self, tally: Tally, points: Points) -> int:
        """What a tally comes to."""
        plus, minus = (sum(len(self._rows(tests, points)) for tests in sums) for sums in (tally.plus, tally.minus))
        return plus - minus

    def kept(self, card: Punctuality, points: Points) -> tuple[int, int]:
        """How many of the month's rows fell due, and how many of them were kept."""
        now = _moment(points[Point.NOW])
        month = (Where(column=card.start, sign=s, value=p) for s, p in ((">=", Point.START), ("<", Point.END)))
        due = in_time = 0
        for row in (self.rows[place] for place in self._rows(tuple(month), points)):
            started, done = _moment(row.get(card.start)), _moment(row.get(card.until))
            assert started is not None  # noqa: S101 - it was just compared
            assert now is not None  # noqa: S101 - the present is a moment
            end = started + timedelta(hours=card.hours)
            due += done is not None or end < now
            in_time += done is not None and done.date() <= end.date()
        return due, in_time

    def last(self, column: str) -> int:
        """The place from 1 of the last row with something in a column; 0 when there is none."""
        return max((place for place, row in enumerate(self.rows, start=1) if row.get(column) is not None), default=0)

    def _rows(self, tests: Tests, points: Points) -> frozenset[int]:
        """The rows that pass all tests, by their places from 0."""
        every = (self._passed(test, points[t] if isinstance(t := test.value, Point) else t) for test in tests)
        return frozenset.intersection(*every)

    def _passed(self, test: Where, bound: Cell) -> frozenset[int]:
        key = test.column, test.sign, bound
        if key not in self._passing:
            cells = ((place, row.get(test.column)) for place, row in enumerate(self.rows))
            self._passing[key] = frozenset(place for place, cell in cells if _passes(cell, test.sign, bound))
        return self._passing[key]


def month(as_of: datetime, back: int) -> datetime:
    """The first moment of the month so many months before that of `as_of`."""
    index = as_of.year * 12 + as_of.month - 1 - back
    return datetime(index // 12, index % 12 + 1, 1)


def _passes(cell: Cell, sign: str, bound: Cell) -> bool:
    if sign in ("=", "<>"):
        equal = str(cell or "").casefold() == str(bound or "").casefold()
        return equal is (sign == "=")
    at, limit = _moment(cell), _moment(bound) or datetime.min
    return at is not None and {"<": at < limit, ">": at > limit, ">=": at >= limit}[sign]


def _moment(cell: Cell) -> datetime | None:
    if isinstance(cell, datetime):
        return cell
    return datetime.combine(cell, time()) if isinstance(cell, date) else None
