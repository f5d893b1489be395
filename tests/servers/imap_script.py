"""IMAP servers that misbehave in exactly one way each: a dialogue on a raw socket, made of a table of answers.

`ScriptedImap(answers={...})` starts from a small well-behaved mailbox; an answer replaces what it says to a command.
`heard` keeps every line a client sent, so that a test can prove what was never said. `PROFILES` are known providers.
"""

from __future__ import annotations

import re
import socketserver
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, cast

Answer = str | float | None | Callable[["ScriptedImap", str], "str | None"]
"""Lines to send, `TAG` standing for the command's tag; None: hang up; a number: silence for so many seconds."""

RAW = b"From: customer@example.net\r\nMessage-ID: <one@example.net>\r\nSubject: lamp\r\n\r\nIt flickers.\r\n"

_FETCHED = '* 1 FETCH (UID 7 RFC822.SIZE {size} INTERNALDATE "02-Mar-2026 09:30:00 +0800")\r\nTAG OK done'


class _Dialogue(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        server = cast(ScriptedImap, self.server)
        server.connections += 1
        try:
            self.say(server.answers["greeting"], "*", "")
            for raw in self.rfile:
                line = raw.decode("latin-1").rstrip("\r\n")
                server.heard.append(line)
                if not self.react(server, line):
                    return
        except OSError:
            pass

    def react(self, server: ScriptedImap, line: str) -> bool:
        tag, _, command = line.partition(" ")
        if line == "DONE":
            tag, command = server.idle_tag, "DONE"
        verb = server.verb(command)
        if verb == "IDLE":
            server.idle_tag = tag
        self.say(server.answers.get(verb, server.answers["*"]), tag, command)
        return verb != "LOGOUT"

    def say(self, answer: Answer, tag: str, command: str) -> None:
        server = cast(ScriptedImap, self.server)
        if callable(answer):
            answer = answer(server, command)
        if isinstance(answer, int | float):
            time.sleep(answer)
            raise ConnectionError
        if answer is None:
            raise ConnectionError
        self.wfile.write(answer.replace("TAG", tag).encode("latin-1") + b"\r\n")


class ScriptedImap(socketserver.ThreadingTCPServer):
    """A mailbox with one mail (UID 7) in INBOX. Commands are looked up by verb, `UID FETCH` as `FETCH`."""

    allow_reuse_address = daemon_threads = True
    request_queue_size = 64

    def __init__(self, answers: Mapping[str, Answer] | None = None, *, raw: bytes = RAW) -> None:
        super().__init__(("127.0.0.1", 0), _Dialogue)
        self.raw = raw
        self.answers: dict[str, Answer] = {**_usual(raw), **(answers or {})}
        self.heard: list[str] = []
        self.idle_tag = ""
        self.connections = 0
        self.port = int(self.server_address[1])
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    @staticmethod
    def verb(command: str) -> str:
        """Return the verb of a command."""
        return re.sub(r"^UID ", "", command.upper()).partition(" ")[0]

    def said(self, verb: str) -> bool:
        """Say whether a client ever sent this command."""
        return any(self.verb(line.partition(" ")[2]) == verb for line in self.heard)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep quiet about dialogues that broke: they are meant to."""

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()


def _usual(raw: bytes) -> dict[str, Answer]:
    opened = (
        "* 1 EXISTS\r\n* 0 RECENT\r\n* FLAGS (\\Seen \\Deleted)\r\n* OK [UIDVALIDITY 11] ok\r\n* OK [UIDNEXT 8] ok\r\n"
        "* OK [PERMANENTFLAGS (\\Seen \\Deleted)] ok\r\nTAG OK "
    )
    return {
        "greeting": "* OK ready",
        "*": "TAG BAD what",
        "CAPABILITY": "* CAPABILITY IMAP4rev1 IDLE ID\r\nTAG OK done",
        "LOGIN": "TAG OK in",
        "ID": "* ID NIL\r\nTAG OK done",
        "NOOP": "TAG OK done",
        "LOGOUT": "* BYE bye\r\nTAG OK done",
        "SELECT": opened + "[READ-WRITE] done",
        "EXAMINE": opened + "[READ-ONLY] done",
        "LIST": '* LIST () "/" INBOX\r\nTAG OK done',
        "SEARCH": "* SEARCH 7\r\nTAG OK done",
        "FETCH": _fetch,
        "STORE": "TAG OK done",
        "COPY": "TAG OK done",
        "EXPUNGE": "TAG OK done",
        "CREATE": "TAG OK done",
        "SUBSCRIBE": "TAG OK done",
        "IDLE": "+ idling",
        "DONE": "TAG OK done",
    }


def _fetch(server: ScriptedImap, command: str) -> str:
    if "BODY.PEEK[HEADER" in command:
        text = "Message-ID: <one@example.net>\r\n\r\n"
        return f"* 1 FETCH (UID 7 BODY[HEADER.FIELDS (MESSAGE-ID)] {{{len(text)}}}\r\n{text})\r\nTAG OK done"
    if part := re.search(r"BODY\.PEEK\[\](?:<0\.(\d+)>)?", command):
        text = server.raw.decode("latin-1")[: int(part[1]) if part[1] else None]
        name = "BODY[]<0>" if part[1] else "BODY[]"
        return f"* 1 FETCH (UID 7 {name} {{{len(text)}}}\r\n{text})\r\nTAG OK done"
    return _FETCHED.format(size=len(server.raw))


def _opened_after_id(server: ScriptedImap, command: str) -> str | None:
    if not server.said("ID"):
        return f"TAG NO {server.verb(command)} Unsafe Login. Please contact kefu@188.com for help"
    return cast(str, _usual(server.raw)["EXAMINE"])


PROFILES: dict[str, dict[str, Answer]] = {
    "163": {
        "CAPABILITY": "* CAPABILITY IMAP4rev1 ID UIDPLUS\r\nTAG OK done",
        "SELECT": _opened_after_id,
        "EXAMINE": _opened_after_id,
        "*": "TAG BAD Parse command error",
    },
    "qq": {
        "CAPABILITY": "* CAPABILITY IMAP4rev1 IDLE UIDPLUS\r\nTAG OK done",
        "ID": None,
        "*": None,
        "SEARCH": "* SEARCH 3 5 7\r\nTAG OK done",
    },
}
"""163: no IDLE, no MOVE, nothing before ID. QQ: hangs up on what it has not offered, and searches as it likes."""
