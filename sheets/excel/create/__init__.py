"""A new register workbook: this package alone knows openpyxl, and only ever makes a file that does not exist yet.

It makes the empty register (headings, table, filter, widths, choices, colours) and its dashboard; rows go in by the
same editor as later.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path

from openpyxl import Workbook
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from sheets.dashboard import Dashboard
from sheets.excel.asked import ASKED_FILL, asked_formula
from sheets.excel.create.dashboard import add_dashboard
from sheets.excel.create.figures import with_figures
from sheets.excel.editing import edited
from sheets.excel.parts import Book
from sheets.excel.ranges import LAST_ROW
from sheets.excel.reading import read_workbook
from sheets.excel.verification import verified
from sheets.table import AppendRow, Cell, Column, Highlight, Kind, Owner

FONT = "Microsoft YaHei"
HEADER_FILL, HEADER_FILLS = "1F3864", {Owner.BOT: "6B7280", Owner.SHARED: "1F3864", Owner.STAFF: "2E75B6"}
BOT_FILL = "F2F4F7"
LINE = "D6DCE5"
ROW_HEIGHT, HEADER_HEIGHT = 51.0, 36.0

_FORMATS = {Kind.DATE: "yyyy-mm-dd", Kind.DATETIME: "yyyy-mm-dd hh:mm"}
_CHOICES_LIMIT = 255
_LISTS = "Lists"


def create(
    path: Path,
    columns: Sequence[Column],
    title: str,
    *,
    rows: Sequence[Mapping[str, Cell]] = (),
    dashboard: Dashboard | None = None,
    log: tuple[str, Sequence[Column]] | None = None,
) -> None:
    """Make a register at `path` on a sheet called `title`; `log` is one more empty table, its title and columns.

    Raises FileExistsError when there is a file already.
    """
    data = empty_workbook(columns, title, rows, dashboard, log)
    if rows:
        data = _with_rows(data, columns, rows)
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def empty_workbook(
    columns: Sequence[Column],
    title: str,
    rows: Sequence[Mapping[str, Cell]] = (),
    dashboard: Dashboard | None = None,
    log: tuple[str, Sequence[Column]] | None = None,
) -> bytes:
    """The bytes of a register without rows; its dashboard shows the figures of those that will be in it."""
    workbook = Workbook()
    workbook.properties.title, workbook.properties.creator = title, ""
    sheet = workbook.active
    sheet.title = _sheet_name(title)
    _table(sheet, columns, "Register")
    shown = add_dashboard(workbook, dashboard, sheet.title, columns, rows) if dashboard else {}
    if log is not None:
        _table(workbook.create_sheet(_sheet_name(log[0])), log[1], "Changes")
    out = BytesIO()
    workbook.save(out)
    return with_figures(out.getvalue(), dashboard.name, shown) if dashboard else out.getvalue()


def _table(sheet: Worksheet, columns: Sequence[Column], name: str) -> None:
    """Headings, an empty first row, lists, colours, as a table called `name`."""
    for index, column in enumerate(columns, start=1):
        _head(sheet, index, column)
        _first_row(sheet, index, column)
        _choices(sheet, index, column)
    for index, column in enumerate(columns, start=1):
        for highlight in column.highlights:
            _colour(sheet, index, highlight, len(columns))
        if column.asks:
            _colour_asked(sheet, index, len(columns))
    _view(sheet, columns)
    table = Table(displayName=name, ref=f"A1:{get_column_letter(len(columns))}2")
    table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=False)
    sheet.add_table(table)


def _with_rows(data: bytes, columns: Sequence[Column], rows: Sequence[Mapping[str, Cell]]) -> bytes:
    identity = next(column.key for column in columns if column.identity)
    book, reading = Book(data), read_workbook(data, columns)
    edit = edited(book, reading, [AppendRow(identity=str(row.get(identity) or ""), cells=row) for row in rows])
    if edit.refused:
        raise edit.refused[0][1]
    assert edit.data is not None  # noqa: S101 - there are rows and none was refused
    verified(book, reading, edit, columns)
    return edit.data


def _head(sheet: Worksheet, index: int, column: Column) -> None:
    cell = sheet.cell(row=1, column=index, value=column.title)
    cell.font = Font(name=FONT, size=10, bold=True, color="FFFFFF")
    cell.fill = PatternFill("solid", fgColor=HEADER_FILLS[column.owner])
    cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    cell.border = Border(right=Side("thin", color="8497B0"))


def _first_row(sheet: Worksheet, index: int, column: Column) -> None:
    """The blank first row and the column's own format: what every later row looks like."""
    dimension = sheet.column_dimensions[get_column_letter(index)]
    dimension.width, dimension.hidden = max(column.width, _longest_word(column.title) + 3), column.hidden
    for place in (sheet.cell(row=2, column=index), dimension):
        place.font = Font(name=FONT, size=10)
        place.alignment = _alignment(column)
        place.number_format = _FORMATS.get(column.kind, "General")
        place.protection = Protection(locked=column.owner is Owner.BOT)
    cell = sheet.cell(row=2, column=index)
    cell.border = Border(bottom=Side("thin", color=LINE), right=Side("thin", color=LINE))
    if column.owner is Owner.BOT:
        cell.fill = PatternFill("solid", fgColor=BOT_FILL)


