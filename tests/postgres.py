"""A private PostgreSQL: its own cluster in a folder of its own, reached by a socket there, gone with the tests."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg

_FAST = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c listen_addresses= -c max_connections=40"


def binaries() -> Path | None:
    """Return the folder of the newest installed PostgreSQL server, if there is one."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if on_path := shutil.which("initdb"):
        found.append(Path(on_path).resolve().parent)
    return max(found, key=lambda path: path.parent.name, default=None)


class Cluster:
    """A running cluster. `url` addresses a database of it for SQLAlchemy."""

    def __init__(self, bin_: Path, folder: Path) -> None:
        self._bin = bin_
        self.folder = folder
        self._who = _unprivileged()
        if "user" in self._who:
            os.chown(folder, self._who["user"], self._who["group"])
        self._run("initdb", "-D", str(folder / "db"), "-U", "mailbot", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        self._run(
            "pg_ctl", "-D", str(folder / "db"), "-w", "-l", str(folder / "log"), "-o", f"{_FAST} -k {folder}", "start"
        )

    def url(self, database: str) -> str:
        """Return the address of a database."""
        return f"postgresql+psycopg://mailbot@/{database}?host={quote(str(self.folder), safe='')}"

    def create(self, database: str) -> str:
        """Create a database; return its address."""
        self._run("createdb", "-h", str(self.folder), "-U", "mailbot", database)
        return self.url(database)

    def stop(self) -> None:
        """Stop at once."""
        self._run("pg_ctl", "-D", str(self.folder / "db"), "-w", "-m", "immediate", "stop")

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._bin / program), *arguments]
        # The server keeps standard output open for ever: it must not be a pipe that is waited for.
        with tempfile.TemporaryFile() as said:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                cwd="/",
                timeout=60,
                check=False,
                **self._who,
            )
            said.seek(0)
            if done.returncode:
                raise RuntimeError(f"{program}: {said.read().decode(errors='replace')}")


@contextmanager
def running() -> Iterator[Cluster | None]:
    """Run a cluster for the time of the block; None where no PostgreSQL server is installed."""
    bin_ = binaries()
    if bin_ is None:
        yield None
        return
    memory = Path("/dev/shm")
    # In memory where there is such a place, and never deep: a socket's path must be short.
    folder = Path(tempfile.mkdtemp(prefix="pg", dir=memory if os.access(memory, os.W_OK) else "/tmp"))
    try:
        cluster = Cluster(bin_, folder)
        try:
            yield cluster
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def empty(url: str, tables: Sequence[str]) -> None:
    """Empty tables of a database, numbering included."""
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        connection.execute(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY CASCADE")


def _unprivileged() -> dict[str, Any]:
    """Return whom to be: the server refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    return {}
