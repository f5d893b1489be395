"""The outbox: every letter ever ordered, its frozen bytes, and how far it has come.

A letter moves only along `MOVES`; the move and the check whether it is allowed are one statement, so two senders never
take the same letter. After a crash `sending` was surely not sent and is queued again, `dot_pending` may have been sent
and is in doubt. What an operator does to a letter stands in the history of its case.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Select, Update, bindparam, func, insert, or_, select, update

from mailbot import errors
from mailbot.core.model import Event, Letter
from mailbot.ledger import history
from mailbot.ledger.cases import bare
from mailbot.ledger.letterstates import MOVES, LetterRow, LetterState
from mailbot.ledger.schema import letter_bytes, letters
from mailbot.ledger.store import Found, Parameters, Store

LetterRows: TypeAlias = list[LetterRow]

_FARTHEST = timedelta(days=1)
_NEVER_OUT = (LetterState.HELD, LetterState.DROPPED)


class Letters:
    """The outbox."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def insert(self, ordered: Iterable[Letter], now: datetime) -> tuple[Letter, ...]:
        """Queue letters, or hold those with a `hold`; return the new ones. A key known already is the same letter."""
        with self._store.transaction():
            return tuple(letter for letter in ordered if self._insert(letter, now))

    def due(self, now: datetime, limit: int = 50) -> LetterRows:
        """Return queued letters whose time has come, oldest first.

        One put off by more than a day was put off by a clock that has been set back since: it is due.
        """
        return self._list(_DUE.limit(limit), {"now": now, "farthest": now + _FARTHEST})

    def raw(self, letter_id: int) -> bytes:
        """Return the bytes to send, exactly as they were decided."""
        return bytes(self._store.value(_RAW, {"this": letter_id}))

    def sending(self, letter_id: int) -> bool:
        """Take a queued letter for sending; False when it is no longer there to take."""
        return self._moved("sending", letter_id)

    def dot_pending(self, letter_id: int) -> None:
        """All bytes are with the server but the final dot; from now on a crash leaves the letter in doubt."""
        self._move("dot_pending", letter_id)

    def sent(self, letter_id: int, now: datetime) -> None:
        """The server took the letter, or evidence was found that it had."""
        self._move("sent", letter_id, settled_at=now, sent_at=now, error="", next_try_at=None)

    def retry(self, letter_id: int, error: str, next_try_at: datetime) -> None:
        """Not taken for now: try the same bytes again at `next_try_at`."""
        self._move("retry", letter_id, error=error, next_try_at=next_try_at)

    def failed(self, letter_id: int, error: str, now: datetime) -> None:
        """Refused for good: a human must look."""
        self._move("failed", letter_id, settled_at=now, error=error)

    def bounced(self, letter_id: int, error: str, now: datetime) -> bool:
        """A letter that went out came back; False when it is in no state to come back, and then stays as it is."""
        return self._moved("bounced", letter_id, settled_at=now, error=error)

    def in_doubt(self, letter_id: int, error: str, now: datetime) -> None:
        """The link broke after the dot: it may or may not have been taken."""
        self._move("in_doubt", letter_id, settled_at=now, error=error)

    def held(self, letter_id: int, reason: str, now: datetime) -> None:
        """Keep a letter back until an operator releases it."""
        self._move("held", letter_id, settled_at=now, hold=reason)

    def release(self, letter_id: int, now: datetime, actor: str = "operator") -> None:
        """Let a held letter go."""
        self._operate("release", letter_id, now, actor, hold="", next_try_at=None)

    def resend(self, letter_id: int, now: datetime, actor: str = "operator") -> None:
        """Send the same bytes once more; counted in `resent`."""
        self._operate("resend", letter_id, now, actor, next_try_at=None)

    def drop(self, letter_id: int, now: datetime, actor: str = "operator") -> None:
        """Never send it; its key stays taken."""
        self._operate("drop", letter_id, now, actor, next_try_at=None)

    def recover(self, now: datetime) -> int:
        """Put in order what a crash left half-way; return how many. Only for the one who sends, when it starts."""
        with self._store.transaction():
            again = update(letters).where(letters.c.state == LetterState.SENDING).values(state=LetterState.QUEUED)
            doubt = {"state": LetterState.IN_DOUBT, "error": "stopped before the answer", "settled_at": now}
            doubtful = update(letters).where(letters.c.state == LetterState.DOT_PENDING).values(**doubt)
            return self._store.write(again) + self._store.write(doubtful)

    def get(self, letter_id: int) -> LetterRow | None:
        """Return one letter."""
        return next(iter(self._list(_ONE, {"this": letter_id})), None)

    def by_message_id(self, message_id: str) -> LetterRow | None:
        """Return our letter of this Message-ID, with or without its angle brackets."""
        forms = [bare(message_id), f"<{bare(message_id)}>"]
        return next(iter(self._list(_KNOWN_BY, {"forms": forms})), None)

    def list(self, state: LetterState | None = None) -> LetterRows:
        """Return the letters in a state, or all, oldest first."""
        wanted = () if state is None else (letters.c.state == state,)
        return self._list(_LETTER.where(*wanted).order_by(letters.c.id))

    def of_case(self, number: str) -> LetterRows:
        """Return the letters of a case, oldest first."""
        return self._list(_LETTER.where(letters.c.case_number == number).order_by(letters.c.id))

    def sent_to(self, address: str, since: datetime, kind: str = "") -> int:
        """Count letters ordered at `since` or later, held and dropped ones left out, for limits.

        `address` may be "@domain" for everybody there and "" for everybody; `kind` "" is any kind.
        """
        c = letters.c
        wanted = [c.queued_at >= since, c.state.not_in(_NEVER_OUT)]
        wanted += [c.kind == kind] if kind else []
        if address.startswith("@"):
            wanted.append(c.address.endswith(address.casefold(), autoescape=True))
        elif address:
            wanted.append(c.address == address.casefold())
        return int(self._store.value(select(func.count()).select_from(letters).where(*wanted)))

    def counts(self) -> dict[LetterState, int]:
        """Count the letters in each state; every state is named."""
        found = self._store.rows(select(letters.c.state, func.count()).group_by(letters.c.state))
        return dict.fromkeys(LetterState, 0) | {LetterState(state): count for state, count in found}

    def _insert(self, letter: Letter, now: datetime) -> bool:
        row = {
            "key": letter.key,
            "kind": letter.kind,
            "case_number": letter.case,
            "recipient": letter.recipient,
            "address": letter.recipient.casefold(),
            "subject": letter.subject,
            "message_id": letter.message_id,
            "hold": letter.hold,
            "state": LetterState.HELD if letter.hold else LetterState.QUEUED,
            "queued_at": now,
        }
        if (new := self._store.added(letters, row)) is None:
            return False
        self._store.write(_KEEP, {"letter_id": new, "raw": letter.raw})
        return True

    def _move(self, verb: str, letter_id: int, **change: Any) -> None:
        if not self._moved(verb, letter_id, **change):
            found = self.get(letter_id)
            if found is None:
                raise errors.Usage(f"there is no letter {letter_id}; `mailbot outbox` lists those that wait")
            allowed = ", ".join(sorted(MOVES[verb][1]))
            raise errors.Usage(f"letter {letter_id} is {found.state}; `{verb}` is only for letters that are {allowed}")

    def _moved(self, verb: str, letter_id: int, **change: Any) -> bool:
        return self._store.write(_MOVING[verb], {"this": letter_id, "state": MOVES[verb][0], **change}) > 0

    def _operate(self, verb: str, letter_id: int, now: datetime, actor: str, **change: Any) -> None:
        with self._store.transaction():
            self._move(verb, letter_id, settled_at=now, **change)
            [row] = self._list(_ONE, {"this": letter_id})
            facts = {"letter": row.key, "kind": row.kind, "recipient": row.recipient}
            happened = Event(case=row.case, at=now, actor=actor, kind=f"letter_{verb}", facts=facts)
            history.append(self._store, (happened,))

    def _list(self, question: Select[*tuple[Any, ...]], known: Parameters = None) -> LetterRows:
        return [_letter(row) for row in self._store.rows(question, known)]


