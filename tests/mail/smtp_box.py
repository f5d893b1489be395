"""Letters and accounts to send them with, as the tests of sending want them."""

from __future__ import annotations

from typing import Any

from servers.proxy import Proxy
from servers.smtp_sink import Sink

from mailbot.mail.sender import Outcome
from mailbot.mail.settings import SmtpSettings
from mailbot.mail.smtp import SmtpSender

TO = "customer@example.net"


def a_letter(*, to: str = TO, text: str = "We have it.") -> bytes:
    head = f"From: bot@example.test\r\nTo: {to}\r\nSubject: CP-1\r\nMessage-ID: <1@example.test>\r\n\r\n"
    return f"{head}{text}\r\n".encode()


def an_account(port: int, **more: Any) -> SmtpSettings:
    plain = {"host": "127.0.0.1", "sender": "bot@example.test", "security": "none"}
    patience = {"connect_timeout": 1.0, "command_timeout": 0.5, "dot_timeout": 0.5}
    return SmtpSettings(port=port, **{**plain, **patience, **more})


def nothing() -> None:
    """Note nothing down at the dot."""


def sent(sink: Sink | Proxy, raw: bytes | None = None, **more: Any) -> Outcome:
    sender = SmtpSender(an_account(sink.port, **more))
    try:
        return sender.send(raw or a_letter(), TO, nothing)
    finally:
        sender.close()
