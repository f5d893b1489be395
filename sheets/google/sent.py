"""A batch on its way, kept on this machine before it is sent: after a crash it is known all the same what it meant.

The record in the spreadsheet says which rows were hit, but for those it could not copy (see `uncopied`). For these the
register as it was before is needed, and that would die with the process. One file holds the batch sent last.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sheets.durable import sync_folder
from sheets.google.batch import Batch
from sheets.google.outcome import Wrong
from sheets.google.plan import Write
from sheets.google.values import Held, held_of, mark
from sheets.register import Unreadable

_AS_IT_IS = ("seal", "after", "book", "title", "tab", "number", "top")

Cells = tuple[Held, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A batch that was sent, or was about to be. `seal` is the name of the seal it leaves, `after` of the one it uses.

    It goes to the tab with the id `tab` in the spreadsheet `book`, which the configuration calls `title`.
    `targets` are the rows it changes, from 0, each with the marks of what is put into which column. `headings` and
    `rows` are the register as it was read before, from row `top` on; `number` is the column of the numbers. The rows
    from place `whole` on are known as a whole, of the others the columns `kept`. `wrong` is what earlier batches did
    wrong and is not put back yet.
    """

    seal: str
    after: str
    book: str
    title: str
    tab: int
    targets: tuple[tuple[int, Mapping[int, str]], ...]
    headings: Cells
    number: int
    top: int
    rows: tuple[Cells, ...]
    whole: int = 0
    kept: frozenset[int] = frozenset()
    wrong: tuple[Wrong, ...]

    def knows(self, place: int, column: int) -> bool:
        """Whether what stood in a column of a row is known."""
        return place >= self.whole or column in self.kept


def sent_of(batch: Batch, write: Write, identity: str, wrong: Sequence[Wrong], *, book: str, title: str) -> Sent:
    """What is to be known of a batch that is about to be sent."""
    reading = write.reading
    top = reading.header.row
    targets = [
        (target.row, {column: mark(held_of(put.content)) for column, put in target.puts.items()})
        for target in write.targets
    ]
    return Sent(
        seal=batch.seal_name,
        after=reading.seal.name if reading.seal else "",
        book=book,
        title=title,
        tab=reading.tab.id,
        targets=tuple(targets),
        headings=reading.at(top - 1),
        number=reading.header.columns[identity] - 1,
        top=top,
        rows=reading.grid[top:],
        wrong=tuple(wrong),
    )


class Keeper:
    """Keeps the batch sent last in the file `path`."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def keep(self, sent: Sent) -> None:
        """Have it on the disk. Raises Unreadable when it cannot be kept there: nothing may be sent then."""
        beside = self._path.with_name(self._path.name + ".new")
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "w") as file:
                json.dump(_told(sent), file)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self._path)
            sync_folder(self._path.parent)
        except OSError as error:
            raise Unreadable("not-kept", f"{self._path} cannot be written ({error.strerror})") from error

    def tab(self, book: str, title: str) -> int | None:
        """The id of the tab that was written last, wherever people renamed or moved it; None for another register."""
        sent = self.last()
        return sent.tab if sent is not None and (sent.book, sent.title) == (book, title) else None

    def last(self) -> Sent | None:
        """The batch sent last; None when there is none, or the file is no longer whole."""
        try:
            return _understood(json.loads(self._path.read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError):
            return None


def _told(sent: Sent) -> dict[str, Any]:
    """Of the rows only what may be needed: the columns written; all of those meant and of those that bear no number."""
    kept = sorted({sent.number, *(column for _, marks in sent.targets for column in marks)})
    meant = {row - sent.top for row, _ in sent.targets}
    partly, wholly = [], []
    for place, row in enumerate(sent.rows if sent.targets else ()):
        if place in meant or at(row, sent.number) is None:
            wholly += [row] if any(cell is not None for cell in row) else []
        else:
            partly.append([at(row, column) for column in kept])
    return {
        **{key: getattr(sent, key) for key in (*_AS_IT_IS, "targets", "headings")},
        **{"kept": kept, "partly": partly, "wholly": wholly},
        "wrong": [asdict(one) for one in sent.wrong],
    }


def _understood(told: Mapping[str, Any]) -> Sent:
    places = {column: place for place, column in enumerate(told["kept"])}
    width = range(len(told["headings"]))
    partly = [tuple(row[places[c]] if c in places else None for c in width) for row in told["partly"]]
    return Sent(
        **{key: told[key] for key in _AS_IT_IS},
        targets=tuple((row, {int(c): m for c, m in marks.items()}) for row, marks in told["targets"]),
        headings=tuple(told["headings"]),
        rows=(*partly, *map(tuple, told["wholly"])),
        whole=len(partly),
        kept=frozenset(places),
        wrong=tuple(Wrong(**{key: tuple(cells) for key, cells in one.items()}) for one in told["wrong"]),
    )


def at(cells: Sequence[Held], column: int) -> Held:
    """A cell of a row; nothing beyond its end."""
    return cells[column] if 0 <= column < len(cells) else None
