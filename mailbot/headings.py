"""What a company's own register calls our columns: a proposal from its headings and what stands below them.

Only proposes; `commands.adopt` asks and writes. A column whose cells the bot would overwrite is never taken: it stays
the company's, and a column of ours is added beside it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from mailbot.core.columns import ENGINE, ColumnSpec
from mailbot.core.procedure import Procedure
from mailbot.rows import columns
from mailbot.typed import understand_cell
from sheets.excel.survey import Survey
from sheets.header import meant
from sheets.table import Cell, Column

LIKE, INSIDE, SPURIOUS = 0.6, 0.8, 0.1
"""How alike two headings must be (0-1) to be worth a question; one inside the other; letters alike by chance."""
MOSTLY = 0.5
"""The share of a column's cells that must make sense before it is taken without a question."""
WORD = re.compile(r"[a-z]+")
LOOKS = {"email": re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")}
"""Columns whose cells say what they are, whatever they are called."""
OURS_BESIDE = {"zh-CN": "（系统）", "zh-TW": "（系統）", "en": " (bot)"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """By column of the workbook (from 1): `taken` is a key of ours; `asked` one that needs a yes, with the reason.

    `kept` are columns that look like the bot's own but hold the company's data; they stay as they are.
    """

    taken: Mapping[int, str]
    asked: Mapping[int, tuple[str, str]]
    kept: Mapping[int, str]

    def settled(self, answers: Mapping[int, str]) -> Proposal:
        """With the answers to what was asked: a key, or "" for a column of the company's own."""
        taken = {**self.taken, **{column: key for column, key in answers.items() if key}}
        return replace(self, taken=taken, asked={})


def propose(found: Survey, procedure: Procedure, said: Mapping[str, str]) -> Proposal:
    """Match headings to columns; `said` (heading → key, "" for none) was decided by the operator."""
    taken: dict[int, str] = {}
    asked: dict[int, tuple[str, str]] = {}
    kept: dict[int, str] = {}
    known = columns(procedure)
    for column, heading in found.headings.items():
        if heading in said:
            taken |= {column: said[heading]} if said[heading] else {}
            continue
        key = meant(heading, known)
        if key is None:
            if (like := _like(heading, found.below[column], procedure)) and like not in taken.values():
                asked[column] = (like, "it is called differently")
        elif key in taken.values():
            asked[column] = (key, "another column is called so too")
        elif procedure.columns[key].owner == "bot" and not _harmless(key, found.below[column], procedure):
            kept[column] = key
        elif (share := sense(key, found.below[column], procedure)) < MOSTLY:
            asked[column] = (key, f"only {share:.0%} of its cells can be understood so")
        else:
            taken[column] = key
    asked = {column: (key, why) for column, (key, why) in asked.items() if key not in taken.values()}
    return Proposal(taken=taken, asked=asked, kept=kept)


def sense(key: str, cells: tuple[Cell, ...], procedure: Procedure) -> float:
    """The share of a column's filled cells that mean something for `key`; 1 when none is filled."""
    filled = [cell for cell in cells if cell is not None]
    if not filled:
        return 1.0
    return sum(not understand_cell(key, cell, procedure)[1] for cell in filled) / len(filled)


def added(present: Collection[str], found: Survey, procedure: Procedure, *, everything: bool = False) -> dict[str, str]:
    """The columns to be added where those `present` are there, with their headings.

    What the bot writes, and what the stages ask for; with `everything` every column the rules know.
    """
    asked = {key for stage in procedure.stages.stage for key in (*stage.requires, stage.done) if key}
    asked |= {deadline.until for deadline in procedure.stages.deadline}
    there = {fold(heading) for heading in found.headings.values()}
    wanted = [
        spec
        for key, spec in procedure.columns.items()
        if key not in present
        and (everything or key in asked or key in ENGINE or spec.owner == "bot")
        and not spec.hidden
    ]
    beside = OURS_BESIDE[procedure.language]
    titles = {spec.key: spec.name(procedure.language) for spec in wanted}
    return {key: title + beside if fold(title) in there else title for key, title in titles.items()}


def new_columns(titles: Mapping[str, str], procedure: Procedure) -> list[Column]:
    """The columns to be added, under the headings they get."""
    return [replace(column, title=titles[column.key]) for column in columns(procedure) if column.key in titles]


def fold(heading: str) -> str:
    """A heading without case, width and blanks."""
    return "".join(unicodedata.normalize("NFKC", heading).casefold().split())


def _names(spec: ColumnSpec) -> set[str]:
    return {fold(name) for name in (*spec.names.values(), *spec.aliases, spec.key)}


def _like(heading: str, cells: tuple[Cell, ...], procedure: Procedure) -> str:
    """The column whose name is most like a heading, among those its cells make sense for; "" when none is."""
    candidates = [
        (likeness, spec.key)
        for spec in procedure.columns.values()
        if (spec.owner != "bot" or _harmless(spec.key, cells, procedure))
        and (likeness := max(_likeness(heading, name) for name in (*spec.names.values(), *spec.aliases))) >= LIKE
        and sense(spec.key, cells, procedure) >= MOSTLY
    ]
    looks = [(1.0, key) for key, pattern in LOOKS.items() if _all_look(cells, pattern)]
    return max(looks or candidates, default=(0.0, ""))[1]


def _likeness(heading: str, name: str) -> float:
    """How alike two headings are: one inside the other counts much, in Latin letters whole words only."""
    one, other = fold(heading), fold(name)
    words, named = (set(WORD.findall(text.casefold())) for text in (heading, name))
    inside = named <= words if name.isascii() else len(other) > 1 and other in one
    return max(INSIDE if inside else 0.0, SequenceMatcher(None, one, other).ratio() - SPURIOUS)


def _all_look(cells: tuple[Cell, ...], pattern: re.Pattern[str]) -> bool:
    filled = [str(cell) for cell in cells if cell is not None]
    return bool(filled) and all(pattern.fullmatch(text.strip()) for text in filled)


def _harmless(key: str, cells: tuple[Cell, ...], procedure: Procedure) -> bool:
    """Whether the bot may have the column: it is empty, or says when complaints came in, which stays."""
    return all(cell is None for cell in cells) or (key == "received_at" and sense(key, cells, procedure) == 1.0)
