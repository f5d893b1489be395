"""Sending a batch, and its record: a hidden tab holds each row the last batch touched, before and after.

Google has no conditional write. But a batch is carried out whole and in order, so it can copy a row away before and
after it changes it: what was really overwritten is then known exactly, even when people sorted in the same moment, and
can be put back. The record stands in the spreadsheet itself and survives a crash of ours.

Every batch also takes away the seal (a named range) the batch before it left, and leaves its own. One that arrives
twice, or after it was given up, finds its seal gone and is refused whole: nothing is ever added twice.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sheets.google.batch import Batch
from sheets.google.tabs import Notebook, Seal, seal_of
from sheets.google.transport import Doubt, Google, Rejected
from sheets.google.values import Held, held, mark
from sheets.register import Unreadable, Waiting

_LOOKS = 4

_ROW_DATA = "sheets(properties.sheetId,data(startRow,rowData(values(effectiveValue))))"
_WRITTEN = f"replies.addNamedRange.namedRange.namedRangeId,updatedSpreadsheet.{_ROW_DATA}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A row touched, as it was before and after; `meant` are the columns written, `must` and `expected` marks."""

    meant: tuple[int, ...]
    must: Mapping[int, str]
    expected: Mapping[int, str]
    before: tuple[Held, ...]
    after: tuple[Held, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What the last batch did: the heading row as it really was, marks of the headings meant, and the rows touched.

    `standing` are rows of the register as they stand after it, by their place; only known from an answer.
    """

    seal: Seal | None
    headings: tuple[Held, ...]
    meant_headings: Mapping[int, str]
    entries: tuple[Entry, ...]
    standing: Mapping[int, tuple[Held, ...]]


def send(google: Google, book: str, batch: Batch, title: str) -> Record:
    """Send a batch until it is known to be carried out, once. Raises Doubt when that cannot be found out now.

    Raises Waiting when another write came between, or when people changed the shape of the sheet under it. Once an
    answer was lost only Doubt is raised: what was sent may still arrive until its seal is used up.
    """
    body = {**batch.body, "responseRanges": [_quoted(title), *batch.body["responseRanges"]]}
    lost = False
    for _ in range(_LOOKS):
        try:
            return _answered(google.batch(book, body, _WRITTEN), batch)
        except (Doubt, Rejected) as error:
            record = _looked_up(google, book, batch.notebook, title, batch.body["responseRanges"])
            if record.seal is not None and record.seal.name == batch.seal_name:
                if record.headings:
                    return replace(record, standing={})  # as they stand now, not as they did right after it
                raise Doubt("done, but its record was moved away") from error
            if isinstance(error, Rejected) and not lost:
                raise Waiting("changed") from error
            lost = True  # not there yet: its seal makes it safe to send it again
            if not _as_meant(record, batch):
                raise Doubt("not done so far, and people changed what it was meant for") from error
        except (Waiting, Unreadable) as error:
            if lost:
                raise Doubt(str(error)) from error
            raise
    raise Doubt("no proper answer")


def _answered(answer: Mapping[str, Any], batch: Batch) -> Record:
    reply = next(r["addNamedRange"] for r in answer["replies"] if "addNamedRange" in r)
    seal = Seal(id=reply["namedRange"]["namedRangeId"], name=batch.seal_name)
    return recorded(answer["updatedSpreadsheet"], batch.notebook, seal)


def _as_meant(record: Record, batch: Batch) -> bool:
    """Whether the rows a batch is meant for stand as they did; a blank row at the end is not given at all."""
    return all(
        mark(cells[column] if column < len(cells) else None) == wanted
        for row, marks in batch.stands.items()
        for cells in [record.standing.get(row, ())]
        for column, wanted in marks.items()
    )


def _looked_up(google: Google, book: str, notebook: Notebook, title: str, rows: Sequence[str]) -> Record:
    """The record of the last write; only its seal when the hidden tab is not where it was."""
    try:
        try:
            return look(google, book, notebook, title, rows)
        except Rejected:
            seal = seal_of(google.read(book, (), "namedRanges(namedRangeId,name)"), notebook)
    except (Waiting, Unreadable) as error:
        raise Doubt("the outcome cannot be looked up") from error
    return Record(seal=seal, headings=(), meant_headings={}, entries=(), standing={})


def look(google: Google, book: str, notebook: Notebook, title: str, rows: Sequence[str] = ()) -> Record:
    """What the last batch that was carried out did; `standing` are `rows`. Raises Rejected without the hidden tab."""
    answer = google.read(book, [_quoted(title), *rows], "namedRanges(namedRangeId,name)," + _ROW_DATA)
    return recorded(answer, notebook, seal_of(answer, notebook))


def recorded(answer: Mapping[str, Any], notebook: Notebook, seal: Seal | None) -> Record:
    """Understand the hidden tab."""
    sheets = [s for s in answer["sheets"] if s.get("properties", {}).get("sheetId") == notebook.id]
    rows = sheets[0].get("data", [{}])[0].get("rowData", []) if sheets else []
    grid = [tuple(held(given) for given in row.get("values", [])) for row in rows]
    note = json.loads(str(grid[0][0])) if grid and grid[0] else {}
    return Record(
        seal=seal,
        headings=grid[1][1:] if len(grid) > 1 else (),
        meant_headings=_by_column(note.get("headings", {})),
        entries=tuple(_entries(grid)),
        standing=dict(_standing(answer, notebook)),
    )


def _standing(answer: Mapping[str, Any], notebook: Notebook) -> Iterator[tuple[int, tuple[Held, ...]]]:
    for sheet in answer["sheets"]:
        if sheet.get("properties", {}).get("sheetId") != notebook.id:
            for part in sheet.get("data", ()):
                rows = part.get("rowData") or [{}]
                yield part.get("startRow", 0), tuple(held(given) for given in rows[0].get("values", ()))


def _quoted(title: str) -> str:
    return "'" + title.replace("'", "''") + "'"


def _entries(grid: Sequence[tuple[Held, ...]]) -> Iterator[Entry]:
    for first in range(2, len(grid), 2):
        if not grid[first] or grid[first][0] is None:
            continue
        note = json.loads(str(grid[first][0]))
        after = grid[first + 1][1:] if first + 1 < len(grid) else ()
        yield Entry(
            meant=tuple(note["meant"]),
            must=_by_column(note["must"]),
            expected=_by_column(note["expected"]),
            before=grid[first][1:],
            after=after,
        )


def _by_column(note: Mapping[str, Any]) -> dict[int, Any]:
    return {int(column): value for column, value in note.items()}
