"""Which rows without a known identity can be a record somebody typed, and which only stand around the records.

A shared table also holds repeated headings, totals, signature lines and remarks. None of them may ever become a
record; a real record has words in a descriptive column and something else beside them. Words here are those of
spreadsheets and offices, never of one trade.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache

from sheets.cells import normal
from sheets.table import Cell, Column, Kind, Owner, Row

_DASHES = re.compile("[\u2010-\u2015\u2212\u2e3a\u2e3b\u30fc\ufe58\ufe63\uff0d_-]+")
_BLANKS = re.compile(r"[\s\u00ad\u200b-\u200f\u2060\ufeff]+")
_SUFFIX = re.compile(r"[*:]+|[(\[【].*?[)\]】]")
_TOTAL = re.compile(
    r".{0,12}?(合计|合計|总计|總計|小计|小計|共计|共計|累计|累計|汇总|彙總|平均值?|(SUB|GRAND)?-?TOTALS?|SUM|AVERAGE)"
    r"([:：(=].{0,24}|[-\d.,]*[件個个条條项項]?)"
)
_SIGNATURE = re.compile(
    r"(制表|製表|填表|编制|編制|审核|審核|复核|複核|核准|批准|签字|簽字|签名|簽名|备注|備註|说明|說明|注|"
    r"PREPARED(BY)?|CHECKED(BY)?|REVIEWED(BY)?|APPROVED(BY)?|SIGNED(BY)?|SIGNATURES?|REMARKS?|NOTES?)人?[:：].{0,40}"
)
_WORDS = re.compile(r"[^\W\d_]")


def canonical(cell: Cell) -> str:
    """Return a cell as text that survives retyping: NFKC, upper case, no blanks, one kind of dash; empty is ""."""
    cell = normal(cell)
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        at_midnight = (cell.hour, cell.minute) == (0, 0)
        cell = cell.date().isoformat() if at_midnight else cell.isoformat(" ", "minutes")
    elif isinstance(cell, date):
        cell = cell.isoformat()
    text = unicodedata.normalize("NFKC", str(cell)).upper()
    return _DASHES.sub("-", _BLANKS.sub("", text))


def is_record(row: Row, columns: Sequence[Column]) -> bool:
    """Whether people may have meant `row` as a record: two filled cells of theirs, one of them words, no furniture."""
    filled = {c.key: text for c in columns if (text := canonical(row.cells.get(c.key)))}
    theirs = [c for c in columns if c.key in filled and c.owner is not Owner.BOT]
    described = any(c.kind is Kind.TEXT and _WORDS.search(filled[c.key]) for c in theirs)
    return len(theirs) >= 2 and described and not _is_furniture(filled, columns)


def _is_furniture(filled: Mapping[str, str], columns: Sequence[Column]) -> bool:
    if any(_TOTAL.fullmatch(text) or _SIGNATURE.fullmatch(text) for text in filled.values()):
        return True
    heads = sum(_head(filled[c.key]) in _heads(c) for c in columns if c.key in filled)
    return heads >= 2 and heads * 2 > len(filled)


def _heads(column: Column) -> frozenset[str]:
    return _headings((column.title, *column.aliases, column.key))


@lru_cache(maxsize=1024)  # asked for every cell of every stray row
def _headings(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(_head(canonical(name)) for name in names)


def _head(text: str) -> str:
    return _SUFFIX.sub("", text) or text
