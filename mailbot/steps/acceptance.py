"""A mail becomes a case: its number, who may write about it, what is known of the sender, whether he is answered.

Gathered from the ledger here; what a case is made of it is decided in `core.opening`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from mailbot.core.addresses import plain_address
from mailbot.core.casework import Intake, open_case
from mailbot.core.gaps import in_words
from mailbot.core.model import Case, Decision, MailKind, ReadMail, Value, Verdict
from mailbot.core.remarks import say
from mailbot.core.threads import token_for
from mailbot.ledger.mails import MailRow
from mailbot.mail.understand import Understanding, judged_after
from mailbot.office import Office
from mailbot.steps.limits import over_limit

PARTIES_LIMIT = 20
"""Addresses taken over from To and Cc as known parties; a mail to two hundred people makes nobody a party."""
EARLIER_LOOKED_AT = 20
"""Earlier cases of a sender that are asked who he is."""
PERSONAL = ("contact_name", "phone")
"""What belongs to one person, and not to everybody who writes from a shared address."""

_GOODS = frozenset({"product", "model", "part_no", "batch", "order_no", "quantity"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A stored mail on the desk: its row, its bytes, what it says."""

    row: MailRow
    raw: bytes
    said: Understanding

    @property
    def mail(self) -> ReadMail:
        """What it says."""
        return self.said.mail

    @property
    def doubtful(self) -> bool:
        """Whether it looks like no complaint, and yet may be one: danger, a grievance, or a colleague passed it on."""
        danger = bool(self.said.verdict and self.said.verdict.emergency)
        return self.mail.kind is MailKind.OTHER and (self.said.doubtful or danger or bool(self.mail.forwarded_by))

    @property
    def vague(self) -> bool:
        """Whether nothing in it tells of goods or of a grievance, though nothing tells of another matter either."""
        return not (self.said.complains or self.said.pictures or _GOODS & self.mail.fields.keys())


def accept(office: Office, arrived: Arrived, possibly: str, now: datetime) -> Decision:
    """Make a case of a mail; `possibly` is the number of a case it names without belonging there."""
    procedure, row = office.procedure, arrived.row
    year = row.received_at.astimezone(procedure.calendar.zone).year
    number = office.ledger.cases.next_number(procedure.number_pattern, year)
    mail = _without_own_address(office, arrived.mail)
    if not plain_address(mail.forwarded_by or ""):
        mail = replace(mail, forwarded_by=None)  # nobody who could be told
    answer_to = _answer_to(office, mail)
    verdict = _verdict(office, arrived, mail, answer_to)
    earlier = _earlier(office, answer_to, mail)
    intake = Intake(
        mail=mail,
        verdict=verdict,
        received_at=row.received_at,
        answer_to=answer_to,
        not_acknowledged=_why_not(office, arrived, answer_to, now),
        possibly=possibly,
        needs_human=_needs_human(office, arrived),
        parties=(*outsiders(office, mail),),
        earlier={key: value for key, (value, _) in earlier.items()},
        earlier_case=next((number for _, number in earlier.values()), ""),
        colleague=mail.sender if by_colleague(office, mail) else None,
    )
    return open_case(number, token_for(number, office.secret), intake, now, procedure)


def _verdict(office: Office, arrived: Arrived, mail: ReadMail, answer_to: str) -> Verdict:
    """The verdict in the light of what the ledger knows of the time before."""
    values = {key: finding.value for key, finding in mail.fields.items() if not isinstance(finding.value, tuple)}
    past = office.precedents.before(arrived.row.received_at, answer_to, values)
    verdict = judged_after(arrived.said, past, office.rules).verdict
    assert verdict is not None  # noqa: S101 - every mail of a human is judged
    return verdict


def by_colleague(office: Office, mail: ReadMail) -> bool:
    """Whether one of ours speaks for himself: he wrote it, and there is no customer behind it."""
    return not mail.refuted and office.own.includes(mail.customer.address)


def outsiders(office: Office, mail: ReadMail) -> tuple[str, ...]:
    """Who may write about the case from now on: the customer and the outsiders he wrote to as well."""
    if mail.refuted:
        return ()
    named = [mail.customer.address, mail.sender.address]
    if len(mail.recipients) <= PARTIES_LIMIT:
        named += mail.recipients
    return tuple(dict.fromkeys(a.casefold() for a in named if a and not office.own.includes(a)))


def _answer_to(office: Office, mail: ReadMail) -> str:
    """Where the customer is answered; nowhere when only a colleague is known who named no address."""
    if not by_colleague(office, mail):
        writer = mail.customer.address
        return writer if plain_address(writer) and not office.own.includes(writer) else ""
    named = mail.fields.get("email")
    return str(named.value) if named and plain_address(str(named.value)) else ""


def _without_own_address(office: Office, mail: ReadMail) -> ReadMail:
    """A colleague's own address is no customer's."""
    fields = {k: f for k, f in mail.fields.items() if k != "email" or not office.own.includes(str(f.value))}
    return replace(mail, fields=fields)


def _why_not(office: Office, arrived: Arrived, address: str, now: datetime) -> str:
    if arrived.mail.refuted:
        return say("refuted", office.procedure.language)
    if arrived.doubtful:
        return say("in_doubt", office.procedure.language)
    return over_limit(office, address, now) if address else ""


def _needs_human(office: Office, arrived: Arrived) -> str:
    language = office.procedure.language
    if arrived.mail.unread:
        return say("unread", language, why=in_words(arrived.mail.unread, language))
    if arrived.doubtful:
        return say("doubtful", language)
    return say("vague", language) if arrived.vague else ""


def _earlier(office: Office, address: str, mail: ReadMail) -> Mapping[str, tuple[Value, str]]:
    """What the sender's earlier cases tell of him, the newest first: each value with the case it stands in."""
    found: dict[str, tuple[Value, str]] = {}
    numbers = office.ledger.cases.by_party(address)[:EARLIER_LOOKED_AT] if address else []
    for case in filter(None, map(office.ledger.cases.get, numbers)):
        if case.answer_to.casefold() == address.casefold():
            for key in ("company", *(PERSONAL if _same_person(case, mail) else ())):
                if _stated(case, key):
                    found.setdefault(key, (case.values[key], case.number))
    return found


def _same_person(case: Case, mail: ReadMail) -> bool:
    name = mail.fields.get("contact_name")
    return name is None or not _stated(case, "contact_name") or case.values["contact_name"] == name.value


def _stated(case: Case, key: str) -> bool:
    return case.values.get(key) not in (None, "") and key not in case.presumed and key not in case.misfits
