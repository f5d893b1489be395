"""A workbook of a few cells alone for the reader of values, which would need seconds for the whole of a large one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sheets.excel.archive import Buffer
from sheets.excel.parts import Book, relations_part
from sheets.register import Unreadable


def little_workbook(book: Book, sheets: Mapping[str, Sequence[Buffer]], *, texts: bool) -> bytes:
    """A workbook with these parts as its sheets, all formats, and the shared texts where they are needed."""
    needed = {book.content_types, relations_part(""), book.workbook, relations_part(book.workbook), book.styles}
    needed |= {book.shared_texts} if texts else set()
    contents = {_stored(book, part): content for part, content in sheets.items()}
    kept = {book.archive.find(name) for name in needed if name} | contents.keys()
    dropped = frozenset(m.orig_filename for m in book.archive.members if m.orig_filename not in kept)
    return book.archive.rebuilt(contents, dropped)


def _stored(book: Book, part: str) -> str:
    name = book.archive.find(part)
    if name is None:
        raise Unreadable("damaged", f"{part} is missing")
    return name
