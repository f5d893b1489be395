"""A company on one machine: a real mailbox server, a real SMTP receiver, a real workbook, and mailbot between them.

Customers write with `customer_writes`, staff type with `staff_types` (openpyxl saves the workbook, as another program
would), `round` lets the bot work, and what came out is seen in `letters` and `row`. Only the time is played.
"""

from __future__ import annotations

import email
import itertools
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
from imapclient import IMAPClient
from servers.dovecot import Dovecot
from servers.smtp_sink import Sink

from mailbot import config as configuration
from mailbot import logs
from mailbot.commands.init import Answers, set_up
from mailbot.core.model import Case
from mailbot.daemon import Daemon
from mailbot.office import Office
from mailbot.wiring import open_office

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 5, 11, 9, 0, tzinfo=SHANGHAI)
"""An ordinary Monday: the make-up Saturday of May 2026 was the 9th."""

PEOPLE = {
    "Quality Manager": "王立新",
    "Quality Engineer": "张晓峰",
    "PMC Manager": "刘洋",
    "Sales Manager": "赵敏",
    "Customer Service": "孙倩",
    "Engineering Manager": "吴强",
    "Finance Manager": "郑洁",
    "General Manager": "周总",
}
_counter = itertools.count(1)


@dataclass(slots=True)
class Hands:
    """The played time."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now.astimezone(UTC)


@dataclass(slots=True)
class House:
    """One installation in a folder, with its servers."""

    folder: Path
    server: Dovecot
    sink: Sink
    clock: Hands
    daemon: Daemon
    seen: int = field(default=0)

    @property
    def office(self) -> Office:
        """The office as it is now: another one after the rule files changed."""
        return self.daemon.office

    # ---- customers -----------------------------------------------------------------------------------------------

    def customer_writes(
        self, text: str, *, subject: str = "投诉", sender: str = "王敏 <wangmin@ruida-dz.example>", **headers: str
    ) -> EmailMessage:
        """A mail arrives now."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender, self.server.user, subject
        mail["Date"] = format_datetime(self.clock.now)
        mail["Message-ID"] = headers.pop(
            "message_id", f"<story-{next(_counter)}@{sender.rpartition('@')[2].rstrip('>')}>"
        )
        for name, value in headers.items():
            mail[name.replace("_", "-")] = value
        mail.set_content(text)
        self.deliver(mail.as_bytes())
        return mail

    def customer_answers(self, letter: EmailMessage, text: str, *, sender: str = "") -> EmailMessage:
        """The customer replies to a letter of ours, quoting it."""
        quoted = letter.get_body(("plain",))
        history = "\n".join("> " + line for line in str(quoted.get_content() if quoted else "").splitlines())
        return self.customer_writes(
            f"{text}\n\n在 2026年5月11日，{self.server.user} 写道：\n{history}\n",
            subject=f"回复：{letter['Subject']}",
            sender=sender or str(letter["To"]),
            In_Reply_To=str(letter["Message-ID"]),
            References=str(letter["Message-ID"]),
        )

    def deliver(self, raw: bytes, at: datetime | None = None) -> None:
        """Put a mail into the mailbox, received at the played time."""
        with IMAPClient("127.0.0.1", self.server.port, ssl=False) as client:
            client.login(self.server.user, self.server.password)
            client.append("INBOX", raw, msg_time=(at or self.clock.now).astimezone(UTC))

    # ---- the bot -------------------------------------------------------------------------------------------------

    def round(self, *, after: timedelta = timedelta(minutes=1), until: datetime | None = None) -> bool:
        """Time goes on, then the bot does one round; True when every part worked."""
        self.clock.now = until or self.clock.now + after
        return self.daemon.round(patient=False)

    def letters(self, to: str = "", subject: str = "") -> list[EmailMessage]:
        """Every letter the receiver took, optionally to one address or with words in the subject."""
        found = [email.message_from_bytes(raw, policy=policy.default) for raw in self.sink.accepted]
        return [m for m in found if to in str(m["To"]) and subject in str(m["Subject"])]  # type: ignore[misc]

    def new_letters(self) -> list[EmailMessage]:
        """The letters since the last call."""
        found = self.letters()[self.seen :]
        self.seen += len(found)
        return found

    def cases(self) -> list[Case]:
        """Every case, oldest first."""
        return list(self.office.ledger.cases.all())

    def case(self, number: str) -> Case:
        """One case as the ledger has it."""
        case = self.office.ledger.cases.get(number)
        assert case is not None
        return case

    # ---- staff ---------------------------------------------------------------------------------------------------

    @property
    def workbook(self) -> Path:
        """The register."""
        return self.folder / "register.xlsx"

    def heading(self, column: str) -> str:
        """What a column is headed."""
        return self.office.procedure.column_name(column)

    def table(self) -> list[dict[str, Any]]:
        """The register's rows as people see them, by heading; read by openpyxl, not by us."""
        sheet = openpyxl.load_workbook(self.workbook).worksheets[0]
        rows = list(sheet.iter_rows(values_only=True))
        return [dict(zip(rows[0], row, strict=True)) for row in rows[1:] if any(cell is not None for cell in row)]

    def row(self, number: str) -> dict[str, Any]:
        """One row by its number, keyed by column key."""
        row = next(r for r in self.table() if r[self.heading("number")] == number)
        return {key: row.get(self.heading(key)) for key in self.office.procedure.columns}

    def staff_types(self, number: str, **cells: Any) -> None:
        """Somebody opens the workbook, types into a row, saves and closes."""
        book = openpyxl.load_workbook(self.workbook)
        sheet = book.worksheets[0]
        heads = {cell.value: cell.column for cell in sheet[1]}
        line = next(
            r for r in range(2, sheet.max_row + 1) if sheet.cell(r, heads[self.heading("number")]).value == number
        )
        for key, value in cells.items():
            sheet.cell(line, heads[self.heading(key)]).value = value
        book.save(self.workbook)

    def staff_adds_row(self, **cells: Any) -> None:
        """Somebody types a new row below the last one."""
        book = openpyxl.load_workbook(self.workbook)
        sheet = book.worksheets[0]
        heads = {cell.value: cell.column for cell in sheet[1]}
        number = heads[self.heading("number")]
        line = 2
        while any(sheet.cell(line, column).value is not None for column in (number, *heads.values())):
            line += 1
        for key, value in cells.items():
            sheet.cell(line, heads[self.heading(key)]).value = value
        book.save(self.workbook)

    def today(self) -> date:
        """The played day."""
        return self.clock.now.astimezone(SHANGHAI).date()


