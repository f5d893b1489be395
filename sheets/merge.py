"""The three-way merge: what was agreed (base), what the program wants (ours) and what people left standing (theirs).

Pure: it returns a Plan and touches nothing. In doubt people's word stands; a column the program owns alone is put back.
What the program may have written before it was interrupted (`intended`) is never credited to people.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from types import MappingProxyType

from sheets.cells import same
from sheets.identity import Matching, identity_column, recognise
from sheets.records import canonical
from sheets.table import AppendRow, Cell, Change, Column, Edit, Owner, Plan, Row, SetCell, Sheet

Cells = Mapping[str, Cell]

_NOTHING: Mapping[str, Cells] = MappingProxyType({})
_MANY = 5
"""A column all emptied, or only reordered, in so many rows is an accident to the table, not so many edits."""


class Verdict(Enum):
    """Whose value a cell gets."""

    EQUAL = auto()
    OURS = auto()
    THEIRS = auto()
    BOTH = auto()


class Never(Enum):
    """Stands where nothing was agreed yet, which is not the same as agreed to be empty."""

    AGREED = auto()


def merge(
    columns: Sequence[Column],
    base: Mapping[str, Cells],
    ours: Mapping[str, Cells],
    theirs: Sheet,
    *,
    intended: Mapping[str, Cells] = _NOTHING,
    settled: bool = False,
) -> Plan:
    """Compare agreed, wanted and standing cells; rows are found by identity, never by position.

    `base` maps identity → cells last agreed; a row or cell absent there was never agreed. `ours` maps identity → all
    cells wanted, for every row the program has. `intended` maps identity → cells of a write whose outcome is not known:
    where such a value stands it was ours, counts as agreed and is named in `Plan.equal`. `settled` says that every edit
    in this version was taken before: it is an older one put back, nothing in it is news and what came later is written
    into it. Columns not found in `theirs` are skipped.

    Raises ValueError unless exactly one of `columns` is the identity.
    """
    found = recognise(columns, base, ours, theirs, settled=settled)
    if found.frozen:
        return Plan(frozen=found.frozen)
    if settled and found.typed:
        return Plan(frozen=f"an older version was put back, in which {len(found.typed)} rows have no number yet")
    number = identity_column(columns)
    shown = [number, *(c for c in columns if c.key in theirs.found and not c.identity)]
    draft, quiet = _Draft(), found.standing - intended.keys()
    moved = {identity: row for identity, row in found.rows.items() if identity not in quiet}
    refilled = _emptied(shown, base, found, moved)
    for identity, row in moved.items():
        unsure = intended.get(identity, {})
        written = _written(unsure, row)
        # A row never agreed yet standing here was appended, and an append arrives whole.
        agreed = {**base.get(identity, unsure), **(row.cells if settled else written)}
        wanted = {**ours[identity], number.key: identity}
        draft.compare(shown, identity, agreed, wanted, row, refilled)
        draft.equal[identity].update(written)
    if frozen := _reordered(shown, draft.edits):
        return Plan(frozen=frozen)
    appended = (_append(shown, identity, {**ours[identity], number.key: identity}) for identity in found.missing)
    return Plan(
        edits=tuple(draft.edits),
        conflicts=tuple(draft.conflicts),
        changes=(*draft.changes, *appended),
        typed=found.typed,
        restored=tuple(identity for identity in found.missing if identity in base),
        copies=found.copies,
        strangers=found.strangers,
        equal=draft.equal,
        positions={identity: row.position for identity, row in found.rows.items()},
    )


def verdict(owner: Owner, agreed: Cell | Never, wanted: Cell, stands: Cell) -> Verdict:
    """Say whose value one cell gets: the whole cell rule."""
    if (type(wanted) is type(stands) and wanted == stands) or same(wanted, stands):
        return Verdict.EQUAL
    if owner is Owner.BOT:
        return Verdict.OURS
    if agreed is Never.AGREED:
        return _at_first_sight(wanted, stands)
    if same(agreed, stands):
        return Verdict.OURS
    return Verdict.THEIRS if same(agreed, wanted) else Verdict.BOTH


def _at_first_sight(wanted: Cell, stands: Cell) -> Verdict:
    """Judge a cell nobody agreed on yet: an empty one is filled, a filled one is people's word."""
    if same(stands, None):
        return Verdict.OURS
    return Verdict.THEIRS if same(wanted, None) else Verdict.BOTH


