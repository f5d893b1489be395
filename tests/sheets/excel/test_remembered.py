"""A reading kept on the disk is what a reading from the start gives, or it is not used at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from workbooks import COLUMNS, line, put, register, replaced, workbook

from sheets.excel import backend
from sheets.excel.reading import read_workbook
from sheets.excel.remembered import remember, remembered


def varied() -> bytes:
    """Every kind of value, an error, a formula without a value, a text that could be markup."""

    def build(book: Any, sheet: Any) -> None:
        sheet.write("B2", '<&"😀')
        sheet.write("C3", 7.25)
        sheet.write_boolean("C4", True)
        sheet.write("D4", datetime(2026, 2, 28), book.add_format({"num_format": "yyyy-mm-dd"}))
        sheet.write("E4", datetime(2026, 2, 28, 12, 30), book.add_format({"num_format": "yyyy-mm-dd hh:mm"}))
        sheet.write_formula("B3", "=1/0", None, "#DIV/0!")

    return workbook(build)


def kept(tmp_path: Path) -> Path:
    return tmp_path / "kept" / "r-number.reading"


def test_what_is_kept_is_read_back_whole(tmp_path: Path) -> None:
    reading = read_workbook(varied(), COLUMNS)
    remember(tmp_path / "kept.reading", reading, COLUMNS)
    again = remembered(tmp_path / "kept.reading", COLUMNS)
    assert again == reading
    assert [[type(c) for c in row.cells.values()] for row in reading.rows] == [
        [type(c) for c in row.cells.values()] for row in again.rows
    ]


def test_days_and_moments_stay_what_they_are(tmp_path: Path) -> None:
    store = register(tmp_path / "r.xlsx", workbook())
    store.write(store.read(), [line(4, day=date(2026, 5, 3), moment=datetime(2026, 5, 3, 0, 0))])
    store.read()
    remember(tmp_path / "kept.reading", read_workbook((tmp_path / "r.xlsx").read_bytes(), COLUMNS), COLUMNS)
    again = remembered(tmp_path / "kept.reading", COLUMNS)
    assert again is not None
    assert again.rows[-1].cells["moment"] == datetime(2026, 5, 3, 0, 0)
    assert type(again.rows[-1].cells["day"]) is date


@pytest.mark.parametrize("spoil", [lambda data: data[:-1], lambda data: data[: len(data) // 2], lambda data: b""])
def test_a_damaged_file_is_not_used(tmp_path: Path, spoil: Any) -> None:
    place = tmp_path / "kept.reading"
    remember(place, read_workbook(workbook(), COLUMNS), COLUMNS)
    place.write_bytes(spoil(place.read_bytes()))
    assert remembered(place, COLUMNS) is None


def test_every_changed_byte_is_noticed(tmp_path: Path) -> None:
    place = tmp_path / "kept.reading"
    remember(place, read_workbook(workbook(), COLUMNS), COLUMNS)
    data = place.read_bytes()
    for at in range(0, len(data), 7):
        place.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        assert remembered(place, COLUMNS) is None


def test_a_reading_for_other_columns_is_not_used(tmp_path: Path) -> None:
    place = tmp_path / "kept.reading"
    remember(place, read_workbook(workbook(), COLUMNS), COLUMNS)
    assert remembered(place, [*COLUMNS[:-1], replace(COLUMNS[-1], aliases=("another",))]) is None


def test_a_program_that_starts_reads_only_what_changed_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(tmp_path / "r.xlsx", workbook(rows=5)).read()
    changed = replaced((tmp_path / "r.xlsx").read_bytes(), "sheet1.xml", b"<v>20</v>", b"<v>21</v>")
    (tmp_path / "r.xlsx").write_bytes(changed)
    with monkeypatch.context() as patch:
        patch.delattr(backend, "read_workbook")
        sheet = register_in(tmp_path).read()
    assert sheet == read_workbook(changed, COLUMNS).sheet
    assert sheet.rows[1].cells["amount"] == 21


def test_a_program_that_starts_can_write_at_once(tmp_path: Path) -> None:
    first = register(tmp_path / "r.xlsx", workbook(rows=5))
    first.write(first.read(), [put(first.read().rows[0], "text", "=ours")])
    store = register_in(tmp_path)
    sheet = store.read()
    assert sheet.rows[0].cells["text"] == "=ours"
    assert len(store.write(sheet, [put(sheet.rows[0], "text", "new"), line(9)])) == 2
    assert store.read() == read_workbook((tmp_path / "r.xlsx").read_bytes(), COLUMNS).sheet


def test_without_what_was_kept_all_is_read(tmp_path: Path) -> None:
    register(tmp_path / "r.xlsx", workbook()).read()
    kept(tmp_path).unlink()
    assert register_in(tmp_path).read() == read_workbook(workbook(), COLUMNS).sheet
    assert kept(tmp_path).exists()


def register_in(tmp_path: Path) -> backend.ExcelRegister:
    """The register as another start of the program opens it."""
    return register(tmp_path / "r.xlsx", (tmp_path / "r.xlsx").read_bytes())
