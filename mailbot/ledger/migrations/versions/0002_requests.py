"""What people ask the daemon to do with a mail; how many mails were ever seen, counted apart from their rows."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the table; begin the count with the mails there are."""
    op.create_table(
        "requests",
        sa.Column("id", SERIAL, primary_key=True),
        sa.Column("mail_id", SERIAL, sa.ForeignKey("mails.id"), nullable=False, autoincrement=False),
        sa.Column("filing", sa.Text, nullable=False),
        sa.Column("case_number", sa.Text, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("done_at", MOMENT),
        sa.Column("outcome", sa.Text, nullable=False),
    )
    op.create_index("ix_requests_mail", "requests", ["mail_id", "id"])
    op.create_index("ix_requests_done_at", "requests", ["done_at", "id"])
    op.execute("INSERT INTO counters (name, last) SELECT 'mails', count(*) FROM mails")
