"""Conflict copies of the register: what people did in one is brought into the register, where the round then finds it.

Only for registers that are files. A copy that is merged is put away, never removed; one that cannot be is announced.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Protocol, runtime_checkable

from mailbot.logs import logger
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
            office.ledger.notices.raise_(f"copy:{copy.path.name}", _announced(copy), now)
            register.leave(copy)
            continue
        try:
            written = register.write(sheet, copy.changes) if copy.changes else ()
        except Waiting:
            return sheet  # it stays where it is until the register can be written
        if len(written) < len(copy.changes):
            partly = replace(copy, trouble=f"{len(copy.changes) - len(written)} of its changes cannot be written")
            office.ledger.notices.raise_(f"copy:{copy.path.name}", _announced(partly), now)
            register.leave(copy)
            return office.register.read()
        kept = register.put_away(copy)
        office.ledger.notices.raise_(f"copy:{kept.name}", _merged(copy, len(written), kept, office), now)
        log.info("register.copy_merged", case="-", changes=len(written), clashes=len(copy.clashes))
        return office.register.read()
    return sheet


def _announced(copy: Copy) -> str:
    return (
        f"{copy.path.name} beside the register looks like a copy of it: {copy.trouble}. What people type there is not "
        "seen. Ask them to use the register, bring over what is missing, then move the copy to another folder"
    )


def _merged(copy: Copy, count: int, kept: Path, office: Office) -> str:
    text = f"the conflict copy {copy.path.name} was merged: {count} changes taken over; it is kept as {kept}"
    if not copy.clashes:
        return text
    named = [
        f"{edit.identity} {office.procedure.column_name(edit.column)}: the copy says {edit.new!r}"
        for edit in copy.clashes[:CLASHES_NAMED]
    ]
    return f"{text}. {len(copy.clashes)} cells were changed in both, the register's stayed: {'; '.join(named)}"
