"""What a colleague's answer to a letter asks for: `完成 原因分析`, `done`, `延期 3天 因为…`, `extend 3 days because …`.

The first line is the instruction, further lines `heading: text` fill cells. Reading only; what may be done about it is
`answers`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from mailbot.core.procedure import Procedure
from mailbot.core.stages import Unit

LINES, LONGEST = 60, 2000
"""Lines looked at, and characters of a cell or a reason kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    """What is asked for. `stage` is the key of the stage named, `result` what else the line says; either may be empty.

    An `amount` of 0 is a wish for more time that does not say how much. `doubtful`: the words after `done` go on as a
    sentence does ("done by Friday"). `cells` are column keys with text.
    """

    verb: Literal["done", "extend"]
    stage: str = ""
    result: str = ""
    doubtful: bool = False
    cells: tuple[tuple[str, str], ...] = ()
    amount: float = 0
    unit: Unit = "days"
    why: str = ""


def read_instruction(text: str, procedure: Procedure) -> Instruction | None:
    """Read an answer; None when it does not begin with an instruction."""
    lines = [line.strip() for line in text.strip().splitlines()[:LINES]]
    first = lines[0] if lines else ""
    if found := _matched(_DONE, first):
        stage, rest = _stage_named(found["rest"].strip(_SIGNS), procedure)
        doubtful = bool(rest) and not stage and not found["sign"].strip()
        cells = tuple(_cells(lines[1:], procedure))
        return Instruction(verb="done", stage=stage, result=rest, doubtful=doubtful, cells=cells)
    if found := _matched(_EXTEND, first):
        why = " ".join(filter(None, (found["why"].strip(_SIGNS), *lines[1:])))
        amount = _NUMBERS.get(found["amount"].casefold()) or float(found["amount"])
        _, times, unit = next(each for each in _UNITS if re.fullmatch(each[0], found["unit"], re.IGNORECASE))
        return Instruction(verb="extend", amount=amount * times, unit=unit, why=_WHY.sub("", why)[:LONGEST])
    return Instruction(verb="extend", result=first) if _UNTIL.match(_plain(first)) else None


def _matched(form: re.Pattern[str], line: str) -> re.Match[str] | None:
    """The line as it was written where that fits, for its words go into cells; else with its signs made plain."""
    return form.fullmatch(line) or form.fullmatch(_plain(line))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _stage_named(rest: str, procedure: Procedure) -> tuple[str, str]:
    """The stage a text begins with, by its key or its name in any language, and what is left of the text."""
    names = {name: s.key for s in procedure.stages.stage if not s.end for name in (s.key, *s.names.values())}
    for name in sorted(names, key=len, reverse=True):
        after = rest[len(name) :]
        cut = not (after[:1].isascii() and after[:1].isalnum()) or not name.isascii()
        if _plain(rest[: len(name)]).casefold() == _plain(name).casefold() and cut:
            return names[name], after.strip(_SIGNS)
    return "", rest


def _cells(lines: Sequence[str], procedure: Procedure) -> Iterator[tuple[str, str]]:
    """The cells further lines fill; a line without a heading goes on with the cell before it."""
    headings = {
        _fold(name): spec.key
        for spec in procedure.columns.values()
        for name in (*spec.aliases, spec.key, *spec.names.values())
    }
    column, text = "", ""
    for line in (*lines, ""):
        head, *rest = _COLON.split(line, maxsplit=1)
        if (found := headings.get(_fold(head)) if rest else None) or not line:
            if column and text:
                yield column, text[:LONGEST]
            column, text = found or "", "".join(rest).strip()
        elif column:
            text = f"{text}\n{line}".strip()


def _fold(text: str) -> str:
    return "".join(_plain(text).split()).casefold()


_SIGNS = " \t:,.;!。，；！、-—"
_COLON = re.compile("[:：﹕︰]")
_DONE = re.compile(
    r"(?:已经?完成|已办结|已處理完|已处理完|完成了?|办结|辦結|all done|done|completed?|finished)"
    r"(?P<sign>\s*[:,.;!：，；！。、—-]+\s*|(?![a-z])\s*)(?P<rest>.*)",
    re.IGNORECASE,
)
_UNITS: tuple[tuple[str, float, Unit], ...] = (
    (r"个?工作[日天]|個?工作[日天]|(?:working|business) ?days?", 1, "working_days"),
    (r"个?工作小时|個?工作小時|working ?hours?", 1, "working_hours"),
    (r"[天日]|days?", 1, "days"),
    (r"个?小时|個?小時|钟头|hours?|hrs?", 1, "hours"),
    (r"周|个?星期|週|個?星期|weeks?", 7, "days"),
)
_NUMBERS = {"半": 0.5, **{word: n for n, word in enumerate("一二三四五六七八九十", 1)}, "两": 2.0, "兩": 2.0} | {
    word: float(n) for n, word in enumerate(("a", "one", "two", "three", "four", "five"), 0) if n
}
_EXTEND = re.compile(
    r"(?:申请|申請|请|請|please )?\s*(?:延期|延长|延長|顺延|順延|推迟|推遲|extend|postpone|prolong)"
    r"\s*(?:it\s*)?(?:by\s+|for\s+)?"
    rf"(?P<amount>\d{{1,3}}(?:\.\d)?|{'|'.join(_NUMBERS)})\s*"
    rf"(?P<unit>{'|'.join(words for words, *_ in _UNITS)})(?![a-z])(?P<why>.*)",
    re.IGNORECASE,
)
_UNTIL = re.compile(
    r"(?:申请|申請|请|請|please )?\s*(?:(?:延期|延长|延長|顺延|順延|推迟|推遲)\s*(?:$|[:,.!，。：！]|到|至|\d)"
    r"|(?:extend|postpone|prolong)\b\s*(?:it\b|the deadline\b|the due date\b)?"
    r"\s*(?:$|[:,.!]|until|till|to \d|by\b|for\b|\d))",
    re.IGNORECASE,
)
"""More time, but not how much of it: 延期到5月20日, "extend until Friday"."""
_WHY = re.compile(
    r"^(?:因为|因為|由于|由於|原因(?:是)?|理由|because(?: of)?|since|as|reason)[\s:,：，]*", re.IGNORECASE
)
