"""Rows that show in every cell what is wanted and was agreed: nearly all of a large table, told in one look at each.

Cells count as they are, type and all: `1`, `1.0` and `True` are equal to Python and not the same cell. A row that only
shows the same does not stand; the comparison cell by cell says what is to be made of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import itemgetter

from sheets.table import Cell, Row

Cells = Mapping[str, Cell]

_NOTHING: Cells = {}


def standing(
    keys: Sequence[str], base: Mapping[str, Cells], ours: Mapping[str, Cells], rows: Mapping[str, Row]
) -> frozenset[str]:
    """Name the identities whose row stands. `keys` are the columns shown, the identity's first."""
    number, shown = keys[0], [keys[0], *keys]  # one key more than needed, for of one alone itemgetter makes no tuple
    at_once = itemgetter(*shown)

    def stands(identity: str, row: Row) -> bool:
        try:
            theirs, wanted, agreed = at_once(row.cells), at_once(ours[identity]), at_once(base[identity])
        except KeyError:  # a cell nobody speaks of is empty, and every row wants its own identity
            cells = row.cells, {**ours[identity], number: identity}, base.get(identity, _NOTHING)
            theirs, wanted, agreed = (tuple(map(row.get, shown)) for row in cells)
        return (
            wanted[0] == identity and theirs == wanted == agreed and _kinds(theirs) == _kinds(wanted) == _kinds(agreed)
        )

    return frozenset(identity for identity, row in rows.items() if stands(identity, row))


def _kinds(cells: Sequence[Cell]) -> list[type]:
    return [*map(type, cells)]
