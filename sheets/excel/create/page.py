"""The sheet of a dashboard as it is filled: texts, formulas, and what each formula shows at the moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.worksheet import Worksheet

from sheets.dashboard import Counter, Measure, Points, Where
from sheets.excel.create.charts import Drawn, Span
from sheets.table import Cell

FONT, DARK, GREY, TEXT, PALE, LINE = "Microsoft YaHei", "1F3864", "7F7F7F", "404040", "F2F4F7", "D6DCE5"
FAINT: Mapping[str, Any] = {"color": GREY, "italic": True}
WIDE = 4
"""Columns of a card; the figures stand in the last ones."""
CHART_ROWS = 11
"""The rows a chart of standing bars takes."""


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

    `shown` is what formula cells show, by address; `months` the cells with the first day of each month.
    """

    sheet: Worksheet
    own: str
    rows: Counter
    points: Points
    free: int
    shown: dict[str, Cell] = field(default_factory=dict)
    months: tuple[tuple[str, Points], ...] = ()

    def text(self, row: int, column: int, text: str, **font: Any) -> None:
        """Write a text: never a formula, whatever it begins with."""
        cell = self.sheet.cell(row=row, column=column, value=text)
        cell.data_type = "s"
        cell.font = Font(**{"name": FONT, "size": 10, "color": TEXT, **font})

    def formula(self, row: int, column: int, formula: str, shown: Cell, form: str = "0", **font: Any) -> None:
        """Write a formula; `form` is the number format."""
        cell = self.sheet.cell(row=row, column=column, value=formula)
        cell.font = Font(**{"name": FONT, "size": 10, "color": TEXT, **font})
        cell.number_format = form
        self.shown[cell.coordinate] = shown

    def array(self, row: int, column: int, formula: str, shown: Cell) -> None:
        """Write a formula that calculates with whole columns, as one entered with Ctrl+Shift+Enter."""
        self.formula(row, column, formula, shown)
        place = f"{get_column_letter(column)}{row}"
        self.sheet[place].value = ArrayFormula(place, formula)

    def count(self, measure: Measure, *also: Where, at: Points | None = None) -> int:
        """What a measure comes to now, of the rows that pass further tests too."""
        return self.rows.count(measure.tally.narrowed(*also), {**self.points, **(at or {})})

    def title(self, row: int, left: int, title: str) -> None:
        """The title of a card."""
        self.text(row, left, title, size=11, bold=True, color=DARK)
        self._underline(row, left, Side("medium", color=DARK))

    def heads(self, row: int, left: int, titles: Sequence[str]) -> None:
        """The headings of a card's figures."""
        for column, title in enumerate(titles, start=figures_at(left, len(titles))):
            self.text(row, column, title, size=9, color=GREY)
            self.sheet.cell(row=row, column=column).alignment = Alignment(horizontal="right")
        self._underline(row, left, Side("thin", color=LINE))

    def _underline(self, row: int, left: int, line: Side) -> None:
        for column in range(left, left + WIDE):
            self.sheet.cell(row=row, column=column).border = Border(bottom=line)

    def tile(self, column: int, title: str, formula: str, shown: Cell, fill: str) -> None:
        """A single figure over two columns."""
        self.text(4, column, title, size=9, color=GREY)
        self.formula(5, column, formula, shown, size=22, bold=True, color=fill)
        for row in (4, 5):
            self.sheet.merge_cells(start_row=row, end_row=row, start_column=column, end_column=column + 1)
            for place in (column, column + 1):
                cell = self.sheet.cell(row=row, column=place)
                cell.fill = PatternFill("solid", fgColor=PALE)
                cell.alignment = Alignment(horizontal="left", vertical="center", indent=1)
            self.sheet.cell(row=row, column=column).border = Border(left=Side("thick", color=fill))

    def labels(self, lines: Lines) -> Span:
        """The labels of a card as its chart reads them."""
        return self._span(lines.left, lines, lines.labels, "General")

    def series(self, column: int, lines: Lines, title: str, cells: Sequence[Cell], fill: str, form: str = "0") -> Drawn:
        """A column of a card as its chart reads it; its title stands above the lines."""
        span = self._span(column, lines, cells, form)
        return Drawn(title_at=f"{self.own}{absolute(column, lines.first - 1)}", title=title, span=span, fill=fill)

    def _span(self, column: int, lines: Lines, cells: Sequence[Cell], form: str) -> Span:
        reference = f"{self.own}{absolute(column, lines.first)}:{absolute(column, lines.last)}"
        return Span(reference=reference, cells=cells, number_format=form)


def figures_at(left: int, count: int) -> int:
    """The column of the first of so many figures: they stand on the right."""
    return left + WIDE - count


def absolute(column: int, row: int) -> str:
    """A cell's address that stays the same wherever the formula goes."""
    return f"${get_column_letter(column)}${row}"


def chart_rows(lines: int) -> int:
    """The rows a chart of lying bars takes."""
    return min(18, max(7, 4 + lines * 6 // 7))
