"""Servers every test may ask for. Tests import the servers themselves as `servers.…`: tests/ is on the path."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from servers.dovecot import DOVECOT, Dovecot

# No test may fail because the machine is busy: time limits belong to benchmarks.
settings.register_profile("busy machine", deadline=None)
settings.load_profile("busy machine")


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    """A mailbox server in plain text on loopback, one per module; its mailbox fills up as the module goes on."""
    if not Path(DOVECOT).exists():
        pytest.skip("dovecot is not installed")
    with Dovecot() as server:
        yield server


@pytest.fixture(scope="module")
def dovecot_tls() -> Iterator[Dovecot]:
    """The same with TLS and STARTTLS, under a certificate of its own (`ca_file`)."""
    if not Path(DOVECOT).exists():
        pytest.skip("dovecot is not installed")
    with Dovecot(tls=True) as server:
        yield server
