"""The charts of a dashboard as requests: native ones over its cells, which people may move, restyle and delete."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sheets.board.layout import height, width
from sheets.board.page import TEXT, WIDE, Chart, Series, Span
from sheets.google.looks import colour, high, wide

Request = dict[str, Any]

_FULL = 1
"""Where the axis of shares ends."""


def add_chart(tab: int, chart: Chart) -> Request:
    """The request that puts a chart over its cells in the tab with this id."""
    anchor = {"sheetId": tab, "rowIndex": chart.top - 1, "columnIndex": chart.left - 1}
    size = {
        "widthPixels": sum(wide(width(column)) for column in range(chart.left, chart.left + WIDE)),
        "heightPixels": sum(high(height(row)) for row in range(chart.top, chart.bottom + 1)),
    }
    spec = {"basicChart": _basic(tab, chart), "hiddenDimensionStrategy": "SHOW_ALL", "maximized": False}
    return {"addChart": {"chart": {"spec": spec, "position": {"overlayPosition": {"anchorCell": anchor, **size}}}}}


def _basic(tab: int, chart: Chart) -> Request:
    kind = "COMBO" if chart.running else "BAR" if chart.lying else "COLUMN"
    series = [_series(tab, one, kind) for one in chart.series]
    if chart.running:
        points = _series(tab, chart.running, kind)
        series.append(points | {"type": "LINE", "targetAxis": "RIGHT_AXIS"})
    return {
        "chartType": kind,
        "legendPosition": "BOTTOM_LEGEND" if len(series) > 1 else "NO_LEGEND",
        "axis": _axes(chart),
        "domains": [{"domain": _source(tab, chart.labels)}],
        "series": series,
        "headerCount": 1,
    }


def _series(tab: int, one: Series, kind: str) -> Request:
    found: Request = {
        "series": _source(tab, one.span),
        "targetAxis": "BOTTOM_AXIS" if kind == "BAR" else "LEFT_AXIS",
        "color": colour(one.fill),
    }
    if kind == "COMBO":
        return found | {"type": "COLUMN"}
    small = {"fontSize": 8, "foregroundColor": colour(TEXT)}
    return found | {"dataLabel": {"type": "DATA", "placement": "OUTSIDE_END", "textFormat": small}}


def _source(tab: int, span: Span) -> Request:
    """A column of cells with its heading."""
    cells = {
        "sheetId": tab,
        "startRowIndex": span.first - 2,
        "endRowIndex": span.last,
        "startColumnIndex": span.column - 1,
        "endColumnIndex": span.column,
    }
    return {"sourceRange": {"sources": [cells]}}


def _axes(chart: Chart) -> Sequence[Request]:
    """Figures begin at nothing; shares end at all."""
    figures, whole = ("BOTTOM_AXIS" if chart.lying else "LEFT_AXIS"), {"viewWindowMin": 0, "viewWindowMax": _FULL}
    window = whole if chart.shares else {"viewWindowMin": 0}
    axes = [_axis("LEFT_AXIS" if chart.lying else "BOTTOM_AXIS"), _axis(figures, window)]
    return [*axes, _axis("RIGHT_AXIS", whole)] if chart.running else axes


def _axis(position: str, window: Request | None = None) -> Request:
    found: Request = {"position": position, "format": {"fontSize": 9, "foregroundColor": colour(TEXT)}}
    return found | ({"viewWindowOptions": {**window, "viewWindowMode": "EXPLICIT"}} if window else {})
