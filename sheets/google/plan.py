"""From changes to a write: which cells of which rows are meant, and what must stand there for it to be right.

Pure. Rows and columns count from 0 here, as Google counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sheets.cells import normal, same
from sheets.google.reading import Reading
from sheets.google.values import Held, entered, mark
from sheets.register import Refused, Waiting
from sheets.table import AppendRow, Cell, Change, Column, Row, SetCell


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """Put `content` into a cell whose mark must be `expected` for it to be right. `change` is what asked for it.

    `form` is the number format the content needs, None when the cell keeps its own.
    """

    content: Mapping[str, Any]
    expected: str
    form: Mapping[str, str] | None = None
    change: Change | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A row to write into, or to add. `must` are the marks by which it is known to be the right one, by column."""

    row: int
    puts: Mapping[int, Put]
    must: Mapping[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """All that one request is to do, over one reading; `refused` cannot be done at all."""

    reading: Reading
    targets: tuple[Target, ...] = ()
    new: tuple[Target, ...] = ()
    refused: tuple[tuple[Change, Refused], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.targets or self.new)


@dataclass(slots=True)
class _Planner:
    seen: Reading
    reading: Reading
    identity: str
    then: Mapping[Cell, Sequence[Row]]
    now: Mapping[Cell, Sequence[Row]]
    targets: dict[int, tuple[dict[int, Put], Mapping[int, str]]] = field(default_factory=dict)
    new: list[Target] = field(default_factory=list)
    refused: list[tuple[Change, Refused]] = field(default_factory=list)

    def set(self, change: SetCell, seen: Row) -> None:
        if change.column not in self.seen.sheet.found or not same(seen.cells[change.column], change.expected):
            return
        row = self._present(seen).position - 1
        column = self.reading.header.columns[change.column] - 1
        if self.reading.covered(row, column):
            raise Refused("merged", "inside merged cells")
        put = _put(change.value, self.reading.at(row)[column], change)
        puts, _ = self.targets.setdefault(row, ({}, self._marks(row, seen)))
        puts[column] = put

    def append(self, change: AppendRow) -> None:
        places = self.reading.header.columns
        number = normal(change.identity)
        if len(self.now.get(number, ())) > len(self.then.get(number, ())):
            raise Waiting("changed")  # it stands there by now; a copy people made was there before
        puts = {places[key] - 1: _put(value, None, change) for key, value in change.cells.items() if key in places}
        row = self.reading.last_row + len(self.new)
        self.new.append(Target(row=row, puts=puts, must={}))

    def _present(self, row: Row) -> Row:
        """Where a row seen stands now. Raises Waiting when it, or what its columns are, changed."""
        if self.reading is self.seen:
            return row
        if self.reading.sheet.found != self.seen.sheet.found:
            raise Waiting("changed")
        number = normal(row.cells[self.identity])
        alike = [other for other in self.now.get(number, ()) if other.cells == row.cells]
        here = [other for other in alike if other.position == row.position]
        if not alike or (number is None and len(alike) > 1 and not here):
            raise Waiting("changed")
        return (here or alike)[0]

    def _marks(self, row: int, seen: Row) -> Mapping[int, str]:
        """A row is known by its identity; one that has none yet by all that stands in it."""
        places = self.reading.header.columns
        keys = [self.identity] if seen.cells[self.identity] is not None else list(places)
        cells = self.reading.at(row)
        return {places[key] - 1: mark(cells[places[key] - 1]) for key in keys}


def _put(value: Cell, stands: Held, change: Change) -> Put:
    content, form = entered(value)
    return Put(content=content, form=form, expected=mark(stands), change=change)


def planned(seen: Reading, reading: Reading, columns: Sequence[Column], changes: Sequence[Change]) -> Write:
    """Plan `changes`, which were decided over `seen`, on the later `reading`.

    Raises Waiting when a row concerned is not as it was seen.
    """
    identity = next(column.key for column in columns if column.identity)
    planner = _Planner(
        seen=seen,
        reading=reading,
        identity=identity,
        then=_by_number(seen, identity),
        now=_by_number(reading, identity),
    )
    rows = {row.position: row for row in seen.sheet.rows}
    for change in changes:
        try:
            if isinstance(change, AppendRow):
                planner.append(change)
            elif change.position in rows:
                planner.set(change, rows[change.position])
        except Refused as refused:
            planner.refused.append((change, refused))
    targets = [Target(row=row, puts=puts, must=must) for row, (puts, must) in sorted(planner.targets.items())]
    return Write(reading=reading, targets=tuple(targets), new=tuple(planner.new), refused=tuple(planner.refused))


def _by_number(reading: Reading, identity: str) -> Mapping[Cell, list[Row]]:
    rows: dict[Cell, list[Row]] = {}
    for row in reading.sheet.rows:
        rows.setdefault(normal(row.cells[identity]), []).append(row)
    return rows
