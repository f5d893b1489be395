from __future__ import annotations

import time

import pytest
from servers.dovecot import free_port
from servers.smtp_sink import Reply, Sink
from smtp_box import TO, a_letter, an_account, nothing, sent

from mailbot.errors import Permanent, Temporary, Usage
from mailbot.mail.sender import Outcome, State
from mailbot.mail.smtp import SmtpSender

AUTH = "250-sink\r\n250-AUTH PLAIN LOGIN\r\n250 SIZE 10000000"


class TestTheGoodCase:
    def test_the_bytes_arrive_as_they_are(self) -> None:
        raw = a_letter(text=".\r\n.. dots\r\n.leading\r\nFrom here\r\n" + "x" * 900 + "\r\n.")
        with Sink() as sink:
            outcome = sent(sink, raw)
        assert outcome == Outcome(state=State.ACCEPTED, code=250, text="queued")
        assert sink.accepted == [raw]
        assert f"mail FROM:<bot@example.test> SIZE={len(raw)}\r\n".encode() in sink.heard

    def test_a_large_letter_arrives_whole(self) -> None:
        raw = a_letter(text="0123456789\r\n" * 300_000)
        with Sink() as sink:
            assert sent(sink, raw).state is State.ACCEPTED
        assert sink.accepted == [raw]

    def test_one_connection_serves_a_round(self) -> None:
        with Sink() as sink:
            sender = SmtpSender(an_account(sink.port))
            for _ in range(3):
                assert sender.send(a_letter(), TO, nothing).state is State.ACCEPTED
            sender.close()
        assert (sink.connections, len(sink.accepted)) == (1, 3)

    def test_a_connection_that_died_in_between_is_made_anew(self) -> None:
        with Sink({"RSET": [None, "421 bored"]}) as sink:
            sender = SmtpSender(an_account(sink.port))
            for _ in range(3):
                assert sender.send(a_letter(), TO, nothing).state is State.ACCEPTED
        assert (sink.connections, len(sink.accepted)) == (3, 3)

    def test_a_refused_letter_does_not_spoil_the_next(self) -> None:
        with Sink({"RCPT": ["550 no such user", "250 ok"]}) as sink:
            sender = SmtpSender(an_account(sink.port))
            assert sender.send(a_letter(), TO, nothing).state is State.FAILED
            assert sender.send(a_letter(), TO, nothing).state is State.ACCEPTED
        assert sink.connections == 1

    def test_the_dot_waits_until_it_is_noted_down(self) -> None:
        stored: list[bytes] = []

        def note() -> None:
            time.sleep(0.1)
            stored.extend(sink.accepted)

        with Sink() as sink:
            SmtpSender(an_account(sink.port)).send(a_letter(), TO, note)
        assert stored == []
        assert len(sink.accepted) == 1

    def test_a_note_that_cannot_be_made_stops_the_letter(self) -> None:
        def full() -> None:
            raise OSError("disk full")

        with Sink() as sink:
            sender = SmtpSender(an_account(sink.port))
            with pytest.raises(OSError, match="disk full"):
                sender.send(a_letter(), TO, full)
            assert sender.send(a_letter(), TO, nothing).state is State.ACCEPTED
        assert len(sink.accepted) == 1


NO_REPLIES: tuple[Reply, ...] = (None, "25", "", "nonsense", 0.8, "9" * 9000)
R, F, S, D = State.RETRY, State.FAILED, State.SENDER_REFUSED, State.IN_DOUBT


@pytest.mark.parametrize(
    ("verb", "reply", "state"),
    [
        ("MAIL", "421 closing", R),
        ("MAIL", "450 4.7.1 slow down", R),
        ("MAIL", "452 4.3.1 no space", R),
        ("MAIL", "550 5.7.1 sender rejected", S),
        ("MAIL", "553 Mail from must equal authorized user", S),
        ("MAIL", "530 5.7.57 not authenticated", S),
        ("MAIL", "552 5.3.4 too big", F),
        ("RCPT", "421 closing", R),
        ("RCPT", "450 greylisted", R),
        ("RCPT", "451 4.7.1 try later", R),
        ("RCPT", "452 4.2.2 mailbox full", R),
        ("RCPT", "550 5.1.1 no such user", F),
        ("RCPT", "550 5.7.30 basic authentication is not supported", S),
        ("RCPT", "552 mailbox full", F),
        ("RCPT", "554 refused", F),
        ("DATA", "421 closing", R),
        ("DATA", "451 later", R),
        ("DATA", "554 no valid recipients", F),
        ("DATA", "250 what", R),
        *((verb, reply, R) for verb in ("MAIL", "RCPT", "DATA") for reply in NO_REPLIES),
        *((verb, b"550 \xb2\xbb\xb4\xe6\xd4\xda", F) for verb in ("RCPT", "DATA")),
    ],
)
def test_a_reply_before_the_dot_is_never_in_doubt(verb: str, reply: Reply, state: State) -> None:
    with Sink({verb: reply}) as sink:
        assert sent(sink).state is state
    assert sink.accepted == []


