"""`mailbot init` as somebody answers it at a terminal."""

from __future__ import annotations

import os
import pty
import select
import stat
import subprocess
import sys
import termios
import time
from collections.abc import Sequence
from pathlib import Path

SECONDS = 60


def answered(folder: Path, *talk: tuple[str, str]) -> str:
    """Run `mailbot init` at a terminal; answer each question (words of it) as given. What was shown."""
    terminal, theirs = pty.openpty()
    command = [sys.executable, "-m", "mailbot", "init"]
    child = subprocess.Popen(command, cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
    shown = ""
    for question, answer in talk:
        shown += _until(terminal, question)
        if "password" in question:  # what is typed before the terminal has stopped showing it is thrown away
            _until_hidden(terminal)
        os.write(terminal, f"{answer}\r".encode())
    shown += _until(terminal, "mailbot check")
    assert child.wait(SECONDS) == 0
    os.close(terminal)
    os.close(theirs)
    return shown


def _until(terminal: int, words: str) -> str:
    """Read until `words` are shown."""
    raw, last = b"", time.monotonic() + SECONDS
    while words not in raw.decode(errors="replace"):
        assert time.monotonic() < last, raw.decode(errors="replace")
        if select.select([terminal], [], [], 1)[0]:
            raw += os.read(terminal, 4096)
    return raw.decode(errors="replace")


def _until_hidden(terminal: int) -> None:
    last = time.monotonic() + SECONDS
    while termios.tcgetattr(terminal)[3] & termios.ECHO:
        assert time.monotonic() < last
        time.sleep(0.01)


ANSWERS: Sequence[tuple[str, str]] = (
    ("company's name", "华信制造"),
    ("complaints mailbox", "nobody"),
    ("not an e-mail address", "complaints@huaxin.example"),
    ("IMAP server", "imap huaxin"),
    ("not the name of a server", "imap.huaxin.example"),
    ("SMTP server", "smtp.huaxin.example"),
    ("Your own address", "chen@huaxin.example"),
    ("Language of the register", ""),
)


def test_a_wrong_answer_is_asked_again_and_the_password_kept_where_only_its_owner_reads(tmp_path: Path) -> None:
    shown = answered(tmp_path, *ANSWERS, ("mailbox's password", "s3cret"))
    assert "s3cret" not in shown
    assert (tmp_path / "mail.password").read_text() == "s3cret\n"
    assert stat.S_IMODE((tmp_path / "mail.password").stat().st_mode) == 0o600
    config = (tmp_path / "config.toml").read_text(encoding="utf-8")
    assert config.count('\npassword = { file = "mail.password" }') == 2
    assert 'host = "imap.huaxin.example"' in config


def test_without_a_password_the_environment_is_asked(tmp_path: Path) -> None:
    answered(tmp_path, *ANSWERS, ("mailbox's password", ""))
    assert not (tmp_path / "mail.password").exists()
    assert '\npassword = { env = "MAILBOT_IMAP_PASSWORD" }' in (tmp_path / "config.toml").read_text(encoding="utf-8")
