"""Decide what one mail comes to, and commit it whole: its end, the case, the history, the letters.

The order of the questions is here (a duplicate? from ourselves? a bounce? a known case? a complaint at all?); what each
answer means for a case is decided in `core`. What a human said of the mail (`Filing`) comes before all questions.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mailbot.core.casework import add_mail, note_automatic, note_bounce, note_colleague
from mailbot.core.model import Case, Decision, End, Event, Gap, MailKind, ReadMail
from mailbot.core.threads import Belonging, find_case
from mailbot.failpoints import failpoint
from mailbot.ledger.mails import MailRow
from mailbot.logs import logger
from mailbot.mail.returned import came_back_from
from mailbot.mail.understand import Understanding, judge
from mailbot.notify import notify
from mailbot.office import Office
from mailbot.steps.acceptance import Arrived, accept, by_colleague, outsiders
from mailbot.steps.commit import commit
from mailbot.steps.duplicates import said_before, same_delivery, same_mail, sent_again
from mailbot.steps.outcome import Outcome
from mailbot.steps.staff_mail import instruction_of, obey

DAY = timedelta(days=1)
FOLLOW_UPS_TOLD = 20
"""Mails of one case whose news are mailed to staff within a day; more come from a robot, which would never end."""
ANSWERED = 20
"""Message-IDs looked up of those a mail says it answers."""

log = logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """What a human said of a mail: that it is a complaint, or that it belongs to `case`; neither: judge it anew."""

    complaint: bool = False
    case: str = ""

    @property
    def decided(self) -> bool:
        """Whether there is nothing left to ask."""
        return self.complaint or bool(self.case)


BY_THE_RULES = Filing()


def register(office: Office, row: MailRow, now: datetime, filing: Filing = BY_THE_RULES) -> Outcome:
    """Bring a stored mail to its end, in one transaction (a savepoint when the caller holds one)."""
    first = None if filing.decided else same_delivery(office, row)
    if first is not None:
        mails = office.ledger.mails
        mails.registered(row.id, End.DUPLICATE, first.case, first.subject, first.sender, "same bytes", now)
        return Outcome(end=End.DUPLICATE, note="same bytes", case=first.case)
    raw = office.archive.get(row.sha256)
    said = judge(*office.reader.read(raw), office.rules, as_complaint=filing.complaint)
    if row.size > len(raw) and row.size > office.config.limits.mail_megabytes * 1024 * 1024:
        said = _only_the_head(said, row.size)
    arrived = Arrived(row=row, raw=raw, said=said)
    for attachment in said.mail.attachments:
        office.archive.put_attachment(attachment.content, attachment.filename)
    failpoint("intake.before_registered")
    with office.ledger.transaction():
        outcome = _filed(office, arrived, now, filing) if filing.decided else _decide(office, arrived, now)
        _commit(office, row, said.mail, outcome, now)
    log.info("mail.registered", case=outcome.case_number or "-", mail=row.id, end=outcome.end.value)
    return outcome


def _only_the_head(said: Understanding, size: int) -> Understanding:
    """A mail of `size` bytes of which only the header was fetched."""
    gap = Gap(what="large", name=f"{size / 1_000_000:.0f} MB")
    return replace(said, mail=replace(said.mail, unread=(gap, *said.mail.unread)))


def _filed(office: Office, arrived: Arrived, now: datetime, filing: Filing) -> Outcome:
    """As a human said."""
    if case := office.ledger.cases.get(filing.case) if filing.case else None:
        return _join(office, arrived, case, "a human's word", now)
    return Outcome(end=End.NEW_CASE, note="a human's word", decision=accept(office, arrived, "", now))


def _decide(office: Office, arrived: Arrived, now: datetime) -> Outcome:
    mail, row = arrived.mail, arrived.row
    asked = instruction_of(office, mail)
    first = same_mail(office, row, mail)
    if first and (asked is None or first.message_id == mail.message_id):  # "done" may be said twice
        again = sent_again(office, first, row, mail, now)
        return Outcome(end=End.DUPLICATE, note="same content", case=first.case, decision=again)
    if mail.kind is MailKind.BOUNCE:
        return _bounce(office, arrived, now)
    belonging = _belonging(office, arrived, now)
    case = office.ledger.cases.get(belonging.number) if belonging.number else None
    if mail.kind.automatic:
        return _automatic(mail, case, now)
    if ours := _from_ourselves(office, mail, case, now):
        return ours
    if asked is not None:
        return obey(office, mail, asked, now)
    if case is not None:
        return _join(office, arrived, case, f"joined by {belonging.how}", now)
    if why := _no_complaint(office, arrived):
        return Outcome(end=End.NEEDS_HUMAN, note=f"{why}{_also(office, mail)}")
    return Outcome(end=End.NEW_CASE, note=mail.kind_reason, decision=accept(office, arrived, belonging.possibly, now))


def _no_complaint(office: Office, arrived: Arrived) -> str:
    """Why a mail without a case gets no row; empty when it does: a complaint, or anything in doubt."""
    mail = arrived.mail
    if _answers_a_letter_of_no_case(office, mail):
        return "answers a letter of ours that is about no single case"
    if mail.unread or arrived.doubtful:
        return ""
    if mail.kind is MailKind.OTHER:
        return f"not a complaint: {mail.kind_reason}"
    if mail.kind is MailKind.FOLLOW_UP and by_colleague(office, mail) and not arrived.said.complains:
        return "a colleague answers, about no case"
    return ""


def _join(office: Office, arrived: Arrived, case: Case, why: str, now: datetime) -> Outcome:
    """The mail belongs to a case: a customer's further mail, or a colleague's word about it."""
    mail, said, received_at = arrived.mail, arrived.said, arrived.row.received_at
    if by_colleague(office, mail):
        noted = note_colleague(case, mail, received_at, now, office.procedure)
        return Outcome(end=End.FOLLOW_UP, note=f"{why}, by a colleague", decision=_unless_a_robot(office, noted, now))
    joined = add_mail(
        case,
        mail,
        received_at,
        now,
        office.procedure,
        complains=bool(said.verdict and said.complains),
        verdict=said.verdict,
        pictures=said.pictures,
        parties=outsiders(office, mail),
    )
    return Outcome(end=End.FOLLOW_UP, note=why, decision=_unless_a_robot(office, joined, now))


def _unless_a_robot(office: Office, joined: Decision, now: datetime) -> Decision:
    """Of what may be a robot only the operator is told."""
    number = joined.case.number
    if office.ledger.mails.joined_since(number, now - DAY) < FOLLOW_UPS_TOLD:
        return joined
    notify(office, f"robot:{number}:{now:%Y-%m-%d}", "robot", now, number=number, limit=FOLLOW_UPS_TOLD)
    return replace(joined, letters=tuple(order for order in joined.letters if order.kind != "follow_up_notice"))


def _belonging(office: Office, arrived: Arrived, now: datetime) -> Belonging:
    mail = arrived.mail
    # A form of ours sends for strangers: only who is one of us, or passes a mail on, may name any case.
    staff = not mail.refuted and (office.own.includes(mail.customer.address) or bool(mail.forwarded_by))
    found = find_case(
        mail,
        office.ledger.cases,
        office.secret,
        arrived.row.received_at,
        staff=staff,
        freemail=office.rules.freemail,
        same_subject=timedelta(days=office.config.limits.same_subject_days),
    )
    if found.number or not (earlier := said_before(office, arrived.row, mail)):
        return found
    return Belonging(number=earlier, how="the same words again")


def _answers_a_letter_of_no_case(office: Office, mail: ReadMail) -> bool:
    """A colleague's "thank you" for the daily summary is no complaint."""
    letters = office.ledger.letters
    return any((letter := letters.by_message_id(one)) and not letter.case for one in mail.in_reply_to[:ANSWERED])


