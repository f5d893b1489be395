"""What a dashboard of the table shows, as values: which rows are counted, under which titles, grouped how.

A backend makes formulas of it that people's own programs calculate. `counted` and `kept` count the same over given rows:
the figures a new file shows until a program has calculated for the first time.
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
    """What a cell of a row must be. `=` and `<>` compare texts, `<`, `>=` and `>` moments; an empty cell is `<>` any text.

    `START` and `END` are those of the line's month, `MONTH` the first of the present, `WINDOW` of the first month shown.
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
    """A line for each of `labels`, counted where `column` shows it; at the end the `rest`, and the `blank` ones if titled.

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
    """A line for each of the last months: of the rows `start`ed then, how many had `until` filled within `hours`, by day.

    Rows whose term has not ended and that are not filled are not due yet. `titles` head due, kept and their share.
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

    `dated` is a column with a moment in each row that counts. `as_of` is the naive office time of the figures shown until
    a program calculates; `as_of_title` stands before it, `lists_title` over the lists at the side.
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


def counted(rows: Iterable[Row], tally: Tally, points: Points) -> int:
    """Count as the formulas do."""
    found = list(rows)
    plus, minus = (
        sum(_passes(row, tests, points) for tests in groups for row in found) for groups in (tally.plus, tally.minus)
    )
    return plus - minus


def kept(rows: Iterable[Row], card: Punctuality, points: Points) -> tuple[int, int]:
    """How many of the month's rows fell due, and how many of them were kept."""
    first, behind, now = (_moment(points[point]) for point in (Point.START, Point.END, Point.NOW))
    assert first and behind and now  # noqa: S101 - these points are moments
    due = in_time = 0
    for row in rows:
        started, done = _moment(row.get(card.start)), _moment(row.get(card.until))
        if started is not None and first <= started < behind:
            end = started + timedelta(hours=card.hours)
            due += done is not None or end < now
            in_time += done is not None and done.date() <= end.date()
    return due, in_time


def month(as_of: datetime, back: int) -> datetime:
    """The first moment of the month so many months before that of `as_of`."""
    index = as_of.year * 12 + as_of.month - 1 - back
    return datetime(index // 12, index % 12 + 1, 1)  # noqa: DTZ001 - office time: a cell has no zone


def _passes(row: Row, tests: Tests, points: Points) -> bool:
    def bound(test: Where) -> Cell:
        return points[test.value] if isinstance(test.value, Point) else test.value

    return all(_passes_one(row.get(test.column), test.sign, bound(test)) for test in tests)


def _passes_one(cell: Cell, sign: str, value: Cell) -> bool:
    if sign in ("=", "<>"):
        equal = str(cell or "").casefold() == str(value or "").casefold()
        return equal is (sign == "=")
    at, bound = _moment(cell), _moment(value) or datetime.min  # noqa: DTZ901
    return at is not None and {"<": at < bound, ">": at > bound, ">=": at >= bound}[sign]


def _moment(cell: Cell) -> datetime | None:
    if isinstance(cell, datetime):
        return cell
    return datetime.combine(cell, time()) if isinstance(cell, date) else None
