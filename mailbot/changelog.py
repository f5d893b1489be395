"""The sheet of changes: its columns, and what an event of the history is as lines of it.

A line says who changed what when, from what to what. Events that change nothing of a row have none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from mailbot.core.model import Event, Language
from mailbot.core.procedure import Procedure
from sheets.table import Cell, Column, Kind, Owner

TITLES = {Language.ZH_CN: "变更记录", Language.ZH_TW: "變更紀錄", Language.EN: "Changes"}
"""What the sheet is called in a new register."""

_LANGUAGES = (Language.ZH_CN, Language.ZH_TW, Language.EN)
_COLUMNS: tuple[tuple[str, Kind, float, tuple[str, str, str]], ...] = (
    ("entry", Kind.TEXT, 13, ("记录号", "紀錄號", "Entry")),
    ("at", Kind.DATETIME, 17, ("变更时间", "變更時間", "Changed at")),
    ("case", Kind.TEXT, 17, ("案件", "案件", "Case")),
    ("who", Kind.TEXT, 26, ("变更人", "變更人", "Changed by")),
    ("column", Kind.TEXT, 18, ("变更列", "變更欄", "Changed column")),
    ("old", Kind.TEXT, 36, ("原值", "原值", "Old value")),
    ("new", Kind.TEXT, 36, ("新值", "新值", "New value")),
    ("rules", Kind.TEXT, 22, ("规则版本", "規則版本", "Version of the rules")),
)
_ACTORS = {
    "bot": ("系统", "系統", "bot"),
    "sheet": ("台账", "台帳", "register"),
    "operator": ("管理员", "管理員", "operator"),
}
_MAIL = ("邮件 ", "郵件 ", "mail ")
_ENTRY = re.compile(r"E-(\d{7,12})(?:-\d+)?")


def columns(language: Language) -> tuple[Column, ...]:
    """The columns, headed in the staff's language; the first tells the lines apart."""
    index = _LANGUAGES.index(language)
    return tuple(
        Column(
            key=key,
            title=titles[index],
            owner=Owner.BOT,
            kind=kind,
            width=width,
            identity=key == "entry",
            aliases=tuple(dict.fromkeys(title for title in titles if title != titles[index])),
        )
        for key, kind, width, titles in _COLUMNS
    )


def lines(number: int, event: Event, procedure: Procedure) -> list[dict[str, Cell]]:
    """The lines of an event, `number` being its place in the ledger's history."""
    language, zone = procedure.language, procedure.calendar.zone
    shared: dict[str, Cell] = {
        "at": event.at.astimezone(zone).replace(tzinfo=None, microsecond=0),
        "case": event.case,
        "who": _actor(event.actor, language),
        "rules": str(event.facts.get("rules") or "") if isinstance(event.facts.get("rules"), str) else None,
    }
    found = list(_changes(event, procedure))
    return [
        {"entry": entry(number, place if len(found) > 1 else 0), **shared, "column": column, "old": old, "new": new}
        for place, (column, old, new) in enumerate(found, start=1)
    ]


def entry(number: int, place: int = 0) -> str:
    """What the first column of a line shows; `place` counts the lines of an event that has several."""
    return f"E-{number:07d}" + (f"-{place}" if place else "")


def number_of(cell: Cell) -> int:
    """The place in the history a first column names; 0 when it names none."""
    found = _ENTRY.fullmatch(str(cell or "").strip())
    return int(found[1]) if found else 0


def _changes(event: Event, procedure: Procedure) -> Iterator[tuple[str, Cell, Cell]]:
    """Column, old and new, in the words of the register."""
    facts = event.facts

    def change(column: str, old: Any, new: Any) -> tuple[str, Cell, Cell]:
        shown = (procedure.label(column, value) or None for value in (old, new))
        return procedure.column_name(column), *shown  # type: ignore[return-value]

    if event.kind in ("opened", "adopted"):
        yield change("number", None, event.case)
    if event.kind == "stage_entered":
        yield change("stage", None, facts.get("stage"))
    if {"column", "old", "new"} <= facts.keys():
        yield change(str(facts["column"]), facts["old"], facts["new"])
    yield from (change(column, old, None) for column, old in _several(facts, "cleared"))
    yield from (change(column, None, new) for column, new in _several(facts, "filled"))


def _several(facts: Mapping[str, Any], key: str) -> Iterator[tuple[str, Any]]:
    found = facts.get(key)
    if isinstance(found, Mapping):
        yield from ((str(column), value) for column, value in found.items())


def _actor(actor: str, language: Language) -> str:
    index = _LANGUAGES.index(language)
    kind, _, address = actor.partition(":")
    return _MAIL[index] + address if address else _ACTORS.get(kind, (actor,) * 3)[index]
