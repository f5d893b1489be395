"""Look at what is due: remind, escalate, summarise.

What is due is computed from the ledger at every look; nothing is queued ahead, so an outage leads to one collapsed mail
and a restart to none. Decisions and their letters are committed together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from mailbot.core.chasing import Reminder, chase, clocks, standing
from mailbot.core.model import Case, Decision, End, Letter, LetterOrder, Recipient
from mailbot.core.people import Person
from mailbot.core.progress import hindrances, resettled
from mailbot.core.remarks import listed
from mailbot.failpoints import failpoint
from mailbot.ledger.letterstates import LetterState
from mailbot.logs import logger
from mailbot.office import Office
from mailbot.reports.daily import CaseLine, DailyReport, FailingPart, MailBalance, MailLine, Upkeep, build
from mailbot.steps.alarm import alarm
from mailbot.steps.asking import ask_customers
from mailbot.steps.commit import commit
from mailbot.steps.monthly import report_month
from mailbot.steps.reconcile import waiting_changes

SUMMARY_JOB = "daily_summary"
LATEST_SUMMARY = timedelta(hours=24)

log = logger()


def chase_all(office: Office, now: datetime) -> int:
    """Order every letter that is due now; return how many."""
    ordered = alarm(office, now)  # first: it must be heard although reminders cannot be made
    ordered += resettle(office, office.ledger.cases.open(), now)
    cases = office.ledger.cases.open()
    ordered += remind(office, cases, now)
    ordered += ask_customers(office, cases, now)
    ordered += summarise(office, now)
    ordered += report_month(office, now)
    return ordered


def resettle(office: Office, still_open: Iterable[Case], now: datetime) -> int:
    """Begin anew with cases whose stage the rules no longer have; return how many letters were ordered."""
    found = [decision for case in still_open if (decision := resettled(case, now, office.procedure))]
    for decision in found:
        log.info("chase.resettled", case=decision.case.number)
    return sum(len(commit(office, decision, now).letters) for decision in found)


def remind(office: Office, still_open: Iterable[Case], now: datetime) -> int:
    """Remind and escalate: one mail per person and round listing all his cases; urgent cases go alone."""
    found = [chase(case, now, office.procedure) for case in still_open]
    reached = [c for c in found if c.events]
    if not reached:
        return 0
    cases = {c.case.number: c.case for c in reached}
    orders = _reminder_orders(office, [r for c in reached for r in c.reminders], cases, now)
    letters = [office.correspondence.write(order, None, now) for order in orders]
    failpoint("chase.before_record")
    with office.ledger.transaction():
        for one in reached:
            office.ledger.record(Decision(case=one.case, events=one.events), [], now)
        office.ledger.letters.insert(letters, now)
    failpoint("chase.after_record")
    log.info("chase.reminded", case="-", cases=len(reached), letters=len(letters))
    return len(letters)


def summarise(office: Office, now: datetime) -> int:
    """Write the daily summary to each supervisor, once a working day from the set hour on [D-70]."""
    slot = summary_slot(office, now)
    if slot is None or office.ledger.jobs.done(SUMMARY_JOB, slot.isoformat()):
        return 0
    cases, people = tuple(office.ledger.cases.all()), office.procedure.people.in_role("supervisor")
    letters = [daily_letter(office, cases, person, slot, now) for person in people]
    failpoint("chase.before_summary")
    with office.ledger.transaction():
        office.ledger.letters.insert(letters, now)
        office.ledger.jobs.mark(SUMMARY_JOB, slot.isoformat(), now)
    failpoint("chase.after_summary")
    log.info("chase.summary", case="-", day=slot.isoformat(), letters=len(letters))
    return len(letters)


def summary_slot(office: Office, now: datetime) -> date | None:
    """The working day whose summary is due: the latest whose hour has struck within the last 24 hours."""
    calendar = office.procedure.calendar
    hour, minute = (int(part) for part in office.config.schedule.summary.split(":"))
    for days in (0, 1):
        day = (now.astimezone(calendar.zone) - timedelta(days=days)).date()
        struck = datetime(day.year, day.month, day.day, hour, minute, tzinfo=calendar.zone)
        if calendar.is_workday(day) and timedelta() <= now - struck < LATEST_SUMMARY:
            return day
    return None


def daily_letter(office: Office, cases: Iterable[Case], person: Person, slot: date, now: datetime) -> Letter:
    """The summary of a day over all cases for one supervisor, not yet queued."""
    order = LetterOrder(
        key=f"{SUMMARY_JOB}:{slot.isoformat()}:{person.address}",
        kind=SUMMARY_JOB,
        to=Recipient(address=person.address, name=person.name, language=person.language),
        facts={"report": daily_report(office, cases, person, now)},
    )
    return office.correspondence.write(order, None, now)


def daily_report(office: Office, cases: Iterable[Case], person: Person | None, now: datetime) -> DailyReport:
    """The figures of the daily summary over all cases as `person` gets them; None: everything."""
    calendar = office.procedure.calendar
    language = person.language if person else office.procedure.language
    today = now.astimezone(calendar.zone).date()
    next_day = next(d for n in range(1, 30) if calendar.is_workday(d := today + timedelta(days=n)))
    before = next(d for n in range(1, 30) if calendar.is_workday(d := today - timedelta(days=n)))
    hour, minute = (int(part) for part in office.config.schedule.summary.split(":"))
    since = datetime(before.year, before.month, before.day, hour, minute, tzinfo=calendar.zone)
    return build(
        [_line(office, case, language, now) for case in cases],
        now=now,
        since=since,
        zone=calendar.zone,
        next_day=next_day,
        departments=person.departments if person else (),
        balance=_balance(office, since),
        upkeep=_upkeep(office, now),
    )


def _reminder_orders(
    office: Office, reminders: Iterable[Reminder], cases: dict[str, Case], now: datetime
) -> list[LetterOrder]:
    """Group what one person has to hear into one letter; each urgent case is a letter of its own."""
    groups: defaultdict[tuple[Person, str], list[Reminder]] = defaultdict(list)
    for reminder in reminders:
        groups[(reminder.person, reminder.case if reminder.urgent else "")].append(reminder)
    return [_reminder_order(office, person, mine, cases, now) for (person, _), mine in groups.items()]


def _reminder_order(
    office: Office, person: Person, mine: list[Reminder], cases: dict[str, Case], now: datetime
) -> LetterOrder:
    """One letter. It is an escalation when it tells somebody of work that is not his own."""
    by_case: defaultdict[str, list[Reminder]] = defaultdict(list)
    for reminder in sorted(mine, key=lambda r: r.due_at):
        by_case[reminder.case].append(reminder)
    items = tuple(_item(office, some, cases[number], person, now) for number, some in by_case.items())
    facts: dict[str, object] = {"items": items}
    single = next(iter(by_case)) if len(by_case) == 1 else ""
    if single:
        facts["number"] = single
    others = any(r.escalation and person not in office.procedure.actors(cases[r.case], "actor") for r in mine)
    return LetterOrder(
        key="reminder:" + ",".join(sorted({r.key for r in mine})) + f":{person.address}",
        kind="escalation" if others else "reminder",
        to=Recipient(address=person.address, name=person.name, language=person.language),
        case=single,
        facts=facts,
    )


def _item(office: Office, some: list[Reminder], case: Case, person: Person, now: datetime) -> dict[str, object]:
    """One case in the list: its most pressing deadline, all of them named."""
    clock = next((c for c in clocks(case, office.procedure) if c.key == some[0].clock), None)
    names = listed(list(dict.fromkeys(r.name for r in some)), person.language)
    return {**office.correspondence.card(case, now, person.language, clock), "what": names}


def _line(office: Office, case: Case, language: object, now: datetime) -> CaseLine:
    procedure, values = office.procedure, case.values
    severity = str(values.get("severity") or "")
    stand = standing(case, now, procedure)
    entered = case.visit.entered_at if case.visits else case.opened_at
    owner = procedure.people.find(values.get("owner"))
    return CaseLine(
        number=case.number,
        opened_at=case.opened_at,
        customer=str(values.get("company") or values.get("contact_name") or case.answer_to),
        product=" ".join(str(v) for v in (values.get("product"), values.get("model")) if v),
        severity=severity,
        severity_rank=procedure.severities.index(severity) if severity in procedure.severities else 0,
        department=str(values.get("department") or ""),
        stage=case.stage,
        owner=owner.name if owner else "",
        waiting_for=", ".join(stand.waiting_for),
        due_at=stand.due_at,
        closed_at=case.closed_at,
        touched=case.stage != procedure.stages.start or bool(owner) or entered == case.opened_at,
        lacks=tuple(hindrances(case, procedure)) if case.closed_at else (),
    )


def _balance(office: Office, since: datetime) -> MailBalance:
    mails = office.ledger.mails
    balance = mails.balance()
    human = [m for end in (End.NEEDS_HUMAN, End.QUARANTINED) for m in mails.ended_as(end, since)]
    return MailBalance(
        received=balance.received,
        ends=balance.by_end,
        unfinished=balance.unfinished,
        unread=tuple(MailLine(id=m.id, sender=m.sender or f"#{m.id}", subject=m.subject) for m in human),
    )


def _upkeep(office: Office, now: datetime) -> Upkeep:
    counts = office.ledger.letters.counts()
    failing = [p for p in office.ledger.health.all() if p.failing_since]
    register = next((p for p in failing if p.part == "reconcile"), None)
    return Upkeep(
        register_waiting=waiting_changes(office, now) if register else 0,
        register_since=register.failing_since if register else None,
        letters_held=counts.get(LetterState.HELD, 0),
        letters_in_doubt=counts.get(LetterState.IN_DOUBT, 0),
        letters_failed=counts.get(LetterState.FAILED, 0),
        failing=tuple(
            FailingPart(part=p.part, since=p.failing_since, failures=p.failures, message=p.message)
            for p in failing
            if p.failing_since
        ),
    )
