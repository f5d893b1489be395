"""Look at what is due: remind, escalate, summarise, and tell the operator what is broken.

What is due is computed from the ledger at every look; nothing is queued ahead, so an outage leads to one collapsed mail
and a restart to none. Decisions and their letters are committed together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from mailbot.core.chasing import Reminder, chase, clocks, standing
from mailbot.core.model import Case, Decision, Language, Letter, LetterOrder, Recipient
from mailbot.core.people import Person
from mailbot.core.progress import hindrances
from mailbot.core.remarks import listed
from mailbot.failpoints import failpoint
from mailbot.ledger.health import PartHealth
from mailbot.ledger.letterstates import LetterState
from mailbot.logs import logger
from mailbot.office import Office
from mailbot.reports.daily import CaseLine, DailyReport, FailingPart, MailBalance, Upkeep, build
from mailbot.steps.reconcile import waiting_changes

SUMMARY_JOB = "daily_summary"
LATEST_SUMMARY = timedelta(hours=24)
ALARM_AFTER = timedelta(minutes=15)
"""How long a part may fail before the operator is written to; shorter troubles mend themselves."""

log = logger()


def chase_all(office: Office, now: datetime) -> int:
    """Order every letter that is due now; return how many."""
    ordered = remind(office, now)
    ordered += summarise(office, now)
    ordered += alarm(office, now)
    return ordered


def remind(office: Office, now: datetime) -> int:
    """Remind and escalate: one mail per person and round listing all his cases; urgent cases go alone."""
    found = [chase(case, now, office.procedure) for case in office.ledger.cases.open()]
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
    letters = [daily_letter(office, person, slot, now) for person in office.procedure.people.in_role("supervisor")]
    failpoint("chase.before_summary")
    with office.ledger.transaction():
        office.ledger.letters.insert(letters, now)
        office.ledger.jobs.mark(SUMMARY_JOB, slot.isoformat(), now)
    failpoint("chase.after_summary")
    log.info("chase.summary", case="-", day=slot.isoformat(), letters=len(letters))
    return len(letters)


def alarm(office: Office, now: datetime) -> int:
    """Tell the operator, once each, of parts that keep failing and of notices raised elsewhere."""
    letters: list[Letter] = []
    with office.ledger.transaction():
        for part in office.ledger.health.all():
            if part.failing_since and now - part.failing_since >= ALARM_AFTER:
                letters.append(_part_alarm(office, part, now))
        for notice in office.ledger.notices.all():
            letters.append(_notice_alarm(office, notice.key, notice.text, notice.raised_at, now))
        new = office.ledger.letters.insert(letters, now)
    return len(new)


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


def daily_letter(office: Office, person: Person, slot: date, now: datetime) -> Letter:
    """The summary of a day for one supervisor, not yet queued."""
    order = LetterOrder(
        key=f"{SUMMARY_JOB}:{slot.isoformat()}:{person.address}",
        kind=SUMMARY_JOB,
        to=Recipient(address=person.address, name=person.name, language=person.language),
        facts={"report": daily_report(office, person, now)},
    )
    return office.correspondence.write(order, None, now)


def daily_report(office: Office, person: Person | None, now: datetime) -> DailyReport:
    """The figures of the daily summary as `person` gets them; None: everything."""
    calendar = office.procedure.calendar
    language = person.language if person else office.procedure.language
    today = now.astimezone(calendar.zone).date()
    next_day = next(d for n in range(1, 30) if calendar.is_workday(d := today + timedelta(days=n)))
    before = next(d for n in range(1, 30) if calendar.is_workday(d := today - timedelta(days=n)))
    hour, minute = (int(part) for part in office.config.schedule.summary.split(":"))
    since = datetime(before.year, before.month, before.day, hour, minute, tzinfo=calendar.zone)
    return build(
        [_line(office, case, language, now) for case in office.ledger.cases.all()],
        now=now,
        since=since,
        zone=calendar.zone,
        next_day=next_day,
        departments=person.departments if person else (),
        balance=_balance(office),
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
        facts |= {"number": single, "ref": cases[single].token}
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


def _balance(office: Office) -> MailBalance:
    balance = office.ledger.mails.balance()
    return MailBalance(received=balance.received, ends=balance.by_end, unfinished=balance.unfinished)


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


def _part_alarm(office: Office, part: PartHealth, now: datetime) -> Letter:
    assert part.failing_since is not None  # noqa: S101 - asked by the caller
    key = f"alarm:{part.part}:{part.failing_since.isoformat()}"
    what, means, remedy = ALARMS[_operator(office).language][part.part]
    facts = {"what": what, "since": part.failing_since, "why": part.message, "means": means, "remedy": remedy}
    return _to_operator(office, key, facts, now)


def _notice_alarm(office: Office, key: str, text: str, since: datetime, now: datetime) -> Letter:
    return _to_operator(office, f"notice:{key}:{since.isoformat()}", {"what": text, "since": since}, now)


def _to_operator(office: Office, key: str, facts: dict[str, object], now: datetime) -> Letter:
    order = LetterOrder(key=key, kind="operator_alert", to=_operator(office), facts=facts)
    return office.correspondence.write(order, None, now)


def _operator(office: Office) -> Recipient:
    address = office.config.people.operator
    person = office.procedure.people.find(address)
    language = person.language if person else office.procedure.language
    return Recipient(address=address, name=person.name if person else "", language=language)


_STATUS = "mailbot status"
ALARMS: dict[Language, dict[str, tuple[str, str, str]]] = {
    Language.ZH_CN: {
        "intake": (
            "收不到邮件",
            "客户来信暂时无人登记、无人回复。信件仍在邮箱中，恢复后会补登。",
            f"运行 {_STATUS} 或 mailbot check 查看原因。",
        ),
        "reconcile": (
            "台账无法更新",
            "新案件和状态暂时写不进台账；已记入数据库，不会丢失。",
            "如有人打开着台账，请其保存并关闭。",
        ),
        "chase": ("提醒与日报无法生成", "到期提醒和日报暂停。", f"运行 {_STATUS} 查看原因。"),
        "deliver": (
            "邮件发不出去",
            "回复、提醒和日报暂时发不出；信件已排队，恢复后自动发出。",
            "检查 config.toml 的 [smtp]。",
        ),
    },
    Language.ZH_TW: {
        "intake": (
            "收不到郵件",
            "客戶來信暫時無人登記、無人回覆。信件仍在信箱中，恢復後會補登。",
            f"執行 {_STATUS} 或 mailbot check 查看原因。",
        ),
        "reconcile": (
            "台帳無法更新",
            "新案件和狀態暫時寫不進台帳；已記入資料庫，不會遺失。",
            "如有人開著台帳，請其儲存並關閉。",
        ),
        "chase": ("提醒與日報無法產生", "到期提醒和日報暫停。", f"執行 {_STATUS} 查看原因。"),
        "deliver": (
            "郵件寄不出去",
            "回覆、提醒和日報暫時寄不出；信件已排隊，恢復後自動寄出。",
            "檢查 config.toml 的 [smtp]。",
        ),
    },
    Language.EN: {
        "intake": (
            "no mail can be taken in",
            "Complaints are neither registered nor answered for now. They stay in the mailbox and are caught up with.",
            f"Run `{_STATUS}` or `mailbot check` for the reason.",
        ),
        "reconcile": (
            "the register cannot be updated",
            "New cases and states are not shown there for now. They are safe in the ledger.",
            "If somebody has the register open, ask them to save and close it.",
        ),
        "chase": ("reminders and summaries cannot be made", "Nobody is reminded for now.", f"Run `{_STATUS}`."),
        "deliver": (
            "letters cannot be sent",
            "Answers, reminders and summaries wait in the outbox and go out by themselves afterwards.",
            "Check [smtp] in config.toml.",
        ),
    },
}
"""For each part of a round: what is wrong, what it means, what to do."""
