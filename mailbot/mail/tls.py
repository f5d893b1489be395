"""How connections are secured: verified certificates, TLS 1.2 or newer, no way to switch that off.

A company's own certificate authority is added by `ca_file`. Plain text is for loopback only.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from mailbot.errors import MailbotError, Permanent, Temporary, Usage

Security = Literal["tls", "starttls", "none"]

_CERTIFICATE_REMEDIES = {
    9: "this machine's clock is before the certificate's first day: set the clock",
    10: "have the certificate renewed, or set this machine's clock right",
    18: "name the company's certificate in ca_file if it is the right server",
    19: "name the company's certificate authority in ca_file if it is the right server",
    20: "name the company's certificate authority in ca_file if it is the right server",
    62: "write the host name as the certificate has it",
    64: "write the host by its name, not its address",
}
"""OpenSSL's X509_V_ERR_* numbers."""


def client_context(security: Security, ca_file: Path | None = None) -> ssl.SSLContext | None:
    """Return a verifying context; `ca_file` (PEM) is trusted besides the system's authorities. Raises Usage.

    None where nothing is to be secured: reading the authorities takes 20 ms.
    """
    if security == "none":
        return None
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca_file is not None:
        try:
            context.load_verify_locations(ca_file)
        except OSError as error:  # ssl.SSLError is one
            raise Usage(f"ca_file {ca_file}: cannot be read as PEM certificates: {error}") from error
    return context


def check_security(host: str, security: Security) -> None:
    """Raise Usage when a password would cross a network in plain text."""
    if security == "none" and not is_loopback(host):
        raise Usage(f"security 'none' is for this machine only, and {host} is another one: use 'tls' or 'starttls'")


def is_loopback(host: str) -> bool:
    """Say whether `host` is written as this very machine (names other than localhost are not looked up)."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def explained(part: str, error: OSError) -> MailbotError:
    """Return what a failed connection means: Permanent when the other side cannot be trusted, else Temporary."""
    if isinstance(error, ssl.SSLCertVerificationError):
        remedy = _CERTIFICATE_REMEDIES.get(error.verify_code, "have the server's certificate put right")
        return Permanent(part, f"its certificate was refused ({error.verify_message})", remedy)
    if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        remedy = "check port and security (993 and 465 are 'tls'; 143 and 587 are 'starttls'); TLS 1.2 is needed"
        return Permanent(part, f"no secure connection ({error.reason or error})", remedy)
    if isinstance(error, socket.gaierror):
        return Temporary(part, f"its name cannot be looked up ({error.strerror}); check the host name and the network")
    if isinstance(error, TimeoutError):
        return Temporary(part, "did not answer in time")
    return Temporary(part, f"cannot be reached ({error})")


class CleanStart:
    """Stands in for a context at STARTTLS and refuses when the server spoke on before the handshake.

    What comes in plain text after the go-ahead was slipped in by somebody in between. `reader` is asked late because
    the libraries make it anew.
    """

    def __init__(self, context: ssl.SSLContext, part: str, reader: Callable[[], Any]) -> None:
        self._context = context
        self._part = part
        self._reader = reader

    def wrap_socket(self, sock: socket.socket, server_hostname: str) -> ssl.SSLSocket:
        """Secure `sock`. Raises Permanent when text is waiting in it."""
        if waiting(sock, self._reader()):
            detail = "text came in between before the connection was secure"
            raise Permanent(self._part, detail, "somebody may be listening on the line: use security 'tls'")
        return self._context.wrap_socket(sock, server_hostname=server_hostname)


def waiting(sock: socket.socket, reader: Any) -> bool:
    """Say whether something can be read from a socket's buffered reader without waiting for it."""
    patience = sock.gettimeout()
    sock.setblocking(False)
    try:
        return bool(reader.peek(1))
    except OSError:  # TLS says "want read" this way
        return False
    finally:
        sock.settimeout(patience)
