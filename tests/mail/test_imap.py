from __future__ import annotations

import hmac
import json
import logging
import time
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator

import pytest
from imap_box import ImapBox, an_account, now
from servers.dovecot import Dovecot, free_port
from servers.pymap_server import Pymap
from source_contract import SourceContract, a_mail, nothing_known

from mailbot.errors import Permanent, Temporary, Usage
from mailbot.mail.imap import ImapSource


@pytest.fixture
def box(dovecot: Dovecot) -> Iterator[ImapBox]:
    mailbox = ImapBox(dovecot.port, dovecot.deliver)
    yield mailbox
    mailbox.close()


class TestDovecot(SourceContract):
    pass


@pytest.fixture(scope="module")
def pymap() -> Iterator[Pymap]:
    with Pymap() as server:
        yield server


class TestPymap(SourceContract):
    @pytest.fixture
    def box(self, pymap: Pymap) -> Iterator[ImapBox]:
        mailbox = ImapBox(pymap.port, pymap.deliver)
        yield mailbox
        mailbox.close()


def test_what_staff_have_read_is_still_new(box: ImapBox) -> None:
    box.deliver(a_mail())
    with box.staff() as client:
        client.add_flags(client.search("ALL"), ["\\Seen", "\\Answered"])
    assert len(box.source().list(nothing_known)) == 1


def test_a_mail_that_staff_take_away_after_the_listing_is_none(box: ImapBox) -> None:
    box.deliver(a_mail())
    source = box.source()
    (arrival,) = source.list(nothing_known)
    box.remove_all()
    assert source.fetch(arrival) is None


def test_a_renumbered_mailbox_is_listed_anew_and_old_numbers_name_nothing(box: ImapBox, dovecot: Dovecot) -> None:
    box.deliver(a_mail())
    source = box.source(processed="Processed")
    (old,) = source.list(nothing_known)
    dovecot.renumber()
    (new,) = source.list(lambda folder, validity: {old.uid} if validity == old.uidvalidity else ())
    assert new.uidvalidity != old.uidvalidity
    assert source.fetch(old) is None
    source.finish(old)
    assert source.fetch(new) is not None


def test_a_connection_lost_between_rounds_is_not_noticed(box: ImapBox, dovecot: Dovecot) -> None:
    box.deliver(a_mail())
    source = box.source()
    (arrival,) = source.list(nothing_known)
    dovecot.kick()
    assert source.fetch(arrival) is not None
    dovecot.kick()
    assert source.list(nothing_known) == [arrival]


def test_a_server_that_stops_is_temporary_and_is_found_again(box: ImapBox, dovecot: Dovecot) -> None:
    box.deliver(a_mail())
    source = box.source()
    before = source.list(nothing_known)
    dovecot.stop()
    with pytest.raises(Temporary):
        source.list(nothing_known)
    dovecot.start()
    assert source.list(nothing_known) == before


def test_mail_that_staff_marked_deleted_is_not_expunged(box: ImapBox) -> None:
    box.deliver(a_mail(1))
    box.deliver(a_mail(2))
    source = box.source(processed="Processed")
    first, second = source.list(nothing_known)
    with box.staff() as client:
        client.delete_messages([first.uid])
    source.finish(second)
    assert box.count("INBOX") == 1


@pytest.mark.parametrize("flag", ["\\Flagged", "$Registered"])
def test_a_finished_mail_can_be_flagged_instead(box: ImapBox, flag: str) -> None:
    box.deliver(a_mail())
    source = box.source(processed=flag)
    (arrival,) = source.list(nothing_known)
    source.finish(arrival)
    source.finish(arrival)
    with box.staff() as client:
        assert client.get_flags([arrival.uid])[arrival.uid] == (flag.encode(),)


def test_folders_may_have_chinese_names(box: ImapBox) -> None:
    with box.staff() as client:
        client.create_folder("客户投诉")
        client.append("客户投诉", a_mail(1))
    box.deliver(a_mail(2))
    source = box.source(folders=("INBOX", "客户投诉"), processed="已处理")
    arrivals = source.list(nothing_known)
    assert [arrival.folder for arrival in arrivals] == ["INBOX", "客户投诉"]
    for arrival in arrivals:
        assert source.fetch(arrival) is not None
        source.finish(arrival)
    assert box.count("已处理") == 2


def test_bytes_no_protocol_carries_are_still_fetched(box: ImapBox, dovecot: Dovecot) -> None:
    dovecot.drop(b"Subject: odd\r\n\r\nNUL \0 and 8 bit \xff\xfe\r\n", "1700000000.odd")
    source = box.source()
    (arrival,) = source.list(nothing_known)
    assert b"8 bit \xff\xfe" in (source.fetch(arrival) or b"")


def test_a_missing_folder_is_named_with_those_there_are(box: ImapBox) -> None:
    with pytest.raises(Permanent) as caught:
        box.source(folders=("Complaints",)).list(nothing_known)
    assert "Complaints" in caught.value.detail
    assert "Sent" in caught.value.remedy


