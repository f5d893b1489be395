"""The local Google: an HTTP server with the parts of Sheets v4 and Drive v3 used here, state and all.

What it answers is proven by replaying recorded traffic (test_google_replay.py). Quotas, 429, 503, tokens and all that
concerns several users at once rest on Google's documentation. What it does not know it refuses with 501.
"""

from __future__ import annotations

import gzip
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from mailbot.demo.google import service
from mailbot.demo.google.book import ME, Book
from mailbot.demo.google.drive import drive
from mailbot.demo.google.faults import Fault, Faults
from mailbot.demo.google.page import page
from mailbot.demo.google.service import Answer, Refusal
from mailbot.demo.google.tokens import Tokens
from mailbot.demo.google.uploads import Files

_PACKED = 1000
"""Longer answers are packed for those who ask for it, with both of the headers Google's documentation names."""
VIEW = "/view/"
"""Where people look at a spreadsheet, by its id."""


class LocalGoogle:
    """All spreadsheets of one local Google. `faults` are what goes wrong next; `log` is what was asked.

    `quota` is how many Sheets reads, and writes, a minute of `clock` (seconds) are allowed; `refused` counts those
    beyond. `skip_hidden`: copies leave out filtered rows.
    `between` happens before each request: what people do in that moment. `latency` gives the seconds a request is on
    its way, and its answer.
    """

    def __init__(self) -> None:
        self.books: dict[str, Book] = {}
        self.given_ids: list[str] = []
        self.lock = threading.RLock()
        self.faults = Faults()
        self.files = Files()
        self.tokens = Tokens()
        self.needs_token = False
        self.quota = self.refused = 0
        self.clock: Callable[[], float] = time.monotonic
        self.skip_hidden = False
        self.log: list[tuple[str, str]] = []
        self.between: Callable[[], None] = lambda: None
        self.latency: Callable[[], float] = lambda: 0
        self._used: dict[tuple[str, int], int] = {}
        self.url = ""

    def new_book(self, title: str, book_id: str = "") -> Book:
        """Create an empty spreadsheet shared with the service account."""
        book_id = book_id or (self.given_ids.pop(0) if self.given_ids else f"book-{len(self.books) + 1:03d}" + "x" * 35)
        self.books[book_id] = Book(book_id, title)
        return self.books[book_id]

    def asked(self, kind: str = "") -> int:
        """How many requests came so far, of a kind: `read`, `write` or `drive`."""
        return sum(1 for _, of in self.log if not kind or of == kind)

    def answer(self, method: str, url: str, body: str | None, token: str = "", seen: str = "") -> Answer:
        """Carry out one request as the services would.

        `seen` is the version of the spreadsheet somebody acts upon: a browser shows what is there, and nobody clicks on
        what has just moved. With another version it is refused (409); the services themselves know no such thing.
        """
        parts = urlsplit(url)
        path, query = parts.path, parse_qs(parts.query, keep_blank_values=True)
        if path == "/token":
            return self.tokens.grant(body or "")
        kind = service.kind(method, path)
        self.log.append((f"{method} {url}", kind))
        if self.needs_token and not self.tokens.good(token):
            return service.error(401, "Request had invalid authentication credentials.", "UNAUTHENTICATED")
        if self._over_quota(kind):
            return service.error(429, "Quota exceeded for quota metric 'Read requests'", "RESOURCE_EXHAUSTED")
        try:
            with self.lock:
                self.between()
                if seen and all(str(book.version) != seen for book in self.books.values() if book.id in path):
                    return service.error(409, "It has just moved.", "ABORTED")
                if path.startswith("/v4/"):
                    return service.sheets(self, method, unquote(path), query, body)
                return drive(self, method, path, query, body)
        except Refusal as refusal:
            return refusal.answer

    def _over_quota(self, kind: str) -> bool:
        if not self.quota or kind == "drive":
            return False
        minute = kind, int(self.clock() // 60)
        self._used[minute] = self._used.get(minute, 0) + 1
        over = self._used[minute] > self.quota
        self.refused += over
        return over

    @contextmanager
    def serving(self) -> Iterator[LocalGoogle]:
        """Answer on a free port of this machine; `url` is where."""
        server = _Server(("127.0.0.1", 0), _Handler)
        server.google = self
        self.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def page_of(self, book_id: str) -> str:
        """The address of a page that shows a spreadsheet."""
        return f"{self.url}{VIEW}{book_id}"

    def page(self, book_id: str, *, live: bool) -> str:
        """A spreadsheet as a page. Raises KeyError."""
        with self.lock:
            note = "A sheet of the local Google of this demo, to look at; nothing of it has left this machine."
            return page(self.books[book_id], note, live=live)

    def share(self, book: Book, address: str = ME, *, write: bool = True) -> None:
        """Let an account see, and change, a book."""
        (book.writers if write else book.readers).add(address)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    google: LocalGoogle

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""


def _compact(answer: Any) -> bytes:
    """As Google writes without blanks: text as it is, in UTF-8."""
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16
    disable_nagle_algorithm = True
    server: _Server

    def _serve(self) -> None:
        google = self.server.google
        if self.path.startswith(VIEW):
            return self._show(self.path.removeprefix(VIEW))
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length).decode("utf-8", "surrogateescape") if length else None
        if self.path.startswith("/auth?"):
            return self._say(302, b"", {"Location": google.tokens.consent(parse_qs(urlsplit(self.path).query))})
        seen = self.headers.get("X-Seen") or ""
        fault = None if seen or self.path == "/token" else google.faults.next(self.command, self.path)
        if fault is not None and fault.before:
            return self._fail(fault)
        token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        google.faults.released.wait(google.latency())
        status, answer = google.answer(self.command, self.path, body, token, seen)
        google.faults.released.wait(google.latency())
        if fault is not None:
            return self._fail(fault)
        if answer is not None and "location" in answer:
            return self._say(status, b"", {"Location": google.url + answer["location"]})
        return self._say(status, _compact(answer) if answer is not None else b"", {})

    def _show(self, book_id: str) -> None:
        if book_id not in self.server.google.books:
            return self._say(404, b"no such spreadsheet", {})
        shown = self.server.google.page(book_id, live=True)
        return self._say(200, shown.encode(), {}, "text/html; charset=UTF-8")

    def _fail(self, fault: Fault) -> None:
        if fault.delay:
            self.server.google.faults.released.wait(fault.delay)
        if not fault.status:
            self.close_connection = True
            self.connection.close()
            return
        self._say(fault.status, fault.body, fault.headers)

    def _say(
        self, status: int, body: bytes, headers: dict[str, str], kind: str = "application/json; charset=UTF-8"
    ) -> None:
        self.send_response(status)
        if len(body) > _PACKED and all(
            "gzip" in self.headers.get(name, "") for name in ("Accept-Encoding", "User-Agent")
        ):
            body = gzip.compress(body, 1)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Type", kind)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_DELETE = _serve

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet: `LocalGoogle.log` knows."""
