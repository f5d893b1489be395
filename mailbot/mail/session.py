"""One logged-in IMAP connection in plain words: the one home of imapclient, and of its traps.

Whatever goes wrong leaves here as Temporary, Permanent or Refused. After a lost link, a time-out or anything else that
may have left us out of step the connection is `broken` and of no further use. Nothing here decides about a mail.
"""

from __future__ import annotations

import logging
import re
import socket
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from ssl import SSLContext
from typing import Any, cast

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError, ProtocolError

from mailbot import __version__
from mailbot.errors import MailbotError, Permanent, Temporary, Usage
from mailbot.mail.settings import ImapSettings
from mailbot.mail.source import LoginRefused
from mailbot.mail.tls import CleanStart, client_context, explained, waiting

# At DEBUG this library writes whole mails into the log.
logging.getLogger("imapclient").setLevel(logging.WARNING)

_IDENTITY = {"name": "mailbot", "version": __version__, "vendor": "mailbot"}
_ATOM = re.compile(r"[A-Za-z0-9._@+-]+")
_ANSWERED = re.compile(r"^[A-Za-z ]+ (failed:|command error: (BAD|NO) )")
_NONSENSE = (ProtocolError, ValueError, KeyError, IndexError, TypeError, AttributeError, AssertionError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A folder as the server opened it. `uidnext` is 0 when the server does not say."""

    name: str
    uidvalidity: int
    uidnext: int
    exists: int
    flags: frozenset[str]

    def keeps(self, flag: str) -> bool:
        """Say whether a flag set here outlives the connection; keywords are dropped silently where it would not."""
        return flag.lower() in self.flags or (not flag.startswith("\\") and "\\*" in self.flags)


class Refused(Temporary):
    """The server understood, and said no to this one thing; the connection is still good unless it is `broken`."""


class Session:
    """Connects, logs in and identifies itself when created. Raises Temporary, LoginRefused, Permanent, Usage."""

    def __init__(self, settings: ImapSettings) -> None:
        self._settings = settings
        self.broken = False
        self._open: tuple[Folder, bool] | None = None
        secret = settings.password()
        context = client_context(settings.security, settings.ca_file)
        with self._connecting():
            self._client = IMAPClient(
                settings.host,
                settings.port,
                ssl=settings.security == "tls",
                ssl_context=context,
                timeout=SocketTimeout(settings.connect_timeout, settings.read_timeout),
            )
        self._client.normalise_times = False
        try:
            with self._connecting():
                self._secure(context)
                self._log_in(settings.user, secret)
                self._identify()
        except BaseException:
            self.broken = True
            self.close()
            raise

    def can(self, capability: str) -> bool:
        """Say whether the server offers a capability, such as IDLE."""
        with self._asking("asking what it can do"):
            return bool(self._client.has_capability(capability))

    def open_folder(self, name: str, *, writable: bool = False, anew: bool = False) -> Folder:
        """Open a folder, read-only unless told; `anew` even when it is open. Raises Permanent when it is missing."""
        if self._open and self._open[0].name == name and (self._open[1] or not writable) and not anew:
            return self._open[0]
        self._open = None
        try:
            with self._asking(f"opening {name}"):
                answer = self._client.select_folder(name, readonly=not writable)
        except Refused as refusal:
            raise self._why_closed(name, refusal) from refusal
        folder = _folder(name, answer)
        self._open = folder, writable
        return folder

    def folders(self) -> list[str]:
        """Return the names of all folders."""
        with self._asking("listing folders"):
            return [str(name) for _, _, name in self._client.list_folders()]

    def create_folder(self, name: str) -> None:
        """Create a folder and show it in mail programs. Raises Refused."""
        with self._asking(f"creating {name}"):
            self._client.create_folder(name)
        with suppress(Refused), self._asking(f"subscribing to {name}"):
            self._client.subscribe_folder(name)

    def search(self, criteria: str) -> list[int]:
        """Return the UIDs a search finds, ascending. `criteria` goes out as it is: never a stranger's text."""
        with self._asking("searching"):
            # imapclient's own search() gives up when a server answers in several lines.
            status, lines = self._client._imap.uid("SEARCH", criteria)
            if status != "OK":
                raise IMAPClientError(f"search failed: {lines!r}")
            return sorted({int(word) for line in lines if line for word in _words(line) if word.isdigit()})

    def describe(self, uids: Sequence[int]) -> dict[int, tuple[int, datetime | None]]:
        """Return size and arrival (aware UTC) by UID; what is gone, or not told, is missing or None."""
        with self._asking("reading sizes and dates"):
            answers = self._client.fetch(uids, ["RFC822.SIZE", "INTERNALDATE"])
            return {uid: (int(a.get(b"RFC822.SIZE") or 0), _utc(a.get(b"INTERNALDATE"))) for uid, a in answers.items()}

    def read(self, uid: int, limit: int = 0) -> bytes | None:
        """Return the bytes of a mail, or its first `limit` bytes, without marking it read; None when it is gone."""
        part = f"<0.{limit}>" if limit else ""
        with self._asking(f"fetching UID {uid}"):
            answer = self._client.fetch([uid], [f"BODY.PEEK[]{part}"]).get(uid, {})
        return next((cast(bytes, text) for key, text in answer.items() if key.startswith(b"BODY[]")), None)

    def message_ids(self, uids: Collection[int]) -> Iterator[str]:
        """Yield the Message-ID headers of these mails, each with its <>."""
        with self._asking("reading Message-IDs"):
            answers = self._client.fetch(sorted(uids), ["BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]"])
        for answer in answers.values():
            for key, text in answer.items():
                if key.startswith(b"BODY[") and text:
                    yield text.decode("latin-1").partition(":")[2].strip()

    def move(self, uid: int, target: str) -> None:
        """Move a mail; where the server cannot without touching other mails, leave it. Raises Refused."""
        with self._asking(f"moving UID {uid}"):
            if self._client.has_capability("MOVE"):
                self._client.move([uid], target)
            elif self._client.has_capability("UIDPLUS"):
                self._client.copy([uid], target)
                self._client.delete_messages([uid], silent=True)
                self._client.uid_expunge([uid])  # a plain EXPUNGE would remove what staff have marked

    def flag(self, uid: int, flag: str) -> None:
        """Set a flag or keyword on a mail. Raises Refused."""
        with self._asking(f"marking UID {uid}"):
            self._client.add_flags([uid], [flag], silent=True)

    def idle(self, seconds: float) -> bool:
        """Wait for the server to report something, and say whether it did. Raises Temporary when the link is dead."""
        with self._asking("waiting for mail", in_step=False):
            self._client.idle()
            # News that came in one packet with the server's consent lies in a buffer no poll can see.
            ready = waiting(self._client.socket(), self._client._imap.file)
            seen = self._client.idle_check(timeout=0 if ready else seconds)
            _, more = self._client.idle_done()  # on a dead link idle_check() says [] at once; this one raises
        return any(news and news[0] not in (b"OK", b"BYE") for news in [*seen, *more])

    def shut(self) -> None:
        """Cut the connection at once, from any thread; its own thread still has to close it."""
        self.broken = True
        with suppress(OSError):  # past SSLSocket.shutdown, which is not made for a second thread
            socket.socket.shutdown(self._client.socket(), socket.SHUT_RDWR)

    def close(self) -> None:
        """Log out politely if that is still possible, and close."""
        with suppress(IMAPClientError, OSError, ValueError):
            if not self.broken:
                self._client.logout()
        self.broken = True
        with suppress(OSError, ValueError):
            self._client.shutdown()

    def _secure(self, context: SSLContext | None) -> None:
        if self._client._imap.state != "NONAUTH":
            detail = "it greeted us as already logged in, which a mail server never does"
            raise Permanent(self._settings.part, detail, "check host and port; somebody may be in between")
        if context is None or self._settings.security != "starttls":
            return
        if not self._client.has_capability("STARTTLS"):
            remedy = "use security 'tls' (port 993); if it offered STARTTLS before, somebody may be in between"
            raise Permanent(self._settings.part, "the server does not offer STARTTLS", remedy)
        self._client.starttls(CleanStart(context, self._settings.part, lambda: self._client._imap.file))

    def _log_in(self, user: str, secret: str) -> None:
        if re.search(r"[\x00-\x1f\x7f]", user + secret):
            raise Usage(f"{self._settings.part}: user or password holds a line break or another control character")
        try:
            if self._settings.login == "xoauth2":
                self._client.oauth2_login(user, secret)
            elif not (user + secret).isascii():
                self._client.plain_login(user, secret)
            else:  # imaplib quotes the password only
                quoted = user.replace("\\", "\\\\").replace('"', '\\"')
                self._client.login(user if _ATOM.fullmatch(user) else f'"{quoted}"', secret)
        except LoginError as error:
            raise self._why_refused(error) from error

    def _identify(self) -> None:
        # NetEase (163, 126) refuses every folder without this; QQ hangs up on it unless it has offered it.
        if self._client.has_capability("ID"):
            with suppress(IMAPClientError):
                self._client.id_(_IDENTITY)

    def _why_refused(self, error: LoginError) -> MailbotError:
        part, said = self._settings.part, str(error).removeprefix("b'").removesuffix("'")
        if isinstance(error.__context__, IMAPClientAbortError):
            return Temporary(part, f"the connection was lost while logging in: {said}")
        if "AUTHENTICATIONFAILED" in said.upper():
            remedy = "set the right password; providers such as 163, QQ and Gmail want an authorisation code instead"
            return Permanent(part, f"it refused user {self._settings.user} or the password: {said}", remedy)
        return LoginRefused(part, f"it refused the login: {said}")

    def _why_closed(self, name: str, refusal: Refused) -> MailbotError:
        part, said = self._settings.part, refusal.detail
        if "unsafe login" in said.lower():
            remedy = "allow mail programs in the mailbox's web settings and use an authorisation code"
            return Permanent(part, f"the provider does not trust this program: {said}", remedy)
        names = self.folders()
        if name.upper() != "INBOX" and name not in names:
            return Permanent(part, f"there is no folder {name!r}", f"create it, or name one of: {', '.join(names)}")
        return refusal

    @contextmanager
    def _connecting(self) -> Iterator[None]:
        try:
            yield
        except IMAPClientAbortError as error:
            raise Temporary(self._settings.part, f"the connection was lost at the start: {error}") from error
        except IMAPClientError as error:
            raise Temporary(self._settings.part, f"the server says: {error}") from error
        except OSError as error:
            raise explained(self._settings.part, error) from error
        except _NONSENSE as error:  # kept out of text and chain: it may hold the password
            raise Temporary(self._settings.part, f"its answer makes no sense ({type(error).__name__})") from None

    @contextmanager
    def _asking(self, doing: str, *, in_step: bool = True) -> Iterator[None]:
        """Translate trouble. `in_step`: answers are read to their end before they are understood."""
        part = self._settings.part
        if self.broken:
            raise Temporary(part, f"the connection was lost before {doing}")
        try:
            yield
        except (IMAPClientAbortError, OSError) as error:
            self.shut()
            raise Temporary(part, f"the connection was lost while {doing}: {error}") from error
        except _NONSENSE as error:
            if not in_step:
                self.shut()
            raise Refused(part, f"{doing}: the server's answer makes no sense: {error!r}") from error
        except IMAPClientError as error:
            if not _ANSWERED.match(str(error)):
                self.shut()
            raise Refused(part, f"{doing}: {error}") from error


def _folder(name: str, answer: dict[bytes, Any]) -> Folder:
    flags = answer.get(b"PERMANENTFLAGS", ())
    return Folder(
        name=name,
        uidvalidity=int(answer.get(b"UIDVALIDITY", 0)),
        uidnext=int(answer.get(b"UIDNEXT", 0)),
        exists=int(answer.get(b"EXISTS", 0)),
        flags=frozenset(flag.decode("latin-1").lower() for flag in flags),
    )


def _words(line: bytes) -> list[bytes]:
    return line.partition(b"(")[0].split()


def _utc(at: datetime | None) -> datetime | None:
    if at is None:
        return None
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
