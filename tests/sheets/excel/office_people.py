"""People at a workbook, played with openpyxl: every act loads the file, changes it and saves it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from register_contract import COLUMNS

from sheets.cells import shaped
from sheets.table import Cell, Kind

_TITLES = {column.key: (column.title, *column.aliases) for column in COLUMNS}
_KINDS = {column.key: column.kind for column in COLUMNS}


class OfficePeople:
    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def sheet(self) -> Iterator[Worksheet]:
        workbook = load_workbook(self.path)
        yield workbook.active
        workbook.save(self.path)

    def get(self, position: int, column: str) -> Cell:
        sheet = load_workbook(self.path).active
        return shaped(sheet.cell(position, self._place(sheet, column)).value, _KINDS.get(column, Kind.TEXT))

    def set(self, position: int, column: str, value: Cell) -> None:
        with self.sheet() as sheet:
            cell = sheet.cell(position, self._place(sheet, column))
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"

    def sort(self, column: str) -> None:
        with self.sheet() as sheet:
            place = self._place(sheet, column) - 1
            rows = [list(row) for row in sheet.iter_rows(min_row=2, values_only=True)]
            rows.sort(key=lambda row: (row[place] is None, str(row[place])))
            for position, row in enumerate(rows, start=2):
                for index, value in enumerate(row, start=1):
                    sheet.cell(position, index).value = value

    def delete(self, position: int) -> None:
        with self.sheet() as sheet:
            sheet.delete_rows(position)

    def insert(self, position: int) -> None:
        with self.sheet() as sheet:
            sheet.insert_rows(position)

    def hide(self, position: int) -> None:
        with self.sheet() as sheet:
            sheet.row_dimensions[position].hidden = True

    def rename(self, column: str, title: str) -> None:
        with self.sheet() as sheet:
            sheet.cell(1, self._place(sheet, column)).value = title
            self._name_table_columns(sheet)

    def move(self, column: str, index: int) -> None:
        with self.sheet() as sheet:
            place = self._place(sheet, column) - 1
            for row in sheet.iter_rows():
                values = [cell.value for cell in row]
                values.insert(index, values.pop(place))
                for cell, value in zip(row, values, strict=True):
                    cell.value = value
            self._name_table_columns(sheet)

    def add_column(self, title: str) -> None:
        with self.sheet() as sheet:
            sheet.cell(1, sheet.max_column + 1).value = title

    @staticmethod
    def _place(sheet: Worksheet, column: str) -> int:
        titles = _TITLES.get(column, (column,))
        return next(cell.column for cell in sheet[1] if cell.value in titles or cell.value == column)

    @staticmethod
    def _name_table_columns(sheet: Worksheet) -> None:
        for table in sheet.tables.values():
            for column, cell in zip(table.tableColumns, sheet[1], strict=False):
                column.name = cell.value
