"""The post of the simulated year: a mail is written as mail programs do and put into the mailbox, and what must become
of it is remembered.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from hashlib import sha256
from random import Random

from year.phrases import ZH
from year.plant import Plant
from year.world import Posted, World

from mailbot.core.model import End, Language

Later = Callable[[datetime, Callable[[], None]], None]
"""Says when something will happen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """Somebody who buys from us."""

    name: str
    address: str
    company: str
    language: Language
    phone: str


@dataclass(slots=True)
class Post:
    """Writes and posts; `mails` counts them."""

    plant: Plant
    world: World
    chance: Random
    later: Later
    mails: int = 0

    def write(
        self,
        who: Customer,
        subject: str,
        text: str,
        ends: frozenset[End],
        sort: str,
        *,
        facts: dict[str, str] | None = None,
        acked: str = "",
        **headers: str,
    ) -> Posted:
        """Send a mail; in Chinese sometimes in an old character set, in English sometimes as HTML as well."""
        self.mails += 1
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = formataddr((who.name, who.address)), self.world.mailbox, subject
        mail["Date"] = format_datetime(self.plant.clock.now)
        mail["Message-ID"] = f"<year-{self.mails}@{who.address.partition('@')[2]}>"
        for name, value in headers.items():
            mail[name] = value
        charset = "gb18030" if who.language is ZH and self.chance.random() < 0.3 else "utf-8"
        mail.set_content(text, charset=charset)
        if self.chance.random() < 0.3:
            mail.add_alternative("<p>" + text.replace("\n", "<br>\n") + "</p>", subtype="html")
        posted = self.put(mail.as_bytes(), ends, sort)
        posted.facts, posted.answer_to = facts or {}, acked or who.address
        posted.message_id = str(mail["Message-ID"])
        if facts and self.chance.random() < 0.03:
            again = self.plant.clock.now + timedelta(hours=self.chance.randint(1, 30))
            self.later(again, lambda: self._twice(mail.as_bytes()))
        return posted

    def _twice(self, raw: bytes) -> None:
        self.put(raw + b"\n", frozenset({End.DUPLICATE}), "the same once more")

    def put(self, raw: bytes, ends: frozenset[End], sort: str) -> Posted:
        """Put bytes into the mailbox, together with what must become of them."""
        self.plant.deliver(raw)
        posted = Posted(sha256=sha256(raw).hexdigest(), at=self.plant.clock.now, ends=ends, sort=sort)
        self.world.posted.append(posted)
        return posted
