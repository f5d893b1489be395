"""Take the rows of an older register into the ledger, each at the stage it shows; nobody is written to.

All rows are one transaction, committed before the workbook is touched: a crash in between is mended by doing it again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, time

from mailbot import rows
from mailbot.core.adoption import OldRow, adopt_case, is_over
from mailbot.core.model import Case
from mailbot.core.procedure import Procedure
from mailbot.core.threads import token_for
from mailbot.logs import logger
from mailbot.office import Office
from mailbot.steps.reconcile import judged
from mailbot.typed import typed_values, understand_cell
from sheets.merge import merge
from sheets.table import Cell, Row, Sheet

log = logger()


def new_rows(office: Office, sheet: Sheet, now: datetime) -> tuple[Row, ...]:
    """The rows that are no cases yet. Headings, totals and notes are none."""
    agreed = office.ledger.register.agreed()
    return merge(rows.columns(office.procedure), agreed, office.rowbook.wanted(now, agreed), sheet).typed


def adopt_rows(
    office: Office, found: Iterable[Row], finished: Collection[int], received: Mapping[int, Cell], now: datetime
) -> Counter[str]:
    """Make cases of rows; return how many are in which stage.

    By position: `finished` are those that are over, `received` says when, where a column of the company's own does.
    """
    stages: Counter[str] = Counter()
    agreed: dict[str, dict[str, Cell]] = {}
    with office.ledger.transaction():
        for row in found:
            year = now.astimezone(office.procedure.calendar.zone).year
            number = office.ledger.cases.next_number(office.procedure.number_pattern, year)
            old = old_row(row, office.procedure, row.position in finished, received.get(row.position))
            token = token_for(number, office.secret)
            # Rules look back at all cases before it, which takes its time, and are of no use to what is over.
            verdict = None if is_over(old, office.procedure) else judged(old.values, office, now)
            decision = adopt_case(number, token, old, now, office.procedure, verdict=verdict)
            office.ledger.record(decision, [], now)
            agreed[number] = dict(row.cells)
            stages[decision.case.stage] += 1
        office.ledger.register.agree(agreed)
    log.info("register.adopted", case="-", rows=sum(stages.values()))
    return stages


def preview(
    found: Iterable[Row], finished: Collection[int], received: Mapping[int, Cell], now: datetime, procedure: Procedure
) -> list[Case]:
    """The cases the rows would become, without numbers."""
    old = (old_row(row, procedure, row.position in finished, received.get(row.position)) for row in found)
    return [adopt_case("-", "", one, now, procedure, verdict=None).case for one in old]


def old_row(row: Row, procedure: Procedure, finished: bool, came: Cell) -> OldRow:
    """A row, understood. `came` is when it was received by a column of the company's own."""
    values, misfits = typed_values(row.cells, procedure)
    said = row.cells.get("received_at")
    received, _ = understand_cell("received_at", came if said is None else said, procedure)
    moment = received if isinstance(received, datetime) else None
    if moment is None and isinstance(received, date):
        moment = datetime.combine(received, time())
    at = moment.replace(tzinfo=procedure.calendar.zone) if moment else None
    return OldRow(values=values, misfits=misfits, received_at=at, finished=finished)
