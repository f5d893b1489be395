"""The dashboard sheet of a new register: its page copied into a workbook, with native charts.

What every formula shows at the moment is collected too, for the writer of workbooks leaves it out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.workbook import Workbook
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.worksheet import Worksheet

from sheets.board import formulas
from sheets.board.formulas import NOW, Dialect
from sheets.board.layout import drawn, height, width
from sheets.board.page import DARK, Page, Spot
from sheets.dashboard import Dashboard, Row
from sheets.excel.create.charts import add_chart
from sheets.excel.ranges import LAST_ROW
from sheets.letters import letters
from sheets.table import Cell, Column

FONT = "Microsoft YaHei"
EVERYWHERE = f"$1:${LAST_ROW}"
"""All of a sheet. Named by rows: named by columns it would begin at B once somebody put a column before A."""
SINGLE_FIGURES = (4, 5)
"""The rows whose cells stand in the middle, a little from the edge."""


def add_dashboard(
    workbook: Workbook, board: Dashboard, register: str, columns: Sequence[Column], rows: Sequence[Row]
) -> Mapping[str, Cell]:
    """Add the sheet over the register on the sheet called `register`; give what its formulas show for `rows`."""
    sheet = workbook.create_sheet(board.name)
    page = drawn(board, register, columns, rows, EXCEL, formulas.sheet_reference(sheet.title))
    for (row, column), spot in page.spots.items():
        _copy(sheet, row, column, spot)
    for row, column in page.pairs:
        sheet.merge_cells(start_row=row, end_row=row, start_column=column, end_column=column + 1)
    for name, meaning in page.names.items():
        sheet.defined_names[name] = DefinedName(name, attr_text=meaning)
    for chart in page.charts:
        add_chart(sheet, chart, page.own)
    _fold(sheet, page.behind + 1, page.free - 1)
    _shape(sheet, page)
    return {f"{letters(column)}{row}": spot.shown for (row, column), spot in page.spots.items() if spot.formula}


def _last_row(place: str, register: str) -> str:
    """The last row with a moment in the column at `place`."""
    column = f"INDEX({register}{EVERYWHERE},0,{place})"
    return f"=MAX(2,IFERROR(MATCH(9.9E+307,{column}),2))+0*{NOW}"


def _column(place: str, last: str, register: str) -> str:
    """What a column's name stands for."""
    whole = f"{register}{EVERYWHERE}"
    return f"INDEX({whole},1,{place}):INDEX({whole},{last},{place})"


EXCEL = Dialect(column=_column, last_row=_last_row, total="SUM")
"""Columns have names in formulas. Array formulas are entered as with Ctrl+Shift+Enter, for old programs."""


def _copy(sheet: Worksheet, row: int, column: int, spot: Spot) -> None:
    cell = sheet.cell(row=row, column=column)
    if spot.text:
        cell.value, cell.data_type = spot.text, "s"
    elif spot.formula:
        cell.value = ArrayFormula(cell.coordinate, spot.formula) if spot.array else spot.formula
        cell.number_format = spot.form or "General"
    cell.font = Font(name=FONT, size=spot.size, bold=spot.bold, italic=spot.italic, color=spot.color)
    if spot.fill:
        cell.fill = PatternFill("solid", fgColor=spot.fill)
    if spot.align:
        middle = row in SINGLE_FIGURES
        cell.alignment = Alignment(horizontal=spot.align, vertical="center" if middle else None, indent=int(middle))
    if spot.below or spot.before:
        cell.border = Border(
            bottom=Side(*spot.below) if spot.below else None, left=Side(*spot.before) if spot.before else None
        )


def _fold(sheet: Worksheet, first: int, last: int) -> None:
    """Fold the lists away, with a sign to unfold them."""
    sheet.column_dimensions.group(letters(first), letters(last), hidden=True)


def _shape(sheet: Worksheet, page: Page) -> None:
    """Widths, heights, one printed page."""
    for column in range(1, page.behind):
        sheet.column_dimensions[letters(column)].width = width(column)
    for row in range(1, page.bottom + 1):
        sheet.row_dimensions[row].height = height(row)
    sheet.sheet_view.showGridLines = False
    sheet.sheet_properties.tabColor = DARK
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "portrait", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth = sheet.page_setup.fitToHeight = 1
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_area = f"A1:{letters(page.behind - 1)}{page.bottom}"
    for edge in ("left", "right", "top", "bottom"):
        setattr(sheet.page_margins, edge, 0.4)
