"""One daemon per ledger: a lock the system lets go of by itself when the process dies, however it dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mailbot.errors import Usage


@contextmanager
def only_one(path: Path) -> Iterator[None]:
    """Hold the lock file while inside. Raises Usage when another process holds it or it cannot be made."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise Usage(f"{path} cannot be opened for locking ({error.strerror}). Correct [ledger] data.") from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(handle, 20).decode("ascii", "replace").strip()
            raise Usage(f"mailbot is already running here (process {holder or 'unknown'}). Stop it first.") from error
        except OSError as error:
            raise Usage(f"{path} cannot be locked ({error.strerror}). Put [ledger] data on a local disk.") from error
        os.truncate(handle, 0)
        os.write(handle, f"{os.getpid()}\n".encode())
        yield
    finally:
        os.close(handle)


def running(path: Path) -> int | None:
    """The process that holds the lock, None when nobody does."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        text = os.read(handle, 20).decode("ascii", "replace").strip()
        return int(text) if text.isdigit() else 0
    else:
        return None
    finally:
        os.close(handle)
