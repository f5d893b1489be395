"""The installation of the simulated year: a Maildir customers' mail lands in, an SMTP receiver, a workbook, the daemon.

It can be closed and opened again, killed at a failpoint in a process of its own, and each thing around it can be away:
the mailbox, the SMTP server, the workbook because somebody has it open.
"""

from __future__ import annotations

import contextlib
import email
import gc
import io
import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import policy
from pathlib import Path
from typing import Any

from servers.smtp_sink import Sink
from stories.house import PEOPLE, Hands, install

from mailbot import config as configuration
from mailbot import logs
from mailbot.daemon import Daemon
from mailbot.ledger.letterstates import LetterRow
from mailbot.office import Office
from mailbot.wiring import open_office

MAILDIR = {'kind = "imap"': 'kind = "maildir"', '# path = "/var/mail/complaints"': 'path = "Maildir"'}
_MESSAGE_ID = re.compile(rb"^message-id:\s*(<\S+>)", re.IGNORECASE | re.MULTILINE)


@dataclass(slots=True)
class Mailbox:
    """What `install` asks of a mail server: whose mailbox it is."""

    user: str = "complaints@example.test"
    password: str = "unused"
    port: int = 993


@dataclass(slots=True)
class Plant:
    """One installation in a folder; `clock` is the played time, `refused` the rounds of which a part failed."""

    folder: Path
    sink: Sink
    clock: Hands
    config: Path
    rounds: int = 0
    refused: int = 0
    _heard: int = 0
    _delivered: int = 0
    _running: ExitStack = field(default_factory=ExitStack)
    _daemon: Daemon | None = None

    @property
    def running(self) -> bool:
        """Whether the program is on."""
        return self._daemon is not None

    @property
    def office(self) -> Office:
        """The office of the running program."""
        assert self._daemon
        return self._daemon.office

    @property
    def workbook(self) -> Path:
        """The register."""
        return self.folder / "register.xlsx"

    @property
    def maildir(self) -> Path:
        """Where mail lands, whether the bot can see it or not."""
        away = self.folder / "Maildir.away"
        return away if away.exists() else self.folder / "Maildir"

    # ---- the program ---------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Turn the program on."""
        office = self._running.enter_context(open_office(configuration.load(self.config), self.clock))
        self._daemon = Daemon(office, self.clock)
        self._daemon.start()
        gc.unfreeze()
        gc.collect()
        gc.freeze()  # as the daemon does: what it works with stays

    def stop(self) -> None:
        """Turn it off in good order."""
        self._daemon = None
        self._running.close()

    def round(self) -> bool:
        """One round, if the program is on; parts that failed just now wait for their time."""
        if not self._daemon:
            return False
        self.rounds += 1
        well = self._daemon.round()
        self.refused += not well
        return well

    def die(self, failpoint: str) -> int:
        """A round in a process of its own that ends at a failpoint, as in a power cut; its exit status."""
        self.stop()
        environment = {
            **os.environ,
            "MAILBOT_CLOCK_OFFSET": str(self.clock.now.timestamp() - time.time()),
            "MAILBOT_FAILPOINT": failpoint,
        }
        command = [sys.executable, "-m", "mailbot", "run", "--once", "--config", str(self.config)]
        ended = subprocess.run(command, env=environment, capture_output=True, timeout=100, check=False)
        self.clock.now += timedelta(minutes=2)
        self.start()
        return ended.returncode

    # ---- mail ----------------------------------------------------------------------------------------------------

    def deliver(self, raw: bytes) -> None:
        """A mail arrives now."""
        self._delivered += 1
        path = self.maildir / "tmp" / f"{self._delivered}.year"
        path.write_bytes(raw)
        moment = self.clock.now.timestamp()
        os.utime(path, (moment, moment))
        path.rename(self.maildir / "new" / path.name)

    def letters(self) -> Iterator[tuple[LetterRow, bytes]]:
        """What the receiver took since the last call, with what the ledger knows of it."""
        new, self._heard = self.sink.accepted[self._heard :], len(self.sink.accepted)
        for raw in new:
            row = self.office.ledger.letters.by_message_id(message_id(raw))
            assert row is not None, "a letter nobody ordered"
            yield row, raw

    # ---- what can be away ----------------------------------------------------------------------------------------

    def mailbox_away(self, away: bool) -> None:
        """The mail server goes, or comes back; mail goes on to arrive there."""
        here, gone = self.folder / "Maildir", self.folder / "Maildir.away"
        (here if away else gone).rename(gone if away else here)

    def smtp_away(self, away: bool) -> None:
        """The outgoing server takes nobody, or takes mail again."""
        self.sink.script = {"banner": "421 closed for work on the server"} if away else {}

    def open_by(self, who: str) -> None:
        """Somebody opens the workbook in an office program; empty: he closes it."""
        lock = self.folder / ".~lock.register.xlsx#"
        if who:
            lock.write_text(f",{who},desk,{self.clock.now:%d.%m.%Y %H:%M},file:///x;", encoding="utf-8")
        else:
            lock.unlink()


def message_id(raw: bytes) -> str:
    """The Message-ID of a letter."""
    found = _MESSAGE_ID.search(raw)
    assert found
    return found[1].decode()


def text_of(raw: bytes) -> str:
    """What a letter says, its lines joined."""
    mail = email.message_from_bytes(raw, policy=policy.default)
    body = mail.get_body(("plain",))
    return " ".join(str(body.get_content() if body else "").split())


@contextmanager
def open_plant(folder: Path, now: datetime, seed: int) -> Iterator[Plant]:
    """Set the installation up with `mailbot init` and turn it on."""
    logs.set_up("error")
    random.seed(seed)  # the daemon's own pauses between tries
    for name in ("new", "cur", "tmp"):
        (folder / "Maildir" / name).mkdir(parents=True)
    server: Any = Mailbox()
    with Sink() as sink:
        with contextlib.redirect_stdout(io.StringIO()):
            config = install(folder, server, sink.port, MAILDIR)
        plant = Plant(folder=folder, sink=sink, clock=Hands(now), config=config)
        plant.start()
        try:
            yield plant
        finally:
            plant.stop()


ROLES = {name: role for role, name in PEOPLE.items()}
"""Everybody's name, with what he is."""
