"""`mailbot demo`: the whole main job on real servers of its own, told step by step. Its clock runs fast, and says so.

Nothing is pretended: the same office, steps and files as in earnest; only customers, staff and the time are played.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mailbot import logs
from mailbot.clock import machine_clock
from mailbot.commands.terminal import heading, line, local, table
from mailbot.core.chasing import standing
from mailbot.core.model import Language
from mailbot.daemon import Daemon
from mailbot.demo.books import BOOKS, DemoBook
from mailbot.demo.mails import answer, as_bytes, demo_mails
from mailbot.demo.post import PASSWORD, USER, PostOffice
from mailbot.demo.stage import (
    COMPANY,
    MONDAY,
    ONE_MINUTE,
    FastClock,
    Stage,
    cell_of,
    fresh,
    install,
    number_of,
    show_letters,
    types,
)
from mailbot.errors import Usage
from mailbot.wiring import open_office


def play(out: Path, language: str, *, register: str = "excel", keep: bool = False) -> int:
    """Play the demo into the folder `out`, which it empties first; return the exit status. Raises Usage."""
    if language not in list(Language):
        raise Usage(f"--language {language!r}: must be one of {', '.join(Language)}")
    if register not in BOOKS:
        raise Usage(f"--register {register!r}: must be one of {', '.join(BOOKS)}")
    logs.set_up("error")
    out = fresh(out)
    clock = FastClock(MONDAY)
    with BOOKS[register](out, COMPANY[language]) as book, PostOffice(out / "mails-sent") as post:
        config = install(out, language, post, book)
        with open_office(config, clock) as office:
            daemon = Daemon(office, clock)
            daemon.start()
            stage = Stage(office, daemon, post, clock)
            for act in ACTS:
                act(stage)
            _epilogue(stage, out, book)
            if keep:
                _keep_open(stage, book)
    return 0


def mails_arrive(stage: Stage) -> None:
    """Everything customers write on a Monday morning."""
    mails = demo_mails()
    heading(
        f"2. {len(mails)} mails arrive: complaints in Chinese and English, a staff forward, a newsletter, an auto-reply"
    )
    for mail in mails:
        at = MONDAY + mail.minute * ONE_MINUTE
        stage.post.deliver(as_bytes(mail, at), at)
    stage.round(until=MONDAY + 15 * ONE_MINUTE)
    procedure = stage.office.procedure
    rows = []
    for case in stage.office.ledger.cases.all():
        values = case.values
        who = str(values.get("company") or values.get("contact_name") or case.answer_to)
        what = " ".join(str(v) for v in (values.get("product"), values.get("model")) if v)
        severity = procedure.label("severity", values.get("severity"))
        nature = procedure.label("nature", values.get("nature"))
        rows.append((case.number, who, what, nature, severity, procedure.label("department", values.get("department"))))
    table(
        f"   {len(rows)} rows in the register", ("no.", "customer", "product", "nature", "severity", "department"), rows
    )
    balance = stage.office.ledger.mails.balance()
    ends = ", ".join(f"{end.value.replace('_', ' ')} {count}" for end, count in balance.by_end.items())
    line(f"   every mail accounted for: {balance.received} = {ends}")
    show_letters(stage, 0)


def staff_work(stage: Stage) -> None:
    """Staff fill in the sheet: one closes a stage without its evidence, one names an owner, one corrects a cell."""
    heading("3. Staff work in the register: an owner is named, a batch corrected, a stage closed too early")
    before = len(stage.post.outgoing.letters)
    engineer = stage.office.procedure.people.departments[0].staff[0]
    day = stage.clock.now.date()
    types(stage, "connector", {"owner": engineer, "batch": "0407-A", "assessed_on": day})
    types(stage, "late", {"owner": stage.office.procedure.people.departments[1].manager})
    stage.round(until=MONDAY + timedelta(hours=1))
    number = number_of(stage, "connector")
    stage.round()
    line(f"   {number}: the bot notes in the row: {str(cell_of(stage, number, 'bot_note')).splitlines()[0]}")
    show_letters(stage, before)
    before = len(stage.post.outgoing.letters)
    ours = stage.office.procedure.label("responsibility", "ours")
    line(f"   the engineer adds what was missing ({ours}); the stage is closed and the customer is told:")
    note = "不良品已隔离，补换的23个连接器明天发出。"
    types(stage, "connector", {"responsibility": ours, "note_to_customer": note})
    stage.round(until=MONDAY + timedelta(hours=2))
    case = stage.office.ledger.cases.get(number)
    assert case is not None  # noqa: S101 - made by the first act
    line(f"   {number}: now in {stage.office.procedure.stage(case).name(stage.office.procedure.language)}")
    show_letters(stage, before)


def customer_answers(stage: Stage) -> None:
    """The vague customer answers the acknowledgement; the empty cells fill themselves."""
    heading("4. A customer answers the acknowledgement with what was missing")
    sender = ("小雨", "xiaoyu88@mailhub.example")
    letter = next(m for to, m in stage.post.outgoing.letters if to == sender[1])
    number = number_of(stage, "vague")
    before = {key: cell_of(stage, number, key) for key in ("model", "order_no", "phone")}
    text = "型号是HX-L11，订单号 88120260501177，我叫余小雨，电话 138 0000 7788。照片见附件。"
    at = stage.clock.now
    stage.post.deliver(answer(letter, sender, text, at, ("台灯.png",)), at)
    stage.round()
    for key, old in before.items():
        heads = stage.office.procedure.column_name(key)
        line(f"   {number} {heads}: {old or '(empty)'} → {cell_of(stage, number, key)}")


def deadline_passes(stage: Stage) -> None:
    """A week goes by; the ladder of reminders and escalation is climbed."""
    heading("5. The clock jumps to Monday 15:00, a week on: deadlines have passed")
    before = len(stage.post.outgoing.letters)
    stage.round(until=datetime(2026, 5, 18, 7, 0, tzinfo=UTC))
    procedure = stage.office.procedure
    late = [c for c in stage.office.ledger.cases.open() if standing(c, stage.clock.now, procedure).status == "overdue"]
    line(f"   {len(late)} cases are overdue; one mail per person lists all of his:")
    show_letters(stage, before)


def summary_arrives(stage: Stage) -> None:
    """The next morning at half past eight the supervisor reads his mail."""
    heading("6. Tuesday 08:30: the daily summary")
    before = len(stage.post.outgoing.letters)
    stage.round(until=datetime(2026, 5, 19, 0, 30, tzinfo=UTC))
    summaries = [m for _, m in stage.post.outgoing.letters[before:]]
    show_letters(stage, before)
    if summaries and (body := summaries[-1].get_body(("plain",))):
        for text in str(body.get_content()).splitlines()[:24]:
            line("      " + text)


ACTS = (mails_arrive, staff_work, customer_answers, deadline_passes, summary_arrives)


def _epilogue(stage: Stage, out: Path, book: DemoBook) -> None:
    stage.round()
    heading("Look at what is left")
    line(f"   the register        {book.leave()}")
    line(
        f"   every letter sent   {out / 'mails-sent'}  ({len(stage.post.outgoing.letters)} letters, as .eml and .html)"
    )
    line(f"   the last summary    {sorted((out / 'mails-sent').glob('*.html'))[-1]}")
    line(f"   one case in full    mailbot case {number_of(stage, 'connector')} --config {out / 'config.toml'}")
    line(f"   the time in the demo was {local(stage.clock.now, stage.office.procedure.calendar.zone)}")


def _keep_open(stage: Stage, book: DemoBook) -> None:
    """Leave the servers up; the demo's clock now runs as fast as any other."""
    start, real = stage.clock.now, machine_clock()
    stage.post.outgoing.incoming = lambda raw: stage.post.deliver(raw, stage.clock.now)
    heading("Kept running; end with Ctrl-C")
    line(f"   IMAP 127.0.0.1:{stage.post.imap_port}, user {USER}, password {PASSWORD}, no encryption")
    line(f"   SMTP 127.0.0.1:{stage.post.smtp_port}: mail to {USER} lands in the mailbox and is answered")
    line(f"   The register: {book.watched}")
    try:
        while True:
            stage.round(until=start + (machine_clock() - real))
            time.sleep(2)
    except KeyboardInterrupt:
        line("ended")
