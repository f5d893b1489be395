"""The demo's post office: an IMAP server (pymap) and an SMTP server (aiosmtpd) on loopback, both for this run only."""

from __future__ import annotations

import contextlib
import email
import imaplib
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

from mailbot.errors import Permanent

USER, PASSWORD = "complaints@huaxin-demo.example", "demo"
START_SECONDS = 20.0


class Outgoing:
    """What the bot sent: kept as files, and handed to whoever listens."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.letters: list[tuple[str, EmailMessage]] = []
        self.incoming: Callable[[bytes], None] | None = None

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Keep a letter as .eml and .html; mail to the complaints mailbox goes there."""
        raw = bytes(envelope.original_content)
        if USER in envelope.rcpt_tos and self.incoming:
            self.incoming(raw)
            return "250 delivered"
        letter = email.message_from_bytes(raw, policy=policy.default)
        assert isinstance(letter, EmailMessage)  # noqa: S101 - the policy makes these
        self.letters.append((envelope.rcpt_tos[0], letter))
        name = re.sub(r"[^\w@.-]+", "-", f"{len(self.letters):02d}-{envelope.rcpt_tos[0]}")
        (self.folder / f"{name}.eml").write_bytes(raw)
        if body := letter.get_body(("html",)):
            (self.folder / f"{name}.html").write_text(body.get_content(), encoding="utf-8")
        return "250 kept"


class PostOffice:
    """Both servers. `deliver` puts a mail into the complaints mailbox as a mail server would at that time."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.outgoing = Outgoing(folder)
        self.imap_port, self.smtp_port = _free_ports()
        self._smtp = Controller(self.outgoing, hostname="127.0.0.1", port=self.smtp_port)
        self._imap: subprocess.Popen[bytes] | None = None
        self._line: imaplib.IMAP4 | None = None

    def __enter__(self) -> PostOffice:
        self._smtp.start()
        command = _imap_command(self.imap_port)
        self._imap = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
        self._line = _connected(self.imap_port)
        return self

    def __exit__(self, *_: object) -> None:
        if self._line:
            with contextlib.suppress(OSError, imaplib.IMAP4.error):
                self._line.logout()
        if self._imap:
            self._imap.terminate()
            self._imap.wait(10)
        self._smtp.stop()

    def deliver(self, raw: bytes, at: datetime) -> None:
        """Put a mail into INBOX, received at `at` (aware)."""
        assert self._line is not None  # noqa: S101 - inside the with block only
        answer, _ = self._line.append("INBOX", "", imaplib.Time2Internaldate(at), raw)
        if answer != "OK":
            raise Permanent("demo", f"the IMAP server refused a mail: {answer}")


def _imap_command(port: int) -> list[str]:
    program = [sys.executable, "-c", "from pymap.main import main; raise SystemExit(main())"]
    where = ["--host", "127.0.0.1", "--port", str(port), "--no-tls", "--no-service", "admin"]
    return [*program, *where, "dict", "--demo-user", USER, "--demo-password", PASSWORD]


def _connected(port: int) -> imaplib.IMAP4:
    last = time.monotonic() + START_SECONDS
    while True:
        try:
            line = imaplib.IMAP4("127.0.0.1", port, timeout=10)
            line.login(USER, PASSWORD)
        except (OSError, imaplib.IMAP4.error) as error:
            if time.monotonic() > last:
                raise Permanent("demo", f"the IMAP server does not start: {error}", "try again; see README") from error
            time.sleep(0.05)
        else:
            return line


def _free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        for probe in (one, other):
            probe.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1]), int(other.getsockname()[1])
