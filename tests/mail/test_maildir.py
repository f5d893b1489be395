from __future__ import annotations

import mailbox
import os
from pathlib import Path
from typing import Any

import pytest
from source_contract import SourceContract, a_mail, nothing_known

from mailbot.errors import Permanent, Temporary
from mailbot.mail.maildir import MaildirSource
from mailbot.mail.settings import MaildirSettings


class Maildir:
    """A Maildir on disk, written and read by the standard library."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.box = mailbox.Maildir(path)

    def source(self, **settings: Any) -> MaildirSource:
        return MaildirSource(MaildirSettings(path=self.path, **settings))

    def deliver(self, raw: bytes) -> None:
        key = self.box.add(b"")  # a unique name; its contents would get local line ends
        self.path.joinpath("new", key).write_bytes(raw)

    def remove_all(self) -> None:
        self.box.clear()

    def unread(self) -> int:
        return sum(1 for message in self.box if "S" not in message.get_flags())

    def count(self, folder: str) -> int:
        return len(self.box if folder == "INBOX" else self.box.get_folder(folder))


@pytest.fixture
def box(tmp_path: Path) -> Maildir:
    return Maildir(tmp_path / "mail")


class TestMaildir(SourceContract):
    pass


def test_a_mail_keeps_its_uid_when_it_is_read_and_flagged(box: Maildir) -> None:
    box.deliver(a_mail())
    source = box.source()
    (before,) = source.list(nothing_known)
    (new,) = (box.path / "new").iterdir()
    new.rename(box.path / "cur" / f"{new.name}:2,FS")
    (after,) = source.list(nothing_known)
    assert after.uid == before.uid < 2**63
    assert source.fetch(before) == a_mail()


def test_a_mail_that_moved_after_listing_is_still_fetched(box: Maildir) -> None:
    box.deliver(a_mail())
    source = box.source()
    (arrival,) = source.list(nothing_known)
    (new,) = (box.path / "new").iterdir()
    new.rename(box.path / "cur" / f"{new.name}:2,S")
    assert source.fetch(arrival) == a_mail()


def test_nothing_is_written_unless_a_folder_is_named(box: Maildir) -> None:
    box.deliver(a_mail())
    before = sorted(str(path) for path in box.path.rglob("*"))
    source = box.source()
    for arrival in source.list(nothing_known):
        source.fetch(arrival)
        source.finish(arrival)
    assert sorted(str(path) for path in box.path.rglob("*")) == before


def test_links_and_hidden_files_are_no_mail(box: Maildir, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(a_mail())
    (box.path / "new" / "link").symlink_to(tmp_path / "secret")
    (box.path / "new" / ".hidden").write_bytes(a_mail())
    (box.path / "cur" / "folder").mkdir()
    assert box.source().list(nothing_known) == []


def test_a_link_put_in_a_mails_place_is_not_followed(box: Maildir, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    box.deliver(a_mail())
    source = box.source()
    (arrival,) = source.list(nothing_known)
    (new,) = (box.path / "new").iterdir()
    new.unlink()
    new.symlink_to(tmp_path / "secret")
    with pytest.raises(Temporary, match="cannot be read"):
        source.fetch(arrival)


def test_a_directory_that_is_no_maildir_is_refused_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(Permanent) as caught:
        MaildirSource(MaildirSettings(path=tmp_path)).list(nothing_known)
    assert "path" in caught.value.remedy


def test_mails_come_in_the_order_of_their_arrival(box: Maildir) -> None:
    for number in range(5):
        box.deliver(a_mail(number))
    for path in (box.path / "new").iterdir():
        number = int(path.read_bytes().partition(b"<m")[2][:1])
        os.utime(path, (1_700_000_000 - number, 1_700_000_000 - number))
    source = box.source()
    fetched = [source.fetch(arrival) for arrival in source.list(nothing_known)]
    assert fetched == [a_mail(number) for number in (4, 3, 2, 1, 0)]
