"""`mailbot history --since …`: what happened to all cases from a moment on, oldest first."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from mailbot import config as configuration
from mailbot.clock import system_clock
from mailbot.commands.case import told
from mailbot.commands.terminal import line, local
from mailbot.errors import Usage
from mailbot.ledger.ledger import Ledger
from mailbot.wiring import open_procedure

_AGO = re.compile(r"(\d{1,5})\s*([hdw])")
_HOURS = {"h": 1, "d": 24, "w": 168}


def show_history(path: Path, since: str, *, as_json: bool) -> None:
    """Print every event since a moment. Raises Usage for a moment that cannot be understood."""
    config = configuration.load(path)
    procedure = open_procedure(config).procedure
    zone = procedure.calendar.zone
    start = moment(since, system_clock(), zone)
    ledger = Ledger.open(config.ledger_url)
    try:
        events = ledger.cases.events_since(start)
    finally:
        ledger.close()
    if as_json:
        rows = [{"case": e.case, "at": e.at, "actor": e.actor, "kind": e.kind, "facts": dict(e.facts)} for e in events]
        print(json.dumps(rows, ensure_ascii=False, indent=1, default=str))
        return
    for event in events:
        line(f"{local(event.at, zone)}  {event.case or '-'}  {event.actor}  {told(event, procedure)}")
    line(f"{len(events)} events since {local(start, zone)}")


def moment(text: str, now: datetime, zone: ZoneInfo) -> datetime:
    """Read `2026-03-01`, `2026-03-01 09:30` (local time in `zone`) or `36h`, `7d`, `2w` (ago). Raises Usage."""
    if ago := _AGO.fullmatch(text.strip()):
        return now - timedelta(hours=int(ago[1]) * _HOURS[ago[2]])
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise Usage(f"--since {text!r} is no moment; write 2026-03-01, '2026-03-01 09:30', 36h, 7d or 2w") from error
    return found if found.tzinfo else found.replace(tzinfo=zone)
