"""`mailbot google login`: a person lets mailbot work in his Google sheets, in his browser, once."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

from mailbot import config as configuration
from mailbot.commands.terminal import ask_for, line, verdict
from mailbot.config import Config
from mailbot.errors import Permanent, Usage
from sheets.register import RegisterError

WAIT_SECONDS = 300.0
"""So long somebody may take in his browser."""
_NOWHERE = "http://127.0.0.1:1/"
"""Where a browser on another machine is sent: nobody answers, but its address bar shows what Google said."""


def login(path: Path, client_file: Path, *, console: bool) -> int:
    """Log a person in and keep the login where [register] credentials says. Raises Usage, Permanent."""
    config = configuration.load(path)
    target = _target(config)
    try:
        from sheets.google.login import begin, finish
        from sheets.google.transport import FILES, SCOPES
    except ImportError as error:
        raise Usage('this needs: pip install "complaint-mailbot[google]"') from error
    scopes = (*SCOPES, FILES) if config.book.drive_folder else SCOPES
    try:
        with _doorstep() as (server, back):
            begun = begin(client_file, _NOWHERE if console else back, scopes)
            line("Open this address in a browser and allow the access / 请在浏览器中打开并允许访问：")
            line(begun.url)
            address = _pasted() if console else _came_back(server)
        kept = finish(begun, address)
    except RegisterError as error:
        raise Permanent("login", str(error), "see docs/google.md, “A person's login”") from error
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(kept, file)
    target.chmod(0o600)
    verdict(True, str(target), "the login is kept; only you can read it")
    return 0


def _target(config: Config) -> Path:
    """Where the login is kept; the key file of a service account is never overwritten."""
    if not config.book.credentials:
        raise Usage('set credentials = "google-login.json" in [register] first')
    target = config.path(config.book.credentials)
    if target.exists() and "authorized_user" not in target.read_text(encoding="utf-8", errors="replace"):
        raise Usage(f"{target} is something else than a login; name another file under credentials in [register]")
    return target


def _pasted() -> str:
    line("Afterwards the browser shows an error; that is as it should be. Its address bar has what is needed.")
    return ask_for("Paste that address here / 请粘贴浏览器地址栏里的网址", "", lambda said: "" if "?" in said else "?")


class _Doorstep(HTTPServer):
    came: str = ""


class _Visitor(BaseHTTPRequestHandler):
    server: _Doorstep

    def do_GET(self) -> None:
        if "state=" in self.path:  # browsers ask for an icon, too
            self.server.came = self.path
        body = "Done; you may close this page. 完成，可以关闭此页。".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; charset=UTF-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing of it belongs into a log."""


@contextmanager
def _doorstep() -> Iterator[tuple[_Doorstep, str]]:
    with _Doorstep(("127.0.0.1", 0), _Visitor) as server:
        yield server, f"http://127.0.0.1:{server.server_address[1]}/"


def _came_back(server: _Doorstep) -> str:
    end = time.monotonic() + WAIT_SECONDS
    while not server.came:
        server.timeout = max(0.0, end - time.monotonic())
        if not server.timeout:
            raise Permanent("login", "nobody came back from Google", "try again; on a server: --console")
        server.handle_request()
    return server.came
