"""Who is who: builds the office of an installation from its configuration. The only place that knows every backend."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

from mailbot import changelog
from mailbot.changesheet import ChangeSheet
from mailbot.clock import Clock, machine_clock, system_clock
from mailbot.config import Config, MailboxPart, Secret
from mailbot.core.model import Language, Mailbox
from mailbot.core.procedure import Procedure
from mailbot.core.rulefile import FileProblems, Problem
from mailbot.correspondence import Correspondence
from mailbot.ledger.archive import Archive
from mailbot.ledger.ledger import Ledger
from mailbot.letters import Company, Letters
from mailbot.mail.addresses import OwnAddresses
from mailbot.mail.bounded import Reader
from mailbot.mail.idle import Watcher
from mailbot.mail.imap import ImapSource
from mailbot.mail.maildir import MaildirSource
from mailbot.mail.settings import ImapSettings, MaildirSettings, SmtpSettings
from mailbot.mail.smtp import SmtpSender
from mailbot.mail.source import Source
from mailbot.office import Office
from mailbot.precedents import Precedents
from mailbot.procedures import Loaded, finder, load_procedure
from mailbot.revision import Revision, Shown, check_headings
from mailbot.rowbook import RowBook
from mailbot.rows import columns
from mailbot.shipments import NAME as SHIPMENTS
from mailbot.shipments import ShipmentList
from mailbot.shipped import shipped
from mailbot.workspace import google_changes, google_register, open_shelf, register_place
from sheets.excel.backend import ExcelRegister
from sheets.register import Register

MEGABYTE = 1024 * 1024


def open_procedure(config: Config) -> Loaded:
    """The rule files of an installation. Raises FileProblems."""
    return load_procedure(config.path(config.files.rules), config.company.language, config.company.number)


def shipped_procedure() -> Loaded:
    """The rule files as they come with the program."""
    return load_procedure(None, Language.ZH_CN, "CP-{year}-{seq:06d}")


def office_zone(config: Config) -> ZoneInfo:
    """The zone times are shown in."""
    return open_procedure(config).procedure.calendar.zone


def lock_path(config: Config) -> Path:
    """The file that keeps a second daemon away."""
    return config.path(config.ledger.data) / "mailbot.lock"


def own_addresses(config: Config) -> OwnAddresses:
    """Whose mail is staff's."""
    addresses = {config.mailbox.address, *config.mailbox.aliases}
    domains = frozenset(d.casefold() for d in config.company.domains)
    ours = frozenset(a.casefold() for a in addresses)
    return OwnAddresses(domains=domains, addresses=ours, server=config.mailbox.authentication_server)


def form_folders(config: Config) -> list[Path]:
    """Where letters and forms are looked for: the company's own folder before the shipped one."""
    return [config.path(config.files.templates), shipped("templates")]


def letters_for(config: Config, procedure: Procedure) -> Letters:
    """The company's letters. Raises FileProblems for a broken words.toml."""
    company = Company(
        name=config.company.name,
        address=config.mailbox.address,
        domain=config.company.domains[0],
        phone=config.company.phone,
        names=config.company.names,
        signatures=config.company.signatures,
        register=config.book.shown_as or register_place(config.book, config.path(config.book.path)),
    )
    return Letters(form_folders(config), company, procedure.calendar.zone, label=procedure.letter_label)


@contextmanager
def open_office(config: Config, clock: Clock = system_clock) -> Iterator[Office]:
    """Everything the daemon works with; closed at the end. Raises Usage, Permanent or FileProblems."""
    with open_desk(config, clock) as office:
        try:
            yield office
        finally:
            office.source.close()
            office.sender.close()


@contextmanager
def open_desk(config: Config, clock: Clock = system_clock) -> Iterator[Office]:
    """The office with its ledger open; no server is spoken to before a step does so."""
    revise = Revision((config.path(config.files.rules), config.path(config.files.templates)), reopened)
    loaded = open_procedure(config)
    ledger, reader = Ledger.open(config.ledger_url), Reader(own=own_addresses(config))
    try:
        secret = ledger.secret()
        archive = Archive(config.path(config.ledger.data), config.cases)
        register = open_register(config, loaded.procedure)
        yield Office(
            config=config,
            account=account_name(config.mailbox),
            own=reader.own,
            procedure=loaded.procedure,
            rules=loaded.rules,
            correspondence=correspondence_for(config, loaded, secret),
            ledger=ledger,
            archive=archive,
            reader=reader,
            source=open_source(config, clock),
            sender=open_sender(config),
            register=register,
            changes=changes_for(config, ledger, loaded.procedure, register),
            rowbook=rowbook_for(config, ledger, archive, loaded),
            precedents=precedents_for(ledger, loaded),
            shipments=ShipmentList(config.path(config.files.rules) / SHIPMENTS),
            secret=secret,
            home=config.home,
            revise=revise,
            shelf=open_shelf(config),
        )
    finally:
        reader.close()
        ledger.close()


def reopened(office: Office) -> Office:
    """The office with its rule files and templates read anew. Raises FileProblems; Waiting for the register."""
    loaded = open_procedure(office.config)
    register = _register_for(office, loaded.procedure)
    correspondence = correspondence_for(office.config, loaded, office.secret)
    if problems := correspondence.letters.check():
        places = (text.partition(": ") for text in problems)
        raise FileProblems(tuple(Problem(file=place, line=0, message=message) for place, _, message in places))
    return replace(
        office,
        procedure=loaded.procedure,
        rules=loaded.rules,
        correspondence=correspondence,
        register=register,
        changes=changes_for(office.config, office.ledger, loaded.procedure, register),
        rowbook=rowbook_for(office.config, office.ledger, office.archive, loaded),
        precedents=precedents_for(office.ledger, loaded),
    )


