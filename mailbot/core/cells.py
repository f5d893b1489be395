"""A cell as staff changed it: the noun that passes between the sheet's reader and the decisions."""

from __future__ import annotations

from dataclasses import dataclass

from mailbot.core.model import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class CellEdit:
    """What staff put into a cell: `value` when it could be understood, else `misfit` as typed."""

    column: str
    old: Value
    value: Value = None
    misfit: str = ""
