"""What columns that stay a company's own say of its rows when a register is taken over: what is over, when it came."""

from __future__ import annotations

import re

from mailbot.headings import Proposal
from sheets.excel.survey import Survey
from sheets.table import Cell

OVER = re.compile(r"结案|結案|关闭|關閉|归档|歸檔|完结|完結|closed|done|finished|completed?", re.IGNORECASE)
YES = re.compile(r"是|y|yes|ok|true|1|√|✓|✔|☑|●|○|完成|已完成", re.IGNORECASE)
NOT_OVER = re.compile(r"未|待|没|沒|不|not|\bun|open|incomplete", re.IGNORECASE)


def finished(found: Survey, proposal: Proposal) -> frozenset[int]:
    """Rows that are over as the company's own columns say: its states, and those that ask whether it is closed."""
    states = {column for column, key in proposal.kept.items() if key in ("status", "stage")}
    asking = {n for n, title in found.headings.items() if n not in proposal.taken and _is_over(title)}
    return frozenset(
        found.row + 1 + index
        for column in states | asking
        for index, cell in enumerate(found.below[column])
        if _over(cell, asked=column in asking)
    )


def _over(cell: Cell, *, asked: bool) -> bool:
    text = str(cell).strip() if cell is not None else ""
    return _is_over(text) or (asked and YES.fullmatch(text) is not None)


def _is_over(text: str) -> bool:
    return OVER.search(text) is not None and NOT_OVER.search(text) is None


def received(found: Survey, proposal: Proposal) -> dict[int, Cell]:
    """When the rows came in, by position, where the company keeps that in a column of its own."""
    kept = [column for column, key in proposal.kept.items() if key == "received_at"]
    return {found.row + 1 + index: cell for c in kept for index, cell in enumerate(found.below[c])}
