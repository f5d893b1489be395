"""`mailbot status`: is all well, since when, and what waits for whom. Reads the ledger only; never touches a server."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from mailbot import config as configuration
from mailbot.clock import system_clock
from mailbot.commands.terminal import heading, line, local, table, verdict
from mailbot.core.chasing import clocks, standing
from mailbot.core.model import Case, End
from mailbot.core.procedure import Procedure
from mailbot.core.rulefile import FileProblems
from mailbot.ledger.ledger import Ledger
from mailbot.lock import running
from mailbot.wiring import lock_path, open_procedure
from sheets.register import Waiting

DAY = timedelta(days=1)


def show_status(path: Path, *, as_json: bool) -> int:
    """Print the state; return 0 when all is well, 1 when something fails or waits, 3 when a human must act."""
    config = configuration.load(path)
    ledger = Ledger.open(config.ledger_url)
    try:
        facts = _facts(config, ledger)
    finally:
        ledger.close()
    if as_json:
        print(json.dumps(facts, ensure_ascii=False, indent=1, default=str))
    else:
        _show(config, facts)
    return int(facts["exit_status"])


def _facts(config: configuration.Config, ledger: Ledger) -> dict[str, Any]:
    now, (procedure, broken) = system_clock(), _procedure(config)
    balance = ledger.mails.balance()
    cases = ledger.cases.open()
    stands = {c.number: standing(c, now, procedure) for c in cases if procedure}
    parts = ledger.health.all()
    letters = {state.value: count for state, count in ledger.letters.counts().items()}
    human = [m for end in (End.NEEDS_HUMAN, End.QUARANTINED) for m in ledger.mails.ended_as(end)]
    failing = [p for p in parts if p.failing_since]
    waits_for_human = bool(letters.get("held") or letters.get("in_doubt") or letters.get("failed"))
    return {
        "running": running(lock_path(config)),
        "rules": broken,
        "parts": [
            {
                "part": p.part,
                "ok_at": p.ok_at,
                "failing_since": p.failing_since,
                "failures": p.failures,
                "message": p.message,
            }
            for p in parts
        ],
        "mails": {
            "received": balance.received,
            "unfinished": balance.unfinished,
            "balanced": balance.even,
            **{end.value: balance.by_end.get(end, 0) for end in End},
        },
        "not_acknowledged_today": sum(e.kind == "not_acknowledged" for e in ledger.cases.events_since(now - DAY)),
        "requests": [{"mail": r.mail, "asked_at": r.asked_at} for r in ledger.requests.waiting()],
        "needs_human": [
            {"mail": m.id, "received_at": m.received_at, "from": m.sender, "subject": m.subject, "why": m.note}
            for m in human
        ],
        "letters": letters,
        "cases": {"open": len(cases), **Counter(s.status for s in stands.values())},
        "overdue": [
            {
                "number": c.number,
                "stage": procedure.stage(c).name(procedure.language),
                "due": stands[c.number].due_at or _passed(c, procedure, now),
                "waiting_for": list(stands[c.number].waiting_for),
            }
            for c in cases
            if procedure and stands[c.number].status == "overdue"
        ],
        "notices": [{"since": n.raised_at, "text": n.text} for n in ledger.notices.all()],
        "exit_status": 3 if waits_for_human or broken or not balance.even else 1 if failing else 0,
    }


def _passed(case: Case, procedure: Procedure, now: datetime) -> datetime | None:
    """The deadline beside the stage that has passed, while the stage's own is on hold."""
    found = (clock.due.at for clock in clocks(case, procedure))
    return min((at for at in found if at and at < now), default=None)


def _procedure(config: configuration.Config) -> tuple[Procedure | None, list[str]]:
    """The rules of the installation; none, and what is wrong with them, while they are broken."""
    try:
        return open_procedure(config).procedure, []
    except FileProblems as error:
        return None, [str(problem) for problem in error.problems]


def _show(config: configuration.Config, facts: dict[str, Any]) -> None:
    procedure, broken = _procedure(config)
    zone = procedure.calendar.zone if procedure else ZoneInfo("UTC")
    process = facts["running"]
    verdict(process is not None or None, "daemon", f"running (process {process})" if process else "not running")
    for problem in broken:
        verdict(False, "rules", problem)
    if broken:
        line("    → deadlines are not shown; a running daemon goes on with the rules of before (mailbot rules check)")
    heading("Parts")
    for part in facts["parts"]:
        if part["failing_since"]:
            _show_trouble(part, zone)
        else:
            verdict(True, part["part"], f"well, last at {local(part['ok_at'], zone)}")
    mails = facts["mails"]
    heading("Mail")
    ends = ", ".join(f"{end.value.replace('_', ' ')} {mails[end.value]}" for end in End)
    verdict(mails["balanced"], f"received {mails['received']} = {ends}, in work {mails['unfinished']}")
    if facts["needs_human"]:
        rows = [
            (str(m["mail"]), local(m["received_at"], zone), m["from"], m["subject"], m["why"])
            for m in facts["needs_human"][-15:]
        ]
        table(
            "Mails a person must look at (they stay in the mailbox)", ("no", "received", "from", "subject", "why"), rows
        )
        line("`mailbot mail list` shows all of them, `mailbot mail refile NO` files one again.")
    if withheld := facts["not_acknowledged_today"]:
        line(f"complaints without an acknowledgement in the last 24 hours: {withheld}; their rows say why")
    if facts["requests"]:
        line(f"mails to be filed again in the next round: {', '.join(str(r['mail']) for r in facts['requests'])}")
    heading("Letters")
    line(_counts(facts["letters"]) or "none yet")
    heading("Cases")
    line(_counts(facts["cases"]) or "none open")
    if facts["overdue"]:
        late = [(c["number"], c["stage"], local(c["due"], zone), ", ".join(c["waiting_for"])) for c in facts["overdue"]]
        table("Overdue", ("case", "stage", "due", "waiting for"), late)
    if facts["notices"]:
        heading("Notices")
        for notice in facts["notices"][-20:]:
            line(f"{local(notice['since'], zone)}  {notice['text']}")


def _show_trouble(part: dict[str, Any], zone: ZoneInfo) -> None:
    """A part that fails, with what it means; a register somebody works in, or has just saved, is no fault."""
    busy = any(part["message"].startswith(str(Waiting(reason))) for reason in ("open", "changed", "unsettled"))
    since = f"since {local(part['failing_since'], zone)}, {part['failures']} times: {part['message']}"
    remedy = "nothing is lost: it is written when they close it" if busy else "`mailbot check` tries it now"
    verdict(None if busy else False, part["part"], since if busy else f"failing {since}", remedy)


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in counts.items() if count)
