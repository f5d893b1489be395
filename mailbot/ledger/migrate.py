"""Bringing a ledger to the newest schema. Imported only when it is not there: alembic takes long to load.

The whole way is one transaction: a migration that is killed has not happened, and of two programs that start at once
the second waits and finds nothing left to do.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from mailbot import errors
from mailbot.ledger.store import Store

_SCRIPTS = Path(__file__).with_name("migrations")
_LOCK = 0x6D61696C  # any number, the same for all of us


def upgrade(store: Store, *, shown: str) -> None:
    """Create or upgrade the tables. Raises Usage when a newer program wrote them; `shown` names the ledger."""
    with store.transaction():
        if store.dialect == "postgresql":
            store.connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        config = Config(attributes={"connection": store.connection})
        config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
        _refuse_newer(store, ScriptDirectory.from_config(config), shown)
        command.upgrade(config, "head")


def _refuse_newer(store: Store, scripts: ScriptDirectory, shown: str) -> None:
    known = {script.revision for script in scripts.walk_revisions()}
    for revision in MigrationContext.configure(store.connection).get_current_heads():
        if revision not in known:
            raise errors.Usage(
                f"the ledger {shown} was written by a newer mailbot (schema {revision}); install that version or newer"
            )
