"""`mailbot check`: everything the daemon will need is tried now, one line each, with the remedy."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from mailbot import config as configuration
from mailbot.changesheet import FULL, LIMIT, MAKE_ROOM, lines_of
from mailbot.clock import system_clock
from mailbot.commands.remedies import GOOGLE_REMEDIES, REMEDIES
from mailbot.commands.terminal import verdict
from mailbot.config import Config
from mailbot.core.model import Language
from mailbot.core.rulefile import FileProblems
from mailbot.errors import MailbotError, Permanent
from mailbot.ledger.ledger import Ledger
from mailbot.mail.session import Session
from mailbot.procedures import Loaded
from mailbot.wiring import (
    changes_beside,
    imap_settings,
    letters_for,
    open_procedure,
    open_register,
    open_sender,
    open_source,
)
from mailbot.workspace import open_shelf
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
        gone = wait.reason in ("missing", "unreachable")
        remedy = REMEDIES[_register_kind(config)] if gone else "close it there, or simply wait"
        place = config.path(config.book.path) if config.book.kind == "excel" else "Google Sheets"
        detail = f"{place}: {wait}"
        yield Finding(ok=False if gone else None, what=name, detail=detail, remedy=remedy)
    except Permanent as error:
        yield Finding(ok=False, what=name, detail=error.detail, remedy=error.remedy)
    except (MailbotError, RegisterError, FileProblems) as error:
        remedy = GOOGLE_REMEDIES.get(getattr(error, "reason", ""), "")
        yield Finding(ok=False, what=name, detail=str(error), remedy=remedy or REMEDIES.get(name, ""))


def _register_kind(config: Config) -> str:
    return "register" if config.book.kind == "excel" else "google"


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
    stages = [stage.key for stage in loaded.procedure.stages.stage if stage.approval and stage.approval.differs_from]
    if len(loaded.procedure.people.persons) == 1 and stages:
        yield Finding(
            ok=None,
            what="people",
            detail=f"one person cannot approve his own work: {', '.join(stages)} will stay open",
            remedy="name a second person, or take `approval` out of these stages in rules/stages.toml",
        )


def _templates(config: Config, loaded: Loaded) -> Iterator[Finding]:
    problems = letters_for(config, loaded.procedure).check()
    for text in problems:
        yield Finding(
            ok=False, what="templates", detail=text, remedy="correct the file, or delete it to use the shipped one"
        )
    if not problems:
        yield Finding(ok=True, what="templates", detail=f"letters in {', '.join(Language)}")


def _names(config: Config, loaded: Loaded) -> Iterator[Finding]:
    """Customers are answered in their own language: the company's name should be written in it too."""
    company = config.company
    if Language.EN not in company.names and not company.name.isascii():
        detail, remedy = f"letters in English are signed {company.name}", 'add names = { en = "…" } to [company]'
        yield Finding(ok=None, what="company", detail=detail, remedy=remedy)


def _calendar(config: Config, loaded: Loaded) -> Iterator[Finding]:
    calendar, now = loaded.procedure.calendar, system_clock()
    today = now.astimezone(calendar.zone).date()
    day = f"today {today} is {'a working day' if calendar.is_workday(today) else 'a day off'} in {calendar.zone}"
    yield Finding(ok=True, what="calendar", detail=day)
    if calendar.provisional(today.replace(month=12, day=31)):
        remedy = "update mailbot when the holidays are announced, or enter them in rules/calendar.toml"
        yield Finding(ok=None, what="calendar", detail=f"the holidays of {today.year} are not known yet", remedy=remedy)


def _clock(config: Config, loaded: Loaded) -> Iterator[Finding]:
    ok = 2026 <= system_clock().year < 2100
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
    if config.mailbox.kind == "maildir":
        return _maildir(config)
    return _imap(config)


def _maildir(config: Config) -> Iterator[Finding]:
    source = open_source(config)
    count = len(source.list(lambda folder, validity: ()))
    yield Finding(ok=True, what="mailbox", detail=f"Maildir {config.path(config.mailbox.path)}, {count} mails")


def _imap(config: Config) -> Iterator[Finding]:
    settings = imap_settings(config)
    session = Session(settings)
    try:
        yield Finding(ok=True, what="mailbox", detail=f"logged in to {settings.host} as {settings.user}")
        session.open_folder(config.mailbox.folder)
        uids = session.search("ALL")
        yield Finding(ok=True, what="mailbox", detail=f"folder {config.mailbox.folder} holds {len(uids)} mails")
        if uids and (oldest := session.describe([min(uids)]).get(min(uids))) and oldest[1]:
            day = f"{oldest[1]:%Y-%m-%d}"
            yield Finding(
                ok=None, what="mailbox", detail=f"the oldest mail it shows is of {day}; older ones are not seen"
            )
        if config.mailbox.after == "move" and config.mailbox.processed not in session.folders():
            detail = f"the folder {config.mailbox.processed} for finished mails is made when it is first needed"
            yield Finding(ok=None, what="mailbox", detail=detail)
        if not session.can("IDLE"):
            detail = f"the server cannot push; it is asked every {config.schedule.poll_seconds:g} seconds"
            yield Finding(ok=None, what="mailbox", detail=detail)
    finally:
        session.close()


def _smtp(config: Config, loaded: Loaded) -> Iterator[Finding]:
    sender = open_sender(config)
    try:
        sender.connect()
        yield Finding(ok=True, what="sending", detail=f"{config.smtp.host} takes our login")
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


def _changes(config: Config, loaded: Loaded) -> Iterator[Finding]:
    if not config.book.history_sheet:
        return
    register = changes_beside(config, open_register(config, loaded.procedure))
    sheet = lines_of(register, loaded.procedure.language)
    yield Finding(ok=True, what="history_sheet", detail=f"{len(sheet.rows)} lines")
    if len(sheet.rows) >= LIMIT:
        yield Finding(ok=False, what="history_sheet", detail=FULL, remedy=MAKE_ROOM)
    for remark in sheet.remarks:
        yield Finding(ok=None, what="history_sheet", detail=remark)


def _shelf(config: Config, loaded: Loaded) -> Iterator[Finding]:
    if (shelf := open_shelf(config)) is not None:
        shelf.check()
        yield Finding(ok=True, what="attachments", detail="can be put into the folder in Google Drive")


def _folders(config: Config, loaded: Loaded) -> Iterator[Finding]:
    for key, place, named in (
        ("data", config.path(config.ledger.data), "[ledger] data"),
        ("cases", config.cases, "[register] cases"),
    ):
        writable = _can_write(place)
        remedy = "" if writable else f"correct {named}, or the rights of that folder"
        yield Finding(ok=writable, what=key, detail=f"{place}{'' if writable else ' cannot be written'}", remedy=remedy)
    for key, text in (("rules", config.files.rules), ("templates", config.files.templates)):
        if not (own := config.path(text)).is_dir():
            detail = f"there is no folder {own}; those that came with the program are used"
            yield Finding(ok=None, what=key, detail=detail, remedy=f"correct [files] {key} if you have your own")


def _can_write(folder: Path) -> bool:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK | os.X_OK)


PROBES: dict[str, Probe] = {
    "folders": _folders,
    "people": _people,
    "company": _names,
    "templates": _templates,
    "calendar": _calendar,
    "clock": _clock,
    "ledger": _ledger,
    "mailbox": _mailbox,
    "sending": _smtp,
    "register": _register,
    "history_sheet": _changes,
    "attachments": _shelf,
}
"""What is tried, in this order."""
