"""Try the editor on every workbook of a folder: is anything lost but what was meant?

    python benchmarks/workbooks.py FOLDER [OUT]       # searched through; nothing in it is changed

The row with most headings is taken for a register's header (a sheet without words: its first row); one cell is changed
and one row added. With OUT the edited files are left there, for another program to open. Old and new file are
then compared by this script's own means: members byte for byte, changed parts element for element. The end says how
many were edited with nothing lost, refused with a reason (the file then stays as it is), unreadable, or went wrong.
"""

from __future__ import annotations

import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

from python_calamine import CalamineError, CalamineWorkbook

from sheets.excel.coded import CodedRows
from sheets.excel.editing import edited
from sheets.excel.extent import check_extent
from sheets.excel.lines import rows_of
from sheets.excel.parts import Book
from sheets.excel.reader import plain_values
from sheets.excel.reading import Reading, read_workbook, version_of
from sheets.excel.sheetxml import has_formulas
from sheets.excel.verification import verified
from sheets.header import Header
from sheets.register import Refused, Unreadable
from sheets.table import AppendRow, Change, Column, Owner, SetCell, Sheet

MARK = "试 =1+1"
MEANT = {
    "worksheet": {"row", "c", "is", "t", "v", "f", "dimension", "autoFilter", "conditionalFormatting", "dataValidation"}
    | {"ignoredError", "protectedRange", "sortState", "sortCondition", "sqref", "sheetData"},
    "styleSheet": {"cellXfs", "xf", "alignment", "protection"},
    "table": {"table", "autoFilter", "sortState", "sortCondition"},
    "workbook": {"calcPr", "definedName"},
    "Types": {"Override"},
    "Relationships": {"Relationship"},
}
"""Elements that may differ, by the part's root."""


def columns_of(data: bytes) -> list[Column]:
    """Columns after the row with most different short texts among the first rows of any sheet."""
    best: list[str] = []
    book = Book(data)
    for sheet in book.sheets:
        check_extent(book.xml(sheet.part), sheet.name)
        with CalamineWorkbook.from_filelike(BytesIO(data)) as workbook:
            rows = workbook.get_sheet_by_name(sheet.name).to_python(nrows=10)
        for row in rows:
            texts = list(dict.fromkeys(c.strip() for c in row if isinstance(c, str) and 0 < len(c.strip()) < 100))
            best = max(best, texts, key=len)
    return [Column(key=f"k{i}", title=title, owner=Owner.SHARED, identity=i == 0) for i, title in enumerate(best)]


def without_words(data: bytes) -> tuple[list[Column], Reading]:
    """The first sheet as if its first row were headings, for a workbook where no row has any."""
    book = Book(data)
    if not book.sheets:
        raise Unreadable("no-header", "no worksheet")
    part = book.sheets[0]
    check_extent(book.xml(part.part), part.name)
    lines = plain_values(data, part.name)
    top = next((n for n, line in enumerate(lines, start=1) if any(cell != "" for cell in line)), 1)
    places = [n for n, cell in enumerate(lines[top - 1], start=1) if cell != ""] if lines else []
    places = places or [1]
    columns = [Column(key=f"k{i}", title=f"k{i}", owner=Owner.SHARED, identity=i == 0) for i in range(len(places))]
    header = Header(row=top, columns={column.key: n for column, n in zip(columns, places, strict=True)})
    rows = CodedRows.of([*header.columns], rows_of(lines, 1, header, columns)).without_empty()
    sheet = Sheet(rows=rows, found=frozenset(header.columns), version=version_of(data))
    formulas = has_formulas(book.xml(part.part))
    return columns, Reading(sheet=sheet, rows=rows, part=part, header=header, formulas=formulas)


