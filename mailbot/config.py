"""The operator's file, config.toml: what may stand in it, checked, every path made absolute.

Only reading is here; building things from it is `wiring`. Secrets never stand in the file: they come from an
environment variable, a file or a command.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from pathlib import Path
from typing import Literal

from mailbot.core.model import Language
from mailbot.core.rulefile import Field, FileProblems, Model, Problem, field_validator, model_validator, read
from mailbot.errors import Permanent, Usage

ADDRESS = r"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[^\s<>@]+$"
SECRET_SECONDS = 20


class Secret(Model):
    """Where a password comes from; exactly one of the three."""

    env: str = ""
    file: str = ""
    command: str = ""

    @model_validator(mode="after")
    def _exactly_one(self) -> Secret:
        if sum(map(bool, (self.env, self.file, self.command))) != 1:
            raise ValueError("must give exactly one of env, file, command")
        return self

    def get(self, home: Path = Path()) -> str:
        """The secret itself. Raises Permanent, naming the place but never the value, when it cannot be had."""
        if self.env:
            if not (value := os.environ.get(self.env)):
                raise Permanent(
                    "password", f"the environment variable {self.env} is not set", f"set {self.env} and start again"
                )
            return value
        if self.file:
            return _first_line(home / Path(self.file).expanduser())
        return _printed(self.command)


class CompanyPart(Model):
    """[company]"""

    name: str
    language: Language = Language.ZH_CN
    domains: tuple[str, ...] = Field(min_length=1)
    phone: str = ""
    names: dict[Language, str] = Field(default_factory=dict)
    signatures: dict[Language, str] = Field(default_factory=dict)
    number: str = "CP-{year}-{seq:06d}"

    @field_validator("number")
    @classmethod
    def _a_number_starts_with_letters(cls, pattern: str) -> str:
        try:
            made, other = (pattern.format(year=2026, seq=seq) for seq in (1, 2))
        except (LookupError, ValueError, AttributeError) as error:
            raise ValueError("may use {year} and {seq:06d} only") from error
        if made == other:
            raise ValueError("must count: use {seq:06d}")
        if not re.fullmatch(r"[A-Z]{1,6}-\d{4}-\d{3,9}", made):
            raise ValueError(f"must give numbers like CP-2026-000123, this gives {made}")
        return pattern


class PeoplePart(Model):
    """[people]"""

    operator: str = Field(pattern=ADDRESS)


class MailboxPart(Model):
    """[mailbox]"""

    kind: Literal["imap", "maildir"] = "imap"
    address: str = Field(pattern=ADDRESS)
    aliases: tuple[str, ...] = ()
    host: str = ""
    port: int = Field(default=993, ge=1, le=65535)
    security: Literal["tls", "starttls", "none"] = "tls"
    user: str = ""
    password: Secret | None = None
    authentication_server: str = ""
    folder: str = "INBOX"
    after: Literal["move", "flag", "leave"] = "move"
    processed: str = "Processed"
    keyword: str = "$MailbotDone"
    path: str = ""
    ca_file: str = ""

    @model_validator(mode="after")
    def _what_its_kind_needs(self) -> MailboxPart:
        if self.kind == "maildir" and not self.path:
            raise ValueError('kind = "maildir" needs path')
        if self.kind == "imap" and not (self.host and self.user and self.password):
            raise ValueError('kind = "imap" needs host, user and password')
        return self


class SmtpPart(Model):
    """[smtp]"""

    host: str
    port: int = Field(default=465, ge=1, le=65535)
    security: Literal["tls", "starttls", "none"] = "tls"
    user: str = ""
    password: Secret | None = None
    sender: str = Field(default="", pattern=r"^$|" + ADDRESS)
    sender_name: str = ""
    in_doubt: Literal["hold", "resend"] = "hold"
    in_doubt_minutes: int = Field(default=15, ge=1)
    sent_folder: str = ""
    give_up_days: float = Field(default=5, gt=0)
    ca_file: str = ""


class RegisterPart(Model):
    """[register]"""

    kind: Literal["excel", "google"] = "excel"
    path: str = "register.xlsx"
    spreadsheet: str = ""
    tab: str = ""
    credentials: str = ""
    drive_folder: str = ""
    drive_mails: bool = True
    shown_as: str = ""
    cases: str = ""
    cases_shown_as: str = ""
    quiet_seconds: float = Field(default=3, ge=0)
    dashboard: bool = True
    history_sheet: bool = False
    open_ask_minutes: int = Field(default=30, ge=0)
    open_alarm_minutes: int = Field(default=60, ge=1)

    @model_validator(mode="after")
    def _what_its_kind_needs(self) -> RegisterPart:
        if self.kind == "google" and not (self.spreadsheet and self.credentials):
            raise ValueError('kind = "google" needs spreadsheet and credentials')
        if self.drive_folder and not self.credentials:
            raise ValueError("drive_folder needs credentials")
        return self


class LedgerPart(Model):
    """[ledger]"""

    url: str = "sqlite:///data/ledger.sqlite3"
    data: str = "data"


class SchedulePart(Model):
    """[schedule]"""

    poll_seconds: float = Field(default=30, gt=0, le=3600)
    summary: str = Field(default="08:30", pattern=r"^([01]\d|2[0-3]):[0-5]\d$")


class LimitsPart(Model):
    """[limits]"""

    mail_megabytes: float = Field(default=50, gt=0)
    acknowledgements_per_address_per_day: int = Field(default=3, ge=0)
    acknowledgements_per_domain_per_hour: int = Field(default=20, ge=0)
    acknowledgements_per_hour: int = Field(default=60, ge=0)
    same_subject_days: float = Field(default=14, ge=0)


class FilesPart(Model):
    """[files]"""

    rules: str = "rules"
    templates: str = "templates"


class LogPart(Model):
    """[log]"""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["text", "json"] = "text"


class Config(Model):
    """config.toml as a whole."""

    company: CompanyPart
    people: PeoplePart
    mailbox: MailboxPart
    smtp: SmtpPart
    book: RegisterPart = Field(default=RegisterPart(), alias="register")  # "register" is a method of every model
    ledger: LedgerPart = LedgerPart()
    schedule: SchedulePart = SchedulePart()
    limits: LimitsPart = LimitsPart()
    files: FilesPart = FilesPart()
    log: LogPart = LogPart()
    home: Path = Field(default=Path(), exclude=True)

    def path(self, text: str) -> Path:
        """A path of the file, relative ones from the folder the file stands in."""
        return (self.home / Path(text).expanduser()).resolve()

    @property
    def cases(self) -> Path:
        """The folder of the cases' mails and attachments: staff's, or inside the data when none is named."""
        return self.path(self.book.cases) if self.book.cases else self.path(self.ledger.data) / "cases"

    def case_shown(self, folder: Path) -> str:
        """The folder of one case as staff find it."""
        if not (shown := self.book.cases_shown_as.rstrip("\\/")):
            return str(folder)
        return shown + ("\\" if "\\" in shown else "/") + folder.name

    @property
    def ledger_url(self) -> str:
        """The database URL with a relative SQLite path made absolute."""
        prefix = "sqlite:///"
        if self.ledger.url.startswith(prefix) and not self.ledger.url.startswith(prefix + "/"):
            return prefix + str(self.path(self.ledger.url.removeprefix(prefix)))
        return self.ledger.url


def load(path: Path) -> Config:
    """Read and check the operator's file. Raises Usage with every problem and its line."""
    if not path.exists():
        raise Usage(f"{path}: there is no such file. Make one with `mailbot init`, or name it with --config FILE.")
    try:
        config = read(path, Config)
    except FileProblems as error:
        raise Usage(str(error)) from error
    if warning := _too_open(path, config):
        raise Usage(str(warning))
    return config.model_copy(update={"home": path.resolve().parent})


