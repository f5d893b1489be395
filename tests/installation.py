"""An installation on disk beside real servers, run by commands in processes of their own, as its operator would."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from servers.dovecot import Dovecot
from servers.smtp_sink import Sink
from stories.house import install

LAMP = (
    b"From: Yu <yj@mailg.example>\r\nTo: bot@example.test\r\nSubject: broken lamp\r\n"
    b"Message-ID: <lamp-1@mailg.example>\r\n\r\nThe lamp HX-L11 is broken, please replace it. Order 881202601.\r\n"
)
ANSWER_SUBJECT = b"We have received your complaint"


@dataclass(slots=True)
class Installation:
    """A folder with config.toml, its mailbox server and its receiver; `program` is how mailbot is started."""

    folder: Path
    server: Dovecot
    sink: Sink
    program: list[str] = field(default_factory=lambda: [sys.executable, "-m", "mailbot"])

    @property
    def config(self) -> Path:
        """Its configuration file."""
        return self.folder / "config.toml"

    def mailbot(self, *arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command in the folder, to its end."""
        return subprocess.run(
            [*self.program, *arguments],
            cwd=self.folder,
            env=environment(),
            input=text,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command that goes on."""
        return subprocess.Popen(
            [*self.program, *arguments], cwd=self.folder, env=environment(), stderr=subprocess.PIPE, text=True
        )

    def change(self, old: str, new: str, file: str = "config.toml") -> None:
        """Change a file the operator writes."""
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    def line_of(self, text: str, file: str = "config.toml") -> int:
        """The number of the line in which a text first stands."""
        lines = (self.folder / file).read_text(encoding="utf-8").splitlines()
        return next(number for number, line in enumerate(lines, 1) if text in line)

    def somebody_opens_the_workbook(self, name: str) -> Path:
        """Leave the owner file a spreadsheet program leaves."""
        lock = self.folder / "~$register.xlsx"
        coded = name.encode("utf-16-le").ljust(108, b" ")
        lock.write_bytes(bytes([6]) + name.encode("gbk").ljust(54, b" ") + struct.pack("<H", len(name)) + coded)
        return lock


def environment() -> dict[str, str]:
    """Ours, wide enough that no line is folded."""
    return {**os.environ, "COLUMNS": "200", "NO_COLOR": "1"}


@contextmanager
def installed(folder: Path) -> Iterator[Installation]:
    """A fresh installation with servers of its own."""
    with Dovecot() as server, Sink() as sink:
        install(folder, server, sink.port, {})
        yield Installation(folder=folder, server=server, sink=sink)
