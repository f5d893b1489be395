from ledger_builders import HOUR, NOW

from mailbot.ledger.health import PartHealth
from mailbot.ledger.ledger import Ledger
from mailbot.ledger.notices import Notice


def test_a_part_that_fails_tells_since_when_and_how_often(ledger: Ledger) -> None:
    ledger.health.ok(["mailbox"], NOW)
    assert ledger.health.failed("mailbox", "timeout", NOW + HOUR, None) == 1
    assert ledger.health.failed("mailbox", "refused", NOW + 2 * HOUR, NOW + 3 * HOUR) == 2
    expected = PartHealth(
        part="mailbox",
        ok_at=NOW,
        failing_since=NOW + HOUR,
        failures=2,
        message="refused",
        next_try_at=NOW + 3 * HOUR,
    )
    assert ledger.health.all() == [expected]


def test_a_part_that_works_again_has_no_failures(ledger: Ledger) -> None:
    ledger.health.failed("register", "open elsewhere", NOW, NOW + HOUR)
    ledger.health.ok(["register"], NOW + HOUR)
    [part] = ledger.health.all()
    assert (part.ok_at, part.failing_since, part.failures, part.message) == (NOW + HOUR, None, 0, "")
    assert ledger.health.failed("register", "again", NOW + 2 * HOUR) == 1


def test_a_part_never_seen_to_work_has_no_last_time(ledger: Ledger) -> None:
    ledger.health.failed("sending", "refused", NOW)
    assert ledger.health.all()[0].ok_at is None


def test_a_job_is_done_once_for_its_slot(ledger: Ledger) -> None:
    assert not ledger.jobs.done("summary", "2026-03-02")
    ledger.jobs.mark("summary", "2026-03-02", NOW)
    ledger.jobs.mark("summary", "2026-03-02", NOW + HOUR)
    assert ledger.jobs.done("summary", "2026-03-02")
    assert not ledger.jobs.done("summary", "2026-03-03")
    assert not ledger.jobs.done("monthly", "2026-03-02")


def test_a_notice_is_new_once_until_it_is_cleared(ledger: Ledger) -> None:
    assert ledger.notices.raise_("register open", "since 10:00", NOW)
    assert not ledger.notices.raise_("register open", "since 11:00", NOW + HOUR)
    assert ledger.notices.all() == [Notice(key="register open", text="since 10:00", raised_at=NOW)]
    assert ledger.notices.clear("register open")
    assert not ledger.notices.clear("register open")
    assert ledger.notices.raise_("register open", "since 12:00", NOW)


def test_a_standing_notice_may_change_its_words_and_is_no_new_one(ledger: Ledger) -> None:
    ledger.notices.raise_("rules", "line 3 is wrong", NOW)
    ledger.notices.reword("rules", "lines 3 and 5 are wrong")
    ledger.notices.reword("nothing such", "unheard")
    assert ledger.notices.all() == [Notice(key="rules", text="lines 3 and 5 are wrong", raised_at=NOW)]
