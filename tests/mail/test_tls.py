"""Seven ways to be deceived about who is listening, by IMAP and by SMTP: each refused, no password on the wire."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
import warnings
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from servers.dovecot import Dovecot, certificate
from servers.imap_script import ScriptedImap
from servers.smtp_sink import Sink
from smtp_box import TO, a_letter

from mailbot.errors import Permanent, Usage
from mailbot.mail.imap import ImapSource
from mailbot.mail.sender import State
from mailbot.mail.session import Session
from mailbot.mail.settings import ImapSettings, SmtpSettings
from mailbot.mail.smtp import SmtpSender
from mailbot.mail.tls import Security, client_context, is_loopback

SECRETS = (b"pass-word", b64encode(b"\0bot\0pass-word"), b64encode(b"pass-word"))


def by_imap(port: int, security: Security, ca_file: Path | None = None) -> None:
    settings = ImapSettings(
        host="localhost",
        port=port,
        user="bot",
        password=lambda: "pass-word",
        security=security,
        ca_file=ca_file,
        connect_timeout=2,
        read_timeout=2,
    )
    Session(settings).close()


def an_smtp_account(port: int, security: Security, ca_file: Path | None) -> SmtpSettings:
    return SmtpSettings(
        host="localhost",
        port=port,
        sender="bot@example.test",
        user="bot",
        password=lambda: "pass-word",
        security=security,
        ca_file=ca_file,
        connect_timeout=2,
        command_timeout=2,
    )


def by_smtp(port: int, security: Security, ca_file: Path | None = None) -> None:
    sender = SmtpSender(an_smtp_account(port, security, ca_file))
    sender.connect()
    sender.close()


Way = Callable[..., None]
both_ways = pytest.mark.parametrize("connect", [by_imap, by_smtp])


class Trap:
    """Speaks TLS as it is told and writes down every byte that comes out of it."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.heard = b""
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            line, _ = self._listener.accept()
            line.settimeout(5)
            with line, self._context.wrap_socket(line, server_side=True) as secured:
                secured.sendall(b"* OK [CAPABILITY IMAP4rev1] 220 hello\r\n")
                while chunk := secured.recv(4096):
                    self.heard += chunk

    def close(self) -> bytes:
        """Close the trap and return what was caught."""
        self._listener.close()
        self._thread.join(5)
        return self.heard


def a_context(folder: Path, **more: Any) -> tuple[ssl.SSLContext, Path]:
    cert, key = certificate(folder, **more)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context, cert


def refused_by(connect: Way, port: int, security: Security, ca_file: Path | None = None) -> Permanent:
    with pytest.raises(Permanent) as caught:
        connect(port, security, ca_file)
    assert caught.value.remedy
    assert "pass-word" not in str(caught.value)
    return caught.value


@both_ways
@pytest.mark.parametrize(
    ("facts", "trusted", "words"),
    [
        ({}, False, "self-signed"),
        ({"host": "other.example"}, True, "mismatch"),
        ({"days": -1}, True, "expired"),
    ],
)
def test_a_certificate_that_proves_nothing_is_refused(
    connect: Way, facts: dict[str, Any], trusted: bool, words: str, tmp_path: Path
) -> None:
    context, cert = a_context(tmp_path, **facts)
    trap = Trap(context)
    error = refused_by(connect, trap.port, "tls", cert if trusted else None)
    assert words in error.detail.lower()
    assert trap.close() == b""


