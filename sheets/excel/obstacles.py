"""Places of a sheet where writing would do harm: merges, spills, pivots, other tables, protection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sheets.excel.outline import Element
from sheets.excel.parts import Book
from sheets.excel.ranges import LAST_ROW, Area, areas
from sheets.excel.rowxml import CellXml
from sheets.excel.sheetxml import SheetXml
from sheets.register import Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class TablePart:
    """A table of the sheet: its part, outline and bytes, and the area with header and totals."""

    part: str
    xml: bytes
    outline: Element
    area: Area
    totals: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacles:
    """What of a sheet must not be written over. The checks raise Refused with the reason."""

    merged: tuple[Area, ...]
    spilled: tuple[Area, ...]
    foreign: tuple[Area, ...]
    protected: bool

    def check_cell(self, row: int, column: int, cell: CellXml | None) -> None:
        """Refuse a cell whose content is not its own."""
        if cell is not None and cell.special:
            raise Refused(cell.special, "this cell belongs to a formula over several cells or carries metadata")
        if any(area.holds(row, column) and (row, column) != (area.top, area.left) for area in self.merged):
            raise Refused("merged", "inside merged cells")
        if any(area.holds(row, column) for area in self.spilled):
            raise Refused("array", "inside an array formula or a data table")
        if any(area.holds(row, column) for area in self.foreign):
            raise Refused("foreign", "inside a pivot table or another table")

    def check_rows(self, area: Area) -> None:
        """Refuse new rows over `area`."""
        if area.bottom > LAST_ROW:
            raise Refused("full", "the sheet has no row left")
        for reason, taken in (("merged", self.merged), ("array", self.spilled), ("foreign", self.foreign)):
            if blocking := next((t for t in taken if t.touches(area)), None):
                raise Refused(reason, f"{blocking} stands where new rows belong")


def obstacles(book: Book, part: str, sheet: SheetXml, own: TablePart | None, tables: Sequence[TablePart]) -> Obstacles:
    """Collect a sheet's obstacles. `own` is the register's table."""
    merged = (area for e in sheet.frame.all("mergeCell") for area in areas(e.attribute("ref")))
    pivots = (book.outline(pivot).all("location") for pivot in book.parts_of(part, "pivotTable"))
    foreign = [area for found in pivots for e in found for area in areas(e.attribute("ref"))]
    protection = sheet.frame.child("sheetProtection")
    return Obstacles(
        merged=tuple(merged),
        spilled=sheet.anchored,
        foreign=(*foreign, *(table.area for table in tables if table is not own)),
        protected=protection is not None and protection.flag("sheet"),
    )


def tables_of(book: Book, part: str) -> tuple[TablePart, ...]:
    """The tables that lie on a sheet."""
    found = []
    for name in book.parts_of(part, "table"):
        xml = book.xml(name)
        outline = book.outline(name)
        (area,) = areas(outline.attribute("ref"))
        totals = int(outline.attribute("totalsRowCount", "0"))
        found.append(TablePart(part=name, xml=xml, outline=outline, area=area, totals=totals))
    return tuple(found)
