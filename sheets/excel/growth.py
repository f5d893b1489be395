"""What follows when a register gets longer: every range that ended where it ended reaches further.

Attributes of elements around the rows, of the register's table, and the two names a sheet owns are changed; no element
is added, moved or removed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sheets.excel.obstacles import TablePart
from sheets.excel.outline import Element, Splice, spliced, with_attributes
from sheets.excel.parts import SheetPart
from sheets.excel.ranges import Area, Growth, areas, grown

_GROWING = {
    "autoFilter": "ref",
    "sortState": "ref",
    "sortCondition": "ref",
    "conditionalFormatting": "sqref",
    "dataValidation": "sqref",
    "ignoredError": "sqref",
    "protectedRange": "sqref",
}
"""Elements of a sheet and the attribute that holds their range; `xm:sqref` of later extensions is an element itself."""

_OVER_HEADER = frozenset({"autoFilter", "sortState"})
"""These may end at the header as long as there is no row; a colour that ends there is the header's own."""

_NAMES = frozenset({"_xlnm._FilterDatabase", "_xlnm.Print_Area"})


def frame_splices(frame_part: bytes, frame: Element, growth: Growth, used: Area) -> Iterator[Splice]:
    """The splices of everything around the rows, over `frame_part`. `used` are the cells that now hold something."""
    for element in frame.all("dimension"):
        reference = _united(element.attribute("ref"), used)
        if reference != element.attribute("ref"):
            yield with_attributes(frame_part, element, {"ref": reference})
    yield from _grown_attributes(frame_part, frame, growth)
    for element in frame.all("sqref"):
        reference = grown(element.text, growth)
        if reference != element.text:
            yield element.opened, element.closing, reference.encode()


def grown_table(table: TablePart, growth: Growth) -> bytes:
    """The table's part with its range, filter and sort order grown."""
    reference = grown(table.outline.attribute("ref"), growth)
    splices = [with_attributes(table.xml, table.outline, {"ref": reference})]
    return spliced(table.xml, [*splices, *_grown_attributes(table.xml, table.outline, growth)])


def name_splices(workbook_part: bytes, workbook: Element, sheet: SheetPart, growth: Growth) -> Iterator[Splice]:
    """The splices of the sheet's own filter and print area, over the workbook part."""
    for name in workbook.all("definedName"):
        ours = name.attribute("name") in _NAMES and name.attribute("localSheetId") == str(sheet.index)
        before = workbook_part[name.opened : name.closing].decode()
        after = grown(before, _with_header(growth))
        if ours and after != before:
            yield name.opened, name.closing, after.encode()


def _grown_attributes(part: bytes, root: Element, growth: Growth) -> Iterator[Splice]:
    for element in root.all(*_GROWING):
        attribute = _GROWING[element.name]
        before = element.attributes.get(attribute, "")
        after = grown(before, _with_header(growth) if element.name in _OVER_HEADER else growth)
        if after != before:
            yield with_attributes(part, element, {attribute: after})


def _with_header(growth: Growth) -> Growth:
    return replace(growth, edges=growth.edges | {growth.header})


def _united(reference: str, used: Area) -> str:
    found = areas(reference)
    if len(found) != 1:
        return reference
    (area,) = found
    return str(
        Area(
            left=min(area.left, used.left),
            top=min(area.top, used.top),
            right=max(area.right, used.right),
            bottom=max(area.bottom, used.bottom),
        )
    )
