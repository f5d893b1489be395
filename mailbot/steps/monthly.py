"""The monthly report: on the first working day of a month, at the summary's hour, to each supervisor, once [D-71]."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from mailbot.core.model import Attachment, Case, Language, Letter, LetterOrder, Recipient
from mailbot.core.people import Person
from mailbot.core.punctuality import fell_due
from mailbot.core.recurrence import Comparable
from mailbot.logs import logger
from mailbot.office import Office
from mailbot.reports.monthly import AXES, MonthCase, MonthlyReport, build, month_of
from mailbot.reports.monthly_book import monthly_book

MONTHLY_JOB = "monthly_report"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HOURS = timedelta(hours=10)
"""How long after the hour of the summary a month may be reported: people are at work then."""
ANSWER = "first_answer"
"""The side deadline whose keeping means: answered in time. A procedure without it counts every answer as in time."""

log = logger()


def report_month(office: Office, now: datetime) -> int:
    """Write last month's report to each supervisor once; return how many letters. An outage does not skip it."""
    month = month_due(office, now)
    if month is None or office.ledger.jobs.done(MONTHLY_JOB, month.isoformat()) or not _begun_by(office, month):
        return 0
    people = office.procedure.people.in_role("supervisor")
    letters = [monthly_letter(office, person, month, now, key=month.isoformat()) for person in people]
    with office.ledger.transaction():
        office.ledger.letters.insert(letters, now)
        office.ledger.jobs.mark(MONTHLY_JOB, month.isoformat(), now)
    log.info("chase.monthly", case="-", month=f"{month:%Y-%m}", letters=len(letters))
    return len(letters)


def month_due(office: Office, now: datetime) -> date | None:
    """The month whose report is due: the last one, on working days of this one from the hour of the summary on.

    After an outage it comes late, but never at night.
    """
    calendar = office.procedure.calendar
    local = now.astimezone(calendar.zone)
    hour, minute = (int(part) for part in office.config.schedule.summary.split(":"))
    struck = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
    if not (calendar.is_workday(local.date()) and struck <= local < struck + HOURS):
        return None
    return month_of(month_of(local.date()) - timedelta(days=1))


def _begun_by(office: Office, month: date) -> bool:
    """Whether the first complaint came in this month or earlier: of a time before there is nothing to report."""
    begun = office.ledger.cases.first_opened()
    return begun is not None and month_of(begun.astimezone(office.procedure.calendar.zone).date()) <= month


def monthly_letter(office: Office, person: Person, month: date, now: datetime, *, key: str) -> Letter:
    """A month's report for one person, with its workbook, not yet queued."""
    report = monthly_report(office, month, now, person.departments)
    order = LetterOrder(
        key=f"{MONTHLY_JOB}:{key}:{person.address}",
        kind=MONTHLY_JOB,
        to=Recipient(address=person.address, name=person.name, language=person.language),
        facts={"report": report, "names": names_for(office, person.language)},
    )
    content = workbook(office, report, person.language)
    file = Attachment(filename=f"{month:%Y-%m}.xlsx", content_type=XLSX, size=len(content), sha256="", content=content)
    return office.correspondence.write(order, None, now, attachments=(file,))


def monthly_report(office: Office, month: date, now: datetime, departments: Iterable[str] = ()) -> MonthlyReport:
    """Count a month over the ledger's cases; only those of `departments`, if any are named."""
    wanted, cases = tuple(departments), tuple(office.ledger.cases.all())
    mine = [c for c in cases if not wanted or c.values.get("department") in wanted]
    keys = [side.key for side in office.procedure.stages.deadline] + [s.key for s in office.procedure.stages.stage]
    report = build([_line(office, case, now) for case in mine], month, office.procedure.calendar.zone, keys)
    by_number, before = {case.number: case for case in cases}, Comparable(cases)
    opened = tuple(replace(c, repeats=_repeats(by_number[c.number], before)) for c in report.opened)
    found = sum(bool(case.repeats) for case in opened)
    return replace(report, opened=opened, recurrence=replace(report.recurrence, part=found))


def workbook(office: Office, report: MonthlyReport, language: Language) -> bytes:
    """The report as a workbook in this language."""
    procedure = office.procedure
    names, words = names_for(office, language), office.correspondence.letters.words(language)

    def call(axis: str, key: str) -> str:
        return procedure.label(axis, key, language)

    return monthly_book(report, words, call, names, procedure.calendar.zone)


def names_for(office: Office, language: Language) -> dict[str, str]:
    """What each deadline and each axis is called."""
    procedure, stages = office.procedure, office.procedure.stages
    axes = {axis: procedure.column_name(axis, language) for axis in AXES}
    sides = {s.key: s.names.get(language) or next(iter(s.names.values())) for s in stages.deadline}
    return axes | sides | {stage.key: stage.name(language) for stage in stages.stage}


def _line(office: Office, case: Case, now: datetime) -> MonthCase:
    values, passed = case.values, tuple(fell_due(case, now, office.procedure))
    answered = values.get("first_answer_on") is not None
    late = any(term.key == ANSWER and not term.kept for term in passed)
    rated, amount = values.get("satisfaction"), values.get("claim_amount")
    shown = {**{axis: str(values.get(axis) or "") for axis in AXES}, "product": _product(case)}
    return MonthCase(
        number=case.number,
        opened_at=case.opened_at,
        closed_at=case.closed_at,
        values=shown,
        fell_due=passed,
        answered=answered,
        answered_in_time=answered and not late,
        satisfaction=float(rated) if isinstance(rated, int | float) else None,
        claimed=float(amount) if isinstance(amount, int | float) else 0.0,
        currency=str(values.get("claim_currency") or ""),
    )


def _product(case: Case) -> str:
    return str(case.values.get("model") or case.values.get("product") or case.values.get("part_no") or "")


def _repeats(case: Case, before: Comparable) -> str:
    return next((repeat.number for repeat in before.repeated_by(case)), "")
