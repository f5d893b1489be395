import pytest
from ledger_builders import HOUR, NOW, a_decision, a_letter

from mailbot import errors
from mailbot.ledger.ledger import Ledger
from mailbot.ledger.letters import LetterRow
from mailbot.ledger.letterstates import MOVES, LetterState


def queued(ledger: Ledger, key: str = "CP-2026-000001/ack", **changes: object) -> int:
    ledger.letters.insert([a_letter(key, **changes)], NOW)
    return next(row.id for row in ledger.letters.list() if row.key == key)


def state(ledger: Ledger, letter: int) -> LetterState:
    return get(ledger, letter).state


def get(ledger: Ledger, letter: int) -> LetterRow:
    row = ledger.letters.get(letter)
    assert row is not None
    return row


def do(ledger: Ledger, verb: str, letter: int) -> object:
    """Do `verb` to a letter with whatever else it asks for."""
    more = {
        "sending": (), "dot_pending": (), "sent": (NOW,), "retry": ("later", NOW), "failed": ("no", NOW),
        "bounced": ("550 no such user", NOW),
        "in_doubt": ("lost", NOW), "held": ("wait", NOW), "release": (NOW,), "resend": (NOW,), "drop": (NOW,),
    }  # fmt: skip
    return getattr(ledger.letters, verb)(letter, *more[verb])


ROADS = {
    LetterState.QUEUED: (),
    LetterState.SENDING: ("sending",),
    LetterState.DOT_PENDING: ("sending", "dot_pending"),
    LetterState.SENT: ("sending", "dot_pending", "sent"),
    LetterState.FAILED: ("sending", "failed"),
    LetterState.IN_DOUBT: ("sending", "dot_pending", "in_doubt"),
    LetterState.HELD: ("held",),
    LetterState.DROPPED: ("drop",),
}


def test_a_letter_goes_out_once_with_the_bytes_that_were_decided(ledger: Ledger) -> None:
    letter = queued(ledger, raw=bytes(range(256)))
    [due] = ledger.letters.due(NOW)
    assert due.id == letter
    assert ledger.letters.raw(letter) == bytes(range(256))
    assert ledger.letters.sending(letter)
    assert ledger.letters.due(NOW) == []
    ledger.letters.dot_pending(letter)
    ledger.letters.sent(letter, NOW + HOUR)
    row = get(ledger, letter)
    assert (row.state, row.attempts, row.sent_at) == (LetterState.SENT, 1, NOW + HOUR)


def test_a_key_ordered_before_is_the_same_letter(ledger: Ledger) -> None:
    first, second = a_letter("k", raw=b"first"), a_letter("k", raw=b"second", message_id="<second@x>")
    assert ledger.letters.insert([first], NOW) == (first,)
    ledger.record(a_decision(), [second], NOW)
    [row] = ledger.letters.list()
    assert ledger.letters.raw(row.id) == b"first"
    assert ledger.cases.by_message_ids(["<second@x>"]) == []


def test_only_one_of_two_senders_takes_a_letter(ledger: Ledger, url: str) -> None:
    letter = queued(ledger)
    other = Ledger.open(url)
    assert [ledger.letters.sending(letter), other.letters.sending(letter)] == [True, False]
    other.close()


def test_a_letter_to_retry_waits_for_its_time(ledger: Ledger) -> None:
    letter, other = queued(ledger, "a"), queued(ledger, "b")
    ledger.letters.sending(letter)
    ledger.letters.retry(letter, "451 later", NOW + HOUR)
    assert [row.id for row in ledger.letters.due(NOW)] == [other]
    assert [row.id for row in ledger.letters.due(NOW + HOUR)] == [letter, other]
    assert get(ledger, letter).error == "451 later"


def test_letters_are_due_oldest_first_and_a_few_at_a_time(ledger: Ledger) -> None:
    letters = [queued(ledger, key) for key in ("c", "a", "b")]
    assert [row.id for row in ledger.letters.due(NOW, 2)] == letters[:2]


def test_a_letter_with_a_hold_waits_until_it_is_released(ledger: Ledger) -> None:
    letter = queued(ledger, hold="over the limit of 60 an hour")
    assert ledger.letters.due(NOW) == []
    assert state(ledger, letter) is LetterState.HELD
    ledger.letters.release(letter, NOW)
    assert [row.id for row in ledger.letters.due(NOW)] == [letter]


