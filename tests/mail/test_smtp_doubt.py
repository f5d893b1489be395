"""Where doubt begins and where it must not: links cut at the byte, and the whole way through real servers."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from servers.dovecot import Dovecot
from servers.proxy import Fault, Proxy
from servers.smtp_sink import Relay, Sink
from smtp_box import TO, a_letter, an_account, nothing, sent

from mailbot.errors import Temporary
from mailbot.mail.imap import ImapSource
from mailbot.mail.sender import State
from mailbot.mail.settings import ImapSettings
from mailbot.mail.smtp import SmtpSender


def end_and_copies(wire: Proxy, sink: Sink, fault: Fault) -> tuple[State, int]:
    """Send as the daemon does (again after `retry`, never after doubt); return the end and the copies at the sink."""
    before = len(sink.accepted)
    wire.plan(fault)
    sender = SmtpSender(an_account(wire.port))
    for _ in range(3):
        try:
            outcome = sender.send(a_letter(), TO, nothing)
        except Temporary:
            continue
        if outcome.state is not State.RETRY:
            break
    sender.close()
    for _ in range(100):  # the sink may still be busy with the last bytes
        if outcome.state is not State.ACCEPTED or len(sink.accepted) > before:
            break
        time.sleep(0.01)
    return outcome.state, len(sink.accepted) - before


@pytest.mark.parametrize("action", ["reset", "close"])
@pytest.mark.parametrize("direction", ["to_server", "to_client"])
def test_a_link_cut_anywhere_doubles_nothing_and_loses_nothing_without_doubt(direction: str, action: str) -> None:
    with Sink({"QUIT": None}) as sink, Proxy(sink.port) as wire:
        assert end_and_copies(wire, sink, Fault(direction="to_server", at=10**9)) == (State.ACCEPTED, 1)
        length = wire.passed[direction]
        certain = {"to_server": sum(map(len, sink.heard[:4])), "to_client": length - len("354 go\r\n250 queued\r\n")}
        doubts = 0
        for at in range(0, length, max(1, length // 40)):
            fault = Fault(direction=direction, at=at, action=action)  # type: ignore[arg-type]
            state, copies = end_and_copies(wire, sink, fault)
            assert state is State.ACCEPTED or (state is State.IN_DOUBT and at >= certain[direction]), at
            assert copies == 1 if state is State.ACCEPTED else copies <= 1, at
            doubts += state is State.IN_DOUBT
    assert doubts


@pytest.mark.parametrize("back", [1, 2, 3, 8, 9, 10, 11, 12])
def test_a_link_cut_in_the_last_answer_is_doubt_or_the_truth(back: int) -> None:
    with Sink({"QUIT": None}) as sink, Proxy(sink.port) as wire:
        end_and_copies(wire, sink, Fault(direction="to_client", at=10**9))
        fault = Fault(direction="to_client", at=wire.passed["to_client"] - back, action="close")
        assert end_and_copies(wire, sink, fault) in ((State.IN_DOUBT, 1), (State.ACCEPTED, 1))


@pytest.mark.parametrize("action", ["reset", "close"])
def test_a_link_that_is_dead_before_the_dot_leaves_no_doubt(action: str) -> None:
    with Sink() as sink, Proxy(sink.port) as wire:
        wire.plan(Fault(direction="to_server", at=200, action=action))  # type: ignore[arg-type]
        outcome = SmtpSender(an_account(wire.port)).send(a_letter(), TO, lambda: time.sleep(0.1))
        assert outcome.state is State.RETRY
        assert sink.accepted == []


@pytest.mark.parametrize(("reply", "state"), [("552 5.3.4 too big", State.FAILED), ("421 closing", State.RETRY)])
def test_a_server_that_interrupts_the_text_is_heard_out(reply: str, state: State) -> None:
    with Sink({"DATA": f"354 go\r\n{reply}"}) as sink:
        outcome = SmtpSender(an_account(sink.port)).send(a_letter(), TO, lambda: time.sleep(0.1))
    assert outcome.state is state
    assert sink.accepted == []


def test_silence_after_the_dot_is_doubt() -> None:
    with Sink(dots=[(True, 2.0)]) as sink:
        outcome = sent(sink)
    assert outcome.state is State.IN_DOUBT
    assert len(sink.accepted) == 1


@pytest.fixture
def relay(dovecot: Dovecot) -> Iterator[Relay]:
    with Relay(dovecot.lmtp_port) as server:
        yield server


def test_the_whole_way_from_letter_to_mailbox(relay: Relay, dovecot: Dovecot) -> None:
    raw = a_letter(to=dovecot.user)
    sender = SmtpSender(an_account(relay.port, user=relay.user, password=lambda: relay.password, dot_timeout=10.0))
    assert sender.send(raw, dovecot.user, nothing).state is State.ACCEPTED
    sender.close()
    mailbox = ImapSettings(
        host="127.0.0.1", port=dovecot.port, user=dovecot.user, password=lambda: dovecot.password, security="none"
    )
    source = ImapSource(mailbox, lambda: pytest.fail("the server gives times"))
    (arrival,) = source.list(lambda *_: ())
    assert (source.fetch(arrival) or b"").endswith(raw)
    assert source.find_message_id("<1@example.test>", ["INBOX", "Sent"]) is True
    source.close()


def test_a_real_server_refuses_as_the_scripted_one(relay: Relay) -> None:
    relay.faults = {TO: "452 4.2.2 mailbox full"}
    settings = an_account(relay.port, user=relay.user, password=lambda: relay.password)
    assert SmtpSender(settings).send(a_letter(), TO, nothing).state is State.RETRY
    relay.faults = {"DATA": "554 5.7.1 spam"}
    assert SmtpSender(settings).send(a_letter(), TO, nothing).state is State.FAILED
    stranger = an_account(relay.port, user=relay.user, password=lambda: "wrong")
    assert SmtpSender(stranger).send(a_letter(), TO, nothing).state is State.SENDER_REFUSED
    assert SmtpSender(an_account(relay.port)).send(a_letter(), TO, nothing).state is State.SENDER_REFUSED