def _bounce(office: Office, arrived: Arrived, now: datetime) -> Outcome:
    """A bounce changes something only when it names a letter of ours and the recipient it went to."""
    mail, letters = arrived.mail, office.ledger.letters
    note = "bounce of something that is not ours"
    for letter in filter(None, map(letters.by_message_id, mail.failed_message_ids)):
        if not came_back_from(arrived.raw, mail, letter.recipient):
            note = f"bounce that names letter {letter.id} and not its recipient"
            continue
        letters.bounced(letter.id, mail.new_text[:300], now)
        case = office.ledger.cases.get(letter.case) if letter.case else None
        said = mail.new_text[:600]
        told = note_bounce(case, letter.recipient, letter.kind, said, now, office.procedure) if case else None
        return Outcome(end=End.AUTOMATIC, note="bounce", decision=told)
    return Outcome(end=End.AUTOMATIC, note=note)


def _also(office: Office, mail: ReadMail) -> str:
    """For the human who looks: the open case the writer has with us."""
    numbers = office.ledger.cases.by_party(mail.customer.address.casefold())[:20]
    running = next((c for c in map(office.ledger.cases.get, numbers) if c and c.open), None)
    return f"; the writer has {running.number}" if running else ""


def _automatic(mail: ReadMail, case: Case | None, now: datetime) -> Outcome:
    decision = note_automatic(case, mail, now) if case else None
    return Outcome(end=End.AUTOMATIC, note=mail.kind_reason or mail.kind.value, decision=decision)


