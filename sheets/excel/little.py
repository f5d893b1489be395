"""A workbook of a few cells alone for the reader of values, which would need seconds for the whole of a large one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from sheets.excel.archive import Buffer
from sheets.excel.parts import Book, relations_part
from sheets.register import Unreadable

SHARED = re.compile(rb"\bt\s*=\s*[\"']s[\"']")
"""Stands in every cell that shows a shared text."""
_POINTING = re.compile(rb' t="s"(?: [^<>]*)?><v>(\d{1,9})</v>')
_TEXT_END = b"</si>"


def little_workbook(book: Book, sheets: Mapping[str, Sequence[Buffer]], *, texts: bool) -> bytes:
    """A workbook with these parts as its sheets, all formats, and the shared texts where they are needed."""
    needed = {book.content_types, relations_part(""), book.workbook, relations_part(book.workbook), book.styles}
    needed |= {book.shared_texts} if texts else set()
    contents = {_stored(book, part): content for part, content in sheets.items()}
    kept = {book.archive.find(name) for name in needed if name} | contents.keys()
    dropped = frozenset(m.orig_filename for m in book.archive.members if m.orig_filename not in kept)
    return book.archive.rebuilt(contents, dropped)


def first_texts(book: Book, tops: Iterable[Sequence[Buffer]]) -> dict[str, list[Buffer]]:
    """The part of the shared texts up to the last one cells of these sheets show; none where that is not told easily.

    A large register has tens of thousands behind it.
    """
    if book.shared_texts is None:
        return {}
    part, sheets = book.xml(book.shared_texts), [*map(b"".join, tops)]
    numbers = [int(number) for sheet in sheets for number in _POINTING.findall(sheet)]
    end = _end_of_text(part, max(numbers, default=-1) + 1)
    if end is None or len(numbers) != sum(len(SHARED.findall(sheet)) for sheet in sheets):
        return {}
    return {book.shared_texts: [memoryview(part)[:end], memoryview(part)[part.rindex(b"</") :]]}


def _end_of_text(part: bytes, count: int) -> int | None:
    """Where so many texts end; None where they are not written as nearly all programs do."""
    end = part.find(b"<si")
    for _ in range(count):
        end = part.find(_TEXT_END, end) + len(_TEXT_END)
        if end < len(_TEXT_END):
            return None
    opened = part.count(b"<si>", 0, end) + part.count(b"<si ", 0, end)
    odd = end < 0 or opened != count or part.find(b"<!", 0, end) >= 0 or part.find(b"<si/", 0, end) >= 0
    return None if odd else end


def _stored(book: Book, part: str) -> str:
    name = book.archive.find(part)
    if name is None:
        raise Unreadable("damaged", f"{part} is missing")
    return name
