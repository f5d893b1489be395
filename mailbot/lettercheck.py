"""Whether every letter can be written, tried before the daemon decides anything.

A letter that cannot be written would park the customer's mail: better not to start at all. Trying all of them takes
longer than a quiet round, so the ledger remembers what was found good by everything the answer depends on: templates,
words, company, labels and the program itself. Another word anywhere in these, and all are tried again.
"""

from __future__ import annotations

import sys
from datetime import datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from mailbot import letterfacts, letters, wording
from mailbot.office import Office

TRIED = "letters_tried"
"""The job of trying all letters; its slot names everything they are made of."""


def letter_problems(office: Office, now: datetime) -> list[str]:
    """Return what is wrong with any template, one line each; tried only when something they are made of is new."""
    slot = made_of(office)
    if office.ledger.jobs.done(TRIED, slot):
        return []
    problems = office.correspondence.letters.check()
    if not problems:
        office.ledger.jobs.mark(TRIED, slot, now)
    return problems


def made_of(office: Office) -> str:
    """Name everything letters are made of: another name, other letters perhaps."""
    said = f"{office.correspondence.letters.made_of()}{office.procedure.labels!r}{office.procedure.calendar.zone}"
    return sha256(_program() + said.encode(errors="surrogatepass")).hexdigest()


def _program() -> bytes:
    versions = [sys.version, *(version(name) for name in ("jinja2", "markupsafe", "css-inline"))]
    files = [Path(str(module.__file__)) for module in (letters, letterfacts, wording)]
    return repr(versions).encode() + b"".join(file.read_bytes() for file in files)