def _letter(row: Found) -> LetterRow:
    known = dict(row._mapping)
    return LetterRow(**known | {"state": LetterState(known["state"])})


_SHOWN = tuple(name for name in LetterRow.__dataclass_fields__ if name != "case")
_LETTER = select(*(letters.c[name] for name in _SHOWN), letters.c.case_number.label("case"))
_THIS = letters.c.id == bindparam("this")
_ONE = _LETTER.where(_THIS)
_KNOWN_BY = _LETTER.where(letters.c.message_id.in_(bindparam("forms", expanding=True))).order_by(letters.c.id)
_READY = or_(
    letters.c.next_try_at.is_(None),
    letters.c.next_try_at <= bindparam("now"),
    letters.c.next_try_at > bindparam("farthest"),
)
_DUE = _LETTER.where(letters.c.state == LetterState.QUEUED, _READY).order_by(letters.c.id)
_RAW = select(letter_bytes.c.raw).where(letter_bytes.c.letter_id == bindparam("this"))
_KEEP = insert(letter_bytes)
_COUNTED: Mapping[str, Mapping[str, ColumnElement[int]]] = {
    "sending": {"attempts": letters.c.attempts + 1},
    "resend": {"resent": letters.c.resent + 1},
}


def _moving(verb: str, allowed: frozenset[LetterState]) -> Update:
    return update(letters).where(_THIS, letters.c.state.in_(sorted(allowed))).values(**_COUNTED.get(verb, {}))


_MOVING = {verb: _moving(verb, allowed) for verb, (_, allowed) in MOVES.items()}
