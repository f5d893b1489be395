"""A small fuzz run with every test run; `make fuzz` is the long one."""

from __future__ import annotations

import random

import pytest
from fuzz.mutate import mutated
from fuzz.promises import broken, corpus


@pytest.mark.parametrize("seed", range(4))
def test_mails_gone_wrong_are_understood_in_time_and_nothing_is_made_up(seed: int) -> None:
    chance, mails = random.Random(seed), corpus()
    for _ in range(40):
        raw = mutated(mails, chance)
        assert not (problem := broken(raw)), (problem, raw[:3_000])
