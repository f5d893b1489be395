"""Reading mails within bounds: the laborious ones in a child process, limited in memory, processor time and patience.

An ordinary mail is read at once. A large one, or one with files to be taken apart, goes to the child; what the child
cannot do within its limits is registered from the header block. One child serves a daemon: started when first needed,
replaced when it ends, gone with its parent.
"""

from __future__ import annotations

import os
import pickle
import resource
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass, replace

from mailbot.core.model import Gap, ReadMail
from mailbot.errors import Temporary
from mailbot.mail.addresses import OwnAddresses
from mailbot.mail.read import Parts, read_mail, unread

LARGE = 1_000_000  # bytes: a larger mail is laborious
_TAKEN_APART = (b"ms-tnef", b"winmail.dat", b"ms-outlook", b".msg", b"pkcs7-mime", b"text/rtf", b"text/calendar")
_ENDED = (EOFError, OSError, pickle.UnpicklingError)


def laborious(raw: bytes) -> bool:
    """Whether a mail is read by the child."""
    if len(raw) > LARGE:
        return True
    lower = raw.lower()
    return any(name in lower for name in _TAKEN_APART)


@dataclass(slots=True, kw_only=True)
class Reader:
    """Reads one mail after the other; `seconds` bound the processor time and the waiting, `megabytes` the memory."""

    own: OwnAddresses
    seconds: int = 20
    megabytes: int = 1024
    _child: subprocess.Popen[bytes] | None = None

    def read(self, raw: bytes) -> tuple[ReadMail, Parts]:
        """Read a mail, whatever its bytes. Raises Temporary when no process can be started."""
        if not laborious(raw):
            return read_mail(raw, self.own)
        # A child may also have been ended from outside: only the second end is the mail's fault.
        found = self._asked(raw) or self._asked(raw)
        return found or unread(raw, Gap(what="laborious"))

    def close(self) -> None:
        """End the child. It is started anew when it is needed again."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.communicate()

    def _asked(self, raw: bytes) -> tuple[ReadMail, Parts] | None:
        """What the child makes of a mail; None when it ended over it."""
        child = self._child or self._start()
        assert child.stdin is not None  # noqa: S101 - both are pipes
        assert child.stdout is not None  # noqa: S101
        watch = threading.Timer(self.seconds, child.kill)
        watch.start()
        try:
            pickle.dump((raw, self.own), child.stdin)
            child.stdin.flush()
            found: tuple[ReadMail, Parts] = pickle.load(child.stdout)  # noqa: S301 - our own process wrote it
        except _ENDED:
            self.close()
            return None
        finally:
            watch.cancel()
        return found

    def _start(self) -> subprocess.Popen[bytes]:
        command = "from mailbot.mail import bounded; bounded.serve()"
        try:
            self._child = subprocess.Popen(  # noqa: S603 - nothing of it comes from outside
                [sys.executable, "-P", "-c", command, str(self.seconds), str(self.megabytes)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # a traceback could quote the mail
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
                start_new_session=True,
            )
        except OSError as error:
            raise Temporary("reading a mail", f"no process could be started: {error.strerror}") from error
        return self._child


def serve() -> None:
    """The child: read mails from standard input until it ends, under the limits given as arguments."""
    seconds, megabytes = map(int, sys.argv[1:3])
    # Who stops the daemon stops the whole group; the mail in work is finished and the end of input waited for.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    _bound(resource.RLIMIT_AS, megabytes * 1024 * 1024)
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    while True:
        try:
            raw, own = pickle.load(sys.stdin.buffer)  # noqa: S301 - our own parent wrote it
        except EOFError:
            return
        used = resource.getrusage(resource.RUSAGE_SELF)
        _bound(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + seconds)
        mail, parts = read_mail(raw, own)
        pickle.dump((replace(mail, fields={}), parts), answers)
        answers.flush()


def _bound(what: int, most: int) -> None:
    # Not every system can bound memory; waiting is bounded everywhere.
    with suppress(OSError, ValueError):
        resource.setrlimit(what, (most, resource.getrlimit(what)[1]))
