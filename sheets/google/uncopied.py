"""Rows a batch could not copy into its record: nobody documents whether copies include rows hidden by a filter.

Which row was hit is known all the same, for the answer shows it as it stands after the write. What stood there before
is what was read last; so an edit of the same cell within that half second would not be known. When the answer was lost
too, the row hit is the one that shows since then what was written, and did not before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sheets.google.journal import Entry, Record
from sheets.google.outcome import copied, headed
from sheets.google.reading import Reading
from sheets.google.sent import Cells, Sent, at
from sheets.google.values import Held, mark

_BLANK = mark(None)


def completed(record: Record, sent: Sent) -> Record:
    """The record of a batch with what is missing in it, as far as the answer tells."""
    entries = list(record.entries)
    for place, entry, (row, _) in _lacking(record, sent):
        if (after := record.standing.get(row)) is not None:
            entries[place] = _hit(entry, after, record.headings, sent)
    return replace(record, entries=tuple(entries))


def missing(record: Record) -> bool:
    """Whether it is still not known of a row what was hit."""
    return not all(map(copied, record.entries))


def searched(record: Record, sent: Sent, present: Reading, identity: str) -> Record:
    """The record of a batch with what is missing in it, as far as a reading made afterwards tells."""
    entries = list(record.entries)
    search = _search(record, sent, present, identity)
    for places, rows in search.found():
        for place, row in zip(places, rows, strict=False):
            entries[place] = _hit(entries[place], search.then(row), record.headings, sent)
    return replace(record, entries=tuple(entries))


def _lacking(record: Record, sent: Sent) -> Iterator[tuple[int, Entry, tuple[int, Mapping[int, str]]]]:
    """The entries without a copy, each with its place in the record and with what was sent."""
    for place, (entry, target) in enumerate(zip(record.entries, sent.targets, strict=False)):
        if not copied(entry):
            yield place, entry, target


@dataclass(frozen=True, slots=True, kw_only=True)
class _Search:
    """Looking in the present register, whose numbers stand in column `number`, for the rows that were hit.

    `now` and `before` say where the columns stand at present and stood at the reading before, by where they stood when
    it was written; `known` are the rows of that reading by their number's mark.
    """

    record: Record
    sent: Sent
    present: Reading
    number: int
    now: Mapping[int, int]
    before: Mapping[int, int]
    known: Mapping[str, Cells]

    def found(self) -> Iterator[tuple[list[int], list[int]]]:
        """Entries that wrote the same, and the rows they hit; which of them hit which does not matter then.

        Rows whose news another entry explains are not among them. When more rows show the news than were written
        people typed the same: then it cannot be told.
        """
        lacking = {place: (entry, wrote) for place, entry, (_, wrote) in _lacking(self.record, self.sent)}
        right = {place: row for place, (entry, wrote) in lacking.items() if (row := self._meant(entry, wrote)) >= 0}
        explained = {*right.values(), *self._explained()} if lacking else set()
        alike: dict[tuple[tuple[int, str], ...], list[int]] = {}
        for place in [place for place in lacking if place not in right]:
            alike.setdefault(tuple(sorted(lacking[place][1].items())), []).append(place)
        for marks, places in alike.items():
            news = {row: self._news(row, dict(marks)) for row in self._rows() if row not in explained}
            most = max(news.values(), default=0)
            rows = [row for row, count in news.items() if count == most > 0]
            if len(rows) <= len(places):
                yield places, rows

    def then(self, row: int) -> Cells:
        """A row as it stands now, its columns in the order they had when it was written."""
        cells = self.present.at(row)
        return tuple(at(cells, self.now.get(column, -1)) for column in range(len(self.record.headings)))

    def _rows(self) -> range:
        return range(self.present.header.row, len(self.present.grid))

    def _bears(self, row: int) -> str:
        return mark(self.present.at(row)[self.number])

    def _meant(self, entry: Entry, wrote: Mapping[int, str]) -> int:
        """The row an entry was meant for, if it shows the news where it was meant to; -1 if not."""
        if not all(headed(self.record, column) for column in wrote):
            return -1
        wanted = entry.must.get(self.sent.number, _BLANK)
        rows = (row for row in self._rows() if wanted != _BLANK and self._bears(row) == wanted)
        return next((row for row in rows if self._news(row, wrote)), -1)

    def _explained(self) -> set[int]:
        """The rows that entries with a copy hit, as far as they bear a number."""
        place = next((column for column, at_present in self.now.items() if at_present == self.number), -1)
        hit = {mark(at(entry.before, place)) for entry in self.record.entries if copied(entry)} - {_BLANK}
        return {row for row in self._rows() if self._bears(row) in hit}

    def _news(self, row: int, wrote: Mapping[int, str]) -> int:
        """How many of the columns written show what was written, and did not before."""
        cells = self.present.at(row)
        old = self.known.get(self._bears(row), ())
        shown = [column for column, wanted in wrote.items() if mark(at(cells, self.now.get(column, -1))) == wanted]
        return sum(mark(at(old, self.before.get(column, -1))) != wrote[column] for column in shown)


def _search(record: Record, sent: Sent, present: Reading, identity: str) -> _Search:
    known = {mark(at(row, sent.number)): row for row in sent.rows}
    known.pop(_BLANK, None)
    return _Search(
        record=record,
        sent=sent,
        present=present,
        number=present.header.columns[identity] - 1,
        now=_places(record.headings, present.at(present.header.row - 1)),
        before=_places(record.headings, sent.headings),
        known=known,
    )


def _hit(entry: Entry, after: Cells, headings: Sequence[Held], sent: Sent) -> Entry:
    """An entry that is known to have hit a row, as that row was read last; blank where it cannot be found."""
    places = _places(headings, sent.headings)
    others = {column: place for column, place in places.items() if column not in entry.meant}
    if bearing := {c: p for c, p in others.items() if p == sent.number and at(after, c) is not None}:
        others = bearing
    before = tuple(None if column in entry.meant else at(after, column) for column in range(len(headings)))
    for row, cells in enumerate(sent.rows):
        if all(mark(at(cells, place)) == mark(at(after, column)) for column, place in others.items()):
            stood = [(place := places.get(c, -1), at(cells, place)) for c in range(len(headings))]
            before = tuple(v if sent.knows(row, place) else at(after, c) for c, (place, v) in enumerate(stood))
            break
    return replace(entry, before=before, after=after)


def _places(headings: Sequence[Held], there: Sequence[Held]) -> dict[int, int]:
    """Where the columns so headed stand among other headings."""
    headed = list(there)
    return {c: headed.index(h) for c, h in enumerate(headings) if h is not None and h in headed}
