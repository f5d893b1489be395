from __future__ import annotations

import pytest
from servers.smtp_sink import Sink
from smtp_box import TO, a_letter, sent

from mailbot.core.addresses import plain_address
from mailbot.mail.sender import State, objection

NO_ADDRESSES = [
    "",
    "customer",
    "a@b@c d",
    "<x@y>",
    "x@y>\r\nRCPT TO:<z@y>",
    "a,b@c.de",
    "x@-y",
    "顾客@例子.cn",
    "x@a..b",
]


class TestTheLastLook:
    @pytest.mark.parametrize(
        "raw",
        [
            a_letter(to="other@example.net"),
            a_letter(to=f"{TO}, other@example.net"),
            a_letter(to=f"other@example.net <{TO}>, {TO}"),
            a_letter().replace(b"Subject:", b"Bcc: x@example.net\r\nSubject:"),
            a_letter().replace(b"Subject:", b"cc : x@example.net\r\nSubject:"),
            a_letter().replace(b"Subject:", b"Resent-To: x@example.net\r\nSubject:"),
            a_letter().replace(b"Subject:", b"to: customer@example.net\r\nSubject:"),
            a_letter().replace(b"To: customer@example.net\r\n", b""),
            a_letter(text="end\n.\nMAIL FROM:<x@y>"),
            a_letter(text="end\r.\rMAIL FROM:<x@y>"),
            a_letter()[:-2],
        ],
    )
    def test_a_letter_that_would_go_elsewhere_goes_nowhere(self, raw: bytes) -> None:
        with Sink() as sink:
            outcome = sent(sink, raw)
            assert outcome.state is State.FAILED
            assert outcome.text.startswith("not sent: ")
            assert sink.connections == 0

    @pytest.mark.parametrize("recipient", NO_ADDRESSES)
    def test_what_is_no_address_is_never_spoken(self, recipient: str) -> None:
        assert plain_address(recipient) == ""
        assert objection(a_letter(to=recipient), recipient)

    def test_a_domain_may_be_chinese(self) -> None:
        assert plain_address(" kefu@例子.中国 ") == "kefu@xn--fsqu00a.xn--fiqs8s"

    def test_case_makes_no_other_recipient(self) -> None:
        assert objection(a_letter(to="Customer@Example.NET"), TO) == ""
