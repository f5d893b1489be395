"""Proof that an edit changed what it meant to and nothing else, taken from the new bytes before they are published.

Every part not meant to change must be packed as before, every other one unpack to what was meant; cells nobody wrote
must stand byte for byte; those written are read back by the reader of values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sheets.cells import same
from sheets.excel.archive import Archive
from sheets.excel.editing import Edited, Place
from sheets.excel.marks import Marks, mark, setting_of
from sheets.excel.outline import outline, utf8
from sheets.excel.parts import Book
from sheets.excel.readback import read_back
from sheets.excel.reading import Reading, version_of
from sheets.excel.rowxml import RowXml, addressed, row_xml
from sheets.register import Refused, Unreadable
from sheets.table import Cell, Column


def verified(book: Book, reading: Reading, edit: Edited, columns: Sequence[Column]) -> tuple[Reading, frozenset[Place]]:
    """Prove the new file; give its reading and the written places that do not show their value.

    Raises Refused (`unverified`) when anything else differs from before: then nothing may be published.
    """
    assert edit.data is not None  # noqa: S101 - there is something to verify
    try:
        _check_members(book.archive, Archive(edit.data, trusted=True), edit)
        _check_small_parts(reading, edit)
        rows = {number: row_xml(raw, number) for number, raw in edit.rows.items()}
        _check_kept_cells(reading, edit, rows)
        values = read_back(edit, reading, rows, columns)
    except Unreadable as error:
        raise Refused("unverified", str(error)) from error
    written = edit.cells.keys() - edit.formulas
    failed = frozenset(place for place in written if not same(values.get(place), edit.cells[place]))
    return _new_reading(reading, edit, values), failed


def _check_members(old: Archive, new: Archive, edit: Edited) -> None:
    kept = [member for member in old.members if member.orig_filename not in edit.dropped]
    if [m.orig_filename for m in kept] != [m.orig_filename for m in new.members]:
        raise Refused("unverified", "the file's parts differ")
    for before, after in zip(kept, new.members, strict=True):
        name = before.orig_filename
        if name in edit.contents:
            right = new.holds(name, edit.contents[name])
        else:
            right = before.CRC == after.CRC and old.raw(before) == new.raw(after)
        if not right:
            raise Refused("unverified", f"{name} differs")


def _check_small_parts(reading: Reading, edit: Edited) -> None:
    """Every changed part must be well-formed; of the sheet itself what stands around the rows."""
    sheet = reading.part.part.lower()
    for name, content in edit.contents.items():
        part = b"".join(edit.frame if name.lower() == sheet else content)
        outline(utf8(part, name), name)


def _check_kept_cells(reading: Reading, edit: Edited, rows: Mapping[int, RowXml]) -> None:
    """Cells of touched rows that nobody wrote stand byte for byte where they stood."""
    keys = {column: key for key, column in reading.header.columns.items()}
    for number, new in rows.items():
        old = edit.before[number]
        for column, cell in old.cells.items() if old else ():
            written = (number, keys.get(column, "")) in edit.cells
            if not written and (column not in new.cells or new.cells[column].raw != addressed(cell, number)):
                raise Refused("unverified", f"row {number}, column {column} differs")


def _new_reading(reading: Reading, edit: Edited, values: Mapping[Place, Cell]) -> Reading:
    """The reading as it is after the edit: only touched rows differ."""
    assert edit.data is not None  # noqa: S101 - asked by the caller
    fresh: dict[int, dict[str, Cell]] = {}
    for (position, key), value in values.items():
        fresh.setdefault(position, {})[key] = value
    rows = reading.rows.changed(fresh)
    formulas = reading.formulas or bool(edit.formulas)
    sheet = replace(reading.sheet, rows=rows, version=version_of(edit.data))
    return replace(reading, formulas=formulas, sheet=sheet, rows=rows, marks=_marked(reading, edit))


def _marked(reading: Reading, edit: Edited) -> Marks | None:
    """The marks with those of the rows written; formats are only ever added, so the others stay good."""
    if reading.marks is None or edit.data is None:
        return None
    marks = {number: mark(raw[: raw.rindex(b"</")]) for number, raw in edit.rows.items()}
    setting = setting_of(Book(edit.data, trusted=True), reading.part)
    return replace(reading.marks, rows=reading.marks.rows.changed(marks), setting=setting)
