"""What an attached complaint form says: the cells of an .xlsx and the paragraphs and tables of a .docx as text.

One line a row, cells parted by TAB, so that a form in a file reads like one in the mail. A file comes from a stranger:
sizes, entries, cells and compression are limited, a document type (and with it every entity) is refused, and nothing
raises: what cannot be read is left out.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import islice
from xml.parsers import expat

from mailbot.core.model import Attachment

FILES, FILE_LIMIT, PART_LIMIT = 3, 8_000_000, 12_000_000  # files of a mail; bytes packed and unpacked
ENTRIES, RATIO, CELLS, COLUMNS, SHEETS = 2_000, 200, 6_000, 40, 3
TEXT_LIMIT = 20_000  # characters of one file
_FORM = re.compile(r"\.(?:xlsx|xlsm|docx)$", re.I)
_SHEET = re.compile(r"xl/worksheets/sheet(\d+)\.xml$")
_CELL = re.compile(r"([A-Z]{1,3})\d+$")
_DAY_FORMAT = re.compile(r"[yYeE年].*[dD日]|[dD日].*[yY年]|m{1,3}[/\-.]d|d[/\-.]m|mmm")
_BUILT_IN_DAYS = frozenset({14, 15, 16, 17, 22, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 55, 56, 57, 58})
_EPOCH = date(1899, 12, 30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """An attached file that could be read, and its text."""

    filename: str
    text: str


class _Refused(Exception):
    """The file is over a limit or holds what no form holds."""


def attached_forms(attachments: Sequence[Attachment]) -> tuple[Form, ...]:
    """Read the forms among the attachments; files that are none, or cannot be read, are passed over."""
    files = islice((a for a in attachments if _FORM.search(a.filename) and 0 < len(a.content) <= FILE_LIMIT), FILES)
    texts = ((a.filename, _text(a.content)) for a in files)
    return tuple(Form(filename=name, text=text) for name, text in texts if text.strip())


def _text(raw: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as package:
            if len(package.infolist()) > ENTRIES:
                return ""
            names = package.namelist()
            lines = _document(package) if "word/document.xml" in names else _sheets(package, names)
            return "\n".join(lines)[:TEXT_LIMIT]
    except (_Refused, zipfile.BadZipFile, zlib.error, expat.ExpatError, KeyError, ValueError, OSError, RuntimeError):
        return ""
    except (NotImplementedError, EOFError, OverflowError, UnicodeError, IndexError, LookupError):
        return ""


def _part(package: zipfile.ZipFile, name: str) -> bytes:
    info = package.getinfo(name)
    if info.file_size > PART_LIMIT or info.file_size > RATIO * max(info.compress_size, 1_000):
        raise _Refused(name)
    with package.open(info) as part:
        content = part.read(PART_LIMIT + 1)
    if len(content) > PART_LIMIT:
        raise _Refused(name)
    return content


class _Reader:
    """Walks an XML part; `start`, `end` and `text` are told of elements by their local names."""

    def walk(self, content: bytes) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = lambda name, attributes: self.start(_local(name), attributes)
        parser.EndElementHandler = lambda name: self.end(_local(name))
        parser.CharacterDataHandler = self.text
        parser.Parse(content, True)

    def _doctype(self, *_: object) -> None:
        raise _Refused("a document type")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""

    def text(self, data: str) -> None:
        """Characters inside an element."""


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


# Word ---------------------------------------------------------------------------------------------------------------


class _Word(_Reader):
    """Paragraphs become lines, rows of tables lines of cells; a table in a cell is told row by row inside it."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._words: list[str] = []
        self._rows: list[list[str]] = []
        self._cells: list[list[str]] = []
        self._in_text = False
        self._left = CELLS

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._in_text = name == "t"
        if name in ("tab", "br", "cr"):
            self._words.append("\t" if name == "tab" and not self._cells else " ")
        elif name == "tr":
            self._rows.append([])
        elif name == "tc":
            self._cells.append([])
            self._left -= 1
            if self._left < 0:
                raise _Refused("too many cells")

    def end(self, name: str) -> None:
        self._in_text = False
        if name == "p":
            line, self._words = "".join(self._words).strip(), []
            (self._cells[-1] if self._cells else self.lines).append(line)
        elif name == "tc" and self._cells:
            cell = " ".join(filter(None, self._cells.pop()))
            if self._rows:
                self._rows[-1].append(cell)
        elif name == "tr" and self._rows:
            row = "\t".join(self._rows.pop()).rstrip()
            (self._cells[-1] if self._cells else self.lines).append(row)

    def text(self, data: str) -> None:
        if self._in_text:
            self._words.append(data)


