"""A spreadsheet as a web page to watch, read-only: what people would see of it, with colours, in their browser."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from mailbot.demo.google.book import Book
from mailbot.demo.google.ranges import index_of
from mailbot.demo.google.tab import Cell, Tab
from mailbot.demo.google.typed import effective, shown

REFRESH_SECONDS = 2
_EQUALS = re.compile(r'=\$([A-Z]+)\d+="(.*)"')
_FORMULA = "<i>ƒ</i>"
"""Where the figure of a formula stands that only Google works out; the formula is its tooltip."""
_PAGE = """<!DOCTYPE html>
<html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">{refresh}<title>{title}</title>
<style>
body {{ font: 13px/1.4 sans-serif; margin: 1em; color: #202124 }}
table {{ border-collapse: collapse; table-layout: fixed; width: max-content }}
td, th {{ border: 1px solid #dadce0; padding: 2px 6px; vertical-align: top; white-space: pre-wrap; overflow: hidden;
  overflow-wrap: anywhere }}
tr:first-child > * {{ position: sticky; top: 0 }} td div {{ max-height: 8em; overflow: auto }}
.place {{ color: #80868b; background: #f8f9fa; font-weight: normal }}
</style></head><body><h1>{title}</h1><p>{note}</p>{tabs}</body></html>
"""


def page(book: Book, note: str, *, live: bool) -> str:
    """The spreadsheet as HTML; `note` says what one looks at. A `live` page is loaded anew every few seconds."""
    refresh = f'<meta http-equiv="refresh" content="{REFRESH_SECONDS}">' if live else ""
    tabs = "".join(_table(tab) for tab in book.tabs if not tab.properties.get("hidden"))
    return _PAGE.format(title=escape(book.title), refresh=refresh, note=escape(note), tabs=tabs)


def _table(tab: Tab) -> str:
    last = max((row for row, _ in tab.filled()), default=-1)
    wide = max((column for _, column in tab.filled()), default=-1) + 1
    columns = [c for c in range(wide) if not tab.columns.get(c, {}).get("hiddenByUser")]
    widths = "".join(f'<col style="width:{tab.columns.get(c, {}).get("pixelSize", 100)}px">' for c in columns)
    rows = "".join(_row(tab, row, columns) for row in range(last + 1) if not _filtered(tab, row))
    return f"<h2>{escape(tab.title)}</h2><table><colgroup><col>{widths}</colgroup>{rows}</table>"


def _filtered(tab: Tab, row: int) -> bool:
    return bool(tab.rows[row].properties.get("hiddenByFilter"))


def _row(tab: Tab, row: int, columns: list[int]) -> str:
    fills = dict(_fills(tab, row))
    cells = (_cell(tab.cell(row, column), fills.get(column, "")) for column in columns)
    return f'<tr><th class="place">{row + 1}</th>{"".join(cells)}</tr>'


def _cell(cell: Cell, fill: str) -> str:
    form: Mapping[str, Any] = cell.get("userEnteredFormat", {})
    text = form.get("textFormat", {})
    styles = {
        "background": fill or _css(form.get("backgroundColor")),
        "color": _css(text.get("foregroundColor")),
        "font-weight": "bold" if text.get("bold") else "",
        "text-align": str(form.get("horizontalAlignment", "")).lower(),
    }
    style = ";".join(f"{name}:{value}" for name, value in styles.items() if value)
    entered = cell.get("userEnteredValue")
    if entered and effective(entered).get("errorValue", {}).get("type") == "ERROR":
        return f'<td style="{style}" title="{escape(entered["formulaValue"])}"><div>{_FORMULA}</div></td>'
    said = escape(shown(entered, form.get("numberFormat", {}))) if entered else ""
    return f'<td style="{style}"><div>{said}</div></td>'


def _fills(tab: Tab, row: int) -> Iterator[tuple[int, str]]:
    """The colour of each column of a row that a rule `this column says "…"` gives it; the first rule counts."""
    for rule in reversed(tab.colours):
        formula = rule["booleanRule"]["condition"]["values"][0]["userEnteredValue"]
        found = _EQUALS.fullmatch(formula)
        if found is None or tab.value(row, index_of(found[1])) != found[2].replace('""', '"'):
            continue
        fill = _css(rule["booleanRule"]["format"].get("backgroundColor"))
        for part in rule["ranges"]:
            if part.get("startRowIndex", 0) <= row < part.get("endRowIndex", tab.row_count):
                right = part.get("endColumnIndex", tab.column_count)
                yield from ((column, fill) for column in range(part.get("startColumnIndex", 0), right))


def _css(colour: Mapping[str, float] | None) -> str:
    if colour is None:
        return ""
    return "#" + "".join(f"{round(colour.get(part, 0) * 255):02x}" for part in ("red", "green", "blue"))
