"""The register in a Google Sheet, open to people all day: they sort, insert and type while we write.

The order of one write: what is it now, do the rows concerned still read as they were read, one batch for all of it,
look at the record of what was really overwritten, put back what hit a wrong cell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from sheets.dashboard import Dashboard
from sheets.google import journal
from sheets.google.address import book_id, location_of
from sheets.google.batch import ROWS_AT_ONCE, batch_of
from sheets.google.outcome import Wrong, copied, repairs, right_columns, still_wrong, wrongs
from sheets.google.plan import Write, planned
from sheets.google.reading import Reading, read_tab
from sheets.google.sent import Keeper, Sent, sent_of
from sheets.google.setup import prepare
from sheets.google.tabs import OF_REGISTER, Notebook, Tab, find_tab, tabs_of
from sheets.google.transport import Doubt, Google, Rejected
from sheets.google.uncopied import completed, missing, searched
from sheets.google.values import Held
from sheets.register import Refused, Unreadable, Unsure, Waiting
from sheets.table import Change, Column, SetCell, Sheet

FORCED = timedelta(minutes=10)
"""The whole tab is read at least so often, whatever Drive says about changes."""
_REPAIRS = 8
CHARACTERS_AT_ONCE = 300_000
"""Google advises at most 2 MB a request; a character may take four bytes, and each cell adds some of its own."""


class GoogleRegister:
    """A Register in the tab `title` of the spreadsheet `book` (id or address). `now` gives aware UTC.

    `keep` is the file that holds the batch sent last; it must outlive the process. `notebook` is where its writes are
    recorded: each tab that is written has one of its own. A new register gets `dashboard` beside it.
    `refused` are the changes the last write could not make, with the reason.
    """

    def __init__(
        self,
        google: Google,
        book: str,
        columns: Sequence[Column],
        *,
        title: str,
        keep: Path,
        now: Callable[[], datetime],
        notebook: Notebook = OF_REGISTER,
        dashboard: Dashboard | None = None,
    ) -> None:
        self._google, self._book, self._title, self._now = google, book_id(book), title, now
        self._columns = tuple(columns)
        self._identity = next(column.key for column in columns if column.identity)
        self._tab: Tab | None = None
        self._journal: Tab | None = None
        self._beside = 0
        self._reading: Reading | None = None
        self._version = ""
        self._read_at: datetime | None = None
        self._prepared = self._settled = True
        self._keeper, self._notebook, self._dashboard = Keeper(keep), notebook, dashboard
        self._sent: Sent | None = None
        self._wrong: tuple[Wrong, ...] = ()
        self.refused: tuple[tuple[Change, Refused], ...] = ()

    def location(self) -> str:
        """The spreadsheet's address."""
        return location_of(self._book) + (f"#gid={self._tab.id}" if self._tab else "")

    def recover(self) -> None:
        """Let the first reading set up what is missing and settle the last write. Nothing is sent yet."""
        self._prepared = False

    def set_up(self, *, anew: bool = True) -> int:
        """Make the tab a register where something is missing, and settle the last write; return how much was done.

        `anew`: make another tab where the one there was is gone. Raises Waiting or Unreadable.
        """
        to_do = self._google, self._book, self._title, self._columns, self._notebook, self._known()
        done = prepare(*to_do, anew=anew, board=self._dashboard)
        self._settle()
        self._prepared = True
        return done

    def read(self) -> Sheet:
        """Read the register. Raises Waiting or Unreadable."""
        if not self._prepared:
            self.set_up(anew=False)
        if not self._settled:
            self._settle()
        version = self._google.version(self._book)
        if self._reading is None or version != self._version or self._is_old():
            reading = self._read()
            # Drive's number makes the version new even when people type again what stood there once.
            named = replace(reading.sheet, version=f"{version}:{reading.sheet.version}")
            self._reading, self._version, self._read_at = replace(reading, sheet=named), version, self._now()
        return self._reading.sheet

    def write(self, sheet: Sheet, changes: Sequence[Change]) -> tuple[Change, ...]:
        """Carry out changes; see the port. Waiting is raised when a row concerned changed, others do not matter.

        Raises Unsure when the connection broke at a moment that leaves the outcome open; the next read settles it.
        """
        self.refused = ()
        seen = self._reading
        if seen is None or sheet.version != seen.sheet.version:
            raise Waiting("changed")
        if not changes:
            return ()
        done: set[int] = set()
        reading: Reading | None = self._ready(self._present(seen))
        for part in _parts(changes):
            try:
                plan = planned(seen, reading or self._read(), self._columns, part)
                self.refused += plan.refused
                done |= self._carry_out(plan)
            except Waiting:
                if not done:
                    raise
                break  # what was written counts; the rest is looked at again in the next round
            reading = None
        return tuple(change for change in changes if id(change) in done)

    def _is_old(self) -> bool:
        return self._read_at is None or self._now() - self._read_at >= FORCED

    def _present(self, seen: Reading) -> Reading:
        """The tab as it is now: as seen, unless Drive knows of a change."""
        version = self._google.version(self._book)
        if version == self._version:
            return seen
        self._version = ""
        return self._read()

    def _ready(self, reading: Reading) -> Reading:
        """A reading that can be written on: the hidden tab is there, and wide enough."""
        if reading.seal is not None and self._journal is not None and self._journal.columns > reading.width:
            return reading
        self._journal = None
        prepare(self._google, self._book, self._title, self._columns, self._notebook, reading.tab.id)
        return self._read()

    def _read(self) -> Reading:
        if self._tab is None or self._journal is None:
            self._look_around()
        assert self._tab is not None  # noqa: S101 - just found
        try:
            reading = read_tab(self._google, self._book, self._tab, self._columns, self._notebook, self._beside)
        except Unreadable as error:
            if error.reason != "no-such-tab":
                raise
            self._look_around()
            reading = read_tab(self._google, self._book, self._tab, self._columns, self._notebook, self._beside)
        self._tab = reading.tab
        return reading

    def _known(self) -> int | None:
        """The id of the register's tab, from an earlier process too."""
        return self._tab.id if self._tab else self._keeper.tab(self._book, self._title)

    def _look_around(self) -> None:
        """Find our tabs again: people may have renamed them."""
        tabs = tabs_of(self._google, self._book)
        self._tab = find_tab(tabs, self._title, self._known())
        self._journal = next((tab for tab in tabs if tab.id == self._notebook.id), None)
        self._beside = sum(tab.cells for tab in tabs) - self._tab.cells

    def _carry_out(self, write: Write) -> set[int]:
        """Do it; return the `id` of each change that was done."""
        if not write:
            return set()
        record = self._send(write)
        done = self._done(write, record)
        if wrong := wrongs(record):
            self._repair(wrong)
        return done

    def _send(self, write: Write) -> journal.Record:
        self._version = ""
        kept, self._journal = self._journal, None
        batch = batch_of(write)
        self._sent = sent = sent_of(batch, write, self._identity, self._wrong, book=self._book, title=self._title)
        self._keeper.keep(sent)
        try:
            record = journal.send(self._google, self._book, batch, kept.title if kept else self._notebook.title)
        except (Doubt, Rejected) as error:
            self._settled = False
            raise Unsure(str(error)) from error
        self._journal = kept
        return self._whole(completed(record, sent), sent)

    def _whole(self, record: journal.Record, sent: Sent) -> journal.Record:
        """The record with what it lacks, found by reading the tab once more."""
        if not missing(record):
            return record
        try:
            return searched(record, sent, self._read(), self._identity)
        except (Waiting, Unreadable) as error:
            self._settled = False
            raise Unsure(str(error)) from error

    def _done(self, write: Write, record: journal.Record) -> set[int]:
        done: set[int] = set()
        for target, entry in zip((*write.targets, *write.new), record.entries, strict=False):
            right = right_columns(record, entry) if copied(entry) else ()
            changes = {id(put.change) for column, put in target.puts.items() if column in right}
            whole = target in write.targets or len(right) == len(target.puts)
            done |= changes if whole else set()
        return done

    def _repair(self, wrong: Sequence[Wrong]) -> None:
        """Put back what hit wrong cells; what people changed meanwhile stays theirs. Raises Unsure when it cannot."""
        self._settled, self._wrong = False, tuple(wrong)
        for _ in range(_REPAIRS):
            try:
                reading = self._read()
                targets = repairs(self._wrong, reading, self._identity)
                if not targets:
                    self._settled, self._wrong = True, ()
                    return
                record = self._send(Write(reading=reading, targets=targets[:ROWS_AT_ONCE]))
            except Waiting:
                continue
            self._wrong = (*still_wrong(self._wrong, record, self._heading(reading)), *wrongs(record))
        raise Unsure("cells hit by mistake could not be put back yet")

    def _settle(self) -> None:
        """Find out what the last write did, put right what it did wrong, and make sure it cannot arrive any more."""
        self._settled = False
        reading = self._read()
        if reading.seal is None:
            self._settled = True
            return
        try:
            record = journal.look(self._google, self._book, self._notebook, (self._journal or self._notebook).title)
            record = self._recalled(record, reading)
            if wrong := (*self._wrong, *wrongs(record)):
                self._repair(wrong)
                reading = self._read()
            self._send(Write(reading=reading))
        except (Unsure, Rejected) as error:
            raise Waiting("unreachable") from error
        self._settled = True

    def _recalled(self, record: journal.Record, reading: Reading) -> journal.Record:
        """The record with what we know of its batch; mistakes that an earlier process had not put back are known again.

        What is kept of a batch that is neither the last nor the one on its way is of no use: somebody else wrote since.
        """
        sent, found = self._sent or self._keeper.last(), record.seal.name if record.seal else ""
        if sent is not None and found == sent.seal:
            record = searched(record, sent, reading, self._identity)
            self._wrong = self._wrong or still_wrong(sent.wrong, record, self._heading(reading))
        elif sent is not None and found == sent.after:
            self._wrong = self._wrong or sent.wrong
        return record

    def _heading(self, reading: Reading) -> Held:
        """How the column of the numbers is headed."""
        return reading.at(reading.header.row - 1)[reading.header.columns[self._identity] - 1]


def _parts(changes: Sequence[Change]) -> Iterator[tuple[Change, ...]]:
    """Slices of at most as many rows and characters as one batch takes; a row is never divided."""
    part: list[Change] = []
    rows: set[object] = set()
    size = 0
    for change in changes:
        row = change.position if isinstance(change, SetCell) else change.identity
        if row not in rows and (len(rows) == ROWS_AT_ONCE or size > CHARACTERS_AT_ONCE):
            yield tuple(part)
            part, rows, size = [], set(), 0
        part.append(change)
        rows.add(row)
        size += sum(len(str(v)) for v in ((change.value,) if isinstance(change, SetCell) else change.cells.values()))
    yield tuple(part)
