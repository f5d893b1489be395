"""The fast reader of values: the only module that knows python-calamine.

It shows errors and formulas without a value as blanks; whoever reads looks those cells up in the XML, so that nobody
is said to have cleared them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO

from python_calamine import CalamineError, CalamineWorkbook

from sheets.excel.lines import Value
from sheets.register import Unreadable


def plain_values(data: bytes, sheet: str) -> list[list[Value]]:
    """A small sheet's rows from row 1 and column A. Raises Unreadable."""
    return tops(data, [sheet], None)[0]


def tops(data: bytes, sheets: Sequence[str], rows: int | None) -> list[list[list[Value]]]:
    """The first so many rows of each of these sheets, all where it is None; from row 1 and column A."""
    try:
        with CalamineWorkbook.from_filelike(BytesIO(data)) as workbook:
            found = [workbook.get_sheet_by_name(name) for name in sheets]
        # The shared texts are let go of by now.
        return [sheet.to_python(skip_empty_area=False, nrows=rows) for sheet in found]
    except CalamineError as error:
        raise _told(error) from error


def lines(data: bytes, sheet: str) -> tuple[int, Iterable[list[Value]]]:
    """The column all lines of a sheet begin at, and its lines from row 1. Raises Unreadable."""
    try:
        with CalamineWorkbook.from_filelike(BytesIO(data)) as workbook:
            cells = workbook.get_sheet_by_name(sheet)
            # Line by line spares the memory of the whole; empty columns on the left are cut off then.
            return 1 + (cells.start[1] if cells.start else 0), cells.iter_rows()
    except CalamineError as error:
        raise _told(error) from error


def _told(error: CalamineError) -> Unreadable:
    if "detect file format" in str(error):  # it says no more than that, and all else about the file was in order
        return Unreadable("damaged", "its parts are put together in an unusual way: open it in Excel and save it again")
    return Unreadable("damaged", f"{error}: open it in Excel and save it again, or put an earlier version in its place")
