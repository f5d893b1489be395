"""Ledgers to test with: each test runs on SQLite and on PostgreSQL, each on an empty ledger."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from mailbot.ledger.ledger import Ledger
from mailbot.ledger.schema import METADATA

sys.path.insert(0, str(Path(__file__).parents[1]))
import postgres


@pytest.fixture(scope="session")
def cluster() -> Iterator[postgres.Cluster]:
    """A PostgreSQL of our own."""
    with postgres.running() as running:
        if running is None:
            pytest.skip("no PostgreSQL server is installed")
        yield running


@pytest.fixture(scope="session")
def shared_database(cluster: postgres.Cluster) -> str:
    """The address of a ledger on PostgreSQL that tests use one after the other."""
    url = cluster.create("shared")
    Ledger.open(url).close()
    return url


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty ledger in a file to copy."""
    path = tmp_path_factory.mktemp("ledger") / "empty.sqlite"
    Ledger.open(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def sqlite_url(tmp_path: Path, empty_file: Path) -> str:
    """The address of a fresh ledger on SQLite."""
    shutil.copy(empty_file, tmp_path / "ledger.sqlite")
    return f"sqlite:///{tmp_path / 'ledger.sqlite'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """The address of a fresh ledger, on each kind of database in turn."""
    if request.param == "sqlite":
        return str(request.getfixturevalue("sqlite_url"))
    shared = str(request.getfixturevalue("shared_database"))
    postgres.empty(shared, [table.name for table in METADATA.sorted_tables])
    return shared


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    """A fresh ledger, on each kind of database in turn; it must be in order when the test is over."""
    with closing(Ledger.open(url)) as opened:
        yield opened
        assert opened.check() == []
