from datetime import timedelta, timezone

import pytest
from ledger_builders import HOUR, NOW, a_decision, a_delivery, undone

from mailbot.core.model import End
from mailbot.ledger.ledger import Ledger
from mailbot.ledger.mails import MailState


def seen(ledger: Ledger, *uids: int) -> list[int]:
    ledger.mails.see([a_delivery(uid, received_at=NOW + timedelta(seconds=uid)) for uid in uids], NOW)
    return [row.id for row in ledger.mails.pending("quality") if row.uid in uids]


def end(ledger: Ledger, mail: int, how: End = End.AUTOMATIC, case: str | None = None, note: str = "") -> None:
    ledger.mails.registered(mail, how, case, "subject", "li@kunde.example", note, NOW)


def test_a_mail_goes_from_seen_to_done(ledger: Ledger) -> None:
    ledger.record(a_decision(), [], NOW)
    [mail] = seen(ledger, 1)
    ledger.mails.stored(mail, "ab" * 32, now=NOW)
    assert ledger.mails.get(mail).state is MailState.STORED
    ledger.mails.registered(
        mail, End.NEW_CASE, "CP-2026-000001", "坏了", "li@kunde.example", "", NOW, content_hash="c1"
    )
    row = ledger.mails.get(mail)
    assert (row.state, row.end, row.case, row.subject, row.content_hash, row.sha256) == (
        MailState.REGISTERED, End.NEW_CASE, "CP-2026-000001", "坏了", "c1", "ab" * 32,
    )  # fmt: skip
    assert [row.id for row in ledger.mails.pending("quality")] == [mail]
    ledger.mails.done(mail, NOW)
    assert ledger.mails.pending("quality") == []
    assert [row.id for row in ledger.mails.of_case("CP-2026-000001")] == [mail]


def test_a_delivery_seen_twice_is_one_row(ledger: Ledger) -> None:
    seen(ledger, 1, 2)
    seen(ledger, 2, 3)
    assert ledger.mails.known_uids("quality", "INBOX", 7) == {1, 2, 3}
    assert ledger.mails.balance().received == 3


def test_the_same_uid_under_another_validity_is_another_mail(ledger: Ledger) -> None:
    ledger.mails.see([a_delivery(1), a_delivery(1, uidvalidity=8), a_delivery(1, folder="Junk")], NOW)
    assert ledger.mails.balance().received == 3
    assert ledger.mails.known_uids("quality", "INBOX", 8) == {1}


def test_known_uids_forget_what_was_rolled_back(ledger: Ledger) -> None:
    seen(ledger, 1)
    with undone(ledger):
        seen(ledger, 2)
        assert ledger.mails.known_uids("quality", "INBOX", 7) == {1, 2}
    assert ledger.mails.known_uids("quality", "INBOX", 7) == {1}
    seen(ledger, 3)
    assert ledger.mails.known_uids("quality", "INBOX", 7) == {1, 3}


def test_known_uids_include_what_another_connection_saw(ledger: Ledger, url: str) -> None:
    other = Ledger.open(url)
    assert ledger.mails.known_uids("quality", "INBOX", 7) == set()
    seen(other, 1)
    assert ledger.mails.known_uids("quality", "INBOX", 7) == {1}
    other.close()


def test_pending_mail_comes_oldest_first_and_of_its_account_only(ledger: Ledger) -> None:
    late, early = a_delivery(1, received_at=NOW), a_delivery(2, received_at=NOW - HOUR)
    ledger.mails.see([late, early, a_delivery(3, account="sales")], NOW)
    assert [row.uid for row in ledger.mails.pending("quality")] == [2, 1]


def test_times_come_back_in_utc(ledger: Ledger) -> None:
    beijing = NOW.astimezone(timezone(timedelta(hours=8)))
    ledger.mails.see([a_delivery(received_at=beijing)], NOW)
    [row] = ledger.mails.pending("quality")
    assert row.received_at.isoformat() == "2026-03-02T08:30:00+00:00"


def test_a_time_without_zone_is_refused(ledger: Ledger) -> None:
    with pytest.raises(Exception, match="without zone"):
        ledger.mails.see([a_delivery(received_at=NOW.replace(tzinfo=None))], NOW)
    assert ledger.mails.balance().received == 0


def test_the_third_failure_parks_a_mail_as_quarantined(ledger: Ledger) -> None:
    bad, good = seen(ledger, 1, 2)
    assert [ledger.mails.failed(bad, f"trouble {n}", NOW) for n in (1, 2)] == [1, 2]
    assert ledger.mails.get(bad).end is None
    assert ledger.mails.failed(bad, "trouble 3", NOW) == 3
    row = ledger.mails.get(bad)
    assert (row.state, row.end, row.note) == (MailState.REGISTERED, End.QUARANTINED, "trouble 3")
    assert [row.id for row in ledger.mails.ended_as(End.QUARANTINED)] == [bad]
    assert good in [row.id for row in ledger.mails.pending("quality")]