def _too_open(path: Path, config: Config) -> Problem | None:
    """Password files others may read are refused, as ssh does with keys."""
    for secret in (config.mailbox.password, config.smtp.password):
        if secret and secret.file:
            place = path.resolve().parent / Path(secret.file).expanduser()
            if place.exists() and place.stat().st_mode & 0o077:
                return Problem(
                    file=str(place), line=0, message=f"others may read this password file; run: chmod 600 {place}"
                )
    return None


def _first_line(path: Path) -> str:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise Permanent(
            "password", f"{path} cannot be read: {error.strerror}", f"create {path} with mode 600"
        ) from error
    if not lines or not lines[0]:
        raise Permanent("password", f"{path} is empty", f"put the password into the first line of {path}")
    return lines[0]


def _printed(command: str) -> str:
    remedy = "run it by hand and correct [mailbox] or [smtp] password in config.toml"
    try:
        # Not through a shell: the operator's own command, split as a shell would, nothing from outside in it.
        done = subprocess.run(shlex.split(command), capture_output=True, timeout=SECRET_SECONDS, check=True, text=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise Permanent("password", f"the password command failed ({type(error).__name__})", remedy) from error
    lines = done.stdout.splitlines()
    if not lines or not lines[0]:
        raise Permanent("password", "the password command printed nothing", remedy)
    return lines[0]
