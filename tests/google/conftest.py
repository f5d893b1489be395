"""The local Google for every test here, and the contract suite of the registers on the path."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "sheets"))
pytest.register_assert_rewrite("register_contract")

from localgoogle import LocalGoogle  # noqa: E402 - it needs the path


@pytest.fixture
def google() -> Iterator[LocalGoogle]:
    """A Google of one's own, answering on loopback, that asks for tokens."""
    with LocalGoogle().serving() as local:
        local.needs_token = True
        yield local
