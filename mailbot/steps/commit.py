"""Commit a decision whole: what goes out is looked at, what it means for other cases follows in the same transaction.

Every step that decides about a case ends here, so that no letter leaves unlooked at and no repeat stays unseen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from mailbot.core.changes import with_changes
from mailbot.core.decisions import then
from mailbot.core.model import Case, Decision
from mailbot.core.outgoing import held_back, objections
from mailbot.core.recurring import changed, compared, recur, refuted, told
from mailbot.core.shipments import shipped_elsewhere, spread_words
from mailbot.core.strangers import strangers_named
from mailbot.logs import logger
from mailbot.notify import notify
from mailbot.office import Office

log = logger()


def commit(office: Office, decision: Decision, now: datetime, *, message_ids: Sequence[str] = ()) -> Decision:
    """Write the letters of a decision and record it; return it as it was recorded."""
    with office.ledger.transaction():
        before = office.ledger.cases.get(decision.case.number)
        decision, earlier = _held_against_others(office, decision, before, now)
        decision = held_back(decision, before, partial(_objections, office), now, office.procedure)
        decision = with_changes(before, decision, now, office.procedure)
        letters = office.correspondence.write_all(decision.letters, decision.case, now)
        office.ledger.record(decision, letters, now, message_ids=message_ids)
        if earlier is not None:
            again = with_changes(earlier, recur(earlier, decision.case, now, office.procedure), now, office.procedure)
            office.ledger.record(again, office.correspondence.write_all(again.letters, again.case, now), now)
            log.info("case.recurred", case=earlier.number, by=decision.case.number)
    return decision


def _held_against_others(
    office: Office, decision: Decision, before: Case | None, now: datetime
) -> tuple[Decision, Case | None]:
    """Compare a case that says something new; with it the earlier case it brings back, if any."""
    case, procedure = decision.case, office.procedure
    if not case.open or not changed(case, before):
        return decision, None
    shipments = shipped_elsewhere(case, office.shipments.of_batch(case.values.get("batch")))
    if problem := office.shipments.problem:
        notify(office, f"shipments:{problem}", "shipments", now, problem=problem)
    new, found = compared(case, office.precedents.alike(case), spread_words(shipments, procedure), now, procedure)
    decision = then(decision, new)
    known = {r.number: other for r in found if (other := office.ledger.cases.get(r.number))}
    earlier = refuted(decision.case, found, known, procedure)
    if earlier is not None:
        decision = replace(decision, case=told(decision.case, earlier, procedure))
    return decision, earlier


def _objections(office: Office, text: str, case: Case) -> tuple[str, ...]:
    company = office.config.company
    known = "\n".join((company.name, *company.names.values()))
    customer, others = office.precedents.customer(case), office.precedents.all()
    strangers = strangers_named(text, case, customer, others, office.shipments.customers(), known)
    return objections(text, case, office.procedure, strangers)
