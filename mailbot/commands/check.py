"""`mailbot check`: everything the daemon will need is tried now, one line each, with the remedy."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from mailbot import config as configuration
from mailbot.clock import system_clock
from mailbot.commands.terminal import verdict
from mailbot.config import Config
from mailbot.core.model import Language
from mailbot.core.rulefile import FileProblems
from mailbot.errors import MailbotError, Permanent
from mailbot.ledger.ledger import Ledger
from mailbot.procedures import Loaded
from mailbot.wiring import letters_for, open_procedure, open_register, open_sender, open_source
from sheets.register import RegisterError, Waiting

PLACEHOLDER = "company.example"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was tried. `ok` None: no fault, but worth knowing."""

    ok: bool | None
    what: str
    detail: str = ""
    remedy: str = ""


def check_all(path: Path) -> int:
    """Try everything; return 0 when the daemon can run, 3 when something must be mended first."""
    config = configuration.load(path)
    verdict(True, "configuration", str(path))
    try:
        loaded = open_procedure(config)
    except FileProblems as error:
        for problem in error.problems:
            verdict(False, "rules", str(problem))
        return 2
    verdict(True, "rules", f"version {loaded.procedure.version}, {len(loaded.procedure.stages.stage)} stages")
    good = True
    for name, probe in PROBES.items():
        for finding in _tried(name, probe, config, loaded):
            verdict(finding.ok, finding.what, finding.detail, finding.remedy)
            good = good and finding.ok is not False
    return 0 if good else 3


Probe = Callable[[Config, Loaded], Iterator[Finding]]


def _tried(name: str, probe: Probe, config: Config, loaded: Loaded) -> Iterator[Finding]:
    """Run one probe; what it raises is its finding."""
    try:
        yield from probe(config, loaded)
    except Waiting as wait:
        yield Finding(ok=None, what=name, detail=str(wait), remedy="close it there, or simply wait")
    except Permanent as error:
        yield Finding(ok=False, what=name, detail=error.detail, remedy=error.remedy)
    except (MailbotError, RegisterError, FileProblems) as error:
        yield Finding(ok=False, what=name, detail=str(error))


def _people(config: Config, loaded: Loaded) -> Iterator[Finding]:
    strangers = [p.name for p in loaded.procedure.people.persons if p.address.endswith("@" + PLACEHOLDER)]
    if strangers and PLACEHOLDER not in config.company.domains:
        names = ", ".join(strangers[:3])
        yield Finding(
            ok=False,
            what="people",
            detail=f"{len(strangers)} still have the address of the example ({names} …)",
            remedy="put your own people into rules/routing.toml",
        )
    if not loaded.procedure.people.in_role("supervisor"):
        yield Finding(
            ok=False,
            what="people",
            detail="nobody is supervisor",
            remedy="name one under [roles] in rules/routing.toml",
        )
    elif not strangers or PLACEHOLDER in config.company.domains:
        yield Finding(ok=True, what="people", detail=f"{len(loaded.procedure.people.persons)} persons")


def _templates(config: Config, loaded: Loaded) -> Iterator[Finding]:
    problems = letters_for(config, loaded.procedure).check()
    for text in problems:
        yield Finding(
            ok=False, what="templates", detail=text, remedy="correct the file, or delete it to use the shipped one"
        )
    if not problems:
        yield Finding(ok=True, what="templates", detail=f"letters in {', '.join(Language)}")


def _calendar(config: Config, loaded: Loaded) -> Iterator[Finding]:
    calendar, now = loaded.procedure.calendar, system_clock()
    today = now.astimezone(calendar.zone).date()
    day = f"today {today} is {'a working day' if calendar.is_workday(today) else 'a day off'} in {calendar.zone}"
    yield Finding(ok=True, what="calendar", detail=day)
    if calendar.provisional(today.replace(month=12, day=31)):
        remedy = "update mailbot when the holidays are announced, or enter them in rules/calendar.toml"
        yield Finding(ok=None, what="calendar", detail=f"the holidays of {today.year} are not known yet", remedy=remedy)


def _clock(config: Config, loaded: Loaded) -> Iterator[Finding]:
    ok = 2026 <= system_clock().year < 2100 and time.time() > 0
    yield Finding(
        ok=ok, what="clock", detail=f"{system_clock():%Y-%m-%d %H:%M:%S} UTC", remedy="" if ok else "set the clock"
    )


def _ledger(config: Config, loaded: Loaded) -> Iterator[Finding]:
    ledger = Ledger.open(config.ledger_url)
    try:
        problems = ledger.check()
    finally:
        ledger.close()
    for text in problems:
        yield Finding(ok=False, what="ledger", detail=text, remedy="restore the last backup of the ledger file")
    if not problems:
        yield Finding(ok=True, what="ledger", detail=config.ledger_url.partition("://")[0])


def _mailbox(config: Config, loaded: Loaded) -> Iterator[Finding]:
    source = open_source(config)
    try:
        yield Finding(ok=True, what="mailbox", detail=source.check())
    finally:
        source.close()


def _smtp(config: Config, loaded: Loaded) -> Iterator[Finding]:
    sender = open_sender(config)
    try:
        yield Finding(ok=True, what="sending", detail=sender.check())
    finally:
        sender.close()


def _register(config: Config, loaded: Loaded) -> Iterator[Finding]:
    register = open_register(config, loaded.procedure)
    sheet = register.read()
    detail = (
        f"{register.location()}, {len(sheet.rows)} rows, {len(sheet.found)} of {len(loaded.procedure.columns)} columns"
    )
    yield Finding(ok=True, what="register", detail=detail)
    for remark in sheet.remarks:
        yield Finding(ok=None, what="register", detail=remark)


PROBES: dict[str, Probe] = {
    "people": _people,
    "templates": _templates,
    "calendar": _calendar,
    "clock": _clock,
    "ledger": _ledger,
    "mailbox": _mailbox,
    "sending": _smtp,
    "register": _register,
}
"""What is tried, in this order."""
