"""A dashboard as people read it: each card by its title, each line by its label."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

Figures = dict[str, dict[str, tuple[Any, ...]]]


def shown(path: Path, name: str) -> Figures:
    """The cards of the sheet `name` as the file says they were calculated last."""
    sheet = openpyxl.load_workbook(path, data_only=True)[name]
    titles = [
        cell for row in sheet.iter_rows() for cell in row if cell.font.size == 11 and cell.font.bold and cell.value
    ]
    return {str(cell.value): _lines(sheet, cell.row, cell.column) for cell in titles}


def tiles(path: Path, name: str) -> dict[str, Any]:
    """The single figures on top."""
    sheet = openpyxl.load_workbook(path, data_only=True)[name]
    return {str(cell.value): sheet.cell(row=5, column=cell.column).value for cell in sheet[4] if cell.value is not None}


def _lines(sheet: Worksheet, row: int, left: int) -> dict[str, tuple[Any, ...]]:
    """What stands below the headings, which are the first thing below the title and its chart."""
    rows = [[sheet.cell(row=r, column=left + i).value for i in range(4)] for r in range(row + 1, sheet.max_row + 2)]
    heads = next(place for place, cells in enumerate(rows) if any(cell is not None for cell in cells))
    found = {}
    for label, *figures in rows[heads + 1 :]:
        if label is None:
            break
        found[str(label)] = tuple(round(f, 9) if isinstance(f, float) else f for f in figures if f is not None)
    return found
