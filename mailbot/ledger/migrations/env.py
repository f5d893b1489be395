"""What alembic runs a migration in: the connection and the transaction it was handed, nothing of its own."""

from alembic import context

from mailbot.ledger.schema import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    transactional_ddl=True,
    render_as_batch=True,
)
context.run_migrations()
