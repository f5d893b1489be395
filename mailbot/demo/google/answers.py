"""What the local Google says of a spreadsheet: properties, and on request the cells of ranges, through a field mask.

Proto3 leaves out what is zero, false or empty; so do the answers here. Row metadata rests on documentation.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from mailbot.demo.google.book import Book
from mailbot.demo.google.masks import Tree, chosen
from mailbot.demo.google.ranges import Area
from mailbot.demo.google.tab import Cell, Tab
from mailbot.demo.google.typed import effective, shown

Answer = dict[str, Any]


def spreadsheet(book: Book, mask: Tree | None, ranges: Sequence[str], grid_data: bool) -> Answer:
    """A whole answer. Without a mask the cells are given only with `grid_data`."""
    asked = mask.get("sheets", {}) if mask else {}
    with_data = "data" in asked if mask else grid_data
    places = [book.found(address) for address in ranges]
    tabs = [tab for tab in book.tabs if not places or any(tab is named for named, _ in places)]
    answer: Answer = {
        "spreadsheetId": book.id,
        "properties": book.properties(),
        "sheets": [_sheet(tab, places, asked.get("data", {}) if with_data else None) for tab in tabs],
        "namedRanges": [_name(name) for name in book.names],
        "spreadsheetUrl": f"https://docs.google.com/spreadsheets/d/{book.id}/edit",
    }
    if not answer["namedRanges"]:
        del answer["namedRanges"]
    if mask is None or not mask:
        return answer
    return _unpadded(chosen(mask, answer), mask)


def _unpadded(answer: Answer, mask: Tree) -> Answer:
    """Tabs of which nothing was asked are left out, but those asked with their cells."""
    if "sheets" in answer and not any(answer["sheets"]):
        answer = {**answer, "sheets": [{} for _ in answer["sheets"]]}
    return answer


def _name(name: Answer) -> Answer:
    return {**name, "range": {key: value for key, value in name["range"].items() if key != "sheetId" or value}}


def _sheet(tab: Tab, places: Sequence[tuple[Tab, Area]], data: Tree | None) -> Answer:
    answer: Answer = {"properties": sheet_properties(tab)}
    if data is not None:
        areas = [area for named, area in places if named is tab] or [tab.whole()]
        answer["data"] = [_data(tab, area, data) for area in areas]
    if tab.merges:
        answer["merges"] = [grid_range(tab, area) for area in tab.merges]
    if tab.filter:
        answer["basicFilter"] = tab.filter
    if tab.protected:
        answer["protectedRanges"] = tab.protected
    if tab.colours:
        answer["conditionalFormats"] = tab.colours
    if tab.charts:
        answer["charts"] = tab.charts
    if tab.views:
        answer["filterViews"] = tab.views
    for dimension, key in (("ROWS", "rowGroups"), ("COLUMNS", "columnGroups")):
        if tab.groups.get(dimension):
            answer[key] = tab.groups[dimension]
    return answer


def sheet_properties(tab: Tab) -> Answer:
    """A tab's properties with the size of its grid."""
    grid = {"rowCount": tab.row_count, "columnCount": tab.column_count, **tab.grid}
    order = ("sheetId", "title", "index", "sheetType")
    first = {key: tab.properties[key] for key in order if key in tab.properties}
    return {**first, "gridProperties": grid, **{k: v for k, v in tab.properties.items() if k not in order}}


def grid_range(tab: Tab, area: Area) -> Answer:
    """An area as a GridRange; sheet 0 is left out."""
    bounds = {
        "startRowIndex": area.top,
        "endRowIndex": area.bottom,
        "startColumnIndex": area.left,
        "endColumnIndex": area.right,
    }
    return ({"sheetId": tab.id} if tab.id else {}) | bounds


def _data(tab: Tab, area: Area, asked: Tree) -> Answer:
    answer: Answer = {}
    if area.top:
        answer["startRow"] = area.top
    if area.left:
        answer["startColumn"] = area.left
    if (not asked or "rowData" in asked) and (rows := _rows(tab, area, asked.get("rowData", {}).get("values", {}))):
        answer["rowData"] = rows
    if not asked or "rowMetadata" in asked:
        answer["rowMetadata"] = [
            {"pixelSize": 21, **(tab.rows[row].properties if row < len(tab.rows) else {})}
            for row in range(area.top, area.bottom)
        ]
    if not asked or "columnMetadata" in asked:
        answer["columnMetadata"] = [
            {"pixelSize": 100, **tab.columns.get(column, {})} for column in range(area.left, area.right)
        ]
    return answer


def _rows(tab: Tab, area: Area, asked: Tree) -> list[Answer]:
    """Row by row; blank cells at the end and blank rows at the end are cut."""
    rows: list[Answer] = []
    for index in range(area.top, min(area.bottom, len(tab.rows))):
        cells = tab.rows[index].cells
        end = max((column + 1 for column in cells if area.left <= column < area.right), default=area.left)
        values = [_cell(cells[c], asked) if c in cells else {} for c in range(area.left, end)]
        while values and not values[-1]:
            values.pop()
        rows.append({"values": values} if values else {})
    while rows and not rows[-1]:
        rows.pop()
    return rows


def _formatted(cell: Cell) -> Any:
    entered = cell.get("userEnteredValue")
    return shown(entered, cell.get("userEnteredFormat", {}).get("numberFormat", {})) if entered else None


_PARTS: dict[str, Callable[[Cell], Any]] = {
    "userEnteredValue": lambda cell: cell.get("userEnteredValue"),
    "effectiveValue": lambda cell: effective(cell["userEnteredValue"]) if cell.get("userEnteredValue") else None,
    "formattedValue": _formatted,
    "userEnteredFormat": lambda cell: cell.get("userEnteredFormat"),
    "effectiveFormat": lambda cell: cell.get("userEnteredFormat"),
    "note": lambda cell: cell.get("note"),
    "dataValidation": lambda cell: cell.get("dataValidation"),
}


def _cell(cell: Cell, asked: Tree) -> Answer:
    parts = asked if asked and "*" not in asked else _PARTS
    found = {part: _PARTS[part](cell) for part in parts if part in _PARTS}
    return {part: chosen(asked.get(part, {}), value) for part, value in found.items() if value}
