"""The `values` half of the Sheets service: get, update, append, clear, and their batch forms."""

from __future__ import annotations

from typing import Any

from mailbot.demo.google.book import Book
from mailbot.demo.google.ranges import Area, written
from mailbot.demo.google.tab import Tab
from mailbot.demo.google.typed import plain, raw, shown, typed

Answer = dict[str, Any]


class BadValue(Exception):
    """The values given are no list of lists."""


def get(book: Book, address: str, options: dict[str, str]) -> Answer:
    """The values of a range; trailing blanks are cut."""
    tab, area = book.found(address)
    columns = options.get("majorDimension") == "COLUMNS"
    lines = _lines(tab, area, options, columns=columns)
    answer: Answer = {"range": written(tab.title, area), "majorDimension": "COLUMNS" if columns else "ROWS"}
    if any(lines):
        answer["values"] = lines
    return answer


def _lines(tab: Tab, area: Area, options: dict[str, str], *, columns: bool) -> list[list[Any]]:
    bottom = min(area.bottom, max(len(tab.rows), area.top))
    rows = [[_rendered(tab, r, c, options) for c in range(area.left, area.right)] for r in range(area.top, bottom)]
    lines = [list(line) for line in zip(*rows, strict=True)] if columns else rows
    for line in lines:
        while line and line[-1] == "":
            line.pop()
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _rendered(tab: Tab, row: int, column: int, options: dict[str, str]) -> Any:
    cell = tab.cell(row, column)
    entered = cell.get("userEnteredValue")
    if not entered:
        return ""
    form = cell.get("userEnteredFormat", {}).get("numberFormat", {})
    option = options.get("valueRenderOption", "FORMATTED_VALUE")
    if option == "FORMATTED_VALUE":
        return shown(entered, form)
    if option == "FORMULA" and "formulaValue" in entered:
        return entered["formulaValue"]
    if options.get("dateTimeRenderOption") == "FORMATTED_STRING" and form.get("type", "").startswith("DATE"):
        return shown(entered, form)
    return plain(entered)


def update(book: Book, address: str, values: Any, options: dict[str, str]) -> Answer:
    """Put values at a range's top left corner; null leaves a cell as it is."""
    tab, area = book.found(address)
    rows = _rows(values, options)
    touched = _enter(tab, area.top, area.left, rows, user=options.get("valueInputOption") == "USER_ENTERED")
    return {"spreadsheetId": book.id, **_count(tab, area.top, area.left, rows, touched)}


def _rows(values: Any, options: dict[str, str]) -> list[list[Any]]:
    if not isinstance(values, list) or not all(isinstance(row, list) for row in values):
        raise BadValue(f"Invalid value at 'data.values' (type.googleapis.com/google.protobuf.ListValue), \"{values}\"")
    if options.get("majorDimension") != "COLUMNS":
        return values
    height = max((len(column) for column in values), default=0)
    return [[column[i] if i < len(column) else None for column in values] for i in range(height)]


def _enter(tab: Tab, top: int, left: int, rows: list[list[Any]], *, user: bool) -> set[tuple[int, int]]:
    touched = set()
    for row, line in enumerate(rows, start=top):
        for column, value in enumerate(line, start=left):
            if value is None:
                continue
            touched.add((row, column))
            kind = tab.cell(row, column).get("userEnteredFormat", {}).get("numberFormat", {}).get("type", "")
            entered, form = typed(value, kind) if user else (raw(value), None)
            tab.enter(row, column, entered, form)
    tab.row_count = max(tab.row_count, top + len(rows))
    return touched


def _count(tab: Tab, top: int, left: int, rows: list[list[Any]], touched: set[tuple[int, int]]) -> Answer:
    width = max((len(row) for row in rows), default=1)
    area = Area(top=top, bottom=top + max(len(rows), 1), left=left, right=left + max(width, 1))
    counts = {
        "updatedRows": len({row for row, _ in touched}),
        "updatedColumns": len({column for _, column in touched}),
        "updatedCells": len(touched),
    }
    return {"updatedRange": written(tab.title, area), **{key: count for key, count in counts.items() if count}}


def append(book: Book, address: str, values: Any, options: dict[str, str]) -> Answer:
    """Put rows below the table found at a range; where that table ends is what recordings show, no more."""
    tab, area = book.found(address)
    rows = _rows(values, options)
    table = _table(tab, area)
    top, left = (table.bottom, table.left) if table else (area.top, area.left)
    touched = _enter(tab, top, left, rows, user=options.get("valueInputOption") == "USER_ENTERED")
    updates = {"spreadsheetId": book.id, **_count(tab, top, left, rows, touched)}
    found = {"tableRange": written(tab.title, table)} if table else {}
    return {"spreadsheetId": book.id, **found, "updates": updates}


def _table(tab: Tab, area: Area) -> Area | None:
    """The block of filled cells, without a blank row or column inside, that holds the range's last filled cell."""
    filled = set(tab.filled())
    inside = [p for p in filled if area.top <= p[0] < area.bottom and area.left <= p[1] < area.right]
    if not inside:
        return None
    start = max(inside) if area == tab.whole() else min(inside)
    block, edge = {start}, [start]
    while edge:
        row, column = edge.pop()
        near = {(r, c) for r in (row - 1, row, row + 1) for c in (column - 1, column, column + 1)} & filled - block
        block |= near
        edge += near
    rows, columns = [r for r, _ in block], [c for _, c in block]
    return Area(top=min(rows), bottom=max(rows) + 1, left=min(columns), right=max(columns) + 1)


def clear(book: Book, address: str) -> str:
    """Empty a range's values; give its address."""
    tab, area = book.found(address)
    for row in range(area.top, min(area.bottom, len(tab.rows))):
        for column in [c for c in tab.rows[row].cells if area.left <= c < area.right]:
            tab.enter(row, column, {})
    return written(tab.title, area)


def batch_get(book: Book, addresses: list[str], options: dict[str, str]) -> Answer:
    return {"spreadsheetId": book.id, "valueRanges": [get(book, address, options) for address in addresses]}


def batch_update(book: Book, body: Answer) -> Answer:
    """Several updates as one request."""
    options = {"valueInputOption": body.get("valueInputOption", "RAW")}
    done, tabs, columns = [], set(), set()
    for part in body.get("data", []):
        tab, area = book.found(part["range"])
        more = {"majorDimension": part["majorDimension"]} if part.get("majorDimension") else {}
        done.append(update(book, part["range"], part["values"], options | more))
        tabs.add(tab.id)
        columns |= {area.left + n for n in range(done[-1].get("updatedColumns", 0))}
    return {
        "spreadsheetId": book.id,
        "totalUpdatedRows": sum(part.get("updatedRows", 0) for part in done),
        "totalUpdatedColumns": len(columns),
        "totalUpdatedCells": sum(part.get("updatedCells", 0) for part in done),
        "totalUpdatedSheets": len(tabs),
        "responses": done,
    }


def batch_clear(book: Book, body: Answer) -> Answer:
    return {"spreadsheetId": book.id, "clearedRanges": [clear(book, address) for address in body.get("ranges", [])]}
