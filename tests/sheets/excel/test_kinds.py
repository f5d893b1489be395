"""A file that is no .xlsx: the message says what it is and what to do next."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from workbooks import register, rezipped, workbook

from sheets.register import Unreadable

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def ole(*streams: str) -> bytes:
    return OLE + b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in ("Root Entry", *streams))


def zipped(*names: str) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, b"<a/>")
    return out.getvalue()


FILES = {
    "nothing": (b"", "not-a-workbook: the file is empty"),
    "zeros": (bytes(5000), "not-a-workbook: nothing but zeros"),
    "xls": (ole("Workbook"), r"not-a-workbook: a workbook of Excel 97-2003 \(.xls\): open it .* save it as"),
    "old xls": (ole("Book"), "not-a-workbook: a workbook of Excel 5"),
    "password": (ole("DataSpaces", "EncryptedPackage"), "encrypted: protected by a password: .* take the password off"),
    "label": (ole("DRMEncryptedDataSpace", "EncryptedPackage"), "encrypted: protected by a sensitivity label"),
    "word": (ole("WordDocument"), "not-a-workbook: a Word document"),
    "html": (b"\r\n<html xmlns:x='urn:schemas-microsoft-com:office:excel'><table>", r"a web page \(HTML\)"),
    "table": (b"<table border=1><tr><td>No.</td></tr></table>", r"a web page \(HTML\)"),
    "xml 2003": (b"<?xml version='1.0'?><Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'>", "Excel 2003"),
    "mht": (b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n", "a web archive"),
    "csv": ("编号,客户\n1,恒泰\n".encode() * 500, "plain text, perhaps CSV"),
    "csv of chinese excel": ("编号,客户\n1,恒泰\n".encode("gbk") * 500, "plain text, perhaps CSV"),
    "unicode text": ("编号\t客户\n".encode("utf-16"), "plain text, perhaps CSV"),
    "pdf": (b"%PDF-1.7\n", "a PDF"),
    "cut off": (workbook()[:-400], "broken off or half written"),
    "xlsb": (zipped("[Content_Types].xml", "xl/workbook.bin"), r"a binary workbook \(.xlsb\)"),
    "ods": (zipped("mimetype", "content.xml"), r"an OpenDocument spreadsheet \(.ods\)"),
    "docx": (zipped("[Content_Types].xml", "word/document.xml"), "a Word document"),
    "another zip": (zipped("a.txt"), "a zip without an .xlsx workbook"),
    "noise": (bytes(range(256)) * 8, "no Excel workbook, whatever its name says"),
    "parts lost": (rezipped(workbook(), lambda *_: b"x"), "damaged"),
}


@pytest.mark.parametrize(("data", "said"), FILES.values(), ids=FILES)
def test_the_message_says_what_it_is(tmp_path: Path, data: bytes, said: str) -> None:
    with pytest.raises(Unreadable, match=said) as caught:
        register(tmp_path / "r.xlsx", data).read()
    assert "Cannot detect" not in str(caught.value)
