"""Decide what one mail comes to, and commit it whole: its end, the case, the history, the letters.

The order of the questions is here (a duplicate? from ourselves? a bounce? a known case? a complaint at all?); what each
answer means for a case is decided in `core`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mailbot.core.casework import Intake, add_mail, note_automatic, note_bounce, open_case
from mailbot.core.gaps import in_words
from mailbot.core.model import Case, Decision, End, Event, Gap, MailKind, ReadMail
from mailbot.core.remarks import say
from mailbot.core.threads import find_case, token_for
from mailbot.failpoints import failpoint
from mailbot.ledger.mails import MailRow
from mailbot.logs import logger
from mailbot.mail.sender import plain_address
from mailbot.mail.understand import Understanding, judge
from mailbot.office import Office

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
PARTIES_LIMIT = 20
"""Addresses taken over from To and Cc as known parties; a mail to two hundred people makes nobody a party."""

log = logger()


def register(office: Office, row: MailRow, now: datetime) -> None:
    """Bring a stored mail to its end, in one transaction (a savepoint when the caller holds one)."""
    if earlier := [m for m in office.ledger.mails.same_bytes(row.sha256) if m.id != row.id]:
        first = earlier[0]
        mails = office.ledger.mails
        mails.registered(row.id, End.DUPLICATE, first.case, first.subject, first.sender, "same bytes", now)
        return
    raw = office.archive.get(row.sha256)
    said = judge(*office.reader.read(raw), office.rules)
    if row.size > len(raw) and row.size > office.config.limits.mail_megabytes * 1024 * 1024:
        said = _only_the_head(said, row.size)
    for attachment in said.mail.attachments:
        office.archive.put_attachment(attachment.content, attachment.filename)
    failpoint("intake.before_registered")
    with office.ledger.transaction():
        outcome = _decide(office, row, said, now)
        _commit(office, row, said.mail, outcome, now)
    log.info("mail.registered", case=outcome.case_number or "-", mail=row.id, end=outcome.end.value)


def _only_the_head(said: Understanding, size: int) -> Understanding:
    """A mail of `size` bytes of which only the header was fetched."""
    gap = Gap(what="large", name=f"{size / 1_000_000:.0f} MB")
    return replace(said, mail=replace(said.mail, unread=(gap, *said.mail.unread)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a mail comes to, and the decision that goes with it."""

    end: End
    note: str = ""
    case: str | None = None
    decision: Decision | None = None

    @property
    def case_number(self) -> str | None:
        """The case it belongs to, if any."""
        return self.decision.case.number if self.decision else self.case


def _decide(office: Office, row: MailRow, said: Understanding, now: datetime) -> Outcome:
    mail = said.mail
    if earlier := [m for m in office.ledger.mails.same_content(mail.content_hash) if m.id != row.id]:
        return Outcome(end=End.DUPLICATE, note="same content", case=earlier[0].case)
    if _is_ourselves(office, mail):
        return Outcome(end=End.AUTOMATIC, note="sent by our own address; never answered")
    if mail.kind is MailKind.BOUNCE:
        return _bounce(office, mail, now)
    staff = office.own.includes(mail.sender.address)
    freemail = office.rules.freemail
    belonging = find_case(mail, office.ledger.cases, office.secret, now, staff=staff, freemail=freemail)
    case = office.ledger.cases.get(belonging.number) if belonging.number else None
    if mail.kind.automatic:
        return _automatic(mail, case, now)
    if case is not None:
        complains = bool(said.verdict and said.complains)
        arrived = row.received_at
        joined = add_mail(case, mail, arrived, now, office.procedure, complains=complains, verdict=said.verdict)
        return Outcome(end=End.FOLLOW_UP, note=f"joined by {belonging.how}", decision=joined)
    if mail.kind is MailKind.OTHER and not mail.unread:
        return Outcome(end=End.NEEDS_HUMAN, note=f"not a complaint: {mail.kind_reason}")
    return _open(office, row, said, belonging.possibly, now)


