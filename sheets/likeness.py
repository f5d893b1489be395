"""Pairs rows that show no identity with what was once agreed of them, though people went on typing.

The content as a whole decides, best pair first. Rows typed alike are interchangeable, so equals keep their order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from sheets.records import canonical
from sheets.table import Cell, Row

Content = tuple[str, ...]


def alike(
    rows: Sequence[Row], agreed: Mapping[str, Mapping[str, Cell]], keys: Sequence[str], *, at_least: float
) -> Iterator[tuple[str, Row]]:
    """Yield (identity, row) where the row shows `at_least` this share of the filled `agreed` cells; each once."""
    wanted = {i: tuple(canonical(cells.get(key)) for key in keys) for i, cells in agreed.items()}
    shown = {row.position: tuple(canonical(row.cells.get(key)) for key in keys) for row in rows}
    of_position = {row.position: row for row in rows}
    for identity, position in [*_unchanged(wanted, shown), *_changed(wanted, shown, at_least)]:
        yield identity, of_position[position]


def _unchanged(wanted: dict[str, Content], shown: dict[int, Content]) -> list[tuple[str, int]]:
    """Pair equal contents in order and take them out; this alone settles a whole table typed at once."""
    places: dict[Content, list[int]] = defaultdict(list)
    for position in sorted(shown, reverse=True):
        places[shown[position]].append(position)
    pairs = [(i, places[content].pop()) for i, content in wanted.items() if any(content) and places.get(content)]
    for identity, position in pairs:
        del wanted[identity], shown[position]
    return pairs


def _changed(wanted: Mapping[str, Content], shown: Mapping[int, Content], at_least: float) -> list[tuple[str, int]]:
    """Pair the rest, most cells in common first."""
    scores = sorted(
        (-share, order, position, identity)
        for order, (identity, content) in enumerate(wanted.items())
        for position, there in shown.items()
        if (share := _share(content, there)) >= at_least
    )
    pairs: dict[str, int] = {}
    taken: set[int] = set()
    for _, _, position, identity in scores:
        if identity not in pairs and position not in taken:
            pairs[identity] = position
            taken.add(position)
    return list(pairs.items())


def _share(then: Content, now: Content) -> float:
    filled = [(a, b) for a, b in zip(then, now, strict=True) if a]
    return sum(a == b for a, b in filled) / (len(filled) or 1)