def test_a_missing_folder_does_not_hold_up_the_others(box: ImapBox) -> None:
    box.deliver(a_mail())
    source = box.source(folders=("Complaints", "INBOX"))
    (arrival,) = source.list(nothing_known)
    with pytest.raises(Permanent):
        source.list(lambda *_: [arrival.uid])


def test_a_folder_that_cannot_be_made_is_told_and_the_mail_stays(box: ImapBox) -> None:
    box.deliver(a_mail())
    source = box.source(processed="a/b")
    (arrival,) = source.list(nothing_known)
    with pytest.raises(Permanent) as caught:
        source.finish(arrival)
    assert "processed" in caught.value.remedy
    assert source.fetch(arrival) is not None


def test_a_wrong_password_is_for_a_human(box: ImapBox) -> None:
    with pytest.raises(Permanent) as caught:
        box.source(password=lambda: "wrong").list(nothing_known)
    assert "authorisation code" in caught.value.remedy


def test_a_password_is_asked_anew_for_each_login(box: ImapBox) -> None:
    passwords = iter(["secret", "secret", "wrong"])
    source = box.source(password=lambda: next(passwords))
    for _ in range(2):
        assert source.list(nothing_known) == []
        source.close()
    with pytest.raises(Permanent):
        source.list(nothing_known)


def test_a_chinese_user_and_password_log_in() -> None:
    with Dovecot(settings="auth_username_chars =\n") as server:
        (server.root / "passwd").write_text("用户:{PLAIN}密码::::::\n")
        source = ImapSource(an_account(server.port, user="用户", password=lambda: "密码"), now)
        assert source.list(nothing_known) == []
        source.close()


def a_token(user: str, *, good_for: int) -> str:
    """Make a token the server below trusts, good for so many seconds."""

    def part(facts: dict[str, object]) -> str:
        return urlsafe_b64encode(json.dumps(facts).encode()).decode().rstrip("=")

    at = int(time.time())
    claims: dict[str, object] = {"sub": user, "email": user, "iss": "test", "azp": "default", "aud": "default"}
    claims |= {"iat": at - 9, "nbf": at - 9, "exp": at + good_for}
    said = f"{part({'alg': 'HS256', 'typ': 'JWT', 'kid': 'k1'})}.{part(claims)}"
    seal = hmac.digest(b"key", said.encode(), "sha256")
    return f"{said}.{urlsafe_b64encode(seal).decode().rstrip('=')}"


@pytest.fixture
def dovecot_with_tokens() -> Iterator[Dovecot]:
    server = Dovecot()
    keys = server.root / "keys" / "default" / "HS256"
    keys.mkdir(parents=True)
    (keys / "k1").write_bytes(b64encode(b"key"))
    (server.root / "oauth2").write_text(
        f"introspection_mode = local\nlocal_validation_key_dict = fs:posix:prefix={server.root}/keys/\n"
        "username_attribute = email\nissuers = test\n"
    )
    with (server.root / "dovecot.conf").open("a") as configuration:
        configuration.write("auth_mechanisms = plain xoauth2\npassdb {\n  driver = oauth2\n  mechanisms = xoauth2\n")
        configuration.write(f"  args = {server.root}/oauth2\n}}\n")
    with server:
        yield server


def test_a_token_logs_in_until_it_expires(dovecot_with_tokens: Dovecot) -> None:
    tokens = iter([a_token(Dovecot.user, good_for=60), a_token(Dovecot.user, good_for=-1)])
    source = ImapSource(an_account(dovecot_with_tokens.port, login="xoauth2", password=lambda: next(tokens)), now)
    assert source.list(nothing_known) == []
    source.close()
    with pytest.raises(Permanent, match="AUTHENTICATIONFAILED"):
        source.list(nothing_known)


def test_a_line_break_in_a_password_is_never_sent(dovecot: Dovecot) -> None:
    with pytest.raises(Usage):
        ImapSource(an_account(dovecot.port, password=lambda: "x\r\nA1 LOGOUT"), now).list(nothing_known)


def test_nobody_there_is_temporary() -> None:
    with pytest.raises(Temporary, match="cannot be reached"):
        ImapSource(an_account(free_port()), now).list(nothing_known)


def test_plain_text_to_another_machine_is_refused() -> None:
    with pytest.raises(Usage, match="tls"):
        an_account(143, host="mail.example.test")


def test_neither_password_nor_mail_gets_into_the_log(box: ImapBox, caplog: pytest.LogCaptureFixture) -> None:
    box.deliver(a_mail(text="Confidential."))
    with caplog.at_level(logging.DEBUG):
        source = box.source()
        for arrival in source.list(nothing_known):
            source.fetch(arrival)
        with pytest.raises(Permanent):
            box.source(password=lambda: "not-the-secret").list(nothing_known)
    assert not any(word in caplog.text for word in ("secret", "Confidential", "customer@"))
