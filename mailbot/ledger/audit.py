"""Looking the ledger over: is the database whole, and do its rows agree with each other."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select, text

from mailbot import errors
from mailbot.ledger import casefile
from mailbot.ledger.mails import MailState
from mailbot.ledger.schema import cases, letter_bytes, letters, mails
from mailbot.ledger.store import Store

_ENDLESS = select(mails.c.id).where(mails.c.end.is_(None), mails.c.state.not_in([MailState.SEEN, MailState.STORED]))
_BODILESS = select(letters.c.id).outerjoin(letter_bytes).where(letter_bytes.c.letter_id.is_(None))
_KNOWN = select(cases.c.number)
_CASELESS = select(mails.c.id).where(mails.c.case_number.is_not(None), mails.c.case_number.not_in(_KNOWN))
_WRONG = (
    ("mail {} is finished without an end", _ENDLESS),
    ("letter {} has no bytes", _BODILESS),
    ("mail {} belongs to a case that does not exist", _CASELESS),
)


def problems(store: Store) -> list[str]:
    """Return every problem found, in words."""
    try:
        damage = list(_database(store)) if store.dialect == "sqlite" else []
        # In a damaged file there is no use in looking further.
        return damage or [*_rows(store), *_unreadable(store)]
    except errors.Permanent as error:
        return [f"the database is damaged: {error.detail}"]


def _database(store: Store) -> Iterator[str]:
    for row in store.rows(text("PRAGMA integrity_check")):
        if row[0] != "ok":
            yield f"the database is damaged: {row[0]}"
    for row in store.rows(text("PRAGMA foreign_key_check")):
        yield f"row {row[1]} of {row[0]} refers to a row of {row[2]} that does not exist"


def _rows(store: Store) -> Iterator[str]:
    for words, question in _WRONG:
        for row in store.rows(question):
            yield words.format(row[0])


def _unreadable(store: Store) -> Iterator[str]:
    last = 0
    page = select(cases.c.id, cases.c.number, cases.c.state).order_by(cases.c.id).limit(500)
    while rows := store.rows(page.where(cases.c.id > last)):
        last = rows[-1].id
        for row in rows:
            try:
                casefile.load(row.state)
            except (ValueError, TypeError, KeyError) as error:
                yield f"case {row.number} cannot be read: {error}"
