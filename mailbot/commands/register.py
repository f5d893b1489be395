"""`mailbot register verify` and `rebuild`: is the register what the ledger says, and a new one made from the ledger."""

from __future__ import annotations

from pathlib import Path

from mailbot import config as configuration
from mailbot import rows
from mailbot.clock import system_clock
from mailbot.commands.terminal import line, table, verdict
from mailbot.errors import Usage
from mailbot.newbook import create_register
from mailbot.office import Office
from mailbot.wiring import open_desk
from sheets.merge import merge
from sheets.register import RegisterError
from sheets.table import AppendRow, Change, Plan

SHOWN = 20
"""Differences listed; the rest is counted."""


def verify(path: Path) -> int:
    """Compare register and ledger and change nothing; return 0 when alike, 1 when something waits, 3 when frozen."""
    with open_desk(configuration.load(path)) as office:
        try:
            sheet = office.register.read()
        except RegisterError as error:
            verdict(False, office.register.location(), str(error))
            return 3
        plan = _plan(office)
        if sheet.remarks:
            verdict(None, "headings", "; ".join(sheet.remarks))
        for name in sheet.doubles:
            verdict(None, "sheets", f"{name!r} has the register's headings too; what is typed there is not seen")
        if plan.frozen:
            verdict(False, "rows", plan.frozen)
            return 3
        return _told(plan, len(sheet.rows))


def rebuild(path: Path, out: Path | None) -> int:
    """Write a new register with every case of the ledger; return 0. Raises Usage when the file is there already."""
    config, now = configuration.load(path), system_clock()
    target = out or config.path(config.book.path)
    if target.exists():
        raise Usage(f"{target} is there; move it away first, or name another file with --out")
    with open_desk(config) as office:
        wanted = office.rowbook.wanted(now, office.ledger.register.agreed())
        create_register(target, config, office.procedure, list(wanted.values()), now=now)
    verdict(True, str(target), f"{len(wanted)} cases")
    line("Columns and notes of your own that stood in the old file are not in the ledger: copy them over by hand.")
    return 0


def _plan(office: Office) -> Plan:
    agreed = office.ledger.register.agreed()
    wanted = office.rowbook.wanted(system_clock(), agreed)
    return merge(rows.columns(office.procedure), agreed, wanted, office.register.read())


def _told(plan: Plan, count: int) -> int:
    found = [
        (len(plan.edits), "cells staff changed that the bot has not taken in yet"),
        (len(plan.typed), "rows typed by hand that are no cases yet"),
        (len(plan.restored), "rows that are gone and will be restored"),
        (len(plan.copies) + len(plan.strangers), "rows with a number that is not their own; they are left alone"),
        (len(plan.changes), "cells and rows to be written"),
    ]
    for number, what in found:
        if number:
            verdict(None, str(number), what)
    if not any(number for number, _ in found):
        verdict(True, "register and ledger", f"alike, {count} rows")
        return 0
    if plan.changes:
        table("", ("case", "column", "shows", "should show"), [_line(change) for change in plan.changes[:SHOWN]])
    return 1


def _line(change: Change) -> tuple[str, str, str, str]:
    if isinstance(change, AppendRow):
        return change.identity, "the whole row", "", ""
    return change.identity, change.column, _short(change.expected), _short(change.value)


def _short(cell: object) -> str:
    return "" if cell is None else str(cell).replace("\n", " ")[:40]
