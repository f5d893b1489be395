"""Decide what one mail comes to, and commit it whole: its end, the case, the history, the letters.

The order of the questions is here (a duplicate? from ourselves? a bounce? a known case? a complaint at all?); what each
answer means for a case is decided in `core`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mailbot.core.addresses import plain_address
from mailbot.core.casework import Intake, add_mail, note_automatic, note_bounce, open_case
from mailbot.core.gaps import in_words
from mailbot.core.model import Case, Decision, End, Event, Gap, MailKind, ReadMail
from mailbot.core.remarks import say
from mailbot.core.threads import Belonging, find_case, token_for
from mailbot.failpoints import failpoint
from mailbot.ledger.mails import MailRow
from mailbot.logs import logger
from mailbot.mail.understand import Understanding, judge, judged_after
from mailbot.office import Office

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
PARTIES_LIMIT = 20
"""Addresses taken over from To and Cc as known parties; a mail to two hundred people makes nobody a party."""
FOLLOW_UPS_TOLD = 20
"""Mails of one case whose news are mailed to staff within a day; more come from a robot, which would never end."""
SAME_MAIL_WITHIN = timedelta(days=2)
"""The same words later than that are said again: a customer who is still waiting, or whose goods broke once more."""
ANSWERED = 20

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
    earlier = next((m for m in office.ledger.mails.same_content(mail.content_hash) if m.id != row.id), None)
    if earlier and _the_same_mail(office, row, mail, earlier):
        return Outcome(end=End.DUPLICATE, note="same content", case=earlier.case)
    if mail.kind is MailKind.BOUNCE:
        return _bounce(office, mail, now)
    belonging = _belonging(office, mail, earlier, now)
    case = office.ledger.cases.get(belonging.number) if belonging.number else None
    if mail.kind.automatic:
        return _automatic(mail, case, now)
    if ours := _from_ourselves(office, mail, case, now):
        return ours
    if case is not None:
        return Outcome(
            end=End.FOLLOW_UP, note=f"joined by {belonging.how}", decision=_join(office, row, said, case, now)
        )
    if _answers_a_letter_of_no_case(office, mail):
        return Outcome(end=End.NEEDS_HUMAN, note="answers a letter of ours that is about no single case")
    if mail.kind is MailKind.OTHER and not mail.unread:
        return Outcome(end=End.NEEDS_HUMAN, note=f"not a complaint: {mail.kind_reason}")
    return _open(office, row, said, belonging.possibly, now)


def _the_same_mail(office: Office, row: MailRow, mail: ReadMail, earlier: MailRow) -> bool:
    """Whether what says the same is the same mail by another road, and not the customer who says it again."""
    if abs(row.received_at - earlier.received_at) <= SAME_MAIL_WITHIN:
        return True
    return earlier.case in office.ledger.cases.by_message_ids((mail.message_id,))


def _belonging(office: Office, mail: ReadMail, earlier: MailRow | None, now: datetime) -> Belonging:
    # A form of ours sends for strangers: only who is one of us, or passes a mail on, may name any case.
    staff, freemail = office.own.includes(mail.customer.address) or bool(mail.forwarded_by), office.rules.freemail
    found = find_case(mail, office.ledger.cases, office.secret, now, staff=staff, freemail=freemail)
    if found.number or earlier is None or earlier.case is None:
        return found
    return Belonging(number=earlier.case, how="the same words again")


def _join(office: Office, row: MailRow, said: Understanding, case: Case, now: datetime) -> Decision:
    """Join a further mail. Colleagues make nobody a party; of what may be a robot only the operator is told."""
    mail, complains = said.mail, bool(said.verdict and said.complains)
    joined = add_mail(case, mail, row.received_at, now, office.procedure, complains=complains, verdict=said.verdict)
    parties = tuple(p for p in joined.case.parties if p in case.parties or not office.own.includes(p))
    joined = replace(joined, case=replace(joined.case, parties=parties))
    if office.ledger.mails.joined_since(case.number, now - DAY) < FOLLOW_UPS_TOLD:
        return joined
    text = f"{case.number} got more than {FOLLOW_UPS_TOLD} mails in a day, perhaps from a robot: they are only noted"
    office.ledger.notices.raise_(f"robot:{case.number}:{now:%Y-%m-%d}", text, now)
    return replace(joined, letters=tuple(order for order in joined.letters if order.kind != "follow_up_notice"))


def _answers_a_letter_of_no_case(office: Office, mail: ReadMail) -> bool:
    """A colleague's "thank you" for the daily summary is no complaint."""
    letters = office.ledger.letters
    return any((letter := letters.by_message_id(one)) and not letter.case for one in mail.in_reply_to[:ANSWERED])


def _open(office: Office, row: MailRow, said: Understanding, possibly: str, now: datetime) -> Outcome:
    procedure, mail = office.procedure, said.mail
    if not plain_address(mail.forwarded_by or ""):
        mail = replace(mail, forwarded_by=None)  # nobody who could be told
    values = {key: finding.value for key, finding in mail.fields.items() if not isinstance(finding.value, tuple)}
    past = office.precedents.before(row.received_at, mail.customer.address, values)
    verdict = judged_after(said, past, office.rules).verdict
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
    return Outcome(end=End.NEW_CASE, note=mail.kind_reason, decision=decision)


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


def over_limit(office: Office, address: str, now: datetime) -> str:
    """In the staff's words, why this address gets no acknowledgement now; empty: it does."""
    limits, letters = office.config.limits, office.ledger.letters
    per_address = letters.sent_to(address, now - DAY, "acknowledgement")
    in_all = letters.sent_to("", now - HOUR, "acknowledgement")
    if per_address < limits.acknowledgements_per_address_per_day and in_all < limits.acknowledgements_per_hour:
        return ""
    # A flood of forged senders is one piece of news a day, not one for each address.
    whom, who = ("all", "new complaints") if in_all >= limits.acknowledgements_per_hour else (address, address)
    office.ledger.notices.raise_(f"limit:{whom}:{now:%Y-%m-%d}", f"no acknowledgement to {who}: limit reached", now)
    return say("limit", office.procedure.language)


def _parties(office: Office, mail: ReadMail) -> tuple[str, ...]:
    """Who may write about this case from now on: the customer and the outsiders he wrote to as well."""
    named = [mail.customer.address, mail.sender.address]
    if len(mail.recipients) <= PARTIES_LIMIT:
        named += mail.recipients
    return tuple(dict.fromkeys(a.casefold() for a in named if a and not office.own.includes(a)))
