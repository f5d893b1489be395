"""Which row is which: people sort, copy, retype and clear; here each known row is found again, or is said not to be.

Only the identity cell, the fingerprint and the likeness to what was agreed count, in this order; a position never does.
Nothing is guessed: what fits several rows stays untouched for a human; a table that looks scrambled is frozen whole.
Pure; it judges rows, never the value of a single cell.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from sheets.cells import same
from sheets.likeness import alike
from sheets.records import canonical, is_record
from sheets.standing import standing
from sheets.table import Cell, Column, Row, Sheet

Cells = Mapping[str, Cell]
Print = tuple[str, ...]

_GIVEN_SHAPE = re.compile(r"[A-Z]{1,10}-?[\d-]*\d")
_PREFIX = re.compile(r"[^\W\d_]+(?=-?\d)")
_FEW_SCRAMBLED, _SCRAMBLED_SHARE = 3, 0.02
_FEW_MISSING, _MISSING_SHARE = 5, 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """Where each identity stands. `standing` are those whose row shows all that is wanted and agreed, `missing`
    are known, found nowhere; `frozen` is why nothing here may be trusted.
    """

    rows: Mapping[str, Row] = field(default_factory=dict)
    standing: frozenset[str] = frozenset()
    missing: tuple[str, ...] = ()
    typed: tuple[Row, ...] = ()
    copies: tuple[Row, ...] = ()
    strangers: tuple[Row, ...] = ()
    frozen: str = ""


def identity_column(columns: Iterable[Column]) -> Column:
    """Return the one column that says which row it is; raises ValueError unless there is exactly one."""
    (column,) = (c for c in columns if c.identity)
    return column


def recognise(
    columns: Sequence[Column],
    base: Mapping[str, Cells],
    ours: Mapping[str, Cells],
    theirs: Sheet,
    *,
    settled: bool = False,
) -> Matching:
    """Find the row of every identity in `ours`; `base` holds what was last agreed of each (absent: never agreed).

    In a `settled` version, an older one, many rows may be missing: those that came later.
    """
    number = identity_column(columns)
    if number.key not in theirs.found:
        return Matching(frozen=f"the column '{number.title}' is gone: put it back or restore its heading")
    search = _Search(columns, base, ours, theirs)
    search.by_identity()
    if frozen := search.scrambled(number.title):
        return Matching(frozen=frozen)
    search.by_fingerprint()
    search.by_likeness()
    missing = search.missing()
    gone, agreed = sum(i in base for i in missing), sum(i in base for i in ours)
    if not settled and gone > max(_FEW_MISSING, _MISSING_SHARE * agreed):
        return Matching(frozen=f"{gone} of {agreed} rows are gone at once: bring them back or rebuild the table")
    return search.matching(missing)


class _Search:
    """One pass over one reading: rows move from `loose` and `spare` (by position) to `rows` as they are recognised."""

    def __init__(
        self, columns: Sequence[Column], base: Mapping[str, Cells], ours: Mapping[str, Cells], theirs: Sheet
    ) -> None:
        self.base, self.ours = base, ours
        self.columns = [c for c in columns if c.key in theirs.found]
        self.number = identity_column(columns).key
        self.others = [c.key for c in self.columns if not c.identity]
        self.marks = [c.key for c in self.columns if c.fingerprint]
        self.enough = min(2, sum(c.fingerprint for c in columns)) or 1
        self.printed: dict[tuple[tuple[type, Cell], ...], Print] = {}
        self.filled = [row for row in theirs.rows if any(cell is not None for cell in row.cells.values())]
        self.rows: dict[str, Row] = {}
        self.standing: frozenset[str] = frozenset()
        self.loose: dict[int, Row] = {}
        self.spare: dict[int, Row] = {}

    @cached_property
    def known(self) -> Mapping[str, str]:
        """The identities however they are typed."""
        return {canonical(identity): identity for identity in self.ours}

    @cached_property
    def owners(self) -> Mapping[Print, list[str]]:
        """Whose fingerprint is whose; one with less than `enough` filled cells proves nothing."""
        owners: dict[Print, list[str]] = defaultdict(list)
        for identity in self.ours:
            for mark in self._prints(identity):
                if sum(map(bool, mark)) >= self.enough:
                    owners[mark].append(identity)
        return dict(owners)

    @cached_property
    def prefixes(self) -> frozenset[str]:
        """How identities begin."""
        return frozenset(found[0] for text in self.known if (found := _PREFIX.match(text)))

    def by_identity(self) -> None:
        """Give every known identity the row that bears it; of several the one most like it."""
        claims: dict[str, list[Row]] = defaultdict(list)
        for row in self.filled:
            identity = self._named(row.cells.get(self.number))
            if identity is None:
                self.loose[row.position] = row
            else:
                claims[identity].append(row)
        for identity, rows in claims.items():
            original = rows[0] if len(rows) == 1 else self._fittest(identity, rows)
            self.rows[identity] = original
            self.spare.update({row.position: row for row in rows if row is not original})
        self.standing = standing([self.number, *self.others], self.base, self.ours, self.rows)

    def _named(self, cell: Cell) -> str | None:
        # Nearly every one stands as it was written, and making it comparable is dear.
        return cell if isinstance(cell, str) and cell in self.ours else self.known.get(canonical(cell))

    def scrambled(self, title: str) -> str:
        """Return why to freeze when many rows bear another's fingerprint; take few such rows from their identity."""
        moved = {identity: row for identity, row in self.rows.items() if identity not in self.standing}
        foreign = [identity for identity, row in moved.items() if self._foreign(identity, row)]
        if len(foreign) >= _FEW_SCRAMBLED and len(foreign) > _SCRAMBLED_SHARE * len(self.rows):
            return f"{len(foreign)} of {len(self.rows)} rows bear another's contents: sorted without '{title}'? undo it"
        overwritten = [identity for identity in foreign if self._more_like_another(identity)]
        for identity in [*overwritten, *self._unlike(moved, foreign)]:
            row = self.rows.pop(identity)
            self.spare[row.position] = row
        return ""

    def by_fingerprint(self) -> None:
        """Give back a cleared, mistyped or dragged identity where exactly one missing one has this fingerprint."""
        claims: dict[str, list[Row]] = defaultdict(list)
        for row in [*self.loose.values(), *self.spare.values()]:
            owners = [i for i in self.owners.get(self._seen(row), ()) if i not in self.rows]
            if len(owners) == 1:
                claims[owners[0]].append(row)
        for identity, rows in claims.items():
            self._take(identity, self._fittest(identity, rows))

    def by_likeness(self) -> None:
        """Find rows by what was agreed of them: those typed by hand that await their identity, and spoilt ones.

        People go on typing in a row that waits, so half of it is enough. A row that lost its identity and part of its
        fingerprint as well must show two thirds, and one cell of the fingerprint.
        """
        missing = [identity for identity in self.missing() if identity in self.base]
        waiting = {i: self.base[i] for i in missing if self.base[i].get(self.number) is None}
        spoilt = {i: self.base[i] for i in missing if i not in waiting}
        for identity, row in alike(self._strays(), waiting, self.others, at_least=1 / 2):
            self._take(identity, row)
        for identity, row in alike(self._strays(), spoilt, self.others, at_least=2 / 3):
            if self._agreeing(identity, row):
                self._take(identity, row)

    def missing(self) -> list[str]:
        """Name the identities found nowhere so far."""
        return [identity for identity in self.ours if identity not in self.rows]

    def matching(self, missing: Iterable[str]) -> Matching:
        """Say what became of every row."""
        copies, strangers, typed = dict(self.spare), [], []
        for row in self.loose.values():
            if self._seen(row) in self.owners:
                copies[row.position] = row
            elif self._looks_given(row):
                strangers.append(row)
            elif is_record(row, self.columns):
                typed.append(row)
        return Matching(
            rows=self.rows,
            standing=self.standing,
            missing=tuple(missing),
            typed=tuple(typed),
            copies=tuple(copies[position] for position in sorted(copies)),
            strangers=tuple(strangers),
        )

    def _strays(self) -> list[Row]:
        """List loose rows, without those whose fingerprint belongs to rows already found: copies."""
        owners = ((row, self.owners.get(self._seen(row))) for row in self.loose.values())
        return [row for row, of in owners if of is None or any(i not in self.rows for i in of)]

    def _take(self, identity: str, row: Row) -> None:
        self.rows[identity] = row
        self.loose.pop(row.position, None)
        self.spare.pop(row.position, None)

    def _print(self, cells: Cells) -> Print:
        # What was agreed, is wanted and stands is mostly the same, and making it comparable is the dearest part.
        raw = tuple((cell.__class__, cell) for cell in map(cells.get, self.marks))
        if raw not in self.printed:
            self.printed[raw] = tuple(canonical(cell) for _, cell in raw)
        return self.printed[raw]

    def _seen(self, row: Row) -> Print:
        return self._print(row.cells)

    def _prints(self, identity: str) -> set[Print]:
        """Return the fingerprints wanted and agreed, nearly always one and the same."""
        wanted = self.ours[identity]
        return {self._print(wanted), self._print(self.base.get(identity, wanted))}

    def _fittest(self, identity: str, rows: Iterable[Row]) -> Row:
        """Choose the home of an identity: best fingerprint, then most agreed cells, then topmost."""
        cells = self.base.get(identity) or self.ours[identity]

        def fitness(row: Row) -> tuple[int, int, int]:
            unchanged = sum(same(cells.get(key), row.cells.get(key)) for key in self.others)
            return self._agreeing(identity, row), unchanged, -row.position

        return max(rows, key=fitness)

    def _agreeing(self, identity: str, row: Row) -> int:
        seen = self._seen(row)
        return max(sum(a == b != "" for a, b in zip(seen, mark, strict=True)) for mark in self._prints(identity))

    def _likeness(self, identity: str, row: Row) -> float:
        """Return the share of agreed, filled cells that stand unchanged in `row`."""
        cells = self.base.get(identity) or self.ours[identity]
        filled = [key for key in self.others if cells.get(key) is not None]
        return sum(same(cells[key], row.cells.get(key)) for key in filled) / (len(filled) or 1)

    def _foreign(self, identity: str, row: Row) -> bool:
        # Its own is asked for first: whose the others are need not be known in most rounds.
        seen = self._seen(row)
        return seen not in self._prints(identity) and seen in self.owners

    def _more_like_another(self, identity: str) -> bool:
        """Tell an overwritten identity from overwritten fingerprint cells: what most of the row says."""
        row = self.rows[identity]
        rivals = self.owners[self._seen(row)]
        return max(self._likeness(rival, row) for rival in rivals) >= self._likeness(identity, row)

    def _unlike(self, moved: Mapping[str, Row], judged: Collection[str]) -> list[str]:
        """Name identities standing over another content: no fingerprint cell agrees, nor half of the others."""
        return [
            identity
            for identity, row in moved.items()
            if self._seen(row) not in self._prints(identity)
            and identity not in judged
            and sum(map(bool, self._seen(row))) >= 2
            and not self._agreeing(identity, row)
            and self._likeness(identity, row) < 0.5
        ]

    def _looks_given(self, row: Row) -> bool:
        """Whether the identity cell shows what the program might have given: letters then digits, or its prefix."""
        text = canonical(row.cells.get(self.number))
        prefix = _PREFIX.match(text)
        return bool(_GIVEN_SHAPE.fullmatch(text)) or (prefix is not None and prefix[0] in self.prefixes)
