"""`mailbot report daily`: the summary as of now, printed or sent."""

from __future__ import annotations

from pathlib import Path

from mailbot import config as configuration
from mailbot.clock import system_clock
from mailbot.core.model import LetterOrder, Recipient
from mailbot.core.people import Person
from mailbot.steps.chase import SUMMARY_JOB, daily_report
from mailbot.wiring import open_desk


def daily(path: Path, to: str, *, html: bool) -> None:
    """Print the daily summary, or queue it for `to`; a running daemon, or `run --once`, sends it."""
    now = system_clock()
    with open_desk(configuration.load(path)) as office:
        found = office.procedure.people.find(to)
        person = found or Person(name="", address=to, language=office.procedure.language)
        report = daily_report(office, found, now)
        if not to:
            rendered = office.correspondence.letters.render(SUMMARY_JOB, office.procedure.language, {"report": report})
            print(rendered.html if html else f"{rendered.subject}\n\n{rendered.text}")
            return
        order = LetterOrder(
            key=f"{SUMMARY_JOB}:asked:{now.isoformat()}:{to}",
            kind=SUMMARY_JOB,
            to=Recipient(address=to, name=person.name, language=person.language),
            facts={"report": report},
        )
        office.ledger.letters.insert([office.correspondence.write(order, None, now)], now)
        print(f"queued for {to}; it goes out with the next round")
