"""The register in a workbook keeps the contract every backend keeps."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from office_people import OfficePeople
from register_contract import COLUMNS, RegisterContract

from sheets.excel import ExcelRegister
from sheets.excel.create import create


class TestExcelRegister(RegisterContract):
    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        create(tmp_path / "register.xlsx", COLUMNS, "客诉台账")
        return tmp_path / "register.xlsx"

    @pytest.fixture
    def register(self, path: Path) -> ExcelRegister:
        return ExcelRegister(path, COLUMNS, keep=path.parent / "versions", now=lambda: datetime.now(UTC))

    @pytest.fixture
    def people(self, path: Path) -> OfficePeople:
        return OfficePeople(path)
