"""Copies of the workbook that a synchronising program left beside it when two people saved at once.

Their names say which are such copies; what people changed in one is found by comparing it with the version both grew
from, the kept one it differs least from. Copies under other names are only reported: somebody may have made them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sheets.cells import same
from sheets.excel.reading import read_workbook
from sheets.identity import identity_column
from sheets.merge import merge
from sheets.records import canonical
from sheets.register import RegisterError
from sheets.table import AppendRow, Change, Column, Edit, Owner, Row, SetCell, Sheet

SNAPSHOTS_LOOKED_AT = 30
_SURE = re.compile(
    r"\s*[(（][^()（）]*(?:conflicted copy|conflict|冲突|衝突|SFConflict)[^()（）]*[)）]"  # Dropbox, Nextcloud, Seafile
    r"|\.sync-conflict-\d{8}-\d{6}-\w+"  # Syncthing
    r"|-[\w-]+-safeBackup-\d+|-(?:DESKTOP|LAPTOP|WIN|PC)-?\w+",  # OneDrive
    re.IGNORECASE,
)
_SHARED = 0.5
"""A sibling with more than this share of our identities is a copy of the register."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A copy found. `changes` bring what people did in it into the register; `clashes` are cells changed in both.

    `trouble` says why it was not merged; empty when it can be.
    """

    path: Path
    changes: tuple[Change, ...] = ()
    clashes: tuple[Edit, ...] = ()
    trouble: str = ""


def siblings(path: Path) -> Iterator[Path]:
    """Workbooks in the same folder whose names begin like ours."""
    for found in sorted(path.parent.glob(f"*{path.suffix}")):
        if found.name != path.name and found.stem.startswith(path.stem) and found.is_file():
            yield found


def judged(
    path: Path, register: Path, columns: Sequence[Column], live: Sheet, snapshots: Sequence[Path]
) -> Copy | None:
    """What a sibling holds; None when it is no copy of the register."""
    sure = _SURE.fullmatch(path.stem.removeprefix(register.stem)) is not None
    try:
        theirs = read_workbook(path.read_bytes(), columns).sheet
    except (RegisterError, OSError) as error:
        return Copy(path=path, trouble=f"it cannot be read ({error})") if sure else None
    number = identity_column(columns).key
    ours, copied = _by_identity(live, number), _by_identity(theirs, number)
    if len(ours.keys() & copied.keys()) <= _SHARED * len(ours):
        return None
    if not sure:
        return Copy(path=path, trouble="its name does not say where it comes from")
    base = _nearest(theirs, columns, snapshots)
    return _merged(path, columns, base, live, theirs) if base else Copy(path=path, trouble="no earlier version is kept")


def _merged(path: Path, columns: Sequence[Column], base: Sheet, live: Sheet, theirs: Sheet) -> Copy:
    number = identity_column(columns).key
    ours = _by_identity(live, number)
    cells = {identity: row.cells for identity, row in ours.items()}
    plan = merge(columns, {i: r.cells for i, r in _by_identity(base, number).items()}, cells, theirs)
    if plan.frozen:
        return Copy(path=path, trouble=plan.frozen)
    clashing = {(edit.identity, edit.column) for edit in plan.conflicts}
    changes: list[Change] = [
        SetCell(
            position=ours[edit.identity].position,
            identity=edit.identity,
            column=edit.column,
            expected=cells[edit.identity][edit.column],
            value=edit.new,
        )
        for edit in plan.edits
        if (edit.identity, edit.column) not in clashing and edit.column in live.found
    ]
    fresh = [row for row in plan.typed if not _stands_in(row, (*base.rows, *live.rows), columns)]
    changes += [AppendRow(identity="", cells={k: v for k, v in row.cells.items() if v is not None}) for row in fresh]
    return Copy(path=path, changes=tuple(changes), clashes=plan.conflicts)


def _nearest(theirs: Sheet, columns: Sequence[Column], snapshots: Sequence[Path]) -> Sheet | None:
    """The kept version a copy differs least from."""
    number = identity_column(columns).key
    best: tuple[int, Sheet] | None = None
    for path in sorted(snapshots, key=lambda kept: kept.name, reverse=True)[:SNAPSHOTS_LOOKED_AT]:
        try:
            sheet = read_workbook(path.read_bytes(), columns).sheet
        except (RegisterError, OSError):
            continue
        apart = _distance(_by_identity(sheet, number), _by_identity(theirs, number))
        if best is None or apart < best[0]:
            best = apart, sheet
    return best[1] if best else None


def _distance(one: dict[str, Row], other: dict[str, Row]) -> int:
    """Cells that differ; a row one of them lacks counts as all of its cells."""
    apart = 0
    for identity in one.keys() | other.keys():
        a, b = (rows[identity].cells if identity in rows else {} for rows in (one, other))
        apart += sum(not same(a.get(key), b.get(key)) for key in a.keys() | b.keys())
    return apart


def _by_identity(sheet: Sheet, number: str) -> dict[str, Row]:
    return {identity: row for row in sheet.rows if (identity := canonical(row.cells.get(number)))}


def _stands_in(row: Row, rows: Sequence[Row], columns: Sequence[Column]) -> bool:
    """Whether a typed row is there already, maybe with more filled in since."""
    typed = [(c.key, text) for c in columns if c.owner is not Owner.BOT and (text := canonical(row.cells.get(c.key)))]
    return any(all(canonical(other.cells.get(key)) == text for key, text in typed) for other in rows)
