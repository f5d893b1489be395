"""The tables of the ledger, as they are after the newest migration.

A change here needs a migration in `migrations/versions` and a new `HEAD`; a test compares both. What is searched is a
column with an index, what is only read back is JSON text. Large bytes lie apart from the rows whose state changes.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, MetaData, Table, UniqueConstraint

from mailbot.ledger.columns import Key, Moment, Serial, Words

HEAD = "0002"
"""The newest migration this program knows."""

METADATA = MetaData()


def _words(name: str, kind: type[Key] | type[Words] = Words) -> Column[Any]:
    return Column(name, kind, nullable=False, default="")


mails = Table(
    "mails",
    METADATA,
    Column("id", Serial, primary_key=True),
    Column("account", Key, nullable=False),
    Column("folder", Key, nullable=False),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("uid", BigInteger, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("received_at", Moment, nullable=False),
    _words("message_id"),
    Column("state", Words, nullable=False),
    Column("failures", Integer, nullable=False, default=0),
    _words("error"),
    _words("sha256", Key),
    _words("content_hash", Key),
    Column("end", Words),
    Column("case_number", Key),
    _words("subject"),
    _words("sender"),
    _words("note"),
    Column("seen_at", Moment, nullable=False),
    Column("stored_at", Moment),
    Column("registered_at", Moment),
    Column("done_at", Moment),
    Column("gone_at", Moment),
    UniqueConstraint("account", "folder", "uidvalidity", "uid", name="uq_mails_delivery"),
    Index("ix_mails_arrival", "account", "folder", "uidvalidity", "id"),
    Index("ix_mails_state", "account", "state", "id"),
    Index("ix_mails_sha256", "sha256"),
    Index("ix_mails_content", "content_hash"),
    Index("ix_mails_case", "case_number"),
    Index("ix_mails_seen_at", "seen_at"),
)

cases = Table(
    "cases",
    METADATA,
    Column("id", Serial, primary_key=True),
    Column("number", Key, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("closed_at", Moment),
    Column("stage", Words, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("recording", BigInteger, nullable=False),
    Column("state", Words, nullable=False),
    UniqueConstraint("number", name="uq_cases_number"),
    Index("ix_cases_closed_at", "closed_at", "id"),
    Index("ix_cases_recording", "recording"),
)

parties = Table(
    "parties",
    METADATA,
    Column("address", Key, primary_key=True),
    Column("case_number", Key, ForeignKey("cases.number"), primary_key=True),
    Index("ix_parties_case", "case_number"),
)

message_ids = Table(
    "message_ids",
    METADATA,
    Column("message_id", Key, primary_key=True),
    Column("case_number", Key, ForeignKey("cases.number"), primary_key=True),
)

events = Table(
    "events",
    METADATA,
    Column("id", Serial, primary_key=True),
    Column("case_number", Key, nullable=False),
    Column("at", Moment, nullable=False),
    Column("actor", Words, nullable=False),
    Column("kind", Words, nullable=False),
    Column("facts", Words, nullable=False),
    Index("ix_events_case", "case_number", "id"),
    Index("ix_events_at", "at"),
)

letters = Table(
    "letters",
    METADATA,
    Column("id", Serial, primary_key=True),
    Column("key", Key, nullable=False),
    Column("kind", Words, nullable=False),
    Column("case_number", Key, nullable=False),
    Column("recipient", Words, nullable=False),
    Column("address", Key, nullable=False),
    _words("subject"),
    Column("message_id", Key, nullable=False),
    _words("hold"),
    Column("state", Words, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("resent", Integer, nullable=False, default=0),
    Column("queued_at", Moment, nullable=False),
    Column("next_try_at", Moment),
    Column("settled_at", Moment),
    Column("sent_at", Moment),
    _words("error"),
    UniqueConstraint("key", name="uq_letters_key"),
    Index("ix_letters_state", "state", "id"),
    Index("ix_letters_case", "case_number", "id"),
    Index("ix_letters_message_id", "message_id"),
    Index("ix_letters_address", "address", "queued_at"),
    Index("ix_letters_queued_at", "queued_at"),
)

letter_bytes = Table(
    "letter_bytes",
    METADATA,
    Column("letter_id", Serial, ForeignKey("letters.id"), primary_key=True, autoincrement=False),
    Column("raw", LargeBinary, nullable=False),
)

agreement = Table(
    "agreement",
    METADATA,
    Column("number", Key, primary_key=True),
    Column("cells", Words, nullable=False),
)

intentions = Table(
    "intentions",
    METADATA,
    Column("number", Key, primary_key=True),
    Column("cells", Words, nullable=False),
)

parts = Table(
    "parts",
    METADATA,
    Column("part", Key, primary_key=True),
    Column("ok_at", Moment),
    Column("failing_since", Moment),
    Column("failures", Integer, nullable=False),
    _words("message"),
    Column("next_try_at", Moment),
)

requests = Table(
    "requests",
    METADATA,
    Column("id", Serial, primary_key=True),
    Column("mail_id", Serial, ForeignKey("mails.id"), nullable=False, autoincrement=False),
    _words("filing", Key),
    _words("case_number", Key),
    Column("asked_at", Moment, nullable=False),
    Column("done_at", Moment),
    _words("outcome"),
    Index("ix_requests_mail", "mail_id", "id"),
    Index("ix_requests_done_at", "done_at", "id"),
)

jobs = Table(
    "jobs",
    METADATA,
    Column("job", Key, primary_key=True),
    Column("slot", Key, primary_key=True),
    Column("done_at", Moment, nullable=False),
)

notices = Table(
    "notices",
    METADATA,
    Column("key", Key, primary_key=True),
    Column("text", Words, nullable=False),
    Column("raised_at", Moment, nullable=False),
)

counters = Table(
    "counters",
    METADATA,
    Column("name", Key, primary_key=True),
    Column("last", BigInteger, nullable=False),
)

secrets = Table(
    "secrets",
    METADATA,
    Column("name", Key, primary_key=True),
    Column("value", LargeBinary, nullable=False),
)
