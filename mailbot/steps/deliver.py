"""Send what was decided: one letter, one recipient at a time, never twice.

The bytes were frozen with the decision. What is not known to have arrived is never sent again by a guess: a letter in
doubt is looked for, and otherwise waits for a human unless the operator chose otherwise.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from mailbot.clock import Clock
from mailbot.errors import Permanent, Temporary
from mailbot.failpoints import failpoint
from mailbot.ledger.letterstates import LetterRow, LetterState
from mailbot.logs import logger
from mailbot.mail.sender import Outcome, State
from mailbot.notify import notify, operator
from mailbot.office import Office
from mailbot.steps.alarm import ALARM

FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=2)
TRIES_AT_LEAST = 8
"""About four hours of trying: a letter that only waited while nothing ran is not given up for its age alone."""

log = logger()


def deliver(office: Office, clock: Clock, stopping: Callable[[], bool] = lambda: False) -> int:
    """Send every letter that is due, until `stopping`; return how many went out.

    Raises Temporary or Permanent when the server does not take us.
    """
    clear_doubts(office, clock())
    sent = 0
    try:
        for letter in office.ledger.letters.due(clock(), limit=500):
            if stopping():
                break
            sent += _send(office, letter, clock)
    finally:
        office.sender.close()
    return sent


def _send(office: Office, letter: LetterRow, clock: Clock) -> int:
    letters = office.ledger.letters
    failpoint("deliver.before_sending")
    if not letters.sending(letter.id):
        return 0
    failpoint("deliver.after_sending")

    def dot_pending() -> None:
        letters.dot_pending(letter.id)
        failpoint("deliver.before_dot")

    try:
        outcome = office.sender.send(letters.raw(letter.id), letter.recipient, dot_pending)
    except (Temporary, Permanent) as error:
        # Nothing was handed over: the letter keeps its place, the whole step waits.
        letters.retry(letter.id, str(error), clock())
        raise
    failpoint("deliver.after_dot")
    _note(office, letter, outcome, clock())
    failpoint("deliver.after_sent")
    return outcome.state is State.ACCEPTED


def clear_doubts(office: Office, now: datetime) -> None:
    """Look for evidence that a letter in doubt was sent; without it, resend or keep waiting, as configured."""
    settings = office.config.smtp
    patience = timedelta(minutes=settings.in_doubt_minutes)
    for letter in office.ledger.letters.list(LetterState.IN_DOUBT):
        if settings.sent_folder and _found(office, letter):
            office.ledger.letters.sent(letter.id, now)
            log.info("letter.found", case=letter.case or "-", letter=letter.id)
        elif settings.in_doubt == "resend" and now - (letter.settled_at or letter.queued_at) >= patience:
            office.ledger.letters.resend(letter.id, now, actor="bot")
            log.warning("letter.resent", case=letter.case or "-", letter=letter.id)


def _found(office: Office, letter: LetterRow) -> bool:
    try:
        return office.source.find_message_id(letter.message_id, [office.config.smtp.sent_folder]) is True
    except (Temporary, Permanent):
        return False


def _note(office: Office, letter: LetterRow, outcome: Outcome, now: datetime) -> None:
    """Write down what became of a letter."""
    if outcome.state is State.SENDER_REFUSED:
        # Our own right to send is in question: no letter is to blame, the whole step waits for the operator.
        office.ledger.letters.retry(letter.id, outcome.text, now)
        raise Permanent("SMTP", f"{outcome.code} {outcome.text}", "check user, password and sender in [smtp]")
    OUTCOMES[outcome.state](office, letter, f"{outcome.code or ''} {outcome.text}".strip(), now)
    log.info(
        f"letter.{outcome.state.value}", case=letter.case or "-", letter=letter.id, kind=letter.kind, code=outcome.code
    )


def _accepted(office: Office, letter: LetterRow, said: str, now: datetime) -> None:
    office.ledger.letters.sent(letter.id, now)


def _retry(office: Office, letter: LetterRow, said: str, now: datetime) -> None:
    too_long = now - letter.queued_at > timedelta(days=office.config.smtp.give_up_days)
    if too_long and letter.attempts >= TRIES_AT_LEAST:
        return _failed(office, letter, f"given up: {said}", now)
    pause = min(LONGEST_RETRY, FIRST_RETRY * 2 ** min(letter.attempts, 10)) * random.uniform(0.8, 1.2)  # noqa: S311
    office.ledger.letters.retry(letter.id, said, now + pause)
    return None


def _failed(office: Office, letter: LetterRow, said: str, now: datetime) -> None:
    office.ledger.letters.failed(letter.id, said, now)
    _notice(office, letter, "letter_failed", said, now)


def _in_doubt(office: Office, letter: LetterRow, said: str, now: datetime) -> None:
    office.ledger.letters.in_doubt(letter.id, said, now)
    _notice(office, letter, "letter_in_doubt", said, now)


def _notice(office: Office, letter: LetterRow, what: str, said: str, now: datetime) -> None:
    """Tell the operator; but not by a letter that letters to the operator do not arrive, for that has no end."""
    if letter.kind != ALARM:
        kind = office.procedure.letter_label("letter", letter.kind, operator(office).language)
        facts = {"letter": letter.id, "kind": kind, "case": letter.case or "-", "said": said}
        notify(office, f"{what.replace('_', '-')}:{letter.id}", what, now, **facts)


OUTCOMES = {
    State.ACCEPTED: _accepted,
    State.RETRY: _retry,
    State.FAILED: _failed,
    State.IN_DOUBT: _in_doubt,
}
