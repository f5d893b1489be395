"""The bot writes while staff sort, insert, delete, cut, paste and type: nothing wrong, nothing lost, nothing twice."""

from pathlib import Path

import pytest
from racing import Race

from mailbot.demo.google.server import LocalGoogle


@pytest.mark.parametrize("skip_hidden", [False, True], ids=["filtered rows are copied", "filtered rows are not"])
@pytest.mark.parametrize("restless", [0.3, 0.6])
def test_no_value_is_wrong_lost_or_doubled_when_all_is_at_rest(
    google: LocalGoogle, tmp_path: Path, skip_hidden: bool, restless: float
) -> None:
    google.skip_hidden = skip_hidden
    outcome = Race(google, tmp_path, seed=7, cases=20, restless=restless).run(150)
    assert (outcome.wrong, outcome.lost, outcome.twice) == ([], [], [])
    assert outcome.acts > 50


def test_lost_answers_in_a_race_lose_and_double_nothing(google: LocalGoogle, tmp_path: Path) -> None:
    outcome = Race(google, tmp_path, seed=3, cases=20, restless=0.4, trouble=0.5).run(120)
    assert (outcome.wrong, outcome.lost, outcome.twice) == ([], [], [])
    assert outcome.waited > 3
