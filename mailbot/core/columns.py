"""The register's columns as the rule file declares them: key, owner, type, headings, choices.

What a column is, in the company's words. How its cells are written is in `sheets`, how a case becomes cells in `rows`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Literal

from mailbot.core.model import Language
from mailbot.core.rulefile import Field, Model, model_validator

Names = Annotated[dict[Language, str], Field(min_length=1)]


class Choice(Model):
    """One thing that may be chosen: its key for rules, its label in each language."""

    key: str
    names: Names


class ColumnSpec(Model):
    """One column. `told` is what it is called to customers, where `names` would sound odd; `never` are headings
    that look like this column's and are not; `least` and `most` bound a number.

    `choices` are its own, or the name of a list kept elsewhere (severity, nature, department …).
    """

    key: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    owner: Literal["bot", "shared", "staff"]
    kind: Literal["text", "number", "date", "datetime", "choice"] = "text"
    names: Names
    told: Names = {}
    aliases: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    choices: tuple[Choice, ...] | Literal["severity", "nature", "department", "stage", "status"] = ()
    least: float | None = None
    most: float | None = None
    width: float = Field(default=14.0, gt=0, le=255)
    identity: bool = False
    fingerprint: bool = False
    hidden: bool = False

    @model_validator(mode="after")
    def _a_choice_has_choices(self) -> ColumnSpec:
        if self.kind == "choice" and not self.choices:
            raise ValueError(f'column {self.key!r} has kind = "choice" and needs choices')
        keys = [choice.key for choice in self.choices if isinstance(choice, Choice)]
        if twice := sorted({key for key in keys if keys.count(key) > 1}):
            raise ValueError(f"column {self.key!r} gives a choice twice: {', '.join(twice)}")
        if self.least is not None and self.most is not None and self.least > self.most:
            raise ValueError(f"column {self.key!r} has a `least` above its `most`")
        if self.kind != "number" and (self.least, self.most) != (None, None):
            raise ValueError(f"column {self.key!r} is no number, so `least` and `most` mean nothing")
        return self

    @property
    def several(self) -> bool:
        """Whether one cell may hold several of the choices: a text column that has some."""
        return self.kind == "text" and bool(self.choices) and self.owner != "bot"

    def within(self, number: float) -> bool:
        """Whether a number may stand in the column."""
        return (self.least is None or number >= self.least) and (self.most is None or number <= self.most)

    @property
    def range(self) -> str:
        """The numbers that may stand in the column: `1-5`, `≥ 0`, `≤ 9`; empty when any may."""
        if self.least is not None and self.most is not None:
            return f"{self.least:g}-{self.most:g}"
        low, high = (f"{sign} {bound:g}" for sign, bound in (("≥", self.least or 0), ("≤", self.most or 0)))
        return low if self.least is not None else high if self.most is not None else ""

    def name(self, language: Language) -> str:
        """The heading in `language`, or the first one given."""
        return self.names.get(language) or next(iter(self.names.values()))


class ColumnFile(Model):
    """rules/columns.toml."""

    version: str
    effective: date | None = None
    column: tuple[ColumnSpec, ...]

    @model_validator(mode="after")
    def _one_identity_and_no_key_twice(self) -> ColumnFile:
        keys = [c.key for c in self.column]
        twice = sorted({k for k in keys if keys.count(k) > 1})
        if twice:
            raise ValueError(f"column key given twice: {', '.join(twice)}")
        if [c.key for c in self.column if c.identity] != ["number"]:
            raise ValueError("exactly one column, 'number', must have identity = true")
        if absent := [key for key in ENGINE if key not in keys]:
            raise ValueError(f"the program writes these columns, they must stay: {', '.join(absent)}")
        for column in self.column:
            if (owner := ENGINE.get(column.key)) and column.owner != owner:
                raise ValueError(f'column {column.key!r} is written by the program; it must have owner = "{owner}"')
        return self

    def by_key(self) -> Mapping[str, ColumnSpec]:
        """The columns by key, in the file's order."""
        return {c.key: c for c in self.column}


def headings_twice(columns: ColumnFile) -> Iterator[tuple[int, str]]:
    """Headings under which two columns would be found: the place of the second in the file, and what is wrong."""
    owners: dict[str, str] = {}
    for index, column in enumerate(columns.column):
        for heading in dict.fromkeys((*column.names.values(), *column.aliases)):
            if (owner := owners.setdefault(heading.casefold(), column.key)) != column.key:
                yield index, f"column {column.key!r}: the heading {heading!r} belongs to the column {owner!r} already"


class HeadingFile(Model):
    """rules/register.toml: what an adopted register calls the columns, by key, and what it does not mean by them."""

    headings: dict[str, str] = {}
    never: dict[str, tuple[str, ...]] = {}

    def applied(self, columns: ColumnFile, language: Language) -> ColumnFile:
        """The columns under the register's own headings; customers read the names they always read."""
        return columns.model_copy(update={"column": tuple(self._applied(c, language) for c in columns.column)})

    def _applied(self, spec: ColumnSpec, language: Language) -> ColumnSpec:
        own, never = self.headings.get(spec.key), self.never.get(spec.key, ())
        names = {**spec.names, language: own} if own else spec.names
        told, aliases = {**spec.names, **spec.told}, (*spec.names.values(), *spec.aliases)
        changes = {"names": names, "told": told, "aliases": aliases} if own else {}
        return spec.model_copy(update={**changes, "never": (*spec.never, *never)})


ENGINE: Mapping[str, str] = {
    **dict.fromkeys(("number", "stage", "status", "due", "waiting_for", "bot_note", "received_at", "basis"), "bot"),
    **dict.fromkeys(("attachments",), "bot"),
    **dict.fromkeys(("severity", "channel", "email", "description", "nature", "department", "owner", "claim_type"), ""),
}
"""Columns without which the program cannot work, with the owner each must have; every other is the company's choice."""
