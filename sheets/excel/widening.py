"""New columns on the right of a table people keep: their headings, and what must reach over them from then on.

The filter and the table are widened as well: who sorts by them would otherwise tear the new columns from their rows.
Nothing that stands in a cell is changed; bytes in, bytes out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from sheets.excel.archive import Archive
from sheets.excel.asked import asked_colour, coloured, is_coloured, shown_colour
from sheets.excel.extent import check_extent
from sheets.excel.growth import frame_splices
from sheets.excel.obstacles import TablePart, obstacles, tables_of
from sheets.excel.outline import Element, Splice, pieces, spliced, with_attributes
from sheets.excel.parts import Book, SheetPart
from sheets.excel.ranges import LAST_COLUMN, LAST_ROW, Area, Growth, areas, place, widened
from sheets.excel.reader import plain_values
from sheets.excel.sheetxml import SheetXml, has_formulas
from sheets.excel.survey import Survey
from sheets.excel.values import cell, written
from sheets.letters import letters
from sheets.register import Refused, Unreadable
from sheets.table import Column

_CHOICES_LIMIT = 255
_BEHIND_VALIDATIONS = frozenset(
    [
        *("hyperlinks", "printOptions", "pageMargins", "pageSetup", "headerFooter", "rowBreaks", "colBreaks"),
        *("customProperties", "cellWatches", "ignoredErrors", "smartTags", "drawing", "drawingHF", "legacyDrawing"),
        *("legacyDrawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst"),
    ]
)
"""What stands behind dataValidations in a worksheet part."""


def with_columns(data: bytes, found: Survey, new: Sequence[Column], asking: int = 0) -> bytes:
    """The workbook with `new` columns on the right of everything, headed by their titles. Raises Refused.

    Cells the column `asking` (from 1; 0: the new one that asks, if any) names become yellow, where they are not yet.
    """
    book = Book(data)
    if book.sealed:
        raise Refused(book.sealed, "the workbook as a whole must not be edited")
    wider = _Wider(book, found, new, asking)
    contents = {found.part.part: wider.sheet_part()} | wider.other_parts()
    wide = book.archive.rebuilt({book.archive.find(name) or "": content for name, content in contents.items()})
    _prove(data, wide, found, new)
    return wide


def unlisted(column: Column) -> bool:
    """Whether a column's choices are no list to choose from: they would be too long, or one holds a comma."""
    long = len(",".join(column.choices)) > _CHOICES_LIMIT
    return bool(column.choices) and (long or any("," in choice for choice in column.choices))


def same_parts(one: bytes, other: bytes) -> bool:
    """Whether two workbooks hold the same in every part."""
    first, second = Archive(one), Archive(other)
    names = [member.orig_filename for member in first.members]
    return names == [member.orig_filename for member in second.members] and all(
        first.checksum(name) == second.checksum(name) for name in names
    )


def _prove(before: bytes, after: bytes, found: Survey, new: Sequence[Column]) -> None:
    """Every cell must read as before, and the new headings where they were meant. Raises Refused."""
    try:
        check_extent(Book(after).xml(found.part.part), found.part.name)
        old, wide = (plain_values(data, found.part.name) for data in (before, after))
    except Unreadable as error:
        raise Refused("unverified", str(error)) from error
    kept = [[*line[: found.width]] for line in wide] == [[*line] for line in old]
    if not kept or wide[found.row - 1][found.width :] != [column.title for column in new]:
        raise Refused("unverified", "the workbook does not read as it should")


