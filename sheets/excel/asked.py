"""The yellow of cells that people are to fill in now: empty ones whose heading the asking column names.

Put into a workbook people keep; bytes in, bytes out.
"""

from __future__ import annotations

from sheets.excel.outline import Splice, outline, spliced, with_attributes
from sheets.excel.ranges import LAST_ROW
from sheets.excel.sheetxml import SheetXml
from sheets.letters import letters

ASKED_FILL = "FFFFB3"
_MARK = 'FIND("“"&'
_FILL = (
    f'<{{0}}dxf><{{0}}fill><{{0}}patternFill patternType="solid"><{{0}}bgColor rgb="FF{ASKED_FILL}"/>'
    "</{0}patternFill></{0}fill></{0}dxf>"
)
_BEHIND_COLOURS = frozenset(
    [
        *("dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup", "headerFooter", "rowBreaks"),
        *("colBreaks", "customProperties", "cellWatches", "ignoredErrors", "smartTags", "drawing", "drawingHF"),
        *("legacyDrawing", "legacyDrawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts"),
        "extLst",
    ]
)
"""What stands behind conditionalFormatting in a worksheet part."""


def asked_formula(heading: int, column: int) -> str:
    """The rule for the first cell below row `heading`; `column` asks."""
    asks = f"${letters(column)}{heading + 1}"
    named = ",".join(f'ISNUMBER(FIND("{left}"&A${heading}&"{right}",{asks}))' for left, right in ("“”", "「」"))
    return f'AND(A{heading + 1}="",A${heading}<>"",OR({named}))'


def is_coloured(sheet: SheetXml) -> bool:
    """Whether the sheet has the rule already."""
    return any(_MARK in formula.text for formula in sheet.frame.all("formula"))


def colour(sheet: SheetXml, heading: int, column: int, width: int, fill: int) -> Splice:
    """The splice over the sheet's frame that colours all columns to `width`; `fill` as `with_fill` numbered it."""
    name = sheet.prefix
    order = 1 + max((int(rule.attribute("priority", "0")) for rule in sheet.frame.all("cfRule")), default=0)
    formula = asked_formula(heading, column).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    where = f"A{heading + 1}:{letters(width)}{LAST_ROW}"
    behind = next((e.start for e in sheet.frame.children if e.name in _BEHIND_COLOURS), sheet.frame.closing)
    rule = (
        f'<{name}conditionalFormatting sqref="{where}"><{name}cfRule type="expression" dxfId="{fill}" '
        f'priority="{order}"><{name}formula>{formula}</{name}formula></{name}cfRule></{name}conditionalFormatting>'
    )
    return behind, behind, rule.encode()


def with_fill(styles: bytes) -> tuple[bytes, int]:
    """The styles part with the yellow at its end, and its number there."""
    root = outline(styles, "styles")
    prefix = f"{root.prefix}:" if root.prefix else ""
    entry, there = _FILL.format(prefix), root.child("dxfs")
    if there is not None and there.children:
        count = len(there.children)
        counted = with_attributes(styles, there, {"count": str(count + 1)})
        return spliced(styles, [counted, (there.closing, there.closing, entry.encode())]), count
    table = f'<{prefix}dxfs count="1">{entry}</{prefix}dxfs>'.encode()
    if there is not None:
        return spliced(styles, [(there.start, there.end, table)]), 0
    last = root.child("cellStyles") or root.child("cellXfs")
    at = root.closing if last is None else last.end
    return spliced(styles, [(at, at, table)]), 0