@pytest.mark.parametrize(
    ("reply", "state"),
    [
        ("250 ok", State.ACCEPTED),
        ("251 forwarded", State.ACCEPTED),
        ("250-first\r\n250 last", State.ACCEPTED),
        ("421 closing", R),
        ("450 busy", R),
        ("451 greylisted", R),
        ("452 4.3.1 no space", R),
        ("550 5.7.1 spam", F),
        ("552 too big", F),
        ("554 5.6.0 refused", F),
        ("550 5.7.30 basic authentication is not supported", S),
        ("550 5.7.60 client does not have permissions to send as this sender", S),
        ("554 5.2.252 SendAsDenied", S),
        (None, D),
        (0.8, D),
        ("", D),
        ("2", D),
        ("25", D),
        ("45", D),
        ("55", D),
        ("250-first", D),
        ("354 go on", D),
        ("600 what", D),
        ("-50", D),
        ("no", D),
        (b"\xff\xfe\xfd", D),
        ("2" * 9000, D),
    ],
)
@pytest.mark.parametrize("stored", [True, False])
def test_a_reply_after_the_dot_is_believed_only_when_it_is_whole(reply: Reply, state: State, stored: bool) -> None:
    with Sink(dots=[(stored, reply)], closes_after_dot=True) as sink:
        assert sent(sink).state is state


def test_a_reply_of_a_megabyte_is_read_and_cut_short() -> None:
    with Sink(dots=[(True, "250-long\r\n" * 100_000 + "250 ok")]) as sink:
        outcome = sent(sink)
    assert outcome.state is State.ACCEPTED
    assert len(outcome.text) <= 300


def test_a_reply_comes_back_on_one_line_whatever_it_holds() -> None:
    with Sink({"RCPT": b"550-no\x1b[31m such\r\n550 \xb2\xbb user"}) as sink:
        outcome = sent(sink)
    assert outcome.text.isprintable()
    assert outcome.code == 550


def test_greylisting_goes_away() -> None:
    with Sink(dots=[(False, "451 greylisted")]) as sink:
        assert sent(sink).state is State.RETRY
        assert sent(sink).state is State.ACCEPTED


def test_a_server_that_names_no_limit_is_told_no_size() -> None:
    with Sink({"EHLO": "250 sink"}) as sink:
        assert sent(sink).state is State.ACCEPTED
    assert b"mail FROM:<bot@example.test>\r\n" in sink.heard


def test_a_farewell_that_fails_changes_nothing() -> None:
    with Sink({"QUIT": None}) as sink:
        assert sent(sink).state is State.ACCEPTED


class TestLogin:
    def test_a_wrong_password_is_the_senders_fault_and_tried_once(self) -> None:
        with Sink({"EHLO": AUTH, "AUTH": "535 5.7.8 no"}) as sink:
            outcome = sent(sink, user="bot", password=lambda: "wrong")
        assert (outcome.state, outcome.code) == (State.SENDER_REFUSED, 535)
        assert "authorisation code" in outcome.text
        assert sum(line.startswith(b"AUTH") for line in sink.heard) == 1

    @pytest.mark.parametrize("reply", ["454 4.7.0 later", "421 closing", None, 0.8])
    def test_a_login_that_may_work_later_leaves_the_letter_alone(self, reply: Reply) -> None:
        with Sink({"EHLO": AUTH, "AUTH": reply}) as sink, pytest.raises(Temporary):
            sent(sink, user="bot", password=lambda: "x")

    def test_a_server_without_login_gets_no_password(self) -> None:
        with Sink() as sink:
            assert sent(sink, user="bot", password=lambda: "x").state is State.SENDER_REFUSED
            assert not any(line.startswith(b"AUTH") for line in sink.heard)

    def test_a_token_is_shown_as_microsoft_and_google_want_it(self) -> None:
        script: dict[str, Reply] = {"EHLO": "250-sink\r\n250 AUTH XOAUTH2", "AUTH": "235 in"}
        with Sink(script) as sink:
            assert sent(sink, user="bot", password=lambda: "T", login="xoauth2").state is State.ACCEPTED
        assert b"AUTH XOAUTH2 dXNlcj1ib3QBYXV0aD1CZWFyZXIgVAEB\r\n" in sink.heard

    def test_an_expired_token_is_the_senders_fault(self) -> None:
        refused = [b"334 eyJzdGF0dXMiOiI0MDEifQ==", b"535 5.7.3 no"]
        with Sink({"EHLO": "250-sink\r\n250 AUTH XOAUTH2", "AUTH": refused[0], "": refused[1]}) as sink:
            outcome = sent(sink, user="bot", password=lambda: "T", login="xoauth2")
        assert outcome.state is State.SENDER_REFUSED

    def test_a_password_that_is_not_ascii_is_told_and_kept_to_ourselves(self) -> None:
        with Sink({"EHLO": AUTH}) as sink:
            with pytest.raises(Permanent) as caught:
                SmtpSender(an_account(sink.port, user="bot", password=lambda: "密码")).connect()
            assert caught.value.__cause__ is None


class TestTheServerIsNotThere:
    @pytest.mark.parametrize("banner", ["421 busy", "450 no", None, "25", 1.5, "nonsense"])
    def test_that_passes(self, banner: Reply) -> None:
        with Sink({"banner": banner}) as sink, pytest.raises(Temporary):
            sent(sink)

    def test_nobody_listens(self) -> None:
        with pytest.raises(Temporary, match="cannot be reached"):
            SmtpSender(an_account(free_port())).send(a_letter(), TO, nothing)

    def test_a_server_that_will_not_have_us_stops_the_queue(self) -> None:
        with Sink({"banner": "554 5.7.1 your address is listed"}) as sink:
            outcome = sent(sink)
        assert (outcome.state, outcome.code) == (State.SENDER_REFUSED, 554)

    def test_plain_text_to_another_machine_is_refused(self) -> None:
        with pytest.raises(Usage, match="tls"):
            an_account(25, host="mail.example.test")

    def test_bounces_need_an_address_to_come_back_to(self) -> None:
        with pytest.raises(Usage, match="sender"):
            an_account(25, sender="bot\r\nRCPT TO:<x@y>")
