"""The local Google for every test here, with the contract suite and the house of the stories on the path."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).parents[1] / "sheets"), str(Path(__file__).parents[1] / "stories")]
pytest.register_assert_rewrite("register_contract")

from mailbot.demo.google.server import LocalGoogle  # noqa: E402 - it needs the path
from sheets.google import budget  # noqa: E402


@pytest.fixture
def google() -> Iterator[LocalGoogle]:
    """A Google of one's own, answering on loopback, that asks for tokens; nobody has used its quota yet."""
    budget._BUDGETS.clear()
    with LocalGoogle().serving() as local:
        local.needs_token = True
        yield local
