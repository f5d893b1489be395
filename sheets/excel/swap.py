"""Changing places of two files in one folder, so that what was live is in hand afterwards and can be looked at.

`exchange` is atomic where the system can; `by_links` leaves the name missing for an instant, as office programs do.
"""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from collections.abc import Callable
from pathlib import Path

Swap = Callable[[Path, Path], None]
"""Called with our file and the live one; see `swap`."""

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_UNABLE = frozenset({errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP})


class Overtaken(Exception):
    """The live name was saved anew in the middle and stays: `ours` is as it was, `was_path(ours)` was live before."""


def swap(ours: Path, live: Path) -> None:
    """Make `ours` live; afterwards the name `ours` holds what was live. Raises Overtaken or OSError."""
    if not exchange(ours, live):
        by_links(ours, live)


def exchange(ours: Path, live: Path) -> bool:
    """Exchange two names atomically; False where the system or the file system cannot."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except AttributeError:
        return False
    if renameat2(_AT_FDCWD, os.fsencode(ours), _AT_FDCWD, os.fsencode(live), _RENAME_EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in _UNABLE:
        return False
    raise OSError(code, os.strerror(code), str(live))


def by_links(ours: Path, live: Path) -> None:
    """The same in steps: take the live file away, then put ours there unless the name exists again."""
    was = was_path(ours)
    live.rename(was)
    try:
        _put(ours, live)
    except FileExistsError as error:
        raise Overtaken(str(live)) from error
    except OSError:
        was.rename(live)
        raise
    was.replace(ours)


def was_path(ours: Path) -> Path:
    """Where the live file is for the instant in which its name is missing."""
    return ours.with_name(f"{ours.name.removesuffix('.tmp')}.was.tmp")


def _put(ours: Path, live: Path) -> None:
    try:
        os.link(ours, live)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if live.exists():
            raise FileExistsError(str(live)) from None
        ours.rename(live)
