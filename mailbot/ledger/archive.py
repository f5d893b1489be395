"""The original mails and attachments on disk: written once, never changed, found by what they contain.

A file appears under its final name only when its bytes are safe: written aside, synced, renamed, the folder synced. It
is named by its SHA-256, never by a stranger. Every step goes from folder to folder by handle, so no link leads out of
the root. A folder for each case holds copies with readable names for staff: they may change those, the originals stay.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from mailbot import errors
from mailbot.ledger.filenames import ending, numbered, safe_folder, safe_name, same

_DIGEST = re.compile(r"[0-9a-f]{64}\Z")
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_OLD = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC  # a pipe of that name must not hold us up
_ASIDE, _CASES_ASIDE = "incoming", ".incoming"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """An attachment in the archive: where its bytes lie, and the safe name to show."""

    sha256: str
    path: Path
    name: str


class Archive:
    """The archive below `root`, which is made when missing. Files are 0600, folders 0700.

    The folders of the cases lie in `cases`, by default inside; what is put there may be read and written by whoever
    may read and write `cases` itself.
    """

    def __init__(self, root: Path, cases: Path | None = None) -> None:
        self.root, self.cases = root, cases or root / "cases"
        root.mkdir(mode=0o700, parents=True, exist_ok=True)

    def put(self, raw: bytes) -> str:
        """Keep a mail; return its SHA-256 when it is safe on disk. The same bytes again are no work.

        Raises Temporary when the disk is full or fails, as every method here does.
        """
        digest = hashlib.sha256(raw).hexdigest()
        self._keep(("mails", digest[:2]), f"{digest}.eml", raw)
        return digest

    def get(self, sha256: str) -> bytes:
        """Return a mail. Raises Permanent when it is missing or no longer what it was."""
        return self._read(self.path(sha256), sha256)

    def path(self, sha256: str) -> Path:
        """Return where a mail lies. Raises ValueError for what is no SHA-256."""
        return self._place("mails", sha256, ".eml")

    def put_attachment(self, content: bytes, filename: str) -> StoredFile:
        """Keep an attachment under our own name; `filename` only chooses its ending and the name to show."""
        digest = hashlib.sha256(content).hexdigest()
        self._keep(("attachments", digest[:2]), f"{digest}{ending(filename)}", content)
        return self.stored(digest, filename)

    def stored(self, sha256: str, filename: str) -> StoredFile:
        """Return what `put_attachment` returned for this content and name."""
        path = self._place("attachments", sha256, ending(filename))
        return StoredFile(sha256=sha256, path=path, name=safe_name(filename))

    def read(self, attachment: StoredFile) -> bytes:
        """Return what is in an attachment. Raises Permanent when it is missing or no longer what it was."""
        return self._read(attachment.path, attachment.sha256)

    def folder(self, number: str) -> Path:
        """Return where the files of a case are laid out, whether there are any or not."""
        return self.cases / safe_folder(number)

    def view(self, number: str) -> Path:
        """Return the folder of a case for staff, made when missing."""
        with self._case(number):
            return self.folder(number)

    def link(self, number: str, attachment: StoredFile) -> Path:
        """Put a copy of an attachment into the folder of a case; return it. Done before, it is no work.

        Another file of that name, also by case only, is left alone and a number is added.
        """
        content = self._read(attachment.path, attachment.sha256)
        with self._case(number) as (folder, rights):
            name = _free_name(folder, attachment.name, content)
            if name not in _names(folder):
                os.close(os.open(name, _NEW, 0o600, dir_fd=folder))  # takes the name, never another's file
            if _content(folder, name, len(content)) != content:
                with self._folder(_CASES_ASIDE, root=self.cases) as aside:
                    _move_in(folder, name, content, aside, rights & 0o666)
        return self.folder(number) / name

    def sweep(self) -> int:
        """Remove what a crash left half-written; return how much. Only for the one daemon, when it starts."""
        count = 0
        for root, folder in ((self.root, _ASIDE), (self.cases, _CASES_ASIDE)):
            if not root.is_dir():
                continue
            with self._folder(folder, root=root) as aside:
                for name in _names(aside):
                    os.unlink(name, dir_fd=aside)
                    count += 1
        return count

    def _place(self, kind: str, sha256: str, tail: str) -> Path:
        if not _DIGEST.match(sha256):
            raise ValueError(f"not a SHA-256: {sha256!r}")
        return self.root / kind / sha256[:2] / f"{sha256}{tail}"

    def _keep(self, where: tuple[str, ...], name: str, content: bytes) -> None:
        with self._folder(*where) as folder:
            if _content(folder, name, len(content)) == content:
                os.fsync(folder)  # the crash may have come between the rename and this
            else:
                with self._folder(_ASIDE) as aside:
                    _move_in(folder, name, content, aside, 0o600)

    def _read(self, path: Path, sha256: str) -> bytes:
        with self._folder(*path.parent.relative_to(self.root).parts) as folder:
            content = _content(folder, path.name)
        if content is None:
            raise errors.Permanent("archive", f"{path} is missing", "restore it from a backup")
        if hashlib.sha256(content).hexdigest() != sha256:
            raise errors.Permanent("archive", f"{path} is damaged", "restore it from a backup")
        return content

    @contextmanager
    def _case(self, number: str) -> Iterator[tuple[int, int]]:
        """The folder of a case and its rights, which are those of the folder of all cases."""
        with _in_our_words():
            self.cases.mkdir(mode=0o700, exist_ok=True)
            rights = stat.S_IMODE(self.cases.stat().st_mode)
        with self._folder(safe_folder(number), root=self.cases) as folder:
            now = os.fstat(folder)
            if stat.S_IMODE(now.st_mode) != rights and now.st_uid == os.geteuid():
                os.fchmod(folder, rights)
            yield folder, rights

    @contextmanager
    def _folder(self, *parts: str, root: Path | None = None) -> Iterator[int]:
        with _in_our_words(), ExitStack() as stack:
            handle = os.open(
                root or self.root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
            )  # the root itself may be a link
            stack.callback(os.close, handle)
            for part in parts:
                handle = _enter(handle, part)
                stack.callback(os.close, handle)
            yield handle


@contextmanager
def _in_our_words() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise errors.Temporary("archive", f"{error.strerror} ({error.filename})") from error


def _enter(folder: int, name: str) -> int:
    try:
        return os.open(name, _FOLDER, dir_fd=folder)
    except FileNotFoundError:
        with suppress(FileExistsError):
            os.mkdir(name, 0o700, dir_fd=folder)
        os.fsync(folder)
        return os.open(name, _FOLDER, dir_fd=folder)


def _move_in(folder: int, name: str, content: bytes, aside: int, rights: int) -> None:
    temporary = secrets.token_hex(16)
    try:
        _write(aside, temporary, content, rights)
        os.replace(temporary, name, src_dir_fd=aside, dst_dir_fd=folder)
    except BaseException:
        _remove(aside, temporary)
        raise
    os.fsync(folder)


def _write(folder: int, name: str, content: bytes, rights: int) -> None:
    with os.fdopen(os.open(name, _NEW, 0o600, dir_fd=folder), "wb") as file:
        os.fchmod(file.fileno(), rights)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _content(folder: int, name: str, size: int | None = None) -> bytes | None:
    """Return what a file holds; None when it is none of ours: missing, a link, or of another size than `size`."""
    try:
        handle = os.open(name, _OLD, dir_fd=folder)
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ELOOP):
            return None
        raise
    found = os.fstat(handle)
    if not stat.S_ISREG(found.st_mode) or size not in (None, found.st_size):
        os.close(handle)
        return None
    with os.fdopen(handle, "rb") as file:
        return file.read()


def _names(folder: int) -> list[str]:
    with os.scandir(folder) as entries:
        return [entry.name for entry in entries]


def _free_name(folder: int, name: str, content: bytes) -> str:
    """Return the first numbered form of `name` that is free, or holds `content` already, or nothing yet."""
    there = _names(folder)
    count = 1
    while not _takes(folder, numbered(name, count), there, content):
        count += 1
    return numbered(name, count)


def _takes(folder: int, name: str, there: list[str], content: bytes) -> bool:
    meets = [other for other in there if same(other, name)]
    return not meets or (meets == [name] and _content(folder, name) in (content, b""))


def _remove(folder: int, name: str) -> None:
    with suppress(FileNotFoundError):
        os.unlink(name, dir_fd=folder)
