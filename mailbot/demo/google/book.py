"""A spreadsheet of the local Google: tabs, names, Drive's facts about the file, and who may see it."""

from __future__ import annotations

import copy
import random
from dataclasses import dataclass, field, replace
from typing import Any

from mailbot.demo.google.ranges import Area, BadAddress, area, bounded, split
from mailbot.demo.google.tab import Tab

ME = "bot@local.iam.gserviceaccount.com"

_WHITE = {"red": 1, "green": 1, "blue": 1}
_TEXT_FORMAT = {
    "foregroundColor": {},
    "fontFamily": "arial,sans,sans-serif",
    "fontSize": 10,
    "bold": False,
    "italic": False,
    "strikethrough": False,
    "underline": False,
    "foregroundColorStyle": {"rgbColor": {}},
}
_DEFAULT_FORMAT = {
    "backgroundColor": _WHITE,
    "padding": {"top": 2, "right": 3, "bottom": 2, "left": 3},
    "verticalAlignment": "BOTTOM",
    "wrapStrategy": "OVERFLOW_CELL",
    "textFormat": _TEXT_FORMAT,
    "backgroundColorStyle": {"rgbColor": _WHITE},
}
_THEME = {
    "TEXT": (0, 0, 0),
    "BACKGROUND": (1, 1, 1),
    "ACCENT1": (0.25882354, 0.52156866, 0.95686275),
    "ACCENT2": (0.91764706, 0.2627451, 0.20784314),
    "ACCENT3": (0.9843137, 0.7372549, 0.015686275),
    "ACCENT4": (0.20392157, 0.65882355, 0.3254902),
    "ACCENT5": (1, 0.42745098, 0.003921569),
    "ACCENT6": (0.27450982, 0.7411765, 0.7764706),
    "LINK": (0.06666667, 0.33333334, 0.8),
}


def colour(red: float, green: float, blue: float) -> dict[str, float]:
    """A colour as the service keeps it: in 255 steps, without what is zero."""
    parts = {"red": red, "green": green, "blue": blue}
    return {name: round(int(part * 255) / 255, 8) for name, part in parts.items() if part}


def _part(red: float, green: float, blue: float) -> dict[str, float]:
    return {name: part for name, part in (("red", red), ("green", green), ("blue", blue)) if part}


def _theme() -> dict[str, Any]:
    colours = [{"colorType": name, "color": {"rgbColor": _part(*rgb)}} for name, rgb in _THEME.items()]
    return {"primaryFontFamily": "Arial", "themeColors": colours}


@dataclass(slots=True)
class Book:
    """One spreadsheet. `version` rises with every change; `readers` and `writers` are addresses it is shared with.

    `skip_hidden`: copies leave out rows hidden by a filter.
    """

    id: str
    title: str
    tabs: list[Tab] = field(default_factory=list)
    time_zone: str = "Etc/GMT"
    locale: str = "en_US"
    names: list[dict[str, Any]] = field(default_factory=list)
    version: int = 1
    created: str = "2026-01-01T00:00:00.000Z"
    readers: set[str] = field(default_factory=set)
    writers: set[str] = field(default_factory=lambda: {ME})
    trashed: bool = False
    skip_hidden: bool = False
    given_ids: dict[str, list[Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.tabs:
            self.tabs.append(Tab({"sheetId": 0, "title": "Sheet1", "index": 0, "sheetType": "GRID"}))

    def fork(self) -> Book:
        """A copy to try changes on."""
        return replace(self, tabs=[tab.fork() for tab in self.tabs], names=copy.deepcopy(self.names))

    def new_id(self, kind: str) -> Any:
        """An id nobody used; a replay hands in the one the real service chose."""
        given = self.given_ids.get(kind)
        return given.pop(0) if given else random.randrange(1, 2**31)  # noqa: S311 - a number, no secret

    def tab(self, sheet_id: int | None) -> Tab:
        for tab in self.tabs:
            if tab.id == (sheet_id or 0):
                return tab
        raise BadAddress(f"No grid with id: {sheet_id or 0}")

    def titled(self, title: str) -> Tab | None:
        return next((tab for tab in self.tabs if tab.title.casefold() == title.casefold()), None)

    def found(self, address: str) -> tuple[Tab, Area]:
        """The tab and cells of an A1 address, a name or a title. Raises BadAddress."""
        title, cells = split(address)
        if title and not cells:
            cells, title = "", title
        tab = self.titled(title) if title else self.titled(address)
        if name := next((name for name in self.names if name["name"] in (address, cells)), None):
            tab = self.tab(name["range"].get("sheetId"))
            return tab, bounded(name["range"], tab.row_count, tab.column_count)
        if tab is not None:
            return tab, area(cells, tab.row_count, tab.column_count) if title and cells else tab.whole()
        if title:
            raise BadAddress(f"Unable to parse range: {address}")
        try:
            return self.tabs[0], area(cells, self.tabs[0].row_count, self.tabs[0].column_count)
        except BadAddress as error:
            raise BadAddress(f"Unable to parse range: {address}") from error

    def properties(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "locale": self.locale,
            "autoRecalc": "ON_CHANGE",
            "timeZone": self.time_zone,
            "defaultFormat": _DEFAULT_FORMAT,
            "spreadsheetTheme": _theme(),
        }
