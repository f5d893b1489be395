"""Whether our own mail server says that a mail does not come from whom it claims (RFC 8601, DMARC).

A sender can write such headers himself, so only the topmost one that bears our server's name counts: the server puts
its own above all that came with the mail. Only a failed check is news; passed, unknown and absent are the same.
"""

from __future__ import annotations

import re

from mailbot.mail.headers import Headers

_HEADER = "authentication-results"
_COMMENT = re.compile(r"\([^()]*\)")
_FAILED = re.compile(r"\bdmarc\s*=\s*fail\b", re.I)
_LONGEST = 8000  # bytes of such a header that are looked at
_DEPTH = 5  # comments in comments


def refuted(fields: Headers, server: str) -> bool:
    """Whether `server`, as it names itself in Authentication-Results, found the sender forged; no name: never."""
    for value in fields.all(_HEADER) if server else ():
        text = value[:_LONGEST].decode("ascii", "replace")
        for _ in range(_DEPTH):
            text = _COMMENT.sub(" ", text)
        name, _, results = text.partition(";")
        if (name.split() or [""])[0].casefold() == server.casefold():
            return bool(_FAILED.search(results))
    return False
