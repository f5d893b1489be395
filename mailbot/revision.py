"""Rule files and templates that change under a running daemon: noticed between two rounds, used or refused as a whole.

What is refused changes nothing: the rules of before stay in force, and a notice says what is wrong until it is mended.
Files still being written when they are read are left for the next round.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from mailbot.core.rulefile import FileProblems, Problem
from mailbot.logs import logger
from mailbot.notify import told
from mailbot.office import Office
from sheets.register import Register, RegisterError, Waiting
from sheets.table import Column

NOTICE = "rules"
"""The key of the notice that stands while changed files are refused."""
SHOWN = 3
"""Problems a notice repeats; `mailbot rules check` lists all."""

READ = (".toml", ".csv", ".txt", ".html")
"""Endings of the files that count; what editors leave beside them does not."""

Stamp = frozenset[tuple[str, int, int, int]]

log = logger()


class HeadingsMissing(FileProblems):
    """Good files that need headings the register does not have: looked at again each round, for it may get them."""


@dataclass(slots=True)
class Revision:
    """Looks at the files of one installation. `reopen` builds the office anew from them, or raises FileProblems."""

    folders: tuple[Path, ...]
    reopen: Callable[[Office], Office]
    _judged: Stamp = field(init=False)
    _refused: FileProblems | None = None

    def __post_init__(self) -> None:
        self._judged = _stamp(self.folders)

    def __call__(self, office: Office, now: datetime) -> Office:
        """The office to work in from now on: with the changed files when they are good, as it is otherwise."""
        found = _stamp(self.folders)
        if found == self._judged and not isinstance(self._refused, HeadingsMissing):
            if self._refused:
                _refuse(office, self._refused, now)
            return office
        try:
            fresh = self.reopen(office)
        except Waiting:
            return office
        except FileProblems as error:
            return self._keep(office, error, found, now)
        if found != _stamp(self.folders):
            return office
        self._judged, self._refused = found, None
        office.ledger.notices.clear(NOTICE)
        log.info("rules.read_anew", version=fresh.procedure.version)
        return fresh

    def _keep(self, office: Office, error: FileProblems, found: Stamp, now: datetime) -> Office:
        if found == _stamp(self.folders):
            if str(error) != str(self._refused):
                log.warning("rules.refused", problems=len(error.problems), first=str(error.problems[0]))
            self._judged, self._refused = found, error
            _refuse(office, error, now)
        return office


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A register and the columns it is read with."""

    register: Register
    columns: tuple[Column, ...]

    def lacking(self) -> frozenset[str]:
        """The columns that have no heading. Raises RegisterError."""
        return frozenset(column.key for column in self.columns) - self.register.read().found


def check_headings(before: Shown, after: Shown, file: Path) -> None:
    """Make sure the register has a heading for each column it is to show from now on.

    Columns it lacked before may be lacking still. Raises HeadingsMissing; Waiting while the register cannot be read.
    """
    try:
        new = after.lacking() - before.lacking()
    except Waiting:
        raise
    except RegisterError as error:
        message = f"the register cannot be read with these columns: {error}"
        raise HeadingsMissing((Problem(file=str(file), line=0, message=message),)) from error
    wanted = (_heading_wanted(column) for column in after.columns if column.key in new)
    if problems := tuple(Problem(file=str(file), line=0, message=message) for message in wanted):
        raise HeadingsMissing(problems)


def _heading_wanted(column: Column) -> str:
    return (
        f"the register has no heading {column.title!r} for the column {column.key!r}; "
        "write it anywhere in the header row and save the workbook"
    )


def _refuse(office: Office, error: FileProblems, now: datetime) -> None:
    """Let the notice say what is wrong now. The operator is written to once, however often the text changes."""
    shown = [str(problem) for problem in error.problems[:SHOWN]] + ["…"] * (len(error.problems) > SHOWN)
    text = told(office, "rules_refused", count=len(error.problems), problems="; ".join(shown))
    if not office.ledger.notices.raise_(NOTICE, text, now):
        office.ledger.notices.reword(NOTICE, text)


def _stamp(folders: Sequence[Path]) -> Stamp:
    return frozenset(_marks(folders))


def _marks(folders: Sequence[Path]) -> Iterator[tuple[str, int, int, int]]:
    """Looked at in every round, hence without a Path for each file."""
    for folder in folders:
        with suppress(OSError), os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    yield from _marks([Path(entry.path)])
                elif entry.name.endswith(READ):
                    with suppress(OSError):  # gone since the folder was listed
                        status = entry.stat()
                        yield entry.path, status.st_mtime_ns, status.st_size, status.st_ino
