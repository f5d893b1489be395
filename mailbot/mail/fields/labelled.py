"""A value that stands behind or below a label."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A labelled value: the field, its offsets in `spoken`, and whether it fills a form line or a cell.

    `label` is the label as folded, or what the row of a table is; `unit` where the head of the column names a unit.
    """

    field: str
    start: int
    end: int
    form: bool
    label: str = ""
    unit: tuple[int, int] | None = None
