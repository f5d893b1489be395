"""Put the attachments of open cases where staff open them in a browser, when such a place is configured.

It comes after everything else and on its own: when it fails the rows stand, with the folder they name until then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from mailbot.core.model import Case, Decision, Event
from mailbot.errors import Permanent
from mailbot.failpoints import failpoint
from mailbot.logs import logger
from mailbot.office import Office
from sheets.register import Refused

if TYPE_CHECKING:
    from sheets.google.shelf import Shelf

AT_ONCE = 20
"""Cases a round: the next mails do not wait until everything is uploaded."""

log = logger()


def share_files(office: Office, now: datetime, stopping: Callable[[], bool]) -> int:
    """Upload what came since; return for how many cases. Raises sheets' Waiting, Unreadable and Refused."""
    if office.shelf is None:
        return 0
    waiting = [case for case in office.ledger.cases.open() if case.values.get("files") != _shared(case)]
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


def _shared(case: Case) -> int | None:
    """How many attachments were uploaded; as many as there are when there are none."""
    if not case.values.get("files"):
        return case.values.get("files")  # type: ignore[return-value]
    return int(case.values.get("files_shared") or 0)  # type: ignore[arg-type]


def _share(office: Office, shelf: Shelf, case: Case, now: datetime) -> None:
    folder = shelf.folder(case.number)
    count = 0
    for name, digest in _attachments(office, case):
        stored = office.archive.stored(digest, name)
        failpoint("files.before_upload")
        shelf.put(folder, stored.name, digest, office.archive.read(stored))
        failpoint("files.after_upload")
        count += 1
    place = shelf.address(folder)
    values = {**case.values, "files_shared": case.values["files"], "files_at": place}
    event = Event(case=case.number, at=now, actor="bot", kind="files_shared", facts={"place": place, "files": count})
    office.ledger.record(Decision(case=replace(case, values=values), events=(event,)), (), now)
    failpoint("files.after_record")
    log.info("files.shared", case=case.number, files=count)


def _attachments(office: Office, case: Case) -> Iterator[tuple[str, str]]:
    for event in office.ledger.cases.history(case.number):
        if event.kind == "files":
            yield from ((file["name"], file["sha256"]) for file in event.facts["files"] if not file["mail"])
