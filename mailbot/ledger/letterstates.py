"""The states of a letter and the moves between them: the table that `letters` obeys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class LetterState(StrEnum):
    """How far a letter has come. `dot_pending`: all bytes are sent, the server's answer is awaited."""

    QUEUED = "queued"
    SENDING = "sending"
    DOT_PENDING = "dot_pending"
    SENT = "sent"
    FAILED = "failed"
    IN_DOUBT = "in_doubt"
    HELD = "held"
    DROPPED = "dropped"


_Q, _S, _P = LetterState.QUEUED, LetterState.SENDING, LetterState.DOT_PENDING
_OUT, _FAILED, _DOUBT = LetterState.SENT, LetterState.FAILED, LetterState.IN_DOUBT
_HELD, _DROPPED = LetterState.HELD, LetterState.DROPPED

MOVES: Mapping[str, tuple[LetterState, frozenset[LetterState]]] = {
    "sending": (_S, frozenset({_Q})),
    "dot_pending": (_P, frozenset({_S})),
    "sent": (_OUT, frozenset({_S, _P, _DOUBT})),
    "retry": (_Q, frozenset({_Q, _S, _P})),
    "failed": (_FAILED, frozenset({_Q, _S, _P, _DOUBT})),
    "bounced": (_FAILED, frozenset({_OUT, _DOUBT})),
    "in_doubt": (_DOUBT, frozenset({_S, _P})),
    "held": (_HELD, frozenset({_Q, _S, _DOUBT})),
    "release": (_Q, frozenset({_HELD})),
    "resend": (_Q, frozenset({_FAILED, _DOUBT, _OUT})),
    "drop": (_DROPPED, frozenset({_Q, _HELD, _FAILED, _DOUBT})),
}
"""What may be done to a letter: where it leads, from where it is allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterRow:
    """A letter of the outbox without its bytes; those are `Letters.raw`.

    `resent` counts second sendings, `settled_at` is when a last word was said: sent, failed, in doubt, held, released.
    """

    id: int
    key: str
    kind: str
    case: str
    recipient: str
    subject: str
    message_id: str
    hold: str
    state: LetterState
    attempts: int
    resent: int
    queued_at: datetime
    next_try_at: datetime | None
    settled_at: datetime | None
    sent_at: datetime | None
    error: str
