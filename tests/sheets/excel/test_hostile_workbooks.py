"""Broken and malicious files are refused with a reason of their own, quickly, and left as they are."""

import os
import struct
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from workbooks import COLUMNS, members, register, replaced, rezipped, workbook

from sheets.excel import ExcelRegister
from sheets.register import Unreadable, Waiting

DOCTYPE = b'<!DOCTYPE worksheet [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><worksheet'
CELL = b'<c r="C2"><v>10</v></c>'


def member(change: Callable[[zipfile.ZipFile], object]) -> bytes:
    out = BytesIO(workbook())
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        change(archive)
    return out.getvalue()


def flagged(data: bytes) -> bytes:
    place = data.index(b"PK\x01\x02") + 8
    (flags,) = struct.unpack_from("<H", data, place)
    return data[:place] + struct.pack("<H", flags | 1) + data[place + 2 :]


def lying() -> bytes:
    """A workbook whose strings say they are small."""
    data = rezipped(workbook(), lambda name, content: content + b" " * 50_000 if "sharedStrings" in name else content)
    size = struct.pack("<L", len(members(data)["xl/sharedStrings.xml"]))
    return data.replace(size, struct.pack("<L", 500))


def bomb(archive: zipfile.ZipFile) -> None:
    archive.writestr("xl/bomb.xml", b"<a>" + b" " * 50_000_000 + b"</a>")


HOSTILE = {
    "an old .xls or a password": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "encrypted"),
    "encrypted member": (flagged(workbook()), "encrypted"),
    "text": ("编号,客户\n1,a\n".encode(), "not-a-workbook"),
    "zero bytes": (b"", "not-a-workbook"),
    "truncated": (workbook()[:-400], "not-a-workbook"),
    "zip of something else": (rezipped(workbook(), lambda *_: b"x"), "damaged"),
    "part twice": (member(lambda z: z.writestr("XL/Workbook.xml", b"<workbook/>")), "unsafe"),
    "zip bomb": (member(bomb), "unsafe"),
    "lying size": (lying(), "unsafe"),
    "2,001 parts": (member(lambda z: [z.writestr(f"a{n}", b"") for n in range(2_001)]), "too-large"),
    "entity bomb": (replaced(workbook(), "sheet1.xml", b"<worksheet", DOCTYPE), "unsafe"),
    "entities in the styles": (
        replaced(workbook(), "styles.xml", b"<styleSheet", b"<!DOCTYPE a><styleSheet"),
        "unsafe",
    ),
    "cell at the end of the world": (replaced(workbook(), "sheet1.xml", b'"C2"', b'"XFD1048576"'), "too-large"),
    "cell A0": (replaced(workbook(), "sheet1.xml", b'"C2"', b'"A0"'), "damaged"),
    "cell ZZZZZ1": (replaced(workbook(), "sheet1.xml", b'"C2"', b'"ZZZZZ1"'), "too-large"),
    "row 99999999999": (replaced(workbook(), "sheet1.xml", b'"C2"', b'"C99999999999"'), "too-large"),
    "no string of that number": (replaced(workbook(), "sheet1.xml", b"<v>0</v>", b"<v>99</v>"), "damaged"),
    "markup cut off": (replaced(workbook(), "sheet1.xml", b"</sheetData>", b""), "damaged"),
    "no such sheet part": (replaced(workbook(), "workbook.xml.rels", b"sheet1.xml", b"gone.xml"), "no-header"),
    "other headings": (replaced(workbook(), "sharedStrings.xml", b"<si><t>", b"<si><t>Colour of "), "no-header"),
    "no number column": (replaced(workbook(), "sharedStrings.xml", b"No.", b"Weather"), "no-identity"),
}


@pytest.mark.parametrize(("data", "reason"), HOSTILE.values(), ids=HOSTILE)
def test_each_is_refused_with_its_own_reason_and_left_alone(tmp_path: Path, data: bytes, reason: str) -> None:
    path = tmp_path / "r.xlsx"
    store = register(path, data)
    with pytest.raises(Unreadable) as caught:
        store.read()
    assert caught.value.reason == reason
    assert path.read_bytes() == data


@pytest.mark.parametrize("value", [b"1e999", b"9" * 100_000, b"nan", b"soon"])
def test_numbers_that_are_none_are_text(tmp_path: Path, value: bytes) -> None:
    store = register(tmp_path / "r.xlsx", replaced(workbook(), "sheet1.xml", CELL, CELL.replace(b"10", value)))
    assert isinstance(store.read().rows[0].cells["amount"], str)


def test_a_file_cut_short_a_moment_ago_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "r.xlsx"
    path.write_bytes(workbook()[:-400])
    store = ExcelRegister(path, COLUMNS, keep=None, now=lambda: datetime.now(UTC))
    with pytest.raises(Waiting, match="unsettled"):
        store.read()
    os.utime(path, (1, 1))
    with pytest.raises(Unreadable, match="not-a-workbook"):
        store.read()


def test_a_bad_save_does_not_bring_back_the_last_reading(tmp_path: Path) -> None:
    store = register(tmp_path / "r.xlsx", workbook())
    store.read()
    (tmp_path / "r.xlsx").write_bytes(b"no workbook")
    for _ in range(2):
        with pytest.raises(Unreadable):
            store.read()


def test_a_missing_workbook_is_waited_for(tmp_path: Path) -> None:
    store = register(tmp_path / "r.xlsx", workbook())
    (tmp_path / "r.xlsx").unlink()
    with pytest.raises(Waiting, match="missing"):
        store.read()


def test_a_link_or_a_pipe_in_the_workbooks_place_is_not_followed(tmp_path: Path) -> None:
    store = register(tmp_path / "r.xlsx", workbook())
    (tmp_path / "r.xlsx").rename(tmp_path / "real.xlsx")
    (tmp_path / "r.xlsx").symlink_to("real.xlsx")
    with pytest.raises(Unreadable, match="unsafe"):
        store.read()
    (tmp_path / "r.xlsx").unlink()
    os.mkfifo(tmp_path / "r.xlsx")
    with pytest.raises(Unreadable, match="not-a-workbook"):
        store.read()
