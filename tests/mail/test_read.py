# ruff: noqa: E501 - mails and pages are quoted one to a line
"""Whole mails: the corpus, traps one by one, and any bytes at all."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailbot.core.model import Language, MailKind, ReadMail
from mailbot.mail.read import OwnAddresses, Parts, read_mail

CORPUS = Path(__file__).parents[1] / "corpus" / "complaints"
MAILS = sorted(CORPUS.rglob("*.eml"))
OWN = OwnAddresses(domains=frozenset({"huaxin-mfg.example", "huaxin-mfg.example.cn", "us.example"}))
AUTOMATIC = {"auto_reply", "bounce", "list"}
WIDE = "[\u2e80-\u303f\u3400-\u9fff\uff00-\uffef\u2018-\u201d\u2026]"


def folded(text: str) -> str:
    """Runs of blanks are one blank, none beside a Chinese character."""
    text = re.sub(r"\s+", " ", text).strip()
    return re.sub(f"(?<={WIDE}) | (?={WIDE})", "", text)


def a_mail(
    body: str = "The fan is broken.", *, subject: str = "fan", sender: str = "Ann <ann@x.example>", more: str = ""
) -> bytes:
    head = f"From: {sender}\r\nTo: cs@us.example\r\nSubject: {subject}\r\nDate: Tue, 10 Mar 2026 21:14:05 +0800\r\n"
    if "content-type" not in more.lower():
        more += "Content-Type: text/plain; charset=utf-8\r\n"
    return f"{head}Message-ID: <m1@x.example>\r\n{more}\r\n{body}".encode()


def read(raw: bytes) -> ReadMail:
    return read_mail(raw, OWN)[0]


@pytest.mark.parametrize("path", MAILS, ids=lambda p: p.relative_to(CORPUS).as_posix())
def test_the_corpus_reads_as_its_record_says(path: Path) -> None:
    gold = json.loads(path.with_suffix(".json").read_text("utf-8"))
    mail = read(path.read_bytes())
    found = {
        "language": mail.language.value,
        "subject": mail.subject,
        "sender": {"name": mail.sender.name, "address": mail.sender.address},
        "forwarded_by": mail.forwarded_by,
        "new_text": folded(mail.new_text),
        "attachments": [
            {"filename": a.filename, "size": a.size, "inline_decoration": a.inline_decoration} for a in mail.attachments
        ],
    }
    wanted = {key: gold[key] for key in found if key not in gold["ambiguous"]}
    if "new_text" in wanted:
        wanted["new_text"] = folded(gold["new_text"])
    assert {key: found[key] for key in wanted} == wanted
    automatic = gold["kind"] in AUTOMATIC
    assert mail.kind.automatic is automatic
    assert not automatic or mail.kind == gold["kind"]


def test_a_mail_in_two_of_our_mailboxes_has_one_hash() -> None:
    one = a_mail(more="Delivered-To: a@us.example\r\nReceived: x\r\n")
    two = a_mail(more="Delivered-To: b@us.example\r\n")
    assert read(one).content_hash == read(two).content_hash
    assert read(one).content_hash != read(a_mail("The fan is fine.")).content_hash


def test_tokens_and_numbers_are_found_everywhere_they_may_stand() -> None:
    raw = a_mail(
        "ok\r\n\r\n> ref CP-2026-000123-K7Q2MXT4A2B3C5D6\r\n> bye",
        subject="Re: [cp–2026–000123] answer",
        more="References: <cp-2026-000124.ack.aaaabbbbccccdddd@us.example>\r\n",
    )
    mail = read(raw)
    assert mail.tokens == ("CP-2026-000123-K7Q2MXT4A2B3C5D6", "CP-2026-000124-AAAABBBBCCCCDDDD")
    assert mail.numbers == ("CP-2026-000123",)
    assert mail.kind is MailKind.FOLLOW_UP


def test_a_case_number_in_the_text_is_found_too() -> None:
    mail = read(a_mail("Any news? My number is CP-2026-000123, order XS-2026-0305."))
    assert mail.numbers == ("CP-2026-000123",)
    assert mail.kind is MailKind.FOLLOW_UP


def test_an_order_number_in_the_subject_makes_no_follow_up() -> None:
    for subject in ("PO-2026-00123 broken", "SO-2609-0155 late", "LY-2604-033", "XS-2026-0305"):
        assert read(a_mail(subject=subject)).kind is MailKind.COMPLAINT


def test_an_answer_without_headers_is_known_by_what_it_quotes() -> None:
    quoted = "still broken\r\n\r\nOn Mon, 3 Aug 2026 at 10:21, CS <cs@us.example> wrote:\r\n> Dear Ann\r\n"
    assert read(a_mail(quoted)).kind is MailKind.FOLLOW_UP


def test_an_oversized_mail_is_registered_from_its_header() -> None:
    mail, parts = read_mail(a_mail("x" * 5_000), OWN, limit=2_000)
    assert mail.subject == "fan"
    assert mail.sender.address == "ann@x.example"
    assert mail.message_id == "<m1@x.example>"
    assert [gap.what for gap in mail.unread] == ["large"]
    assert parts.text == ""


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\0",
        b"garbage without any header",
        b"Subject: only a header",
        b"Subject: " + b"=?utf-8?B?5aSn?= " * 16_000 + b"\r\n\r\n",
        b"From: " + b"(" * 40_000 + b"\r\n\r\nx",
        b"Content-Type: text/plain" + b"; a=b" * 16_000 + b"\r\n\r\nx",
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 20_000,
        b"Content-Type: text/plain\r\n\r\n" + b"> " * 500_000,
        b"Content-Type: text/plain\r\n\r\n" + b"From: a\n" * 60_000,
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + (b"--b\r\n\r\n" + b"x" * 30_000 + b"\r\n") * 900,
        b"Content-Type: text/plain\r\n\r\n" + "测试\n".encode("gbk") * 5_000_000,
        b"Content-Type: text/plain\r\n\r\n" + "在".encode() * 300_000,
        b"Content-Type: text/plain\r\n\r\n" + b"On 3 Aug 2026 " * 50_000 + b"wrote:",
    ],
)
def test_hostile_mails_are_read_in_time(raw: bytes) -> None:
    started = datetime.now()
    read(raw)
    assert (datetime.now() - started).total_seconds() < 5


def test_a_robot_that_sends_for_a_customer_names_him_in_reply_to() -> None:
    mail = read(a_mail(sender="Shop <noreply@shop.example>", more="Reply-To: Ann <ann@x.example>\r\n"))
    assert mail.customer.address == "ann@x.example"
    many = read(a_mail(sender="Shop <noreply@shop.example>", more="Reply-To: a@x.example, b@x.example\r\n"))
    assert many.customer.address == "noreply@shop.example"


def test_the_date_is_kept_as_text_and_as_an_instant() -> None:
    mail, parts = read_mail(a_mail(), OWN)
    assert mail.date_text == "Tue, 10 Mar 2026 21:14:05 +0800"
    assert parts.written_at == datetime(2026, 3, 10, 21, 14, 5, tzinfo=timezone(timedelta(hours=8)))


def test_a_mail_passed_on_without_a_word_says_what_it_quotes() -> None:
    body = "\r\n---------- Forwarded message ---------\r\nFrom: Bob <bob@y.example>\r\nDate: Mon, 9 Mar 2026\r\nSubject: fan\r\nTo: ann@x.example\r\n\r\nIt smokes.\r\n"
    mail = read(a_mail(body, subject="Fwd: fan"))
    assert mail.new_text == "It smokes."
    assert mail.forwarded_by is None
    assert mail.customer.address == "ann@x.example"


def test_an_empty_text_takes_its_language_from_the_subject() -> None:
    assert read(a_mail("", subject="Re: broken fan")).language is Language.EN


def check_any(mail: ReadMail, parts: Parts) -> None:
    said = (
        mail.subject,
        mail.new_text,
        mail.removed_text,
        mail.sender.name,
        parts.text,
        *(a.filename for a in mail.attachments),
    )
    for text in said:
        text.encode("utf-8")
    whole = "".join(parts.text.split())
    for line in mail.new_text.split("\n"):
        assert "".join(line.split()) in whole


@given(st.binary(max_size=2_000))
def test_any_bytes_give_a_mail(raw: bytes) -> None:
    check_any(*read_mail(raw, OWN))


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.sampled_from(MAILS), st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=6)), max_size=12))
def test_a_damaged_mail_is_still_a_mail(path: Path, wounds: list[tuple[float, bytes]]) -> None:
    raw = bytearray(path.read_bytes())
    for place, wound in wounds:
        at = int(place * len(raw))
        raw[at : at + len(wound)] = wound
    check_any(*read_mail(bytes(raw), OWN))
