"""Addresses: who wrote, to whom, and which of them are ours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mailbot.core.model import Mailbox
from mailbot.mail import headers

LONGEST = 4096  # characters of one address field that are looked at
ADDRESS = re.compile(r"[^\s<>\"'(),;:\[\]\\@|，；：（）]{1,128}@[^\s<>\"'(),;:\[\]\\@|，；：（）。]{1,250}")
_ANGLE = re.compile(r"<([^<>]*)>[^<>]*$")
_COMMENT = re.compile(r"\(([^()]*)\)")
_QUOTES = "\"'“”‘’"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAddresses:
    """Our own mail domains and single addresses, in lower case; `server`: whose word on senders counts."""

    domains: frozenset[str]
    addresses: frozenset[str] = frozenset()
    server: str = ""

    def includes(self, address: str) -> bool:
        """Whether an address is ours: case-folded, a +tag ignored, a sub-domain not."""
        local, _, domain = address.strip().casefold().rpartition("@")
        return domain in self.domains or f"{local.partition('+')[0]}@{domain}" in self.addresses


NOBODY = OwnAddresses(domains=frozenset())


def mailboxes(value: str) -> tuple[Mailbox, ...]:
    """Read an address field (encoded words still encoded, see `headers.loose`); tolerant of all that is seen there."""
    return tuple(box for chunk in _chunks(value[:LONGEST]) if (box := mailbox(chunk)) is not None)


def mailbox(chunk: str) -> Mailbox | None:
    """Read one `Name <address>`; None when there is neither."""
    angle = _ANGLE.search(chunk)
    inside = angle[1].strip().removeprefix("mailto:") if angle else ""
    if angle and ADDRESS.fullmatch(inside):
        return Mailbox(name=_name(chunk[: angle.start()]) or _comment(chunk), address=inside)
    plain = headers.words(chunk)
    found = ADDRESS.search(plain)
    if found is None:
        name = _name(re.sub(r"<[^<>]*>", "", plain))
        return Mailbox(name=name) if name else None
    name = _name(re.sub(r"[<>\[\]]|mailto:", "", _COMMENT.sub("", plain.replace(found[0], "", 1))))
    return Mailbox(name=name or _comment(plain), address=found[0])


def _chunks(value: str) -> Iterator[str]:
    """Cut at commas and semicolons outside quotes, comments and angle brackets; a group's name is left out."""
    start, quoted, depth = 0, False, 0
    for at, char in enumerate(value):
        if char == '"':
            quoted = not quoted
        elif not quoted and char in "(<[":
            depth += 1
        elif not quoted and char in ")>]":
            depth = max(0, depth - 1)
        elif not quoted and not depth and char == ":" and "@" not in value[start:at]:
            start = at + 1
        elif not quoted and not depth and char in ",;":
            yield value[start:at]
            start = at + 1
    yield value[start:]


def _comment(chunk: str) -> str:
    comment = _COMMENT.search(chunk)
    return headers.words(comment[1]) if comment else ""


def _name(display: str) -> str:
    bare = _COMMENT.sub("", display).strip()
    return headers.words(re.sub(r"\\(.)", r"\1", bare).strip().strip(_QUOTES)).strip(_QUOTES + " ")
