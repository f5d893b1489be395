"""The table of what the field asks for is complete, and every place, column and test it names exists."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "requirements.md").read_text(encoding="utf-8")
ROWS = {
    cells[0]: cells[1:] for line in PAGE.splitlines() if len(cells := [c.strip() for c in line.split("|")[1:-1]]) == 4
}
NUMBERS = [f"D-{n:02}" for n in (*range(1, 6), *range(10, 15), *range(20, 31), *range(40, 47), *range(50, 53))]
NUMBERS += [f"D-{n}" for n in (*range(60, 67), *range(70, 74))]
"""What the field asks for: words 1, intake 10, record 20, classification 40, roles 50, stages 60, reports 70."""
COLUMNS = {c["key"] for c in tomllib.loads((ROOT / "rules" / "columns.toml").read_text(encoding="utf-8"))["column"]}


def test_nothing_the_field_asks_for_is_left_out_or_made_up() -> None:
    assert [number for number in ROWS if number.startswith("D-")] == NUMBERS


@pytest.mark.parametrize("number", NUMBERS)
def test_the_places_columns_and_tests_named_exist(number: str) -> None:
    what, where, shown = ROWS[number]
    assert what
    named = re.findall(r"`([^`]+)`", where)
    assert named
    for name in named:
        assert (ROOT / name).exists() if "/" in name else name in COLUMNS, f"{number} names {name}"
    file, _, test = shown.strip("`").partition("::")
    assert re.search(rf"^def {test}\(", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE), f"{number}: {shown}"
