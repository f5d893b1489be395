"""Laborious mails are read by a child within its limits; nothing a child does harms the daemon."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from mail.msg_file import a_msg

from mailbot.core.model import Gap
from mailbot.mail.bounded import LARGE, Reader, laborious
from mailbot.mail.read import OwnAddresses, read_mail

OWN = OwnAddresses(domains=frozenset({"us.example"}))
HEAD = b"From: Ann <ann@x.example>\r\nSubject: fan\r\nMessage-ID: <1@x.example>\r\n"
ORDINARY = HEAD + b"\r\nThe fan is broken."
LARGE_ONE = ORDINARY + b"\r\n" + b"word " * (LARGE // 5)


@pytest.fixture
def reader() -> Iterator[Reader]:
    reader = Reader(own=OWN)
    yield reader
    reader.close()


def child(reader: Reader) -> int:
    assert reader._child is not None
    return reader._child.pid


def test_an_ordinary_mail_needs_no_child(reader: Reader) -> None:
    assert reader.read(ORDINARY) == read_mail(ORDINARY, OWN)
    assert reader._child is None


@pytest.mark.parametrize("name", ["winmail.dat", "a.MSG", "smime.p7m; type=application/pkcs7-mime"])
def test_large_mails_and_files_to_be_taken_apart_go_to_the_child(name: str) -> None:
    assert laborious(HEAD + f"Content-Type: application/x; name={name}\r\n\r\n".encode())
    assert laborious(LARGE_ONE)
    assert not laborious(ORDINARY)


def test_the_child_reads_as_we_do_and_serves_again(reader: Reader) -> None:
    assert reader.read(LARGE_ONE) == read_mail(LARGE_ONE, OWN)
    first = child(reader)
    msg = HEAD + b"Content-Type: application/x; name=a.msg\r\n\r\n" + a_msg("灯", "灯不亮")
    mail, parts = reader.read(msg)
    assert (mail, parts) == read_mail(msg, OWN)
    assert mail.attachments[0].content
    assert child(reader) == first


def test_the_child_works_under_its_limits(reader: Reader) -> None:
    reader.read(LARGE_ONE)
    limits = Path(f"/proc/{child(reader)}/limits").read_text("utf-8")
    found = {line[:26].strip(): line[26:].split()[0] for line in limits.splitlines()}
    assert int(found["Max address space"]) == reader.megabytes * 1024 * 1024
    assert reader.seconds <= int(found["Max cpu time"]) <= 2 * reader.seconds


@pytest.mark.parametrize(("bound", "size"), [({"seconds": 0}, LARGE), ({"megabytes": 100}, 40_000_000)])
def test_a_mail_beyond_the_limits_is_read_from_its_header(bound: dict[str, int], size: int) -> None:
    reader = Reader(own=OWN, **bound)
    mail, parts = reader.read(ORDINARY + b"x" * size)
    assert (mail.subject, mail.sender.address, mail.message_id) == ("fan", "ann@x.example", "<1@x.example>")
    assert (mail.unread, parts.text) == ((Gap(what="laborious"),), "")
    assert reader._child is None


def test_a_child_ended_from_outside_is_replaced(reader: Reader) -> None:
    reader.read(LARGE_ONE)
    os.kill(child(reader), signal.SIGKILL)
    assert reader.read(LARGE_ONE)[0].unread == read_mail(LARGE_ONE, OWN)[0].unread
