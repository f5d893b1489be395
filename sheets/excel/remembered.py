"""The last reading kept on the disk, so that a program that starts need not read a large register anew.

A convenience only: it may be removed at any time. What is damaged, or was kept by another version of this program or
for other columns, is as good as not there.
"""

from __future__ import annotations

import json
import os
import sys
from array import array
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import date, datetime
from functools import cache
from hashlib import blake2b, sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sheets.excel.coded import CodedRows
from sheets.excel.marks import Marks, RowMarks
from sheets.excel.parts import SheetPart
from sheets.excel.reading import Reading
from sheets.header import Header
from sheets.table import Cell, Column, Sheet

_DIGEST = 32
_AT_ONCE = 10_000
"""Values written together: all of a large register at once would take as much memory again."""


def remember(path: Path, reading: Reading, columns: Sequence[Column]) -> None:
    """Keep a reading in a file of its own; one that cannot be known again in a later version is not worth it."""
    if reading.marks is None:
        return
    unfinished = path.with_name(f"{path.name}.tmp")
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            digest = blake2b(digest_size=_DIGEST)
            for part in (_made_by(columns), *_parts(reading, reading.marks)):
                for piece in (len(part).to_bytes(8, "big"), part):
                    file.write(piece)
                    digest.update(piece)
            file.write(digest.digest())
        unfinished.replace(path)


def remembered(path: Path, columns: Sequence[Column]) -> Reading | None:
    """The reading kept last; None when there is none that can be relied on."""
    try:
        kept = memoryview(path.read_bytes())
    except OSError:
        return None
    content = kept[:-_DIGEST]
    if kept[-_DIGEST:] != blake2b(content, digest_size=_DIGEST).digest():
        return None
    parts = _framed(content)
    return _reading(parts) if bytes(next(parts, b"")) == _made_by(columns) else None


def _framed(content: memoryview) -> Iterator[memoryview]:
    start = 0
    while start < len(content):
        length = int.from_bytes(content[start : start + 8], "big")
        yield content[start + 8 : start + 8 + length]
        start += 8 + length


def _parts(reading: Reading, marks: Marks) -> Iterator[bytes]:
    """What is no row, the rows, their marks, and the values they point to."""
    yield _json(
        {
            "version": reading.sheet.version,
            "remarks": reading.sheet.remarks,
            "doubles": reading.sheet.doubles,
            "part": asdict(reading.part),
            "header": asdict(reading.header),
            "formulas": reading.formulas,
            "setting": marks.setting,
            "texts": marks.texts,
            "keys": reading.rows.keys,
        }
    )
    yield reading.rows.positions.tobytes()
    yield reading.rows.codes.tobytes()
    yield marks.rows.positions.tobytes()
    yield marks.rows.signs
    values = reading.rows.values
    yield from (_json(values[start : start + _AT_ONCE]) for start in range(0, len(values), _AT_ONCE))


def _json(what: object) -> bytes:
    text = json.dumps(what, default=lambda day: [day.isoformat()], ensure_ascii=False)
    return text.encode("utf-8", "surrogatepass")


def _loaded(part: memoryview) -> Any:
    return json.loads(bytes(part).decode("utf-8", "surrogatepass"))


def _reading(parts: Iterator[memoryview]) -> Reading:
    told = _loaded(next(parts))
    positions, codes, marked = (array("I", bytes(next(parts))) for _ in range(3))
    marks = RowMarks(positions=marked, signs=bytes(next(parts)))
    values = [_value(value) for part in parts for value in _loaded(part)]
    rows = CodedRows(told["keys"], values, positions, codes)
    header = Header(**{**told["header"], "remarks": tuple(told["header"]["remarks"])})
    sheet = Sheet(
        rows=rows,
        found=frozenset(header.columns),
        version=told["version"],
        remarks=tuple(told["remarks"]),
        doubles=tuple(told["doubles"]),
    )
    length, digest = told["texts"]
    return Reading(
        sheet=sheet,
        rows=rows,
        part=SheetPart(**told["part"]),
        header=header,
        formulas=told["formulas"],
        marks=Marks(rows=marks, setting=told["setting"], texts=(length, digest)),
    )


def _value(value: Any) -> Cell:
    if value.__class__ is not list:
        return value  # type: ignore[no-any-return]
    return date.fromisoformat(value[0]) if len(value[0]) == 10 else datetime.fromisoformat(value[0])


def _made_by(columns: Sequence[Column]) -> bytes:
    """What a reading depends on besides the file."""
    return sha256(_program() + repr(tuple(columns)).encode()).digest()


@cache
def _program() -> bytes:
    """This very program: a reading of another may mean something else."""
    sources = sorted(Path(__file__).parents[1].rglob("*.py"))
    what = [sys.version, sys.byteorder, version("python-calamine"), *(path.read_text("utf-8") for path in sources)]
    return sha256("\0".join(what).encode()).digest()