def test_a_parked_mail_can_be_taken_up_again(ledger: Ledger) -> None:
    fetched, unfetched, fine = seen(ledger, 1, 2, 3)
    ledger.mails.stored(fetched, "ab" * 32, now=NOW)
    for mail in (fetched, unfetched) * 3:
        ledger.mails.failed(mail, "trouble", NOW)
    end(ledger, fine, End.NEW_CASE)
    for mail in (fetched, unfetched, fine):
        ledger.mails.retry(mail)
    assert [ledger.mails.get(mail).state for mail in (fetched, unfetched, fine)] == ["stored", "seen", "registered"]
    assert ledger.mails.get(fetched).end is None


def test_a_mark_that_fails_on_the_server_does_not_change_the_end(ledger: Ledger) -> None:
    [mail] = seen(ledger, 1)
    end(ledger, mail)
    for _ in range(3):
        ledger.mails.failed(mail, "cannot be moved", NOW)
    assert ledger.mails.get(mail).end is End.AUTOMATIC
    assert ledger.mails.pending("quality") == []


def test_a_mail_gone_before_it_was_fetched_needs_a_human(ledger: Ledger) -> None:
    [mail] = seen(ledger, 1)
    ledger.mails.gone(mail, NOW)
    row = ledger.mails.get(mail)
    assert (row.state, row.end, row.gone) == (MailState.GONE, End.NEEDS_HUMAN, True)
    assert ledger.mails.pending("quality") == []


def test_a_stored_mail_gone_from_the_server_is_still_worked_on(ledger: Ledger) -> None:
    [mail] = seen(ledger, 1)
    ledger.mails.stored(mail, "ab" * 32, now=NOW)
    ledger.mails.gone(mail, NOW)
    [row] = ledger.mails.pending("quality")
    assert (row.state, row.gone) == (MailState.STORED, True)


def test_a_registered_mail_gone_from_the_server_is_done(ledger: Ledger) -> None:
    [mail] = seen(ledger, 1)
    end(ledger, mail)
    ledger.mails.gone(mail, NOW)
    assert (ledger.mails.get(mail).state, ledger.mails.get(mail).end) == (MailState.DONE, End.AUTOMATIC)


def test_a_mail_without_an_end_is_never_done(ledger: Ledger) -> None:
    [mail] = seen(ledger, 1)
    ledger.mails.done(mail, NOW)
    assert ledger.mails.get(mail).state is MailState.SEEN


def test_a_human_may_correct_the_end_of_a_mail_that_is_done(ledger: Ledger) -> None:
    ledger.record(a_decision(), [], NOW)
    [mail] = seen(ledger, 1)
    end(ledger, mail, End.NEEDS_HUMAN)
    ledger.mails.done(mail, NOW)
    end(ledger, mail, End.NEW_CASE, case="CP-2026-000001")
    row = ledger.mails.get(mail)
    assert (row.state, row.end, row.case) == (MailState.DONE, End.NEW_CASE, "CP-2026-000001")


def test_the_same_bytes_and_the_same_content_find_the_earlier_mail(ledger: Ledger) -> None:
    first, second, third = seen(ledger, 1, 2, 3)
    ledger.mails.stored(first, "ab" * 32, "content", now=NOW)
    assert ledger.mails.same_bytes("ab" * 32) == []
    end(ledger, first)
    ledger.mails.stored(second, "ab" * 32, "content", now=NOW)
    ledger.mails.stored(third, "cd" * 32, "content", now=NOW)
    assert [row.id for row in ledger.mails.same_bytes("ab" * 32)] == [first]
    assert [row.id for row in ledger.mails.same_content("content")] == [first]


def test_mails_without_a_hash_are_not_each_others_duplicates(ledger: Ledger) -> None:
    [first, _] = seen(ledger, 1, 2)
    end(ledger, first)
    assert ledger.mails.same_bytes("") == []
    assert ledger.mails.same_content("") == []


def test_the_balance_names_every_mail_once(ledger: Ledger) -> None:
    mails = seen(ledger, *range(1, 9))
    for mail, how in zip(mails, End, strict=False):
        end(ledger, mail, how)
    balance = ledger.mails.balance()
    assert balance.received == 8
    assert balance.by_end == dict.fromkeys(End, 1)
    assert balance.unfinished == 2
    assert balance.even


def test_the_balance_counts_from_a_moment(ledger: Ledger) -> None:
    ledger.mails.see([a_delivery(1)], NOW - HOUR)
    ledger.mails.see([a_delivery(2)], NOW)
    assert ledger.mails.balance(since=NOW).received == 1
    assert ledger.mails.balance(since=NOW).unfinished == 1


def test_text_no_database_takes_is_kept_with_a_mark(ledger: Ledger) -> None:
    [mail] = seen(ledger, 1)
    ledger.mails.registered(mail, End.NEEDS_HUMAN, None, "a\x00b\ud800c", "x\x00@y", "'; DROP TABLE mails; --", NOW)
    row = ledger.mails.get(mail)
    assert (row.subject, row.sender, row.note) == ("a\ufffdb\ufffdc", "x\ufffd@y", "'; DROP TABLE mails; --")
