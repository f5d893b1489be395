"""The register in an Excel workbook: `ExcelRegister` works on one. `sheets.excel.create` makes one."""

from sheets.excel.backend import ExcelRegister

__all__ = ["ExcelRegister"]
