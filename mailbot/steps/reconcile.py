"""Bring register and ledger in line, both ways: what staff typed is taken first, what the bot has to say written then.

The three-way merge of `sheets` decides; here its findings become decisions about cases. What is to be written is noted
in the ledger first, so that after a crash the bot's own words are never taken for staff's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from hashlib import sha256

from mailbot import rows
from mailbot.core.casework import CellEdit, apply_edits, type_case
from mailbot.core.decisions import remark
from mailbot.core.model import Case, Finding, Value, Verdict
from mailbot.core.remarks import say
from mailbot.core.threads import token_for
from mailbot.core.verdict import judge
from mailbot.errors import Permanent, Temporary
from mailbot.failpoints import failpoint
from mailbot.logs import logger
from mailbot.mail.fold import fold
from mailbot.notify import notify
from mailbot.office import Office
from mailbot.steps.commit import commit
from mailbot.steps.copies import merge_copies
from mailbot.steps.limits import over_limit
from mailbot.typed import read_edit, typed_values
from sheets.cells import same
from sheets.merge import merge
from sheets.register import Refused, Unreadable, Waiting
from sheets.table import AppendRow, Cell, Change, Edit, Plan, Row, SetCell, Sheet

Cells = Mapping[str, Cell]

REFUSED = "change the workbook there, for example move a totals row or unmerge cells; the rest was written"
TAKEN = "register_taken"
"""The job of taking in what a version says: seen again later, that version is an older one somebody put back."""

CHANGES = "change-sheet"
"""The notice that the sheet of changes cannot be written."""

log = logger()


def reconcile(office: Office, now: datetime) -> int:
    """Take staff's edits in and write what changed; return how many cells and rows were written.

    Raises sheets' Waiting while the register is open elsewhere (edits are taken in all the same), Unreadable when it
    cannot be understood, Permanent when the round is frozen because rows look scrambled.
    """
    columns = rows.columns(office.procedure)
    sheet = merge_copies(office, office.register.read(), now)
    if office.rowbook.is_quiet(sheet.version, now, _agreed(office)):
        return 0
    settled = office.ledger.jobs.done(TAKEN, _as_read(sheet))
    intended = office.ledger.register.intended()
    plan = merge(columns, _agreed(office), _wanted(office, now), sheet, intended=intended, settled=settled)
    if plan.frozen:
        raise Permanent(
            "register", plan.frozen, "put the rows back as they were (undo, or an older version of the file)"
        )
    if settled and _put_back(plan, _agreed(office)):
        notify(office, f"put-back:{sheet.version}:{now:%Y-%m-%d}", "put_back", now)
    _notice_doubles(office, sheet, now)
    _accept(office, plan, "" if settled else _as_read(sheet), now)
    if plan.edits or plan.typed or plan.restored or intended:
        plan = merge(columns, _agreed(office), _wanted(office, now), sheet, settled=settled)
    written = _write(office, plan.changes, sheet)
    if not written and not plan.edits and not plan.typed:
        office.rowbook.found_quiet(sheet.version, now, _agreed(office))
    return written


def tell_changes(office: Office, now: datetime) -> int:
    """Add what happened to the sheet of changes, where one is kept; return the lines added.

    Raises Waiting and Unsure as the register does. What a human must mend is a notice: the register goes on without.
    """
    if office.changes is None:
        return 0
    try:
        added = office.changes.write()
    except (Permanent, Refused, Unreadable) as error:
        notify(office, CHANGES, "changes", now, error=error)
        return 0
    office.ledger.notices.clear(CHANGES)
    return added


def waiting_changes(office: Office, now: datetime) -> int:
    """How many cells the register does not show yet, as far as the last agreement tells."""
    agreed = _agreed(office)
    wanted = _wanted(office, now)
    return sum(not same(cell, agreed.get(n, {}).get(key)) for n, row in wanted.items() for key, cell in row.items())


def _accept(office: Office, plan: Plan, version: str, now: datetime) -> None:
    """Commit what staff did, with the new agreement, in one transaction; a new `version` is remembered as taken."""
    failpoint("reconcile.before_accept")
    with office.ledger.transaction():
        took_all = True
        agreed: dict[str, dict[str, Cell]] = {n: dict(c) for n, c in plan.equal.items() if c}
        for number, edits in _by_case(plan.edits).items():
            taken = _guarded(office, number, partial(_take_edits, office, number, edits, plan, now), now)
            if taken:
                agreed.setdefault(number, {}).update({e.column: e.new for e in edits})
            took_all = took_all and bool(taken)
        for row in plan.typed:
            taken = _guarded(office, str(row.position), partial(_take_row, office, row, now), now)
            if taken:
                agreed[taken] = dict(row.cells)
            took_all = took_all and bool(taken)
        for number in plan.restored:
            _remember_restored(office, number, now)
        office.ledger.register.agree(agreed)
        office.ledger.register.intend({})
        if version and took_all:
            office.ledger.jobs.mark(TAKEN, version, now)
    _notice_odd_rows(office, plan.copies + plan.strangers, now)
    failpoint("reconcile.after_accept")


def _notice_doubles(office: Office, sheet: Sheet, now: datetime) -> None:
    """Tell once of every other sheet people may type into by mistake."""
    for name in sheet.doubles:
        notify(office, f"sheet:{name}", "double", now, name=name)


def _notice_odd_rows(office: Office, odd: tuple[Row, ...], now: datetime) -> None:
    """Tell of rows with a number that is not theirs, once as long as they stand, wherever they are moved to."""
    notices, standing = office.ledger.notices, set[str]()
    for place in odd:
        number = place.cells.get("number")
        key = next(k for n in range(len(odd)) if (k := f"row:{number}:{n}") not in standing)
        standing.add(key)
        notify(office, key, "odd_row", now, row=place.position, number=number)
    for notice in notices.all():
        if notice.key.startswith("row:") and notice.key not in standing:
            notices.clear(notice.key)


def _as_read(sheet: Sheet) -> str:
    """Name a reading: its version, and the columns known then, for a column made known later holds news."""
    return f"{sheet.version}:{sha256(' '.join(sorted(sheet.found)).encode()).hexdigest()[:16]}"


def _put_back(plan: Plan, agreed: Mapping[str, Cells]) -> bool:
    """Whether cells show something else than what was agreed last, though none of it is news."""
    cells = (c for c in plan.changes if isinstance(c, SetCell) and c.column in agreed.get(c.identity, {}))
    return any(not same(agreed[c.identity][c.column], c.expected) for c in cells)


def _write(office: Office, changes: tuple[Change, ...], sheet: Sheet) -> int:
    """Write what differs; agree only to what really stands there afterwards."""
    if not changes:
        return 0
    office.ledger.register.intend(_cells_of(changes))
    failpoint("reconcile.before_write")
    try:
        written = office.register.write(sheet, changes)
    except Waiting:
        office.ledger.register.intend({})  # nothing was written: what stands there is people's
        raise
    failpoint("reconcile.after_write")
    with office.ledger.transaction():
        office.ledger.register.agree(_cells_of(written))
        office.ledger.register.intend({})
    failpoint("reconcile.after_agree")
    log.info("register.written", case="-", changes=len(written), of=len(changes))
    if office.register.refused:
        change, why = office.register.refused[0]
        others = f" (and {len(office.register.refused) - 1} more)" if len(office.register.refused) > 1 else ""
        raise Permanent("register", f"{change.identity} cannot be written: {why}{others}", REFUSED)
    return len(written)


def _guarded(office: Office, row: str, work: Callable[[], str], now: datetime) -> str:
    """Take what people did to one row; one that cannot be taken stays as it stands, is told, and stops no other."""
    try:
        with office.ledger.transaction():
            return work()
    except Temporary:
        raise
    except Exception as error:
        log.error("register.not_taken", row=row, error=type(error).__name__, exc_info=True)
        why = f"{type(error).__name__}: {error}"[:500]
        notify(office, f"not-taken:{row}:{now:%Y-%m-%d}", "not_taken", now, row=row, error=why)
        return ""


def _take_edits(office: Office, number: str, edits: tuple[Edit, ...], plan: Plan, now: datetime) -> str:
    case = office.ledger.cases.get(number)
    if case is None:
        return number
    read = tuple(_understood(case, e, office) for e in edits)
    conflicts = frozenset(e.column for e in plan.conflicts if e.identity == number)
    past = office.precedents.of(case)
    decision = apply_edits(case, read, now, office.procedure, conflicts=conflicts, past=past)
    commit(office, decision, now)
    log.info("register.edited", case=number, columns=",".join(e.column for e in edits))
    return number


def _understood(case: Case, edit: Edit, office: Office) -> CellEdit:
    read = read_edit(edit.column, edit.old, edit.new, office.procedure)
    return replace(read, old=case.misfits.get(edit.column) or case.values.get(edit.column))


def _take_row(office: Office, row: Row, now: datetime) -> str:
    """Make a case of a row typed by hand; until its number is written the row is known by what stands in it."""
    procedure = office.procedure
    values, misfits = typed_values(row.cells, procedure)
    number = office.ledger.cases.next_number(procedure.number_pattern, now.astimezone(procedure.calendar.zone).year)
    decision = type_case(
        number,
        token_for(number, office.secret),
        values,
        misfits,
        now,
        procedure,
        verdict=judged(values, office, now),
        past=office.precedents.before(now, str(values.get("email") or ""), values),
        not_acknowledged=over_limit(office, str(values["email"]), now) if values.get("email") else "",
    )
    commit(office, decision, now)
    log.info("register.typed", case=number, row=row.position)
    return number


def judged(values: Mapping[str, Value], office: Office, now: datetime) -> Verdict | None:
    """What the rules make of a row typed by hand; None when it does not say yet what happened."""
    if not (said := str(values.get("description") or "")):
        return None
    fields = {key: Finding(value=value) for key, value in values.items()}
    if demand := values.get("demand"):
        fields["demand"] = Finding(value=tuple(str(demand).split("; ")))
    past = office.precedents.before(now, str(values.get("email") or ""), values)
    return judge(said, "", fields, False, bool(values.get("company")), office.rules, fold, past)


def _remember_restored(office: Office, number: str, now: datetime) -> None:
    case = office.ledger.cases.get(number)
    if case is None:
        return
    office.ledger.register.forget(number)
    office.ledger.cases.save(remark(case, say("restored", office.procedure.language)), now)
    notify(office, f"restored:{number}:{now:%Y-%m-%d}", "restored", now, number=number)
    log.warning("register.restored", case=number)


def _agreed(office: Office) -> dict[str, dict[str, Cell]]:
    return office.ledger.register.agreed()


def _wanted(office: Office, now: datetime) -> dict[str, dict[str, Cell]]:
    return office.rowbook.wanted(now, _agreed(office))


def _by_case(edits: tuple[Edit, ...]) -> dict[str, tuple[Edit, ...]]:
    found: defaultdict[str, list[Edit]] = defaultdict(list)
    for edit in edits:
        found[edit.identity].append(edit)
    return {number: tuple(mine) for number, mine in found.items()}


def _cells_of(changes: tuple[Change, ...]) -> dict[str, dict[str, Cell]]:
    cells: dict[str, dict[str, Cell]] = {}
    for change in changes:
        match change:
            case SetCell():
                cells.setdefault(change.identity, {})[change.column] = change.value
            case AppendRow():
                cells.setdefault(change.identity, {}).update(change.cells)
    return cells
