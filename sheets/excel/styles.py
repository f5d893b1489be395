"""The workbook's cell formats: read, and added to at the end. No format that exists is changed or renumbered."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum, auto
from functools import cached_property

from sheets.excel.outline import Element, Splice, outline, spliced, tag_with, with_attributes
from sheets.excel.values import Need
from sheets.register import Refused

FORMAT_LIMIT = 65_000
SHORT_DATE, SHORT_DATETIME, GENERAL = "14", "22", "0"

_DATES = frozenset([*range(14, 18), *range(27, 32), 36, *range(50, 55), 57, 58])
_TIMES = frozenset([*range(18, 22), *range(32, 36), 45, 46, 47, 55, 56])
_NOT_CODE = re.compile(r'"[^"]*"|\\.|_.|\*.')
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_BRACKETS = re.compile(r"\[[^\]]*\]")


class Shows(Enum):
    """What a number format makes of a number."""

    NUMBER = auto()
    DATE = auto()
    DATETIME = auto()
    TIME = auto()
    NOTHING = auto()


class Styles:
    """One workbook's cell formats. `fitting` may add some; `part` gives the styles part with them."""

    def __init__(self, part: bytes) -> None:
        self._part = part
        root = outline(part, "styles")
        table = root.child("cellXfs")
        if table is None or not table.children:
            raise Refused("no-styles", "the workbook has no cell formats")
        self._table: Element = table
        self._formats = [part[e.start : e.end] for e in table.children]
        self._elements = table.children
        self._codes = {int(e.attribute("numFmtId", "-1")): e.attribute("formatCode") for e in root.all("numFmt")}
        self._added: list[bytes] = []
        self._fitted: dict[tuple[int, Need], int] = {}

    def fitting(self, style: int, need: Need) -> int:
        """The format like `style` in which a value of this need shows rightly; `style` itself where it does."""
        if style >= len(self._formats) + len(self._added):
            raise Refused("no-styles", f"cell format {style} does not exist")
        if (style, need) not in self._fitted:
            changes = self._changes(style, need)
            self._fitted[style, need] = self._like(style, changes) if changes else style
        return self._fitted[style, need]

    def unlocked(self, style: int) -> bool:
        """Whether sheet protection leaves cells of this format open."""
        protection = self._elements[style].child("protection") if style < len(self._elements) else None
        return protection is not None and not protection.flag("locked", True)

    def part(self) -> bytes | None:
        """The styles part with the added formats; None when none was added."""
        if not self._added:
            return None
        total = str(len(self._formats) + len(self._added))
        count: Splice = with_attributes(self._part, self._table, {"count": total})
        return spliced(self._part, [count, (self._table.closing, self._table.closing, b"".join(self._added))])

    def _changes(self, style: int, need: Need) -> Mapping[str, str]:
        marked = b"quotePrefix" in self._raw(style) and self._marked(style)
        if need is Need.TEXT_MARK:
            return {} if marked else {"quotePrefix": "1"}
        if need is Need.NOTHING:
            return {}
        shows, changes = self._shows(style), {"quotePrefix": "0"} if marked else {}
        unfit, number_format = _UNFIT[need]
        return changes | ({"numFmtId": number_format, "applyNumberFormat": "1"} if shows in unfit else {})

    def _like(self, style: int, changes: Mapping[str, str]) -> int:
        raw = self._raw(style)
        end = raw.index(b">") + 1
        clone = tag_with(raw[:end], changes) + raw[end:]
        if clone not in self._known:
            if len(self._known) >= FORMAT_LIMIT:
                raise Refused("too-many-formats", "the workbook has no room for another cell format")
            self._known[clone] = len(self._formats) + len(self._added)
            self._added.append(clone)
        return self._known[clone]

    @cached_property
    def _known(self) -> dict[bytes, int]:
        return {raw: index for index, raw in reversed(list(enumerate(self._formats)))}

    def _raw(self, style: int) -> bytes:
        return self._formats[style] if style < len(self._formats) else self._added[style - len(self._formats)]

    def _marked(self, style: int) -> bool:
        return re.search(rb"quotePrefix\s*=\s*[\"'](?:1|true)", self._raw(style)) is not None

    def _shows(self, style: int) -> Shows:
        match = re.search(rb"numFmtId\s*=\s*[\"'](\d+)", self._raw(style))
        number_format = int(match[1]) if match else 0
        if number_format in self._codes:
            return shows(self._codes[number_format])
        if number_format == 22:
            return Shows.DATETIME
        return Shows.DATE if number_format in _DATES else Shows.TIME if number_format in _TIMES else Shows.NUMBER


def shows(code: str) -> Shows:
    """What a custom number format shows of a positive number."""
    first = code.split(";")[0]
    plain = _NOT_CODE.sub("", first)
    if _ELAPSED.search(plain):
        return Shows.TIME
    signs = set(_BRACKETS.sub("", plain).lower().replace("general", "").replace("am/pm", "h").replace("a/p", "h"))
    if signs & {"y", "d", "e"} and "0" not in signs:
        return Shows.DATETIME if signs & {"h", "s"} else Shows.DATE
    if signs & {"h", "s"}:
        return Shows.TIME
    if "m" in signs:
        return Shows.DATE
    return Shows.NOTHING if not first and ";" in code else Shows.NUMBER


_NO_DATE = frozenset({Shows.NUMBER, Shows.TIME, Shows.NOTHING})
_UNFIT = {
    Need.NUMBER: (frozenset({Shows.DATE, Shows.DATETIME, Shows.TIME}), GENERAL),
    Need.DATE: (_NO_DATE, SHORT_DATE),
    Need.DATETIME: (_NO_DATE, SHORT_DATETIME),
}
