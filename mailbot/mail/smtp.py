"""Letters by SMTP. The dialogue is driven by hand so that doubt begins where it must: at the final dot.

Every fault before the dot leaves a letter that was certainly not sent; after it, only a whole reply code ends the
doubt. The connection is kept over a round and tested with RSET before each further letter.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from mailbot.core.addresses import plain_address
from mailbot.errors import MailbotError, Permanent, Temporary
from mailbot.mail.sender import Outcome, State, objection
from mailbot.mail.settings import SmtpSettings
from mailbot.mail.source import LoginRefused
from mailbot.mail.tls import CleanStart, client_context, explained, waiting

_HELLO = "[127.0.0.1]"
"""What we call ourselves: an address literal needs no DNS and gives nothing away."""

_LOST = (OSError, smtplib.SMTPException)
_CHUNK = 64 * 1024
_FAREWELL = 5.0
_MECHANISMS = ("PLAIN", "LOGIN", "CRAM-MD5")

_OUR_FAULT_CODES = frozenset({530, 534, 535, 538})
_OUR_FAULT = re.compile(r"^5\.7\.(?:30|57|60|139)\b|SendAsDenied")
"""Replies that mean the account, not the letter: login methods switched off, not logged in, not allowed to send as."""
_TOO_BIG = re.compile(r"^5\.(?:3\.4|2\.3)\b")


class SmtpSender:
    """Sends through one server, on one connection, from one thread."""

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings
        self._smtp: smtplib.SMTP | None = None

    def connect(self) -> None:
        """Connect and log in unless that is done. Raises Temporary, LoginRefused, Permanent, Usage."""
        self._ready()

    def send(self, raw: bytes, recipient: str, dot_pending: Callable[[], None]) -> Outcome:
        """Send a letter as `Sender.send` says; a letter that is not what it should be fails without being sent."""
        if why := objection(raw, recipient):
            return Outcome(state=State.FAILED, text=f"not sent: {why}")
        try:
            smtp = self._ready()
        except Permanent as error:
            return Outcome(state=State.SENDER_REFUSED, code=_code_of(error), text=str(error))
        try:
            refusal = self._up_to_the_dot(smtp, raw, plain_address(recipient))
        except _LOST as error:
            self._drop()
            return Outcome(state=State.RETRY, text=f"the connection was lost before the letter was out: {error}")
        if refusal:
            return refusal
        try:
            dot_pending()
        except BaseException:
            self._drop()
            raise
        return self._dot(smtp)

    def close(self) -> None:
        """Say goodbye; what the server thinks of it does not matter."""
        if self._smtp is not None:
            with suppress(*_LOST):
                _wait_up_to(self._smtp, _FAREWELL)
                self._smtp.docmd("QUIT")
        self._drop()

    def _ready(self) -> smtplib.SMTP:
        if self._smtp is not None and _still_there(self._smtp):
            return self._smtp
        self._drop()
        context = client_context(self._settings.security, self._settings.ca_file)
        secret = self._settings.password() if self._settings.user else ""
        with self._connecting():
            smtp = self._smtp = self._reached(context)
            _wait_up_to(smtp, self._settings.command_timeout)
            if smtp.sock is not None:  # else the dot, sent alone, lies about for 40 ms
                smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._greet(smtp, context)
            if self._settings.user:
                self._log_in(smtp, secret)
        return smtp

    def _up_to_the_dot(self, smtp: smtplib.SMTP, raw: bytes, recipient: str) -> Outcome | None:
        # The server compares the size, not we: its limit may have reached us cut short.
        size = [f"SIZE={len(raw)}"] if smtp.has_extn("size") else []
        dialogue: tuple[tuple[str, int, Callable[[], tuple[int, bytes]]], ...] = (
            ("MAIL", 2, lambda: smtp.mail(plain_address(self._settings.sender), size)),
            ("RCPT", 2, lambda: smtp.rcpt(recipient)),
            ("DATA", 3, lambda: smtp.docmd("DATA")),
        )
        for stage, wanted, say in dialogue:
            code, words = say()
            if code // 100 != wanted:
                return self._refusal(stage, code, _text(words))
        quoted = re.sub(rb"(?m)^\.", b"..", raw)
        for start in range(0, len(quoted), _CHUNK):  # a time-out covers one sendall() as a whole
            smtp.send(quoted[start : start + _CHUNK])
        return None

    def _dot(self, smtp: smtplib.SMTP) -> Outcome:
        if _interrupted(smtp):
            return self._cut_short(smtp)
        try:
            _wait_up_to(smtp, self._settings.dot_timeout)
            smtp.send(b".\r\n")
            code, words = smtp.getreply()
        except _LOST as error:
            self._drop()
            return Outcome(state=State.IN_DOUBT, text=f"sent, and no answer came: {error}")
        _wait_up_to(smtp, self._settings.command_timeout)
        if code // 100 == 2:
            return Outcome(state=State.ACCEPTED, code=code, text=_text(words))
        if code // 100 in (4, 5):
            return self._refusal("dot", code, _text(words))
        self._drop()
        return Outcome(state=State.IN_DOUBT, code=max(code, 0), text=f"sent, and the answer is none: {_text(words)}")

    def _cut_short(self, smtp: smtplib.SMTP) -> Outcome:
        """Give up a letter the server did not hear out: without its dot it was not sent, whatever was noted down."""
        try:
            code, words = smtp.getreply()
        except _LOST as error:
            code, words = 0, str(error).encode()
        self._drop()
        return self._refusal("the text", code, _text(words))

    def _refusal(self, stage: str, code: int, text: str) -> Outcome:
        if code == 421 or code // 100 not in (4, 5):
            self._drop()
        return Outcome(state=_class(stage, code, text), code=max(code, 0), text=f"at {stage}: {text}")

    def _drop(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            with suppress(OSError):
                smtp.close()

    def _reached(self, context: ssl.SSLContext | None) -> smtplib.SMTP:
        host, port, patience = self._settings.host, self._settings.port, self._settings.connect_timeout
        if self._settings.security == "tls":
            return smtplib.SMTP_SSL(host, port, local_hostname=_HELLO, timeout=patience, context=context)
        return smtplib.SMTP(host, port, local_hostname=_HELLO, timeout=patience)

    def _greet(self, smtp: smtplib.SMTP, context: ssl.SSLContext | None) -> None:
        smtp.ehlo_or_helo_if_needed()
        if context is None or self._settings.security != "starttls":
            return
        if not smtp.has_extn("starttls"):
            remedy = "use security 'tls' (port 465); if it offered STARTTLS before, somebody may be in between"
            raise Permanent(self._settings.part, "the server does not offer STARTTLS", remedy)
        careful: Any = CleanStart(context, self._settings.part, lambda: smtp.file)
        smtp.starttls(context=careful)
        smtp.ehlo_or_helo_if_needed()

    def _log_in(self, smtp: smtplib.SMTP, secret: str) -> None:
        """Log in by one mechanism only: a second try with a wrong password locks accounts sooner."""
        smtp.user, smtp.password = self._settings.user, secret
        offered = smtp.esmtp_features.get("auth", "").upper().split()
        try:
            if self._settings.login == "xoauth2":
                bearer = f"user={smtp.user}\x01auth=Bearer {secret}\x01\x01"
                smtp.auth("XOAUTH2", lambda challenge=None: bearer if challenge is None else "")
            elif mechanism := next((name for name in _MECHANISMS if name in offered), ""):
                smtp.auth(mechanism, getattr(smtp, f"auth_{mechanism.lower().replace('-', '_')}"))
            else:
                remedy = "check port and security: many servers offer it on a secured connection only"
                raise Permanent(self._settings.part, "the server offers no login we know", remedy)
        except smtplib.SMTPAuthenticationError as error:
            raise self._why_refused(error) from error
        except UnicodeError:  # kept out of the chain: it holds the password
            remedy = "use an authorisation code or a password of plain letters, digits and signs"
            raise Permanent(self._settings.part, "user or password are not plain ASCII", remedy) from None

    def _why_refused(self, error: smtplib.SMTPAuthenticationError) -> MailbotError:
        said = f"{error.smtp_code} {_text(error.smtp_error)}"
        if error.smtp_code // 100 != 5:
            return LoginRefused(self._settings.part, f"it refused the login: {said}")
        remedy = "set the right password; providers such as 163, QQ and Gmail want an authorisation code instead"
        return Permanent(self._settings.part, f"it refused user {self._settings.user} or the password: {said}", remedy)

    @contextmanager
    def _connecting(self) -> Iterator[None]:
        part = self._settings.part
        try:
            yield
        except smtplib.SMTPResponseException as error:
            self._drop()
            said = f"it answered {error.smtp_code} {_text(error.smtp_error)}"
            if error.smtp_code // 100 == 5 and error.smtp_error != "Line too long.":
                raise Permanent(part, said, "ask the provider why, or name another server") from error
            raise Temporary(part, said) from error
        except smtplib.SMTPException as error:
            self._drop()
            raise Temporary(part, f"the connection was lost at the start: {error}") from error
        except OSError as error:
            self._drop()
            raise explained(part, error) from error
        except BaseException:
            self._drop()
            raise


def _still_there(smtp: smtplib.SMTP) -> bool:
    try:
        return smtp.rset()[0] == 250
    except _LOST:
        return False


def _interrupted(smtp: smtplib.SMTP) -> bool:
    """Say whether the server hung up, or spoke before its turn."""
    if smtp.sock is None or waiting(smtp.sock, smtp.file):
        return True
    patience = smtp.sock.gettimeout()
    smtp.sock.setblocking(False)
    try:
        smtp.sock.recv(1)
    except (BlockingIOError, ssl.SSLWantReadError):
        return False
    except OSError:
        return True
    finally:
        smtp.sock.settimeout(patience)
    return True


def _wait_up_to(smtp: smtplib.SMTP, seconds: float) -> None:
    if smtp.sock is not None:
        smtp.sock.settimeout(seconds)


def _class(stage: str, code: int, text: str) -> State:
    """Sort a reply that is no consent. What is refused at MAIL is our address: no recipient has been named yet."""
    if code // 100 != 5:
        return State.RETRY
    about_size = code in (523, 552) or _TOO_BIG.search(text)
    if code in _OUR_FAULT_CODES or _OUR_FAULT.search(text) or (stage == "MAIL" and not about_size):
        return State.SENDER_REFUSED
    return State.FAILED


def _text(words: bytes | str) -> str:
    """Return a reply's words on one line, 300 characters at most, whatever bytes they were."""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())[:300]


def _code_of(error: Permanent) -> int:
    cause = error.__cause__
    return cause.smtp_code if isinstance(cause, smtplib.SMTPResponseException) else 0
