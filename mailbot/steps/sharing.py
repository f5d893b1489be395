"""Put what came for the cases where staff open it in a browser, when such a place is configured.

It comes after everything else and on its own: when it fails the rows stand, with the folder they name until then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mailbot.core.model import Case, Decision, Event
from mailbot.errors import Permanent
from mailbot.failpoints import failpoint
from mailbot.ledger.archive import StoredFile
from mailbot.logs import logger
from mailbot.office import Office
from mailbot.steps.intake import stored
from sheets.register import Refused

if TYPE_CHECKING:
    from sheets.google.shelf import Shelf

AT_ONCE = 20
"""Cases a round: the next mails do not wait until everything is uploaded."""
LATELY = timedelta(days=7)
"""So long after it was touched last a closed case still gets what is missing in its folder."""

log = logger()


def share_files(office: Office, now: datetime, stopping: Callable[[], bool]) -> int:
    """Upload what came since; return for how many cases. Raises sheets' Waiting, Unreadable and Refused."""
    if office.shelf is None:
        return 0
    cases = [*office.ledger.cases.open(), *office.ledger.cases.closed_lately(now - LATELY)]
    waiting = [case for case in cases if _waits(office, case)]
    done, failed = 0, None
    for case in waiting:
        if stopping() or done == AT_ONCE:
            break
        try:
            _share(office, office.shelf, case, now)
            done += 1
        except (Permanent, Refused) as error:  # this case's files; those of the others may well go
            failed = error
    if failed:
        raise failed
    return done


def _waits(office: Office, case: Case) -> bool:
    """Whether more has come for a case than was uploaded."""
    wanted = ("files", "mail_files") if office.config.book.drive_mails else ("files",)
    return any(_count(case, f"{kind}_shared") < _count(case, kind) for kind in wanted)


def _count(case: Case, key: str) -> int:
    return int(case.values.get(key) or 0)  # type: ignore[arg-type]


def _share(office: Office, shelf: Shelf, case: Case, now: datetime) -> None:
    folder = shelf.folder(case.number)
    count = 0
    for file in _files(office, case):
        failpoint("files.before_upload")
        shelf.put(folder, file.name, file.sha256, office.archive.read(file))
        failpoint("files.after_upload")
        count += 1
    place = shelf.address(folder)
    values = {**case.values, "files_shared": _count(case, "files"), "files_at": place}
    if office.config.book.drive_mails:
        values["mail_files_shared"] = _count(case, "mail_files")
    event = Event(case=case.number, at=now, actor="bot", kind="files_shared", facts={"place": place, "files": count})
    office.ledger.record(Decision(case=replace(case, values=values), events=(event,)), (), now)
    failpoint("files.after_record")
    log.info("files.shared", case=case.number, files=count)


def _files(office: Office, case: Case) -> Iterator[StoredFile]:
    for event in office.ledger.cases.history(case.number):
        if event.kind == "files":
            for file in event.facts["files"]:
                if office.config.book.drive_mails or not file["mail"]:
                    yield stored(office, file)