@dataclass(slots=True)
class _Wider:
    book: Book
    found: Survey
    new: Sequence[Column]
    asking: int
    styles: bytes | None = None

    @property
    def first(self) -> int:
        return self.found.width + 1

    @property
    def last(self) -> int:
        return self.found.width + len(self.new)

    def sheet_part(self) -> list[bytes | memoryview]:
        part = self.book.xml(self.found.part.part)
        sheet = SheetXml(part, formulas=has_formulas(part))
        headings = [self._headings(sheet)] if self.new else []
        frame = [*self._colours(sheet)]
        if self.new:
            frame += [
                *self._wider_colours(sheet),
                *self._frame_splices(sheet),
                *self._widths(sheet),
                *self._choices(sheet),
            ]
        return list(pieces(sheet.part, [*headings, *map(sheet.placed, frame)]))

    def other_parts(self) -> dict[str, list[bytes | memoryview]]:
        """The table, when the new columns stand right beside it; the name of the filter's range; the formats."""
        changed: dict[str, list[bytes | memoryview]] = {}
        if self.styles is not None and self.book.styles is not None:
            changed[self.book.styles] = [self.styles]
        if not self.new:
            return changed
        for table in tables_of(self.book, self.found.part.part):
            if table.area.top == self.found.row and table.area.right == self.found.width and _plain(table):
                changed[table.part] = [self._table(table)]
        workbook = self.book.xml(self.book.workbook)
        if splices := list(_filter_names(workbook, self.book.main, self.found.part, self._reach)):
            changed[self.book.workbook] = [spliced(workbook, splices)]
        return changed

    def _headings(self, sheet: SheetXml) -> Splice:
        row = sheet.row(self.found.row)
        if row is None:
            raise Refused("odd-markup", "the header row cannot be found")
        if self.last > LAST_COLUMN:
            raise Refused("full", "the sheet has no column left")
        taken = obstacles(self.book, self.found.part.part, sheet, None, tables_of(self.book, self.found.part.part))
        if taken.protected:
            raise Refused("protected", "the sheet is protected")
        looks = [row.cells[column].style for column in sorted(self.found.headings) if column in row.cells]
        look, cells = looks[-1] if looks else row.style, {}
        for place_, column in enumerate(self.new, start=self.first):
            taken.check_cell(self.found.row, place_, None)
            cells[place_] = cell(place(self.found.row, place_), look, written(column.title), sheet.prefix)
        return sheet.with_cells(row, cells)

    def _reach(self, references: str) -> str:
        """A range of the header's row, or above it, that ends at the last column now ends at the last new one."""
        return widened(references, row=self.found.row, edge=self.found.width, right=self.last)

    def _frame_splices(self, sheet: SheetXml) -> Iterator[Splice]:
        nothing = Growth(left=self.first, right=self.last, header=0, edges=frozenset(), bottom=0)
        used = Area(left=self.first, right=self.last, top=self.found.row, bottom=self.found.row)
        yield from frame_splices(sheet.frame_part, sheet.frame, nothing, used)
        for element in (e for e in sheet.frame.children if e.name == "autoFilter"):
            reach = self._reach(element.attribute("ref"))
            if reach != element.attribute("ref"):
                yield with_attributes(sheet.frame_part, element, {"ref": reach})

    def _colours(self, sheet: SheetXml) -> Iterator[Splice]:
        """The colours of the new columns, and the yellow of cells that are asked for."""
        row, numbered = self.found.row, list(enumerate(self.new, start=self.first))
        colours = [shown_colour(row, n, self.last, shown) for n, c in numbered for shown in c.highlights]
        place_ = self.asking or next((n for n, c in numbered if c.asks), 0)
        if place_ and not is_coloured(sheet):
            colours.append(asked_colour(row, place_, self.last))
        if colours and self.book.styles is not None:
            self._check_unprotected(sheet)
            splice, self.styles = coloured(sheet, self.book.xml(self.book.styles), colours)
            yield splice

    def _wider_colours(self, sheet: SheetXml) -> Iterator[Splice]:
        """Colours of whole rows, told by a formula, reach over the new columns as well."""
        left = min(self.found.headings)
        for element in (e for e in sheet.frame.children if e.name == "conditionalFormatting"):
            if any(rule.attribute("type") != "expression" for rule in element.children if rule.name == "cfRule"):
                continue
            references = element.attribute("sqref")
            if all(area.left <= left < area.right for area in areas(references)):
                reach = widened(references, row=self.found.row + 1, edge=self.found.width, right=self.last)
                if reach != references:
                    yield with_attributes(sheet.frame_part, element, {"sqref": reach})

    def _check_unprotected(self, sheet: SheetXml) -> None:
        if any(e.name == "sheetProtection" and e.flag("sheet") for e in sheet.frame.children):
            raise Refused("protected", "the sheet is protected")

    def _widths(self, sheet: SheetXml) -> Iterator[Splice]:
        """The columns' widths, unless something is said of these columns already."""
        there = sheet.frame.child("cols")
        if there is not None and any(int(e.attribute("max", "0")) >= self.first for e in there.children):
            return
        name = f"{sheet.prefix}col"
        said = "".join(
            f'<{name} min="{n}" max="{n}" width="{column.width:g}" customWidth="1"/>'
            for n, column in enumerate(self.new, start=self.first)
        )
        if there is not None:
            yield there.closing, there.closing, said.encode()
        else:
            data = sheet.frame.child("sheetData")
            assert data is not None  # noqa: S101 - the rows were found in it
            yield data.start, data.start, f"<{name}s>{said}</{name}s>".encode()

    def _choices(self, sheet: SheetXml) -> Iterator[Splice]:
        """A list to choose from for each column that has one; other words are warned of and let pass."""
        rules = [self._rule(sheet.prefix, n, column) for n, column in enumerate(self.new, start=self.first)]
        said = "".join(rules)
        if not said:
            return
        there, name = sheet.frame.child("dataValidations"), f"{sheet.prefix}dataValidations"
        if there is None:
            behind = next((e.start for e in sheet.frame.children if e.name in _BEHIND_VALIDATIONS), None)
            at = sheet.frame.closing if behind is None else behind
            yield at, at, f'<{name} count="{sum(map(bool, rules))}">{said}</{name}>'.encode()
        elif there.children:
            count = str(len(there.children) + sum(map(bool, rules)))
            yield with_attributes(sheet.frame_part, there, {"count": count})
            yield there.closing, there.closing, said.encode()

    def _rule(self, prefix: str, place_: int, column: Column) -> str:
        if not column.choices or unlisted(column):
            return ""
        listed = ",".join(column.choices)
        formula = escape('"' + listed.replace('"', '""') + '"')
        where = f"{letters(place_)}{self.found.row + 1}:{letters(place_)}{LAST_ROW}"
        return (
            f'<{prefix}dataValidation type="list" errorStyle="warning" allowBlank="1" showErrorMessage="1" '
            f'sqref="{where}"><{prefix}formula1>{formula}</{prefix}formula1></{prefix}dataValidation>'
        )

    def _table(self, table: TablePart) -> bytes:
        root = table.outline
        columns = root.child("tableColumns")
        assert columns is not None  # noqa: S101 - a table has columns
        splices = [with_attributes(table.xml, root, {"ref": self._reach(root.attribute("ref"))})]
        for element in (e for e in root.children if e.name == "autoFilter"):
            splices.append(with_attributes(table.xml, element, {"ref": self._reach(element.attribute("ref"))}))
        count = str(len(columns.children) + len(self.new))
        identifier = max(int(e.attribute("id", "0")) for e in columns.children)
        prefix = f"{columns.prefix}:" if columns.prefix else ""
        said = "".join(
            f'<{prefix}tableColumn id="{identifier + n}" name="{escape(column.title, _IN_ATTRIBUTE)}"/>'
            for n, column in enumerate(self.new, start=1)
        )
        splices += [
            with_attributes(table.xml, columns, {"count": count}),
            (columns.closing, columns.closing, said.encode()),
        ]
        return spliced(table.xml, splices)


_IN_ATTRIBUTE: Mapping[str, str] = {'"': "&quot;", "\n": "_x000a_"}


def _plain(table: TablePart) -> bool:
    """Whether the table is no view of something else: a query's answer has the columns the query gives."""
    return table.outline.attribute("tableType", "worksheet") == "worksheet" and table.outline.flag(
        "headerRowCount", True
    )


def _filter_names(part: bytes, workbook: Element, sheet: SheetPart, reach: Callable[[str], str]) -> Iterator[Splice]:
    """The name a sheet's filter has in the workbook part."""
    for name in workbook.all("definedName"):
        ours = name.attribute("name") == "_xlnm._FilterDatabase" and name.attribute("localSheetId") == str(sheet.index)
        before = part[name.opened : name.closing].decode()
        if ours and reach(before) != before:
            yield name.opened, name.closing, reach(before).encode()
