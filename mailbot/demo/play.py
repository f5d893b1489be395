"""`mailbot demo`: the whole main job on real servers of its own, told step by step. Its clock runs fast, and says so.

Nothing is pretended: the same office, steps and files as in earnest; only customers, staff and the time are played.
"""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from mailbot import config as configuration
from mailbot import logs
from mailbot.clock import machine_clock
from mailbot.commands.init import Answers, set_up
from mailbot.commands.terminal import heading, line, local, quiet, table
from mailbot.core.chasing import standing
from mailbot.core.model import Language
from mailbot.daemon import Daemon
from mailbot.demo.mails import DemoMail, answer, as_bytes, demo_mails
from mailbot.demo.post import PASSWORD, USER, PostOffice
from mailbot.errors import Usage
from mailbot.office import Office
from mailbot.wiring import open_office
from sheets.table import Cell, SetCell

MONDAY = datetime(2026, 5, 11, 1, 0, tzinfo=UTC)
"""Monday 2026-05-11, 09:00 in Shanghai: an ordinary working day."""
ONE_MINUTE = timedelta(minutes=1)

PEOPLE = {
    "Quality Manager": ("王立新", "quality.manager"),
    "Quality Engineer": ("张晓峰", "quality.engineer"),
    "PMC Manager": ("刘洋", "pmc.manager"),
    "Sales Manager": ("赵敏", "sales.manager"),
    "Customer Service": ("孙倩", "service"),
    "Engineering Manager": ("吴强", "engineering.manager"),
    "Finance Manager": ("郑洁", "finance.manager"),
    "General Manager": ("周总", "general.manager"),
}


@dataclass(slots=True)
class FastClock:
    """The demo's time: stands still until it is moved on."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass(slots=True)
class Stage:
    """What the play needs at hand."""

    office: Office
    daemon: Daemon
    post: PostOffice
    clock: FastClock

    def round(self, *, until: datetime | None = None) -> None:
        """Move the clock on and let the bot do one round."""
        self.clock.now = until or self.clock.now + ONE_MINUTE
        if not self.daemon.round(patient=False):
            failing = [f"{p.part}: {p.message}" for p in self.office.ledger.health.all() if p.failing_since]
            raise Usage("the demo cannot go on: " + "; ".join(failing))


def play(out: Path, language: str, *, keep: bool) -> int:
    """Play the demo into the folder `out`, which it empties first; return the exit status."""
    if language not in list(Language):
        raise Usage(f"--language {language!r}: must be one of {', '.join(Language)}")
    logs.set_up("error")
    out = _fresh(out)
    clock = FastClock(MONDAY)
    with PostOffice(out / "mails-sent") as post:
        config = _install(out, language, post)
        with open_office(config, clock) as office:
            daemon = Daemon(office, clock)
            daemon.start()
            stage = Stage(office, daemon, post, clock)
            for act in ACTS:
                act(stage)
            _epilogue(stage, out)
            if keep:
                _keep_open(stage)
    return 0


def _fresh(out: Path) -> Path:
    """The demo's folder, emptied; only one that a demo made is ever emptied."""
    out = out.resolve()
    mark = out / ".mailbot-demo"
    if out.exists() and not out.is_dir():
        raise Usage(f"{out} is a file; choose a folder with --out FOLDER")
    if out.exists() and any(out.iterdir()):
        if not mark.exists():
            raise Usage(f"{out} is not empty and was not made by the demo; choose another with --out FOLDER")
        shutil.rmtree(out)
    out.mkdir(parents=True, exist_ok=True)
    mark.touch()
    return out


