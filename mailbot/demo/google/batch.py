"""`spreadsheets.batchUpdate`: all requests or none, in order, on cells, rows and columns.

What concerns tabs, names and rules is in `batchrules`, charts and views are in `charts`. Covered by recordings: all of
this but appendDimension, moveDimension and pasting of values only.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from mailbot.demo.google import batchrules, charts
from mailbot.demo.google.book import Book
from mailbot.demo.google.masks import apply, parsed
from mailbot.demo.google.ranges import Area, BadAddress, bounded
from mailbot.demo.google.tab import Tab
from mailbot.demo.google.typed import effective

Request = dict[str, Any]


class NotImplementedHere(Exception):
    """The local Google does not know this request; nothing is pretended."""


class BadRequest(Exception):
    """The request cannot be carried out."""


def batch_update(book: Book, requests: list[Request], *, skip_hidden: bool = False) -> tuple[Book, list[Request]]:
    """The book after all requests, and their replies; `book` itself is left as it is. Raises BadRequest."""
    new = book.fork()
    new.skip_hidden = skip_hidden
    replies = []
    for index, request in enumerate(requests):
        ((kind, body),) = request.items()
        carry_out = REQUESTS.get(kind) or batchrules.REQUESTS.get(kind) or charts.REQUESTS.get(kind)
        if carry_out is None:
            raise NotImplementedHere(kind)
        try:
            reply = carry_out(new, body)
        except (BadAddress, batchrules.Impossible) as error:
            raise BadRequest(f"Invalid requests[{index}].{kind}: {error}") from error
        replies.append(reply or {})
    new.version += 1
    return new, replies


def _area(book: Book, grid_range: Request) -> tuple[Tab, Area]:
    tab = book.tab(grid_range.get("sheetId"))
    area = bounded(grid_range, tab.row_count, tab.column_count)
    if grid_range.get("endRowIndex", 0) > tab.row_count or grid_range.get("endColumnIndex", 0) > tab.column_count:
        raise BadAddress(
            f"Range ({tab.title}) exceeds grid limits. Max rows: {tab.row_count}, max columns: {tab.column_count}"
        )
    return tab, area


def _update_cells(book: Book, body: Request) -> None:
    mask = parsed(body["fields"])
    if "start" in body:
        start = body["start"]
        tab = book.tab(start.get("sheetId"))
        top, left = start.get("rowIndex", 0), start.get("columnIndex", 0)
        if top + len(body.get("rows", [])) > tab.row_count:
            raise BadAddress(f"Attempting to write row: {top + len(body['rows']) - 1}, beyond the last row")
    else:
        tab, area = _area(book, body["range"])
        top, left = area.top, area.left
        given = {
            (top + r, left + c) for r, row in enumerate(body.get("rows", [])) for c in range(len(row.get("values", [])))
        }
        for place in set(tab.used(area)) - given:
            _change(tab, *place, mask, {})
    for row, line in enumerate(body.get("rows", []), start=top):
        for column, cell in enumerate(line.get("values", []), start=left):
            _change(tab, row, column, mask, cell)


def _change(tab: Tab, row: int, column: int, mask: dict[str, Any], cell: Request) -> None:
    there = tab.place(row, column)
    if (form := cell.get("userEnteredFormat")) is not None:
        cell = {**cell, "userEnteredFormat": _with_styles(form)}
    apply(_widened(mask), there, copy.deepcopy(cell))
    tab.put(row, column, there)


def _with_styles(form: Request) -> Request:
    """Colours come back twice: as given and as a style."""
    form = copy.deepcopy(form)
    for holder in (form, form.get("textFormat", {})):
        for key in ("backgroundColor", "foregroundColor"):
            if key in holder:
                holder[key + "Style"] = {"rgbColor": holder[key]}
    return form


def _widened(mask: dict[str, Any]) -> dict[str, Any]:
    wide = {key: _widened(branch) for key, branch in mask.items()}
    return wide | {key + "Style": {} for key in ("backgroundColor", "foregroundColor") if key in mask}


def _repeat_cell(book: Book, body: Request) -> None:
    tab, area = _area(book, body["range"])
    mask = parsed(body["fields"])
    for place in area.cells():
        _change(tab, *place, mask, body.get("cell", {}))


def _insert_dimension(book: Book, body: Request) -> None:
    where = body["range"]
    tab, start = book.tab(where.get("sheetId")), where.get("startIndex", 0)
    count = where["endIndex"] - start
    limit = tab.row_count if where["dimension"] == "ROWS" else tab.column_count
    if start > limit or (start == limit and not body.get("inheritFromBefore")):
        raise BadAddress(f"range.startIndex[{start}] must be before the end of the grid [{limit}]")
    if where["dimension"] == "ROWS":
        like = start - 1 if body.get("inheritFromBefore") else start
        tab.insert_rows(start, count, like)
    else:
        tab.insert_columns(start, count)
    batchrules.shift(book, tab, where["dimension"], start, count)


def _append_dimension(book: Book, body: Request) -> None:
    tab = book.tab(body.get("sheetId"))
    if body["dimension"] == "ROWS":
        tab.row_count += body["length"]
    else:
        tab.column_count += body["length"]


def _delete_dimension(book: Book, body: Request) -> None:
    where = body["range"]
    tab, start = book.tab(where.get("sheetId")), where.get("startIndex", 0)
    end = where.get("endIndex", tab.row_count if where["dimension"] == "ROWS" else tab.column_count)
    if where["dimension"] == "ROWS":
        tab.delete_rows(start, end)
    else:
        tab.delete_columns(start, end)
    batchrules.shift(book, tab, where["dimension"], start, start - end)


def _move_dimension(book: Book, body: Request) -> None:
    source, to = body["source"], body["destinationIndex"]
    tab = book.tab(source.get("sheetId"))
    start, end = source.get("startIndex", 0), source["endIndex"]
    if source["dimension"] == "COLUMNS":
        for _ in range(end - start):
            tab.move_column(start, to)
            start, to = (start, to) if to > start else (start + 1, to + 1)
        return
    tab.row(max(end, to))
    moved = tab.rows[start:end]
    del tab.rows[start:end]
    to -= end - start if to > start else 0
    tab.rows[to:to] = moved


def _sort_range(book: Book, body: Request) -> None:
    tab, area = _area(book, body["range"])
    specs = [(s.get("dimensionIndex", 0), s.get("sortOrder") == "DESCENDING") for s in body["sortSpecs"]]
    tab.sort_rows(area, specs)
    batchrules.refilter(tab)


def _copy_paste(book: Book, body: Request) -> None:
    """Copy cells, repeating them where the target is a multiple of the source.

    Whether rows hidden by a filter are copied is not documented; with `book.skip_hidden` they are left out.
    """
    tab, source = _area(book, body["source"])
    target, area = _area(book, body["destination"])
    kind = body.get("pasteType", "PASTE_NORMAL")
    height, width = source.bottom - source.top, source.right - source.left
    high, wide = max(area.bottom - area.top, height), max(area.right - area.left, width)
    rows = range(source.top, source.bottom)
    shown = [
        r for r in rows if not (book.skip_hidden and r < len(tab.rows) and tab.rows[r].properties.get("hiddenByFilter"))
    ]
    cells = {(r, c): copy.deepcopy(tab.cell(r, c)) for r in shown for c in range(source.left, source.right)}
    for down in range(high // height * height):
        for right in range(wide // width * width):
            place = source.top + down % height, source.left + right % width
            if place in cells:
                _paste(target, area.top + down, area.left + right, cells[place], kind)


def _paste(tab: Tab, row: int, column: int, cell: Request, kind: str) -> None:
    if kind == "PASTE_VALUES":
        entered = cell.get("userEnteredValue")
        tab.enter(row, column, effective(entered) if entered else {})
    elif kind == "PASTE_NORMAL":
        tab.put(row, column, copy.deepcopy(cell))
    else:
        raise NotImplementedHere(kind)


def _cut_paste(book: Book, body: Request) -> None:
    tab, source = _area(book, body["source"])
    to = body["destination"]
    target = book.tab(to.get("sheetId"))
    cells = {(r - source.top, c - source.left): tab.cell(r, c) for r, c in source.cells()}
    for place in source.cells():
        tab.put(*place, {})
    for (down, right), cell in cells.items():
        target.put(to.get("rowIndex", 0) + down, to.get("columnIndex", 0) + right, cell)


def _merge(book: Book, body: Request) -> None:
    tab, area = _area(book, body["range"])
    kind = body.get("mergeType", "MERGE_ALL")
    _unmerge(book, body)
    if kind == "MERGE_ALL":
        tab.merges.append(area)
    elif kind == "MERGE_ROWS":
        tab.merges += [
            Area(top=r, bottom=r + 1, left=area.left, right=area.right) for r in range(area.top, area.bottom)
        ]
    else:
        tab.merges += [
            Area(top=area.top, bottom=area.bottom, left=c, right=c + 1) for c in range(area.left, area.right)
        ]
    for merged in tab.merges:
        for place in merged.cells()[1:]:
            tab.enter(*place, {})


def _unmerge(book: Book, body: Request) -> None:
    tab, area = _area(book, body["range"])
    tab.merges = [
        m
        for m in tab.merges
        if m.bottom <= area.top or m.top >= area.bottom or m.right <= area.left or m.left >= area.right
    ]


def _nothing(book: Book, body: Request) -> None:
    """Only the looks, which nobody can see here."""


REQUESTS: dict[str, Callable[[Book, Request], Request | None]] = {
    "updateCells": _update_cells,
    "repeatCell": _repeat_cell,
    "insertDimension": _insert_dimension,
    "appendDimension": _append_dimension,
    "deleteDimension": _delete_dimension,
    "moveDimension": _move_dimension,
    "sortRange": _sort_range,
    "copyPaste": _copy_paste,
    "cutPaste": _cut_paste,
    "mergeCells": _merge,
    "unmergeCells": _unmerge,
    "autoResizeDimensions": _nothing,
}
