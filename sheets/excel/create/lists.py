"""What a dashboard's formulas need, at its side and folded away: where each column is, the months, names to be sorted.

The names of columns belong to the sheet: when people delete it, nothing of it stays behind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName

from sheets.dashboard import MONTHS, Dashboard, Groups, Point, Where, month
from sheets.excel.create import formulas
from sheets.excel.create.page import GREY, Page, absolute
from sheets.table import Column

TOP = 4
"""The first row of every list."""
NOW_AT = "$B$3"
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
        heading, place = f"${get_column_letter(at)}{row}", absolute(at + 1, row)
        page.formula(row, at + 1, formulas.position(heading, reference, get_column_letter(index)), index)
        _name(
            page, formulas.column_name(column.key), formulas.column_range(page.own + place, page.own + last, reference)
        )
        if column.key == board.dated:
            page.formula(TOP - 1, at + 1, formulas.last_row(place, reference), max(2, page.rows.last(column.key) + 1))
    for name, meaning in formulas.moments(page.own + NOW_AT).items():
        _name(page, name, meaning)


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
        cell, figures = f"${get_column_letter(column)}{row}", []
        for place, measure in enumerate(card.measures, start=column + 1):
            figures.append(page.count(measure, here, at={Point.LABEL: label}) if label else 0)
            counted = formulas.tally(measure.tally.narrowed(here), cell)
            page.formula(row, place, f'=IF({cell}="",0,{counted})', figures[-1])
        rank = figures[0] * TIES - row if label else -row * TIES
        first = f"{get_column_letter(column + 1)}{row}"
        page.formula(row, key, f'=IF({cell}="",-ROW()*{TIES},{first}*{TIES}-ROW())', rank)
        ranks.append((rank, label))
    labels = tuple(label for _, label in sorted(ranks, reverse=True))
    return Ranked(column=column, key=key, size=len(labels), labels=labels)


def _name(page: Page, name: str, meaning: str) -> None:
    page.sheet.defined_names[name] = DefinedName(name, attr_text=meaning)
