"""Which case a mail belongs to, and the signed tokens that prove it.

A number alone joins nothing: it must come from a known party, or with a token only our own letters carry. A stranger
who quotes a number gets an entry of his own that says "possibly case N"; nothing of case N is shown or sent to him.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Protocol

from mailbot.core.model import Case, MailKind, ReadMail
from mailbot.core.supplement import alike, plain

TOKEN_BYTES = 10
"""80 bits: more than the 64 that make guessing hopeless; 16 letters in base 32."""

SAME_SUBJECT = timedelta(days=14)
CASES_LOOKED_AT = 50
REFERENCES_LOOKED_AT = 50
TEXT_LOOKED_AT = 20_000
"""Limits, for a mail may name thousands of numbers and a customer may have thousands of cases."""

IDENTIFIERS = ("order_no", "batch", "model", "part_no")
"""Fields that name one thing and no other."""

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−﹣", "-"))
NUMBER = re.compile(r"(?<![A-Z0-9])[A-Z]{1,6}-\d{4}-\d{3,9}(?![0-9])")
_PREFIX = re.compile(
    r"^\s*(?:(?:re|fw|fwd|aw|wg|sv|vs|回复|回覆|答复|答覆|转发|轉寄|轉發)\s*[:：]|\[[^\]]{0,40}\])\s*", re.IGNORECASE
)


class CaseBook(Protocol):
    """What the ledger is asked while a mail's case is looked for."""

    def by_message_ids(self, ids: Iterable[str], /) -> Sequence[str]:
        """Numbers of the cases in which any of these Message-IDs was seen or sent."""

    def by_party(self, address: str, /) -> Sequence[str]:
        """Numbers of the cases in which this address is a known party, the newest first."""

    def get(self, number: str, /) -> Case | None:
        """The case, or None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Belonging:
    """Where a mail belongs: `number` joined for the reason `how`, or only `possibly` a case; both empty: new."""

    number: str = ""
    how: str = ""
    possibly: str = ""


def token_for(number: str, secret: bytes) -> str:
    """The reply token of a case: its number and a keyed signature, such as `CP-2026-000123-K7Q2MXT4A9B3C5D6`."""
    return f"{number}-{_signature(number, secret)}"


def token_number(token: str, secret: bytes) -> str | None:
    """The number a token was made for; None when it was not made by us."""
    number, _, signature = token.strip().upper().rpartition("-")
    genuine = number and hmac.compare_digest(signature.encode(), _signature(number, secret).encode())
    return number if genuine else None


def staff_token(number: str, address: str, secret: bytes) -> str:
    """The token of a letter about a case to one colleague: only an answer of that colleague carries it."""
    return f"{number}-{_signature(_to_staff(number, address), secret)}"


def staff_token_number(token: str, address: str, secret: bytes) -> str | None:
    """The number of the case a letter to this colleague was about; None when the token is not of such a letter."""
    number, _, signature = token.strip().upper().rpartition("-")
    expected = _signature(_to_staff(number, address), secret).encode()
    return number if number and hmac.compare_digest(signature.encode(), expected) else None


def _to_staff(number: str, address: str) -> str:
    return f"{number}:staff:{address.strip().casefold()}"


def message_id(token: str, mark: str, domain: str) -> str:
    """The Message-ID of a letter, with the case's token in it: so a reply's In-Reply-To proves where it belongs."""
    number, _, signature = token.rpartition("-")
    digest = hashlib.sha256(mark.encode()).hexdigest()[:12]
    return f"<{number.lower()}.{digest}.{signature.lower()}@{domain}>"


def find_case(
    mail: ReadMail,
    book: CaseBook,
    secret: bytes,
    now: datetime,
    *,
    staff: bool = False,
    freemail: frozenset[str] = frozenset(),
    same_subject: timedelta = SAME_SUBJECT,
) -> Belonging:
    """Find the case a mail belongs to. `staff`: the writer is one of ours and may name any case.

    `freemail` are domains whose users have nothing in common; a colleague is somebody at another address of a
    company's domain. `same_subject` is how long after a customer's last mail the same subject speaks of the same case.
    `now` is when the mail server took the mail. A forged sender is known to no case; only a token opens one to him.
    """
    for token in mail.tokens:
        if (number := token_number(token, secret)) and book.get(number):
            return Belonging(number=number, how="token")
    writer = "" if mail.refuted else mail.customer.address.casefold()
    possibly = ""
    for how, numbers in _hints(mail, book):
        for number in numbers:
            case = book.get(number)
            if case is None:
                continue
            if staff or _knows(case, writer, freemail):
                return Belonging(number=number, how=how)
            possibly = possibly or number
    if possibly:
        return Belonging(possibly=possibly)
    return Belonging() if mail.kind.automatic or not writer else _by_sender(mail, writer, book, now - same_subject)


def folded_subject(subject: str) -> str:
    """A subject without reply prefixes, bracketed tags, blanks and case, for comparing."""
    while (shorter := _PREFIX.sub("", subject, count=1)) != subject:
        subject = shorter
    return "".join(subject.split()).casefold()


def _hints(mail: ReadMail, book: CaseBook) -> Iterable[tuple[str, Sequence[str]]]:
    ids = (*mail.in_reply_to, *reversed(mail.references))
    yield "headers", book.by_message_ids(ids[:REFERENCES_LOOKED_AT])
    said = NUMBER.findall(_typewritten(" ".join((*mail.numbers, mail.new_text[:TEXT_LOOKED_AT]))))
    yield "number", tuple(dict.fromkeys(said))[:CASES_LOOKED_AT]


def _typewritten(text: str) -> str:
    """Text as a typewriter has it, so that ｃｐ－２０２６－０００１２３ and CP–2026–000123 are numbers too."""
    return unicodedata.normalize("NFKC", text).translate(_DASHES).upper()


def _knows(case: Case, writer: str, freemail: frozenset[str]) -> bool:
    known = {party.casefold() for party in (*case.parties, case.answer_to) if "@" in party}
    if writer in known:
        return True
    domain = writer.partition("@")[2]
    return bool(domain) and domain not in freemail and domain in {party.partition("@")[2] for party in known}


def _by_sender(mail: ReadMail, writer: str, book: CaseBook, since: datetime) -> Belonging:
    """Without references: the same subject in an open case; of a visible reply also a closed or his only open one."""
    reply, subject = mail.kind is MailKind.FOLLOW_UP, folded_subject(mail.subject)
    newest = (book.get(number) for number in islice(book.by_party(writer), CASES_LOOKED_AT))
    cases = [case for case in newest if case and (case.heard_at or case.opened_at) >= since]
    for case in cases:
        if not subject or folded_subject(str(case.values.get("subject") or "")) != subject:
            continue
        if reply or (case.open and not _another_matter(mail, case)):
            return Belonging(number=case.number, how="subject")
    still_open = [case for case in cases if case.open]
    if reply and len(still_open) == 1:
        return Belonging(number=still_open[0].number, how="sender")
    return Belonging()


def _another_matter(mail: ReadMail, case: Case) -> bool:
    """Whether the mail names other goods or another order than the case: many write under one subject for years.

    A thing named in passing may be a part of the goods; with a demand of its own it is other goods.
    """
    said = {key: mail.fields[key].value for key in IDENTIFIERS if key in mail.fields}
    if any(case.values.get(key) not in (None, "") and not alike(case.values[key], said[key]) for key in said):
        return True
    product = mail.fields.get("product")
    if product is None or (product.confidence < 1 and "demand" not in mail.fields):
        return False
    one, other = plain(product.value or ""), plain(case.values.get("product") or "")
    return bool(one and other) and one not in other and other not in one


def _signature(number: str, secret: bytes) -> str:
    mac = hmac.new(secret, b"reply-token:" + number.encode(), hashlib.sha256).digest()
    return base64.b32encode(mac[:TOKEN_BYTES]).decode()
