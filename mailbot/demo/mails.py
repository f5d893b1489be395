"""The demo's customers: their mails as bytes, with pictures drawn on the spot."""

from __future__ import annotations

import struct
import zlib
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from pathlib import Path

from mailbot.core.rulefile import Model, read

TO = "complaints@huaxin-demo.example"


class DemoMail(Model):
    """One mail of mails.toml."""

    key: str
    minute: int
    sender: tuple[str, str]
    subject: str
    text: str
    attachments: tuple[str, ...] = ()
    headers: dict[str, str] = {}


class DemoMails(Model):
    """mails.toml."""

    mail: tuple[DemoMail, ...]


def demo_mails() -> tuple[DemoMail, ...]:
    """The mails in the order they arrive."""
    return read(Path(__file__).with_name("mails.toml"), DemoMails).mail


def as_bytes(mail: DemoMail, at: datetime) -> bytes:
    """The mail as a mail program would have sent it at `at`."""
    message = EmailMessage()
    message["From"] = formataddr(mail.sender)
    message["To"] = TO
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<demo-{mail.key}@{mail.sender[1].rpartition('@')[2]}>"
    for name, value in mail.headers.items():
        message[name] = value
    message.set_content(mail.text.strip() + "\n")
    for name in mail.attachments:
        _attach(message, name)
    return message.as_bytes()


def answer(
    letter: EmailMessage, sender: tuple[str, str], text: str, at: datetime, attachments: tuple[str, ...] = ()
) -> bytes:
    """A customer's reply to a letter of ours, as his mail program would make it: our text quoted below."""
    quoted = letter.get_body(("plain",))
    history = "\n".join("> " + line for line in str(quoted.get_content() if quoted else "").splitlines())
    message = EmailMessage()
    message["From"] = formataddr(sender)
    message["To"] = TO
    message["Subject"] = "回复：" + str(letter["Subject"])
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<demo-answer-{zlib.crc32(text.encode())}@{sender[1].rpartition('@')[2]}>"
    message["In-Reply-To"] = message["References"] = str(letter["Message-ID"])
    message.set_content(f"{text}\n\n在 {at:%Y年%m月%d日} {at:%H:%M}，{TO} 写道：\n{history}\n")
    for name in attachments:
        _attach(message, name)
    return message.as_bytes()


def _attach(message: EmailMessage, name: str) -> None:
    if name.endswith(".png"):
        message.add_attachment(_picture(name), maintype="image", subtype="png", filename=name)
    else:
        table = "item,amount\nline stop 6 h,32000\nrework,6600\n"
        message.add_attachment(table.encode(), maintype="text", subtype="csv", filename=name)


def _picture(name: str, width: int = 320, height: int = 200) -> bytes:
    """A PNG of a grey part with a red mark; every name gives another picture."""
    mark = sum(name.encode()) % 120
    rows = []
    for y in range(height):
        row = bytearray(b"\x00")
        for x in range(width):
            hit = (x - 60 - mark) ** 2 + (y - 90) ** 2 < 900
            row += b"\xd0\x30\x30" if hit else bytes((150 + (x + y) % 40,) * 3)
        rows.append(bytes(row))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"".join(rows))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
