"""Outlook message files are read like the mails they are."""

from __future__ import annotations

from base64 import b64encode

from hypothesis import given
from hypothesis import strategies as st
from mail.msg_file import a_message, a_msg

from mailbot.core.model import Gap, ReadMail
from mailbot.mail import content, outlook
from mailbot.mail.read import OwnAddresses, read_mail

OWN = OwnAddresses(domains=frozenset({"us.example"}))
ZHANG = ("张三", "zhang@c.example")
COMPLAINT = a_msg("风扇异响", "您好，风扇异响，请换货。\r\n\r\n张三", sender=ZHANG, files={"照片.jpg": b"photo"})


def a_mail(
    msg: bytes, text: str = "请处理", sender: str = "boss@us.example", kind: str = "application/octet-stream"
) -> ReadMail:
    head = f"From: {sender}\r\nSubject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    words = (
        f"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n--b\r\nContent-Type: {kind}; name=a.msg\r\n"
    )
    raw = f"{head}{words}Content-Disposition: attachment\r\nContent-Transfer-Encoding: base64\r\n\r\n".encode()
    return read_mail(raw + b64encode(msg) + b"\r\n--b--", OWN)[0]


def test_a_message_a_colleague_passes_on_is_the_customers() -> None:
    mail = a_mail(COMPLAINT)
    assert (mail.forwarded_by, mail.customer.name, mail.customer.address) == ("boss@us.example", *ZHANG)
    assert mail.new_text == "您好，风扇异响，请换货。"
    assert [(a.filename, a.content) for a in mail.attachments] == [("照片.jpg", b"photo")]
    assert mail.unread == ()


def test_a_customers_own_message_file_stays_a_file_and_speaks_when_he_says_nothing() -> None:
    assert a_mail(COMPLAINT, sender="li@d.example").new_text == "请处理"
    mail = a_mail(COMPLAINT, text="", sender="li@d.example")
    assert (mail.customer.address, mail.forwarded_by) == ("li@d.example", None)
    assert mail.new_text.startswith("您好，风扇异响")
    assert [a.filename for a in mail.attachments] == ["a.msg"]


def test_the_header_that_was_sent_counts_before_what_outlook_made_of_it() -> None:
    sent = "From: Zhang <z@real.example>\r\nDate: Mon, 9 Mar 2026 10:00:00 +0800\r\nSubject: old\r\n"
    part = outlook.opened(a_msg("new", sender=("Zhang", "/o=ex/cn=zhang"), p_007D001F=sent.encode("utf-16-le")))
    assert part is not None
    assert [part.headers.text(name) for name in ("from", "subject")] == ["Zhang <z@real.example>", "new"]


def test_the_body_is_found_as_page_and_as_rich_text() -> None:
    page = outlook.opened(a_msg(p_10130102="<p>风扇<b>坏</b>了</p>".encode("gbk")))
    rich = outlook.opened(a_msg(p_10090102=b"\0" * 8 + b"MELA" + b"\0" * 4 + b"{\\rtf1\\ansi broken}"))
    assert page is not None
    assert rich is not None
    assert [content.read(part).text for part in (page, rich)] == ["风扇坏了", "broken"]


def test_a_message_inside_a_message_is_followed_to_the_customer() -> None:
    inner = a_message("灯坏了", "灯不亮", sender=ZHANG, files={"a.txt": b"hi"})
    mail = a_mail(a_msg("FW", "see below", sender=("Wang", "wang@us.example"), messages=(inner,)))
    assert (mail.customer.address, mail.new_text) == (ZHANG[1], "灯不亮")


def test_what_is_no_message_is_kept_and_said() -> None:
    mail = a_mail(b"no message")
    assert [a.filename for a in mail.attachments] == ["a.msg"]
    assert mail.unread == (Gap(what="damaged", name="a.msg"),)


@given(
    st.lists(st.tuples(st.integers(0, len(COMPLAINT) - 1), st.integers(0, 255)), max_size=20),
    st.integers(0, len(COMPLAINT)),
)
def test_no_damage_raises(wounds: list[tuple[int, int]], end: int) -> None:
    raw = bytearray(COMPLAINT)
    for at, value in wounds:
        raw[at] = value
    part = outlook.opened(bytes(raw[:end]))
    assert part is None or content.read(part) is not None
