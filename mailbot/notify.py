"""Tell the operator of a happening, in his language, once until it is over. The step `alarm` mails what is noted."""

from __future__ import annotations

from datetime import datetime

from mailbot.core.happenings import happened
from mailbot.core.model import Recipient
from mailbot.office import Office

LONGEST = 2000
"""Characters of a notice: what goes on longer is in the log."""


def operator(office: Office) -> Recipient:
    """Who is told; a colleague in his own language, anybody else in the staff's."""
    address = office.config.people.operator
    person = office.procedure.people.find(address)
    language = person.language if person else office.procedure.language
    return Recipient(address=address, name=person.name if person else "", language=language)


def notify(office: Office, key: str, what: str, now: datetime, **facts: object) -> None:
    """Note it under `key`, in the words `what` of `core.happenings`; while it stands its first text and time stay."""
    office.ledger.notices.raise_(key, told(office, what, **facts), now)


def told(office: Office, what: str, **facts: object) -> str:
    """The words for it."""
    return happened(what, operator(office).language, **facts)[:LONGEST]
