"""Staff's own words to a customer are looked at before they go out; what they must not tell waits for a human [D-04].

The company's words stand in outgoing.toml, other customers are known from the records (`strangers`). A text is never
changed here: the letter is held, the row says why, and whoever acts is told.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from mailbot.core.decisions import remark, staff_letters, then
from mailbot.core.model import Case, Decision, Event, Language, LetterOrder
from mailbot.core.procedure import Procedure, facts_for
from mailbot.core.remarks import colon, say

Look = Callable[[str, Case], tuple[str, ...]]
"""Says why a text to the customer of a case must wait; nothing: it may go."""


NAMES_ANOTHER = {
    Language.ZH_CN: "提到其他客户或案件“{}”",
    Language.ZH_TW: "提到其他客戶或案件「{}」",
    Language.EN: "it names another customer or case, “{}”",
}


def objections(text: str, case: Case, procedure: Procedure, strangers: tuple[str, ...]) -> tuple[str, ...]:
    """Say, in the staff's words, why a human must see `text` first. `strangers` are the others it names."""
    language = procedure.language
    named = [NAMES_ANOTHER[language].format(name) for name in strangers]
    found = procedure.outgoing.reasons(text, facts_for(case))
    return (
        *named,
        *(f"{names.get(language) or next(iter(names.values()))}{colon(language)}{word}" for names, word in found),
    )


def held_back(decision: Decision, before: Case | None, look: Look, now: datetime, procedure: Procedure) -> Decision:
    """Hold every letter of the decision that carries words of staff to which `look` objects.

    `before` is the case as it was: a letter that waits is not the first answer.
    """
    held = {order.key: why for order in decision.letters if (why := _why(order, decision.case, look, procedure))}
    if not held:
        return decision
    case = _unanswered(decision, before, held)
    for why in dict.fromkeys(held.values()):
        case = remark(case, say("held_words", procedure.language, why=why))
    letters = tuple(_amended(order, held, procedure) for order in decision.letters)
    events = tuple(
        Event(case=case.number, at=now, actor="bot", kind="letter_held", facts={"letter": key, "why": why})
        for key, why in held.items()
    )
    after = Decision(case=case, events=(*decision.events, *events), letters=letters)
    for order in letters:
        if order.key in held:
            after = then(after, _tell(after.case, order, held[order.key], procedure))
    return after


def no_longer_held(case: Case, procedure: Procedure) -> Case:
    """The case without the remarks that a letter waits for a human."""
    claim = say("held_claim", procedure.language)
    words = say("held_words", procedure.language, why="\0").partition("\0")[0]
    return replace(case, remarks=tuple(r for r in case.remarks if r != claim and not r.startswith(words)))


def _why(order: LetterOrder, case: Case, look: Look, procedure: Procedure) -> str:
    text = str(order.facts.get("note") or "") if order.to.customer else ""
    return ("; " if procedure.language is Language.EN else "；").join(look(text, case)) if text else ""


def _amended(order: LetterOrder, held: dict[str, str], procedure: Procedure) -> LetterOrder:
    """The held letter itself, and what staff are told of a letter that had to wait anyway."""
    if why := held.get(order.key):
        return replace(order, hold=f"{order.hold}; {why}" if order.hold else why)
    for key, why in held.items():
        if order.kind == "held_letter" and f":held:{key}:" in order.key:
            return replace(order, facts={**order.facts, "why": f"{order.facts.get('why', '')}\n{why}".strip()})
    return order


def _unanswered(decision: Decision, before: Case | None, held: dict[str, str]) -> Case:
    """Take the day of the first answer back when no letter goes out after all and nobody typed it."""
    case = decision.case
    if before is None or before.values.get("first_answer_on") or _typed(decision, "first_answer_on"):
        return case
    if any(
        o.to.customer and not o.hold and o.key not in held and o.kind != "acknowledgement" for o in decision.letters
    ):
        return case
    return replace(case, values={**case.values, "first_answer_on": None})


def _typed(decision: Decision, column: str) -> bool:
    return any(e.kind == "edited" and e.facts.get("column") == column for e in decision.events)


def _tell(case: Case, order: LetterOrder, why: str, procedure: Procedure) -> Decision:
    facts = {"recipient": order.to.address, "letter": order.kind, "why": why}
    actors = procedure.actors(case, "actor" if case.open else "owner")
    return staff_letters(case, "held_letter", f"held:{order.key}", actors, facts)
