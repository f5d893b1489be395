"""Whether a mail only says again what came before: the same delivery, another road, or sent once more.

Bytes prove a delivery seen again, however late. Content proves less: a customer who asks "any news?" in the same words
a week later has written a new mail, one who sends his whole complaint again has not. A mail nobody could handle is
never the original of another: its copy is a fresh chance.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from mailbot.core.casework import note_repeated
from mailbot.core.model import Decision, End, ReadMail
from mailbot.ledger.mails import MailRow
from mailbot.office import Office

AT_ONCE = timedelta(days=2)
"""How far apart the copies of one mail arrive that went to two of our addresses, or was sent twice in impatience."""


def same_delivery(office: Office, row: MailRow) -> MailRow | None:
    """The mail that came before with these very bytes."""
    return next((m for m in office.ledger.mails.same_bytes(row.sha256) if _original(m, row)), None)


def same_mail(office: Office, row: MailRow, mail: ReadMail) -> MailRow | None:
    """The mail that came before and says the same."""
    known = office.ledger.mails.same_content(mail.content_hash)
    return next((m for m in known if _original(m, row) and _repeats(office, m, row, mail)), None)


def sent_again(office: Office, first: MailRow, row: MailRow, mail: ReadMail, now: datetime) -> Decision | None:
    """What a repeated mail means for its case: nothing when it is a copy, a word to staff when it was sent anew."""
    case = office.ledger.cases.get(first.case) if first.case else None
    if case is None or (mail.message_id and mail.message_id == first.message_id):
        return None
    return note_repeated(case, mail, row.received_at, now, office.procedure)


def said_before(office: Office, row: MailRow, mail: ReadMail) -> str | None:
    """The case in which these very words were said before: the customer still waits, or his goods broke once more."""
    known = office.ledger.mails.same_content(mail.content_hash)
    return next((m.case for m in known if m.case and _original(m, row)), None)


def _original(earlier: MailRow, row: MailRow) -> bool:
    # A copy without a case hangs on the mail it copies; that one is asked itself.
    lost = earlier.end is End.QUARANTINED or (earlier.end is End.DUPLICATE and not earlier.case)
    return earlier.id != row.id and not lost


def _repeats(office: Office, earlier: MailRow, row: MailRow, mail: ReadMail) -> bool:
    apart = abs(row.received_at - earlier.received_at)
    if mail.message_id and mail.message_id == earlier.message_id:
        return True
    if apart <= AT_ONCE:
        return True
    within = apart <= timedelta(days=office.config.limits.same_subject_days)
    return within and earlier.end is End.NEW_CASE and _open(office, earlier.case)


def _open(office: Office, number: str | None) -> bool:
    case = office.ledger.cases.get(number) if number else None
    return case is not None and case.open
