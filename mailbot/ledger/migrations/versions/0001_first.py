"""The tables as they first were."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create everything."""
    op.create_table(
        "agreement",
        sa.Column("number", sa.Text, primary_key=True),
        sa.Column("cells", sa.Text, nullable=False),
    )
    op.create_table(
        "cases",
        sa.Column("id", SERIAL, primary_key=True),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT),
        sa.Column("stage", sa.Text, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("recording", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.UniqueConstraint("number", name="uq_cases_number"),
    )
    op.create_index("ix_cases_closed_at", "cases", ["closed_at", "id"])
    op.create_index("ix_cases_recording", "cases", ["recording"])
    op.create_table(
        "counters",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("last", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "events",
        sa.Column("id", SERIAL, primary_key=True),
        sa.Column("case_number", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
    )
    op.create_index("ix_events_at", "events", ["at"])
    op.create_index("ix_events_case", "events", ["case_number", "id"])
    op.create_table(
        "intentions",
        sa.Column("number", sa.Text, primary_key=True),
        sa.Column("cells", sa.Text, nullable=False),
    )
    op.create_table(
        "jobs",
        sa.Column("job", sa.Text, primary_key=True),
        sa.Column("slot", sa.Text, primary_key=True),
        sa.Column("done_at", MOMENT, nullable=False),
    )
    op.create_table(
        "letters",
        sa.Column("id", SERIAL, primary_key=True),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("case_number", sa.Text, nullable=False),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("message_id", sa.Text, nullable=False),
        sa.Column("hold", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("resent", sa.Integer, nullable=False),
        sa.Column("queued_at", MOMENT, nullable=False),
        sa.Column("next_try_at", MOMENT),
        sa.Column("settled_at", MOMENT),
        sa.Column("sent_at", MOMENT),
        sa.Column("error", sa.Text, nullable=False),
        sa.UniqueConstraint("key", name="uq_letters_key"),
    )
    op.create_index("ix_letters_address", "letters", ["address", "queued_at"])
    op.create_index("ix_letters_case", "letters", ["case_number", "id"])
    op.create_index("ix_letters_message_id", "letters", ["message_id"])
    op.create_index("ix_letters_queued_at", "letters", ["queued_at"])
    op.create_index("ix_letters_state", "letters", ["state", "id"])
    op.create_table(
        "mails",
        sa.Column("id", SERIAL, primary_key=True),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("folder", sa.Text, nullable=False),
        sa.Column("uidvalidity", sa.BigInteger, nullable=False),
        sa.Column("uid", sa.BigInteger, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("message_id", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("error", sa.Text, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("content_hash", sa.Text, nullable=False),
        sa.Column("end", sa.Text),
        sa.Column("case_number", sa.Text),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("sender", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("stored_at", MOMENT),
        sa.Column("registered_at", MOMENT),
        sa.Column("done_at", MOMENT),
        sa.Column("gone_at", MOMENT),
        sa.UniqueConstraint("account", "folder", "uidvalidity", "uid", name="uq_mails_delivery"),
    )
    op.create_index("ix_mails_arrival", "mails", ["account", "folder", "uidvalidity", "id"])
    op.create_index("ix_mails_case", "mails", ["case_number"])
    op.create_index("ix_mails_content", "mails", ["content_hash"])
    op.create_index("ix_mails_seen_at", "mails", ["seen_at"])
    op.create_index("ix_mails_sha256", "mails", ["sha256"])
    op.create_index("ix_mails_state", "mails", ["account", "state", "id"])
    op.create_table(
        "notices",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("raised_at", MOMENT, nullable=False),
    )
    op.create_table(
        "parts",
        sa.Column("part", sa.Text, primary_key=True),
        sa.Column("ok_at", MOMENT),
        sa.Column("failing_since", MOMENT),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("next_try_at", MOMENT),
    )
    op.create_table(
        "secrets",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "letter_bytes",
        sa.Column("letter_id", SERIAL, sa.ForeignKey("letters.id"), primary_key=True, autoincrement=False),
        sa.Column("raw", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "message_ids",
        sa.Column("message_id", sa.Text, primary_key=True),
        sa.Column("case_number", sa.Text, sa.ForeignKey("cases.number"), primary_key=True),
    )
    op.create_table(
        "parties",
        sa.Column("address", sa.Text, primary_key=True),
        sa.Column("case_number", sa.Text, sa.ForeignKey("cases.number"), primary_key=True),
    )
    op.create_index("ix_parties_case", "parties", ["case_number"])
