"""Wakes the daemon when mail arrives, by IDLE on a connection of its own.

Only a wake-up: the search that follows decides what is new, and polling goes on besides. So nothing is lost when this
thread is late, tired or dead. It starts again by itself after trouble, ever less often, and never speaks of it: the
source meets the same trouble and tells.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable

from mailbot.errors import MailbotError
from mailbot.mail.session import Session
from mailbot.mail.settings import ImapSettings

_CYCLE = 270.0
"""Seconds of one IDLE: routers forget silent connections after 5 minutes, servers after 30."""

_FIRST_PAUSE = 5.0
_LONGEST_PAUSE = 900.0


class Watcher(threading.Thread):
    """Calls `wake` (from its own thread) whenever the first folder may have changed, and after each new connection.

    Ends quietly when the server has no IDLE, and on `stop`.
    """

    def __init__(self, settings: ImapSettings, wake: Callable[[], None], *, cycle: float = _CYCLE) -> None:
        super().__init__(name=f"idle {settings.host}", daemon=True)
        self._settings = settings
        self._wake = wake
        self._cycle = cycle
        self._stopping = threading.Event()
        self._session: Session | None = None

    def run(self) -> None:
        """Watch until stopped. The pause after trouble doubles from 5 seconds to 15 minutes, with some chance in it."""
        pause = _FIRST_PAUSE
        while not self._stopping.is_set():
            try:
                self._session = Session(self._settings)
                if self._stopping.is_set() or not self._session.can("IDLE"):
                    return
                self._session.open_folder(self._settings.folders[0])
                pause = _FIRST_PAUSE
                self._watch(self._session)
            except MailbotError:
                self._stopping.wait(pause * random.uniform(0.5, 1.0))  # noqa: S311 - spreads load, guards nothing
                pause = min(2 * pause, _LONGEST_PAUSE)
            finally:
                if self._session:
                    self._session.close()

    def stop(self, timeout: float = 5.0) -> None:
        """End the thread: at once while it waits for mail, within `timeout` seconds otherwise, or leave it to die."""
        self._stopping.set()
        if self._session:
            self._session.shut()
        if self.is_alive():
            self.join(timeout)

    def _watch(self, session: Session) -> None:
        self._wake()
        while not self._stopping.is_set():
            if session.idle(self._cycle):
                self._wake()
