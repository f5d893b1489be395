"""The lock files office programs leave say who has the workbook open; the register waits and tells."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from workbooks import line, register, workbook

from sheets.excel.locks import held_by
from sheets.register import Waiting


def excel_lock(user: str) -> bytes:
    """165 bytes: length and name in single bytes, then length and name in UTF-16."""
    short = user.encode("cp1252", "replace")
    return (
        (bytes([len(short)]) + short).ljust(55) + len(user).to_bytes(2, "little") + user.encode("utf-16-le").ljust(108)
    )


LIBREOFFICE = b",li.wei,pc-7,20.11.2026 09:12,file:///home/li/.config/libreoffice/4;"


@pytest.mark.parametrize(
    ("name", "content", "who"),
    [
        ("~$Register 台账.xlsx", excel_lock("李伟"), "李伟"),
        ("~$register 台账.xlsx", excel_lock("Li Wei"), "Li Wei"),
        ("~$Register 台账.xlsx", excel_lock("Jürgen")[:55], "Jürgen"),
        ("~$Register 台账.xlsx", b"", ""),
        (".~lock.Register 台账.xlsx#", LIBREOFFICE, "li.wei (pc-7)"),
        (".~lock.Register 台账.xlsx#", b"\xff\xfe\x00", ""),
        (".~Register 台账.xlsx", excel_lock("李伟"), "李伟"),
        (".~gister 台账.xlsx", excel_lock("李伟"), "李伟"),
    ],
)
def test_each_programs_lock_names_its_user(tmp_path: Path, name: str, content: bytes, who: str) -> None:
    path = tmp_path / "Register 台账.xlsx"
    (tmp_path / name).write_bytes(content)
    held = held_by(path)
    assert held is not None
    assert (held.reason, held.who) == ("open", who)
    assert held.since is not None
    assert abs(held.since - datetime.now(UTC)).total_seconds() < 60


@pytest.mark.parametrize(
    "name",
    [
        "~$Other.xlsx",
        "~$Register.xls",
        ".~lock.Other.xlsx#",
        ".~x",
        "~$",
        ".Register.xlsx.swap.tmp",
        "~$r.xlsx",
        "Register.xlsx",
    ],
)
def test_other_files_are_no_lock_of_ours(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"")
    assert held_by(tmp_path / "Register.xlsx") is None


def test_a_held_workbook_is_read_but_not_written(tmp_path: Path) -> None:
    store = register(tmp_path / "r.xlsx", workbook())
    before = (tmp_path / "r.xlsx").read_bytes()
    lock = tmp_path / ".~lock.r.xlsx#"
    lock.write_bytes(LIBREOFFICE)
    sheet = store.read()
    with pytest.raises(Waiting, match=r"open.*li\.wei"):
        store.write(sheet, [line(4)])
    assert (tmp_path / "r.xlsx").read_bytes() == before
    assert lock.exists()
    lock.unlink()
    assert store.write(sheet, [line(4)]) == (line(4),)


def test_a_folder_that_is_gone_holds_nothing(tmp_path: Path) -> None:
    assert held_by(tmp_path / "gone" / "r.xlsx") is None
