"""`mailbot report`: the daily summary as of now, a month's figures, one case; printed, written to a file, or sent."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

from mailbot import config as configuration
from mailbot.clock import system_clock
from mailbot.core.model import LetterOrder, Recipient
from mailbot.core.people import Person
from mailbot.errors import Usage
from mailbot.ledger.ledger import Ledger
from mailbot.office import Office
from mailbot.reports.caseform import case_form, which_form
from mailbot.reports.monthly import month_of
from mailbot.steps.chase import SUMMARY_JOB, daily_report
from mailbot.steps.monthly import MONTHLY_JOB, monthly_letter, monthly_report, names_for, workbook
from mailbot.wiring import form_folders, open_desk, open_procedure


def daily(path: Path, to: str, *, html: bool) -> None:
    """Print the daily summary, or queue it for `to`; a running daemon, or `run --once`, sends it."""
    now = system_clock()
    with open_desk(configuration.load(path)) as office:
        found = office.procedure.people.find(to)
        person = found or Person(name="", address=to, language=office.procedure.language)
        report = daily_report(office, office.ledger.cases.all(), found, now)
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


def monthly(path: Path, month: str, to: str, out: Path | None) -> None:
    """Print a month's figures, write them as a workbook, or queue both for `to`. `month` is YYYY-MM, empty the last."""
    now = system_clock()
    with open_desk(configuration.load(path)) as office:
        first = _month(month, now, office)
        language = office.procedure.language
        if to:
            person = office.procedure.people.find(to) or Person(name="", address=to, language=language)
            letter = monthly_letter(office, person, first, now, key=f"asked:{now.isoformat()}")
            office.ledger.letters.insert([letter], now)
            print(f"queued for {to}; it goes out with the next round")
            return
        report = monthly_report(office, first, now)
        if out:
            out.write_bytes(workbook(office, report, language))
            print(f"written: {out}")
            return
        facts = {"report": report, "names": names_for(office, language)}
        rendered = office.correspondence.letters.render(MONTHLY_JOB, language, facts)
        print(f"{rendered.subject}\n\n{rendered.text}")


def of_case(path: Path, number: str, form: str, out: Path | None) -> None:
    """Write the report of a case as a workbook, by default beside the present folder's files under its number."""
    config, now = configuration.load(path), system_clock()
    procedure = open_procedure(config).procedure
    ledger = Ledger.open(config.ledger_url)
    try:
        case = ledger.cases.get(number.strip().upper())
    finally:
        ledger.close()
    if case is None:
        raise Usage(f"there is no case {number}; the register lists them")
    form = form or which_form(case, procedure)
    name = config.company.names.get(procedure.language, config.company.name)
    content = case_form(case, form, form_folders(config), procedure, name, now)
    target = out or Path(f"{case.number}-{form}.xlsx")
    target.write_bytes(content)
    print(f"written: {target}")


def _month(text: str, now: datetime, office: Office) -> date:
    if not text:
        return month_of(month_of(now.astimezone(office.procedure.calendar.zone).date()) - timedelta(days=1))
    try:
        return datetime.strptime(text, "%Y-%m").date()
    except ValueError as error:
        raise Usage(f"{text!r} is no month; write it as 2026-03") from error
