"""Which addresses mail can be sent to, and how they are written on the wire.

Everything that decides whether a letter is ordered asks here, so that no letter is ordered that cannot be addressed.
"""

from __future__ import annotations

import re

_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?")


def plain_address(address: str) -> str:
    """Return an address as it is written in commands and headers, its domain in ASCII; "" when it cannot be used."""
    local, _, domain = address.strip().rpartition("@")
    try:
        written = f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return ""
    return written if _ADDRESS.fullmatch(written) and ".." not in domain else ""