def test_a_crash_leaves_letters_queued_or_in_doubt(ledger: Ledger) -> None:
    sending, pending, sent, waiting = (queued(ledger, key) for key in "abcd")
    for letter, road in ((sending, "SENDING"), (pending, "DOT_PENDING"), (sent, "SENT")):
        for verb in ROADS[LetterState[road]]:
            do(ledger, verb, letter)
    assert ledger.letters.recover(NOW) == 2
    assert [state(ledger, letter) for letter in (sending, pending, sent, waiting)] == [
        LetterState.QUEUED,
        LetterState.IN_DOUBT,
        LetterState.SENT,
        LetterState.QUEUED,
    ]
    assert get(ledger, pending).settled_at == NOW
    assert ledger.letters.recover(NOW) == 0


@pytest.mark.parametrize("verb", MOVES)
def test_a_letter_moves_only_along_the_table(ledger: Ledger, verb: str) -> None:
    to, allowed = MOVES[verb]
    for start, road in ROADS.items():
        letter = queued(ledger, f"from {start}")
        for step in road:
            do(ledger, step, letter)
        if verb in ("sending", "bounced") and start not in allowed:
            assert do(ledger, verb, letter) is False
        elif start not in allowed:
            with pytest.raises(errors.Usage, match=f"is {start}"):
                do(ledger, verb, letter)
        else:
            do(ledger, verb, letter)
        assert state(ledger, letter) is (to if start in allowed else start)


def test_a_letter_that_does_not_exist_is_named(ledger: Ledger) -> None:
    with pytest.raises(errors.Usage, match="there is no letter 77"):
        ledger.letters.drop(77, NOW)


@pytest.mark.parametrize("verb", ["release", "resend", "drop"])
def test_what_an_operator_does_stands_in_the_history(ledger: Ledger, verb: str) -> None:
    letter = queued(ledger, "k", hold="" if verb == "resend" else "wait")
    if verb == "resend":
        ledger.letters.failed(letter, "550 no such user", NOW)
    do(ledger, verb, letter)
    [event] = ledger.cases.history("CP-2026-000001")
    assert (event.actor, event.kind, event.facts["letter"]) == ("operator", f"letter_{verb}", "k")


def test_a_letter_sent_again_keeps_its_bytes_and_is_counted(ledger: Ledger) -> None:
    letter = queued(ledger, raw=b"the same")
    for verb in (*ROADS[LetterState.IN_DOUBT], "resend"):
        do(ledger, verb, letter)
    row = get(ledger, letter)
    assert (row.state, row.resent, ledger.letters.raw(letter)) == (LetterState.QUEUED, 1, b"the same")


def test_a_bounce_finds_our_letter_by_its_message_id(ledger: Ledger) -> None:
    letter = queued(ledger, message_id="<ours@huaxin.example>")
    for form in ("<ours@huaxin.example>", "ours@huaxin.example", " <ours@huaxin.example>\r\n"):
        assert ledger.letters.by_message_id(form).id == letter
    assert ledger.letters.by_message_id("<theirs@huaxin.example>") is None


def test_letters_to_an_address_a_domain_and_everybody_are_counted(ledger: Ledger) -> None:
    queued(ledger, "a", recipient="Li@Kunde.example")
    queued(ledger, "b", recipient="wang@kunde.example", kind="question")
    queued(ledger, "c", recipient="li@other.example")
    queued(ledger, "d", recipient="x@notkunde.example")
    queued(ledger, "e", recipient="li@kunde.example", hold="over the limit")
    count = ledger.letters.sent_to
    assert count("li@kunde.example", NOW, "ack") == 1
    assert count("@KUNDE.example", NOW) == 2
    assert count("@kunde.example", NOW, "ack") == 1
    assert count("@kunde_example", NOW) == 0
    assert count("", NOW) == 4
    assert count("", NOW + HOUR) == 0


def test_every_state_is_counted(ledger: Ledger) -> None:
    queued(ledger, "a")
    queued(ledger, "b", hold="wait")
    counts = ledger.letters.counts()
    assert set(counts) == set(LetterState)
    assert (counts[LetterState.QUEUED], counts[LetterState.HELD], counts[LetterState.SENT]) == (1, 1, 0)


def test_letters_are_listed_by_state_and_by_case(ledger: Ledger) -> None:
    letter, summary = queued(ledger, "a"), queued(ledger, "summary", case="")
    ledger.letters.sending(letter)
    assert [row.id for row in ledger.letters.list(LetterState.QUEUED)] == [summary]
    assert [row.id for row in ledger.letters.of_case("CP-2026-000001")] == [letter]
