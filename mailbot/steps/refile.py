"""File a mail again, by a human's word: judged anew, as a complaint, or into a case he names.

The request was noted by a command (`ledger.requests`); it is carried out here, by the one process that decides about
cases. The mail's new end, the case, its letters and the request's outcome are committed together, so it happens once.
"""

from __future__ import annotations

from datetime import datetime

from mailbot.core.model import Case, Decision, End, Event
from mailbot.errors import Usage
from mailbot.failpoints import failpoint
from mailbot.ledger.mails import MailRow
from mailbot.ledger.requests import AS_COMPLAINT, Request
from mailbot.logs import logger
from mailbot.office import Office
from mailbot.steps.keeping import kept
from mailbot.steps.register_mail import Filing, Outcome, register

log = logger()


def refile(office: Office, request: Request, row: MailRow, now: datetime) -> None:
    """Carry out one request. What cannot be done is settled with the reason; other faults are raised."""
    mails, requests = office.ledger.mails, office.ledger.requests
    filing = Filing(complaint=request.filing == AS_COMPLAINT, case=request.case)
    if why := objection(row, office.ledger.cases.get(request.case) if request.case else None, request.case):
        requests.settle(request.id, why, now)
        return
    if not row.sha256:
        digest = kept(office, row, now)
        if digest is None:
            requests.settle(request.id, "the mail is no longer on the server", now)
            return
    with office.ledger.transaction():
        mails.retry(row.id)
        if not row.sha256 and digest:
            mails.stored(row.id, digest, now=now)
        outcome = register(office, _again(office, row), now, filing)
        if row.case and row.case != outcome.case_number:
            _moved(office, row, outcome, now)
        requests.settle(request.id, f"{outcome.end.value} {outcome.case_number or ''}".strip(), now)
        office.ledger.notices.clear(f"quarantined:{row.id}")
        failpoint("refile.before_commit")
    failpoint("refile.after_commit")
    log.info("mail.refiled", case=outcome.case_number or "-", mail=row.id, end=outcome.end.value)


def objection(row: MailRow, case: Case | None, wanted: str) -> str:
    """Why a mail cannot be filed again; empty when it can. `case` is the one of number `wanted`, if there is one."""
    if row.end is None:
        return "the daemon is still working on this mail"
    if row.end is End.NEW_CASE:
        return f"the mail became {row.case}; go on in the register"
    if wanted and case is None:
        return f"there is no case {wanted}"
    if wanted and row.case == wanted and row.end is End.FOLLOW_UP:
        return f"the mail belongs to {wanted} already"
    if row.gone and not row.sha256:
        return "the mail was taken off the server before it could be read"
    return ""


def _again(office: Office, row: MailRow) -> MailRow:
    found = office.ledger.mails.get(row.id)
    if found is None:  # rows are never deleted
        raise Usage(f"there is no mail {row.id}")
    return found


def _moved(office: Office, row: MailRow, outcome: Outcome, now: datetime) -> None:
    """The case the mail was in says where it went; what it brought there stays, for staff to judge."""
    case = office.ledger.cases.get(row.case) if row.case else None
    if case is not None:
        facts = {"mail": row.id, "to": outcome.case_number or outcome.end.value}
        event = Event(case=case.number, at=now, actor="operator", kind="mail_moved", facts=facts)
        office.ledger.record(Decision(case=case, events=(event,)), [], now)