def _install(out: Path, language: str, post: PostOffice) -> configuration.Config:
    heading("1. Setting up: two servers on this machine, rules, an empty register")
    answers = Answers(
        company="华信制造有限公司" if language != "en" else "Huaxin Manufacturing",
        address=USER,
        imap="127.0.0.1",
        smtp="127.0.0.1",
        operator="it@huaxin-demo.example",
        language=language,
    )
    with quiet():
        (out / "password").write_text(PASSWORD + "\n")
        (out / "password").chmod(0o600)
        _seat_people(out, language)
        set_up(out, answers, ask=False)
    path = out / "config.toml"
    text = path.read_text(encoding="utf-8")
    smtp = text.index("[smtp]")
    swaps = {
        "port = 993": f"port = {post.imap_port}",
        "port = 465": f"port = {post.smtp_port}",
        'security = "tls"': 'security = "none"',
        '{ env = "MAILBOT_IMAP_PASSWORD" }': '{ file = "password" }',
        '{ env = "MAILBOT_SMTP_PASSWORD" }': '{ file = "password" }',
        "quiet_seconds = 3": "quiet_seconds = 0",
    }
    text = text[:smtp] + text[smtp:].replace(f'user = "{USER}"', 'user = ""', 1)
    # In one pass, so that a port that happens to begin like another is not taken for it.
    text = re.sub("|".join(map(re.escape, swaps)), lambda found: swaps[found[0]], text)
    path.write_text(text, encoding="utf-8")
    line(f"   IMAP on port {post.imap_port}, SMTP on port {post.smtp_port}, register in {out / 'register.xlsx'}")
    line("   The demo's clock is fast: it stands at Monday 2026-05-11 09:00 in Shanghai and is moved on by hand.")
    return configuration.load(path)


def _seat_people(out: Path, language: str) -> None:
    """Give the shipped example people names and addresses of the demo's company."""
    from mailbot.shipped import shipped

    text = (shipped("rules") / "routing.toml").read_text(encoding="utf-8")
    for role, (name, local_part) in PEOPLE.items():
        text = text.replace(f'"{role}"', f'"{name}"') if language != "en" else text
        text = text.replace(f'"{local_part}@company.example"', f'"{local_part}@huaxin-demo.example"')
    if language != "zh-CN":
        text = text.replace('language = "zh-CN"', f'language = "{language}"')
    (out / "rules").mkdir()
    (out / "rules" / "routing.toml").write_text(text, encoding="utf-8")


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
    _show_letters(stage, 0)


def staff_work(stage: Stage) -> None:
    """Staff fill in the sheet: one closes a stage without its evidence, one names an owner, one corrects a cell."""
    heading("3. Staff work in the register: an owner is named, a batch corrected, a stage closed too early")
    before = len(stage.post.outgoing.letters)
    engineer = stage.office.procedure.people.departments[0].staff[0]
    day = stage.clock.now.date()
    _type(stage, "connector", {"owner": engineer, "batch": "0407-A", "assessed_on": day})
    _type(stage, "late", {"owner": stage.office.procedure.people.departments[1].manager})
    stage.round(until=MONDAY + timedelta(hours=1))
    number = _number(stage, "connector")
    stage.round()
    line(f"   {number}: the bot notes in the row: {_cell(stage, number, 'bot_note')}")
    _show_letters(stage, before)
    before = len(stage.post.outgoing.letters)
    ours = stage.office.procedure.label("responsibility", "ours")
    line(f"   the engineer adds what was missing ({ours}); the stage is closed and the customer is told:")
    note = "不良品已隔离，补换的23个连接器明天发出。"
    _type(stage, "connector", {"responsibility": ours, "note_to_customer": note})
    stage.round(until=MONDAY + timedelta(hours=2))
    case = stage.office.ledger.cases.get(number)
    assert case is not None  # noqa: S101 - made by the first act
    line(f"   {number}: now in {stage.office.procedure.stage(case).name(stage.office.procedure.language)}")
    _show_letters(stage, before)


def customer_answers(stage: Stage) -> None:
    """The vague customer answers the acknowledgement; the empty cells fill themselves."""
    heading("4. A customer answers the acknowledgement with what was missing")
    sender = ("小雨", "xiaoyu88@mailhub.example")
    letter = next(m for to, m in stage.post.outgoing.letters if to == sender[1])
    number = _number(stage, "vague")
    before = {key: _cell(stage, number, key) for key in ("model", "order_no", "phone")}
    text = "型号是HX-L11，订单号 88120260501177，我叫余小雨，电话 138 0000 7788。照片见附件。"
    at = stage.clock.now
    stage.post.deliver(answer(letter, sender, text, at, ("台灯.png",)), at)
    stage.round()
    for key, old in before.items():
        heads = stage.office.procedure.column_name(key)
        line(f"   {number} {heads}: {old or '(empty)'} → {_cell(stage, number, key)}")


