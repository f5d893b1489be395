"""pymap, an IMAP server of other hands and poorer means than Dovecot: a second opinion. Mail is put in by APPEND."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import time
from pathlib import Path

from imapclient import IMAPClient
from servers.dovecot import free_port


class Pymap:
    """The server, in memory, with one mailbox."""

    user = "bot@example.test"
    password = "secret"

    def __init__(self) -> None:
        self.port = free_port()
        self._client: IMAPClient | None = None
        program = str(Path(sys.executable).with_name("pymap"))
        # fmt: off
        self._process = subprocess.Popen(
            [program, "--host", "127.0.0.1", "--port", str(self.port), "--no-tls", "--no-service", "admin",
             "dict", "--demo-user", self.user, "--demo-password", self.password],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        # fmt: on

    def __enter__(self) -> Pymap:
        for _ in range(1000):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1) as line:
                if line.recv(4) == b"* OK":
                    return self
            time.sleep(0.02)
        raise RuntimeError("pymap does not start")

    def __exit__(self, *_: object) -> None:
        if self._client:
            self._client.shutdown()
        self._process.terminate()
        self._process.wait(10)

    def deliver(self, raw: bytes) -> None:
        """Put a mail into INBOX."""
        if self._client is None:  # kept: its logins are slow
            self._client = IMAPClient("127.0.0.1", self.port, ssl=False, timeout=10)
            self._client.login(self.user, self.password)
        self._client.append("INBOX", raw)
