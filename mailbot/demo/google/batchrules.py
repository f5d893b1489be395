"""The requests of `batchUpdate` about tabs, names, filters, protection, validation, colours, groups and properties.

Conditional formats and a chosen `namedRangeId` rest on Google's documentation, the others are covered by recordings.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mailbot.demo.google.answers import grid_range, sheet_properties
from mailbot.demo.google.book import Book, colour
from mailbot.demo.google.charts import sources
from mailbot.demo.google.masks import apply, parsed
from mailbot.demo.google.ranges import Area, bounded
from mailbot.demo.google.tab import Tab

Request = dict[str, Any]


class Impossible(Exception):
    """What the service refuses, in its words."""


def shift(book: Book, tab: Tab, dimension: str, start: int, count: int) -> None:
    """Move what is said of ranges after rows or columns were put in (`count` above 0) or taken out."""
    ranges = [name["range"] for name in book.names if (name["range"].get("sheetId") or 0) == tab.id]
    ranges += [rule["range"] for rule in tab.protected if "range" in rule]
    ranges += [part for rule in tab.colours for part in rule.get("ranges", [])]
    ranges += [tab.filter["range"]] if tab.filter else []
    ranges += [view["range"] for view in tab.views]
    ranges += [part for chart in tab.charts for part in sources(chart["spec"]["basicChart"])]
    first, last = ("startRowIndex", "endRowIndex") if dimension == "ROWS" else ("startColumnIndex", "endColumnIndex")
    for part in ranges:
        if part.get(first, 0) >= start and part.get(first):
            part[first] = max(start, part[first] + count)
        if part.get(last, 0) > start:
            part[last] = max(start, part[last] + count)


def _update_spreadsheet(book: Book, body: Request) -> None:
    names = {"title": "title", "timeZone": "time_zone", "locale": "locale"}
    for key in parsed(body["fields"]):
        setattr(book, names[key], body["properties"][key])


def _add_sheet(book: Book, body: Request) -> Request:
    asked = body.get("properties", {})
    title = asked.get("title") or f"Sheet{len(book.tabs) + 1}"
    if book.titled(title):
        raise Impossible(f'A sheet with the name "{title}" already exists. Please enter another name.')
    grid = dict(asked.get("gridProperties", {}))
    index = asked.get("index", len(book.tabs))
    sheet_id = asked.get("sheetId", book.new_id("sheetId"))
    properties = {"sheetId": sheet_id, "title": title, "index": index, "sheetType": "GRID"}
    if asked.get("hidden"):
        properties["hidden"] = True
    if rgb := asked.get("tabColorStyle", {}).get("rgbColor"):
        properties |= _tab_colour(rgb)
    if any(tab.id == sheet_id for tab in book.tabs):
        raise Impossible(f"A sheet with the id {sheet_id} already exists.")
    tab = Tab(
        properties,
        row_count=grid.pop("rowCount", 1000),
        column_count=grid.pop("columnCount", 26),
        grid={key: value for key, value in grid.items() if value},
    )
    book.tabs.insert(index, tab)
    _number(book)
    return {"addSheet": {"properties": sheet_properties(tab)}}


def _delete_sheet(book: Book, body: Request) -> None:
    tab = book.tab(body.get("sheetId"))
    if len(book.tabs) == 1:
        raise Impossible("You can't remove all the sheets in a document.")
    book.tabs.remove(tab)
    book.names = [name for name in book.names if (name["range"].get("sheetId") or 0) != tab.id]
    _number(book)


def _number(book: Book) -> None:
    for index, tab in enumerate(book.tabs):
        tab.properties["index"] = index


def _update_sheet(book: Book, body: Request) -> None:
    properties, mask = dict(body["properties"]), parsed(body["fields"])
    tab = book.tab(properties.get("sheetId"))
    grid_mask = mask.pop("gridProperties", None)
    if grid_mask is not None:
        _update_grid(tab, grid_mask, properties.get("gridProperties", {}))
    if "hidden" in mask and properties.get("hidden") and all(t is tab or t.properties.get("hidden") for t in book.tabs):
        raise Impossible("You can't hide all the sheets in a document.")
    if mask.pop("index", None) is not None:
        _move_tab(book, tab, properties.get("index", 0))
    if "tabColorStyle" in mask or "tabColor" in mask:
        mask = {**mask, "tabColor": {}, "tabColorStyle": {}}
        properties |= _tab_colour(properties.get("tabColorStyle", {}).get("rgbColor") or properties.get("tabColor"))
    apply(mask, tab.properties, properties)


def _tab_colour(given: dict[str, float] | None) -> Request:
    """The colour of a tab, told twice; none when it is cleared."""
    if given is None:
        return {"tabColor": None, "tabColorStyle": None}
    kept = colour(given.get("red", 0), given.get("green", 0), given.get("blue", 0))
    return {"tabColor": kept, "tabColorStyle": {"rgbColor": kept}}


def _update_grid(tab: Tab, mask: Request, grid: Request) -> None:
    for key in mask:
        if key == "rowCount":
            tab.row_count = grid[key]
            del tab.rows[tab.row_count :]
        elif key == "columnCount":
            tab.delete_columns(grid[key], max(grid[key], tab.column_count))
            tab.column_count = grid[key]
        elif grid.get(key):
            tab.grid[key] = grid[key]
        else:
            tab.grid.pop(key, None)


def _move_tab(book: Book, tab: Tab, index: int) -> None:
    old = book.tabs.index(tab)
    book.tabs.remove(tab)
    book.tabs.insert(index - (1 if index > old else 0), tab)
    _number(book)


def _update_dimension(book: Book, body: Request) -> None:
    where = body["range"]
    tab = book.tab(where.get("sheetId"))
    for index in range(where.get("startIndex", 0), where["endIndex"]):
        rows = where["dimension"] == "ROWS"
        target = tab.row(index).properties if rows else tab.columns.setdefault(index, {})
        apply(parsed(body["fields"]), target, body["properties"])


def _add_name(book: Book, body: Request) -> Request:
    name = dict(body["namedRange"])
    name.setdefault("namedRangeId", None)
    if name["namedRangeId"] is None:
        name["namedRangeId"] = str(book.new_id("namedRangeId"))
    if any(other["namedRangeId"] == name["namedRangeId"] for other in book.names):
        raise Impossible(f"A named range with id {name['namedRangeId']} already exists.")
    if any(other["name"].casefold() == name["name"].casefold() for other in book.names):
        raise Impossible(f"A named range with the name {name['name']} already exists.")
    book.names.append({key: name[key] for key in ("namedRangeId", "name", "range")})
    bounds = {key: value for key, value in name["range"].items() if key != "sheetId" or value}
    return {"addNamedRange": {"namedRange": {**book.names[-1], "range": bounds}}}


def _named(book: Book, named_range_id: str) -> Request:
    for name in book.names:
        if name["namedRangeId"] == named_range_id:
            return name
    raise Impossible(f"Cannot find a named range with id: {named_range_id}")


def _delete_name(book: Book, body: Request) -> None:
    book.names.remove(_named(book, body["namedRangeId"]))


def _update_name(book: Book, body: Request) -> None:
    apply(parsed(body["fields"]), _named(book, body["namedRange"]["namedRangeId"]), body["namedRange"])


def _set_filter(book: Book, body: Request) -> None:
    asked = body["filter"]
    tab = book.tab(asked["range"].get("sheetId"))
    bounds = grid_range(tab, bounded(asked["range"], tab.row_count, tab.column_count))
    tab.filter = {**asked, "range": bounds}
    refilter(tab)


def refilter(tab: Tab) -> None:
    """Hide the rows whose values the filter leaves out; that rows hide so at once rests on documentation."""
    if tab.filter is None:
        return
    hidden = {int(c): set(rule.get("hiddenValues", ())) for c, rule in tab.filter.get("criteria", {}).items()}
    for index in range(tab.filter["range"].get("startRowIndex", 0) + 1, len(tab.rows)):
        out = any(str(tab.value(index, column)) in values for column, values in hidden.items())
        if out != bool(tab.rows[index].properties.get("hiddenByFilter")):
            tab.row(index).properties["hiddenByFilter"] = out


def _clear_filter(book: Book, body: Request) -> None:
    tab = book.tab(body.get("sheetId"))
    tab.filter = None
    for row in tab.rows:
        row.properties.pop("hiddenByFilter", None)


def _add_protection(book: Book, body: Request) -> Request:
    asked = body["protectedRange"]
    tab = book.tab(asked["range"].get("sheetId"))
    bounds = {key: value for key, value in asked["range"].items() if key != "sheetId" or value}
    rule = {"protectedRangeId": book.new_id("protectedRangeId"), "range": bounds}
    rule |= {key: asked[key] for key in ("description", "warningOnly") if asked.get(key)}
    rule |= {"requestingUserCanEdit": True, "editors": {}}
    tab.protected.append(rule)
    return {"addProtectedRange": {"protectedRange": rule}}


def _delete_protection(book: Book, body: Request) -> None:
    for tab in book.tabs:
        tab.protected = [rule for rule in tab.protected if rule["protectedRangeId"] != body["protectedRangeId"]]


def _set_validation(book: Book, body: Request) -> None:
    tab, area = _of(book, body["range"])
    for row, column in area.cells():
        if rule := body.get("rule"):
            tab.place(row, column)["dataValidation"] = rule
        else:
            cell = tab.place(row, column)
            cell.pop("dataValidation", None)
            tab.put(row, column, cell)


def _of(book: Book, grid: Request) -> tuple[Tab, Area]:
    tab = book.tab(grid.get("sheetId"))
    return tab, bounded(grid, tab.row_count, tab.column_count)


def _add_colour(book: Book, body: Request) -> None:
    """A copy is added at every request, as the service does."""
    tab = book.tab(body["rule"]["ranges"][0].get("sheetId"))
    tab.colours.insert(body.get("index", 0), body["rule"])


def _delete_colour(book: Book, body: Request) -> None:
    del book.tab(body.get("sheetId")).colours[body.get("index", 0)]


def _add_group(book: Book, body: Request) -> Request:
    where = body["range"]
    tab = book.tab(where.get("sheetId"))
    group = {"range": {key: value for key, value in where.items() if key != "sheetId" or value}, "depth": 1}
    tab.groups.setdefault(where["dimension"], []).append(group)
    key = "rowGroupControlAfter" if where["dimension"] == "ROWS" else "columnGroupControlAfter"
    tab.grid[key] = True
    return {"addDimensionGroup": {"dimensionGroups": tab.groups[where["dimension"]]}}


def _delete_group(book: Book, body: Request) -> Request:
    where = body["range"]
    tab = book.tab(where.get("sheetId"))
    tab.groups[where["dimension"]] = [
        group
        for group in tab.groups[where["dimension"]]
        if group["range"].get("startIndex", 0) != where.get("startIndex", 0)
    ]
    return {"deleteDimensionGroup": {}}


REQUESTS: dict[str, Callable[[Book, Request], Request | None]] = {
    "updateSpreadsheetProperties": _update_spreadsheet,
    "addSheet": _add_sheet,
    "deleteSheet": _delete_sheet,
    "updateSheetProperties": _update_sheet,
    "updateDimensionProperties": _update_dimension,
    "addNamedRange": _add_name,
    "deleteNamedRange": _delete_name,
    "updateNamedRange": _update_name,
    "setBasicFilter": _set_filter,
    "clearBasicFilter": _clear_filter,
    "addProtectedRange": _add_protection,
    "deleteProtectedRange": _delete_protection,
    "setDataValidation": _set_validation,
    "addConditionalFormatRule": _add_colour,
    "deleteConditionalFormatRule": _delete_colour,
    "addDimensionGroup": _add_group,
    "deleteDimensionGroup": _delete_group,
}
