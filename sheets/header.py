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
    titles = _titles(columns)
    best: Header | None = None
    for index, row in enumerate(rows, start=1):
        if index > HEADER_ROWS:
            break
        header = _read(index, row, titles)
        if best is None or len(header.columns) > len(best.columns):
            best = header
    return best if best is not None and len(best.columns) >= min(3, len(columns)) else None


def missing(header: Header, columns: Sequence[Column]) -> tuple[str, ...]:
    """The titles of columns the header does not name."""
    return tuple(column.title for column in columns if column.key not in header.columns)


def _titles(columns: Sequence[Column]) -> Mapping[str, str]:
    """Key by heading, folded. A column's own title beats another column's alias."""
    titles = {_folded(alias): column.key for column in reversed(columns) for alias in column.aliases}
    titles |= {_folded(column.key): column.key for column in columns} | titles
    return titles | {_folded(column.title): column.key for column in columns}


def _read(index: int, row: Sequence[object], titles: Mapping[str, str]) -> Header:
    columns: dict[str, int] = {}
    remarks = []
    for place, heading in enumerate(row, start=1):
        key = next((titles[form] for form in _forms(heading) if form in titles), None)
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
