"""What a further mail adds to the row of its case, and the satisfaction a customer answers with.

Only empty cells are filled; where the mail says otherwise than the row, staff are told and judge themselves.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from mailbot.core.model import Case, ReadMail, Value
from mailbot.core.procedure import Procedure

UNTOLD = frozenset({"demand", "email"})
"""Columns whose difference is no news: a customer repeats his demand in part and writes from several addresses."""


LINES_READ = 3
"""A greeting may stand before the score; further down a number means something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplement:
    """`values` are the cells to fill, `differing` the columns for which the mail says something else.

    `confirmed` are the columns for which it says what the row says.
    """

    values: dict[str, Value]
    differing: dict[str, str]
    confirmed: frozenset[str]


def supplement(case: Case, mail: ReadMail, procedure: Procedure) -> Supplement:
    """Compare what a mail says with the row. Cells that hold what could not be understood are left to staff."""
    values: dict[str, Value] = {}
    differing: dict[str, str] = {}
    confirmed: set[str] = set()
    for key, finding in mail.fields.items():
        new = "; ".join(finding.value) if isinstance(finding.value, tuple) else finding.value
        if new in (None, "") or key in case.misfits:
            continue
        if (known := case.values.get(key)) in (None, ""):
            values[key] = new
        elif alike(known, new):
            confirmed.add(key)
        elif key in procedure.columns and key not in UNTOLD:
            differing[key] = str(new)
    return Supplement(values=values, differing=differing, confirmed=frozenset(confirmed))


def rating(case: Case, mail: ReadMail) -> int | None:
    """The 1-5 a customer answers with, only where satisfaction was asked and is not known yet."""
    asked = any(":satisfaction:" in key for key in case.done)
    open_cell = case.values.get("satisfaction") in (None, "") and "satisfaction" not in case.misfits
    return score(mail.new_text) if asked and open_cell else None


def score(text: str) -> int | None:
    """Read how an answer begins: `5`, `4分`, `满意度：4`, `非常满意`, `5/5 thank you`. None when that is no score."""
    lines = [line.strip() for line in unicodedata.normalize("NFKC", text).casefold().splitlines() if line.strip()]
    for line in lines[:LINES_READ]:
        if found := _ALONE.fullmatch(line) or _MARKED.match(line):
            return int(next(digit for digit in found.groups() if digit))
        if (words := " ".join(_CLAUSE.split(line)[0].split())) in SCORES:
            return SCORES[words]
    return None


def alike(known: Value, new: object) -> bool:
    """Whether two values of a field mean the same, however they are written."""
    if isinstance(known, int | float) and isinstance(new, int | float):
        return known == new
    if isinstance(known, date) or isinstance(new, date):
        return str(known)[:10] == str(new)[:10]
    return plain(known) == plain(new)


def plain(value: object) -> str:
    """A value without blanks, case and width, for comparing."""
    return "".join(unicodedata.normalize("NFKC", str(value)).split()).casefold()


_MARKS = " .。!,~"
_CLAUSE = re.compile(r"[.。!,;~:]")
_LABEL = r"(?:满意度|滿意度|评分|評分|打分|satisfaction|rating|score)\s*(?:是|为|為|is)?\s*:?\s*"
_ALONE = re.compile(rf"(?:{_LABEL})?([1-5])[{_MARKS}]*")
# After a bare digit more would make it a quantity or a list (`1. The housing …`); after these it may go on.
_END = rf"(?:$|[{_MARKS}])"
_UNIT = r"(?:分|星|/\s*5|stars?\b|points?\b|out of 5)"
_GIVEN = rf"(?:我?(?:给|給|打)\s*)?([1-5])\s*{_UNIT}{_END}"
_MARKED = re.compile(rf"{_LABEL}([1-5])(?:\s*分)?{_END}|{_GIVEN}")
_WORDS = {
    5: "非常满意 非常滿意 十分满意 十分滿意 很满意 很滿意 very_satisfied",
    4: "满意 滿意 比较满意 比較滿意 satisfied",
    3: "一般 neutral neither_satisfied_nor_dissatisfied",
    2: "不满意 不滿意 不太满意 不太滿意 dissatisfied not_satisfied unsatisfied",
    1: "非常不满意 非常不滿意 很不满意 很不滿意 very_dissatisfied very_unsatisfied",
}
SCORES = {word.replace("_", " "): points for points, words in _WORDS.items() for word in words.split()}
"""The words of the scale the letter offers, and those nearest to them."""