@contextmanager
def open_house(
    folder: Path, *, now: datetime = MONDAY, settings: dict[str, str] | None = None, rules: str = ""
) -> Iterator[House]:
    """Set up an installation with `mailbot init`, as an operator would, and open it. `rules`: a set of examples."""
    logs.set_up("warning")
    with ExitStack() as stack:
        server = stack.enter_context(Dovecot())
        sink = stack.enter_context(Sink())
        path = install(folder, server, sink.port, settings or {}, rules)
        clock = Hands(now)
        office = stack.enter_context(open_office(configuration.load(path), clock))
        daemon = Daemon(office, clock)
        daemon.start()
        yield House(folder=folder, server=server, sink=sink, clock=clock, daemon=daemon)


def install(folder: Path, server: Dovecot, smtp_port: int, settings: dict[str, str], rules: str = "") -> Path:
    """Write an installation into `folder`; return its configuration file."""
    answers = Answers(
        company="华信制造",
        address=server.user,
        imap="127.0.0.1",
        smtp="127.0.0.1",
        operator="it@example.test",
        rules=rules,
    )
    seat_people(folder, rules)
    set_up(folder, answers, ask=False)
    (folder / "password").write_text(server.password + "\n")
    (folder / "password").chmod(0o600)
    path = folder / "config.toml"
    text = path.read_text(encoding="utf-8")
    head, smtp = text.split("[smtp]")
    head = head.replace("port = 993", f"port = {server.port}").replace(
        '{ env = "MAILBOT_IMAP_PASSWORD" }', '{ file = "password" }'
    )
    smtp = smtp.replace("port = 465", f"port = {smtp_port}").replace(
        '{ env = "MAILBOT_SMTP_PASSWORD" }', '{ file = "password" }'
    )
    smtp = smtp.replace(f'user = "{server.user}"', 'user = ""').replace("quiet_seconds = 3", "quiet_seconds = 0")
    text = f"{head}[smtp]{smtp}".replace('security = "tls"', 'security = "none"')
    for old, new in settings.items():
        assert old in text, old
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    return path


def seat_people(folder: Path, rules: str = "") -> None:
    """Put this company's people into the routing file of a set of rules."""
    from mailbot.shipped import shipped

    source = shipped("rules") / "examples" / rules if rules else shipped("rules")
    text = (source / "routing.toml").read_text(encoding="utf-8").replace("@company.example", "@example.test")
    for role, name in PEOPLE.items():
        text = text.replace(f'"{role}"', f'"{name}"')
    (folder / "rules").mkdir(parents=True, exist_ok=True)
    (folder / "rules" / "routing.toml").write_text(text, encoding="utf-8")
