"""Building the one request that does a whole write and keeps its own record in the hidden tab; `journal` says why.

The hidden tab: its first cell notes how the columns are headed, the second row is a copy of the heading row, then come
two rows for each row touched, before and after, with a note in front of what was meant.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sheets.google.plan import Put, Target, Write
from sheets.google.reading import Reading
from sheets.google.tabs import Notebook
from sheets.google.values import mark

ROWS_AT_ONCE = 150
"""So many rows are changed by one batch; each takes two rows of the hidden tab."""
ROWS = 2 * ROWS_AT_ONCE + 2

Request = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A write ready to be sent, as often as needed: it can succeed once only.

    `stands`: the marks of cells, by row and column, that must stand there for it to be right.
    """

    body: Request
    notebook: Notebook
    seal_name: str
    stands: Mapping[int, Mapping[int, str]]


def batch_of(write: Write) -> Batch:
    """Build the one request that does all of `write`. The seal of its reading is used up by it."""
    reading, notebook = write.reading, write.reading.notebook
    name = notebook.seal + secrets.token_hex(6)
    assert reading.seal is not None  # noqa: S101 - the backend sets the spreadsheet up before
    requests: list[Request] = [
        {"deleteNamedRange": {"namedRangeId": reading.seal.id}},
        {"addNamedRange": {"namedRange": {"name": name, "range": _journal(notebook, 0, 1, 0, 1)}}},
        {"updateCells": {"range": {"sheetId": notebook.id}, "fields": "userEnteredValue"}},
        _noted(notebook, 0, {"headings": _heading_marks(write)}),
        _copied(reading, reading.header.row - 1, 1),
    ]
    for place, target in enumerate(write.targets):
        requests += _touched(reading, target, place)
    requests += _room(reading, len(write.new))
    for place, target in enumerate(write.new, start=len(write.targets)):
        requests += _touched(reading, target, place)
    rows = [f"{reading.tab.address}!{target.row + 1}:{target.row + 1}" for target in write.targets]
    body = {
        "requests": requests,
        "includeSpreadsheetInResponse": True,
        "responseIncludeGridData": True,
        "responseRanges": rows,
    }
    expected = {t.row: {c: put.expected for c, put in t.puts.items()} | dict(t.must) for t in write.targets}
    return Batch(body=body, notebook=notebook, seal_name=name, stands=expected)


def _heading_marks(write: Write) -> dict[int, str]:
    """How the columns concerned are headed, so that one that was moved in between is noticed."""
    headings = write.reading.at(write.reading.header.row - 1)
    columns = {column for target in (*write.targets, *write.new) for column in (*target.puts, *target.must)}
    return {column: mark(headings[column]) for column in sorted(columns)}


def _touched(reading: Reading, target: Target, number: int) -> list[Request]:
    """Note what is meant, keep the row, change it, keep it again."""
    note = {
        "meant": sorted(target.puts),
        "must": dict(target.must),
        "expected": {column: put.expected for column, put in target.puts.items()},
    }
    place = 2 + 2 * number
    before, after = _copied(reading, target.row, place), _copied(reading, target.row, place + 1)
    puts = [_put(reading.tab.id, target.row, column, put) for column, put in target.puts.items()]
    return [_noted(reading.notebook, place, note), before, *puts, after]


def _put(tab: int, row: int, column: int, put: Put) -> Request:
    data: Request = {"userEnteredValue": put.content} if put.content else {}
    fields = "userEnteredValue"
    if put.form is not None:
        data["userEnteredFormat"] = {"numberFormat": put.form}
        fields += ",userEnteredFormat.numberFormat"
    start = {"sheetId": tab, "rowIndex": row, "columnIndex": column}
    return {"updateCells": {"start": start, "rows": [{"values": [data]}], "fields": fields}}


def _room(reading: Reading, count: int) -> list[Request]:
    """Insert blank rows below the last one: nothing of anybody's can stand there."""
    if not count:
        return []
    start, tab = reading.last_row, reading.tab
    where = {"sheetId": tab.id, "dimension": "ROWS", "startIndex": start, "endIndex": start + count}
    follows = bool(reading.sheet.rows)  # the first row must not look like the headings
    insert = {"insertDimension": {"range": where, "inheritFromBefore": follows}}
    if start < tab.rows:
        return [insert]
    # At its very end Google does not insert: the grid is made longer first.
    return [{"appendDimension": {"sheetId": tab.id, "dimension": "ROWS", "length": 1}}, insert]


def _copied(reading: Reading, row: int, place: int) -> Request:
    """Keep the values of a row in the hidden tab."""
    source = {
        "sheetId": reading.tab.id,
        "startRowIndex": row,
        "endRowIndex": row + 1,
        "startColumnIndex": 0,
        "endColumnIndex": reading.width,
    }
    target = _journal(reading.notebook, place, place + 1, 1, 1 + reading.width)
    return {"copyPaste": {"source": source, "destination": target, "pasteType": "PASTE_VALUES"}}


def _noted(notebook: Notebook, place: int, note: Mapping[str, Any]) -> Request:
    content = {"userEnteredValue": {"stringValue": json.dumps(note, ensure_ascii=False)}}
    start = {"sheetId": notebook.id, "rowIndex": place, "columnIndex": 0}
    return {"updateCells": {"start": start, "rows": [{"values": [content]}], "fields": "userEnteredValue"}}


def _journal(notebook: Notebook, top: int, bottom: int, left: int, right: int) -> Request:
    return {
        "sheetId": notebook.id,
        "startRowIndex": top,
        "endRowIndex": bottom,
        "startColumnIndex": left,
        "endColumnIndex": right,
    }
