"""A ledger whose program is killed: whatever was said to be recorded is there, whatever was not has not happened."""

import shutil
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from mailbot.ledger.ledger import Ledger

TESTS = Path(__file__).parent

START = """
import sys
sys.path.insert(0, {tests!r})
from ledger_builders import *
from mailbot.core.model import End
ledger = Ledger.open({url!r})
"""

RECORD = """
def record(number, size):
    with ledger.transaction():
        ledger.record(a_decision(number), [a_letter(number + "/ack", case=number, raw=b"x" * size)], NOW)
        ledger.register.agree({number: {"stage": "received"}})
"""

MID_TRANSACTION = (
    START
    + RECORD
    + """
record("kept", 10)
with ledger.transaction():
    for count in range(40):
        record(f"lost {count}", 200_000)  # more than the cache holds: the file itself is already being changed
    print("ready", flush=True)
    sys.stdin.read()
"""
)

WORK = (
    START
    + RECORD
    + """
for count in range(3):
    number = ledger.cases.next_number("N{seq}", 2026)
    record(number, 9000)
    print(number, flush=True)
"""
)


def program(source: str, url: str) -> list[str]:
    return [sys.executable, "-c", source.replace("{tests!r}", repr(str(TESTS))).replace("{url!r}", repr(url))]


def assert_whole(url: str, promised: set[str]) -> set[str]:
    with closing(Ledger.open(url)) as ledger:
        assert ledger.check() == []
        there = {case.number for case in ledger.cases.all()}
        assert promised <= there
        assert {row.case for row in ledger.letters.list()} == there
        assert set(ledger.register.agreed()) == there
        assert {event.case for number in there for event in ledger.cases.history(number)} == there
    return there


def test_a_program_killed_within_a_transaction_has_not_begun_it(url: str) -> None:
    process = subprocess.Popen(program(MID_TRANSACTION, url), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with process:
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGKILL)
    assert assert_whole(url, {"kept"}) == {"kept"}


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
@pytest.mark.parametrize(("call", "stride"), [("pwrite64", 11), ("fdatasync,fsync", 1), ("unlink", 1)])
def test_a_program_killed_at_any_write_loses_nothing_it_promised(
    tmp_path: Path, empty_file: Path, call: str, stride: int
) -> None:
    path = tmp_path / "ledger.sqlite"
    for when in range(1, 1000, stride):
        shutil.copy(empty_file, path)
        kill = ["strace", "-qq", "-f", "-o", "/dev/null", "-P", str(path), "-P", f"{path}-journal", "-P", str(tmp_path)]
        kill += ["-e", f"trace={call}", "-e", f"inject={call}:signal=SIGKILL:when={when}"]
        done = subprocess.run(
            [*kill, *program(WORK, f"sqlite:///{path}")], stdout=subprocess.PIPE, text=True, check=False
        )
        assert_whole(f"sqlite:///{path}", set(done.stdout.split()))
        if done.returncode == 0:
            break
    assert when > 3
    assert done.returncode == 0
