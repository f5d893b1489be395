"""Carrying changes out on a workbook's bytes: which cells get which bytes, and which parts change with them.

Pure: bytes in, bytes out. Only the register sheet's touched rows, the styles' end, ranges that grow, the load flag and
the chain of calculation differ afterwards; `verification` proves it before anything is published.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from sheets.cells import same
from sheets.excel.archive import Buffer
from sheets.excel.growth import frame_splices, grown_table, name_splices
from sheets.excel.newrows import NewRows
from sheets.excel.obstacles import obstacles, tables_of
from sheets.excel.outline import Splice, pieces, spliced
from sheets.excel.parts import Book
from sheets.excel.ranges import Area, place
from sheets.excel.reading import Reading
from sheets.excel.recalculation import load_splices, without_chain
from sheets.excel.rowxml import RowXml
from sheets.excel.sheetxml import SheetXml
from sheets.excel.styles import Styles
from sheets.excel.values import cell, written
from sheets.register import Refused
from sheets.table import AppendRow, Cell, Change, SetCell

Place = tuple[int, str]
"""A row's position and a column's key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """What became of the changes. `data` is the new file, None when nothing was to be done.

    `cells` are the values written by place, `formulas` the places that got a formula of the table's own, `rows` the
    bytes of the rows touched, `before` those rows as they were, `frame` what stands before and behind all rows,
    `contents` the parts that differ.
    """

    data: bytes | None
    done: tuple[Change, ...]
    refused: tuple[tuple[Change, Refused], ...]
    cells: Mapping[Place, Cell] = field(default_factory=lambda: MappingProxyType({}))
    formulas: frozenset[Place] = frozenset()
    rows: Mapping[int, bytes] = field(default_factory=lambda: MappingProxyType({}))
    before: Mapping[int, RowXml | None] = field(default_factory=lambda: MappingProxyType({}))
    frame: tuple[bytes, bytes] = (b"", b"")
    contents: Mapping[str, Sequence[Buffer]] = field(default_factory=lambda: MappingProxyType({}))
    dropped: frozenset[str] = frozenset()


def edited(
    book: Book, reading: Reading, changes: Sequence[Change], impossible: frozenset[Place] = frozenset()
) -> Edited:
    """Carry out what can be; `impossible` places are refused. Raises Refused when the workbook must not be touched."""
    if book.sealed:
        raise Refused(book.sealed, "the workbook as a whole must not be edited")
    editor = _Editor(book, reading, impossible)
    for change in changes:
        editor.carry_out(change)
    return editor.finish()


