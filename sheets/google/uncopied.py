"""Rows a batch could not copy into its record: nobody documents whether copies include rows hidden by a filter.

Which row was hit is known all the same, for the answer shows it as it stands after the write. What stood there before
is what was read last; so an edit of the same cell within that half second would not be known. When the answer was lost
too, the row hit is the one that shows since then what was written, and did not before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sheets.google.journal import Entry, Record
from sheets.google.outcome import copied
from sheets.google.plan import Write
from sheets.google.reading import Reading
from sheets.google.values import Held, held_of, mark

Cells = tuple[Held, ...]
_BLANK = mark(None)


def completed(record: Record, write: Write, identity: str) -> Record:
    """The record of `write` with what is missing in it, as far as the answer tells."""
    entries = []
    for entry, target in zip(record.entries, (*write.targets, *write.new), strict=False):
        if not copied(entry) and (after := record.standing.get(target.row)) is not None:
            before = _last_seen(after, entry, record.headings, write.reading, identity)
            entry = replace(entry, before=before, after=after)
        entries.append(entry)
    return replace(record, entries=tuple(entries))


def missing(record: Record) -> bool:
    """Whether it is still not known of a row what was hit."""
    return not all(map(copied, record.entries))


def searched(record: Record, write: Write, present: Reading, identity: str) -> Record:
    """The record of `write` with what is missing in it, as far as a reading made afterwards tells."""
    entries = []
    places = _places(record.headings, present)
    known = {_number(cells, write.reading, identity): cells for cells in write.reading.grid}
    for entry, target in zip(record.entries, (*write.targets, *write.new), strict=False):
        if not copied(entry):
            wrote = {column: _mark((held_of(put.content),), 0) for column, put in target.puts.items()}
            hit = _row_hit(entry, wrote, present, places, known, write.reading, identity)
            if hit is not None:
                after = _ordered(hit, places, len(record.headings))
                before = _last_seen(after, entry, record.headings, write.reading, identity)
                entry = replace(entry, before=before, after=after)
        entries.append(entry)
    return replace(record, entries=tuple(entries))


def _row_hit(
    entry: Entry,
    wrote: Mapping[int, str],
    present: Reading,
    places: Mapping[int, int],
    known: Mapping[str, Cells],
    then: Reading,
    identity: str,
) -> Cells | None:
    """The one row that shows newly what was written; none when the row meant is among them, or it cannot be told."""
    number = then.header.columns[identity] - 1
    hits: list[tuple[int, bool, Cells]] = []
    for index in range(present.header.row, len(present.grid)):
        cells = present.at(index)
        mine = _number(cells, present, identity)
        old = known.get(mine, ()) if mine != _BLANK else ()
        shows = [c for c, m in wrote.items() if _mark(cells, places.get(c, -1)) == m != _mark(old, c)]
        if shows:
            hits.append((len(shows), entry.must.get(number) == mine != _BLANK, cells))
    if not hits or any(meant for _, meant, _ in hits):
        return None
    most = max(count for count, _, _ in hits)
    best = [cells for count, _, cells in hits if count == most]
    return best[0] if len(best) == 1 else None


def _number(cells: Sequence[Held], reading: Reading, identity: str) -> str:
    return _mark(cells, reading.header.columns[identity] - 1)


def _last_seen(after: Cells, entry: Entry, headings: Sequence[Held], reading: Reading, identity: str) -> Cells:
    """A row as it was read last, its columns in the order of `headings`; blank where it cannot be found."""
    places = _places(headings, reading)
    others = {column: place for column, place in places.items() if column not in entry.meant}
    number = reading.header.columns[identity] - 1
    if bearing := {c: p for c, p in others.items() if p == number and _at(after, c) is not None}:
        others = bearing
    for row in range(reading.header.row, len(reading.grid)):
        cells = reading.at(row)
        if all(_mark(cells, place) == _mark(after, column) for column, place in others.items()):
            return _ordered(cells, places, len(headings))
    return tuple(None if column in entry.meant else _at(after, column) for column in range(len(headings)))


def _places(headings: Sequence[Held], reading: Reading) -> dict[int, int]:
    """Where the columns so headed stand in a reading."""
    headed = list(reading.at(reading.header.row - 1))
    return {c: headed.index(h) for c, h in enumerate(headings) if h is not None and h in headed}


def _ordered(cells: Sequence[Held], places: dict[int, int], width: int) -> Cells:
    return tuple(_at(cells, places.get(column, -1)) for column in range(width))


def _at(cells: Sequence[Held], column: int) -> Held:
    return cells[column] if 0 <= column < len(cells) else None


def _mark(cells: Sequence[Held], column: int) -> str:
    return mark(_at(cells, column))
