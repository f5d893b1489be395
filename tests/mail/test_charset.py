"""Bytes become the text the sender saw, whatever the label says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.mail.charset import codec_of, decode

SIMPLIFIED = "产品外壳有裂纹，请尽快回复处理意见。"
TRADITIONAL = "產品外殼有裂紋，請儘快回覆處理意見。"


@pytest.mark.parametrize(
    "label", ["gb2312", "GBK", "x-gbk", '"gb2312;', "charset=gb2312", "cp936", "gb_2312-80", "utf-8", ""]
)
def test_simplified_text_survives_its_labels(label: str) -> None:
    assert decode(SIMPLIFIED.encode("gb18030"), label) == SIMPLIFIED


@pytest.mark.parametrize("label", ["big5", "x-x-big5", "cp950", "big5-hkscs", "utf-8", "us-ascii", "x-unknown", ""])
def test_traditional_text_survives_its_labels(label: str) -> None:
    assert decode(TRADITIONAL.encode("big5"), label) == TRADITIONAL


@pytest.mark.parametrize("label", ["gb2312", "iso-8859-1", "us-ascii", "big5", "default"])
def test_utf8_is_believed_over_its_label(label: str) -> None:
    assert decode(SIMPLIFIED.encode(), label) == SIMPLIFIED


def test_a_latin_label_over_chinese_bytes_is_not_believed() -> None:
    assert decode(SIMPLIFIED.encode("gbk"), "iso-8859-1") == SIMPLIFIED


@pytest.mark.parametrize("text", ["Frösche", "Grüße aus Köln", "it’s “fine” – £34.99", "Société Générale, été"])
@pytest.mark.parametrize("label", ["", "windows-1252", "iso-8859-1"])
def test_western_text_is_not_taken_for_chinese(text: str, label: str) -> None:
    assert decode(text.encode("cp1252"), label) == text


@pytest.mark.parametrize(
    ("text", "codec"), [("镕珺喆–①", "gb18030"), ("碁粧裏", "cp950"), ("嘅喺啲", "big5hkscs"), ("喆", "gb18030")]
)
def test_rare_characters_survive_the_narrow_label(text: str, codec: str) -> None:
    label = "gb2312" if codec == "gb18030" else "big5"
    assert decode(text.encode(codec), label) == text


def test_the_lone_euro_of_windows_gbk_is_read() -> None:
    assert decode(b"\x80 100\xc4\xe3\xba\xc3", "gb2312") == "€ 100你好"


def test_one_damaged_byte_does_not_change_the_charset() -> None:
    raw = (SIMPLIFIED * 5).encode("utf-8")
    assert decode(raw[:30] + b"\xff" + raw[30:], "utf-8").replace("\ufffd", "") == SIMPLIFIED * 5


@pytest.mark.parametrize(
    ("text", "codec"), [("こんにちは、製品が壊れました", "euc_jp"), ("안녕하세요 한국어 메일입니다", "cp949")]
)
def test_neighbouring_languages_are_told_apart(text: str, codec: str) -> None:
    assert decode(text.encode(codec)) == text


def test_a_short_undeclared_word_follows_the_rest_of_the_mail() -> None:
    assert decode("漏水".encode("gbk"), "", "gb2312") == "漏水"


@pytest.mark.parametrize("label", ["rot13", "zlib_codec", "utf-7", "\0", "base64", "unicode_escape", "idna", "x" * 500])
def test_only_charsets_are_used_as_charsets(label: str) -> None:
    assert codec_of(label) == ""
    assert decode(SIMPLIFIED.encode(), label) == SIMPLIFIED


@given(
    st.binary(max_size=300),
    st.sampled_from(["", "gb2312", "big5", "utf-8", "utf-16", "iso-2022-jp", "hz", "latin1", "?"]),
)
def test_any_bytes_decode_to_storable_text(raw: bytes, label: str) -> None:
    text = decode(raw, label)
    assert text.encode("utf-8").decode() == text
    assert "\0" not in text
