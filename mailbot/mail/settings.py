"""What a mailbox and a mail server are called and how they are used: plain values, made by the configuration.

Times are in seconds, sizes in bytes. `password` is a function, asked at every login, so that no secret lies about and
a renewed one is noticed; with login "xoauth2" it returns an access token.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from mailbot.core.addresses import plain_address
from mailbot.errors import Usage
from mailbot.mail.tls import Security, check_security

Login = Literal["password", "xoauth2"]

SIZE_LIMIT = 50 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapSettings:
    """A mailbox on an IMAP server. Raises Usage when it would log in over a network in plain text.

    `account` names the mailbox in the ledger and must stay the same for ever; the user when empty. `processed` is a
    folder to move finished mails to, or a flag to set (`\\Flagged`, `$Done`: it begins with a backslash or a dollar),
    or empty to leave them alone.
    """

    host: str
    user: str
    password: Callable[[], str] = field(repr=False)
    port: int = 993
    security: Security = "tls"
    login: Login = "password"
    folders: tuple[str, ...] = ("INBOX",)
    processed: str = ""
    ca_file: Path | None = None
    account: str = ""
    connect_timeout: float = 10.0
    read_timeout: float = 60.0
    size_limit: int = SIZE_LIMIT

    def __post_init__(self) -> None:
        check_security(self.host, self.security)

    @property
    def part(self) -> str:
        """What error messages call this mailbox."""
        return f"IMAP {self.host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MaildirSettings:
    """A mailbox that is a Maildir on this machine. `processed` is a folder of it (`Processed`), or empty.

    `account` is as for IMAP; the path when empty.
    """

    path: Path
    account: str = ""
    processed: str = ""
    size_limit: int = SIZE_LIMIT


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSettings:
    """A server that takes our letters. Raises Usage when it would log in over a network in plain text.

    `sender` is the envelope's return address, where bounces come back, and must be one. An empty `user` means no login.
    `dot_timeout` is how long the answer to a whole letter may take (RFC 5321 asks for ten minutes).
    """

    host: str
    sender: str
    user: str = ""
    password: Callable[[], str] = field(repr=False, default=str)
    port: int = 465
    security: Security = "tls"
    login: Login = "password"
    ca_file: Path | None = None
    connect_timeout: float = 20.0
    command_timeout: float = 60.0
    dot_timeout: float = 600.0

    def __post_init__(self) -> None:
        check_security(self.host, self.security)
        if not plain_address(self.sender):
            raise Usage(f"sender {self.sender!r} is not an address mail can come back to")

    @property
    def part(self) -> str:
        """What error messages call this server."""
        return f"SMTP {self.host}:{self.port}"
