"""Publishing a new version of a workbook without losing a save somebody makes in between, and finishing after a crash.

Write beside, fsync, look again, swap, look at what was swapped out, put it back if it is not the version built upon.
"Compare, then rename" loses saves; the swap does not.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from sheets.durable import sync_folder
from sheets.excel import swap
from sheets.excel.reading import version_of
from sheets.excel.versions import put_aside
from sheets.register import Waiting

_SWAPS = 5


def publish(path: Path, base: str, new: bytes, *, aside: Path, at: datetime, swap_files: swap.Swap = swap.swap) -> None:
    """Put `new` in the place of the version `base` (a SHA-256). Raises Waiting when the live file is another by then.

    A save of people that got between is live again afterwards; one that its own successor replaced lies in `aside`.
    """
    ours = _written_beside(path, base, new)
    try:
        if _version(path) != base:
            raise Waiting("changed")
        swap_files(ours, path)
    except swap.Overtaken as error:
        _clear(swap.was_path(ours), {base}, path, aside, at)
        ours.unlink()
        raise Waiting("changed") from error
    except Waiting:
        ours.unlink()
        raise
    except OSError as error:
        ours.unlink(missing_ok=True)
        raise Waiting("missing" if isinstance(error, FileNotFoundError) else "unreachable") from error
    if _version(ours) != base:
        _put_back(ours, path, version_of(new), aside, at, swap_files)
        raise Waiting("changed")
    sync_folder(path.parent)
    ours.unlink()


def recover(path: Path, *, aside: Path, at: datetime) -> tuple[Path, ...]:
    """Finish what a crash left beside the workbook; give the saves of people that were put aside.

    Only names of our own making are touched, and only those whose content is known to be elsewhere are removed.
    """
    put: list[Path] = []
    for found, known in _leftovers(path):
        if known is None:
            found.unlink(missing_ok=True)
        elif not path.exists():  # nothing may be removed now; the live file itself may have been taken away by a swap
            if found.name.endswith(".was.tmp"):
                found.rename(path)
        elif (kept := _clear(found, known, path, aside, at)) is not None:
            put.append(kept)
    return tuple(put)


def _put_back(ours: Path, path: Path, new: str, aside: Path, at: datetime, swap_files: swap.Swap) -> None:
    """Make the captured save live again; what was saved meanwhile is newer still and stays live."""
    replaced = new
    for _ in range(_SWAPS):
        restored = _version(ours)
        try:
            swap_files(ours, path)
        except swap.Overtaken:
            _clear(swap.was_path(ours), {replaced}, path, aside, at)
            break
        if _version(ours) == replaced:
            break
        replaced = restored
    sync_folder(path.parent)
    _clear(ours, {new}, path, aside, at)


def _written_beside(path: Path, base: str, new: bytes) -> Path:
    """Write `new` into a file of our own naming beside `path`, with its rights, safely on the disk."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part.tmp")
    ours = path.with_name(f".{path.name}.{base[:16]}-{version_of(new)[:16]}.swap.tmp")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(new)
            file.flush()
            _take_rights(path, file.fileno())
            os.fsync(file.fileno())
        part.replace(ours)
    except FileNotFoundError as error:
        part.unlink(missing_ok=True)
        raise Waiting("missing") from error
    except OSError as error:
        part.unlink(missing_ok=True)
        raise Waiting("unreachable") from error
    return ours


def _take_rights(path: Path, descriptor: int) -> None:
    """Owner, mode and extended attributes (access lists) of `path`, as far as we may."""
    status = path.stat()
    with suppress(PermissionError):
        os.fchown(descriptor, status.st_uid, status.st_gid)
    os.fchmod(descriptor, status.st_mode & 0o7777)
    with suppress(OSError):
        for name in os.listxattr(path):
            os.setxattr(descriptor, name, os.getxattr(path, name))


def _leftovers(path: Path) -> Iterator[tuple[Path, frozenset[str] | None]]:
    """Our own temporary files with the beginnings of the versions they may hold; None for half-written ones."""
    part, swapped = r"[0-9a-f]{16}\.part", r"([0-9a-f]{16})-([0-9a-f]{16})\.swap(?:\.was)?"
    name = re.compile(re.escape(f".{path.name}.") + f"(?:{part}|{swapped})\\.tmp")
    for found in sorted(path.parent.iterdir(), reverse=True):
        if match := name.fullmatch(found.name):
            yield found, frozenset(match.groups()) if match[1] else None


def _clear(found: Path, known: frozenset[str] | set[str], path: Path, aside: Path, at: datetime) -> Path | None:
    """Remove a file whose version is known; put any other aside. Gives where."""
    if not found.exists():
        return None
    version = _version(found)
    if any(version.startswith(start) for start in known):
        found.unlink()
        return None
    return put_aside(aside, path, found, version, at)


def _version(path: Path) -> str:
    return version_of(path.read_bytes())