class _Editor:
    def __init__(self, book: Book, reading: Reading, impossible: frozenset[Place]) -> None:
        if book.styles is None:
            raise Refused("no-styles", "the workbook has no cell formats")
        self.book, self.reading, self.impossible = book, reading, impossible
        usual = reading.marks is not None
        self.sheet = SheetXml(book.xml(reading.part.part), formulas=reading.formulas, usual=usual)
        self.styles = Styles(book.xml(book.styles))
        tables = tables_of(book, reading.part.part)
        row, columns = reading.header.row, reading.header.columns
        self.table = next((t for t in tables if any(t.area.holds(row, c) for c in columns.values())), None)
        self.obstacles = obstacles(book, reading.part.part, self.sheet, self.table, tables)
        self.touched: dict[int, dict[int, bytes]] = {}
        self.cells: dict[Place, Cell] = {}
        self.done: list[Change] = []
        self.refused: list[tuple[Change, Refused]] = []
        self.chain_broken = False
        self.new = NewRows(self.sheet, self.styles, self.obstacles, self.table, reading)

    def carry_out(self, change: Change) -> None:
        try:
            done = self._append(change) if isinstance(change, AppendRow) else self._set(change)
        except Refused as refused:
            self.refused.append((change, refused))
        else:
            if done:
                self.done.append(change)

    def _set(self, change: SetCell) -> bool:
        column = self.reading.header.columns.get(change.column)
        there = self.reading.rows.at(change.position)
        if column is None or there is None or not same(there[change.column], change.expected):
            return False
        place_ = change.position, change.column
        if place_ in self.impossible:
            raise Refused("unverified", "the value does not come back as it was written")
        row = self.sheet.row(change.position)
        assert row is not None  # noqa: S101 - it was read
        before = row.cells.get(column)
        self.obstacles.check_cell(change.position, column, before)
        style = before.style if before else row.style
        if self.obstacles.protected and not self.styles.unlocked(style):
            raise Refused("protected", "the sheet is protected")
        value = written(change.value, date1904=self.book.date1904)
        new = cell(place(change.position, column), self.styles.fitting(style, value.need), value, self.sheet.prefix)
        self.touched.setdefault(change.position, {})[column] = new
        self.cells[place_] = change.value
        self.chain_broken |= before is not None and before.formula is not None
        return True

    def _append(self, change: AppendRow) -> bool:
        position, values = self.new.next, {}
        for key in self.reading.header.columns:
            value = change.cells.get(key)
            try:
                if (position, key) in self.impossible:
                    raise Refused("unverified", "the value does not come back as it was written")
                values[key] = written(value, date1904=self.book.date1904)
            except Refused as refused:
                single = SetCell(position=position, identity=change.identity, column=key, expected=None, value=value)
                self.refused.append((single, refused))
        self.new.add(values)
        self.cells.update({(position, key): change.cells.get(key) for key in values})
        return True

    def finish(self) -> Edited:
        refused = tuple(self.refused)
        if not self.done:
            return Edited(data=None, done=(), refused=refused)
        frame, rows = self._frame_splices(), self._row_splices()
        splices = [*(splice for _, splice in rows), *map(self.sheet.placed, frame)]
        replaced: dict[str, Sequence[Buffer]] = {
            self._stored(self.reading.part.part): list(pieces(self.sheet.part, splices))
        }
        replaced |= {self._stored(name): [content] for name, content in self._other_parts().items()}
        dropped: frozenset[str] = frozenset()
        if self.chain_broken or self.new.formulas or self.new.overwrote_formula:
            changed, dropped = without_chain(self.book)
            replaced |= {self._stored(name): [content] for name, content in changed.items()}
        return Edited(
            data=self.book.archive.rebuilt(replaced, dropped),
            done=tuple(self.done),
            refused=refused,
            cells=self.cells,
            formulas=self.new.formulas,
            rows={position: row for position, (_, _, row) in rows},
            before={position: self.sheet.row(position) for position, _ in rows},
            frame=self._frame(frame),
            contents=replaced,
            dropped=dropped,
        )

    def _row_splices(self) -> list[tuple[int, Splice]]:
        """Each touched row's number and splice."""
        splices: list[tuple[int, Splice]] = []
        for position, cells in self.touched.items():
            row = self.sheet.row(position)
            assert row is not None  # noqa: S101 - it was read
            splices.append((position, self.sheet.with_cells(row, cells)))
        return [*splices, *self.new.splices()]

    def _frame_splices(self) -> list[Splice]:
        return list(frame_splices(self.sheet.frame_part, self.sheet.frame, self.new.growth, self._used()))

    def _frame(self, splices: Sequence[Splice]) -> tuple[bytes, bytes]:
        """What will stand before the rows and behind them."""
        before, middle = self.sheet.frame_part, self.sheet.start
        head = spliced(before[:middle], [splice for splice in splices if splice[0] < middle])
        tail = [(start - middle, end - middle, new) for start, end, new in splices if start >= middle]
        return head, spliced(before[middle:], tail)

    def _used(self) -> Area:
        columns, rows = self.reading.header.columns.values(), [position for position, _ in self.cells]
        return Area(left=min(columns), right=max(columns), top=min(rows), bottom=max(rows))

    def _other_parts(self) -> dict[str, bytes]:
        growth, parts = self.new.growth, {}
        if self.table is not None and growth.bottom > self.table.area.bottom:
            parts[self.table.part] = grown_table(self.table, growth)
        workbook = self.book.xml(self.book.workbook)
        names = name_splices(workbook, self.book.main, self.reading.part, growth)
        if splices := [*names, *load_splices(self.book, self.reading)]:
            parts[self.book.workbook] = spliced(workbook, splices)
        if (styles := self.styles.part()) is not None and self.book.styles is not None:
            parts[self.book.styles] = styles
        return parts

    def _stored(self, part: str) -> str:
        name = self.book.archive.find(part)
        assert name is not None  # noqa: S101 - it was read
        return name
