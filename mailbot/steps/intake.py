"""Take mail in: every mail the server shows goes seen → stored → registered → done, exactly once.

The bytes are safe on disk before anything is read from them; case, history and letters are committed together; the mark
on the server comes last and may fail. A mail that cannot be handled is counted and parked, and the next one is taken.
What a mail comes to is decided in `register_mail`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from mailbot.core.model import End
from mailbot.errors import Permanent, Temporary
from mailbot.failpoints import failpoint
from mailbot.ledger.archive import StoredFile
from mailbot.ledger.mails import MailRow, MailState, SeenMail
from mailbot.ledger.requests import Request
from mailbot.logs import logger
from mailbot.notify import notify
from mailbot.office import Office
from mailbot.steps.keeping import arrival_of, kept
from mailbot.steps.refile import refile
from mailbot.steps.register_mail import register

BATCH = 20
"""Mails taken together: each state is committed once for all of them, for a commit costs several writes to the disk."""
FOR_HUMANS = frozenset({End.NEEDS_HUMAN, End.QUARANTINED})

log = logger()


def take_in(office: Office, now: datetime, stopping: Callable[[], bool] = lambda: False) -> int:
    """Handle every mail not finished yet, until `stopping`; return how many came to an end.

    Raises Temporary or Permanent when the server is away or refuses us.
    """
    _carry_out(office, now)
    _look(office, now)
    waiting = office.ledger.mails.pending(office.account)
    for start in range(0, len(waiting), BATCH):
        if stopping():
            break
        _take(office, waiting[start : start + BATCH], now)
    return len(waiting) - len(office.ledger.mails.pending(office.account))


def _look(office: Office, now: datetime) -> None:
    mails = office.ledger.mails
    arrivals = office.source.list(lambda folder, validity: mails.known_uids(office.account, folder, validity))
    seen = [
        SeenMail(
            account=office.account,
            folder=a.folder,
            uidvalidity=a.uidvalidity,
            uid=a.uid,
            size=a.size,
            received_at=a.received_at,
        )
        for a in arrivals
    ]
    failpoint("intake.before_seen")
    mails.see(seen, now)
    failpoint("intake.after_seen")


def _carry_out(office: Office, now: datetime) -> None:
    """Do what people asked for; what fails is told, and not tried for ever."""
    for request in office.ledger.requests.waiting():
        row = office.ledger.mails.get(request.mail)
        if row is None or not _guarded(office, row, now, _refiling(office, request, now)):
            office.ledger.requests.settle(request.id, "failed; the log says why", now)


def _refiling(office: Office, request: Request, now: datetime) -> Callable[[MailRow], None]:
    return lambda row: refile(office, request, row, now)


def _registering(office: Office, now: datetime) -> Callable[[MailRow], None]:
    def bring_to_its_end(row: MailRow) -> None:
        register(office, row, now)

    return bring_to_its_end


def _take(office: Office, rows: Sequence[MailRow], now: datetime) -> None:
    """Carry a batch through its states, each state committed before the next begins."""
    _store(office, [r for r in rows if r.state is MailState.SEEN], now)
    failpoint("intake.after_stored")
    with office.ledger.transaction():
        for row in _again(office, rows, MailState.STORED):
            _guarded(office, row, now, _registering(office, now))
    failpoint("intake.after_registered")
    finished = [r for r in _again(office, rows, MailState.REGISTERED) if _guarded(office, r, now, _finish(office))]
    failpoint("intake.after_finish")
    with office.ledger.transaction():
        for row in finished:
            office.ledger.mails.done(row.id, now)
    failpoint("intake.after_done")


def _guarded(office: Office, row: MailRow, now: datetime, work: Callable[[MailRow], None]) -> bool:
    """Do something for one mail. Its own faults are counted against it; the server's end the step."""
    try:
        work(row)
    except Temporary:
        raise
    except Exception as error:
        failures = office.ledger.mails.failed(row.id, f"{type(error).__name__}: {error}"[:500], now)
        log.error("mail.failed", mail=row.id, failures=failures, error=type(error).__name__, exc_info=True)
        _tell_if_parked(office, row, now)
        return False
    return True


def _tell_if_parked(office: Office, row: MailRow, now: datetime) -> None:
    known = office.ledger.mails.get(row.id)
    if known is not None and known.end is End.QUARANTINED:
        notify(office, f"quarantined:{row.id}", "quarantined", now, mail=row.id, folder=row.folder)


def _store(office: Office, rows: Sequence[MailRow], now: datetime) -> None:
    """Keep the original bytes of each; what was kept before the server went away counts all the same."""
    digests: dict[int, str | None] = {}

    def keep(row: MailRow) -> None:
        digests[row.id] = kept(office, row, now)

    try:
        for row in rows:
            _guarded(office, row, now, keep)
    finally:
        with office.ledger.transaction():
            for mail_id, digest in digests.items():
                if digest is None:
                    office.ledger.mails.gone(mail_id, now)
                    log.warning("mail.gone", mail=mail_id)
                else:
                    office.ledger.mails.stored(mail_id, digest, now=now)


def _again(office: Office, rows: Sequence[MailRow], state: MailState) -> list[MailRow]:
    """The mails of a batch that stand at `state` by now."""
    fresh = [office.ledger.mails.get(row.id) for row in rows]
    return [row for row in fresh if row is not None and row.state is state]


def _finish(office: Office) -> Callable[[MailRow], None]:
    """Lay the files out for staff, then mark the mail on the server. Both are repeatable."""

    def finish(row: MailRow) -> None:
        if row.case:
            lay_out_files(office, row.case)
        failpoint("intake.before_finish")
        # What needs a human stays where a human looks for mail, also when the server lists it anew.
        if row.gone or row.end in FOR_HUMANS or _repeats_one_for_humans(office, row):
            return
        try:
            office.source.finish(arrival_of(row))
        except Permanent as error:
            log.warning("mail.not_marked", mail=row.id, error=str(error))

    return finish


def _repeats_one_for_humans(office: Office, row: MailRow) -> bool:
    if row.end is not End.DUPLICATE:
        return False
    mails = office.ledger.mails
    return any(m.end in FOR_HUMANS for m in (*mails.same_bytes(row.sha256), *mails.same_content(row.content_hash)))


def lay_out_files(office: Office, number: str) -> None:
    """Make sure the case's folder holds every file that came for it. Repeatable."""
    for event in office.ledger.cases.history(number):
        if event.kind == "files":
            for file in event.facts["files"]:
                office.archive.link(number, stored(office, file))


def stored(office: Office, file: Mapping[str, Any]) -> StoredFile:
    """A file as an event of the history names it: an original mail, or an attachment."""
    if file["mail"]:
        return StoredFile(sha256=file["sha256"], path=office.archive.path(file["sha256"]), name=file["name"])
    return office.archive.stored(file["sha256"], file["name"])
