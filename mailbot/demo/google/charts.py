"""The requests of `batchUpdate` about charts, views and folded groups: what lies over the cells of a tab.

All of it rests on Google's documentation. Only charts with axes are known, and what makes one impossible is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from mailbot.demo.google.book import Book
from mailbot.demo.google.ranges import BadAddress, bounded

Request = dict[str, Any]

_FIGURES = {
    "BAR": {"BOTTOM_AXIS"},
    "COLUMN": {"LEFT_AXIS", "RIGHT_AXIS"},
    "LINE": {"LEFT_AXIS", "RIGHT_AXIS"},
    "COMBO": {"LEFT_AXIS", "RIGHT_AXIS"},
}
"""The axes that may show the figures of a series."""
_WHOLE = {"widthPixels": 600, "heightPixels": 371}


def sources(chart: Request) -> Iterator[Request]:
    """The ranges a chart draws."""
    for part in (*(d["domain"] for d in chart["domains"]), *(s["series"] for s in chart["series"])):
        yield from part["sourceRange"]["sources"]


def _add_chart(book: Book, body: Request) -> Request:
    asked = body["chart"]
    chart, place = asked["spec"].get("basicChart"), asked["position"].get("overlayPosition", {})
    if not chart:
        raise BadAddress("the local Google only knows charts with axes, over cells")
    _possible(book, chart)
    anchor = place["anchorCell"]
    tab = book.tab(anchor.get("sheetId"))
    if anchor.get("rowIndex", 0) >= tab.row_count or anchor.get("columnIndex", 0) >= tab.column_count:
        raise BadAddress("overlayPosition.anchorCell is beyond the grid")
    made = {
        "chartId": asked.get("chartId", book.new_id("chartId")),
        "spec": asked["spec"],
        "position": {"overlayPosition": _WHOLE | place},
    }
    if any(there["chartId"] == made["chartId"] for other in book.tabs for there in other.charts):
        raise BadAddress(f"a chart with id {made['chartId']} already exists")
    tab.charts.append(made)
    return {"addChart": {"chart": made}}


def _possible(book: Book, chart: Request) -> None:
    kind, lengths = chart.get("chartType"), set()
    if kind not in _FIGURES:
        raise BadAddress(f"chartType {kind} is not known")
    if len(chart["domains"]) != 1:
        raise BadAddress("exactly one domain is supported")
    for series in chart["series"]:
        if series.get("targetAxis") not in _FIGURES[kind]:
            raise BadAddress(f"{series.get('targetAxis')} shows no figures in a {kind} chart")
        if ("type" in series) != (kind == "COMBO"):
            raise BadAddress("the type of a series belongs to COMBO charts")
    for part in sources(chart):
        tab = book.tab(part.get("sheetId"))
        area = bounded(part, tab.row_count, tab.column_count)
        if part.get("endRowIndex", 0) > tab.row_count or part.get("endColumnIndex", 0) > tab.column_count:
            raise BadAddress(f"range of a chart beyond the grid of {tab.title}")
        if area.right - area.left != 1:
            raise BadAddress("the range of a series is one column wide")
        lengths.add(area.bottom - area.top)
    if len(lengths) != 1:
        raise BadAddress("all ranges of a chart must be equally long")


def _delete_chart(book: Book, body: Request) -> None:
    for tab in book.tabs:
        tab.charts = [chart for chart in tab.charts if chart["chartId"] != body["objectId"]]


def _add_view(book: Book, body: Request) -> Request:
    asked = body["filter"]
    tab = book.tab(asked["range"].get("sheetId"))
    view = {**asked, "filterViewId": asked.get("filterViewId", book.new_id("filterViewId"))}
    tab.views.append(view)
    return {"addFilterView": {"filter": view}}


def _fold(book: Book, body: Request) -> None:
    """Folding a group hides all in it, unfolding shows it."""
    asked = body["dimensionGroup"]
    where = asked["range"]
    tab = book.tab(where.get("sheetId"))
    same = ("startIndex", "endIndex")
    group = next(
        (
            group
            for group in tab.groups.get(where["dimension"], ())
            if group["depth"] == asked["depth"] and all(group["range"].get(k, 0) == where.get(k, 0) for k in same)
        ),
        None,
    )
    if group is None:
        raise BadAddress("there is no such group")
    group["collapsed"] = asked.get("collapsed", False)
    for index in range(where.get("startIndex", 0), where["endIndex"]):
        target = tab.row(index).properties if where["dimension"] == "ROWS" else tab.columns.setdefault(index, {})
        target["hiddenByUser"] = group["collapsed"]


REQUESTS: dict[str, Callable[[Book, Request], Request | None]] = {
    "addChart": _add_chart,
    "deleteEmbeddedObject": _delete_chart,
    "addFilterView": _add_view,
    "updateDimensionGroup": _fold,
}
