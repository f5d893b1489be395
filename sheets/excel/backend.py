"""The register kept in an .xlsx workbook on a disk or share, open to people and their office programs.

The order of one write: nobody has it open, it is the version read, edit in memory, prove the edit, publish with a swap.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sheets.excel import copies, locks, replace
from sheets.excel.buffers import give_back_large
from sheets.excel.copies import Copy
from sheets.excel.editing import Edited, edited
from sheets.excel.parts import Book
from sheets.excel.reading import Reading, read_again, read_workbook, version_of
from sheets.excel.remembered import remember, remembered
from sheets.excel.verification import verified
from sheets.excel.versions import keep_odd, keep_version, put_aside
from sheets.identity import identity_column
from sheets.register import Refused, Unreadable, Waiting
from sheets.table import Change, Column, Sheet

_SETTLED = timedelta(seconds=60)
"""A file changed so recently may still be on its way when it cannot be read."""

_CLOCK_GRAIN = timedelta(seconds=2)
"""A file read so soon after a change may change once more without its time stamp showing it."""

_ROUNDS_UNKEPT = 50
"""A reading is kept anew after so many changes of the workbook."""

_Stamp = tuple[int, int, int, int]


@dataclass(slots=True)
class _Own:
    """The version published last."""

    version: str = ""


class ExcelRegister:
    """A Register in the workbook at `path`. `keep` holds earlier versions and saves put aside; None keeps none.

    A write waits until the workbook has been left alone for `quiet_seconds`. `now` gives aware UTC. `refused` are the
    changes the last write could not make, with the reason.
    """

    def __init__(
        self,
        path: Path,
        columns: Sequence[Column],
        *,
        keep: Path | None,
        quiet_seconds: float = 0,
        now: Callable[[], datetime],
    ) -> None:
        give_back_large()
        self._path, self._columns, self._keep, self._now = path.absolute(), tuple(columns), keep, now
        self._quiet = timedelta(seconds=quiet_seconds)
        self._reading: Reading | None = None
        self._kept_setting, self._unkept = "", 0
        self._stamp: _Stamp | None = None
        self._own = _Own()
        self._known_copies: set[tuple[Path, _Stamp]] = set()
        self.refused: tuple[tuple[Change, Refused], ...] = ()

    def beside(self, columns: Sequence[Column]) -> ExcelRegister:
        """Another table of the same workbook; neither takes what the other has just published for people's work."""
        quiet = self._quiet.total_seconds()
        other = ExcelRegister(self._path, columns, keep=self._keep, quiet_seconds=quiet, now=self._now)
        other._own = self._own
        return other

    def location(self) -> str:
        """The workbook's path."""
        return str(self._path)

    def held_by(self) -> Waiting | None:
        """Who has the workbook open, None when nobody is known to."""
        return locks.held_by(self._path)

    def recover(self) -> tuple[Path, ...]:
        """Finish what a crash left beside the workbook; give the saves of people that were put aside. Call at start."""
        return replace.recover(self._path, aside=self._aside, at=self._now())

    def read(self) -> Sheet:
        """Read the register. Raises Waiting (`missing`, `unsettled`, `unreachable`) or Unreadable."""
        if self._reading is not None and self._stamp is not None and self._stamp == self._present_stamp():
            return self._reading.sheet
        data, status = self._load()
        sheet = self._read(data, version_of(data)).sheet
        fresh = abs(self._now() - _changed_at(status)) <= _CLOCK_GRAIN
        self._stamp = None if fresh else _stamp(status)
        return sheet

    def write(self, sheet: Sheet, changes: Sequence[Change]) -> tuple[Change, ...]:
        """Carry out changes; see the port."""
        self.refused = ()
        if (holder := self.held_by()) is not None:
            raise holder
        data, _ = self._load()
        if version_of(data) != sheet.version:
            raise Waiting("changed")
        self._wait_for_quiet(sheet.version)
        if not changes:
            return ()
        edit, new = self._proved(data, self._read(data, sheet.version), changes)
        self.refused, done, edited_data = edit.refused, edit.done, edit.data
        del edit  # it holds on to the sheet's XML
        if edited_data is not None and new is not None:
            self._publish(data, sheet.version, edited_data, new)
        return done

    def copies(self, sheet: Sheet) -> tuple[Copy, ...]:
        """Copies a synchronising program left beside the workbook, but for those that were left alone."""
        found = []
        for path in copies.siblings(self._path):
            stamp = path, _stamp(path.lstat())
            settled = abs(self._now() - _changed_at(path.lstat())) >= max(self._quiet, _CLOCK_GRAIN)
            if stamp in self._known_copies or not settled or locks.held_by(path) is not None:
                continue
            copy = copies.judged(path, self._path, self._columns, sheet, self._snapshots())
            if copy is not None:
                found.append(copy)
            else:
                self._known_copies.add(stamp)
        return tuple(found)

    def leave(self, copy: Copy) -> None:
        """Do not look at a copy again until it changes."""
        self._known_copies.add((copy.path, _stamp(copy.path.lstat())))

    def put_away(self, copy: Copy) -> Path:
        """Move a copy that was merged to where earlier versions are kept; it is never removed."""
        return put_aside(self._aside, self._path, copy.path, version_of(copy.path.read_bytes()), self._now())

    def _snapshots(self) -> tuple[Path, ...]:
        kept = self._keep.glob(f"*{self._path.suffix}") if self._keep is not None and self._keep.is_dir() else ()
        return tuple(path for path in kept if path.name.startswith(f"{self._path.stem}-"))

    def publish(self, data: bytes, new: bytes) -> None:
        """Put `new` in the place of the version `data` as a whole. Raises Waiting when that is not the live one."""
        if (holder := self.held_by()) is not None:
            raise holder
        self._publish(data, version_of(data), new, None)

    def _proved(self, data: bytes, reading: Reading, changes: Sequence[Change]) -> tuple[Edited, Reading | None]:
        """Edit and prove; once more without the cells that do not come back as written."""
        book = Book(data, trusted=True)  # it was read
        edit = edited(book, reading, changes)
        if edit.data is None:
            return edit, None
        new, failed = verified(book, reading, edit, self._columns)
        if failed:
            edit = edited(book, reading, changes, failed)
            if edit.data is None:
                return edit, None
            new, failed = verified(book, reading, edit, self._columns)
        if failed:
            raise Refused("unverified", f"{len(failed)} cells do not come back as written")
        return edit, new

    def _publish(self, data: bytes, version: str, new: bytes, reading: Reading | None) -> None:
        at, after = self._now(), reading.sheet.version if reading is not None else version_of(new)
        try:
            if self._keep is not None:
                keep_version(self._keep, self._path, data, version, at)
            if (holder := self.held_by()) is not None:
                raise holder
            replace.publish(self._path, version, new, aside=self._aside, at=at)
            if self._keep is not None:  # what a conflicting copy may have grown from
                keep_version(self._keep, self._path, new, after, at)
        except OSError as error:
            raise Waiting("unreachable") from error
        self._reading, self._stamp, self._own.version = reading, None, after
        self._remember()

    def _read(self, data: bytes, version: str) -> Reading:
        if self._reading is None and (place := self._memory) is not None:
            self._reading = remembered(place, self._columns)
            self._kept_setting, self._unkept = self._setting, 0
        if self._reading is None or self._reading.sheet.version != version:
            try:
                before = self._reading.part.name if self._reading is not None else ""
                again = read_again(self._reading, data, self._columns)
                self._reading = again or read_workbook(data, self._columns, before=before)
                self._remember(anew=again is None)
            except Unreadable as error:
                if error.reason in ("not-a-workbook", "damaged") and self._age() < _SETTLED:
                    raise Waiting("unsettled") from error
                self._keep_copy(data)
                raise
        return self._reading

    @property
    def _memory(self) -> Path | None:
        """Where the last reading is kept."""
        name = f"{self._path.stem}-{identity_column(self._columns).key}.reading"
        return self._keep / name if self._keep is not None else None

    def _remember(self, *, anew: bool = False) -> None:
        """Keep the reading, where the one kept is no longer of use: a few rows more or less are soon read."""
        self._unkept += 1
        anew |= self._setting != self._kept_setting or self._unkept > _ROUNDS_UNKEPT
        if anew and (place := self._memory) is not None and self._reading is not None:
            remember(place, self._reading, self._columns)
            self._kept_setting, self._unkept = self._setting, 0

    @property
    def _setting(self) -> str:
        return self._reading.marks.setting if self._reading is not None and self._reading.marks is not None else ""

    def _keep_copy(self, data: bytes) -> None:
        """Keep what cannot be read as well: whoever mends the file may need it, and it may be replaced meanwhile."""
        if self._keep is not None and data:
            with suppress(OSError):  # its reason is told, whether a copy is kept or not
                keep_odd(self._keep, self._path, data, version_of(data), self._now())

    def _load(self) -> tuple[bytes, os.stat_result]:
        """Read the file and its status as one program saved it. Raises Waiting when it is gone or changing."""
        try:
            descriptor = os.open(self._path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with os.fdopen(descriptor, "rb") as file:
                before = os.fstat(descriptor)
                if not stat.S_ISREG(before.st_mode):
                    raise Unreadable("not-a-workbook", "not a regular file")
                data = file.read()
            after = self._path.stat()
        except FileNotFoundError as error:
            raise Waiting("missing") from error
        except OSError as error:
            if self._path.is_symlink():
                raise Unreadable("unsafe", "a symbolic link: give the workbook's own path") from error
            raise Waiting("unreachable") from error
        if _stamp(before) != _stamp(after):
            raise Waiting("unsettled")
        return data, after

    def _present_stamp(self) -> _Stamp | None:
        try:
            return _stamp(self._path.lstat())
        except OSError:
            return None

    def _age(self) -> timedelta:
        return abs(self._now() - _changed_at(self._path.lstat()))

    def _wait_for_quiet(self, version: str) -> None:
        if self._quiet and version != self._own.version and self._age() < self._quiet:
            raise Waiting("unsettled")

    @property
    def _aside(self) -> Path:
        return self._keep or self._path.parent


def _stamp(status: os.stat_result) -> _Stamp:
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino


def _changed_at(status: os.stat_result) -> datetime:
    return datetime.fromtimestamp(status.st_mtime, UTC)
