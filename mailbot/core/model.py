"""The nouns of casework: what a mail says, what a case is, what was decided.

Everything here is a frozen value without behaviour beyond reading itself. No I/O, no clock, no third-party import:
the rest of the program talks in these words. Times are aware UTC throughout.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

Value = str | int | float | bool | date | datetime | None
"""What a field of a case may hold. Enumerated fields hold the key of the rule file (`urgent`), never a label."""

EMPTY: Mapping[str, Any] = MappingProxyType({})


class Language(StrEnum):
    """The languages letters are written in."""

    ZH_CN = "zh-CN"
    ZH_TW = "zh-TW"
    EN = "en"


class MailKind(StrEnum):
    """What sort of mail it is, before anybody asked which case it belongs to."""

    COMPLAINT = "complaint"
    FOLLOW_UP = "follow_up"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    LIST = "list"
    OTHER = "other"

    @property
    def automatic(self) -> bool:
        """Whether a machine wrote it: such mail is kept and shown, and never answered."""
        return self in (MailKind.AUTO_REPLY, MailKind.BOUNCE, MailKind.LIST)


class End(StrEnum):
    """The six ends of a mail [D-70]: their sum equals the mails the server ever showed."""

    NEW_CASE = "new_case"
    FOLLOW_UP = "follow_up"
    DUPLICATE = "duplicate"
    AUTOMATIC = "automatic"
    QUARANTINED = "quarantined"
    NEEDS_HUMAN = "needs_human"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """A name and an address as a mail header gives them; either may be empty."""

    name: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that came with a mail. `filename` is shown only; on disk it is found by `sha256`."""

    filename: str
    content_type: str
    size: int
    sha256: str
    content: bytes = field(repr=False, compare=False, default=b"")
    inline_decoration: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Something of a mail that could not be read: a key of `core.gaps`, and the file or figure it is about."""

    what: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A field read from a mail, with the sentence it came from and how sure the reader is (0-1).

    `attachment` names the attached form it was read from, empty when the mail says it itself. `suggestion` is a name of
    the company's lists that looks alike: shown to staff, never used by itself.
    """

    value: Value | tuple[str, ...]
    source: str = ""
    confidence: float = 1.0
    attachment: str = ""
    suggestion: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadMail:
    """What a careful clerk would write down of one mail.

    `new_text` is what the writer wrote this time (of a staff forward: the customer's text); `removed_text` the quotes,
    signatures and footers that were cut off. `sender` is the mail's From, `customer` the person to answer: the inner
    sender when a staff member (`forwarded_by`) passed the mail on. `fields` uses the keys of the gold schema
    (`contact_name`, `batch`, `quantity`, `demand` …). `date_text` is the Date header; deadlines never use it.
    `tokens` are the reply tokens found anywhere in the mail, `numbers` the case numbers in the subject.
    `unread` names what could not be read (encrypted, over a limit); empty when all was understood. `refuted`: our own
    mail server says that the sender is not who he claims to be.
    """

    kind: MailKind
    language: Language
    subject: str
    sender: Mailbox
    customer: Mailbox
    new_text: str
    removed_text: str = ""
    forwarded_by: str | None = None
    attachments: tuple[Attachment, ...] = ()
    fields: Mapping[str, Finding] = field(default_factory=lambda: EMPTY)
    message_id: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    tokens: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    failed_message_ids: tuple[str, ...] = ()
    date_text: str = ""
    content_hash: str = ""
    unread: tuple[Gap, ...] = ()
    refuted: bool = False
    kind_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a verdict is what it is: the rule that fired, its file's version, the words or values it fired on."""

    rule: str
    sets: str
    words: tuple[str, ...] = ()
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the rule files say of a complaint. Keys, not labels: `function`, `urgent`, `quality`."""

    nature: str
    severity: str
    department: str
    claim_type: str = ""
    missing: tuple[str, ...] = ()
    emergency: bool = False
    reasons: tuple[Reason, ...] = ()
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One stay of a case in a stage. `number` counts the stays in this stage from 1.

    `extended_to` is the deadline a person moved it to; None: as the rule file says.
    """

    stage: str
    number: int
    entered_at: datetime
    left_at: datetime | None = None
    outcome: str = ""
    extended_to: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A span in which a clock that allows this reason stands still."""

    reason: str
    started_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One complaint from receipt to archive.

    `values` holds every shared and staff field by column key; `misfits` what staff typed that could not be understood,
    kept as typed. `remarks` are the latest things staff should know, in their language. `done` are rungs and letters
    decided already (keys), so that nothing is decided twice. `opened_at` is when the mail server took the mail [D-61],
    `heard_at` when it took the customer's latest, `asked_at` when he was last asked for what is missing.
    `needs_human` says why a person must look before anything else; empty normally. `presumed` are columns filled from
    the sender's earlier cases: he did not say so this time, and is not told that we understood it.
    """

    number: str
    opened_at: datetime
    language: Language
    channel: str
    stage: str
    visits: tuple[Visit, ...] = ()
    values: Mapping[str, Value] = field(default_factory=lambda: EMPTY)
    misfits: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    remarks: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()
    pauses: tuple[Pause, ...] = ()
    reasons: tuple[Reason, ...] = ()
    done: tuple[str, ...] = ()
    procedure: str = ""
    answer_to: str = ""
    thread: tuple[str, ...] = ()
    token: str = ""
    closed_at: datetime | None = None
    needs_human: str = ""
    heard_at: datetime | None = None
    asked_at: datetime | None = None
    presumed: tuple[str, ...] = ()

    @property
    def visit(self) -> Visit:
        """The present stay, the last of `visits`."""
        return self.visits[-1]

    @property
    def open(self) -> bool:
        """Whether anybody still has to do something."""
        return self.closed_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line of a case's append-only history. `actor` is `bot`, `sheet`, `mail:ADDRESS` or `operator`."""

    case: str
    at: datetime
    actor: str
    kind: str
    facts: Mapping[str, Any] = field(default_factory=lambda: EMPTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Who gets a letter, in which language; `customer` letters follow stricter rules than staff's."""

    address: str
    name: str = ""
    language: Language = Language.ZH_CN
    customer: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterOrder:
    """A decision that a letter goes out. `key` is unique for ever: a second order with it is the same letter."""

    key: str
    kind: str
    to: Recipient
    case: str = ""
    facts: Mapping[str, Any] = field(default_factory=lambda: EMPTY)
    hold: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A rendered letter: the bytes, Message-ID and date are frozen in the transaction of its decision."""

    key: str
    kind: str
    case: str
    recipient: str
    subject: str
    message_id: str
    raw: bytes = field(repr=False)
    hold: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What was decided about one case: its new state, what happened, what is to be sent. Committed whole."""

    case: Case
    events: tuple[Event, ...] = ()
    letters: tuple[LetterOrder, ...] = ()
