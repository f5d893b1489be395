"""The bot writes while staff sort, insert, delete, cut, paste and type: nothing wrong, nothing lost, nothing twice."""

from pathlib import Path

import pytest
from racing import Outcome, Race
from threaded import ThreadedRace

from mailbot.demo.google.server import LocalGoogle
from sheets.google import fetch

both = pytest.mark.parametrize("skip_hidden", [False, True], ids=["filtered rows are copied", "filtered rows are not"])


def harm(outcome: Outcome) -> list[str]:
    return [*outcome.wrong, *outcome.lost, *outcome.twice]


@both
@pytest.mark.parametrize("restless", [0.3, 0.6])
def test_no_value_is_wrong_lost_or_doubled_when_all_is_at_rest(
    google: LocalGoogle, tmp_path: Path, skip_hidden: bool, restless: float
) -> None:
    google.skip_hidden = skip_hidden
    outcome = Race(google, tmp_path, seed=7, cases=20, restless=restless).run(150)
    assert harm(outcome) == []
    assert outcome.acts > 50


@both
@pytest.mark.parametrize("seed", [1, 3])
def test_lost_answers_in_a_race_lose_and_double_nothing(
    google: LocalGoogle, tmp_path: Path, skip_hidden: bool, seed: int
) -> None:
    google.skip_hidden = skip_hidden
    outcome = Race(google, tmp_path, seed=seed, cases=20, restless=0.6, trouble=0.5).run(120)
    assert harm(outcome) == []
    assert outcome.waited > 3


@both
@pytest.mark.parametrize("seed", [1, 2])
def test_a_process_that_dies_in_a_race_loses_and_doubles_nothing(
    google: LocalGoogle, tmp_path: Path, skip_hidden: bool, seed: int
) -> None:
    """Anywhere: before or after any request, with answers lost besides."""
    google.skip_hidden = skip_hidden
    outcome = Race(google, tmp_path, seed=seed, cases=20, restless=0.6, trouble=0.4, deadly=0.4).run(120)
    assert harm(outcome) == []
    assert outcome.deaths > 5


@pytest.mark.parametrize("trouble", [0.0, 0.4], ids=["all well", "lost answers and deaths"])
def test_a_large_sheet_read_in_two_requests_is_raced_at_without_harm(
    google: LocalGoogle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trouble: float
) -> None:
    """Staff act between the two requests of a reading as well."""
    monkeypatch.setattr(fetch, "LARGE", 0)
    race = Race(google, tmp_path, seed=4, cases=20, restless=0.4, trouble=trouble, deadly=trouble)
    assert harm(race.run(150)) == []
    assert any("values:batchGet" in request for request, _ in google.log)


@both
def test_staff_in_a_thread_of_their_own_do_no_harm_either(
    google: LocalGoogle, tmp_path: Path, skip_hidden: bool
) -> None:
    """What falls where is up to the machine; answers get lost too."""
    google.skip_hidden = skip_hidden
    race = ThreadedRace(google, tmp_path, seed=5, cases=15, pace=0.001, latency=0.005, trouble=0.3)
    outcome = race.run(80)
    assert harm(outcome) == []
    assert outcome.acts > 10
