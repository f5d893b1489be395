"""Ask customers once more for what is missing, or tell staff that asking was in vain [D-14]."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from mailbot.core.asking import ask_again
from mailbot.core.model import Case, Decision
from mailbot.failpoints import failpoint
from mailbot.ledger.letterstates import LetterState
from mailbot.logs import logger
from mailbot.office import Office

ASKING = ("acknowledgement", "ask_again")
"""The letters that ask."""
UNDER_WAY = frozenset(LetterState) - {LetterState.SENT, LetterState.FAILED, LetterState.DROPPED}

log = logger()


def ask_customers(office: Office, cases: Iterable[Case], now: datetime) -> int:
    """Ask where it is due among these open cases; return how many letters were ordered."""
    due = [case.number for case in cases if _due(office, case, now)]
    return sum(_ask(office, number, now) for number in due)


def _ask(office: Office, number: str, now: datetime) -> int:
    """Decide about one case as it stands by now, and commit it whole."""
    failpoint("chase.before_ask")
    with office.ledger.transaction():
        case = office.ledger.cases.get(number)
        decision = _due(office, case, now) if case else None
        if decision is None:
            return 0
        letters = office.correspondence.write_all(decision.letters, decision.case, now)
        office.ledger.record(decision, letters, now)
    failpoint("chase.after_ask")
    log.info("chase.asked", case=number, letters=len(letters))
    return len(letters)


def _due(office: Office, case: Case, now: datetime) -> Decision | None:
    """What is due: he has time to answer from when a letter left the house, and none is sent behind one that waits."""
    if ask_again(case, now, office.procedure) is None:
        return None
    asked = [letter for letter in office.ledger.letters.of_case(case.number) if letter.kind in ASKING]
    if not asked:
        return ask_again(case, now, office.procedure)
    if asked[-1].state in UNDER_WAY:
        return None
    left = asked[-1].sent_at or asked[-1].queued_at
    return ask_again(replace(case, asked_at=left), now, office.procedure)
