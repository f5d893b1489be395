"""Proof that an edit changed what it meant to and nothing else, taken from the new bytes before they are published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.parsers import expat

from sheets.cells import same
from sheets.excel.archive import Archive
from sheets.excel.editing import Edited, Place
from sheets.excel.parts import Book
from sheets.excel.reading import Reading, read_workbook
from sheets.register import Refused, Unreadable
from sheets.table import Cell, Column

_Cells = Mapping[int, Mapping[str, Cell]]


def verified(book: Book, reading: Reading, edit: Edited, columns: Sequence[Column]) -> tuple[Reading, frozenset[Place]]:
    """Read the new file; give the reading and the written places that do not show their value.

    Raises Refused (`unverified`) when anything else differs from before: then nothing may be published.
    """
    assert edit.data is not None  # noqa: S101 - there is something to verify
    try:
        new_book = Book(edit.data)
        _check_members(book.archive, new_book.archive, edit)
        for part in edit.parts:
            _check_wellformed(new_book.xml(part), part)
        new = read_workbook(edit.data, columns)
    except Unreadable as error:
        raise Refused("unverified", str(error)) from error
    if (new.part, new.header.row, new.header.columns) != (reading.part, reading.header.row, reading.header.columns):
        raise Refused("unverified", "the register is not where it was")
    return new, _failed(_cells(reading), _cells(new), edit)


def _check_members(old: Archive, new: Archive, edit: Edited) -> None:
    kept = [member for member in old.members if member.orig_filename not in edit.dropped]
    if [m.orig_filename for m in kept] != [m.orig_filename for m in new.members]:
        raise Refused("unverified", "the file's parts differ")
    for before, after in zip(kept, new.members, strict=True):
        name = before.orig_filename
        if name not in edit.parts and (before.CRC != after.CRC or old.raw(before) != new.raw(after)):
            raise Refused("unverified", f"{name} differs")


def _check_wellformed(part: bytes, name: str) -> None:
    try:
        expat.ParserCreate().Parse(part, True)
    except expat.ExpatError as error:
        raise Refused("unverified", f"{name}: {error}") from error


def _failed(old: _Cells, new: _Cells, edit: Edited) -> frozenset[Place]:
    """The written places that read otherwise. Raises Refused when a place nobody wrote does."""
    ours = edit.cells.keys() | edit.formulas
    for position in old.keys() | new.keys():
        before, after = old.get(position, {}), new.get(position, {})
        if before == after:
            continue
        for key in before.keys() | after.keys():
            if (position, key) not in ours and not same(before.get(key), after.get(key)):
                raise Refused("unverified", f"row {position}, column {key} differs")
    shown = {(position, key): new.get(position, {}).get(key) for position, key in edit.cells.keys() - edit.formulas}
    return frozenset(place for place, value in shown.items() if not same(value, edit.cells[place]))


def _cells(reading: Reading) -> _Cells:
    return {row.position: row.cells for row in reading.sheet.rows}
