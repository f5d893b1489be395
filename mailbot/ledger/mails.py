"""Every mail a server ever showed, from `seen` to `done`, and the one end it came to [D-70].

A row is never deleted, so the sum can always be checked. The key of a delivery is account, folder, UIDVALIDITY and UID;
a Message-ID is kept as a hint only. A mail that fails three times by its own fault is parked: it ends as quarantined
and is shown to a human.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import Select, Update, bindparam, func, select, update
from sqlalchemy import case as sql_case

from mailbot.core.model import End
from mailbot.ledger.columns import Moment
from mailbot.ledger.counters import count_up, counted
from mailbot.ledger.schema import mails
from mailbot.ledger.store import Found, Parameters, Store

_COUNTER = "mails"
PARKED_AFTER = 3
"""Failures after which a mail waits for a human."""


class MailState(StrEnum):
    """How far a mail has come. `gone` was taken off the server before it could be fetched."""

    SEEN = "seen"
    STORED = "stored"
    REGISTERED = "registered"
    DONE = "done"
    GONE = "gone"


_BEFORE_END = (MailState.SEEN, MailState.STORED)
_UNFINISHED = (*_BEFORE_END, MailState.REGISTERED)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenMail:
    """A delivery as the server lists it. `size` in bytes, `received_at` is the server's own time, aware."""

    account: str
    folder: str
    uidvalidity: int
    uid: int
    size: int
    received_at: datetime
    message_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailRow:
    """A mail as the ledger knows it. `gone`: it is no longer on the server, so nothing can be marked there."""

    id: int
    account: str
    folder: str
    uidvalidity: int
    uid: int
    size: int
    received_at: datetime
    message_id: str
    state: MailState
    failures: int
    error: str
    sha256: str
    content_hash: str
    end: End | None
    case: str | None
    subject: str
    sender: str
    note: str
    seen_at: datetime
    registered_at: datetime | None
    gone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What the servers showed and what became of it [D-70]."""

    received: int
    by_end: Mapping[End, int]
    unfinished: int

    @property
    def even(self) -> bool:
        """Whether every mail is accounted for."""
        return self.received == sum(self.by_end.values()) + self.unfinished


class Mails:
    """The mails of all accounts."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[tuple[str, str, int], _Known] = {}

    def see(self, seen: Iterable[SeenMail], now: datetime) -> None:
        """Note deliveries the server shows; those known already stay as they are."""
        rows = [
            {
                "account": mail.account,
                "folder": mail.folder,
                "uidvalidity": mail.uidvalidity,
                "uid": mail.uid,
                "size": mail.size,
                "received_at": mail.received_at,
                "message_id": mail.message_id,
                "state": MailState.SEEN,
                "seen_at": now,
            }
            for mail in seen
        ]
        with self._store.transaction():
            if new := self._store.added_of(mails, rows):
                count_up(self._store, _COUNTER, new)

    def known_uids(self, account: str, folder: str, uidvalidity: int) -> set[int]:
        """Return the UIDs ever seen in this folder under this UIDVALIDITY."""
        # Rows are never deleted, so each call need only ask for those that came since the last one.
        known = self._known.setdefault((account, folder, uidvalidity), _Known())
        if known.rollbacks != self._store.rollbacks:
            known.last, known.uids, known.rollbacks = 0, set(), self._store.rollbacks
        c = mails.c
        here = (c.account == account, c.folder == folder, c.uidvalidity == uidvalidity)
        for row in self._store.rows(select(c.id, c.uid).where(*here, c.id > known.last)):
            known.uids.add(row.uid)
            known.last = max(known.last, row.id)
        return set(known.uids)

    def pending(self, account: str) -> list[MailRow]:
        """Return what is still to do, oldest first: not registered, or registered and not yet done on the server."""
        c = mails.c
        wanted = (c.account == account, c.state.in_(_UNFINISHED), c.failures < PARKED_AFTER)
        return self._list(_MAIL.where(*wanted).order_by(c.received_at, c.id))

    def stored(self, mail_id: int, sha256: str, content_hash: str = "", *, now: datetime) -> None:
        """The original bytes are safe in the archive under `sha256`. May be said again with the content hash."""
        change = {"state": MailState.STORED, "sha256": sha256, "content_hash": content_hash, "stored_at": now}
        self._change(mail_id, _BEFORE_END, change)

    def registered(
        self,
        mail_id: int,
        end: End,
        case: str | None,
        subject: str,
        sender: str,
        note: str,
        now: datetime,
        *,
        content_hash: str = "",
        message_id: str = "",
    ) -> None:
        """The mail came to its `end`. Said again, the last word counts; a mail done on the server stays done."""
        known = {
            "end": end,
            "case_number": case,
            "subject": subject,
            "sender": sender,
            "note": note,
            "failures": 0,
        }
        known |= {"content_hash": content_hash} if content_hash else {}
        known |= {"message_id": message_id} if message_id else {}
        self._store.write(_REGISTER, {"this": mail_id, "moment": now, **known})

    def done(self, mail_id: int, now: datetime) -> None:
        """Everything is done, the mark on the server included. A mail without an end is left as it is."""
        self._change(mail_id, (MailState.REGISTERED,), {"state": MailState.DONE, "done_at": now})

    def gone(self, mail_id: int, now: datetime, end: End = End.NEEDS_HUMAN) -> None:
        """The server no longer has the mail. One whose bytes are stored goes on; one never fetched comes to `end`."""
        lost = {"state": MailState.GONE, "end": end, "note": "gone before it was fetched", "registered_at": now}
        with self._store.transaction():
            self._change(mail_id, _UNFINISHED, {"gone_at": now})
            self._change(mail_id, (MailState.SEEN,), lost)
            self.done(mail_id, now)

    def failed(self, mail_id: int, error: str, now: datetime) -> int:
        """Count a failure that is this mail's own fault; return how many there are. The third parks the mail."""
        count = update(mails).where(mails.c.id == mail_id).values(failures=mails.c.failures + 1, error=error)
        with self._store.transaction():
            failures = int(self._store.written(count.returning(mails.c.failures))[0][0])
            if failures >= PARKED_AFTER:
                parked = {"state": MailState.REGISTERED, "end": End.QUARANTINED, "note": error, "registered_at": now}
                self._change(mail_id, _BEFORE_END, parked | {"failures": 0})
        return failures

    def retry(self, mail_id: int) -> None:
        """Take a mail up again, by a human's word, as if it had no end yet. One that became a case stays as it is."""
        fresh = {"end": None, "case_number": None, "note": "", "failures": 0, "registered_at": None, "done_at": None}
        ended = update(mails).where(mails.c.id == mail_id, mails.c.end != End.NEW_CASE)
        with self._store.transaction():
            unfetched = ended.where(mails.c.sha256 == "", mails.c.gone_at.is_(None))
            self._store.write(unfetched.values(state=MailState.SEEN, **fresh))
            self._store.write(ended.where(mails.c.sha256 != "").values(state=MailState.STORED, **fresh))

    def same_bytes(self, sha256: str) -> list[MailRow]:
        """Return the mails with an end that are byte for byte the same, oldest first."""
        return self._ended(mails.c.sha256 == sha256) if sha256 else []

    def same_content(self, content_hash: str) -> list[MailRow]:
        """Return the mails with an end that say the same, by whatever road they came, oldest first."""
        return self._ended(mails.c.content_hash == content_hash) if content_hash else []

    def get(self, mail_id: int) -> MailRow | None:
        """Return one mail."""
        return next(iter(self._list(_ONE, {"this": mail_id})), None)

    def of_case(self, number: str) -> list[MailRow]:
        """Return the mails that belong to a case, oldest first."""
        return self._list(_MAIL.where(mails.c.case_number == number).order_by(mails.c.received_at, mails.c.id))

    def joined_since(self, number: str, since: datetime) -> int:
        """Count the mails that joined a case at `since` or later."""
        wanted = (mails.c.case_number == number, mails.c.end == End.FOLLOW_UP, mails.c.registered_at >= since)
        return int(self._store.value(select(func.count()).select_from(mails).where(*wanted)))

    def ended_as(self, end: End, since: datetime | None = None) -> list[MailRow]:
        """Return the mails that came to this end (first seen at `since` or later), oldest first."""
        span = () if since is None else (mails.c.seen_at >= since,)
        return self._list(_MAIL.where(mails.c.end == end, *span).order_by(mails.c.id))

    def balance(self, since: datetime | None = None) -> Balance:
        """Count mails by their end; with `since` only those first seen at that time or later [D-70].

        In all, what was received is counted apart from the rows: a row that went astray is missed.
        """
        span = () if since is None else (mails.c.seen_at >= since,)
        ends = self._store.rows(select(mails.c.end, func.count()).where(*span).group_by(mails.c.end))
        by_end = {End(end): count for end, count in ends if end}
        unfinished = sum(count for end, count in ends if not end)
        received = counted(self._store, _COUNTER) if since is None else sum(count for _, count in ends)
        return Balance(received=received, by_end=by_end, unfinished=unfinished)

    def _ended(self, *wanted: Any) -> list[MailRow]:
        return self._list(_MAIL.where(*wanted, mails.c.end.is_not(None)).order_by(mails.c.id))

    def _list(self, question: Select[*tuple[Any, ...]], known: Parameters = None) -> list[MailRow]:
        return [_mail(row) for row in self._store.rows(question, known)]

    def _change(self, mail_id: int, states: tuple[MailState, ...], change: Mapping[str, Any]) -> None:
        self._store.write(_changing(states), {"this": mail_id, **change})


@dataclass(slots=True)
class _Known:
    last: int = 0
    uids: set[int] = field(default_factory=set)
    rollbacks: int = -1


def _mail(row: Found) -> MailRow:
    known = dict(row._mapping)
    known["state"] = MailState(known["state"])
    known["end"] = End(known["end"]) if known["end"] else None
    return MailRow(gone=known.pop("gone_at") is not None, **known)


@cache
def _changing(states: tuple[MailState, ...]) -> Update:
    return update(mails).where(_THIS, mails.c.state.in_(states))


_THIS = mails.c.id == bindparam("this")
_REGISTER = (
    update(mails)
    .where(_THIS)
    .values(
        state=sql_case((mails.c.state.in_(_BEFORE_END), MailState.REGISTERED), else_=mails.c.state),
        registered_at=func.coalesce(mails.c.registered_at, bindparam("moment", type_=Moment)),
    )
)
_SHOWN = tuple(name for name in MailRow.__dataclass_fields__ if name not in ("case", "gone"))
_MAIL = select(*(mails.c[name] for name in _SHOWN), mails.c.case_number.label("case"), mails.c.gone_at)
_ONE = _MAIL.where(_THIS)
