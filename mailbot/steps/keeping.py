"""The original of a mail on disk, before anything is read from it."""

from __future__ import annotations

from datetime import datetime

from mailbot.failpoints import failpoint
from mailbot.ledger.mails import MailRow
from mailbot.mail.source import Arrival, TooLarge
from mailbot.notify import notify
from mailbot.office import Office


def kept(office: Office, row: MailRow, now: datetime) -> str | None:
    """Fetch a mail and put it on disk; return its SHA-256, None when it was gone before it could be fetched."""
    try:
        raw = office.source.fetch(arrival_of(row))
    except TooLarge as error:
        raw = error.head
        facts = {"mail": row.id, "folder": row.folder, "size": error.size, "limit": error.limit}
        notify(office, f"too-large:{row.id}", "too_large", now, **facts)
    if raw is None:
        return None
    failpoint("intake.before_archive")
    digest = office.archive.put(raw)
    failpoint("intake.after_archive")
    return digest


def arrival_of(row: MailRow) -> Arrival:
    """The address of a mail on its server."""
    return Arrival(
        account=row.account,
        folder=row.folder,
        uidvalidity=row.uidvalidity,
        uid=row.uid,
        size=row.size,
        received_at=row.received_at,
    )
