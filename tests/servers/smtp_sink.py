"""SMTP servers: `Sink` answers as scripted and keeps a mail at its final dot, `Relay` is a real server that delivers.

The sink takes the message at the dot before it replies, as real servers do, so that the gap between the two can be
cut open. The relay asks for a login and hands each mail on by LMTP.
"""

from __future__ import annotations

import asyncio
import smtplib
import socketserver
import ssl
import threading
import time
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword
from servers.dovecot import free_port

Reply = str | bytes | float | None
"""What to say; None: close without a word; a number: stay silent for so many seconds, then close."""

_USUAL: dict[str, Reply] = {
    "EHLO": "250-sink\r\n250 SIZE 10000000",
    "DATA": "354 go",
    "QUIT": "221 bye",
    "STARTTLS": "220 go",
}


class _Dialogue(socketserver.StreamRequestHandler):
    def reply(self, line: Reply) -> None:
        if isinstance(line, float):
            time.sleep(line)
        if line is None or isinstance(line, float):
            raise ConnectionError
        self.wfile.write((line if isinstance(line, bytes) else line.encode()) + b"\r\n")

    def handle(self) -> None:
        sink = cast(Sink, self.server)
        sink.connections += 1
        try:
            if sink.tls and not sink.starttls:
                self.secure()
            self.reply(sink.says("banner", "220 sink"))
            while (raw := self.rfile.readline()) and self.answer(sink, raw):
                if raw.upper().startswith(b"STARTTLS") and sink.tls:
                    self.secure()
        except OSError:
            pass

    def answer(self, sink: Sink, raw: bytes) -> bool:
        verb = raw.upper().replace(b":", b" ").split()[0].decode("latin-1") if raw.strip() else ""
        sink.heard.append(raw)
        answer = sink.refusal(raw) if verb == "RCPT" else None
        answer = answer or sink.says(verb, _USUAL.get(verb, "250 ok"))
        self.reply(answer)
        if verb == "DATA" and str(answer).startswith("354"):
            lines = iter(self.rfile.readline, b".\r\n")
            body = b"".join(_whole(line) for line in lines)
            stored, answer = sink.dots.pop(0) if sink.dots else (True, "250 queued")
            if stored:
                sink.accepted.append(body)
            self.reply(answer)
            return not sink.closes_after_dot
        return verb != "QUIT"

    def secure(self) -> None:
        context = cast(Sink, self.server).tls
        assert context
        self.request = context.wrap_socket(self.request, server_side=True)
        self.setup()  # reads and writes through the secured socket from here on


def _whole(line: bytes) -> bytes:
    if not line.endswith(b"\n"):
        raise ConnectionError  # no final dot: never accepted
    return line[1:] if line.startswith(b".") else line


class Sink(socketserver.ThreadingTCPServer):
    """`script` maps a verb (or "banner") to a reply or a list of replies; `dots` has a (stored, reply) per message.

    `refuses` maps a recipient to the reply he gets instead; `turned_away` is whoever got one, with the reply.
    """

    allow_reuse_address = daemon_threads = True
    request_queue_size = 64

    def __init__(
        self,
        script: Mapping[str, Reply | list[Reply]] | None = None,
        dots: Iterable[tuple[bool, Reply]] = (),
        *,
        tls: ssl.SSLContext | None = None,
        starttls: bool = False,
        closes_after_dot: bool = False,
    ) -> None:
        super().__init__(("127.0.0.1", 0), _Dialogue)
        self.script, self.dots = dict(script or {}), list(dots)
        self.tls, self.starttls, self.closes_after_dot = tls, starttls, closes_after_dot
        self.refuses: dict[str, str] = {}
        self.turned_away: list[tuple[str, str]] = []
        self.accepted: list[bytes] = []
        self.heard: list[bytes] = []
        self.connections = 0
        self.port = int(self.server_address[1])
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    def says(self, verb: str, usual: Reply) -> Reply:
        """Return the scripted reply to a verb, the next one of a list."""
        said = self.script.get(verb, usual)
        return said.pop(0) if isinstance(said, list) else said

    def refusal(self, raw: bytes) -> str | None:
        """Return the reply to a recipient who is not taken; None for one who is."""
        recipient = raw.partition(b"<")[2].partition(b">")[0].decode("latin-1")
        if reply := self.refuses.get(recipient):
            self.turned_away.append((recipient, reply))
        return reply

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep quiet about dialogues that broke: they are meant to."""

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()


class Relay:
    """Takes mail with a login and delivers it by LMTP; `accepted` keeps (sender, recipients, bytes).

    `faults` maps a recipient, or "DATA", to the reply to give instead.
    """

    user = "bot@example.test"
    password = "secret"

    def __init__(self, lmtp_port: int = 0) -> None:
        self.lmtp_port = lmtp_port
        self.port = free_port()
        self.accepted: list[tuple[str, list[str], bytes]] = []
        self.faults: dict[str, str] = {}
        self._controller = Controller(
            self,
            hostname="127.0.0.1",
            port=self.port,
            authenticator=self._admits,
            auth_require_tls=False,
        )

    def __enter__(self) -> Relay:
        self._controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._controller.stop()

    def _admits(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        good = LoginPassword(self.user.encode(), self.password.encode())
        return AuthResult(success=data == good, handled=data == good)

    async def handle_MAIL(self, server: Any, session: Any, envelope: Envelope, address: str, options: list[str]) -> str:
        """Take a sender who has logged in."""
        if not session.authenticated:
            return "530 5.7.0 authentication required"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Envelope, address: str, options: list[str]) -> str:
        """Take a recipient, or give the fault planned for it."""
        if address in self.faults:
            return self.faults[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:
        """Take a mail, and deliver it where there is somewhere to deliver to."""
        if fault := self.faults.get("DATA"):
            return fault
        sender, recipients, raw = str(envelope.mail_from), list(envelope.rcpt_tos), envelope.original_content or b""
        self.accepted.append((sender, recipients, raw))
        if self.lmtp_port:
            await asyncio.to_thread(self._deliver, sender, recipients, raw)
        return "250 queued"

    def _deliver(self, sender: str, recipients: list[str], raw: bytes) -> None:
        with smtplib.LMTP("127.0.0.1", self.lmtp_port) as lmtp:
            lmtp.sendmail(sender, recipients, raw)
