"""A whole dashboard on a page: the title, single figures, cards in bands, and at the side what the formulas need."""

from __future__ import annotations

from collections.abc import Sequence

from sheets.board import formulas
from sheets.board.cards import draw
from sheets.board.formulas import Dialect
from sheets.board.lists import NOW_COLUMN, NOW_ROW, add_columns, add_months
from sheets.board.page import DARK, GREY, WIDE, Page
from sheets.dashboard import MONTHS, Counter, Dashboard, Point, Row, month
from sheets.table import Column

MARGIN, WIDTHS = 2.5, (18.0, 10.5, 10.5, 10.5, 2.5)
"""Characters: before the first card, and the columns of a card with the gap behind it."""
ROW_HEIGHT, HEIGHTS = 16.5, {2: 30.0, 5: 36.0}
"""Points."""
FIRST_BAND = 7


def drawn(
    board: Dashboard, register: str, columns: Sequence[Column], rows: Sequence[Row], dialect: Dialect, own: str
) -> Page:
    """The dashboard over the sheet called `register`, whose headings stand in row 1; its figures are those of `rows`.

    `own` is the dashboard's own sheet as a reference begins with it, or empty.
    """
    behind = _left(max(len(band) for band in board.bands))
    page = Page(
        dialect=dialect,
        own=own,
        rows=Counter(rows),
        points={
            Point.NOW: board.as_of,
            Point.MONTH: month(board.as_of, 0),
            Point.WINDOW: month(board.as_of, MONTHS - 1),
        },
        behind=behind,
        free=behind + 1,
    )
    add_columns(page, board, register, columns)
    add_months(page, board)
    _head(page, board)
    page.bottom = _bands(page, board)
    return page


def width(column: int) -> float:
    """How wide a column left of the lists is, in characters."""
    return WIDTHS[(column - 2) % len(WIDTHS)] if column > 1 else MARGIN


def height(row: int) -> float:
    """How high a row is, in points."""
    return HEIGHTS.get(row, ROW_HEIGHT)


def _left(index: int) -> int:
    """The first column of a card, counted from 0."""
    return 2 + index * (WIDE + 1)


def _head(page: Page, board: Dashboard) -> None:
    """The title, the present time, the single figures."""
    page.text(2, 2, board.title, size=18, bold=True, color=DARK)
    form = f'"{board.as_of_title} "yyyy-mm-dd hh:mm'
    page.formula(NOW_ROW, NOW_COLUMN, "=NOW()", board.as_of, form, size=9, color=GREY, align="left")
    page.pairs.append((NOW_ROW, NOW_COLUMN))
    for index, tile in enumerate(board.tiles):
        column = _left(index // 2) + index % 2 * 2
        page.tile(column, tile.title, "=" + formulas.tally(tile.tally), page.count(tile), tile.fill)


def _bands(page: Page, board: Dashboard) -> int:
    """The cards, in bands below each other; give the last row."""
    top = FIRST_BAND
    for band in board.bands:
        bottoms = []
        for index, cards in enumerate(band):
            row = top
            for card in cards:
                row = draw(page, card, _left(index), row) + 2
            bottoms.append(row)
        top = max(bottoms)
    return top - 2
