"""Each trap of real mail once, as the smallest mail that shows it, and what a careful reader makes of it."""

from __future__ import annotations

from base64 import b64encode

import pytest

from mailbot.core.model import ReadMail
from mailbot.mail.read import OwnAddresses, read_mail

OWN = OwnAddresses(domains=frozenset({"us.example"}))
BROKEN = "风扇坏了，请换货"
TEXT = b"Content-Type: text/plain; charset="


def read(
    *fields: bytes, body: bytes = b"x", subject: bytes = b"fan", sender: bytes = b"Ann <ann@x.example>"
) -> ReadMail:
    head = (b"From: " + sender, b"To: cs@us.example", b"Subject: " + subject, *fields)
    return read_mail(b"\r\n".join(head) + b"\r\n\r\n" + body, OWN)[0]


@pytest.mark.parametrize("label", ["gb2312", "gbk", "x-gbk", "cp936", "ms936", "euc-cn", "csgb2312", "chinese"])
@pytest.mark.parametrize("text", ["镕珺喆–①", "珺", "𠮷野家的风扇"])
def test_every_label_of_simplified_chinese_reads_the_whole_of_gb18030(label: str, text: str) -> None:
    assert read(TEXT + label.encode(), body=text.encode("gb18030")).new_text == text


@pytest.mark.parametrize("text", ["碁粧裏", "嘅喺啲"])
def test_big5_reads_eten_and_hong_kong_characters(text: str) -> None:
    codec = "cp950" if text == "碁粧裏" else "big5hkscs"
    assert read(TEXT + b"big5", body=text.encode(codec)).new_text == text


@pytest.mark.parametrize(
    "label",
    [
        "x-unknown",
        "default",
        "charset=gb2312",
        "'gb2312;'",
        '"gb2312',
        "x-gbk",
        "rot13",
        "zlib_codec",
        "utf-7",
        "x-mac-cyrillic",
        "gbk'zh",
        "utf-8''",
    ],
)
def test_a_label_that_lies_or_names_no_charset_does_no_harm(label: str) -> None:
    assert read(TEXT + label.encode(), body=BROKEN.encode("gb18030")).new_text == BROKEN


def test_undeclared_bytes_in_a_header_are_read() -> None:
    mail = read(TEXT + b"gbk", subject=BROKEN.encode("gbk"), sender="李伟 <a@b.cn>".encode("gbk"))
    assert (mail.subject, mail.sender.name, mail.sender.address) == (BROKEN, "李伟", "a@b.cn")
    assert read(sender="李伟 <a@b.cn>".encode()).sender.name == "李伟"


@pytest.mark.parametrize("value", [b"<abc@[x>", b"<a b@x>", b"no id", b"<" + b"x" * 2000 + b"@y>"])
def test_a_broken_message_id_is_kept_or_left_out(value: bytes) -> None:
    assert read(b"Message-ID: " + value).message_id in ("<abc@[x>", "")


def test_line_breaks_and_nuls_in_encoded_words_become_blanks() -> None:
    hidden = b"=?utf-8?B?" + b64encode(b"a\r\nBcc: x@y") + b"?="
    assert read(sender=hidden + b" <a@b.cn>").sender.name == "a Bcc: x@y"
    assert read(subject=b"=?utf-8?Q?a=00b=0Ac?=").subject == "ab c"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b64encode((BROKEN + "。").encode())[:-3], BROKEN),
        (b64encode(b"fan a ") + b"\r\n" + b64encode(b"broken b"), "fan a broken b"),
        (b64encode(b"fan broken") + b"\r\n\r\n_______\r\nA list\r\nlists@x.example", "fan broken"),
        (b"!!" + b64encode(b"fan broken") + b"\x00", "fan broken"),
    ],
)
def test_damaged_base64_gives_its_text(body: bytes, text: str) -> None:
    mail = read(TEXT + b"utf-8", b"Content-Transfer-Encoding: base64", body=body)
    assert mail.new_text.rstrip("。\ufffd") == text


