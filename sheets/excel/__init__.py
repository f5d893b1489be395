"""The register in an Excel workbook: `ExcelRegister` works on one, `create` makes one."""

from sheets.excel.backend import ExcelRegister
from sheets.excel.create import create

__all__ = ["ExcelRegister", "create"]
