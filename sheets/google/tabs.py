"""The tabs of a spreadsheet, and the seal of the last write.

The register's tab is found by its title, and by its id once it is known, so that people may rename it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sheets.google.transport import Google, Rejected
from sheets.letters import letters
from sheets.register import Unreadable

PROPERTIES = "sheetId,title,hidden,gridProperties(rowCount,columnCount)"
"""What is asked of a tab's properties."""
_PROTECTED = "range,warningOnly,requestingUserCanEdit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """A tab of a spreadsheet: its id, title and the size of its grid; `closed` are the ranges we may not edit."""

    id: int
    title: str
    rows: int
    columns: int
    hidden: bool = False
    closed: tuple[str, ...] = ()

    @property
    def cells(self) -> int:
        """How many cells it has, blank ones too."""
        return self.rows * self.columns

    @property
    def address(self) -> str:
        """The tab as a range."""
        return "'" + self.title.replace("'", "''") + "'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notebook:
    """The hidden tab in which the writes to one tab are recorded.

    `id` is the same in every spreadsheet; the title is people's to change. `seal` is how the names of its seals begin:
    named ranges, of which every write makes one anew.
    """

    id: int
    title: str
    seal: str


OF_REGISTER = Notebook(id=1_729_041_120, title="mailbot", seal="mailbot_")
OF_CHANGES = Notebook(id=1_729_041_121, title="mailbot changes", seal="mailbotchanges_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """The last write's mark: the id and the name of a named range."""

    id: str
    name: str


def tabs_of(google: Google, book: str) -> tuple[Tab, ...]:
    """Every tab of the spreadsheet. Raises Unreadable and Waiting."""
    try:
        answer = google.read(book, (), f"sheets(properties({PROPERTIES}),protectedRanges({_PROTECTED}))")
    except Rejected as error:
        raise Unreadable("set-up-refused", str(error)) from error
    return tuple(
        replace(tab_of(sheet["properties"]), closed=tuple(_closed(sheet.get("protectedRanges", ()))))
        for sheet in answer.get("sheets", ())
    )


def _closed(ranges: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for protected in ranges:
        if not protected.get("warningOnly") and not protected.get("requestingUserCanEdit"):
            area = protected.get("range", {})
            left = letters(area["startColumnIndex"] + 1) if "startColumnIndex" in area else ""
            right = letters(area["endColumnIndex"]) if "endColumnIndex" in area else ""
            top, bottom = area.get("startRowIndex", -1) + 1, area.get("endRowIndex", "")
            yield f"{left}{top or ''}:{right}{bottom}" if area.keys() - {"sheetId"} else "all of it"


def find_tab(tabs: Sequence[Tab], title: str, known: int | None) -> Tab:
    """The register's tab: the one known by its id, else the one with the title. Raises Unreadable."""
    found = [tab for tab in tabs if tab.id == known] or [tab for tab in tabs if tab.title == title]
    if found:
        return found[0]
    titles = ", ".join(repr(tab.title) for tab in tabs if not tab.hidden)
    raise Unreadable("no-such-tab", f"there is no tab {title!r}; there are {titles}")


def seal_of(answer: Mapping[str, Any], notebook: Notebook) -> Seal | None:
    """The seal of a notebook among the named ranges of an answer."""
    for name in answer.get("namedRanges", ()):
        if name["name"].startswith(notebook.seal):
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
