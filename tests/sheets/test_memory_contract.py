"""The register in memory keeps the contract every backend keeps."""

import pytest
from register_contract import COLUMNS, RegisterContract

from sheets.memory import MemoryRegister, People
from sheets.register import Waiting
from sheets.table import SetCell


class TestMemoryRegister(RegisterContract):
    @pytest.fixture
    def register(self) -> MemoryRegister:
        return MemoryRegister(COLUMNS)

    @pytest.fixture
    def people(self, register: MemoryRegister) -> People:
        return register.people


def test_a_locked_table_can_be_neither_read_nor_written() -> None:
    register = MemoryRegister(COLUMNS)
    sheet = register.read()
    register.people.lock("Li")
    with pytest.raises(Waiting, match=r"waiting \(open\) for Li"):
        register.read()
    with pytest.raises(Waiting):
        register.write(sheet, [])
    register.people.unlock()
    assert register.read() == sheet


def test_a_deleted_column_is_reported() -> None:
    register = MemoryRegister(COLUMNS)
    register.people.delete_column("status")
    sheet = register.read()
    assert "status" not in sheet.found
    assert sheet.remarks == ("column gone: 状态",)


def test_a_cell_outside_the_table_is_left_out() -> None:
    register = MemoryRegister(COLUMNS)
    nowhere = SetCell(position=7, identity="", column="cause", expected=None, value="x")
    assert register.write(register.read(), [nowhere]) == ()
