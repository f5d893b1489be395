"""Conflict copies of the register: what people did in one is brought into the register, where the round then finds it.

Only for registers that are files. A copy that is merged is put away, never removed; one that cannot be is announced.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Protocol, runtime_checkable

from mailbot.logs import logger
from mailbot.notify import notify, told
from mailbot.office import Office
from sheets.excel.copies import Copy
from sheets.register import Waiting
from sheets.table import Change, Sheet

CLASHES_NAMED = 5

log = logger()


@runtime_checkable
class HasCopies(Protocol):
    """A register beside which copies may appear."""

    def copies(self, sheet: Sheet) -> tuple[Copy, ...]: ...

    def put_away(self, copy: Copy) -> Path: ...

    def leave(self, copy: Copy) -> None: ...

    def write(self, sheet: Sheet, changes: tuple[Change, ...]) -> tuple[Change, ...]: ...


def merge_copies(office: Office, sheet: Sheet, now: datetime) -> Sheet:
    """Merge one conflict copy, if there is any, and return the register as it reads then."""
    register = office.register
    if not isinstance(register, HasCopies):
        return sheet
    for copy in register.copies(sheet):
        if copy.trouble:
            notify(office, f"copy:{copy.path.name}", "copy_left", now, name=copy.path.name, trouble=copy.trouble)
            register.leave(copy)
            continue
        try:
            written = register.write(sheet, copy.changes) if copy.changes else ()
        except Waiting:
            return sheet  # it stays where it is until the register can be written
        if len(written) < len(copy.changes):
            trouble = f"{len(copy.changes) - len(written)} of its changes cannot be written"
            notify(office, f"copy:{copy.path.name}", "copy_left", now, name=copy.path.name, trouble=trouble)
            register.leave(copy)
            return office.register.read()
        kept = register.put_away(copy)
        office.ledger.notices.raise_(f"copy:{kept.name}", _merged(copy, len(written), kept, office), now)
        log.info("register.copy_merged", case="-", changes=len(written), clashes=len(copy.clashes))
        return office.register.read()
    return sheet


def _merged(copy: Copy, count: int, kept: Path, office: Office) -> str:
    text = told(office, "copy_merged", name=copy.path.name, count=count, kept=kept)
    if not copy.clashes:
        return text
    named = [
        f"{edit.identity} {office.procedure.column_name(edit.column)}: {edit.new}"
        for edit in copy.clashes[:CLASHES_NAMED]
    ]
    return text + "\n" + told(office, "copy_clashed", count=len(copy.clashes), cells="; ".join(named))
