"""The corpus as post: its mails with what a careful clerk says of them, and replies rewritten to letters really sent.

The conversations quote numbers and Message-IDs of a run that never was. A real customer's reply carries ours, so those
are put in their place, in the headers only; bodies stay as the customer's mail program coded them.
"""

from __future__ import annotations

import email
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.header import Header
from pathlib import Path
from typing import Any

CORPUS = Path(__file__).parents[1] / "corpus"
IMAGINED_NUMBER = re.compile(r"CP-\d{4}-\d{4,6}")
IMAGINED_ID = re.compile(rb"<cp-\d+-\d+@[^>]+>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One mail of the corpus. `first` names the first mail of its conversation, itself for a single mail."""

    name: str
    first: str
    turn: int
    raw: bytes
    gold: dict[str, Any]

    @property
    def kind(self) -> str:
        """What it is, by the clerk."""
        return str(self.gold["kind"])


def posts(part: str) -> Iterator[Post]:
    """Every mail of a part of the corpus; the turns of a conversation count from 0, single mails are turn 0."""
    folder = CORPUS / part
    for path in sorted(folder.glob("*.eml")):
        yield _post(path, folder, path, 0)
    for thread in sorted(folder.glob("thread-*")):
        turns = sorted(thread.glob("*.eml"))
        for turn, path in enumerate(turns):
            yield _post(path, folder, turns[0], turn)


def answering(raw: bytes, number: str, message_id: str) -> bytes:
    """The mail as it would be had the conversation been with us: our number in the subject, our letter replied to."""
    head, gap, body = raw.partition(b"\r\n\r\n")
    head = IMAGINED_ID.sub(message_id.encode(), head)
    subject = str(email.message_from_bytes(head, policy=policy.default)["Subject"])
    ours = IMAGINED_NUMBER.sub(number, subject)
    if ours != subject:
        coded = Header(ours, "utf-8", header_name="Subject").encode(linesep="\r\n").encode()
        head = re.sub(rb"(?im)^Subject:[^\r\n]*(?:\r\n[ \t][^\r\n]*)*", lambda _: b"Subject: " + coded, head, count=1)
    return head + gap + body


def _post(path: Path, folder: Path, first: Path, turn: int) -> Post:
    return Post(
        name=str(path.relative_to(folder)),
        first=str(first.relative_to(folder)),
        turn=turn,
        raw=path.read_bytes(),
        gold=json.loads(path.with_suffix(".json").read_text(encoding="utf-8")),
    )