def deadline_passes(stage: Stage) -> None:
    """A week goes by; the ladder of reminders and escalation is climbed."""
    heading("5. The clock jumps to Monday 15:00, a week on: deadlines have passed")
    before = len(stage.post.outgoing.letters)
    stage.round(until=datetime(2026, 5, 18, 7, 0, tzinfo=UTC))
    procedure = stage.office.procedure
    late = [c for c in stage.office.ledger.cases.open() if standing(c, stage.clock.now, procedure).status == "overdue"]
    line(f"   {len(late)} cases are overdue; one mail per person lists all of his:")
    _show_letters(stage, before)


def summary_arrives(stage: Stage) -> None:
    """The next morning at half past eight the supervisor reads his mail."""
    heading("6. Tuesday 08:30: the daily summary")
    before = len(stage.post.outgoing.letters)
    stage.round(until=datetime(2026, 5, 19, 0, 30, tzinfo=UTC))
    summaries = [m for _, m in stage.post.outgoing.letters[before:]]
    _show_letters(stage, before)
    if summaries and (body := summaries[-1].get_body(("plain",))):
        for text in str(body.get_content()).splitlines()[:24]:
            line("      " + text)


ACTS = (mails_arrive, staff_work, customer_answers, deadline_passes, summary_arrives)


def _type(stage: Stage, key: str, cells: Mapping[str, Cell | date]) -> None:
    """Play a member of staff: type into cells of the row, save, close."""
    number = _number(stage, key)
    register = stage.office.register
    sheet = register.read()
    row = next(r for r in sheet.rows if r.cells.get("number") == number)
    changes = [
        SetCell(position=row.position, identity=number, column=column, expected=row.cells.get(column), value=value)
        for column, value in cells.items()
    ]
    register.write(sheet, changes)
    for column, value in cells.items():
        line(f"   {number}: somebody types “{value}” under {stage.office.procedure.column_name(column)}")


def _number(stage: Stage, key: str) -> str:
    """The case a mail of the demo became."""
    mail: DemoMail = next(m for m in demo_mails() if m.key == key)
    wanted = f"<demo-{key}@{mail.sender[1].rpartition('@')[2]}>"
    return stage.office.ledger.cases.by_message_ids([wanted])[0]


def _cell(stage: Stage, number: str, key: str) -> Cell:
    rows = stage.office.register.read().rows
    return next(r.cells.get(key) for r in rows if r.cells.get("number") == number)


def _show_letters(stage: Stage, start: int) -> None:
    for to, letter in stage.post.outgoing.letters[start:]:
        line(f"   ✉ {to}: {letter['Subject']}")


def _epilogue(stage: Stage, out: Path) -> None:
    stage.round()
    heading("Look at what is left")
    line(f"   the register        {out / 'register.xlsx'}")
    line(
        f"   every letter sent   {out / 'mails-sent'}  ({len(stage.post.outgoing.letters)} letters, as .eml and .html)"
    )
    line(f"   the last summary    {sorted((out / 'mails-sent').glob('*.html'))[-1]}")
    line(f"   one case in full    mailbot case {_number(stage, 'connector')} --config {out / 'config.toml'}")
    line(f"   the time in the demo was {local(stage.clock.now, stage.office.procedure.calendar.zone)}")


def _keep_open(stage: Stage) -> None:
    """Leave the servers up; the demo's clock now runs as fast as any other."""
    start, real = stage.clock.now, machine_clock()
    stage.post.outgoing.incoming = lambda raw: stage.post.deliver(raw, stage.clock.now)
    heading("Kept running; end with Ctrl-C")
    line(f"   IMAP 127.0.0.1:{stage.post.imap_port}, user {USER}, password {PASSWORD}, no encryption")
    line(f"   SMTP 127.0.0.1:{stage.post.smtp_port}: mail to {USER} lands in the mailbox and is answered")
    try:
        while True:
            stage.round(until=start + (machine_clock() - real))
            time.sleep(2)
    except KeyboardInterrupt:
        line("ended")
