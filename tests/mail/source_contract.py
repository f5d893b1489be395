"""What every source must do, whatever stands behind it. A subclass gives `box`: an empty mailbox."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import pytest

from mailbot.mail.source import Source, TooLarge

HARMFUL = ["", "<a b@c>", '<a"@c>', "<a\\@c>", '"\r\nX9 DELETE Sent\r\n', "<咖@c>", "x" * 251]


class Box(Protocol):
    """A mailbox seen from the other side: where mail arrives and staff look."""

    def source(self, **settings: Any) -> Source: ...
    def deliver(self, raw: bytes) -> None: ...
    def remove_all(self) -> None: ...
    def unread(self) -> int: ...
    def count(self, folder: str) -> int: ...


def a_mail(number: int = 1, *, text: str = "The lamp flickers.") -> bytes:
    """Return a small mail with a Message-ID made of `number`."""
    head = f"From: customer@example.net\r\nMessage-ID: <m{number}@example.net>\r\nSubject: lamp {number}\r\n\r\n"
    return f"{head}{text}\r\n".encode()


def nothing_known(folder: str, uidvalidity: int) -> Collection[int]:
    """Be a ledger that is empty."""
    return ()


class SourceContract:
    """The contract."""

    def test_an_empty_mailbox_has_nothing_new(self, box: Box) -> None:
        assert box.source().list(nothing_known) == []

    def test_a_mail_is_listed_and_fetched_as_it_came(self, box: Box) -> None:
        box.deliver(a_mail())
        source = box.source()
        (arrival,) = source.list(nothing_known)
        raw = source.fetch(arrival)
        assert raw is not None
        assert raw.endswith(a_mail())
        assert arrival.folder == "INBOX"
        assert arrival.size == len(raw)

    def test_its_time_is_when_the_server_got_it_in_utc(self, box: Box) -> None:
        box.deliver(a_mail())
        (arrival,) = box.source().list(nothing_known)
        assert arrival.received_at.utcoffset() == timedelta(0)
        assert abs(datetime.now(UTC) - arrival.received_at) < timedelta(minutes=1)

    def test_what_the_ledger_knows_is_not_listed(self, box: Box) -> None:
        box.deliver(a_mail(1))
        source = box.source()
        (first,) = source.list(nothing_known)
        box.deliver(a_mail(2))
        asked = []

        def known(folder: str, uidvalidity: int) -> Collection[int]:
            asked.append((folder, uidvalidity))
            return {first.uid}

        (second,) = source.list(known)
        assert second.uid != first.uid
        assert set(asked) == {("INBOX", first.uidvalidity)}
        assert source.list(lambda *_: [first.uid, second.uid]) == []

    def test_what_is_still_unknown_is_listed_again_and_again(self, box: Box) -> None:
        for number in range(3):
            box.deliver(a_mail(number))
        source = box.source()
        first = source.list(nothing_known)
        assert len(first) == 3
        assert source.list(nothing_known) == first
        middle = first[1].uid
        assert source.list(lambda *_: [middle]) == [first[0], first[2]]
        assert source.list(lambda *_: [first[0].uid]) == first[1:]

    def test_many_mails_are_all_listed_once(self, box: Box) -> None:
        for number in range(60):
            box.deliver(a_mail(number))
        uids = [arrival.uid for arrival in box.source().list(nothing_known)]
        assert len(set(uids)) == len(uids) == 60

    def test_reading_leaves_mails_unread(self, box: Box) -> None:
        box.deliver(a_mail())
        source = box.source()
        for arrival in source.list(nothing_known):
            source.fetch(arrival)
        assert box.unread() == 1

    def test_a_mail_that_is_gone_is_none(self, box: Box) -> None:
        box.deliver(a_mail())
        source = box.source()
        (arrival,) = source.list(nothing_known)
        box.remove_all()
        source.close()  # a server may go on giving it to those who had the folder open
        assert source.fetch(arrival) is None
        source.finish(arrival)
        assert source.list(nothing_known) == []

    def test_a_mail_over_the_limit_is_not_fetched_but_begun(self, box: Box) -> None:
        raw = a_mail(text="long " * 120_000)
        box.deliver(raw)
        source = box.source(size_limit=500_000)
        (arrival,) = source.list(nothing_known)
        with pytest.raises(TooLarge) as caught:
            source.fetch(arrival)
        assert caught.value.size == arrival.size > 500_000
        assert b"Subject: lamp 1\r\n" in caught.value.head
        assert len(caught.value.head) < 300_000

    def test_a_finished_mail_is_moved_once(self, box: Box) -> None:
        box.deliver(a_mail(1))
        box.deliver(a_mail(2))
        source = box.source(processed="Processed")
        arrival = source.list(nothing_known)[0]
        for _ in range(2):
            source.finish(arrival)
            assert (box.count("INBOX"), box.count("Processed")) == (1, 1)
        assert source.fetch(arrival) is None

    def test_without_a_setting_a_finished_mail_stays(self, box: Box) -> None:
        box.deliver(a_mail())
        source = box.source()
        (arrival,) = source.list(nothing_known)
        source.finish(arrival)
        assert source.list(nothing_known) == [arrival]
        assert box.unread() == 1

    def test_a_message_id_is_found_where_it_is(self, box: Box) -> None:
        box.deliver(a_mail(1))
        source = box.source()
        assert source.find_message_id("<m1@example.net>", ["INBOX"]) is True
        assert source.find_message_id("<m2@example.net>", ["INBOX"]) is False
        assert source.find_message_id("m1@example", ["INBOX"]) is False
        assert source.find_message_id("<m2@example.net>", ["INBOX", "Nowhere"]) is None

    @pytest.mark.parametrize(
        "message_id", ["", "<a b@c>", '<a"@c>', "<a\\@c>", '"\r\nX9 DELETE Sent\r\n', "<咖@c>", "x" * 251]
    )
    def test_a_message_id_that_could_do_harm_is_not_looked_for(self, box: Box, message_id: str) -> None:
        assert box.source().find_message_id(message_id, ["INBOX"]) is None

    def test_a_message_id_that_looks_like_a_literal_is_harmless(self, box: Box) -> None:
        source = box.source()
        assert source.find_message_id("<a@b>{10}", ["INBOX"]) is False
        assert source.list(nothing_known) == []

    def test_it_opens_again_after_close(self, box: Box) -> None:
        box.deliver(a_mail())
        source = box.source()
        (arrival,) = source.list(nothing_known)
        source.close()
        source.close()
        assert source.list(nothing_known) == [arrival]
        assert source.fetch(arrival) is not None