@both_ways
def test_old_tls_is_refused(connect: Way, tmp_path: Path) -> None:
    context, cert = a_context(tmp_path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    trap = Trap(context)
    assert "TLS 1.2" in refused_by(connect, trap.port, "tls", cert).remedy
    assert trap.close() == b""


def test_starttls_that_was_taken_away_is_refused_by_imap() -> None:
    with ScriptedImap() as server:
        assert "STARTTLS" in refused_by(by_imap, server.port, "starttls").detail
        assert_nothing_told("\n".join(server.heard).encode())


def test_starttls_that_was_taken_away_is_refused_by_smtp() -> None:
    with Sink({"EHLO": "250-sink\r\n250 AUTH PLAIN"}) as sink:
        assert "STARTTLS" in refused_by(by_smtp, sink.port, "starttls").detail
        assert_nothing_told(b"".join(sink.heard))


def test_starttls_that_is_denied_is_refused_by_smtp() -> None:
    with Sink({"EHLO": "250-sink\r\n250-STARTTLS\r\n250 AUTH PLAIN", "STARTTLS": "502 no"}) as sink:
        refused_by(by_smtp, sink.port, "starttls")
        assert_nothing_told(b"".join(sink.heard))


@pytest.mark.parametrize("security", ["starttls", "none"])
def test_a_greeting_that_we_are_logged_in_already_is_refused(security: Security) -> None:
    with ScriptedImap({"greeting": "* PREAUTH welcome"}) as server:
        refused_by(by_imap, server.port, security)
        assert_nothing_told("\n".join(server.heard).encode())


def test_text_slipped_in_after_starttls_is_refused_by_imap() -> None:
    offer = "* CAPABILITY IMAP4rev1 STARTTLS\r\nTAG OK done"
    with ScriptedImap({"CAPABILITY": offer, "STARTTLS": "TAG OK go\r\n* PREAUTH in"}) as server:
        assert "in between" in refused_by(by_imap, server.port, "starttls").detail
        assert_nothing_told("\n".join(server.heard).encode())


def test_text_slipped_in_after_starttls_is_refused_by_smtp(tmp_path: Path) -> None:
    context, cert = a_context(tmp_path)
    script: Any = {"EHLO": "250-sink\r\n250-STARTTLS\r\n250 AUTH PLAIN", "STARTTLS": "220 go\r\n250 AUTH PLAIN"}
    with Sink(script, tls=context, starttls=True) as sink:
        assert "in between" in refused_by(by_smtp, sink.port, "starttls", cert).detail
        assert_nothing_told(b"".join(sink.heard))


def assert_nothing_told(heard: bytes) -> None:
    assert not any(secret in heard for secret in SECRETS)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_company_certificate_is_trusted_when_named_by_imap(dovecot_tls: Dovecot, security: Security) -> None:
    port = dovecot_tls.tls_port if security == "tls" else dovecot_tls.port
    settings = ImapSettings(
        host="localhost",
        port=port,
        user=dovecot_tls.user,
        password=lambda: dovecot_tls.password,
        security=security,
        ca_file=dovecot_tls.ca_file,
    )
    source = ImapSource(settings, lambda: pytest.fail("the server gives times"))
    dovecot_tls.deliver(b"Subject: lamp\r\n\r\nIt flickers.\r\n")
    arrival = source.list(lambda *_: ())[-1]
    assert (source.fetch(arrival) or b"").endswith(b"It flickers.\r\n")
    source.close()


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_company_certificate_is_trusted_when_named_by_smtp(tmp_path: Path, security: Security) -> None:
    context, cert = a_context(tmp_path)
    script: Any = {"EHLO": "250-sink\r\n250-STARTTLS\r\n250 AUTH PLAIN", "AUTH": "235 in"}
    with Sink(script, tls=context, starttls=security == "starttls") as sink:
        sender = SmtpSender(an_smtp_account(sink.port, security, cert))
        for _ in range(2):
            assert sender.send(a_letter(), TO, lambda: time.sleep(0.05)).state is State.ACCEPTED
        sender.close()
        assert b"AUTH PLAIN " + SECRETS[1] + b"\r\n" in sink.heard
        assert len(sink.accepted) == 2


@both_ways
def test_a_port_that_does_not_fit_the_security_is_told(connect: Way) -> None:
    with Sink() as sink:
        assert "port" in refused_by(connect, sink.port, "tls").remedy


@both_ways
def test_a_ca_file_that_is_none_is_a_file_to_correct(connect: Way, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    for name in ("ca.pem", "missing.pem"):
        with pytest.raises(Usage, match=name):
            connect(1, "tls", tmp_path / name)


def test_a_context_verifies_and_is_new_enough() -> None:
    context = client_context("tls")
    assert context is not None
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost", "LOCALHOST"])
def test_this_machine_is_loopback(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["10.0.0.1", "mail.example.com", "localhost.example.com", "", "0.0.0.0"])
def test_another_machine_is_not_loopback(host: str) -> None:
    assert not is_loopback(host)
