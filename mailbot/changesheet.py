"""Keeping the sheet of changes: what the history says beyond the last line that stands there is added below it.

The sheet itself is the memory of what was written, so that a crash at any point neither doubles nor drops a line, and a
stale copy saved over it is made whole. People's work in it is never undone; where all lines were removed it goes on
with what happens next.
"""

from __future__ import annotations

from dataclasses import dataclass

from mailbot import changelog
from mailbot.core.model import Language
from mailbot.core.procedure import Procedure
from mailbot.errors import Permanent
from mailbot.failpoints import failpoint
from mailbot.ledger.ledger import Ledger
from mailbot.logs import logger
from sheets.register import Register, Unreadable
from sheets.table import AppendRow, Sheet

LIMIT = 50_000
"""Lines the sheet may hold; a workbook that grows for ever is one nobody can open."""
AT_ONCE = 2_000
"""So many events are read at a time, and about so many lines written in a round."""
FULL = f"it holds {LIMIT} lines"
MAKE_ROOM = "delete its oldest rows, but not the last one; nothing is lost, `mailbot history` has it all"

log = logger()


@dataclass(slots=True)
class ChangeSheet:
    """The sheet of one office. `register` is the workbook, read for this sheet's columns."""

    ledger: Ledger
    procedure: Procedure
    register: Register
    _done: int = -1

    def write(self) -> int:
        """Add what has happened since the last line; return the lines added.

        Raises Waiting while the workbook is open elsewhere, Permanent when the sheet is gone or full.
        """
        last = self.ledger.cases.last_event()
        if last == self._done:
            return 0
        sheet = lines_of(self.register, self.procedure.language)
        known = (changelog.number_of(row.cells["entry"]) for row in sheet.rows)
        start = max((n for n in known if n <= last), default=0) or self.ledger.cases.told()
        added, reached = self._news(start)
        if len(sheet.rows) + len(added) > LIMIT:
            raise Permanent("history_sheet", FULL, MAKE_ROOM)
        if added:
            failpoint("changes.before_write")
            if len(self.register.write(sheet, added)) < len(added):
                _, why = self.register.refused[0]
                raise Permanent("history_sheet", f"it cannot be written: {why}", "mend it there")
            failpoint("changes.after_write")
            log.info("changes.written", case="-", lines=len(added))
        self.ledger.cases.tell(reached)
        failpoint("changes.after_tell")
        self._done = reached
        return len(added)

    def _news(self, start: int) -> tuple[list[AppendRow], int]:
        """The lines of what happened behind a place in the history, and the place they reach to."""
        added, reached = list[AppendRow](), start
        while len(added) < AT_ONCE and (events := self.ledger.cases.events_after(reached, AT_ONCE)):
            for number, event in events:
                lines = changelog.lines(number, event, self.procedure)
                added += [AppendRow(identity=str(line["entry"]), cells=line) for line in lines]
            reached = events[-1][0]
        return added, reached


def lines_of(register: Register, language: Language) -> Sheet:
    """The sheet of changes as it is now. Raises Waiting, and Permanent when it is gone or lacks headings."""
    headings = ", ".join(column.title for column in changelog.columns(language))
    called = f"called {changelog.TITLES[language]} "
    remedy = (
        f"make a sheet {called}whose first row reads: {headings}; in a Google Sheet `mailbot init` makes it; "
        "or set history_sheet = false in [register]"
    )
    try:
        sheet = register.read()
    except Unreadable as error:
        raise Permanent("history_sheet", f"there is none to write to ({error})", remedy) from error
    if len(sheet.found) < len(changelog.columns(language)):
        raise Permanent("history_sheet", "it lacks some of its headings", remedy)
    return sheet
