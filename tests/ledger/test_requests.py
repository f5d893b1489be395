"""What people ask the daemon to do with a mail, on every kind of database; and the count of mails apart from rows."""

from ledger_builders import NOW, a_delivery, undone

from mailbot.core.model import End
from mailbot.ledger.ledger import Ledger
from mailbot.ledger.mails import MailState
from mailbot.ledger.requests import AS_COMPLAINT


def a_mail(ledger: Ledger, uid: int = 1) -> int:
    ledger.mails.see([a_delivery(uid)], NOW)
    return max(row.id for row in ledger.mails.pending("quality"))


def test_a_request_waits_until_it_is_settled(ledger: Ledger) -> None:
    mail = a_mail(ledger)
    first = ledger.requests.ask(mail, NOW, filing=AS_COMPLAINT)
    second = ledger.requests.ask(mail, NOW, case="CP-2026-000001")
    assert [(r.id, r.mail, r.filing, r.case) for r in ledger.requests.waiting()] == [
        (first, mail, "complaint", ""),
        (second, mail, "", "CP-2026-000001"),
    ]
    ledger.requests.settle(first, "new_case CP-2026-000002", NOW)
    ledger.requests.settle(first, "said again", NOW)
    assert [r.id for r in ledger.requests.waiting()] == [second]
    assert [r.outcome for r in ledger.requests.of_mail(mail)] == ["new_case CP-2026-000002", ""]


def test_asked_twice_before_it_is_done_it_is_one_request(ledger: Ledger) -> None:
    mail = a_mail(ledger)
    first = ledger.requests.ask(mail, NOW)
    assert ledger.requests.ask(mail, NOW) == first
    ledger.requests.settle(first, "needs_human", NOW)
    assert ledger.requests.ask(mail, NOW) != first


def test_the_count_of_mails_is_kept_apart_from_their_rows(ledger: Ledger) -> None:
    ledger.mails.see([a_delivery(1), a_delivery(2)], NOW)
    ledger.mails.see([a_delivery(2), a_delivery(3)], NOW)
    with undone(ledger):
        ledger.mails.see([a_delivery(4)], NOW)
    balance = ledger.mails.balance()
    assert (balance.received, balance.unfinished, balance.even) == (3, 3, True)


def test_a_mail_filed_again_has_no_end_until_it_comes_to_one(ledger: Ledger) -> None:
    mail = a_mail(ledger)
    ledger.mails.stored(mail, "ab" * 32, now=NOW)
    ledger.mails.registered(
        mail, End.NEEDS_HUMAN, None, "s", "a@b.example", "no complaint", NOW, message_id="<1@b.example>"
    )
    ledger.mails.done(mail, NOW)
    ledger.mails.retry(mail)
    row = ledger.mails.get(mail)
    assert row is not None
    assert (row.state, row.end, row.note, row.message_id) == (MailState.STORED, None, "", "<1@b.example>")
    assert [m.id for m in ledger.mails.pending("quality")] == [mail]


def test_a_mail_that_is_gone_and_was_never_read_stays_as_it_is(ledger: Ledger) -> None:
    mail = a_mail(ledger)
    ledger.mails.gone(mail, NOW)
    ledger.mails.retry(mail)
    row = ledger.mails.get(mail)
    assert row is not None
    assert row.end is End.NEEDS_HUMAN
