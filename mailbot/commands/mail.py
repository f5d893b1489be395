"""`mailbot mail`: mails the daemon could or would not make anything of, and what a human may say of them.

Read here, decided there: `refile` only notes what is asked; the daemon carries it out with its next round, so it is
safe at any time.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from mailbot import config as configuration
from mailbot.clock import system_clock
from mailbot.commands.parse import show_understood
from mailbot.commands.terminal import heading, line, local, table
from mailbot.core.model import End
from mailbot.errors import MailbotError, Usage
from mailbot.ledger.ledger import Ledger
from mailbot.ledger.mails import MailRow
from mailbot.ledger.requests import AS_COMPLAINT, Request
from mailbot.lock import running
from mailbot.mail.understand import judge
from mailbot.office import Office
from mailbot.steps.refile import objection
from mailbot.wiring import lock_path, office_zone, open_desk

FOR_HUMANS = (End.QUARANTINED, End.NEEDS_HUMAN)
SHOWN = 200
"""Mails listed at most, the newest; `--json` gives all."""


def list_mails(path: Path, end: str, *, as_json: bool) -> None:
    """List the mails of one end, or those a human must look at. Raises Usage for an end there is not."""
    config = configuration.load(path)
    ends = (_end(end),) if end else FOR_HUMANS
    ledger = Ledger.open(config.ledger_url)
    try:
        found = [mail for each in ends for mail in ledger.mails.ended_as(each)]
    finally:
        ledger.close()
    if as_json:
        print(json.dumps([_record(mail) for mail in found], ensure_ascii=False, indent=1, default=str))
        return
    zone, shown = office_zone(config), sorted(found, key=lambda mail: mail.id)[-SHOWN:]
    rows = [
        (str(m.id), local(m.received_at, zone), m.end.value if m.end else "", m.case or "", m.sender, m.subject, m.note)
        for m in shown
    ]
    title = f"Mails: {len(found)}" + (f", the last {SHOWN}" if len(found) > SHOWN else "")
    table(title, ("no", "received", "end", "case", "from", "subject", "why"), rows)


def show_mail(path: Path, number: int, *, as_json: bool) -> None:
    """Print what became of a mail, where its original lies, and what is understood of it now."""
    with open_desk(configuration.load(path)) as office:
        row, asked = _row(office, number), office.ledger.requests.of_mail(number)
        if as_json:
            record = {**_record(row), "original": _original(office, row), "requests": [_request(r) for r in asked]}
            print(json.dumps(record, ensure_ascii=False, indent=1, default=str))
            return
        _show(office, row, asked, office.procedure.calendar.zone)


def refile_mail(path: Path, number: int, *, as_kind: str, to: str) -> None:
    """Note that a mail is to be filed again. Raises Usage when it cannot be."""
    config = configuration.load(path)
    if as_kind not in ("", AS_COMPLAINT):
        raise Usage(f"--as {as_kind}: a mail can be filed as `{AS_COMPLAINT}` only")
    if as_kind and to:
        raise Usage("give --as or --to, not both")
    case = to.strip().upper()
    with open_desk(config) as office:
        row = _row(office, number)
        if why := objection(row, office.ledger.cases.get(case) if case else None, case):
            raise Usage(f"mail {number} cannot be filed again: {why}")
        if row.end is End.FOLLOW_UP and not (as_kind or case):
            raise Usage(f"mail {number} belongs to {row.case}: say --as complaint or --to NUMBER")
        office.ledger.requests.ask(number, system_clock(), filing=as_kind, case=case)
    print(f"mail {number}: noted. " + _when(running(lock_path(config)) is not None))


def _when(daemon: bool) -> str:
    if daemon:
        return "The daemon does it with its next round; see `mailbot mail show` then."
    return "The daemon is not running: it is done when it starts, or with `mailbot run --once`."


def _end(name: str) -> End:
    try:
        return End(name)
    except ValueError:
        raise Usage(f"--end {name}: the ends are {', '.join(End)}") from None


def _row(office: Office, number: int) -> MailRow:
    row = office.ledger.mails.get(number)
    if row is None:
        raise Usage(f"there is no mail {number}; `mailbot mail list` lists those a human must look at")
    return row


def _show(office: Office, row: MailRow, asked: list[Request], zone: ZoneInfo) -> None:
    heading(f"Mail {row.id}: {row.end.value if row.end else row.state.value}" + (f" {row.case}" if row.case else ""))
    line(f"received {local(row.received_at, zone)}, {row.size} bytes, from {row.sender or 'not read yet'}")
    for words in (row.note, f"last trouble: {row.error}" if row.error else ""):
        if words:
            line(words)
    for place in _original(office, row):
        line(f"original: {place}")
    for request in asked:
        what = f"--to {request.case}" if request.case else f"--as {request.filing}" if request.filing else "anew"
        done = f"{local(request.done_at, zone)} {request.outcome}" if request.done_at else "waits for the next round"
        line(f"refile {what}, asked {local(request.asked_at, zone)}: {done}")
    if row.sha256:
        try:
            raw = office.archive.get(row.sha256)
        except MailbotError as error:
            line(str(error))
            return
        show_understood(judge(*office.reader.read(raw), office.rules), office.rules)


def _original(office: Office, row: MailRow) -> list[str]:
    """Where the bytes are: in the archive, and where the server had them when they were seen."""
    kept = [str(office.archive.path(row.sha256))] if row.sha256 else []
    return [*kept, f"{row.account} {row.folder} UID {row.uid}" + (" (gone since)" if row.gone else "")]


def _record(mail: MailRow) -> dict[str, Any]:
    return {
        "id": mail.id,
        "received_at": mail.received_at,
        "state": mail.state.value,
        "end": mail.end.value if mail.end else None,
        "case": mail.case,
        "from": mail.sender,
        "subject": mail.subject,
        "note": mail.note,
        "error": mail.error,
    }


def _request(request: Request) -> dict[str, Any]:
    return {
        "as": request.filing,
        "to": request.case,
        "asked_at": request.asked_at,
        "done_at": request.done_at,
        "outcome": request.outcome,
    }
