from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from imap_box import ImapBox, an_account
from servers.dovecot import Dovecot
from servers.imap_script import PROFILES, ScriptedImap
from source_contract import a_mail

from mailbot.mail.idle import Watcher


@pytest.fixture
def box(dovecot: Dovecot) -> ImapBox:
    return ImapBox(dovecot.port, dovecot.deliver)


class Bell:
    """Counts how often the watcher rang."""

    def __init__(self) -> None:
        self._rang = threading.Semaphore(0)

    def __call__(self) -> None:
        self._rang.release()

    def heard(self, seconds: float = 5) -> bool:
        return self._rang.acquire(timeout=seconds)


@pytest.fixture
def bell() -> Bell:
    return Bell()


@pytest.fixture
def watch(bell: Bell) -> Iterator[Any]:
    watchers: list[Watcher] = []

    def start(port: int, **more: Any) -> Watcher:
        watchers.append(Watcher(an_account(port), bell, **more))
        watchers[-1].start()
        return watchers[-1]

    yield start
    for watcher in watchers:
        watcher.stop()


def test_the_watcher_rings_when_it_is_there_and_when_mail_arrives(box: ImapBox, bell: Bell, watch: Any) -> None:
    watch(box.port)
    assert bell.heard()
    assert not bell.heard(0.3)
    box.deliver(a_mail())
    assert bell.heard()


def test_the_watcher_stops_at_once(box: ImapBox, bell: Bell, watch: Any) -> None:
    watcher = watch(box.port)
    assert bell.heard()
    started = time.monotonic()
    watcher.stop()
    assert not watcher.is_alive()
    assert time.monotonic() - started < 1


def test_the_watcher_keeps_watching_cycle_after_cycle(box: ImapBox, bell: Bell, watch: Any) -> None:
    watch(box.port, cycle=0.1)
    assert bell.heard()
    assert not bell.heard(0.5)
    box.deliver(a_mail())
    assert bell.heard()


def test_the_watcher_ends_quietly_where_there_is_no_idle() -> None:
    with ScriptedImap(PROFILES["163"]) as server:
        watcher = Watcher(an_account(server.port), lambda: None)
        watcher.start()
        watcher.join(5)
        assert not watcher.is_alive()


@pytest.mark.parametrize("answer", ["+ idling\r\n* BYE kicked", None, "+ idling\r\nwhat?", "TAG NO not now"])
def test_a_watcher_whose_link_dies_pauses_before_it_calls_again(answer: str | None) -> None:
    with ScriptedImap({"IDLE": answer, "DONE": None}) as server:
        watcher = Watcher(an_account(server.port), lambda: None)
        watcher.start()
        time.sleep(0.5)
        watcher.stop()
        assert not watcher.is_alive()
        assert server.connections == 1
        assert len(server.heard) < 20
