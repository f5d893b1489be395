"""Tables stay readable in a narrow terminal."""

from __future__ import annotations

import pytest

from mailbot.commands.terminal import table

HEADS = ("no", "state", "case", "letter", "to", "ordered", "why")
ROW = (
    "12",
    "held",
    "CP-2026-000001",
    "stage_news",
    "zhouqm@kaide-auto.example",
    "2026-05-11 09:04 CST",
    "索赔案件" * 6,
)


@pytest.mark.parametrize("width", [60, 80, 100, 140])
def test_numbers_and_times_are_never_broken(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    table("Outbox", HEADS, [ROW])
    said = capsys.readouterr().out
    assert all(cell in said for cell in (*ROW[:4], ROW[5]))


def test_a_row_too_wide_becomes_a_block(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    table("Outbox", HEADS, [ROW, (*ROW[:6], "")])
    lines = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    assert "  to       zhouqm@kaide-auto.example" in lines
    assert sum(line.startswith("  why") for line in lines) == 1