@dataclass(slots=True)
class _Draft:
    """A Plan being written, row after row."""

    edits: list[Edit] = field(default_factory=list)
    conflicts: list[Edit] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    equal: dict[str, dict[str, Cell]] = field(default_factory=dict)

    def compare(
        self,
        shown: Sequence[Column],
        identity: str,
        agreed: Cells,
        wanted: Cells,
        row: Row,
        refilled: Collection[str],
    ) -> None:
        """Judge every shown cell of one row; cells of `refilled` columns count as never agreed."""
        keys = [column.key for column in shown]
        all_ours, all_theirs = [*map(wanted.get, keys)], [*map(row.cells.get, keys)]
        equal = self.equal[identity] = {}
        if all_ours == all_theirs and [*map(type, all_ours)] == [*map(type, all_theirs)]:
            equal.update(zip(keys, all_theirs, strict=True))  # nearly every row; cell by cell takes four times as long
            return
        for column in shown:
            key, ours, stands = column.key, wanted.get(column.key), row.cells.get(column.key)
            before = Never.AGREED if key in refilled else agreed.get(key, Never.AGREED)
            judged = verdict(column.owner, before, ours, stands)
            if judged is Verdict.EQUAL:
                equal[key] = stands
            elif judged is Verdict.OURS:
                change = SetCell(position=row.position, identity=identity, column=key, expected=stands, value=ours)
                self.changes.append(change)
            else:
                old = None if before is Never.AGREED else before
                edit = Edit(identity=identity, column=key, old=old, new=stands)
                self.edits.append(edit)
                self.conflicts += [edit] if judged is Verdict.BOTH else []


def _written(intended: Cells, row: Row) -> Cells:
    """Return the cells of an unfinished write that really stand in `row`."""
    return {key: row.cells[key] for key, cell in intended.items() if key in row.cells and same(cell, row.cells[key])}


def _append(shown: Sequence[Column], identity: str, wanted: Cells) -> AppendRow:
    cells = {c.key: wanted[c.key] for c in shown if wanted.get(c.key) is not None}
    return AppendRow(identity=identity, cells=cells)


def _emptied(
    shown: Sequence[Column], base: Mapping[str, Cells], found: Matching, moved: Mapping[str, Row]
) -> frozenset[str]:
    """Name people's columns that lost every one of many agreed values: deleted and made again, not cleared by hand."""
    people = [column.key for column in shown if column.owner is not Owner.BOT]
    pairs = [(base[identity], row.cells) for identity, row in moved.items() if identity in base]
    lost = [k for k in people if sum(a.get(k) is not None and c.get(k) is None for a, c in pairs) > _MANY]
    return frozenset(key for key in lost if all(row.cells.get(key) is None for row in found.rows.values()))


def _reordered(shown: Sequence[Column], edits: Sequence[Edit]) -> str:
    """Return why to freeze when the edits of a column are only its old values in another order: sorted on its own."""
    by_column: dict[str, list[Edit]] = defaultdict(list)
    for edit in edits:
        by_column[edit.column].append(edit)
    for column in shown:
        of_column = by_column[column.key]
        old = Counter(canonical(edit.old) for edit in of_column)
        new = Counter(canonical(edit.new) for edit in of_column)
        if len(of_column) >= _MANY and len(old) > 2 and old == new:
            return f"{len(of_column)} cells of '{column.title}' only changed places: sorted without the rest? undo it"
    return ""
