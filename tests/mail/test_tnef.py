"""winmail.dat gives up its files and its text, and never more time than it is worth."""

from __future__ import annotations

import struct

from hypothesis import given
from hypothesis import strategies as st

from mailbot.mail.tnef import opened


def an_attribute(name: int, data: bytes) -> bytes:
    return struct.pack("<BHHI", 1, name, 6, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def a_property(tag: int, kind: int, data: bytes) -> bytes:
    return struct.pack("<HHII", kind, tag, 1, len(data)) + data + b"\0" * (-len(data) % 4)


def properties(*each: bytes) -> bytes:
    return struct.pack("<I", len(each)) + b"".join(each)


def a_winmail(*attributes: bytes, codepage: int = 936) -> bytes:
    return b"\x78\x9f\x3e\x22\x01\x00" + an_attribute(0x9007, struct.pack("<II", codepage, 0)) + b"".join(attributes)


def a_file(name: bytes, data: bytes, *more: bytes) -> bytes:
    return (
        an_attribute(0x9002, b"\0" * 14)
        + an_attribute(0x8010, name + b"\0")
        + an_attribute(0x800F, data)
        + b"".join(more)
    )


def test_files_keep_their_long_names_and_bytes() -> None:
    long_name = an_attribute(0x9005, properties(a_property(0x3707, 0x1F, "毛刺不良照片.jpg\0".encode("utf-16-le"))))
    inside = opened(a_winmail(a_file(b"MAOCI~1.JPG", b"photo", long_name), a_file("报告.pdf".encode("gbk"), b"report")))
    assert inside is not None
    assert inside.files == (("毛刺不良照片.jpg", b"photo"), ("报告.pdf", b"report"))


def test_the_text_is_found_in_each_of_its_forms() -> None:
    plain = properties(a_property(0x1000, 0x1F, "水壶漏水\0".encode("utf-16-le")))
    page = properties(a_property(0x1013, 0x102, "<p>水壶漏水</p>".encode("gbk")))
    rtf = properties(a_property(0x1009, 0x102, struct.pack("<II4sI", 40, 30, b"MELA", 0) + b"{\\rtf1\\ansi hello}"))
    assert [inside.text for p in (plain, page, rtf) if (inside := opened(a_winmail(an_attribute(0x9003, p))))] == [
        "水壶漏水",
        "水壶漏水",
        "hello",
    ]


def test_compressed_rtf_is_unpacked() -> None:
    packed = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
    )
    inside = opened(a_winmail(an_attribute(0x9003, properties(a_property(0x1009, 0x102, packed)))))
    assert inside is not None
    assert inside.text == "hello world"


def test_a_message_inside_gives_its_files() -> None:
    inner = a_winmail(a_file(b"a.txt", b"deep"))
    object_id = bytes.fromhex("0703020000000000c000000000000046")
    carrier = an_attribute(0x9005, properties(a_property(0x3701, 0x0D, object_id + inner)))
    inside = opened(a_winmail(an_attribute(0x9002, b"\0" * 14) + carrier))
    assert inside is not None
    assert inside.files == (("a.txt", b"deep"),)


def test_named_and_repeated_properties_are_passed_over() -> None:
    named = struct.pack("<HH", 0x03, 0x8001) + b"g" * 16 + struct.pack("<II", 1, 6) + b"name\0\0\0\0" + b"\1\0\0\0"
    many = struct.pack("<HHIII", 0x1003, 0x3001, 2, 1, 2)
    body = a_property(0x1000, 0x1E, b"seen\0")
    inside = opened(a_winmail(an_attribute(0x9003, properties(named, many, body))))
    assert inside is not None
    assert inside.text == "seen"


def test_a_file_that_claims_billions_is_read_at_once() -> None:
    claims = struct.pack("<I", 0xFFFFFFFF) + struct.pack("<HHI", 0x1003, 0x3001, 0xFFFFFFFF) + b"\0" * 64
    inside = opened(a_winmail(an_attribute(0x9003, claims), a_file(b"a", b"b")))
    assert inside is not None
    assert inside.files == (("a", b"b"),)


def test_what_is_no_winmail_is_none() -> None:
    assert opened(b"x") is None
    assert opened(b"\x78\x9f\x3e\x22") is None


WHOLE = a_winmail(
    an_attribute(
        0x9003,
        properties(a_property(0x1000, 0x1E, b"text\0"), a_property(0x1009, 0x102, b"\0" * 8 + b"LZFu" + b"\3" * 40)),
    ),
    a_file(b"a.txt", b"data", an_attribute(0x9005, properties(a_property(0x3707, 0x1F, b"a\0b\0")))),
)


@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), max_size=8), st.integers(0, len(WHOLE)))
def test_no_damage_raises(wounds: list[tuple[int, int]], end: int) -> None:
    raw = bytearray(WHOLE)
    for at, byte in wounds:
        raw[at] = byte
    opened(bytes(raw[:end]))
