"""Where the demo is played: a company in a fresh folder, its clock, and the hands of its staff.

Everything is the real thing, set up by `mailbot init`; only the people and the time are made up.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from mailbot import config as configuration
from mailbot.commands.init import Answers, config_text, set_up
from mailbot.commands.terminal import heading, line, quiet
from mailbot.daemon import Daemon
from mailbot.demo.books import DemoBook
from mailbot.demo.mails import DemoMail, demo_mails
from mailbot.demo.post import PASSWORD, USER, PostOffice
from mailbot.errors import Usage
from mailbot.office import Office
from mailbot.shipped import shipped
from sheets.table import Cell, SetCell

MONDAY = datetime(2026, 5, 11, 1, 0, tzinfo=UTC)
"""Monday 2026-05-11, 09:00 in Shanghai: an ordinary working day."""
ONE_MINUTE = timedelta(minutes=1)

COMPANY = {"zh-CN": "华信制造有限公司", "zh-TW": "華信製造有限公司", "en": "Huaxin Manufacturing"}
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


def fresh(out: Path) -> Path:
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


def install(out: Path, language: str, post: PostOffice, book: DemoBook) -> configuration.Config:
    """Set up the company in `out` with the demo's servers and register; return its configuration."""
    heading("1. Setting up: servers on this machine, rules, an empty register")
    answers = Answers(
        company=COMPANY[language],
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
        (out / "config.toml").write_text(_config(answers, post, book), encoding="utf-8")
        set_up(out, answers, ask=False)
    line(f"   IMAP on port {post.imap_port}, SMTP on port {post.smtp_port}")
    line(f"   The register: {book.watched}")
    line("   The demo's clock is fast: it stands at Monday 2026-05-11 09:00 in Shanghai and is moved on by hand.")
    return configuration.load(out / "config.toml")


def _config(answers: Answers, post: PostOffice, book: DemoBook) -> str:
    """The configuration `mailbot init` would write, with the demo's servers and register in it."""
    swaps = {
        **book.swaps,
        "port = 993": f"port = {post.imap_port}",
        "port = 465": f"port = {post.smtp_port}",
        'security = "tls"': 'security = "none"',
        '{ env = "MAILBOT_IMAP_PASSWORD" }': '{ file = "password" }',
        '{ env = "MAILBOT_SMTP_PASSWORD" }': '{ file = "password" }',
        "quiet_seconds = 3": "quiet_seconds = 0",
        "names = {}": "names = { " + ", ".join(f'{key} = "{name}"' for key, name in COMPANY.items()) + " }",
    }
    text = config_text(answers)
    smtp = text.index("[smtp]")
    text = text[:smtp] + text[smtp:].replace(f'user = "{USER}"', 'user = ""', 1)
    # In one pass, so that a port that happens to begin like another is not taken for it.
    return re.sub("|".join(map(re.escape, swaps)), lambda found: swaps[found[0]], text)


def _seat_people(out: Path, language: str) -> None:
    """Give the shipped example people names and addresses of the demo's company."""
    text = (shipped("rules") / "routing.toml").read_text(encoding="utf-8")
    for role, (name, local_part) in PEOPLE.items():
        text = text.replace(f'"{role}"', f'"{name}"') if language != "en" else text
        text = text.replace(f'"{local_part}@company.example"', f'"{local_part}@huaxin-demo.example"')
    if language != "zh-CN":
        text = text.replace('language = "zh-CN"', f'language = "{language}"')
    (out / "rules").mkdir()
    (out / "rules" / "routing.toml").write_text(text, encoding="utf-8")


def types(stage: Stage, key: str, cells: Mapping[str, Cell | date]) -> None:
    """Play a member of staff: type into cells of the row, save, close."""
    number = number_of(stage, key)
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


def number_of(stage: Stage, key: str) -> str:
    """The case a mail of the demo became."""
    mail: DemoMail = next(m for m in demo_mails() if m.key == key)
    wanted = f"<demo-{key}@{mail.sender[1].rpartition('@')[2]}>"
    return stage.office.ledger.cases.by_message_ids([wanted])[0]


def cell_of(stage: Stage, number: str, key: str) -> Cell:
    """What the register shows in a cell."""
    rows = stage.office.register.read().rows
    return next(r.cells.get(key) for r in rows if r.cells.get("number") == number)


def show_letters(stage: Stage, start: int) -> None:
    """Name every letter sent since the first `start`."""
    for to, letter in stage.post.outgoing.letters[start:]:
        line(f"   ✉ {to}: {letter['Subject']}")
