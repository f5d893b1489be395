"""Whose word on a sender counts: our own mail server's, and only the one it put on top."""

from __future__ import annotations

import pytest

from mailbot.core.model import MailKind
from mailbot.mail.addresses import OwnAddresses
from mailbot.mail.read import read_mail

OURS = "mx.example.test"
FAIL = f"{OURS}; spf=fail smtp.mailfrom=x.example; dmarc=fail (p=REJECT sp=NONE) header.from=example.test"
PASS = f"{OURS}; dkim=pass header.d=example.test; dmarc=pass header.from=example.test"
FORWARDED = (
    "请处理\r\n\r\n-----原始邮件-----\r\n发件人: 于静 <yj@mailg.example>\r\n发送时间: 2026年5月11日 9:00\r\n"
    "收件人: sales@example.test\r\n主题: 台灯坏了\r\n\r\n台灯HX-L11不亮了，请换货。\r\n"
)


def refuted(*results: str, server: str = OURS) -> bool:
    head = "".join(f"Authentication-Results: {result}\r\n" for result in results)
    raw = f"{head}From: 王 <w@example.test>\r\nSubject: x\r\n\r\n台灯坏了\r\n".encode()
    return read_mail(raw, OwnAddresses(domains=frozenset({"example.test"}), server=server))[0].refuted


@pytest.mark.parametrize(
    "results",
    [
        (FAIL,),
        (FAIL, PASS),  # the sender wrote the second one himself
        ("other.example; dmarc=pass", FAIL),  # a later relay's word is nobody's
        (FAIL.upper(),),
        (f"{OURS} 1; (well (dmarc=pass)) dmarc = fail",),
        (f"{OURS};\r\n\tspf=pass;\r\n\tdmarc=fail",),
    ],
)
def test_the_topmost_word_of_our_server_counts(results: tuple[str, ...]) -> None:
    assert refuted(*results)


@pytest.mark.parametrize(
    "results",
    [
        (),
        (PASS, FAIL),
        (f"{OURS}; none",),
        (f"{OURS}; dmarc=temperror; spf=fail",),
        (f"{OURS}; spf=pass (dmarc=fail is what a joker wrote) dmarc=none",),
        ("elsewhere.example; dmarc=fail",),
        (f"{OURS}.evil.example; dmarc=fail",),
        ("",),
        ("(" * 5000,),
    ],
)
def test_unknown_is_not_forged(results: tuple[str, ...]) -> None:
    assert not refuted(*results)


def test_where_no_server_is_named_nothing_is_looked_at() -> None:
    assert not refuted(FAIL, server="")
    assert not refuted("; dmarc=fail", server="")


@pytest.mark.parametrize(("result", "colleague"), [(FAIL, None), (PASS, "w@example.test")])
def test_a_forged_colleague_passes_nothing_on(result: str, colleague: str | None) -> None:
    head = f"Authentication-Results: {result}\r\nFrom: w@example.test\r\nSubject: 转发: 台灯坏了\r\n\r\n"
    mail = read_mail((head + FORWARDED).encode(), OwnAddresses(domains=frozenset({"example.test"}), server=OURS))[0]
    assert mail.forwarded_by == colleague
    assert mail.kind is MailKind.COMPLAINT