def _register_for(office: Office, procedure: Procedure) -> Register:
    """The register read with the columns of a changed procedure, once it has a heading for each."""
    before = Shown(register=office.register, columns=columns(office.procedure))
    if (new := columns(procedure)) == before.columns:
        return office.register
    after = Shown(register=open_register(office.config, procedure), columns=new)
    check_headings(before, after, finder(office.config.path(office.config.files.rules))("columns.toml"))
    return after.register


def rowbook_for(config: Config, ledger: Ledger, archive: Archive, loaded: Loaded) -> RowBook:
    """The rows of the register, with the folders of the cases as staff see them."""

    def folder(number: str) -> str:
        return config.case_shown(archive.folder(number))

    return RowBook(ledger=ledger, folder=folder, procedure=loaded.procedure)


def precedents_for(ledger: Ledger, loaded: Loaded) -> Precedents:
    """The earlier complaints as these rules look back at them."""
    return Precedents(ledger=ledger, freemail=loaded.rules.freemail, language=loaded.procedure.language)


def correspondence_for(config: Config, loaded: Loaded, secret: bytes) -> Correspondence:
    """Who writes the letters, under which name."""
    address = config.smtp.sender or config.mailbox.address
    return Correspondence(
        procedure=loaded.procedure,
        letters=letters_for(config, loaded.procedure),
        sender=Mailbox(name=config.smtp.sender_name or config.company.name, address=address),
        reply_to=config.mailbox.address if address != config.mailbox.address else "",
        domain=config.company.domains[0],
        secret=secret,
    )


def account_name(mailbox: MailboxPart) -> str:
    """What the mailbox is called in the ledger; must stay the same for ever."""
    return mailbox.address.casefold()


def open_source(config: Config, clock: Clock = system_clock) -> Source:
    """The mailbox of the configuration."""
    return SOURCES[config.mailbox.kind](config, clock)


def open_sender(config: Config) -> SmtpSender:
    """The way letters leave."""
    smtp = config.smtp
    return SmtpSender(
        SmtpSettings(
            host=smtp.host,
            port=smtp.port,
            security=smtp.security,
            user=smtp.user,
            password=_reader(smtp.password, config.home),
            sender=smtp.sender or config.mailbox.address,
            ca_file=config.path(smtp.ca_file) if smtp.ca_file else None,
        )
    )


def open_register(config: Config, procedure: Procedure) -> Register:
    """The register of the configuration."""
    return REGISTERS[config.book.kind](config, procedure)


def changes_for(config: Config, ledger: Ledger, procedure: Procedure, register: Register) -> ChangeSheet | None:
    """The sheet of changes in the same workbook or spreadsheet, where one is wanted."""
    if not config.book.history_sheet:
        return None
    beside = changes_beside(config, register)
    if config.book.kind == "google":
        beside.recover()  # so that its first reading makes it; a workbook has it from the beginning
    return ChangeSheet(ledger=ledger, procedure=procedure, register=beside)


def changes_beside(config: Config, register: Register) -> Register:
    """The table the sheet of changes is, beside the register."""
    if isinstance(register, ExcelRegister):
        return register.beside(changelog.columns(config.company.language))
    return google_changes(config)


def watcher(config: Config, wake: Callable[[], None]) -> Watcher | None:
    """The thread that wakes the daemon when mail arrives, where the mailbox can do that; not yet started."""
    return Watcher(imap_settings(config), wake) if config.mailbox.kind == "imap" else None


def imap_settings(config: Config) -> ImapSettings:
    """The mailbox of the configuration as the IMAP side wants it."""
    mailbox = config.mailbox
    processed = {"move": mailbox.processed, "flag": mailbox.keyword, "leave": ""}[mailbox.after]
    return ImapSettings(
        host=mailbox.host,
        port=mailbox.port,
        security=mailbox.security,
        user=mailbox.user,
        password=_reader(mailbox.password, config.home),
        folders=(mailbox.folder,),
        processed=processed,
        ca_file=config.path(mailbox.ca_file) if mailbox.ca_file else None,
        account=account_name(mailbox),
        size_limit=int(config.limits.mail_megabytes * MEGABYTE),
    )


def _reader(secret: Secret | None, home: Path) -> Callable[[], str]:
    """Asked anew at each login, so that a changed password needs no restart."""
    return (lambda: secret.get(home)) if secret else str


def _imap(config: Config, clock: Clock) -> Source:
    return ImapSource(imap_settings(config), clock)


def _maildir(config: Config, clock: Clock) -> Source:
    mailbox = config.mailbox
    return MaildirSource(
        MaildirSettings(
            path=config.path(mailbox.path),
            account=account_name(mailbox),
            processed=mailbox.processed if mailbox.after == "move" else "",
            size_limit=int(config.limits.mail_megabytes * MEGABYTE),
        )
    )


def excel_register(config: Config, path: Path, procedure: Procedure) -> ExcelRegister:
    """The workbook at `path` as the register, its earlier versions kept where they are of every register."""
    return ExcelRegister(
        path,
        columns(procedure),
        keep=config.path(config.ledger.data) / "register-versions",
        quiet_seconds=config.book.quiet_seconds,
        now=machine_clock,
    )


def _excel(config: Config, procedure: Procedure) -> Register:
    return excel_register(config, config.path(config.book.path), procedure)


SOURCES: dict[str, Callable[[Config, Clock], Source]] = {"imap": _imap, "maildir": _maildir}
REGISTERS: dict[str, Callable[[Config, Procedure], Register]] = {"excel": _excel, "google": google_register}