def _longest_word(title: str) -> int:
    """Characters a heading needs side by side: Latin words break badly, Chinese ones anywhere."""
    return max((len(word) for word in title.split() if word.isascii()), default=0)


def _alignment(column: Column) -> Alignment:
    """Everything starts at the top, so that a row reads as one line however long its texts are."""
    horizontal = {Kind.TEXT: "left", Kind.NUMBER: "right"}.get(column.kind, "center")
    indent = 0 if horizontal == "center" else 1
    return Alignment(horizontal=horizontal, vertical="top", wrap_text=column.kind is not Kind.NUMBER, indent=indent)


def _choices(sheet: Worksheet, index: int, column: Column) -> None:
    """A list to choose from, over the column to the end of the sheet; it warns of other words and lets them pass."""
    if not column.choices:
        return
    rule = DataValidation(type="list", formula1=_list(sheet.parent, column.choices), allow_blank=True)
    rule.errorStyle, rule.showErrorMessage = "warning", True
    letter = get_column_letter(index)
    rule.add(f"{letter}2:{letter}{LAST_ROW}")
    sheet.add_data_validation(rule)


def _list(workbook: Workbook, choices: Sequence[str]) -> str:
    """The choices as a validation names them: in place, or on a hidden sheet when they are too long for that."""
    listed = ",".join(choices)
    if len(listed) <= _CHOICES_LIMIT and not any("," in choice or choice != choice.strip() for choice in choices):
        return '"' + listed.replace('"', '""') + '"'
    if _LISTS not in workbook.sheetnames:
        workbook.create_sheet(_LISTS).sheet_state = "hidden"
    lists = workbook[_LISTS]
    place = 1 if lists["A1"].value is None else lists.max_column + 1
    for row, choice in enumerate(choices, start=1):
        cell = lists.cell(row=row, column=place, value=choice)
        cell.data_type = "s"
    letter = get_column_letter(place)
    return f"{_LISTS}!${letter}$1:${letter}${len(choices)}"


def _colour(sheet: Worksheet, index: int, highlight: Highlight, width: int) -> None:
    """A colour for the row or cell that shows a text, down to the end of the sheet."""
    letter = get_column_letter(index)
    first, last = ("A", get_column_letter(width)) if highlight.row else (letter, letter)
    text = highlight.text.replace('"', '""')
    style = DifferentialStyle(fill=PatternFill(bgColor=highlight.fill, fill_type="solid"))
    rule = FormulaRule(formula=[f'${letter}2="{text}"'])
    rule.dxf = style
    sheet.conditional_formatting.add(f"{first}2:{last}{LAST_ROW}", rule)


def _colour_asked(sheet: Worksheet, index: int, width: int) -> None:
    """A colour for each empty cell whose heading the asking column names in quotation marks."""
    rule = FormulaRule(formula=[asked_formula(1, index)])
    rule.dxf = DifferentialStyle(fill=PatternFill(bgColor=ASKED_FILL, fill_type="solid"))
    sheet.conditional_formatting.add(f"A2:{get_column_letter(width)}{LAST_ROW}", rule)


def _view(sheet: Worksheet, columns: Sequence[Column]) -> None:
    identity = next(index for index, column in enumerate(columns, start=1) if column.identity)
    sheet.freeze_panes = sheet.cell(row=2, column=identity + 1)
    sheet.row_dimensions[1].height, sheet.row_dimensions[2].height = HEADER_HEIGHT, ROW_HEIGHT
    sheet.sheet_view.showGridLines = False
    sheet.sheet_view.zoomScale = 100
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A3
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"
    sheet.oddFooter.center.text = "&P / &N"


def _sheet_name(title: str) -> str:
    """A title as a sheet may be called: at most 31 characters, none of `\\/?*[]:`."""
    cleaned = "".join("-" if character in "\\/?*[]:" else character for character in title).strip("' ")
    return cleaned[:31] or "Register"
