"""The dashboard sheet of a new register: single figures, tables and native charts, all formulas over its columns.

What every formula shows at the moment is collected too, for the writer of workbooks leaves it out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from sheets.dashboard import MONTHS, Counter, Dashboard, Point, Row, month
from sheets.excel.create import formulas
from sheets.excel.create.cards import draw
from sheets.excel.create.lists import NOW_AT, add_columns, add_months
from sheets.excel.create.page import DARK, GREY, WIDE, Page
from sheets.table import Cell, Column

MARGIN, WIDTHS = 2.5, (18.0, 10.5, 10.5, 10.5, 2.5)
"""Characters: before the first card, and the columns of a card with the gap behind it."""
ROW_HEIGHT, HEIGHTS = 16.5, {2: 30.0, 5: 36.0}
FIRST_BAND = 7


def add_dashboard(
    workbook: Workbook, board: Dashboard, register: str, columns: Sequence[Column], rows: Sequence[Row]
) -> Mapping[str, Cell]:
    """Add the sheet over the register on the sheet called `register`; give what its formulas show for `rows`."""
    sheet = workbook.create_sheet(board.name)
    behind = _left(max(len(band) for band in board.bands))
    page = Page(
        sheet=sheet,
        own=formulas.sheet_reference(sheet.title),
        rows=Counter(rows),
        points={
            Point.NOW: board.as_of,
            Point.MONTH: month(board.as_of, 0),
            Point.WINDOW: month(board.as_of, MONTHS - 1),
        },
        free=behind + 1,
    )
    add_columns(page, board, register, columns)
    add_months(page, board)
    _head(page, board)
    bottom = _bands(page, board)
    _fold(sheet, behind + 1, page.free - 1)
    _shape(sheet, behind, bottom)
    return page.shown


def _left(index: int) -> int:
    """The first column of a card, counted from 0."""
    return 2 + index * (WIDE + 1)


def _head(page: Page, board: Dashboard) -> None:
    """The title, the present time, the single figures."""
    page.text(2, 2, board.title, size=18, bold=True, color=DARK)
    now, form = page.sheet[NOW_AT.replace("$", "")], f'"{board.as_of_title} "yyyy-mm-dd hh:mm'
    page.formula(now.row, now.column, "=NOW()", board.as_of, form, size=9, color=GREY)
    page.sheet.merge_cells(start_row=now.row, end_row=now.row, start_column=now.column, end_column=now.column + 1)
    now.alignment = Alignment(horizontal="left")
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


def _fold(sheet: Worksheet, first: int, last: int) -> None:
    """Fold the lists away, with a sign to unfold them."""
    sheet.column_dimensions.group(get_column_letter(first), get_column_letter(last), hidden=True)


def _shape(sheet: Worksheet, behind: int, bottom: int) -> None:
    """Widths, heights, one printed page."""
    sheet.column_dimensions["A"].width = MARGIN
    for column in range(2, behind):
        sheet.column_dimensions[get_column_letter(column)].width = WIDTHS[(column - 2) % len(WIDTHS)]
    for row in range(1, bottom + 1):
        sheet.row_dimensions[row].height = HEIGHTS.get(row, ROW_HEIGHT)
    sheet.sheet_view.showGridLines = False
    sheet.sheet_properties.tabColor = DARK
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "portrait", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth = sheet.page_setup.fitToHeight = 1
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_area = f"A1:{get_column_letter(behind - 1)}{bottom}"
    for edge in ("left", "right", "top", "bottom"):
        setattr(sheet.page_margins, edge, 0.4)
