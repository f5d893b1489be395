"""The process dies at every failpoint, at the first and at the second pass; the next start puts everything right.

The names come from the source, so a new failpoint is tried without a word here. Staff go on typing while the bot lies
dead. Afterwards nothing may tell that morning from one without a crash, except a letter in doubt and its alarm.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from crash.checker import Outcome, check, outcome
from crash.scene import Scene, prepared
from servers.dovecot import DOVECOT

import mailbot
from mailbot import failpoints

SOURCE = Path(mailbot.__file__).parent
NAMES = sorted({n for file in SOURCE.rglob("*.py") for n in re.findall(r'failpoint\("([^"]+)"\)', file.read_text())})
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not Path(DOVECOT).exists(), reason="dovecot is not installed")]


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with prepared(tmp_path_factory.mktemp("scene")) as made:
        yield made


@pytest.fixture(scope="module")
def morning(scene: Scene) -> tuple[Outcome, dict[str, int]]:
    """What the morning comes to without a crash, and how often each failpoint is passed in one round."""
    scene.restore()
    with pytest.MonkeyPatch.context() as patch, scene.house() as house:
        patch.setenv("MAILBOT_FAILPOINT", "none of them")
        failpoints.passed.clear()
        house.daemon.start()
        assert house.daemon.round()
        passed = dict(failpoints.passed)
    scene.staff_type_later()
    with scene.house() as house:
        house.daemon.start()
        assert house.daemon.round()
        return outcome(house), passed


def test_every_failpoint_is_passed_on_such_a_morning(morning: tuple[Outcome, dict[str, int]]) -> None:
    assert sorted(morning[1]) == NAMES


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("time", ["first", "second"])
def test_a_crash_loses_and_doubles_nothing(
    scene: Scene, morning: tuple[Outcome, dict[str, int]], name: str, time: str
) -> None:
    undisturbed, passed = morning
    scene.restore()
    # What a round passes only once is passed for the second time by the round that recovers, if at all.
    fatal = [name] if time == "first" else [f"{name}:2"] if passed[name] > 1 else [name, name]
    ends = [scene.run(failpoint).returncode for failpoint in fatal]
    assert ends[0] == failpoints.EXIT_STATUS
    scene.staff_type_later()
    again = scene.run()
    assert again.returncode == 0, again.stderr
    with scene.house() as house:
        house.daemon.start()
        assert house.daemon.round(patient=False)
        check(scene, house, undisturbed, ends.count(failpoints.EXIT_STATUS))
