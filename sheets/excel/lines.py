"""The reader's lines as rows, where a sheet can only be read as a whole: every value is shaped once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from operator import itemgetter

from sheets.cells import shaped
from sheets.header import Header
from sheets.table import Cell, Column, Kind

Value = str | float | bool | date | time | timedelta
"""What the fast reader gives."""

_KNOWN_LIMIT = 500_000
_EQUAL_TO_TRUTH = (0.0, 1.0)


def known_columns(header: Header, columns: Sequence[Column]) -> list[Column]:
    """The columns the header names, in the order rows have them."""
    return [column for column in columns if column.key in header.columns]


def rows_of(
    lines: Iterable[Sequence[Value]], first: int, header: Header, columns: Sequence[Column]
) -> Iterator[tuple[int, list[Cell]]]:
    """Position and cells of the rows below the header. Lines begin at row 1 and column `first`."""
    wanted = known_columns(header, columns)
    moments = [place for place, column in enumerate(wanted) if column.kind is Kind.DATETIME]
    # One place too many makes the getter give a tuple even of a single column.
    picked = itemgetter(*(header.columns[column.key] - first for column in wanted), 0)
    known = Known()
    for position, line in enumerate(lines, start=1):
        if position <= header.row:
            continue
        cells = [*map(known.__getitem__, picked(line))][:-1]
        for place in moments:
            cells[place] = at_midnight(cells[place])
        yield position, cells
        if len(known) > _KNOWN_LIMIT:
            known.clear()


def cell_of(value: Value, kind: Kind) -> Cell:
    """A value of the fast reader as a cell; what is no cell value of ours (a time of day, infinity) as text."""
    if isinstance(value, str | bool | date | datetime):
        return shaped(value, kind)
    if isinstance(value, int | float) and abs(value) < float("inf"):
        return shaped(value, kind)
    return str(value)


def at_midnight(cell: Cell) -> Cell:
    """A cell of a column with time of day: a bare day is its midnight."""
    return shaped(cell, Kind.DATETIME) if cell.__class__ is date else cell


class Known(dict[Value, Cell]):
    """Values of the reader met so far, shaped as in a column without time of day."""

    def __missing__(self, value: Value) -> Cell:
        cell = cell_of(value, Kind.TEXT)
        if value.__class__ is not bool and value not in _EQUAL_TO_TRUTH:  # 1.0 and True are one key
            self[value] = cell
        return cell