def _commit(office: Office, row: MailRow, mail: ReadMail, outcome: Outcome, now: datetime) -> None:
    decision = outcome.decision
    if decision is not None:
        decision = _with_files(decision, row, mail, now)
        commit(office, decision, now, message_ids=(mail.message_id,) if mail.message_id else ())
    office.ledger.mails.registered(
        row.id,
        outcome.end,
        outcome.case_number,
        mail.subject,
        mail.sender.address,
        outcome.note,
        now,
        content_hash=mail.content_hash,
        message_id=mail.message_id,
    )


def _with_files(decision: Decision, row: MailRow, mail: ReadMail, now: datetime) -> Decision:
    """Note in the history which files came with the mail, the original itself first."""
    files = [{"name": f"mail-{row.id}.eml", "sha256": row.sha256, "mail": True}]
    files += [
        {"name": a.filename, "sha256": a.sha256, "mail": False} for a in mail.attachments if not a.inline_decoration
    ]
    event = Event(case=decision.case.number, at=now, actor="bot", kind="files", facts={"files": files})
    before = decision.case.values
    count = int(before.get("files") or 0) + len(files) - 1  # type: ignore[arg-type]
    mails = int(before.get("mail_files") or 0) + 1  # type: ignore[arg-type]
    case = replace(decision.case, values={**before, "files": count, "mail_files": mails})
    return replace(decision, case=case, events=(*decision.events, event))


def _from_ourselves(office: Office, mail: ReadMail, case: Case | None, now: datetime) -> Outcome | None:
    """What a mail from our own address comes to; None when an outsider speaks in it (a web form, a mail passed on)."""
    mailbox = office.config.mailbox
    mine = {mailbox.address, *mailbox.aliases, office.correspondence.sender.address}
    if _plain(mail.sender.address) not in {_plain(address) for address in mine}:
        return None
    if office.ledger.letters.by_message_id(mail.message_id):
        return Outcome(end=End.AUTOMATIC, note="a letter of our own came back")
    if mail.customer.address and not office.own.includes(mail.customer.address):
        return None
    if case is not None:
        note = "written by hand from our own address"
        return Outcome(end=End.AUTOMATIC, note=note, decision=note_automatic(case, mail, now))
    return Outcome(end=End.NEEDS_HUMAN, note="sent by our own address; never answered")


def _plain(address: str) -> str:
    local, _, domain = address.casefold().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"
