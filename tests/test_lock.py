from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mailbot.errors import Usage
from mailbot.lock import only_one, running


def test_a_second_daemon_is_refused_and_told_of_the_first(tmp_path: Path) -> None:
    place = tmp_path / "data" / "lock"
    with only_one(place):
        assert running(place) == os.getpid()
        with pytest.raises(Usage, match=f"process {os.getpid()}"), only_one(place):
            pass
    assert running(place) is None


def test_the_lock_is_free_again_after_a_failure(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), only_one(tmp_path / "lock"):
        raise ZeroDivisionError
    with only_one(tmp_path / "lock"):
        assert running(tmp_path / "lock") == os.getpid()


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    script = "import sys, pathlib, mailbot.lock as lock\n"
    script += "with lock.only_one(pathlib.Path(sys.argv[1])): print('in', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path / "lock")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "in\n"
        assert running(tmp_path / "lock") == holder.pid
        holder.kill()
        holder.wait()
    assert running(tmp_path / "lock") is None


def test_only_the_owner_may_read_the_lock(tmp_path: Path) -> None:
    with only_one(tmp_path / "data" / "lock"):
        assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
        assert (tmp_path / "data" / "lock").stat().st_mode & 0o777 == 0o600


def test_nothing_runs_where_there_is_no_lock(tmp_path: Path) -> None:
    assert running(tmp_path / "none") is None


def test_a_place_that_cannot_be_locked_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Usage, match="cannot be opened for locking"), only_one(tmp_path / "file" / "lock"):
        pass


def test_a_lock_file_without_a_number_still_holds(tmp_path: Path) -> None:
    with only_one(tmp_path / "lock"):
        (tmp_path / "lock").write_text("")
        assert running(tmp_path / "lock") == 0
