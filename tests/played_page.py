"""A page of the documents is played: its commands run, its edits made, its mails delivered, what it shows is compared.

A page is read from top to bottom. A block ```mail is a mail that arrives (at the time of its Date), ```diff an edit
(the file after `---`, context and all), ```toml whose first line is `# FILE` is added to that file, ```sh is run.
```text is what the commands before it print, ```log what the daemon writes; `…` stands for anything.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from zoneinfo import ZoneInfo

MONDAY = datetime(2026, 5, 11, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
"""When the page is played."""
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_NOW = re.compile(r"\b09:0\d\b")
PATIENCE = 60
"""Seconds in which the daemon must have said what the page shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A fenced block and where its text stands in the page."""

    kind: str
    text: str
    start: int
    end: int


def blocks(page: str) -> Iterator[Block]:
    """The fenced blocks of a page, in order."""
    for found in _BLOCK.finditer(page):
        yield Block(kind=found[1], text=found[2], start=found.start(2), end=found.end(2))


@dataclass(slots=True)
class Player:
    """Plays a page in the folder of an installation with a Maildir; a daemon runs beside it."""

    folder: Path
    daemon: subprocess.Popen[str] | None = None
    said: str = ""
    shown: list[tuple[Block, str]] = field(default_factory=list)
    _offset: float = 0.0
    _mails: int = 0

    def __post_init__(self) -> None:
        """The clock of everything that runs begins at Monday morning."""
        self._offset = MONDAY.timestamp() - time.time()

    def play(self, page: str) -> None:
        """Play it; afterwards `shown` has each block of output beside what really came."""
        acts = {"mail": self._deliver, "diff": self._edit, "toml": self._append, "sh": self._run}
        for block in blocks(page):
            if block.kind == "text":
                self.shown.append((block, self.said))
            elif block.kind == "log":
                self.shown.append((block, self._heard(block.text)))
            elif block.kind in acts:
                acts[block.kind](block.text)

    def start(self) -> None:
        """Turn the daemon on."""
        log = (self.folder / "log").open("w", encoding="utf-8")
        command = [sys.executable, "-m", "mailbot", "run"]
        self.daemon = subprocess.Popen(command, cwd=self.folder, env=self._environment(), stderr=log, text=True)
        log.close()

    def stop(self) -> None:
        """Turn it off."""
        if self.daemon:
            self.daemon.terminate()
            self.daemon.wait(timeout=60)

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "MAILBOT_CLOCK_OFFSET": str(self._offset), "COLUMNS": "130", "PYTHONIOENCODING": "utf-8"}

    def _deliver(self, text: str) -> None:
        self._mails += 1
        written = re.search(r"^Date: (.*)$", text, re.MULTILINE)
        assert written, "a mail of the page has no Date"
        moment = parsedate_to_datetime(written[1]).timestamp()
        head = f"Message-ID: <page-{self._mails}@customer.example>\nContent-Type: text/plain; charset=utf-8\n"
        path = self.folder / "Maildir" / "tmp" / f"{self._mails}.page"
        path.write_text(head + text, encoding="utf-8")
        os.utime(path, (moment, moment))
        path.rename(self.folder / "Maildir" / "new" / path.name)

    def _edit(self, text: str) -> None:
        head, *lines = text.splitlines()
        path = self.folder / head.removeprefix("--- ")
        before = "\n".join(line[1:] for line in lines if line[:1] in ("-", " "))
        after = "\n".join(line[1:] for line in lines if line[:1] in ("+", " "))
        was = path.read_text(encoding="utf-8")
        assert was.count(before) == 1, f"{path.name} has this {was.count(before)} times, not once:\n{before}"
        path.write_text(was.replace(before, after), encoding="utf-8")

    def _append(self, text: str) -> None:
        head, _, rest = text.partition("\n")
        path = self.folder / head.removeprefix("# ")
        with path.open("a", encoding="utf-8") as file:
            file.write(rest)

    def _run(self, text: str) -> None:
        self.said = ""
        for line in text.splitlines():
            words = shlex.split(line)
            command = [sys.executable, "-m", *words] if words[0] == "mailbot" else words
            done = subprocess.run(
                command,
                cwd=self.folder,
                env=self._environment(),
                capture_output=True,
                text=True,
                timeout=100,
                check=False,
            )
            self.said += done.stdout + done.stderr

    def _heard(self, text: str) -> str:
        """The daemon's lines that fit the page's; what it said altogether when they do not come."""
        until = time.monotonic() + PATIENCE
        said = ""
        while time.monotonic() < until:
            said = (self.folder / "log").read_text(encoding="utf-8")
            lines = [next((s for s in said.splitlines() if fits(wanted, s)), "") for wanted in text.splitlines()]
            if all(lines):
                return text
            assert self.daemon, said
            assert self.daemon.poll() is None, said
            time.sleep(0.2)  # the daemon works on its own
        return said


def fits(shown: str, came: str) -> bool:
    """Whether a line of the page says what came; `…` stands for anything, 09:00 for the minutes the playing takes."""
    parts = (r"\s+".join(map(re.escape, part.split())) for part in _NOW.sub("09:00", shown).split("…"))
    return re.fullmatch(r"\s*.*\s*".join(parts), _NOW.sub("09:00", came).strip()) is not None


def alike(shown: str, came: str) -> bool:
    """The same for whole outputs, line by line."""
    lines, real = shown.strip().splitlines(), came.strip().splitlines()
    return len(lines) == len(real) and all(map(fits, lines, real))


def refreshed(page: str, shown: list[tuple[Block, str]], folder: Path) -> str:
    """The page with what really came in its blocks of output."""
    for block, came in reversed(shown):
        if block.kind == "text" and not alike(block.text, came):
            lines = (
                _NOW.sub("09:00", line).rstrip() for line in came.replace(str(folder), "…").strip("\n").splitlines()
            )
            page = page[: block.start] + "\n".join(lines) + "\n" + page[block.end :]
    return page