def _open(office: Office, row: MailRow, said: Understanding, possibly: str, now: datetime) -> Outcome:
    procedure, mail, verdict = office.procedure, said.mail, said.verdict
    assert verdict is not None  # noqa: S101 - every human mail is judged
    year = row.received_at.astimezone(procedure.calendar.zone).year
    number = office.ledger.cases.next_number(procedure.number_pattern, year)
    why = in_words(mail.unread, procedure.language)
    intake = Intake(
        mail=mail,
        verdict=verdict,
        received_at=row.received_at,
        answer_to=mail.customer.address if plain_address(mail.customer.address) else "",
        not_acknowledged=over_limit(office, mail.customer.address, now),
        possibly=possibly,
        needs_human=say("unread", procedure.language, why=why) if why else "",
        parties=_parties(office, mail),
    )
    decision = open_case(number, token_for(number, office.secret), intake, now, procedure)
    return Outcome(end=End.NEW_CASE, note=said.mail.kind_reason, decision=decision)


def _bounce(office: Office, mail: ReadMail, now: datetime) -> Outcome:
    """A bounce changes something only when it names a letter of ours; anything else could be forged."""
    for failed in mail.failed_message_ids:
        letter = office.ledger.letters.by_message_id(failed)
        if letter is None:
            continue
        office.ledger.letters.bounced(letter.id, mail.new_text[:300], now)
        if letter.case and (case := office.ledger.cases.get(letter.case)):
            told = note_bounce(case, letter.recipient, letter.kind, mail.new_text[:600], now, office.procedure)
            return Outcome(end=End.AUTOMATIC, note="bounce", decision=told)
        return Outcome(end=End.AUTOMATIC, note="bounce")
    return Outcome(end=End.AUTOMATIC, note="bounce of something that is not ours")


def _automatic(mail: ReadMail, case: Case | None, now: datetime) -> Outcome:
    decision = note_automatic(case, mail, now) if case else None
    return Outcome(end=End.AUTOMATIC, note=mail.kind_reason or mail.kind.value, decision=decision)


def _commit(office: Office, row: MailRow, mail: ReadMail, outcome: Outcome, now: datetime) -> None:
    decision = outcome.decision
    if decision is not None:
        decision = _with_files(decision, row, mail, now)
        letters = office.correspondence.write_all(decision.letters, decision.case, now)
        ids = (mail.message_id,) if mail.message_id else ()
        office.ledger.record(decision, letters, now, message_ids=ids)
    office.ledger.mails.registered(
        row.id,
        outcome.end,
        outcome.case_number,
        mail.subject,
        mail.sender.address,
        outcome.note,
        now,
        content_hash=mail.content_hash,
    )


def _with_files(decision: Decision, row: MailRow, mail: ReadMail, now: datetime) -> Decision:
    """Note in the history which files came with the mail, the original itself first."""
    files = [{"name": f"mail-{row.id}.eml", "sha256": row.sha256, "mail": True}]
    files += [
        {"name": a.filename, "sha256": a.sha256, "mail": False} for a in mail.attachments if not a.inline_decoration
    ]
    event = Event(case=decision.case.number, at=now, actor="bot", kind="files", facts={"files": files})
    count = int(decision.case.values.get("files") or 0) + len(files) - 1  # type: ignore[arg-type]
    case = replace(decision.case, values={**decision.case.values, "files": count})
    return replace(decision, case=case, events=(*decision.events, event))


def _is_ourselves(office: Office, mail: ReadMail) -> bool:
    mailbox = office.config.mailbox
    mine = {mailbox.address, *mailbox.aliases, office.correspondence.sender.address}
    return _plain(mail.sender.address) in {_plain(address) for address in mine}


def _plain(address: str) -> str:
    local, _, domain = address.casefold().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def over_limit(office: Office, address: str, now: datetime) -> str:
    """In the staff's words, why this address gets no acknowledgement now; empty: it does."""
    limits, letters = office.config.limits, office.ledger.letters
    per_address = letters.sent_to(address, now - DAY, "acknowledgement")
    in_all = letters.sent_to("", now - HOUR, "acknowledgement")
    if per_address < limits.acknowledgements_per_address_per_day and in_all < limits.acknowledgements_per_hour:
        return ""
    office.ledger.notices.raise_(
        f"limit:{address}:{now:%Y-%m-%d}", f"no acknowledgement to {address}: limit reached", now
    )
    return say("limit", office.procedure.language)


def _parties(office: Office, mail: ReadMail) -> tuple[str, ...]:
    """Who may write about this case from now on: the customer and the outsiders he wrote to as well."""
    named = [mail.customer.address, mail.sender.address]
    if len(mail.recipients) <= PARTIES_LIMIT:
        named += mail.recipients
    return tuple(dict.fromkeys(a.casefold() for a in named if a and not office.own.includes(a)))
