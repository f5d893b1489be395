"""What a dashboard's formulas need, at its side and folded away: where each column is, the months, names to be sorted.

What formulas call a column is a name of the page's own: when people delete the sheet, nothing of it stays behind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sheets.board import formulas
from sheets.board.page import GREY, Page, absolute
from sheets.dashboard import MONTHS, Dashboard, Groups, Point, Where, month
from sheets.letters import letters
from sheets.table import Column

TOP = 4
"""The first row of every list."""
NOW_ROW, NOW_COLUMN = 3, 2
"""Where the present time stands."""
TIES = 1_000_000
"""Of lines with the same figure the upper one comes first; larger than any row number here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A list in the order of its first figure: the columns of labels, figures and sort keys, and the labels by rank."""

    column: int
    key: int
    size: int
    labels: tuple[str, ...]

    def cells(self, column: int) -> str:
        """All cells of one of its columns."""
        return f"{absolute(column, TOP)}:{absolute(column, TOP + self.size - 1)}"

    def found(self, column: int, rank: int) -> str:
        """The formula of what stands in a column at a rank from 1."""
        keys = self.cells(self.key)
        return f"INDEX({self.cells(column)},MATCH(LARGE({keys},{rank}),{keys},0))"


def add_columns(page: Page, board: Dashboard, register: str, columns: Sequence[Column]) -> None:
    """List where the columns looked at stand, and give them and the moments their names."""
    at, reference = page.free, formulas.sheet_reference(register)
    page.free += 2
    page.text(2, at, board.lists_title, color=GREY)
    wanted = board.columns()
    used = [(column, index) for index, column in enumerate(columns, start=1) if column.key in wanted]
    last = absolute(at + 1, TOP - 1)
    for row, (column, index) in enumerate(used, start=TOP):
        page.text(row, at, column.title)
        heading, place = f"${letters(at)}{row}", absolute(at + 1, row)
        page.formula(row, at + 1, formulas.position(heading, reference, letters(index)), index)
        meaning = page.dialect.column(page.own + place, page.own + last, reference)
        page.names[formulas.column_name(column.key)] = meaning
        if column.key == board.dated:
            bottom = max(2, page.rows.last(column.key) + 1)
            page.formula(TOP - 1, at + 1, page.dialect.last_row(place, reference), bottom)
    page.names |= formulas.moments(page.own + absolute(NOW_COLUMN, NOW_ROW))


def add_months(page: Page, board: Dashboard) -> None:
    """List the first days of the months shown."""
    for row, back in enumerate(reversed(range(MONTHS)), start=TOP):
        start = month(board.as_of, back)
        page.formula(row, page.free, formulas.month_start(back), start, "yyyy-mm-dd")
        bounds = {Point.START: start, Point.END: month(board.as_of, back - 1)}
        page.months += ((absolute(page.free, row), bounds),)
    page.free += 1


def add_ranked(page: Page, card: Groups) -> Ranked:
    """List the labels of a card with their figures and sort keys; below them is room for labels people add."""
    column, key = page.free, page.free + 1 + len(card.measures)
    page.free = key + 1
    here = Where(column=card.column, sign="=", value=Point.LABEL)
    ranks: list[tuple[int, str]] = []
    for row, label in enumerate((*card.labels, *[""] * card.spare), start=TOP):
        if label:
            page.text(row, column, label)
        cell, figures = f"${letters(column)}{row}", []
        for place, measure in enumerate(card.measures, start=column + 1):
            figures.append(page.count(measure, here, at={Point.LABEL: label}) if label else 0)
            counted = formulas.tally(measure.tally.narrowed(here), cell)
            page.formula(row, place, f'=IF({cell}="",0,{counted})', figures[-1])
        rank = figures[0] * TIES - row if label else -row * TIES
        first = f"{letters(column + 1)}{row}"
        page.formula(row, key, f'=IF({cell}="",-ROW()*{TIES},{first}*{TIES}-ROW())', rank)
        ranks.append((rank, label))
    labels = tuple(label for _, label in sorted(ranks, reverse=True))
    return Ranked(column=column, key=key, size=len(labels), labels=labels)
