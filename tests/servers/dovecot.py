"""A real Dovecot in a directory of its own: IMAP, LMTP, TLS, without root's rights and gone when closed.

`with Dovecot() as server:` gives a mailbox `server.user` with `server.password`; `deliver` is how mail arrives.
What only staff or bad luck do (rotate a password, kick, renumber a folder) has a method of its own.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import smtplib
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any

DOVECOT = "/usr/sbin/dovecot"

_CONFIGURATION = """
base_dir = {root}/run
state_dir = {root}/run
log_path = {root}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
first_valid_gid = 1
mail_uid = {user}
mail_gid = {group}
mail_location = maildir:{root}/mail/%u
mail_fsync = never
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
namespace inbox {{
  inbox = yes
  mailbox Sent {{
    auto = create
    special_use = \\Sent
  }}
}}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {root}/passwd
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={root}/home/%u allow_all_users=yes
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp_port}
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
"""


_given: set[int] = set()


def free_port() -> int:
    """Return a port nobody listens on just now, another one each time."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        if port not in _given:
            _given.add(port)
            return port


def certificate(folder: Path, *, host: str = "localhost", days: int = 2) -> tuple[Path, Path]:
    """Make a self-signed certificate for a host name (and 127.0.0.1 with localhost); return its file and its key's.

    With `days` below zero it has expired.
    """
    cert, key, request = folder / "cert.pem", folder / "key.pem", folder / "request.pem"
    names = f"DNS:{host}" + (",IP:127.0.0.1" if host == "localhost" else "")
    # fmt: off
    subprocess.run(
        ["openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-subj", f"/CN={host}", "-addext", f"subjectAltName={names}", "-keyout", key, "-out", request],
        check=True, capture_output=True,
    )
    subprocess.run(
        ["openssl", "x509", "-req", "-in", request, "-signkey", key, "-days", str(days),
         "-copy_extensions", "copy", "-out", cert],
        check=True, capture_output=True,
    )
    # fmt: on
    return cert, key


class Dovecot:
    """The server. `settings` is more configuration; with `tls` it also listens on `tls_port` and offers STARTTLS."""

    user = "bot@example.test"
    password = "secret"

    def __init__(self, *, tls: bool = False, settings: str = "") -> None:
        self.root = Path(tempfile.mkdtemp(prefix="dc-"))
        self.port, self.lmtp_port = free_port(), free_port()
        self.tls_port = free_port() if tls else 0
        self.ca_file: Path | None = None
        self._account = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
        self._write(settings, tls)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Dovecot:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.stop(signal.SIGKILL)
        shutil.rmtree(self.root, ignore_errors=True)

    def start(self) -> None:
        """Start and wait until it greets."""
        rights: dict[str, Any] = {}
        if os.getuid() == 0:
            rights = {"user": self._account.pw_uid, "group": self._account.pw_gid, "extra_groups": []}
        with (self.root / "stderr").open("wb") as stderr:
            command = [DOVECOT, "-F", "-c", str(self.root / "dovecot.conf")]
            self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=stderr, **rights)
        for _ in range(1000):
            if self._process.poll() is not None:
                break
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1) as line:
                if line.recv(4) == b"* OK":
                    return
            time.sleep(0.01)
        log = self.root / "dovecot.log"
        raise RuntimeError((self.root / "stderr").read_text() + (log.read_text() if log.exists() else ""))

    def stop(self, by: signal.Signals = signal.SIGTERM) -> None:
        """Stop the server and all its children."""
        if self._process:
            children = self.children()
            self._process.send_signal(by)
            self._process.wait(10)
            for child in children:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
            self._process = None

    def children(self, name: str = "") -> list[int]:
        """Return the ids of the server's own child processes, or of those called `name`."""
        assert self._process
        listed = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        return [int(one) for one in listed if not name or _name_of(one) == name]

    def sessions(self) -> list[int]:
        """Return the ids of the processes that serve a logged-in client each."""
        return self.children("imap")

    def deliver(self, raw: bytes, *, to: str = "") -> None:
        """Deliver a mail by LMTP."""
        with smtplib.LMTP("127.0.0.1", self.lmtp_port) as lmtp:
            lmtp.sendmail("customer@example.net", [to or self.user], raw)

    def drop(self, raw: bytes, name: str) -> None:
        """Put bytes no protocol would carry into the mailbox, as a file."""
        path = self.mailbox() / "new" / name
        path.write_bytes(raw)
        shutil.chown(path, self._account.pw_uid, self._account.pw_gid)

    def mailbox(self, user: str = "") -> Path:
        """Return a user's Maildir."""
        return self.root / "mail" / (user or self.user)

    def kick(self) -> None:
        """Throw the user out: BYE on every connection."""
        subprocess.run(
            ["doveadm", "-c", self.root / "dovecot.conf", "kick", self.user], check=True, capture_output=True
        )

    def renumber(self) -> None:
        """Give INBOX another UIDVALIDITY, as a restored server does. Everybody is thrown out first."""
        self.kick()
        time.sleep(0.1)
        listing = self.mailbox() / "dovecot-uidlist"
        head, _, rest = listing.read_text().partition("\n")
        first, validity, more = head.split(" ", 2)
        listing.write_text(f"{first} V{int(validity[1:]) + 1} {more}\n{rest}")
        for index in self.mailbox().glob("dovecot.index*"):
            index.unlink()

    def set_password(self, password: str) -> None:
        """Change the password. The server notices within a second."""
        (self.root / "passwd").write_text(f"{self.user}:{{PLAIN}}{password}::::::\n")

    def _write(self, settings: str, tls: bool) -> None:
        for name in ("run", "mail", "home"):
            (self.root / name).mkdir()
        group = subprocess.run(["id", "-gn", self._account.pw_name], check=True, capture_output=True, text=True).stdout
        text = _CONFIGURATION.format(
            root=self.root,
            user=self._account.pw_name,
            group=group.strip(),
            port=self.port,
            tls_port=self.tls_port,
            lmtp_port=self.lmtp_port,
        )
        if tls:
            self.ca_file, key = certificate(self.root)
            text += f"ssl = yes\nssl_cert = <{self.ca_file}\nssl_key = <{key}\n"
        else:
            text += "ssl = no\n"
        (self.root / "dovecot.conf").write_text(text + settings)
        self.set_password(self.password)
        for path in (self.root, *self.root.rglob("*")):
            os.chown(path, self._account.pw_uid, self._account.pw_gid)


def _name_of(process: str) -> str:
    try:
        return Path(f"/proc/{process}/comm").read_text().strip()
    except OSError:  # it has ended meanwhile
        return ""
