"""Ask customers once more for what is missing, or tell staff that asking was in vain [D-14]."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from mailbot.core.asking import ask_again
from mailbot.core.model import Case
from mailbot.failpoints import failpoint
from mailbot.logs import logger
from mailbot.office import Office

log = logger()


def ask_customers(office: Office, cases: Iterable[Case], now: datetime) -> int:
    """Ask where it is due among these open cases; return how many letters were ordered."""
    due = [case.number for case in cases if ask_again(case, now, office.procedure)]
    return sum(_ask(office, number, now) for number in due)


def _ask(office: Office, number: str, now: datetime) -> int:
    """Decide about one case as it stands by now, and commit it whole."""
    failpoint("chase.before_ask")
    with office.ledger.transaction():
        case = office.ledger.cases.get(number)
        decision = ask_again(case, now, office.procedure) if case else None
        if decision is None:
            return 0
        letters = office.correspondence.write_all(decision.letters, decision.case, now)
        office.ledger.record(decision, letters, now)
    failpoint("chase.after_ask")
    log.info("chase.asked", case=number, letters=len(letters))
    return len(letters)
