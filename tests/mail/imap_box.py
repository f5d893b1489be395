"""An IMAP mailbox seen from the other side: where mail arrives and staff look, on a connection of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from imapclient import IMAPClient

from mailbot.mail.imap import ImapSource
from mailbot.mail.settings import ImapSettings

BUILT_IN = {"INBOX", "Sent"}


def now() -> datetime:
    """Return a time no server gives."""
    return datetime(2001, 1, 1, tzinfo=UTC)


def an_account(port: int, **more: Any) -> ImapSettings:
    """Return settings for a server on loopback."""
    plain = {"host": "127.0.0.1", "user": "bot@example.test", "password": lambda: "secret", "security": "none"}
    return ImapSettings(port=port, **{**plain, **more})


class ImapBox:
    """The mailbox, emptied when made. `arrive` is how mail comes in; `close` closes the sources it gave out."""

    def __init__(self, port: int, arrive: Callable[[bytes], None]) -> None:
        self.port = port
        self.deliver = arrive
        self._sources: list[ImapSource] = []
        self.remove_all()

    def source(self, **settings: Any) -> ImapSource:
        self._sources.append(ImapSource(an_account(self.port, **settings), now))
        return self._sources[-1]

    def close(self) -> None:
        for source in self._sources:
            source.close()

    @contextmanager
    def staff(self, folder: str = "INBOX") -> Iterator[IMAPClient]:
        """Be a colleague with a mail program who has a folder open."""
        with IMAPClient("127.0.0.1", self.port, ssl=False, timeout=10) as client:
            client.login("bot@example.test", "secret")
            client.select_folder(folder)
            yield client

    def remove_all(self) -> None:
        with self.staff() as client:
            for _, _, name in client.list_folders():
                if name not in BUILT_IN:
                    client.delete_folder(name)
            if found := client.search("ALL"):
                client.delete_messages(found)
                client.expunge()

    def unread(self) -> int:
        with self.staff() as client:
            return len(client.search("UNSEEN"))

    def count(self, folder: str) -> int:
        with self.staff(folder) as client:
            return len(client.search("ALL"))
