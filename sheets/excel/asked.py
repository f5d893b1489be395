"""Conditional colours put into a workbook people keep: of rows and cells that show a text, and the yellow of cells to
be filled in now, empty ones whose heading the asking column names.

Bytes in, bytes out.
"""

from __future__ import annotations

from collections.abc import Sequence

from sheets.excel.outline import Splice, escaped, outline, spliced, with_attributes
from sheets.excel.ranges import LAST_ROW
from sheets.excel.sheetxml import SheetXml
from sheets.letters import letters
from sheets.table import Highlight

ASKED_FILL = "FFFFB3"
_MARK = 'FIND("“"&'
_FILL = (
    '<{0}dxf><{0}fill><{0}patternFill patternType="solid"><{0}bgColor rgb="FF{1}"/></{0}patternFill></{0}fill></{0}dxf>'
)
Colour = tuple[str, str, str]
"""The cells, the formula that must be true for the first of them, and the colour as RRGGBB."""

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


def asked_colour(heading: int, column: int, width: int) -> Colour:
    """The yellow of all columns to `width`; `column` asks."""
    return f"A{heading + 1}:{letters(width)}{LAST_ROW}", asked_formula(heading, column), ASKED_FILL


def shown_colour(heading: int, column: int, width: int, highlight: Highlight) -> Colour:
    """The colour of cells of `column`, or of their rows up to `width`, that show a text."""
    first, last = ("A", letters(width)) if highlight.row else (letters(column), letters(column))
    text = highlight.text.replace('"', '""')
    return f"{first}{heading + 1}:{last}{LAST_ROW}", f'${letters(column)}{heading + 1}="{text}"', highlight.fill


def coloured(sheet: SheetXml, styles: bytes, colours: Sequence[Colour]) -> tuple[Splice, bytes]:
    """The splice over the sheet's frame that puts the colours in, behind those there are; and the styles part then."""
    name = sheet.prefix
    order = max((int(rule.attribute("priority", "0")) for rule in sheet.frame.all("cfRule")), default=0)
    behind = next((e.start for e in sheet.frame.children if e.name in _BEHIND_COLOURS), sheet.frame.closing)
    rules = []
    for priority, (where, formula, fill) in enumerate(colours, start=order + 1):
        styles, number = _with_fill(styles, fill)
        rules.append(
            f'<{name}conditionalFormatting sqref="{where}"><{name}cfRule type="expression" dxfId="{number}" '
            f'priority="{priority}"><{name}formula>{escaped(formula)}</{name}formula></{name}cfRule>'
            f"</{name}conditionalFormatting>"
        )
    return (behind, behind, "".join(rules).encode()), styles


def _with_fill(styles: bytes, fill: str) -> tuple[bytes, int]:
    """The styles part with a colour at its end, and its number there."""
    root = outline(styles, "styles")
    prefix = f"{root.prefix}:" if root.prefix else ""
    entry, there = _FILL.format(prefix, fill), root.child("dxfs")
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
