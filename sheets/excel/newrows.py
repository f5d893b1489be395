"""Rows added below the last one: where they go, what they look like, and how far the register reaches then.

A new row looks like the blank row prepared there, else like the row above; a calculated column of the table goes on.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from sheets.excel.obstacles import Obstacles, TablePart
from sheets.excel.outline import Splice
from sheets.excel.ranges import Area, Growth, place
from sheets.excel.reading import Reading
from sheets.excel.rowxml import RowXml
from sheets.excel.sheetxml import SheetXml
from sheets.excel.styles import Styles
from sheets.excel.values import Written, cell, formula_cell
from sheets.register import Refused


class NewRows:
    """The rows to be added to one register; `add` them, then ask for `splices` and `growth`."""

    def __init__(
        self, sheet: SheetXml, styles: Styles, obstacles: Obstacles, table: TablePart | None, reading: Reading
    ) -> None:
        self.sheet, self.styles, self.obstacles, self.table, self.reading = sheet, styles, obstacles, table, reading
        self.columns = reading.header.columns
        self.last = reading.last_row
        self.next = self.last + 1
        self.formulas: frozenset[tuple[int, str]] = frozenset()
        self.overwrote_formula = False
        self._splices: list[tuple[int, Splice]] = []

    def add(self, values: Mapping[str, Written]) -> None:
        """Add a row with `values` by key. Raises Refused when nothing may stand there; nothing is added then."""
        self._check()
        there = self.sheet.row(self.next)
        content = {self.columns[key]: value for key, value in values.items()}
        styles = self._styles(there)
        shaped = {c: content.get(c, Written()) for c in {*styles, *content}}
        cells = {c: self._cell(c, styles, value) for c, value in shaped.items() if value.text or styles.get(c)}
        cells |= self._calculated(there, styles, content)
        if there is None:
            splice = self.sheet.with_row(self.next, self._shape, cells)
        else:
            changed = {column: new for column, new in cells.items() if self._replaces(there, column, content)}
            splice = self.sheet.with_cells(there, changed)
        self._splices.append((self.next, splice))
        self.next += 1

    def _replaces(self, there: RowXml, column: int, content: Mapping[int, Written]) -> bool:
        """Whether a prepared cell gives way: only to a value, so that prepared formulas go on calculating."""
        old = there.cells.get(column)
        if old is None or not content.get(column, Written()).text:
            return old is None
        self.obstacles.check_cell(self.next, column, old)
        self.overwrote_formula |= old.formula is not None
        return True

    def splices(self) -> list[tuple[int, Splice]]:
        """The rows' numbers and the splices that put them in, top to bottom."""
        return self._splices

    @property
    def growth(self) -> Growth:
        """How far the register reaches with the rows added."""
        header, used = self.reading.header.row, self.columns.values()
        edges = frozenset({self.last, *self._table_edge()} - {header})
        return Growth(
            left=min(used),
            right=max(used),
            header=header if self._bare else 0,
            edges=edges,
            bottom=self.next - 1,
        )

    @property
    def _bare(self) -> bool:
        return self.last == self.reading.header.row

    def _table_edge(self) -> set[int]:
        """The table's bottom, unless other things than rows of the register follow below it."""
        if self.table is None:
            return set()
        bottom, below = self.table.area.bottom, 0
        for row in reversed(self.reading.rows):
            if row.position <= bottom:
                break
            below += sum(value is not None for value in row.cells.values()) >= 2
        return {bottom} if below >= self.last - bottom else set()

    def _check(self) -> None:
        if self.table is not None and self.table.totals:
            raise Refused("totals-row", "the table ends with a totals row: switch it off, so that rows can be added")
        if self.obstacles.protected:
            raise Refused("protected", "the sheet is protected")
        used = self.columns.values()
        self.obstacles.check_rows(Area(left=min(used), right=max(used), top=self.next, bottom=self.next))

    @cached_property
    def _above(self) -> RowXml | None:
        """The row whose look is taken over: the last one, right below the header the blank one prepared there."""
        return self.sheet.row(self.last + 1 if self._bare else self.last)

    @property
    def _shape(self) -> Mapping[str, str]:
        return self._above.shape if self._above else {}

    @cached_property
    def _column_styles(self) -> Mapping[int, int]:
        """The formats of whole columns, as far as our columns go."""
        found: dict[int, int] = {}
        for element in self.sheet.frame.all("col"):
            first, last = int(element.attribute("min", "0")), int(element.attribute("max", "0"))
            found |= {c: int(element.attribute("style", "0")) for c in self.columns.values() if first <= c <= last}
        return found

    def _styles(self, there: RowXml | None) -> Mapping[int, int]:
        """The format of each cell of the next row, by column."""
        above = {column: old.style for column, old in self._above.cells.items()} if self._above else {}
        row = there.style if there else 0
        prepared = {column: old.style for column, old in there.cells.items()} if there else {}
        ours = {c: row or above.get(c, self._column_styles.get(c, 0)) for c in self.columns.values()}
        return {**({} if there else {c: s for c, s in above.items() if s}), **ours, **prepared}

    def _cell(self, column: int, styles: Mapping[int, int], value: Written) -> bytes:
        style = self.styles.fitting(styles.get(column, 0), value.need)
        return cell(place(self.next, column), style, value, self.sheet.prefix)

    def _calculated(
        self, there: RowXml | None, styles: Mapping[int, int], content: Mapping[int, Written]
    ) -> Mapping[int, bytes]:
        """The cells of the table's calculated columns that nobody fills otherwise."""
        if self.table is None:
            return {}
        found = {}
        for column, element in enumerate(self.table.outline.all("tableColumn"), start=self.table.area.left):
            formula = element.child("calculatedColumnFormula")
            filled = content.get(column, Written()).text or (there and column in there.cells)
            if formula is None or formula.flag("array") or not formula.text or filled:
                continue
            at = place(self.next, column)
            found[column] = formula_cell(at, styles.get(column, 0), formula.text, self.sheet.prefix)
        keys = {column: key for key, column in self.columns.items()}
        self.formulas |= {(self.next, keys.get(column, "")) for column in found}
        return found
