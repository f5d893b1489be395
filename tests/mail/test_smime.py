"""S/MIME: what was signed is read, what is encrypted is said to be so."""

from __future__ import annotations

from base64 import b64decode, b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.model import Gap
from mailbot.mail import content, mime, smime

WHOLE = b64decode("""
MIIBuQYJKoZIhvcNAQcCoIIBqjCCAaYCAQExDTALBglghkgBZQMEAgEwVwYJKoZIhvcNAQcBoEoESENvbnRlbnQtVHlwZTogdGV4dC9wbGFpbjsgY2
hhcnNldD11dGYtOA0KDQrpo47miYflnY/kuobvvIzor7fmjaLotKfjgIINCjGCATcwggEzAgEBMCQwDDEKMAgGA1UEAwwBYQIUOO5g48QlGvZodfeI
Ghfm+NjmzygwCwYJYIZIAWUDBAIBoGkwGAYJKoZIhvcNAQkDMQsGCSqGSIb3DQEHATAcBgkqhkiG9w0BCQUxDxcNMjYxMTIxMTQ0ODM2WjAvBgkqhk
iG9w0BCQQxIgQgGr5uuyPAxaxw+jqxBPXf3TE7RcPKAjiwJVcGtaWq5lMwDQYJKoZIhvcNAQEBBQAEgYDGVW2rgj683c+oAyGnxtdfjKAc+pZO01d3
cuKdxFp6PVr1EJ+8eiJMNN5T6yHDHg0OiA/MPdTRNq5n4fCOdSm2ZYBXm2Zjh8s1Q9m1cQcafD1dBqJHckQAt9AIC/6Fs5Ivy5tGu9J6+rZXaLL7XkQs
kzjNevd2nOSg+HJxYiSNmg==
""")
"""Made by `openssl cms -sign -nodetach -outform DER`."""
INNER = "Content-Type: text/plain; charset=utf-8\r\n\r\n风扇坏了，请换货。\r\n".encode()


def in_pieces(inner: bytes = INNER) -> bytes:
    """The same content as Outlook writes it: lengths left open, the octets in chunks."""
    head = bytes.fromhex("308006092a864886f70d010702a080308002010131003080") + bytes.fromhex(
        "06092a864886f70d010701a0802480"
    )
    chunks = b"".join(b"\x04\x82" + len(c).to_bytes(2, "big") + c for c in (inner[:20], inner[20:]))
    return head + chunks + bytes(2 * 6)


HEAD = b"From: a@x.example\r\nContent-Type: application/pkcs7-mime; name=smime.p7m\r\n"


def a_mail(body: bytes) -> bytes:
    return HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n" + b64encode(body)


@pytest.mark.parametrize("body", [WHOLE, in_pieces()])
def test_the_signed_mail_is_read(body: bytes) -> None:
    read = content.read(mime.split(a_mail(body)))
    assert (read.text.strip(), read.files, read.unread) == ("风扇坏了，请换货。", (), ())


@pytest.mark.parametrize("body", [WHOLE.replace(b"\xf7\r\x01\x07\x02", b"\xf7\r\x01\x07\x03"), b"", WHOLE[:40]])
def test_cipher_and_damage_are_kept_and_said(body: bytes) -> None:
    read = content.read(mime.split(a_mail(body)))
    assert [f.attachment.filename for f in read.files] == ["smime.p7m"]
    assert read.unread == (Gap(what="encrypted"),)


def test_signatures_inside_signatures_end_at_the_limit() -> None:
    raw = INNER
    for _ in range(60):
        raw = HEAD + b"\r\n" + in_pieces(raw)
    with pytest.raises(mime.TooMuch):
        mime.split(raw)


@given(st.lists(st.tuples(st.integers(0, 440), st.integers(0, 255)), max_size=8), st.integers(0, 445))
def test_no_damage_raises(wounds: list[tuple[int, int]], end: int) -> None:
    raw = bytearray(WHOLE)
    for at, value in wounds:
        raw[at] = value
    smime.signed(bytes(raw[:end]))
