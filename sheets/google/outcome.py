"""What really came of a batch, read from its record, and how to put right what hit the wrong cell.

Pure. Wrong is a cell whose row, column or old content was not the one meant: people moved it, or typed, in the same
moment. Putting back is a write like any other, with its own record; a cell people changed since is left to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sheets.google.journal import Entry, Record
from sheets.google.plan import Put, Target
from sheets.google.reading import Reading
from sheets.google.values import Held, mark, sent

_BLANK = mark(None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """Cells of one row that were overwritten by mistake, by column as headed then."""

    headings: tuple[Held, ...]
    before: tuple[Held, ...]
    after: tuple[Held, ...]
    columns: tuple[int, ...]


def copied(entry: Entry) -> bool:
    """Whether the row was really copied: rows hidden by a filter may be left out."""
    wrote = any(_mark(entry.after, column) != _BLANK for column in entry.meant)
    known = any(wanted != _BLANK for wanted in entry.must.values())
    return wrote or not known or any(value is not None for value in entry.before)


def right_columns(record: Record, entry: Entry) -> tuple[int, ...]:
    """The columns of an entry that were written where they were meant."""
    place = all(_headed(record, column) and _mark(entry.before, column) == m for column, m in entry.must.items())
    return tuple(
        column
        for column in entry.meant
        if place and _headed(record, column) and _mark(entry.before, column) == entry.expected[column]
    )


def wrongs(record: Record) -> tuple[Wrong, ...]:
    """All that hit a wrong cell. Of a new row that went wrong in part, the whole."""
    found = []
    for entry in filter(copied, record.entries):
        right = right_columns(record, entry)
        if len(right) < len(entry.meant):
            wrong = tuple(column for column in entry.meant if column not in right or not entry.must)
            found.append(Wrong(headings=record.headings, before=entry.before, after=entry.after, columns=wrong))
    return tuple(found)


def repairs(wrong: Sequence[Wrong], reading: Reading, identity: str) -> tuple[Target, ...]:
    """What to write to put wrong cells back, where they still show what was written by mistake."""
    number = reading.header.columns[identity] - 1
    targets: dict[int, Target] = {}
    for one in wrong:
        places = _places(one, reading)
        for row in _rows(one, reading, places, number):
            cells = reading.at(row)
            puts = {
                places[column]: Put(content=sent(_at(one.before, column)), expected=_mark(one.after, column))
                for column in one.columns
                if column in places
                and _mark(cells, places[column]) == _mark(one.after, column) != _mark(one.before, column)
            }
            if puts:
                # A batch knows a row once: what two mistakes did to one row is put back one after the other.
                must = {column: mark(value) for column, value in enumerate(cells) if column not in puts}
                targets.setdefault(row, Target(row=row, puts=puts, must=_needed(must, number)))
    return tuple(targets.values())


def _needed(must: dict[int, str], number: int) -> dict[int, str]:
    """The number alone says which row it is; without one all that stands in it does."""
    known = must.get(number, _BLANK)
    return {number: known} if known != _BLANK else {c: m for c, m in must.items() if m != _BLANK}


def _places(one: Wrong, reading: Reading) -> dict[int, int]:
    """Where the columns of then stand now, by their headings; one without a heading where it stood."""
    headings = list(reading.at(reading.header.row - 1))
    places = {}
    for column in range(max(len(one.headings), len(one.before), len(one.after))):
        heading = _at(one.headings, column)
        if heading is None and column < len(headings) and headings[column] is None:
            places[column] = column
        elif heading in headings:
            places[column] = headings.index(heading)
    return places


def _rows(one: Wrong, reading: Reading, places: dict[int, int], number: int) -> list[int]:
    """The rows that may be the wronged one: those with its number, or of those without any the one most like it."""
    then = next((column for column, place in places.items() if place == number), -1)
    known = _mark(one.before, then)
    rows = range(reading.header.row, len(reading.grid))
    if known != _BLANK and then not in one.columns:
        return [row for row in rows if mark(reading.at(row)[number]) == known]
    nameless = (_BLANK, _mark(one.after, then))
    may_be = [row for row in rows if mark(reading.at(row)[number]) in nameless and _shows(one, reading.at(row), places)]
    return sorted(may_be, key=lambda row: _alike(one, reading.at(row), places), reverse=True)[:1]


def _shows(one: Wrong, cells: Sequence[Held], places: dict[int, int]) -> bool:
    """Whether all that was written there by mistake stands in this row."""
    wrote = [column for column in one.columns if column in places and _at(one.after, column) is not None]
    return bool(wrote) and all(_mark(cells, places[column]) == _mark(one.after, column) for column in wrote)


def _alike(one: Wrong, cells: Sequence[Held], places: dict[int, int]) -> int:
    return sum(_mark(cells, place) == _mark(one.after, column) for column, place in places.items())


def _headed(record: Record, column: int) -> bool:
    return _mark(record.headings, column) == record.meant_headings.get(column, "")


def _at(cells: Sequence[Held], column: int) -> Held:
    return cells[column] if 0 <= column < len(cells) else None


def _mark(cells: Sequence[Held], column: int) -> str:
    return mark(_at(cells, column))
