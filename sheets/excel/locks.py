"""Who has the workbook open: the lock files office programs put beside it. They are read, never written or removed."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from sheets.register import Waiting

_EXCEL_NAME_LIMIT = 54


def held_by(path: Path) -> Waiting | None:
    """Who holds the workbook at `path` open, as its lock file says; None when no lock file is there.

    No lock file proves nothing: services lock elsewhere. A stale one still counts; it is for a human to remove.
    """
    try:
        with os.scandir(path.parent) as entries:
            locks = sorted((e.name, kind) for e in entries if (kind := _kind(e.name, path.name)) is not None)
    except OSError:
        return None
    for name, reader in locks:
        lock = path.parent / name
        try:
            since = datetime.fromtimestamp(lock.stat().st_mtime, UTC)
            return Waiting("open", reader(lock.read_bytes()[:4096]), since)
        except FileNotFoundError:
            continue  # closed in this moment
        except OSError:
            return Waiting("open")
    return None


def _kind(entry: str, workbook: str) -> Callable[[bytes], str] | None:
    """How to read the entry's owner, if it is a lock file of this workbook."""
    entry, workbook = entry.lower(), workbook.lower()
    if entry == f".~lock.{workbook}#":
        return _libreoffice_user
    for start, reader in _STARTS.items():
        if entry.startswith(start) and not entry.startswith(".~lock."):
            return reader if _names(entry.removeprefix(start), workbook) else None
    return None


def _names(rest: str, workbook: str) -> bool:
    """Whether what follows the mark is the workbook's name, possibly without its first one or two letters."""
    return bool(rest) and workbook.endswith(rest) and len(workbook) - len(rest) <= 2


def _excel_user(content: bytes) -> str:
    """The user's name: UTF-16 with its length at byte 55, else single bytes with the length in front."""
    length = int.from_bytes(content[55:57], "little")
    if 0 < length <= _EXCEL_NAME_LIMIT and len(content) >= 57 + 2 * length:
        return _printable(content[57 : 57 + 2 * length].decode("utf-16-le", "ignore"))
    short = content[0] if content and content[0] <= _EXCEL_NAME_LIMIT else 0
    return _printable(content[1 : 1 + short].decode("cp1252", "ignore"))


def _libreoffice_user(content: bytes) -> str:
    """The user's name, else the account, with the computer: `,user,host,date,profile;`."""
    fields = [*content.decode("utf-8", "replace").split(","), "", "", ""]
    name, host = _printable(fields[0]) or _printable(fields[1]), _printable(fields[2])
    return f"{name} ({host})" if name and host else name


def _printable(text: str) -> str:
    return re.sub(r"[^\w .@()'+-]", "", text.replace("\0", "")).strip()[:60]


_STARTS: dict[str, Callable[[bytes], str]] = {"~$": _excel_user, ".~": _excel_user}
"""Excel's `~$name.xlsx`, and `.~name.xlsx` of WPS, which has the same content."""