@pytest.mark.parametrize(
    ("field", "name"),
    [
        (b'; filename="' + "文件.pdf".encode("gbk") + b'"', "文件.pdf"),
        (b'; filename="' + "文件.pdf".encode() + b'"', "文件.pdf"),
        (b"; filename=plain.pdf; filename*=gb2312''%D6%EC%E9F.pdf", "朱镕.pdf"),
        (b"; filename=\"UTF-8''%E6%96%87.pdf\"", "文.pdf"),
        (b"; filename==?utf-8?B?5paHLnBkZg==?=", "文.pdf"),
        (b'; filename="=?gb2312?B?zsS8/g==?=\r\n =?gb2312?B?Mi5wZGY=?="', "文件2.pdf"),
        (b"; filename*1=ef.pdf; filename*0*=utf-8''%E6%96%87", "文ef.pdf"),
        (b"; filename=%E6%96%87%E4%BB%B6.pdf", "文件.pdf"),
        (b"; filename=100%25.pdf", "100%25.pdf"),
        (b'; filename="a\\"b.pdf"', 'a"b.pdf'),
    ],
)
def test_a_file_name_is_read_in_every_form_people_send(field: bytes, name: str) -> None:
    mail = read(b"Content-Type: application/pdf", b"Content-Disposition: attachment" + field)
    assert [a.filename for a in mail.attachments] == [name]


def test_a_mail_that_is_nothing_but_a_file_has_one() -> None:
    mail = read(b"Content-Type: application/pdf", b"Content-Transfer-Encoding: base64", body=b"JVBERi0=")
    assert [(a.filename, a.size) for a in mail.attachments] == [("attachment-1.pdf", 5)]


def test_a_multipart_without_boundary_is_text() -> None:
    assert read(b"Content-Type: multipart/mixed", body=b"hello world").new_text == "hello world"


@pytest.mark.parametrize("codec", ["gbk", "utf-8"])
def test_the_header_counts_before_the_meta_of_a_page(codec: str) -> None:
    page = f"<meta charset=big5><p>{BROKEN}".encode(codec)
    assert read(b"Content-Type: text/html; charset=" + codec.encode(), body=page).new_text == BROKEN
    unlabelled = f"<meta charset={codec}><p>{BROKEN}".encode(codec)
    assert read(b"Content-Type: text/html", body=unlabelled).new_text == BROKEN


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("utf-8", "gbk"),
        ("gbk", "utf-8"),
        ("iso-8859-1", "gbk"),
        ("us-ascii", "gbk"),
        ("us-ascii", "utf-8"),
        ("", "big5"),
    ],
)
def test_a_charset_that_is_lied_about_is_found(label: str, codec: str) -> None:
    text = "風扇壞了，請儘快處理" if codec == "big5" else BROKEN + "，尽快"
    assert read(TEXT + label.encode(), body=text.encode(codec)).new_text == text


def test_western_letters_are_not_taken_for_chinese() -> None:
    assert read(body=b"Fr\xf6sche und K\xe4lte").new_text == "Frösche und Kälte"


@pytest.mark.parametrize(
    ("sender", "address"),
    [
        (b"A <a@x.cn>, B <b@x.cn>", "a@x.cn"),
        (b"Team: A <a@x.cn>, B <b@x.cn>;", "a@x.cn"),
        (b"just a name", ""),
        (b"", ""),
        (b"a@x.cn <a@x.cn>", "a@x.cn"),
        (b'"Li, Wei" <a@x.cn>', "a@x.cn"),
    ],
)
def test_the_sender_is_found_in_every_kind_of_from(sender: bytes, address: str) -> None:
    assert read(sender=sender).sender.address == address


@pytest.mark.parametrize(
    "date", [b"Thu, 01 Jan 1970 00:00:00 +0000", b"Fri, 10 Mar 9999 21:14:05 +9999", b"yesterday", b""]
)
def test_an_absurd_date_is_kept_as_text_only(date: bytes) -> None:
    mail, parts = read_mail(b"From: a@x.cn\r\nDate: " + date + b"\r\n\r\nx", OWN)
    assert mail.date_text == date.decode()
    assert parts.written_at is None


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\r\n",
        b"\x00" * 100,
        bytes(range(256)) * 10,
        b"no header at all, just words",
        b"Subject: only a header",
        b"From: a@x.cn\nSubject: bare newlines\n\nbody",
        b"From: a@x.cn\rSubject: bare returns\r\rbody",
        b"From: a@x.cn\r\nstray words\r\nSubject: x\r\n\r\nbody",
    ],
)
def test_what_is_hardly_a_mail_is_one_without_control_characters(raw: bytes) -> None:
    mail = read_mail(raw, OWN)[0]
    assert not any((c < " " and c not in "\t\n\f") or c == "\x7f" for c in mail.new_text + mail.subject)
