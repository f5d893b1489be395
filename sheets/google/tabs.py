"""The tabs of a spreadsheet, and the seal of the last write.

The register's tab is found by its title, and by its id once it is known, so that people may rename it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sheets.google.transport import Google
from sheets.register import Unreadable

SEAL = "mailbot_"
"""How the name of the seal begins: a named range, made anew by every write."""
PROPERTIES = "sheetId,title,hidden,gridProperties(rowCount,columnCount)"
"""What is asked of a tab's properties."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """A tab of a spreadsheet: its id, title and the size of its grid."""

    id: int
    title: str
    rows: int
    columns: int
    hidden: bool = False

    @property
    def cells(self) -> int:
        """How many cells it has, blank ones too."""
        return self.rows * self.columns

    @property
    def address(self) -> str:
        """The tab as a range."""
        return "'" + self.title.replace("'", "''") + "'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """The last write's mark: the id and the name of a named range."""

    id: str
    name: str


def tabs_of(google: Google, book: str) -> tuple[Tab, ...]:
    """Every tab of the spreadsheet."""
    answer = google.read(book, (), f"sheets.properties({PROPERTIES})")
    return tuple(tab_of(sheet["properties"]) for sheet in answer.get("sheets", ()))


def find_tab(tabs: Sequence[Tab], title: str, known: int | None) -> Tab:
    """The register's tab: the one known by its id, else the one with the title. Raises Unreadable."""
    found = [tab for tab in tabs if tab.id == known] or [tab for tab in tabs if tab.title == title]
    if found:
        return found[0]
    titles = ", ".join(repr(tab.title) for tab in tabs if not tab.hidden)
    raise Unreadable("no-such-tab", f"there is no tab {title!r}; there are {titles}")


def seal_of(answer: Mapping[str, Any]) -> Seal | None:
    """The seal among the named ranges of an answer."""
    for name in answer.get("namedRanges", ()):
        if name["name"].startswith(SEAL):
            return Seal(id=name["namedRangeId"], name=name["name"])
    return None


def tab_of(properties: Mapping[str, Any]) -> Tab:
    """A tab from its properties in an answer."""
    grid = properties.get("gridProperties", {})
    return Tab(
        id=properties.get("sheetId", 0),
        title=properties["title"],
        rows=grid.get("rowCount", 0),
        columns=grid.get("columnCount", 0),
        hidden=properties.get("hidden", False),
    )
