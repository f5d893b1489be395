"""The dashboard tab of a new register: one batch of requests copies its page, cell by cell, with native charts.

It is made together with the headings, never later: from then on the tab is people's, and nobody here looks at it again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sheets.board.formulas import NOW, Dialect
from sheets.board.layout import drawn, height, width
from sheets.board.lists import NOW_COLUMN, NOW_ROW
from sheets.board.page import DARK, Page, Spot, absolute
from sheets.dashboard import Dashboard
from sheets.google.charts import add_chart
from sheets.google.looks import colour, high, look, wide
from sheets.google.tabs import Tab
from sheets.table import Column

DASHBOARD = 1_729_041_122
"""The id of the tab, in every spreadsheet; its title is people's to change."""
_LONGEST_TITLE = 100

Request = dict[str, Any]

_SAID = re.compile(r"""("(?:[^"]|"")*"|'(?:[^']|'')*')|([A-Za-z_]\w*)|,""")
"""A text or the name of a sheet, a word, a comma."""


def dashboard(board: Dashboard, register: str, columns: Sequence[Column], tabs: Sequence[Tab]) -> list[Request]:
    """The requests for the dashboard over the register's tab, whose headings stand in row 1; none when there is one.

    `register` is that tab's title. Where people have a tab of the dashboard's name, ours gets a number behind it.
    """
    if any(tab.id == DASHBOARD for tab in tabs):
        return []
    page = drawn(board, register, columns, (), GOOGLE, "")
    _exact_now(page)
    last = max(row for row, _ in page.spots)
    grid = {"rowCount": last + 1, "columnCount": page.free - 1, "hideGridlines": True}
    properties = {"sheetId": DASHBOARD, "title": _title(board.name, register, tabs), "gridProperties": grid}
    return [
        {"addSheet": {"properties": {**properties, "tabColorStyle": {"rgbColor": colour(DARK)}}}},
        _cells(page, last),
        *(_merged(row, column) for row, column in page.pairs),
        *_sizes(page),
        *_folded(page),
        *(add_chart(DASHBOARD, chart) for chart in page.charts),
    ]


def entered(formula: str, names: Mapping[str, str]) -> str:
    """A formula as every country's spreadsheets understand it: semicolons between arguments, names written out."""

    def said(found: re.Match[str]) -> str:
        quoted, word = found[1], found[2]
        return quoted or (entered(names[word], names) if word in names else word or ";")

    return _SAID.sub(said, formula)


def _column(place: str, last: str, register: str) -> str:
    """The column at a place, from the headings down; no column is named, so that none can be moved out of it."""
    return f"OFFSET({register}$1:$1,0,{place}-1,{last},1)"


def _last_row(place: str, register: str) -> str:
    """The last row there is, counted from the headings."""
    return f"=ROWS({register}$A:$C)-ROW({register}$1:$1)+1+0*{NOW}"


GOOGLE = Dialect(column=_column, last_row=_last_row, total="SUMPRODUCT")
"""Names stand for plain ranges only, so each is written out. References beyond the grid are avoided."""


def _exact_now(page: Page) -> None:
    """Let formulas count by a plain number: joined to a text, a moment may come as the words it is shown with."""
    now = absolute(NOW_COLUMN, NOW_ROW)
    page.formula(NOW_ROW, page.free, f"={now}", None, "0.000000")
    page.names[NOW] = absolute(page.free, NOW_ROW)
    page.free += 1


def _title(name: str, register: str, tabs: Sequence[Tab]) -> str:
    taken = {title.casefold() for title in (register, *(tab.title for tab in tabs))}
    name, number = name[:_LONGEST_TITLE], 2
    while (title := name if number == 2 else f"{name} {number - 1}").casefold() in taken:
        number += 1
    return title


def _cells(page: Page, last: int) -> Request:
    rows = [{"values": [_cell(page, row, column) for column in range(1, page.free)]} for row in range(1, last + 1)]
    start = {"sheetId": DASHBOARD, "rowIndex": 0, "columnIndex": 0}
    return {"updateCells": {"start": start, "rows": rows, "fields": "userEnteredValue,userEnteredFormat"}}


def _cell(page: Page, row: int, column: int) -> Request:
    spot = page.spots.get((row, column))
    if spot is None:
        return {}
    return {**_value(spot, page.names), "userEnteredFormat": look(spot)}


def _value(spot: Spot, names: Mapping[str, str]) -> Request:
    if spot.formula:
        return {"userEnteredValue": {"formulaValue": entered(spot.formula, names)}}
    return {"userEnteredValue": {"stringValue": spot.text}} if spot.text else {}


def _merged(row: int, column: int) -> Request:
    """A cell and the one at its right as one."""
    area = {
        "sheetId": DASHBOARD,
        "startRowIndex": row - 1,
        "endRowIndex": row,
        "startColumnIndex": column - 1,
        "endColumnIndex": column + 1,
    }
    return {"mergeCells": {"range": area, "mergeType": "MERGE_ALL"}}


def _sizes(page: Page) -> Iterator[Request]:
    sizes = [("COLUMNS", column, wide(width(column))) for column in range(1, page.behind)]
    sizes += [("ROWS", row, high(height(row))) for row in range(1, page.bottom + 1)]
    for dimension, index, pixels in sizes:
        where = {"sheetId": DASHBOARD, "dimension": dimension, "startIndex": index - 1, "endIndex": index}
        yield {
            "updateDimensionProperties": {"range": where, "properties": {"pixelSize": pixels}, "fields": "pixelSize"}
        }


def _folded(page: Page) -> Iterator[Request]:
    """The lists, folded away with a sign to unfold them."""
    where = {"sheetId": DASHBOARD, "dimension": "COLUMNS", "startIndex": page.behind, "endIndex": page.free - 1}
    yield {"addDimensionGroup": {"range": where}}
    group = {"range": where, "depth": 1, "collapsed": True}
    yield {"updateDimensionGroup": {"dimensionGroup": group, "fields": "collapsed"}}
