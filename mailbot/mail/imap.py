"""Mail from an IMAP mailbox. New is what the ledger does not know, found by a search for UIDs, never by `\\Seen`.

The connection is kept between rounds and made anew after any trouble; what was asked on a connection that had died
quietly is asked again at once, because everything here may be repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import TypeVar

from mailbot.errors import Permanent, Temporary
from mailbot.mail.session import Folder, Refused, Session
from mailbot.mail.settings import ImapSettings
from mailbot.mail.source import HARMLESS_ID, HEAD_LIMIT, Arrival, Arrivals, Known, TooLarge

T = TypeVar("T")

_WINDOW = 50_000
"""UIDs asked for in one search: the answer is one line, and imaplib gives up on lines over a million bytes."""

_WHOLE_EVERY = 60
"""Rounds after which the whole folder is searched again: some servers show a mail late, under an old UID."""

_CHUNK = 50
_CANDIDATES = 100


class ImapSource:
    """Takes mail from the folders of one mailbox. `now` (aware UTC) stands in when the server gives no arrival time."""

    def __init__(self, settings: ImapSettings, now: Callable[[], datetime]) -> None:
        self._settings = settings
        self._now = now
        self._session: Session | None = None
        self._low: dict[tuple[str, int], int] = {}
        self._rounds = 0

    def list(self, known: Known) -> Arrivals:
        """Return the mails the ledger does not know, folder by folder, oldest UID first.

        A folder that cannot be opened does not hold up the others: it is raised when they have nothing new.
        """
        return self._ask(lambda session: self._list(session, known))

    def fetch(self, arrival: Arrival) -> bytes | None:
        """Return the mail's bytes without marking it read; None when it is gone. Raises TooLarge."""
        return self._ask(lambda session: self._fetch(session, arrival))

    def finish(self, arrival: Arrival) -> None:
        """Move or mark a mail as configured; the target folder is created when missing. May be repeated."""
        if self._settings.processed not in ("", arrival.folder):
            self._ask(lambda session: self._finish(session, arrival))

    def find_message_id(self, message_id: str, folders: Iterable[str]) -> bool | None:
        """Say whether a mail with exactly this Message-ID lies in the folders; None: cannot tell."""
        if not HARMLESS_ID.fullmatch(message_id):
            return None
        return self._ask(lambda session: _find(session, message_id, tuple(folders)))

    def close(self) -> None:
        """Log out. The next call connects again."""
        session, self._session = self._session, None
        self._low.clear()
        if session:
            session.close()

    def _ask(self, question: Callable[[Session], T]) -> T:
        kept = self._session
        try:
            return question(self._connected())
        except Temporary:
            if kept is None or kept is not self._session or not kept.broken:
                raise
        return question(self._connected())

    def _connected(self) -> Session:
        if self._session is None or self._session.broken:
            self.close()
            self._session = Session(self._settings)
        return self._session

    def _list(self, session: Session, known: Known) -> Arrivals:
        arrivals: Arrivals = []
        closed: Permanent | Refused | None = None
        self._rounds += 1
        if self._rounds % _WHOLE_EVERY == 0:
            self._low.clear()
        for name in self._settings.folders:
            try:
                folder = session.open_folder(name, anew=True)
            except (Permanent, Refused) as error:
                closed = closed or error
                continue
            arrivals += self._new(session, folder, known)
        if closed and not arrivals:
            raise closed
        return arrivals

    def _new(self, session: Session, folder: Folder, known: Known) -> Iterator[Arrival]:
        """Yield what the ledger lacks, searching from the lowest UID it lacked last time on this connection."""
        place = (folder.name, folder.uidvalidity)
        low = self._low.get(place, 1)
        found = _present(session, folder, low)
        have = set(known(*place)) if found else set()
        missing = [uid for uid in found if uid not in have]
        self._low[place] = missing[0] if missing else max([low, *(uid + 1 for uid in found)])
        for start in range(0, len(missing), _CHUNK):
            yield from self._describe(session, folder, missing[start : start + _CHUNK])

    def _describe(self, session: Session, folder: Folder, uids: Sequence[int]) -> Iterator[Arrival]:
        for uid, (size, at) in _described(session, uids).items():
            yield Arrival(
                account=self._settings.account or self._settings.user,
                folder=folder.name,
                uidvalidity=folder.uidvalidity,
                uid=uid,
                size=size,
                received_at=at or self._now(),
            )

    def _fetch(self, session: Session, arrival: Arrival) -> bytes | None:
        if session.open_folder(arrival.folder).uidvalidity != arrival.uidvalidity:
            return None
        limit = self._settings.size_limit
        if arrival.size <= limit:
            raw = session.read(arrival.uid)
            return raw if raw or not arrival.size else None  # some servers give nothing for what is gone
        head = session.read(arrival.uid, HEAD_LIMIT)
        if head is None:
            return None
        raise TooLarge(arrival.size, limit, head)

    def _finish(self, session: Session, arrival: Arrival) -> None:
        folder = session.open_folder(arrival.folder, writable=True)
        target = self._settings.processed
        if folder.uidvalidity != arrival.uidvalidity:
            return
        if not target.startswith(("\\", "$")):
            self._move(session, arrival.uid, target)
        elif folder.keeps(target):
            session.flag(arrival.uid, target)

    def _move(self, session: Session, uid: int, target: str) -> None:
        try:
            session.move(uid, target)
        except Refused as refusal:
            if session.broken or target in session.folders():
                raise
            try:
                session.create_folder(target)
            except Refused as no:
                remedy = "name an existing folder in `processed`; some servers want it under INBOX"
                raise Permanent(self._settings.part, f"{refusal.detail}; {no.detail}", remedy) from no
            session.move(uid, target)


def _present(session: Session, folder: Folder, low: int) -> list[int]:
    """Return the UIDs from `low` on. The last search is open: it also answers when UIDNEXT is missing or behind."""
    if not folder.exists:
        return []
    starts = [low, *range(low + _WINDOW, folder.uidnext, _WINDOW)]
    ends = [*(str(start - 1) for start in starts[1:]), "*"]
    found: set[int] = set()
    for start, end in zip(starts, ends, strict=True):
        found.update(session.search(f"UID {start}:{end}"))
    return sorted(uid for uid in found if uid >= low)  # n:* names the last mail even when it is older


def _described(session: Session, uids: Sequence[int]) -> dict[int, tuple[int, datetime | None]]:
    """Describe every mail; one the server cannot describe is listed bare, and does not take its neighbours along."""
    try:
        told = session.describe(uids)
    except Refused:
        if session.broken:
            raise
        if len(uids) == 1:
            told = {}
        else:
            return {uid: facts for one in uids for uid, facts in _described(session, [one]).items()}
    return {uid: told.get(uid, (0, None)) for uid in uids}


def _find(session: Session, message_id: str, folders: tuple[str, ...]) -> bool | None:
    doubt = not folders
    for name in folders:
        try:
            session.open_folder(name, anew=True)
            # In quotes, because an id may end in {9}, which would announce nine bytes to come.
            found = session.search(f'HEADER Message-ID "{message_id}"')
        except (Permanent, Refused):
            doubt = True
            continue
        # Compared, because a server may search for parts of words or list everything.
        if message_id in session.message_ids(found[-_CANDIDATES:]):
            return True
        doubt = doubt or len(found) > _CANDIDATES
    return None if doubt else False
