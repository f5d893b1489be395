"""Mail from a Maildir on this machine, read-only unless a folder for finished mails is named.

A Maildir has no UIDs. A mail's base name (up to the `:`) is unique and outlives every flag and the move from `new` to
`cur`, so 63 bits of its SHA-256 serve as UID under the one UIDVALIDITY 1. Links and names beginning with a dot are
not mail. Folders are Maildir++: `INBOX` is the directory itself, `Sent` its subdirectory `.Sent`.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from mailbot.errors import Permanent, Temporary
from mailbot.mail.settings import MaildirSettings
from mailbot.mail.source import HARMLESS_ID, HEAD_LIMIT, Arrival, Arrivals, Known, TooLarge

_UIDVALIDITY = 1
_INBOX = "INBOX"
_MESSAGE_ID = re.compile(rb"^message-id:\s*(\S+)\s*$", re.IGNORECASE | re.MULTILINE)


class MaildirSource:
    """Takes mail from one Maildir."""

    def __init__(self, settings: MaildirSettings) -> None:
        self._settings = settings
        self._paths: dict[int, Path] = {}

    def list(self, known: Known) -> Arrivals:
        """Return the mails the ledger does not know, the oldest first. Times are those of the files."""
        self._look()
        have = set(known(_INBOX, _UIDVALIDITY))
        found = [self._arrival(uid, path) for uid, path in self._paths.items() if uid not in have]
        return sorted((arrival for arrival in found if arrival), key=lambda arrival: (arrival.received_at, arrival.uid))

    def fetch(self, arrival: Arrival) -> bytes | None:
        """Return the mail's bytes; None when it is gone. Raises TooLarge."""
        path = self._path(arrival.uid)
        if path is None or arrival.uidvalidity != _UIDVALIDITY:
            return None
        limit = self._settings.size_limit
        raw = _read(path, limit + 1)
        if raw is None or len(raw) <= limit:
            return raw
        raise TooLarge(arrival.size, limit, raw[:HEAD_LIMIT])

    def finish(self, arrival: Arrival) -> None:
        """Move the mail to the folder for finished ones, which is created when missing. May be repeated."""
        path = self._path(arrival.uid)
        if not self._settings.processed or path is None:
            return
        target = self._folder(self._settings.processed)
        try:
            for name in ("cur", "new", "tmp"):
                (target / name).mkdir(mode=0o700, parents=True, exist_ok=True)
            path.rename(target / "cur" / (path.name if ":" in path.name else f"{path.name}:2,"))
        except FileNotFoundError:  # a mail program moved it meanwhile: it is done with next time
            return
        except OSError as error:
            remedy = f"allow writing in {self._settings.path}, or leave `processed` empty"
            raise Permanent(self._part, f"the mail cannot be moved: {error}", remedy) from error

    def find_message_id(self, message_id: str, folders: Iterable[str]) -> bool | None:
        """Say whether a mail with exactly this Message-ID lies in the folders; None: cannot tell."""
        if not HARMLESS_ID.fullmatch(message_id):
            return None
        places = [self._folder(name) for name in folders]
        wanted = message_id.encode("ascii")
        if any(wanted in _message_ids(path) for place in places for path in _mails(place)):
            return True
        return False if places and all((place / "cur").is_dir() for place in places) else None

    def close(self) -> None:
        """Forget where the mails lie."""
        self._paths.clear()

    @property
    def _part(self) -> str:
        return f"Maildir {self._settings.path}"

    def _folder(self, name: str) -> Path:
        if name.upper() == _INBOX:
            return self._settings.path
        return self._settings.path / ("." + name.strip("./").replace("/", "."))

    def _look(self) -> None:
        root = self._settings.path
        self._paths = {_uid(path): path for path in _mails(root)}
        if not self._paths and not ((root / "new").is_dir() and (root / "cur").is_dir()):
            raise Permanent(self._part, "it is no Maildir: new or cur is missing", "set the mailbox's path right")

    def _path(self, uid: int) -> Path | None:
        path = self._paths.get(uid)
        if path is None or not path.exists():
            self._look()  # its flags may have changed, or it went from new to cur
            path = self._paths.get(uid)
        return path

    def _arrival(self, uid: int, path: Path) -> Arrival | None:
        try:
            facts = path.stat()
        except FileNotFoundError:
            return None
        return Arrival(
            account=self._settings.account or str(self._settings.path),
            folder=_INBOX,
            uidvalidity=_UIDVALIDITY,
            uid=uid,
            size=facts.st_size,
            received_at=datetime.fromtimestamp(facts.st_mtime, UTC),
        )


def _mails(folder: Path) -> Iterator[Path]:
    for name in ("new", "cur"):
        try:
            with os.scandir(folder / name) as entries:
                for entry in entries:
                    if not entry.name.startswith(".") and entry.is_file(follow_symlinks=False):
                        yield Path(entry.path)
        except FileNotFoundError:
            continue
        except OSError as error:
            raise Temporary("Maildir", f"{folder} cannot be read: {error}") from error


def _uid(path: Path) -> int:
    base = os.fsencode(path.name).partition(b":")[0]
    return int.from_bytes(hashlib.sha256(base).digest()[:8], "big") >> 1


def _read(path: Path, limit: int) -> bytes | None:
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
            return file.read(limit)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Temporary("Maildir", f"{path} cannot be read: {error}") from error


def _message_ids(path: Path) -> list[bytes]:
    head = (_read(path, HEAD_LIMIT) or b"").replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    return _MESSAGE_ID.findall(head)
