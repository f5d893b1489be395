"""Make a register with a year of invented cases, for the picture of its dashboard: invented_year.py LANGUAGE FILE."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from mailbot.clock import system_clock
from mailbot.core.model import Language
from mailbot.core.procedure import Procedure
from mailbot.dashboard import dashboard
from mailbot.demo.stage import PEOPLE
from mailbot.newbook import TITLES
from mailbot.procedures import load_procedure
from mailbot.rows import columns
from mailbot.shipped import shipped
from sheets.excel.create import create
from sheets.table import Cell

CASES, DAYS, OLD = 240, 365, 25
NATURES = {
    "function": 22,
    "appearance": 15,
    "delivery": 12,
    "performance": 9,
    "packaging": 8,
    "shortage": 6,
    "service": 5,
}
DEPARTMENTS = {"quality": 9, "business": 4, "pmc": 3, "engineering": 2}
SEVERITIES = {"normal": 10, "important": 6, "urgent": 3}
HOURS_TO_ANSWER = (2, 5, 8, 20, 20, 23, 30, 55)


def rules(language: Language) -> Procedure:
    """The shipped rules, with the people of the demo in Chinese."""
    text = (shipped("rules") / "routing.toml").read_text(encoding="utf-8")
    for role, (name, _) in PEOPLE.items():
        text = text.replace(f'"{role}"', f'"{name}"') if language is not Language.EN else text
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "routing.toml").write_text(text, encoding="utf-8")
        return load_procedure(Path(folder), language, "CP-{year}-{seq:06d}").procedure


def case(number: int, office: Procedure, today: datetime, chance: Random) -> dict[str, Cell]:
    """One invented row: older cases are mostly closed."""
    received = today - timedelta(hours=24 * DAYS * chance.random())
    closed = chance.random() < (0.93 if today - received > timedelta(days=OLD) else 0.2)
    due = max(received, today - timedelta(days=OLD)) + timedelta(hours=24 * OLD * 1.6 * chance.random())
    living = "overdue" if due < today else chance.choice(["normal", "normal", "due_soon", "on_hold", "needs_human"])
    stage = chance.choice([stage for stage in office.stages.stage if stage.end is closed])

    def one(column: str, weights: Mapping[str, int]) -> str:
        keys = list(office.labels[column])
        return office.label(column, chance.choices(keys, [weights.get(key, 1) for key in keys])[0])

    return {
        "number": f"CP-{received.year}-{number:06d}",
        "stage": stage.name(office.language),
        "status": office.label("status", "closed" if closed else living),
        "due": None if closed else due.replace(second=0, microsecond=0),
        "received_at": received.replace(second=0, microsecond=0),
        "severity": one("severity", SEVERITIES),
        "department": one("department", DEPARTMENTS),
        "nature": one("nature", NATURES),
        "owner": chance.choice([person.name for person in office.people.persons] + [None] * (not closed)),
        "first_answer_on": (received + timedelta(hours=chance.choice(HOURS_TO_ANSWER))).date(),
        "closed_on": min(today, received + timedelta(days=chance.randrange(4, OLD))).date() if closed else None,
    }


def main(language: Language, target: Path) -> None:
    """Write the register."""
    office, now, chance = rules(language), system_clock(), Random(8)  # noqa: S311 - a play
    today = now.astimezone(UTC).replace(tzinfo=None)
    rows = [case(number, office, today, chance) for number in range(1, CASES + 1)]
    create(target, columns(office), TITLES[language], rows=rows, dashboard=dashboard(office, now))


if __name__ == "__main__":
    main(Language(sys.argv[1]), Path(sys.argv[2]))