def _document(package: zipfile.ZipFile) -> list[str]:
    reader = _Word()
    reader.walk(_part(package, "word/document.xml"))
    return reader.lines


# Excel --------------------------------------------------------------------------------------------------------------


class _Strings(_Reader):
    """The shared strings of a workbook; furigana is left out."""

    def __init__(self) -> None:
        self.strings: list[str] = []
        self._words: list[str] = []
        self._in_text = self._phonetic = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._phonetic = self._phonetic or name == "rPh"
        self._in_text = name == "t" and not self._phonetic

    def end(self, name: str) -> None:
        self._in_text = False
        if name == "rPh":
            self._phonetic = False
        elif name == "si":
            self.strings.append("".join(self._words))
            self._words = []

    def text(self, data: str) -> None:
        if self._in_text:
            self._words.append(data)


class _Styles(_Reader):
    """Which cell styles show a number as a date."""

    def __init__(self) -> None:
        self.days: list[bool] = []
        self._custom: dict[int, bool] = {}
        self._in_cells = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt":
            self._custom[int(attributes["numFmtId"])] = bool(_DAY_FORMAT.search(attributes.get("formatCode", "")))
        elif name == "cellXfs":
            self._in_cells = True
        elif name == "xf" and self._in_cells:
            number = int(attributes.get("numFmtId", 0))
            self.days.append(self._custom.get(number, number in _BUILT_IN_DAYS))

    def end(self, name: str) -> None:
        self._in_cells = self._in_cells and name != "cellXfs"


@dataclass(slots=True)
class _Sheet(_Reader):
    """The rows of a sheet, each cell at its column; empty rows are left out."""

    strings: Sequence[str]
    days: Sequence[bool]
    lines: list[str] = field(default_factory=list)
    _row: dict[int, str] = field(default_factory=dict)
    _words: list[str] = field(default_factory=list)
    _at: int = 0
    _kind: str = ""
    _style: int = 0
    _in_value: bool = False
    _left: int = CELLS

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "row":
            self._row, self._at = {}, -1
        elif name == "c":
            place = _CELL.match(attributes.get("r", ""))
            self._at = _column(place[1]) if place else self._at + 1
            self._kind, self._style, self._words = attributes.get("t", "n"), int(attributes.get("s", 0)), []
        self._in_value = name in ("v", "t")

    def end(self, name: str) -> None:
        self._in_value = False
        if name == "c" and self._words and 0 <= self._at < COLUMNS:
            self._left -= 1
            if self._left < 0:
                raise _Refused("too many cells")
            self._row[self._at] = " ".join(self._shown("".join(self._words)).split())
        elif name == "row" and any(self._row.values()):
            self.lines.append("\t".join(self._row.get(i, "") for i in range(max(self._row) + 1)))

    def text(self, data: str) -> None:
        if self._in_value:
            self._words.append(data)

    def _shown(self, value: str) -> str:
        if self._kind == "s":
            return self.strings[int(value)] if 0 <= int(value) < len(self.strings) else ""
        if self._kind != "n":
            return "" if self._kind == "e" else value
        number = float(value)
        if self._style < len(self.days) and self.days[self._style] and 1 <= number < 2_958_466:
            return (_EPOCH + timedelta(days=int(number))).isoformat()
        return str(int(number)) if number == int(number) and abs(number) < 1e15 else value


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _sheets(package: zipfile.ZipFile, names: Sequence[str]) -> list[str]:
    strings, styles = _Strings(), _Styles()
    for reader, name in ((strings, "xl/sharedStrings.xml"), (styles, "xl/styles.xml")):
        if name in names:
            reader.walk(_part(package, name))
    numbered = sorted((int(hit[1]), name) for name in names if (hit := _SHEET.match(name)))
    return [line for _, name in numbered[:SHEETS] for line in _sheet(package, name, strings.strings, styles.days)]


def _sheet(package: zipfile.ZipFile, name: str, strings: Sequence[str], days: Sequence[bool]) -> Iterator[str]:
    sheet = _Sheet(strings, days)
    try:
        sheet.walk(_part(package, name))
    except _Refused:
        sheet.lines = sheet.lines[:CELLS]
    yield from sheet.lines
