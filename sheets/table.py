"""A keyed table shared between a program and people: its columns, its rows, and the changes wanted.

This file holds the nouns of the `sheets` library. It knows nothing of complaints, workbooks or networks; `merge`
decides over these values, the register backends carry changes out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType

Cell = str | int | float | bool | date | datetime | None
"""A cell's value. Empty is None, never "". Datetimes are naive office wall time: a cell has no zone."""


class Owner(StrEnum):
    """Whose word counts in a column."""

    BOT = "bot"
    STAFF = "staff"
    SHARED = "shared"


class Kind(StrEnum):
    """What a column holds; decides the cell type and format written, never what people may type."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    DATETIME = "datetime"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Highlight:
    """Colour the whole row (`row`) or the cell when the column shows `text`. `fill` is RRGGBB."""

    text: str
    fill: str
    row: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column the program knows. `key` never changes; `title` heads new tables; `aliases` are found in old ones;
    headings in `never` are not this column's, though they look like it.

    Exactly one column of a table has `identity`: its cell says which row it is. Columns with `fingerprint` never change
    once written and betray a row whose identity was scrambled. `width` is in characters. A column that `asks` names, in
    “quotation marks” or 「corner brackets」, the columns of its row that people are to fill in now.
    """

    key: str
    title: str
    owner: Owner
    kind: Kind = Kind.TEXT
    aliases: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    highlights: tuple[Highlight, ...] = ()
    width: float = 14.0
    identity: bool = False
    fingerprint: bool = False
    hidden: bool = False
    asks: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row as people left it. `position` is the backend's own address (Excel: the row number from 1)."""

    position: int
    cells: Mapping[str, Cell]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One reading of the table. `found` are the keys of columns that exist; others cannot be read or written.

    `remarks` are things a human should hear of (a header twice, a column gone), `doubles` other sheets that look like
    the table. `version` names the reading: a write
    built on it is refused when the table has changed since. It never comes again, unless an older copy of the whole
    table was put back: retyping what stood there once makes a new version.
    """

    rows: Sequence[Row]
    found: frozenset[str]
    version: str
    remarks: tuple[str, ...] = ()
    doubles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SetCell:
    """Put `value` where `expected` is read. Left undone, not forced, when something else stands there."""

    position: int
    identity: str
    column: str
    expected: Cell
    value: Cell


@dataclass(frozen=True, slots=True, kw_only=True)
class AppendRow:
    """Add a row below the last one."""

    identity: str
    cells: Mapping[str, Cell]


Change = SetCell | AppendRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A cell people changed: agreed value before, what stands there now."""

    identity: str
    column: str
    old: Cell
    new: Cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What the three-way comparison found. Nothing in it has happened yet.

    `edits` are to be accepted, `conflicts` are edits where both sides changed (theirs wins; they are in `edits` too),
    `changes` are to be written, `typed` are rows with no identity nobody knows, `restored` were agreed and are gone,
    `copies` are rows whose identity stands elsewhere too, `strangers` rows with an identity never given.
    `equal` are the cells both sides show alike by identity, and those of an interrupted write found standing: the new
    agreement, without the rows that were agreed to all along. `frozen` is the reason, in words for the log, to do
    nothing at all this round; empty normally.
    """

    edits: tuple[Edit, ...] = ()
    conflicts: tuple[Edit, ...] = ()
    changes: tuple[Change, ...] = ()
    typed: tuple[Row, ...] = ()
    restored: tuple[str, ...] = ()
    copies: tuple[Row, ...] = ()
    strangers: tuple[Row, ...] = ()
    equal: Mapping[str, Mapping[str, Cell]] = field(default_factory=lambda: MappingProxyType({}))
    positions: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    frozen: str = ""
