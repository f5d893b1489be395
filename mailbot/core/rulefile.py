"""Reading a TOML file into a checked model, every problem named with file and line.

The one home of pydantic and tomllib: config and rule files are declared as `Model`s elsewhere and read here. All
problems of a file are reported at once, in words for the person who edits it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from mailbot.core.brokentoml import explained

__all__ = [
    "Field",
    "FileProblems",
    "Model",
    "Problem",
    "field_validator",
    "lines_of",
    "model_validator",
    "read",
    "read_text",
    "text_of",
]

Key = tuple[str | int, ...]
M = TypeVar("M", bound="Model")


SECRET = frozenset({"password"})
"""Keys whose value is never repeated in a message."""


class Model(BaseModel):
    """A table of a file: frozen, and every key it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong in a file. `line` counts from 1; 0 when the whole file is meant."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}" if self.line else f"{self.file}: {self.message}"


@dataclass(eq=False)
class FileProblems(Exception):
    """A file that cannot be used as it is; `problems` lists everything found, in order of lines."""

    problems: tuple[Problem, ...]

    def __str__(self) -> str:
        return "\n".join(str(p) for p in self.problems)


def read(path: Path, model: type[M]) -> M:
    """Read and check the file at `path`. Raises FileProblems, also when it is missing or not UTF-8."""
    return read_text(text_of(path), model, file=str(path))


def text_of(path: Path) -> str:
    """The text of a file. Raises FileProblems when it is missing or not UTF-8."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise FileProblems((Problem(file=str(path), line=0, message=f"cannot be read: {error.strerror}"),)) from error
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        message = "is not UTF-8 text; save it as UTF-8 in your editor"
        raise FileProblems((Problem(file=str(path), line=line, message=message),)) from error


def read_text(text: str, model: type[M], *, file: str) -> M:
    """Check TOML `text`; `file` is the name used in messages. Raises FileProblems."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line, message = explained(str(error), text)
        raise FileProblems((Problem(file=file, line=line, message=message),)) from error
    try:
        return model.model_validate(tables)
    except ValidationError as error:
        lines = lines_of(text)
        found = [Problem(file=file, line=_line(lines, e["loc"]), message=_words(e)) for e in error.errors()]
        raise FileProblems(tuple(sorted(dict.fromkeys(found), key=lambda p: p.line))) from error


def lines_of(text: str) -> dict[Key, int]:
    """Map each key path of a TOML text, array indices included, to its line (from 1)."""
    lines: dict[Key, int] = {}
    for number, path in _keys(text):
        lines.setdefault(path, number)
    return lines


_PART = re.compile(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")
_DOTTED = rf"(?:{_PART.pattern})(?:\s*\.\s*(?:{_PART.pattern}))*"
_HEADER = re.compile(rf"^\s*(\[\[?)\s*({_DOTTED})\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(rf"^\s*({_DOTTED})\s*=")
_QUOTES = re.compile(r'"""|\'\'\'')


def _keys(text: str) -> Iterator[tuple[int, Key]]:
    table: Key = ()
    counts: dict[Key, int] = {}
    inside = ""
    for number, line in enumerate(text.split("\n"), 1):
        if inside:
            inside = "" if inside in line else inside
            continue
        if header := _HEADER.match(line):
            table = _resolve(_parts(header[2]), counts, array=header[1] == "[[")
            yield number, table
        elif key := _KEY.match(line):
            yield number, table + _parts(key[1])
        quotes = _QUOTES.findall(line)
        inside = quotes[-1] if len(quotes) % 2 else ""


def _resolve(parts: Key, counts: dict[Key, int], *, array: bool) -> Key:
    path: Key = ()
    for depth, part in enumerate(parts, 1):
        path += (part,)
        if depth == len(parts) and array:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path += (counts[path],)
    return path


def _parts(dotted: str) -> Key:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))


def _line(lines: dict[Key, int], where: tuple[Any, ...]) -> int:
    path: Key = tuple(where)
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _words(error: Any) -> str:
    where = ".".join(str(part) for part in error["loc"])
    said = {
        "missing": "is missing and must be given",
        "extra_forbidden": "is not a known key; correct the spelling or remove the line",
    }.get(error["type"]) or error["msg"].removeprefix("Value error, ")
    given = error.get("input")
    shown = (
        error["type"] != "extra_forbidden" and isinstance(given, str | int | float) and not SECRET & set(error["loc"])
    )
    said += f" (given: {given!r})" if shown else ""
    return f"{where} {said}" if where else said
