"""The reader's lines as rows: every value shaped once, however often it stands in the sheet.

A large register repeats a few thousand texts and days millions of times; what is looked up need not be worked out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from operator import itemgetter
from types import MappingProxyType

from sheets.cells import shaped
from sheets.header import Header
from sheets.table import Cell, Column, Kind, Row

Value = str | float | bool | date | time | timedelta
"""What the fast reader gives."""

_KNOWN_LIMIT = 500_000
_EQUAL_TO_TRUTH = (0.0, 1.0)


def rows_of(lines: Iterable[Sequence[Value]], first: int, header: Header, columns: Sequence[Column]) -> Iterator[Row]:
    """The rows below the header with something in a known column. Lines begin at row 1 and column `first`."""
    wanted = [column for column in columns if column.key in header.columns]
    keys = [column.key for column in wanted]
    moments = [column.key for column in wanted if column.kind is Kind.DATETIME]
    # One place too many makes the getter give a tuple even of a single column.
    picked = itemgetter(*(header.columns[key] - first for key in keys), 0)
    known = _Known()
    for position, line in enumerate(lines, start=1):
        if position <= header.row:
            continue
        cells = dict(zip(keys, map(known.__getitem__, picked(line)), strict=False))
        for key in moments:
            if (day := cells[key]).__class__ is date:
                cells[key] = cell_of(day, Kind.DATETIME)
        if any(cell is not None for cell in cells.values()):
            yield Row(position=position, cells=MappingProxyType(cells))
        if len(known) > _KNOWN_LIMIT:
            known.clear()


def cell_of(value: Value, kind: Kind) -> Cell:
    """A value of the fast reader as a cell; what is no cell value of ours (a time of day, infinity) as text."""
    if isinstance(value, str | bool | date | datetime):
        return shaped(value, kind)
    if isinstance(value, int | float) and abs(value) < float("inf"):
        return shaped(value, kind)
    return str(value)


class _Known(dict[Value, Cell]):
    """Values met so far, shaped as in a column without time of day."""

    def __missing__(self, value: Value) -> Cell:
        cell = cell_of(value, Kind.TEXT)
        if value.__class__ is not bool and value not in _EQUAL_TO_TRUTH:  # 1.0 and True are one key
            self[value] = cell
        return cell
