"""The ledger as a whole: one database, one connection, one class per noun, and the one act that spans them.

A decision is recorded whole or not at all. Whoever needs more in the same commit opens `transaction()` around it.
"""

from __future__ import annotations

import os
import secrets as randomness
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL, make_url, select, text
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from mailbot import errors
from mailbot.core.model import Decision, Letter
from mailbot.ledger import audit, history
from mailbot.ledger.agreement import Agreement
from mailbot.ledger.cases import Cases
from mailbot.ledger.health import Health
from mailbot.ledger.jobs import Jobs
from mailbot.ledger.letters import Letters
from mailbot.ledger.mails import Mails
from mailbot.ledger.notices import Notices
from mailbot.ledger.requests import Requests
from mailbot.ledger.schema import HEAD, secrets
from mailbot.ledger.store import Store

_VERSIONED = {
    "sqlite": "SELECT name FROM sqlite_master WHERE name = 'alembic_version'",
    "postgresql": "SELECT to_regclass('alembic_version')::text",
}
_VERSION = "SELECT version_num FROM alembic_version"


class Ledger:
    """The daemon's memory. Its parts share one connection and so one transaction; not for use by two threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.mails = Mails(store)
        self.cases = Cases(store)
        self.letters = Letters(store)
        self.register = Agreement(store)
        self.health = Health(store)
        self.jobs = Jobs(store)
        self.notices = Notices(store)
        self.requests = Requests(store)

    @classmethod
    def open(cls, url: str) -> Ledger:
        """Open the ledger at `url` (sqlite:///FILE or postgresql+psycopg://…), creating or upgrading its tables.

        Raises Usage for an address that is none, a file that is no ledger, and a ledger written by a newer program;
        Temporary when the database cannot be reached.
        """
        address = _address(url)
        shown = address.render_as_string(hide_password=True)
        try:
            store = Store(address)
        except errors.Permanent as error:
            raise errors.Usage(f"{shown} is not a ledger: {error.detail}") from error
        try:
            _bring_up_to_date(store, shown)
        except BaseException:
            store.close()
            raise
        return cls(store)

    def close(self) -> None:
        """Let go of the database."""
        self._store.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit everything inside together. Inside another one it fails alone and commits with the outer."""
        with self._store.transaction():
            yield

    def record(
        self, decision: Decision, letters: Sequence[Letter], now: datetime, *, message_ids: Iterable[str] = ()
    ) -> None:
        """Commit a decision whole: the case, what happened, the letters it ordered.

        `message_ids` are those of the mails it came from; the letters' own are remembered as well, so that an answer to
        any of them finds the case. A letter whose key was ordered before is left out.
        """
        number = decision.case.number
        with self._store.transaction():
            self.cases.save(decision.case, now)
            history.append(self._store, decision.events)
            new = self.letters.insert(letters, now)
            self.cases.know(number, [*message_ids, *(letter.message_id for letter in new if letter.case == number)])

    def check(self) -> list[str]:
        """Return what is wrong with the ledger, in words; empty when all is well."""
        return audit.problems(self._store)

    def secret(self) -> bytes:
        """Return the 32 random bytes this ledger signs with, made once."""
        question = select(secrets.c.value).where(secrets.c.name == "signing")
        if (known := self._store.value(question)) is None:
            with self._store.transaction():
                made = {"name": "signing", "value": randomness.token_bytes(32)}
                self._store.write(self._store.put_new(secrets), made)
                known = self._store.value(question)
        return bytes(known)


def _address(url: str) -> URL:
    try:
        address = make_url(url)
        address.get_dialect()
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise errors.Usage(f"the ledger address cannot be used: {error}") from error
    if address.get_backend_name() not in _VERSIONED:
        raise errors.Usage("the ledger address must begin with sqlite:/// or postgresql+psycopg://")
    if address.get_backend_name() == "sqlite" and address.database not in (None, "", ":memory:"):
        _make_private(Path(str(address.database)))
    return address


def _make_private(path: Path) -> None:
    # The journal gets the rights of the file, so they must be right before SQLite sees it.
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise errors.Usage(f"the ledger {path} cannot be opened: {error.strerror}") from error


def _bring_up_to_date(store: Store, shown: str) -> None:
    if store.value(text(_VERSIONED[store.dialect])) and store.value(text(_VERSION)) == HEAD:
        return
    from mailbot.ledger import migrate  # here, for it loads alembic: start-up stays fast

    migrate.upgrade(store, shown=shown)
