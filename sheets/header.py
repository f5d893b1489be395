"""Finding a register's header: which row names the columns we know, and where each of them stands.

Staff rename, move and decorate headings; what counts is the heading without case, width, blanks, stars and brackets.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sheets.table import Column

HEADER_ROWS = 30
"""The header is looked for in so many rows from the top."""

_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|〔[^〔〕]*〕|\{[^{}]*\}|《[^《》]*》")
_NOISE = re.compile(r"[\s*:：_\-—.。、'\"“”]+")
_PARTS = re.compile(r"[\n/|｜]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """A header found: its row from 1, the column (from 1) of each key, and what a human should hear of."""

    row: int
    columns: Mapping[str, int]
    remarks: tuple[str, ...] = ()


def find_header(rows: Iterable[Sequence[object]], columns: Sequence[Column]) -> Header | None:
    """The row at the top that names most of `columns`, the upper one of two equals; None when none names enough."""
    titles, never = _titles(columns), _never(columns)
    best: Header | None = None
    above: Sequence[object] = ()
    for index, row in enumerate(rows, start=1):
        if index > HEADER_ROWS:
            break
        alone = _read(index, row, titles, never)
        # Of two header rows the upper one heads the columns that are merged over both.
        both = _read(index, two_rows(above, row), titles, never) if len(alone.columns) > 1 else alone
        for header in (alone, both):
            if best is None or len(header.columns) > len(best.columns):
                best = header
        above = row
    return best if best is not None and len(best.columns) >= min(3, len(columns)) else None


def meant(heading: str, columns: Sequence[Column]) -> str | None:
    """The key of the column a heading is found as."""
    return _key(heading, _titles(columns), _never(columns))


def two_rows(above: Sequence[object], row: Sequence[object]) -> Sequence[object]:
    """The headings of two header rows: the lower one's where there is one."""
    upper = (*above, *[None] * len(row))
    return [low if low not in (None, "") else high for low, high in zip(row, upper, strict=False)]


def missing(header: Header, columns: Sequence[Column]) -> tuple[str, ...]:
    """The titles of columns the header does not name."""
    return tuple(column.title for column in columns if column.key not in header.columns)


def _titles(columns: Sequence[Column]) -> Mapping[str, str]:
    """Key by heading, folded. A column's own title beats another column's alias."""
    titles = {_folded(alias): column.key for column in reversed(columns) for alias in column.aliases}
    titles |= {_folded(column.key): column.key for column in columns} | titles
    return titles | {_folded(column.title): column.key for column in columns}


def _never(columns: Sequence[Column]) -> frozenset[tuple[str, str]]:
    """Pairs of a folded heading and a key it does not stand for."""
    return frozenset((_folded(heading), column.key) for column in columns for heading in column.never)


def _key(heading: object, titles: Mapping[str, str], never: frozenset[tuple[str, str]]) -> str | None:
    keys = (titles[form] for form in _forms(heading) if form in titles)
    return next((key for key in keys if (_folded(str(heading)), key) not in never), None)


def _read(index: int, row: Sequence[object], titles: Mapping[str, str], never: frozenset[tuple[str, str]]) -> Header:
    columns: dict[str, int] = {}
    remarks = []
    for place, heading in enumerate(row, start=1):
        key = _key(heading, titles, never)
        if key is None:
            continue
        if key in columns:
            remarks.append(f"two columns are headed {str(heading).strip()!r}: the first one counts")
            continue
        columns[key] = place
    return Header(row=index, columns=columns, remarks=tuple(remarks))


def _forms(heading: object) -> Iterator[str]:
    """The ways a heading may be meant: whole, without brackets, each line or side of a slash."""
    if not isinstance(heading, str) or not heading.strip() or len(heading) > 200:
        return
    text = unicodedata.normalize("NFKC", heading)
    yield _folded(text)
    bare = _BRACKETS.sub("", text)
    yield _folded(bare)
    for part in _PARTS.split(bare):
        if folded := _folded(part):
            yield folded


def _folded(text: str) -> str:
    return _NOISE.sub("", unicodedata.normalize("NFKC", text).casefold())
