"""A letter that came back: whether the report is about the recipient it was sent to.

A report proves something only about the addresses it names: in its machine-readable fields, else in what it says to
people. One that names nobody speaks of the only recipient its letter had. What it returns of our own letter names the
recipient too and proves nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailbot.core.model import ReadMail
from mailbot.mail import mime
from mailbot.mail.addresses import ADDRESS
from mailbot.mail.mime import Part, TooMuch
from mailbot.mail.notices import BOUNCE_SENDER

_LONGEST = 100_000  # bytes of a report's fields, characters of its text, that are looked at
_BLOCK = re.compile(rb"\r?\n[ \t]*\r?\n")
_ACTION = re.compile(rb"^\s*action\s*:\s*([a-z]+)", re.I | re.M)
_RECIPIENT = re.compile(rb"^\s*(?:final|original)-recipient\s*:\s*(?:[\w-]+\s*;)?\s*([^\r\n]+)", re.I | re.M)
_ARRIVED = (b"delivered", b"relayed", b"expanded", b"delayed")


def came_back_from(raw: bytes, mail: ReadMail, recipient: str) -> bool:
    """Whether the bounce `mail` (its bytes are `raw`) of a letter to `recipient` says that he was not reached."""
    blamed = named(raw) | _told(mail)
    return recipient.casefold() in blamed or not blamed


def named(raw: bytes) -> frozenset[str]:
    """The addresses a report's own fields call not reached, in lower case."""
    try:
        whole = mime.split(raw)
    except TooMuch:
        return frozenset()
    return frozenset(_fields(whole))


def _told(mail: ReadMail) -> set[str]:
    """The addresses a report names in words: neither its own, nor whom it is sent to, nor a Message-ID."""
    aside = {mail.sender.address, *mail.recipients, *(one.strip("<>") for one in mail.failed_message_ids)}
    found = _addresses(f"{mail.subject}\n{mail.new_text}"[:_LONGEST]) - {one.casefold() for one in aside}
    return {address for address in found if not BOUNCE_SENDER.search(address)}


def _fields(whole: Part) -> Iterator[str]:
    yield from _addresses(whole.headers.text("x-failed-recipients"))
    for part in whole.walk():
        if part.content_type == "message/delivery-status":
            for block in _BLOCK.split(part.content[:_LONGEST]):
                action = _ACTION.search(block)
                if action is None or action[1].lower() not in _ARRIVED:
                    for found in _RECIPIENT.findall(block):
                        yield from _addresses(found.decode("utf-8", "replace"))


def _addresses(text: str) -> set[str]:
    return {address.casefold().rstrip(".") for address in ADDRESS.findall(text)}
