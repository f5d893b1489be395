"""The sheet of a dashboard as it is filled: texts, formulas with what each shows at the moment, charts, looks.

Nothing here knows a program of spreadsheets. Rows and columns count from 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sheets.board.formulas import Dialect
from sheets.dashboard import Counter, Measure, Points, Where
from sheets.letters import letters
from sheets.table import Cell

DARK, GREY, TEXT, PALE, LINE = "1F3864", "7F7F7F", "404040", "F2F4F7", "D6DCE5"
FAINT: Mapping[str, Any] = {"color": GREY, "italic": True}
WIDE = 4
"""Columns of a card; the figures stand in the last ones."""
CHART_ROWS = 11
"""The rows a chart of standing bars takes."""


@dataclass(slots=True, kw_only=True)
class Spot:
    """A cell: a text, or a formula with what it shows; and its looks. Colours are RRGGBB.

    `array`: the formula calculates with whole columns. `align` is left, right or empty; `below` and `before` are lines
    at its edges, weight and colour. `form` is the number format, empty: the usual one.
    """

    text: str = ""
    formula: str = ""
    shown: Cell = None
    array: bool = False
    form: str = ""
    size: int = 10
    bold: bool = False
    italic: bool = False
    color: str = TEXT
    align: str = ""
    fill: str = ""
    below: tuple[str, str] | None = None
    before: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Cells of a column a chart draws: which, what they show at the moment, how they are shown."""

    column: int
    first: int
    last: int
    cells: Sequence[Cell]
    form: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One series of a chart: its title, which stands right above its figures, and its colour (RRGGBB)."""

    title: str
    span: Span
    fill: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Bars for each label, with the running share as a line over them if there is one.

    It covers the rows `top` to `bottom` from the column `left` on. `lying` bars: each series is a part of the one
    before it. `shares`: the figures are parts of one.
    """

    labels: Span
    series: tuple[Series, ...]
    left: int
    top: int
    bottom: int
    lying: bool = False
    shares: bool = False
    running: Series | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """The lines of a card: its first column, the rows from `first` to `last`, what the labels show."""

    left: int
    first: int
    last: int
    labels: tuple[Cell, ...]


@dataclass(slots=True, kw_only=True)
class Page:
    """The sheet, the rows to be counted, the moments to count by. `free` is the next column for lists of its own.

    `own` is the sheet as a reference begins with it. `names` are the names in formulas with what they stand for,
    `months` the cells with the first day of each month, `pairs` the cells that reach over the one at their right.
    The cards lie left of `behind` and above `bottom`; right of it are the lists, to be folded away.
    """

    dialect: Dialect
    own: str
    rows: Counter
    points: Points
    behind: int
    free: int
    bottom: int = 0
    spots: dict[tuple[int, int], Spot] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    months: tuple[tuple[str, Points], ...] = ()
    pairs: list[tuple[int, int]] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)

    def spot(self, row: int, column: int) -> Spot:
        """A cell to change."""
        return self.spots.setdefault((row, column), Spot())

    def text(self, row: int, column: int, text: str, **looks: Any) -> None:
        """Write a text: never a formula, whatever it begins with."""
        self._put(row, column, text=text, **looks)

    def formula(self, row: int, column: int, formula: str, shown: Cell, form: str = "0", **looks: Any) -> None:
        """Write a formula; `form` is the number format."""
        self._put(row, column, formula=formula, shown=shown, form=form, **looks)

    def count(self, measure: Measure, *also: Where, at: Points | None = None) -> int:
        """What a measure comes to now, of the rows that pass further tests too."""
        return self.rows.count(measure.tally.narrowed(*also), {**self.points, **(at or {})})

    def title(self, row: int, left: int, title: str) -> None:
        """The title of a card."""
        self.text(row, left, title, size=11, bold=True, color=DARK)
        self._underline(row, left, ("medium", DARK))

    def heads(self, row: int, left: int, titles: Sequence[str]) -> None:
        """The headings of a card's figures."""
        for column, title in enumerate(titles, start=figures_at(left, len(titles))):
            self.text(row, column, title, size=9, color=GREY, align="right")
        self._underline(row, left, ("thin", LINE))

    def tile(self, column: int, title: str, formula: str, shown: Cell, fill: str) -> None:
        """A single figure over two columns."""
        self.text(4, column, title, size=9, color=GREY)
        self.formula(5, column, formula, shown, size=22, bold=True, color=fill)
        for row in (4, 5):
            for place in (column, column + 1):
                self._put(row, place, fill=PALE, align="left")
            self._put(row, column, before=("thick", fill))
            self.pairs.append((row, column))

    def labels(self, lines: Lines) -> Span:
        """The labels of a card as its chart reads them."""
        return Span(column=lines.left, first=lines.first, last=lines.last, cells=lines.labels)

    def series(
        self, column: int, lines: Lines, title: str, cells: Sequence[Cell], fill: str, form: str = "0"
    ) -> Series:
        """A column of a card as its chart reads it; its title stands above the lines."""
        span = Span(column=column, first=lines.first, last=lines.last, cells=cells, form=form)
        return Series(title=title, span=span, fill=fill)

    def _put(self, row: int, column: int, **looks: Any) -> None:
        spot = self.spot(row, column)
        for name, look in looks.items():
            setattr(spot, name, look)

    def _underline(self, row: int, left: int, line: tuple[str, str]) -> None:
        for column in range(left, left + WIDE):
            self._put(row, column, below=line)


def figures_at(left: int, count: int) -> int:
    """The column of the first of so many figures: they stand on the right."""
    return left + WIDE - count


def absolute(column: int, row: int) -> str:
    """A cell's address that stays the same wherever the formula goes."""
    return f"${letters(column)}${row}"


def chart_rows(lines: int) -> int:
    """The rows a chart of lying bars takes."""
    return min(18, max(7, 4 + lines * 6 // 7))
