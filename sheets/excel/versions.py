"""The folder of earlier versions: what a workbook was before each write, and saves of people put aside.

Versions are pruned by count. What was put aside is never removed by the program: it may be the only copy.
"""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from sheets.durable import sync_folder

VERSIONS_KEPT = 100
ODD_KEPT = 20


def keep_version(folder: Path, workbook: Path, data: bytes, version: str, at: datetime) -> None:
    """Keep `data` as an earlier version; once per content. The oldest beyond VERSIONS_KEPT go."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = sorted(folder.glob(f"{_globbed(workbook)}-[0-9]*-{'[0-9a-f]' * 12}{workbook.suffix}"))
    if any(path.stem.endswith(version[:12]) for path in kept):
        return
    (folder / _name(workbook, version, at)).write_bytes(data)
    for path in kept[: max(0, len(kept) + 1 - VERSIONS_KEPT)]:
        path.unlink(missing_ok=True)


def keep_odd(folder: Path, workbook: Path, data: bytes, version: str, at: datetime) -> None:
    """Keep `data`, a version that cannot be read, under a name of its own; once per content. The oldest go."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = sorted(folder.glob(f"unreadable-{_globbed(workbook)}-*{workbook.suffix}"))
    if any(path.stem.endswith(version[:12]) for path in kept):
        return
    (folder / f"unreadable-{_name(workbook, version, at)}").write_bytes(data)
    for path in kept[: max(0, len(kept) + 1 - ODD_KEPT)]:
        path.unlink(missing_ok=True)


def put_aside(folder: Path, workbook: Path, found: Path, version: str, at: datetime) -> Path:
    """Move `found`, a save of people nobody has merged, to a name of its own that is never pruned."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"aside-{_name(workbook, version, at)}"
    with target.open("wb") as copy:
        copy.write(found.read_bytes())
        copy.flush()
        os.fsync(copy.fileno())
    sync_folder(folder)
    found.unlink()
    return target


def _name(workbook: Path, version: str, at: datetime) -> str:
    return f"{workbook.stem}-{at:%Y%m%d-%H%M%S}-{version[:12]}{workbook.suffix}"


def _globbed(workbook: Path) -> str:
    return "".join(f"[{c}]" if c in "*?[" else c for c in workbook.stem)
