"""The register's columns as the rule file declares them: key, owner, type, headings, choices.

What a column is, in the company's words. How its cells are written lies in `sheets`; how a case becomes cells in `rows`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from mailbot.core.model import Language
from mailbot.core.rulefile import Field, Model, model_validator

Names = dict[Language, str]


class Choice(Model):
    """One thing that may be chosen: its key for rules, its label in each language."""

    key: str
    names: Names


class ColumnSpec(Model):
    """One column. `choices` are its own, or the name of a list kept elsewhere (severity, nature, department …)."""

    key: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    owner: Literal["bot", "shared", "staff"]
    kind: Literal["text", "number", "date", "datetime", "choice"] = "text"
    names: Names
    aliases: tuple[str, ...] = ()
    choices: tuple[Choice, ...] | Literal["severity", "nature", "department", "stage", "status"] = ()
    width: float = Field(default=14.0, gt=0, le=255)
    identity: bool = False
    fingerprint: bool = False
    hidden: bool = False

    def name(self, language: Language) -> str:
        """The heading in `language`, or the first one given."""
        return self.names.get(language) or next(iter(self.names.values()))


class ColumnFile(Model):
    """rules/columns.toml."""

    version: str
    effective: object = None
    column: tuple[ColumnSpec, ...]

    @model_validator(mode="after")
    def _one_identity_and_no_key_twice(self) -> ColumnFile:
        keys = [c.key for c in self.column]
        twice = sorted({k for k in keys if keys.count(k) > 1})
        if twice:
            raise ValueError(f"column key given twice: {', '.join(twice)}")
        if [c.key for c in self.column if c.identity] != ["number"]:
            raise ValueError("exactly one column, 'number', must have identity = true")
        if absent := sorted(ENGINE - set(keys)):
            raise ValueError(f"the program writes these columns, they must stay: {', '.join(absent)}")
        return self

    def by_key(self) -> Mapping[str, ColumnSpec]:
        """The columns by key, in the file's order."""
        return {c.key: c for c in self.column}


ENGINE = frozenset(
    "number stage status due waiting_for bot_note severity received_at channel email description nature department owner"
    " basis attachments claim_type".split()
)
"""Columns without which the program cannot work; every other one is the company's choice."""
