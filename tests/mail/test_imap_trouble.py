"""Servers that misbehave, providers that are peculiar, links that break: each once, at the place where it hurts."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from imap_box import an_account, now
from servers.dovecot import Dovecot
from servers.imap_script import PROFILES, RAW, Answer, ScriptedImap
from servers.proxy import Fault, Proxy
from source_contract import a_mail, nothing_known

from mailbot.errors import MailbotError, Permanent, Temporary
from mailbot.mail.imap import ImapSource
from mailbot.mail.session import Session
from mailbot.mail.source import LoginRefused


def a_source(server: ScriptedImap | Proxy, **more: object) -> ImapSource:
    return ImapSource(an_account(server.port, **{"connect_timeout": 0.5, "read_timeout": 0.5, **more}), now)


def the_trouble(answers: dict[str, Answer]) -> MailbotError:
    with ScriptedImap(answers) as server, pytest.raises(MailbotError) as caught:
        a_source(server).list(nothing_known)
    return caught.value


def test_163_is_told_who_we_are_before_it_is_asked_for_a_folder() -> None:
    with ScriptedImap(PROFILES["163"]) as server:
        (arrival,) = a_source(server).list(nothing_known)
        assert arrival.uid == 7
        assert any('"name" "mailbot"' in line for line in server.heard)


def test_qq_hears_nothing_it_has_not_offered_and_may_search_as_it_likes() -> None:
    with ScriptedImap(PROFILES["qq"]) as server:
        arrivals = a_source(server).list(lambda *_: [3, 5])
        assert [arrival.uid for arrival in arrivals] == [7]
        assert not server.said("ID")
        assert server.connections == 1


@pytest.mark.parametrize(
    ("answers", "kind", "words"),
    [
        ({"LOGIN": None}, Temporary, "lost while logging in"),
        ({"LOGIN": "TAG NO [UNAVAILABLE] later"}, LoginRefused, "later"),
        ({"LOGIN": "TAG NO LOGIN failed"}, LoginRefused, "LOGIN failed"),
        ({"LOGIN": "TAG NO [AUTHENTICATIONFAILED] no"}, Permanent, "authorisation code"),
        ({"LOGIN": 1.0}, Temporary, "did not answer in time"),
        ({"greeting": "* BYE too many connections"}, Temporary, "too many connections"),
        ({"greeting": "* PREAUTH hello"}, Permanent, "already logged in"),
        ({"greeting": "220 mail ESMTP"}, Temporary, "220 mail"),
        ({"greeting": 1.0}, Temporary, "did not answer in time"),
        ({"greeting": None}, Temporary, "lost"),
        ({"EXAMINE": "TAG NO EXAMINE Unsafe Login. Please contact kefu@188.com"}, Permanent, "web settings"),
        ({"EXAMINE": "TAG NO [LIMIT] slow down"}, Temporary, "slow down"),
        ({"EXAMINE": "* BYE going down\r\nTAG OK"}, Temporary, "going down"),
        ({"SEARCH": None}, Temporary, "lost while searching"),
        ({"SEARCH": "TAG NO [SERVERBUG] oops"}, Temporary, "oops"),
        ({"SEARCH": 1.0}, Temporary, "timed out"),
        ({"SEARCH": "* SEARCH " + "7 " * 600_000 + "\r\nTAG OK done"}, Temporary, "1000000"),
    ],
)
def test_trouble_says_what_it_is(answers: dict[str, Answer], kind: type[MailbotError], words: str) -> None:
    trouble = the_trouble(answers)
    assert type(trouble) is kind or (kind is Temporary and isinstance(trouble, Temporary))
    assert words in str(trouble)
    assert "secret" not in str(trouble)


def test_a_user_name_is_quoted_as_much_as_the_password() -> None:
    with ScriptedImap() as server:
        a_source(server, user='DOMAIN\\some "user"', password=lambda: 'pa"ss\\word').list(nothing_known)
        login = next(line for line in server.heard if " LOGIN " in line)
    assert login.endswith(r' LOGIN "DOMAIN\\some \"user\"" "pa\"ss\\word"')


def test_an_answer_in_several_lines_is_read_whole() -> None:
    with ScriptedImap({"SEARCH": "* SEARCH 7\r\n* SEARCH 9 12\r\nTAG OK done"}) as server:
        assert [arrival.uid for arrival in a_source(server).list(nothing_known)] == [7, 9, 12]


def test_a_full_folder_is_searched_in_windows() -> None:
    opened = "* 3 EXISTS\r\n* OK [UIDVALIDITY 11] ok\r\n* OK [UIDNEXT 130001] ok\r\nTAG OK [READ-ONLY] done"
    with ScriptedImap({"EXAMINE": opened}) as server:
        source = a_source(server)
        source.list(nothing_known)
        assert [line.partition("UID SEARCH ")[2] for line in server.heard if "UID SEARCH" in line] == [
            "UID 1:50000",
            "UID 50001:100000",
            "UID 100001:*",
        ]
        server.heard.clear()
        source.list(lambda *_: [7])
        assert next(line for line in server.heard if "UID SEARCH" in line).endswith("UID 7:50006")


def test_an_empty_folder_is_not_searched_and_the_ledger_not_asked() -> None:
    def ledger(folder: str, uidvalidity: int) -> list[int]:
        raise AssertionError("asked")

    with ScriptedImap({"EXAMINE": "* 0 EXISTS\r\n* OK [UIDVALIDITY 11] ok\r\nTAG OK [READ-ONLY] done"}) as server:
        assert a_source(server).list(ledger) == []
        assert not server.said("SEARCH")


@pytest.mark.parametrize(
    "fetched",
    [
        '* 1 FETCH (UID 7 RFC822.SIZE 9 INTERNALDATE "the day before")\r\nTAG OK done',
        "* 1 FETCH (UID 7 RFC822.SIZE many)\r\nTAG OK done",
        "* 1 FETCH (UID 7\r\nTAG OK done",
        "TAG NO cannot",
        "TAG OK done",
    ],
)
def test_a_mail_the_server_cannot_describe_is_listed_all_the_same(fetched: str) -> None:
    told = '* 2 FETCH (UID 8 RFC822.SIZE 9 INTERNALDATE "02-Mar-2026 09:30:00 +0800")\r\nTAG OK done'

    def fetch(server: ScriptedImap, command: str) -> str:
        return fetched if "7" in command else told

    with ScriptedImap({"SEARCH": "* SEARCH 7 8\r\nTAG OK done", "FETCH": fetch}) as server:
        bare, whole = a_source(server).list(nothing_known)
    assert (bare.uid, bare.received_at) == (7, now())
    assert (whole.uid, whole.received_at in (datetime(2026, 3, 2, 1, 30, tzinfo=UTC), now())) == (8, True)


def test_arrival_times_come_in_utc() -> None:
    with ScriptedImap() as server:
        (arrival,) = a_source(server).list(nothing_known)
    assert arrival.received_at == datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
    assert arrival.received_at.tzinfo is UTC


def test_a_mail_the_server_will_not_give_is_no_trouble_for_the_next() -> None:
    def fetch(server: ScriptedImap, command: str) -> str:
        if "BODY" in command and " 7 " in command:
            return "TAG NO some messages could not be fetched"
        text = RAW.decode()
        body = f"BODY[] {{{len(text)}}}\r\n{text}" if "BODY" in command else "RFC822.SIZE 9"
        return f"* 2 FETCH (UID 8 {body})\r\nTAG OK done"

    with ScriptedImap({"SEARCH": "* SEARCH 7 8\r\nTAG OK done", "FETCH": fetch}) as server:
        source = a_source(server)
        bad, good = source.list(nothing_known)
        with pytest.raises(Temporary, match="could not be fetched"):
            source.fetch(bad)
        assert source.fetch(good) == RAW
        assert server.connections == 1


def test_without_uidplus_a_mail_is_left_where_it_is() -> None:
    with ScriptedImap() as server:
        source = a_source(server, processed="Processed")
        (arrival,) = source.list(nothing_known)
        source.finish(arrival)
        assert not any(server.said(verb) for verb in ("COPY", "STORE", "EXPUNGE", "MOVE"))


def test_without_move_a_mail_is_copied_and_only_this_one_expunged() -> None:
    with ScriptedImap({"CAPABILITY": "* CAPABILITY IMAP4rev1 UIDPLUS\r\nTAG OK done"}) as server:
        source = a_source(server, processed="Processed")
        (arrival,) = source.list(nothing_known)
        source.finish(arrival)
        last = [line.partition(" ")[2] for line in server.heard][-3:]
    assert last == ['UID COPY 7 "Processed"', "UID STORE 7 +FLAGS.SILENT (\\Deleted)", "UID EXPUNGE 7"]


def test_a_keyword_the_server_would_forget_is_not_set() -> None:
    with ScriptedImap() as server:
        source = a_source(server, processed="$Done")
        (arrival,) = source.list(nothing_known)
        source.finish(arrival)
        assert not server.said("STORE")


def test_a_server_that_finds_everything_proves_nothing() -> None:
    with ScriptedImap() as server:
        source = a_source(server)
        assert source.find_message_id("<one@example.net>", ["INBOX"]) is True
        assert source.find_message_id("<other@example.net>", ["INBOX"]) is False
        server.answers["SEARCH"] = "* SEARCH " + " ".join(map(str, range(500))) + "\r\nTAG OK done"
        assert source.find_message_id("<other@example.net>", ["INBOX"]) is None


def test_news_in_one_packet_with_the_consent_to_wait_is_noticed_at_once() -> None:
    with ScriptedImap({"IDLE": "+ idling\r\n* 7 EXISTS"}) as server:
        session = Session(an_account(server.port))
        session.open_folder("INBOX")
        started = time.monotonic()
        assert session.idle(20)
        assert time.monotonic() - started < 5
        session.close()


def test_a_keep_alive_is_no_news() -> None:
    with ScriptedImap({"IDLE": "+ idling\r\n* OK still here"}) as server:
        session = Session(an_account(server.port))
        session.open_folder("INBOX")
        assert not session.idle(0.1)
        session.close()


def test_a_link_that_dies_without_a_word_ends_the_wait(dovecot: Dovecot) -> None:
    with Proxy(dovecot.port) as wire:
        session = Session(an_account(wire.port, read_timeout=0.5))
        session.open_folder("INBOX")
        wire.silence()
        started = time.monotonic()
        with pytest.raises(Temporary):
            session.idle(0.2)
        assert time.monotonic() - started < 3
        session.close()


@pytest.fixture(scope="module")
def full(dovecot: Dovecot) -> Dovecot:
    for number in range(3):
        dovecot.deliver(a_mail(number, text="It flickers, and " * 50))
    return dovecot


def taken(source: ImapSource) -> dict[int, bytes | None]:
    return {arrival.uid: source.fetch(arrival) for arrival in source.list(nothing_known)}


@pytest.mark.parametrize("action", ["reset", "close"])
@pytest.mark.parametrize("direction", ["to_server", "to_client"])
def test_a_link_cut_anywhere_loses_nothing_and_spoils_nothing(full: Dovecot, direction: str, action: str) -> None:
    with Proxy(full.port) as wire:
        wire.plan(Fault(direction="to_server", at=10**9))
        whole = taken(a_source(wire))
        length = wire.passed[direction]
        cuts = range(0, length, max(1, length // 15))
        for at in cuts:
            wire.plan(Fault(direction=direction, at=at, action=action))  # type: ignore[arg-type]
            source = a_source(wire, read_timeout=5)
            try:
                assert taken(source) == whole, at
            except Temporary:
                assert taken(source) == whole, at
            source.close()
    assert len(whole) == 3
    assert len(cuts) >= 15
