"""The process dies at every failpoint, first and second pass, and between file changes; the next start mends it all.

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
ELSEWHERE = "files."  # passed only with a folder in Google Drive: tests/google/test_google_shelf.py
NAMES = sorted(
    name
    for file in SOURCE.rglob("*.py")
    for name in set(re.findall(r'failpoint\("([^"]+)"\)', file.read_text()))
    if not name.startswith(ELSEWHERE)
)
FILE_CHANGES = {"register-versions": 6, ".register.xlsx.": 6, "renameat2": 2, ".eml'": 1, ".jpg'": 1, "'mail-3.eml'": 2}
"""Words in the names of files, with the number of changes in which they occur: publishing the workbook (the old version
kept, ours written, renamed, exchanged, what was live removed), archiving, laying files out for staff."""
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
    recovers(scene, undisturbed, ends.count(failpoints.EXIT_STATUS))


@pytest.mark.parametrize(("words", "count"), [(words, n) for words, n in FILE_CHANGES.items() for n in range(1, n + 1)])
def test_a_crash_between_two_changes_of_files_is_mended(
    scene: Scene, morning: tuple[Outcome, dict[str, int]], words: str, count: int
) -> None:
    scene.restore()
    assert scene.run(die_at=f"{words}@{count}").returncode == failpoints.EXIT_STATUS
    scene.staff_type_later()
    recovers(scene, morning[0], kills=1)


def recovers(scene: Scene, undisturbed: Outcome, kills: int) -> None:
    """The next start works at once, and after one more round every promise is kept."""
    again = scene.run()
    assert again.returncode == 0, again.stderr
    with scene.house() as house:
        house.daemon.start()
        assert house.daemon.round(patient=False)
        check(scene, house, undisturbed, kills)