def outcome(data: bytes, out: Path | None) -> str:
    """What became of one workbook: `edited`, or a reason."""
    columns = columns_of(data)
    book = Book(data)
    columns, reading = (columns, read_workbook(data, columns)) if columns else without_words(data)
    last = max(reading.header.columns, key=lambda key: reading.header.columns[key])
    changes: list[Change] = [AppendRow(identity="X-1", cells={"k0": "X-1", last: MARK})]
    touched = {reading.last_row + 1}
    if reading.sheet.rows:
        row = reading.sheet.rows[0]
        touched.add(row.position)
        changes.append(SetCell(position=row.position, identity="", column=last, expected=row.cells[last], value=MARK))
    edit = edited(book, reading, changes)
    if edit.data is None:
        return f"refused: {edit.refused[0][1].reason}"
    _, failed = verified(book, reading, edit, columns)
    if failed:
        return "LOST: a cell does not come back"
    if lost := next(losses(data, edit.data, touched), ""):
        return f"LOST: {lost}"
    if out is not None:
        out.write_bytes(edit.data)
    return f"edited, {edit.refused[0][1].reason} refused" if edit.refused else "edited"


def losses(before: bytes, after: bytes, touched: set[int]) -> Iterator[str]:
    """What differs beyond what was meant."""
    old, new = zipfile.ZipFile(BytesIO(before)), zipfile.ZipFile(BytesIO(after))
    for name in old.namelist():
        if name not in new.namelist():
            if "calcchain" not in name.lower():
                yield f"{name} is gone"
        elif old.read(name) != new.read(name):
            yield from (f"{name}: {what}" for what in differences(old.read(name), new.read(name), touched))


def differences(before: bytes, after: bytes, touched: set[int]) -> Iterator[str]:
    """Elements of one part that differ and were not meant to."""
    old, new = ElementTree.fromstring(before), ElementTree.fromstring(after)
    meant = MEANT.get(local(old.tag), set())
    gone = Counter(lines(old, touched))
    gone.subtract(Counter(lines(new, touched)))
    yield from (f"{tag} {rest}" for (tag, rest), count in gone.items() if count and tag not in meant)
    # Cells outside the touched rows are compared even so.
    if local(old.tag) == "worksheet":
        yield from (f"cell {where}" for where in cells(old, touched) ^ cells(new, touched))


def lines(root: ElementTree.Element, touched: set[int]) -> Iterator[tuple[str, str]]:
    for element in root.iter():
        if local(element.tag) not in ("row", "c", "v", "f", "is", "t"):
            yield local(element.tag), f"{sorted(element.attrib.items())} {(element.text or '').strip()[:80]}"


def cells(root: ElementTree.Element, touched: set[int]) -> set[tuple[object, ...]]:
    found: set[tuple[object, ...]] = set()
    number = 0
    for row in (e for e in root.iter() if local(e.tag) == "row"):
        number = int(row.get("r") or number + 1)
        if number in touched:
            continue
        for place, cell in enumerate(row):
            found.add((number, place, tuple(sorted(cell.attrib.items())), "".join(cell.itertext())))
    return found


def local(tag: str) -> str:
    return tag.rpartition("}")[2]


def main(folder: Path, out: Path | None = None) -> int:
    counts: Counter[str] = Counter()
    for path in sorted(p for p in folder.rglob("*") if p.suffix.lower() in (".xlsx", ".xlsm", ".xltx", ".xltm")):
        if not path.is_file() or path.name.startswith("~$"):
            continue
        try:
            said = outcome(path.read_bytes(), out and out / path.name)
        except Unreadable as error:
            said = f"unreadable: {error.reason}"
        except CalamineError as error:
            said = f"unreadable: {str(error)[:60]}"
        except Refused as error:
            said = f"refused: {error.reason}"
        except Exception as error:
            said = f"ERROR: {type(error).__name__}"
        counts[said.split(": ")[0] if said.startswith("edited") else said] += 1
        if not said.startswith("edited"):
            print(f"{path.relative_to(folder)}: {said}")
    print("\n".join(f"{count:6} {said}" for said, count in counts.most_common()))
    return int(any(said.startswith(("LOST", "ERROR")) for said in counts))


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
