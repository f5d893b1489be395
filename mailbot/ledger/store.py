"""The one connection to the ledger's database: how it is opened, and what commits together.

Nothing here knows a table. SQLite is set up to survive a power cut (rollback journal, every commit synced, the folder
too). A transaction inside another is a savepoint: it fails alone and commits with the outer one. What the database says
becomes one of our errors here, so that nobody else needs to know its exceptions. Not for use by two threads.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeAlias

from sqlalchemy import URL, Connection, Engine, Executable, Row, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DatabaseError, InterfaceError, OperationalError

from mailbot import errors

Parameters: TypeAlias = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None
Found: TypeAlias = Row[*tuple[Any, ...]]
Insert: TypeAlias = sqlite.Insert | postgresql.Insert

_PRAGMAS = ("journal_mode=DELETE", "synchronous=EXTRA", "foreign_keys=ON", "busy_timeout=30000")
# Writers queue up at the start; a lock met half-way would have to fail. Readers never take that lock.
_WRITING = "BEGIN IMMEDIATE"
_READING = "BEGIN DEFERRED"


class Store:
    """An open database. `rollbacks` counts what was undone, for those who remember what they wrote."""

    def __init__(self, url: URL) -> None:
        self.dialect = url.get_backend_name()
        self.rollbacks = 0
        self._begin = _READING
        self._depth = 0
        self._engine = self._connect(url)
        with _in_our_words():
            self._connection = self._engine.connect()

    def close(self) -> None:
        """Let go of the database."""
        self._connection.close()
        self._engine.dispose()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit everything inside together, or nothing when it raises."""
        try:
            with _in_our_words(), self._connection.begin_nested() if self._depth else self._begun(_WRITING):
                self._depth += 1
                try:
                    yield
                finally:
                    self._depth -= 1
        except BaseException:
            self.rollbacks += 1
            raise

    def rows(self, statement: Executable, parameters: Parameters = None) -> Sequence[Found]:
        """Return all rows of a question."""
        with self._ready(_READING):
            return self._connection.execute(statement, parameters).all()

    def row(self, statement: Executable, parameters: Parameters = None) -> Found | None:
        """Return the first row of a question, if there is one."""
        found = self.rows(statement, parameters)
        return found[0] if found else None

    def value(self, statement: Executable, parameters: Parameters = None) -> Any:
        """Return the first column of the first row; None without a row."""
        found = self.row(statement, parameters)
        return found[0] if found else None

    def write(self, statement: Executable, parameters: Parameters = None) -> int:
        """Carry out one statement, durable at once outside a transaction; return how many rows it touched."""
        with self._ready(_WRITING):
            return self._connection.execute(statement, parameters).rowcount

    def written(self, statement: Executable, parameters: Parameters = None) -> Sequence[Found]:
        """Carry out one statement and return the rows it gives back."""
        with self._ready(_WRITING):
            return self._connection.execute(statement, parameters).all()

    def put_new(self, table: Table) -> Insert:
        """Return the statement that adds rows and leaves those alone whose key is there already."""
        return _new(self.dialect, table)

    def added(self, table: Table, row: Mapping[str, Any]) -> Any:
        """Add a row and return the key it got; None when one like it is there already."""
        # Not by counting rows: a database that answers with the new key does not say how many there were.
        found = self.written(_new_key(self.dialect, table), row)
        return found[0][0] if found else None

    def added_of(self, table: Table, rows: Sequence[Mapping[str, Any]]) -> int:
        """Add rows, those alone left that are there already; return how many were new."""
        return len(self.written(_new_key(self.dialect, table), rows)) if rows else 0

    def put(self, table: Table, key: str, *columns: str) -> Insert:
        """Return the statement that adds a row, or sets `columns` where the `key` is there already."""
        return _put(self.dialect, table, key, columns)

    @property
    def inside(self) -> bool:
        """Whether a transaction is going on."""
        return self._depth > 0

    @property
    def connection(self) -> Connection:
        """The connection itself, for migrations."""
        return self._connection

    @contextmanager
    def _ready(self, begin: str) -> Iterator[None]:
        with _in_our_words():
            if self._depth:
                yield
                return
            with self._begun(begin):
                yield

    @contextmanager
    def _begun(self, begin: str) -> Iterator[None]:
        self._begin = begin
        with self._connection.begin():
            yield

    def _connect(self, url: URL) -> Engine:
        if self.dialect == "postgresql":
            return create_engine(url, connect_args={"options": "-c timezone=UTC"})
        engine = create_engine(url)
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(self._begin))
        return engine


@cache
def _put(dialect: str, table: Table, key: str, columns: tuple[str, ...]) -> Insert:
    put = _insert(dialect, table)
    return put.on_conflict_do_update(index_elements=[key], set_={name: put.excluded[name] for name in columns})


@cache
def _new(dialect: str, table: Table) -> Insert:
    return _insert(dialect, table).on_conflict_do_nothing()


@cache
def _new_key(dialect: str, table: Table) -> Executable:
    return _new(dialect, table).returning(*table.primary_key)


@cache
def _insert(dialect: str, table: Table) -> Insert:
    # Both spell a conflict alike. Made once, for building a statement takes ten times as long as carrying it out.
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver's own idea of transactions would leave schema changes outside
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


@contextmanager
def _in_our_words() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise errors.Temporary("ledger", _said(error)) from error
    except DatabaseError as error:
        if type(error) is not DatabaseError:
            raise
        raise errors.Permanent("ledger", _said(error), "restore the ledger from a backup") from error


def _said(error: DatabaseError | InterfaceError) -> str:
    return " ".join(str(error.orig).split())
