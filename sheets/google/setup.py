"""Making a tab a register: headings, lists to choose from, colours, warnings, a frozen heading row, and a filter.

What is there already is left as it is, people's own work above all; a second run changes nothing. Headings bring the
dashboard along where one is wanted. The bot's columns are protected by a warning only, for a real protection would keep
staff from sorting.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sheets.dashboard import Dashboard
from sheets.google.batch import ROWS
from sheets.google.dashboard import dashboard
from sheets.google.looks import colour, wide
from sheets.google.tabs import Notebook, Seal, Tab, find_tab, seal_of, tabs_of
from sheets.google.transport import Doubt, Google, Rejected
from sheets.google.values import FORMATS, held
from sheets.header import HEADER_ROWS, Header, find_header
from sheets.letters import letters
from sheets.register import Unreadable, Waiting
from sheets.table import Column, Highlight, Kind, Owner

OURS = "mailbot"
"""How the description of our protections begins."""
HEADER_FILLS = {Owner.BOT: "44546A", Owner.SHARED: "1F3864", Owner.STAFF: "2E75B6"}
_BLANK_ROWS = 200
"""An empty tab keeps so many rows. New ones are inserted; each blank one with a format lengthens every reading."""
_RULES = (
    "namedRanges(namedRangeId,name),sheets(properties(sheetId,title,gridProperties),basicFilter,"
    "protectedRanges(description,range),conditionalFormats,"
    "data(rowData(values(effectiveValue,dataValidation,userEnteredFormat.numberFormat))))"
)

Request = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class _State:
    """What stands in the spreadsheet before the set-up."""

    tab: Tab
    header: Header | None
    first: Sequence[Mapping[str, Any]]
    rules: Mapping[str, Any]
    journal: Tab | None
    seal: Seal | None


def prepare(
    google: Google,
    book: str,
    title: str,
    columns: Sequence[Column],
    notebook: Notebook,
    known: int | None = None,
    *,
    anew: bool = False,
    board: Dashboard | None = None,
) -> int:
    """Make sure the tab is a register; return how many things had to be done. Raises Unreadable and Waiting.

    A tab that holds something but no headings is never touched. In a spreadsheet with one empty tab that one is used.
    Where there was a register before, another one is made only `anew`: it may have been renamed, and have all the rows.
    A register that gets its headings now gets the dashboard `board` in the same batch.
    """
    try:
        return _prepare(google, book, title, columns, notebook, known, anew=anew, board=board)
    except Doubt as error:
        raise Waiting("unreachable") from error
    except Rejected as error:
        raise Unreadable("set-up-refused", str(error)) from error


def _prepare(
    google: Google,
    book: str,
    title: str,
    columns: Sequence[Column],
    notebook: Notebook,
    known: int | None = None,
    *,
    anew: bool,
    board: Dashboard | None,
) -> int:
    tabs = tabs_of(google, book)
    named = any(tab.id == known or tab.title == title for tab in tabs)
    if not named and not anew and any(tab.id == notebook.id for tab in tabs):
        find_tab(tabs, title, known)  # says what there is instead
    if not named and (adopted := _only_tab(google, book, tabs)) is None:
        google.batch(book, {"requests": [{"addSheet": {"properties": {"title": title}}}]}, "spreadsheetId")
        return 1 + _prepare(google, book, title, columns, notebook, anew=anew, board=board)
    tab = find_tab(tabs, title, known) if named else adopted
    assert tab is not None  # noqa: S101 - one of the two was found
    requests = [] if named else [_named(tab, title)]
    state = _state(google, book, tab, tabs, columns, notebook)
    requests += [*_headings(state, columns), *_dressed(state, columns), *_hidden_tab(state, notebook, len(columns))]
    new = board if state.header is None else None
    beside = dashboard(new, tab.title if named else title, columns, tabs) if new else []
    if requests:
        _send(google, book, requests, beside)
    return len(requests) + len(beside)


def _send(google: Google, book: str, requests: Sequence[Request], beside: Sequence[Request]) -> None:
    """All in one; the register alone when Google does not take the dashboard `beside`. Raises Unreadable for that."""
    try:
        google.batch(book, {"requests": [*requests, *beside]}, "spreadsheetId")
    except Rejected as error:
        if not beside:
            raise
        google.batch(book, {"requests": [*requests]}, "spreadsheetId")
        raise Unreadable("no-dashboard", f"the register is made, its dashboard was refused: {error}") from error


def _only_tab(google: Google, book: str, tabs: Sequence[Tab]) -> Tab | None:
    """The one tab of a new spreadsheet, if nothing stands in it."""
    shown = [tab for tab in tabs if not tab.hidden]
    if len(shown) != 1:
        return None
    answer = google.read(book, [shown[0].address], "sheets.data.rowData.values.effectiveValue")
    rows = answer["sheets"][0].get("data", [{}])[0].get("rowData", [])
    return None if any(held(given) is not None for row in rows for given in row.get("values", [])) else shown[0]


def _state(
    google: Google, book: str, tab: Tab, tabs: Sequence[Tab], columns: Sequence[Column], notebook: Notebook
) -> _State:
    answer = google.read(book, [f"{tab.address}!1:{HEADER_ROWS + 1}"], _RULES)
    sheet = answer["sheets"][0]
    rows = [row.get("values", []) for row in sheet.get("data", [{}])[0].get("rowData", [])]
    grid = [[held(given) for given in row] for row in rows]
    header = find_header(grid, columns)
    if header is None and any(value is not None for row in grid for value in row):
        what = f"tab {tab.title!r} holds something, but not the register's headings: name another tab or clear it"
        raise Unreadable("no-header", what)
    first = rows[header.row] if header is not None and len(rows) > header.row else []
    journal = next((other for other in tabs if other.id == notebook.id), None)
    return _State(tab=tab, header=header, first=first, rules=sheet, journal=journal, seal=seal_of(answer, notebook))


def _named(tab: Tab, title: str) -> Request:
    properties = {"sheetId": tab.id, "title": title}
    return {"updateSheetProperties": {"properties": properties, "fields": "title"}}


def _headings(state: _State, columns: Sequence[Column]) -> list[Request]:
    """The first row of an empty tab, with widths and formats for what comes below."""
    if state.header is not None:
        return []
    tab, cells = state.tab, [_heading(column) for column in columns]
    requests: list[Request] = []
    if tab.columns < len(columns):
        more = len(columns) - tab.columns
        requests.append({"appendDimension": {"sheetId": tab.id, "dimension": "COLUMNS", "length": more}})
    start = {"sheetId": tab.id, "rowIndex": 0, "columnIndex": 0}
    fields = "userEnteredValue,userEnteredFormat"
    requests.append({"updateCells": {"start": start, "rows": [{"values": cells}], "fields": fields}})
    identity = next(index for index, column in enumerate(columns) if column.identity)
    shape = {"frozenRowCount": 1, "frozenColumnCount": identity + 1, "rowCount": min(tab.rows, _BLANK_ROWS)}
    requests.append(
        {
            "updateSheetProperties": {
                "properties": {"sheetId": tab.id, "gridProperties": shape},
                "fields": "gridProperties(frozenRowCount,frozenColumnCount,rowCount)",
            }
        }
    )
    return [*requests, *(request for i, column in enumerate(columns) for request in _column(tab, i, column))]


def _heading(column: Column) -> Request:
    look = {
        "backgroundColor": colour(HEADER_FILLS[column.owner]),
        "horizontalAlignment": "CENTER",
        "verticalAlignment": "MIDDLE",
        "wrapStrategy": "WRAP",
        "textFormat": {"bold": True, "foregroundColor": colour("FFFFFF")},
    }
    return {"userEnteredValue": {"stringValue": column.title}, "userEnteredFormat": look}


def _column(tab: Tab, index: int, column: Column) -> list[Request]:
    """A column's width, and how its cells look. In staff's text columns `0012` stays as typed."""
    where = {"sheetId": tab.id, "dimension": "COLUMNS", "startIndex": index, "endIndex": index + 1}
    properties = {"pixelSize": wide(column.width), "hiddenByUser": column.hidden}
    fields = "pixelSize,hiddenByUser"
    look: Request = {"verticalAlignment": "TOP", "wrapStrategy": "WRAP"}
    text = _TEXT if column.kind is Kind.TEXT and column.owner is not Owner.BOT else None
    if (form := FORMATS.get(column.kind) or text) is not None:
        look["numberFormat"] = form
    below = {"sheetId": tab.id, "startRowIndex": 1, "startColumnIndex": index, "endColumnIndex": index + 1}
    cell = {"userEnteredFormat": look}
    return [
        {"updateDimensionProperties": {"range": where, "properties": properties, "fields": fields}},
        {"repeatCell": {"range": below, "cell": cell, "fields": "userEnteredFormat"}},
    ]


_TEXT = {"type": "TEXT", "pattern": "@"}


def _dressed(state: _State, columns: Sequence[Column]) -> list[Request]:
    """Lists, colours, warnings and the filter, where they are missing."""
    if state.header is None:
        places, top = {column.key: index for index, column in enumerate(columns)}, 1
    else:
        places = {key: place - 1 for key, place in state.header.columns.items()}
        top = state.header.row
    shown = [(column, places[column.key]) for column in columns if column.key in places]
    width = max(places.values()) + 1
    requests = [request for column, place in shown for request in _choices(state, column, place, top)]
    highlights = [(highlight, place) for column, place in shown for highlight in column.highlights]
    requests += [
        request for highlight, place in highlights for request in _highlight(state, highlight, place, top, width)
    ]
    requests += [request for column, place in shown for request in _warning(state, column, place, top)]
    if "basicFilter" not in state.rules:
        area = {"sheetId": state.tab.id, "startRowIndex": top - 1, "startColumnIndex": 0, "endColumnIndex": width}
        requests.append({"setBasicFilter": {"filter": {"range": area}}})
    return requests


def _down(state: _State, top: int, left: int, right: int) -> Request:
    """Columns from row `top`, counted from 0, to the end of the tab, however long it grows.

    What hangs on a range begins at the headings: a row inserted right below them would push a later beginning down.
    """
    return {"sheetId": state.tab.id, "startRowIndex": top, "startColumnIndex": left, "endColumnIndex": right}


def _choices(state: _State, column: Column, place: int, top: int) -> list[Request]:
    """A list that warns of other words and lets them pass. Any rule that is there already counts: people set it."""
    there = place < len(state.first) and "dataValidation" in state.first[place]
    if not column.choices or there:
        return []
    condition = {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": choice} for choice in column.choices]}
    rule = {"condition": condition, "showCustomUi": True, "strict": False}
    return [{"setDataValidation": {"range": _down(state, top, place, place + 1), "rule": rule}}]


def _highlight(state: _State, highlight: Highlight, place: int, top: int, width: int) -> list[Request]:
    start, end = f"=${letters(place + 1)}", f'="{highlight.text.replace(chr(34), chr(34) * 2)}"'
    for rule in state.rules.get("conditionalFormats", ()):
        values = rule.get("booleanRule", {}).get("condition", {}).get("values", [{}])
        there = str(values[0].get("userEnteredValue", "")) if values else ""
        if there.removeprefix(start).removesuffix(end).isdigit():
            return []
    left, right = (0, width) if highlight.row else (place, place + 1)
    condition = {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": f"{start}{top}{end}"}]}
    boolean = {"condition": condition, "format": {"backgroundColor": colour(highlight.fill)}}
    rule = {"ranges": [_down(state, top - 1, left, right)], "booleanRule": boolean}
    return [{"addConditionalFormatRule": {"rule": rule, "index": 0}}]


def _warning(state: _State, column: Column, place: int, top: int) -> list[Request]:
    """Warn whoever types into a column of the bot."""
    name = f"{OURS}: {column.key}"
    there = any(rule.get("description") == name for rule in state.rules.get("protectedRanges", ()))
    if column.owner is not Owner.BOT or there:
        return []
    area = _down(state, top - 1, place, place + 1)
    return [{"addProtectedRange": {"protectedRange": {"range": area, "description": name, "warningOnly": True}}}]


def _hidden_tab(state: _State, notebook: Notebook, columns: int) -> list[Request]:
    """The tab each write keeps its record in, wide enough for the register, and a first seal."""
    requests: list[Request] = []
    width = max(state.tab.columns, columns) + 1
    if state.journal is None:
        grid = {"rowCount": ROWS, "columnCount": width + 20}
        properties = {"sheetId": notebook.id, "title": notebook.title, "hidden": True, "gridProperties": grid}
        requests.append({"addSheet": {"properties": properties}})
    elif state.journal.columns < width:
        more = width + 20 - state.journal.columns
        requests.append({"appendDimension": {"sheetId": notebook.id, "dimension": "COLUMNS", "length": more}})
    if state.seal is None or state.journal is None:
        area = {
            "sheetId": notebook.id,
            "startRowIndex": 0,
            "endRowIndex": 1,
            "startColumnIndex": 0,
            "endColumnIndex": 1,
        }
        if state.seal is not None:
            requests.append({"deleteNamedRange": {"namedRangeId": state.seal.id}})
        requests.append({"addNamedRange": {"namedRange": {"name": f"{notebook.seal}first", "range": area}}})
    return requests
