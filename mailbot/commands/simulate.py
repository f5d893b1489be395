"""`mailbot rules simulate`: past mails and open cases under changed rules, and what would come out otherwise."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from mailbot import config as configuration
from mailbot.clock import system_clock
from mailbot.commands.terminal import heading, line, local, verdict
from mailbot.config import Config
from mailbot.core.model import Case, End, Value
from mailbot.core.procedure import Procedure
from mailbot.errors import MailbotError, Usage
from mailbot.ledger.archive import Archive
from mailbot.ledger.ledger import Ledger
from mailbot.ledger.mails import MailRow
from mailbot.mail.understand import judged_after, understand
from mailbot.precedents import Precedents
from mailbot.procedures import Loaded, finder, read_procedure
from mailbot.replay import Difference, Judgement, as_opened, differences, judged, moved_deadlines, under
from mailbot.wiring import open_procedure, own_addresses, precedents_for

DAYS = {"d": 1, "w": 7}


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """One mail or case. `lost` says why its mail could not be read again."""

    number: str
    subject: str
    received_at: datetime
    verdict: tuple[Difference, ...] = ()
    deadlines: tuple[Difference, ...] = ()
    lost: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a replay needs. `past` None: the verdict kept with each case is what the others are compared with."""

    config: Config
    ledger: Ledger
    archive: Archive
    precedents: Precedents
    present: Loaded
    past: Loaded | None
    future: Loaded


def simulate(path: Path, since: str, folder: Path | None, *, as_json: bool) -> int:
    """Print what would differ. Raises Usage for a folder or span that is none, FileProblems for broken rules."""
    config = configuration.load(path)
    present = open_procedure(config)
    future = changed_rules(config, folder) if folder else present
    zone = present.procedure.calendar.zone
    start = _start(since, system_clock(), zone)
    with closing(Ledger.open(config.ledger_url)) as ledger:
        desk = Desk(
            config=config,
            ledger=ledger,
            archive=Archive(config.path(config.ledger.data)),
            precedents=precedents_for(ledger, present),
            present=present,
            past=present if folder else None,
            future=future,
        )
        replayed = list(replay(desk, start))
    if as_json:
        print(json.dumps([asdict(one) for one in replayed if _differs(one)], ensure_ascii=False, indent=1, default=str))
        return 0
    for one in filter(_differs, replayed):
        _show(one, present.procedure, future.procedure, zone)
    _sum_up(replayed, start, zone)
    return 0


def changed_rules(config: Config, folder: Path) -> Loaded:
    """The rules in a folder; a file it lacks is the installation's. Raises Usage, FileProblems."""
    if not folder.is_dir():
        raise Usage(f"{folder} is no folder; name one with changed rule files")
    find = finder(folder, config.path(config.files.rules))
    return read_procedure(find, config.company.language, config.company.number)


def replay(desk: Desk, start: datetime) -> Iterator[Replayed]:
    """Look at every mail since `start` that opened a case or waits for a human, then at open cases without one."""
    seen: set[str] = set()
    mails = [row for end in (End.NEW_CASE, End.NEEDS_HUMAN) for row in desk.ledger.mails.ended_as(end)]
    for row in sorted(mails, key=lambda row: (row.received_at, row.id)):
        if row.received_at >= start and row.sha256:
            seen.add(row.case or "")
            yield _of_mail(desk, row)
    for case in desk.ledger.cases.open():
        if case.number not in seen:
            moved = tuple(moved_deadlines(case, desk.present.procedure, case, desk.future.procedure))
            subject = str(case.values.get("subject") or "")
            yield Replayed(number=case.number, subject=subject, received_at=case.opened_at, deadlines=moved)


def _of_mail(desk: Desk, row: MailRow) -> Replayed:
    number, case = row.case or f"mail {row.id}", desk.ledger.cases.get(row.case) if row.case else None
    try:
        raw = desk.archive.get(row.sha256)
    except MailbotError as error:
        return Replayed(number=number, subject=row.subject, received_at=row.received_at, lost=str(error))
    changed = tuple(differences(_before(desk, row, case, raw), _judged(desk, desk.future, row, raw), case))
    moved: tuple[Difference, ...] = ()
    if case:
        procedures = desk.present.procedure, desk.future.procedure
        moved = tuple(moved_deadlines(case, procedures[0], under(case, changed), procedures[1]))
    received = row.received_at
    return Replayed(number=number, subject=row.subject, received_at=received, verdict=changed, deadlines=moved)


def _before(desk: Desk, row: MailRow, case: Case | None, raw: bytes) -> Judgement:
    if desk.past:
        return _judged(desk, desk.past, row, raw)
    if case:
        return as_opened(case, desk.ledger.cases.history(case.number))
    return Judgement(answers={"kind": "other"})


def _judged(desk: Desk, loaded: Loaded, row: MailRow, raw: bytes) -> Judgement:
    said = understand(raw, own_addresses(desk.config), loaded.rules)
    values = {key: finding.value for key, finding in said.mail.fields.items() if not isinstance(finding.value, tuple)}
    past = desk.precedents.before(row.received_at, said.mail.customer.address, values, but=row.case or "")
    return judged(judged_after(said, past, loaded.rules))


def _start(since: str, now: datetime, zone: ZoneInfo) -> datetime:
    if span := re.fullmatch(r"(\d{1,4})([dw])", since):
        return now - timedelta(days=int(span[1]) * DAYS[span[2]])
    try:
        day = date.fromisoformat(since)
    except ValueError as error:
        raise Usage(f"--since {since!r}: write 90d, 12w or a day such as 2026-03-01") from error
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def _differs(one: Replayed) -> bool:
    return bool(one.verdict or one.deadlines or one.lost)


def _show(one: Replayed, present: Procedure, future: Procedure, zone: ZoneInfo) -> None:
    heading(f"{one.number}  {local(one.received_at, zone)}  {one.subject}")
    if one.lost:
        line(f"    not replayed: {one.lost}")
    for each in one.verdict:
        old, new = _label(each.key, each.before, present), _label(each.key, each.after, future)
        staff = f"; staff have put {_label(each.key, each.staff, present)}" if each.staff else ""
        line(f"    {each.key}: {old} → {new}{_because(each)}{staff}")
    for each in one.deadlines:
        line(f"    due {each.key}: {_moment(each.before, zone)} → {_moment(each.after, zone)}")


def _label(key: str, value: Value, procedure: Procedure) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return procedure.label(key, value) or "nothing"


def _because(each: Difference) -> str:
    said = (f"{r.rule} [{r.version}]" + (f" ({', '.join(r.words)})" if r.words else "") for r in each.why)
    text = "; ".join(said)
    return f", because {text}" if text else ""


def _moment(value: Value, zone: ZoneInfo) -> str:
    return local(value, zone) if isinstance(value, datetime) else "none"


def _sum_up(replayed: list[Replayed], start: datetime, zone: ZoneInfo) -> None:
    verdicts, moved = sum(bool(r.verdict) for r in replayed), sum(bool(r.deadlines) for r in replayed)
    lost = sum(bool(r.lost) for r in replayed)
    line()
    verdict(
        None if verdicts or moved or lost else True,
        f"{len(replayed)} mails and cases since {local(start, zone)}",
        f"{verdicts} would be judged otherwise, deadlines would move for {moved}"
        + (f", {lost} could not be read again" if lost else ""),
    )
    line("Nothing was changed.")
