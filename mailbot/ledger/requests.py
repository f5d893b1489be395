"""What people ask the daemon to do with a mail: noted here by a command, carried out by the daemon, once.

So that one process decides about cases, whoever asks. A request stays when it is done, with what came of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Executable, select, update

from mailbot.ledger.schema import requests
from mailbot.ledger.store import Found, Store

AS_COMPLAINT = "complaint"
"""The filing of a mail a human takes for a complaint, whatever the program took it for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """File mail `mail` again: as a complaint (`filing`), into the case `case`, or by the rules (both empty)."""

    id: int
    mail: int
    filing: str
    case: str
    asked_at: datetime
    done_at: datetime | None
    outcome: str


class Requests:
    """The requests of all times."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def ask(self, mail: int, now: datetime, *, filing: str = "", case: str = "") -> int:
        """Note a request; return its number. Asked twice before it is done it is the same request."""
        row = {"mail_id": mail, "filing": filing, "case_number": case, "asked_at": now}
        with self._store.transaction():
            for known in self.waiting():
                if (known.mail, known.filing, known.case) == (mail, filing, case):
                    return known.id
            return int(self._store.added(requests, row))

    def waiting(self) -> list[Request]:
        """Return what is still to do, in the order it was asked."""
        return self._list(_ALL.where(requests.c.done_at.is_(None)).order_by(requests.c.id))

    def of_mail(self, mail: int) -> list[Request]:
        """Return what was asked of one mail, oldest first."""
        return self._list(_ALL.where(requests.c.mail_id == mail).order_by(requests.c.id))

    def settle(self, request: int, outcome: str, now: datetime) -> None:
        """The request is done, or cannot be; `outcome` says what came of it, in words."""
        mine = update(requests).where(requests.c.id == request, requests.c.done_at.is_(None))
        self._store.write(mine.values(done_at=now, outcome=outcome))

    def _list(self, question: Executable) -> list[Request]:
        return [_request(row) for row in self._store.rows(question)]


_ALL = select(requests)


def _request(row: Found) -> Request:
    known = dict(row._mapping)
    return Request(mail=known.pop("mail_id"), case=known.pop("case_number"), **known)
