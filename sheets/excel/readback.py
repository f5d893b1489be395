"""Reading back what was just written: the touched cells, in a little workbook of their own with the same formats.

The reader of values would need seconds for a large register; for the cells that matter it needs a moment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace

from sheets.excel.editing import Edited, Place
from sheets.excel.lines import cell_of
from sheets.excel.little import little_workbook
from sheets.excel.parts import Book
from sheets.excel.reader import plain_values
from sheets.excel.reading import Reading
from sheets.excel.rowxml import CellXml, RowXml, addressed
from sheets.table import Cell, Column


def read_back(
    edit: Edited, reading: Reading, rows: Mapping[int, RowXml], columns: Sequence[Column]
) -> Mapping[Place, Cell]:
    """The cells written, and all known ones of new rows, as a reader of values sees them. Raises Unreadable."""
    assert edit.data is not None  # noqa: S101 - there is something to read
    kinds = {column.key: column.kind for column in columns}
    places = _places(edit, reading)
    numbers = {position: number for number, position in enumerate(sorted(rows), start=1)}
    lines = plain_values(_little(edit, reading, rows, places, numbers), reading.part.name)
    found: dict[Place, Cell] = {}
    for (position, key), column in places.items():
        cell = rows[position].cells.get(column)
        line = lines[numbers[position] - 1] if numbers[position] <= len(lines) else []
        value = cell_of(line[column - 1], kinds[key]) if column <= len(line) else None
        found[position, key] = (cell.unread or None) if value is None and cell is not None else value
    return found


def _places(edit: Edited, reading: Reading) -> Mapping[Place, int]:
    """The places to look at, with their columns."""
    columns = reading.header.columns
    new = {(position, key) for position in edit.rows if position > reading.last_row for key in columns}
    return {(position, key): columns[key] for position, key in {*edit.cells, *edit.formulas, *new} if key in columns}


def _little(
    edit: Edited,
    reading: Reading,
    rows: Mapping[int, RowXml],
    places: Mapping[Place, int],
    numbers: Mapping[int, int],
) -> bytes:
    """A workbook of the touched cells alone, their rows numbered from 1."""
    assert edit.data is not None  # noqa: S101 - asked by the caller
    wanted: dict[int, set[int]] = {}
    for (position, _), column in places.items():
        wanted.setdefault(position, set()).add(column)
    kept = (_only(rows[position], wanted.get(position, set())) for position in numbers)
    lines = (piece for number, row in enumerate(kept, start=1) for piece in _line(row, number))
    sheet = [edit.frame[0], *lines, edit.frame[1]]
    return little_workbook(Book(edit.data, trusted=True), {reading.part.part: sheet}, texts=False)


def _only(row: RowXml, columns: Set[int]) -> RowXml:
    return replace(row, cells={column: cell for column, cell in row.cells.items() if column in columns})


def _line(row: RowXml, number: int) -> Iterator[bytes]:
    name = row.tag[1:].split(b"row", 1)[0] + b"row"
    yield b"<" + name + f' r="{number}">'.encode()
    # A text kept elsewhere is none of ours, and stays elsewhere.
    yield from (addressed(row.cells[c], number) for c in sorted(row.cells) if not _shared(row.cells[c]))
    yield b"</" + name + b">"


def _shared(cell: CellXml) -> bool:
    return cell.type == "s"
