"""Whether an address may be acknowledged now, or whether answers have become a flood.

A complaint over a limit is registered all the same; only the automatic answer is left out, the row says so, and the
operator hears of it once a day for each sort of limit, however many addresses a flood invents.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from mailbot.core.remarks import say
from mailbot.notify import notify
from mailbot.office import Office

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
KIND = "acknowledgement"


def over_limit(office: Office, address: str, now: datetime) -> str:
    """In the staff's words, why this address gets no acknowledgement now; empty: it does."""
    for remark, whom, span, limit in _limits(office, address):
        if office.ledger.letters.sent_to(whom, now - span, KIND) >= limit:
            notify(office, f"{remark}:{now:%Y-%m-%d}", remark, now, limit=limit, whom=whom)
            return say(remark, office.procedure.language)
    return ""


def _limits(office: Office, address: str) -> Iterator[tuple[str, str, timedelta, int]]:
    """Each limit: what the row says, the addresses it counts, in which span, how many are allowed."""
    limits = office.config.limits
    yield "limit", address, DAY, limits.acknowledgements_per_address_per_day
    domain = address.rpartition("@")[2].casefold()
    if domain not in office.rules.freemail:
        yield "limit_domain", f"@{domain}", HOUR, limits.acknowledgements_per_domain_per_hour
    yield "limit_hour", "", HOUR, limits.acknowledgements_per_hour
