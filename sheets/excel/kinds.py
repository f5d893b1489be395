"""What a file is that is called .xlsx and is none, in words that say what to do next.

Judged by its bytes alone; nothing in it is opened.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from sheets.register import Unreadable

_SAVE = "open it in Excel, WPS or LibreOffice and save it as an Excel workbook (.xlsx)"
_OLDER = "put an earlier version in its place"
_LOOKED_AT = 4096

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STREAMS: tuple[tuple[str, str, str], ...] = (
    ("DRMEncrypted", "encrypted", "protected by a sensitivity label: take the label's encryption off and save it"),
    (
        "EncryptedPackage",
        "encrypted",
        "protected by a password: open it, take the password off (File › Info › Protect Workbook) and save it",
    ),
    ("WordDocument", "not-a-workbook", "a Word document: put the register in its place"),
    ("PowerPoint Document", "not-a-workbook", "a presentation: put the register in its place"),
    ("Workbook", "not-a-workbook", f"a workbook of Excel 97-2003 (.xls): {_SAVE}"),
    ("Book", "not-a-workbook", f"a workbook of Excel 5 (.xls): {_SAVE}"),
)
"""By the name of a stream in a compound file."""

_BEGINNINGS: tuple[tuple[re.Pattern[bytes], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE | re.DOTALL), words)
    for pattern, words in (
        (rb"\x00+\Z", f"nothing but zeros, as a disk or a synchronising program leaves after trouble: {_OLDER}"),
        (rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|meta|table|body|style)\b", "HTML"),
        (rb"\s*<\?xml.*?urn:schemas-microsoft-com:office:spreadsheet", f"an XML spreadsheet of Excel 2003: {_SAVE}"),
        (rb"(?:\S+:[^\n]*\n)*?(?:MIME-Version|Content-Type):", f"a web archive (.mht): {_SAVE}"),
        (rb"\s*<\?xml", f"an XML file: {_SAVE}, or {_OLDER}"),
        (rb"%PDF", "a PDF: put the register in its place"),
        (rb"\{\\rtf", "a text document (RTF): put the register in its place"),
        (rb"\x89PNG|\xff\xd8\xff|GIF8|BM", "a picture: put the register in its place"),
        (rb"Rar!|7z\xbc\xaf|\x1f\x8b", "an archive: unpack it and put the workbook inside in its place"),
        (rb"ID;P", f"a SYLK file: {_SAVE}"),
        (rb"PK\x03\x04", f"broken off or half written: if that lasts, {_OLDER}"),
    )
)
_HTML = f"a web page (HTML) that was given the name of a workbook, as some systems export tables: {_SAVE}"
_MEMBERS: tuple[tuple[str, str], ...] = (
    ("xl/workbook.bin", f"a binary workbook (.xlsb): {_SAVE}"),
    ("content.xml", f"an OpenDocument spreadsheet (.ods): {_SAVE}"),
    ("word/document.xml", "a Word document: put the register in its place"),
    ("ppt/presentation.xml", "a presentation: put the register in its place"),
    ("index/document.iwa", "a Numbers spreadsheet: export it as an Excel workbook (.xlsx)"),
    ("index.zip", "a Numbers spreadsheet: export it as an Excel workbook (.xlsx)"),
)
"""By the name of a part of a zip."""


def no_zip(data: bytes) -> Unreadable:
    """What to say of bytes that are no zip, or none that can be read."""
    if not data:
        return Unreadable("not-a-workbook", f"the file is empty (0 bytes): {_OLDER}")
    if data.startswith(OLE):
        names = {name: (reason, words) for name, reason, words in _STREAMS if name.encode("utf-16-le") in data}
        reason, words = next(iter(names.values()), ("encrypted", f"a password, or an old .xls: {_SAVE}, without one"))
        return Unreadable(reason, words)
    for pattern, words in _BEGINNINGS:
        if pattern.match(data if pattern.pattern.endswith(rb"\Z") else data[:_LOOKED_AT]):
            return Unreadable("not-a-workbook", _HTML if words == "HTML" else words)
    if _is_text(data[:_LOOKED_AT]):
        return Unreadable("not-a-workbook", f"plain text, perhaps CSV, under the name of a workbook: {_SAVE}")
    return Unreadable("not-a-workbook", f"no Excel workbook, whatever its name says: {_OLDER}")


def other_zip(names: Iterable[str]) -> Unreadable:
    """What to say of a zip with these parts that is no .xlsx."""
    found = {name.replace("\\", "/").lower() for name in names}
    words = next((words for name, words in _MEMBERS if name in found), f"a zip without an .xlsx workbook: {_OLDER}")
    return Unreadable("not-a-workbook", words)


def _is_text(beginning: bytes) -> bool:
    if beginning.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    if b"\x00" in beginning:
        return False
    return any(_decodes(beginning, encoding) for encoding in ("utf-8", "gb18030", "big5"))


def _decodes(beginning: bytes, encoding: str) -> bool:
    for cut in range(4):  # the last character may be cut through
        try:
            beginning[: len(beginning) - cut].decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False
