"""What really came of a batch, read from its record, and how to put right what hit the wrong cell.

Pure. Wrong is a cell whose row, column or old content was not the one meant: people moved it, or typed, in the same
moment. Putting back is a write like any other, with its own record; a cell people changed since is left to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

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
    place = all(headed(record, column) and _mark(entry.before, column) == m for column, m in entry.must.items())
    return tuple(
        column
        for column in entry.meant
        if place and headed(record, column) and _mark(entry.before, column) == entry.expected[column]
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


def still_wrong(wrong: Sequence[Wrong], record: Record, heading: Held) -> tuple[Wrong, ...]:
    """What is left of `wrong` after a batch of repairs; `heading` is the number's.

    Whatever else hit a cell that is right now has come to an end with it. A line whose number was hit itself, or
    that has none, is known by all that was replaced in it.
    """
    right = [(entry, right_columns(record, entry)) for entry in filter(copied, record.entries)]
    done = {_place(record.headings, entry.before, column, heading) for entry, columns in right for column in columns}
    number = record.headings.index(heading) if heading in record.headings else -1
    lines = [
        {(_at(record.headings, c), _mark(entry.before, c)) for c in columns}
        for entry, columns in right
        if _mark(entry.before, number) == _BLANK or number in columns
    ]
    left = []
    for one in wrong:
        columns: tuple[int, ...] = ()
        if _bears_its_number(one, heading):
            columns = tuple(c for c in one.columns if _cell(one, c, heading) not in done)
        elif (line := _line(one, lines)) is None:
            columns = one.columns
        else:
            lines.remove(line)  # two lines may show the same: one of them is mended
        left.append(replace(one, columns=columns))
    return tuple(one for one in left if one.columns)


def _bears_its_number(one: Wrong, heading: Held) -> bool:
    number = one.headings.index(heading) if heading in one.headings else -1
    return _mark(one.before, number) != _BLANK and number not in one.columns


def _line(one: Wrong, lines: Sequence[set[tuple[Held, str]]]) -> set[tuple[Held, str]] | None:
    replaced = {(_at(one.headings, c), _mark(one.after, c)) for c in one.columns}
    return next((line for line in lines if replaced <= line), None)


def _cell(one: Wrong, column: int, heading: Held) -> tuple[str, Held]:
    return _place(one.headings, one.before, column, heading)


def _place(headings: Sequence[Held], cells: Sequence[Held], column: int, heading: Held) -> tuple[str, Held]:
    """A cell by the number of its row, blank when it has none, and the heading of its column."""
    return _mark(cells, headings.index(heading) if heading in headings else -1), _at(headings, column)


def repairs(wrong: Sequence[Wrong], reading: Reading, identity: str) -> tuple[Target, ...]:
    """What to write to put wrong cells back, where they still show what was written by mistake."""
    number = reading.header.columns[identity] - 1
    heading = reading.at(reading.header.row - 1)[number]
    targets: dict[int, Target] = {}
    for one in wrong:
        places = _places(one, reading)
        for row in _rows(one, reading, places, number):
            cells = reading.at(row)
            stood = {
                column: _stood(one, column, wrong, heading)
                for column in one.columns
                if column in places and _mark(cells, places[column]) == _mark(one.after, column)
            }
            puts = {
                places[column]: Put(content=sent(value), expected=_mark(one.after, column))
                for column, value in stood.items()
                if mark(value) != _mark(one.after, column)
            }
            if puts:
                # A batch knows a row once: what two mistakes did to one row is put back one after the other.
                must = {column: mark(value) for column, value in enumerate(cells) if column not in puts}
                targets.setdefault(row, Target(row=row, puts=puts, must=_needed(must, number)))
    return tuple(targets.values())


def _stood(one: Wrong, column: int, wrong: Sequence[Wrong], heading: Held) -> Held:
    """What stood in a cell before all the mistakes that, one upon the other, led to what it shows."""
    if not _bears_its_number(one, heading):
        return _at(one.before, column)
    cell = _cell(one, column, heading)
    same = [(_at(w.before, c), _mark(w.after, c)) for w in wrong for c in w.columns if _cell(w, c, heading) == cell]
    value, passed = _at(one.before, column), {_mark(one.after, column)}
    while earlier := [before for before, after in same if after == mark(value)]:
        if mark(value) in passed:
            return same[0][0]  # one mistake undid the other: the first knows
        passed.add(mark(value))
        value = earlier[0]
    return value


def _needed(must: dict[int, str], number: int) -> dict[int, str]:
    """The number alone says which row it is; without one all that stands in it does, and that it has none."""
    known = must.get(number, _BLANK)
    return {number: known} if known != _BLANK else {c: m for c, m in must.items() if m != _BLANK or c == number}


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
    """Whether what was written there by mistake stands in this row, as far as it was not put back yet.

    Where only blanks were written the rest of the row must tell.
    """
    wrote = {column for column in one.columns if column in places}
    filled = {column for column in wrote if _at(one.after, column) is not None}
    for column in filled or wrote:
        if _mark(cells, places[column]) not in (_mark(one.after, column), _mark(one.before, column)):
            return False
    told = filled or places.keys() - wrote
    return any(_at(one.after, c) is not None and _mark(cells, places[c]) == _mark(one.after, c) for c in told)


def _alike(one: Wrong, cells: Sequence[Held], places: dict[int, int]) -> int:
    return sum(_mark(cells, place) == _mark(one.after, column) for column, place in places.items())


def headed(record: Record, column: int) -> bool:
    """Whether a column was headed then as it was meant."""
    return _mark(record.headings, column) == record.meant_headings.get(column, "")


def _at(cells: Sequence[Held], column: int) -> Held:
    return cells[column] if 0 <= column < len(cells) else None


def _mark(cells: Sequence[Held], column: int) -> str:
    return mark(_at(cells, column))
