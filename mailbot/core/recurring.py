"""A complaint that repeats an earlier one: its row says so, and an action thought to work is reopened [D-73].

Which cases are alike is `recurrence`; here is what follows from it. The customer of the earlier case is not written to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from mailbot.core.decisions import remark, staff_letters, then
from mailbot.core.model import Case, Decision, Event
from mailbot.core.procedure import Procedure
from mailbot.core.progress import enter
from mailbot.core.recurrence import Repeat, repeats
from mailbot.core.remarks import in_brackets, listed, say

COMPARED = ("product", "model", "part_no", "batch", "nature", "description")
NAMED = 3
"""Earlier cases named in a row; the likeliest come first."""
SIMILAR, SPREAD = "similar", "spread"
"""Where the row keeps what was found: the column 类似投诉, and the note about other customers of the batch."""


def compared(
    case: Case, earlier: Iterable[Case], spread: str, now: datetime, procedure: Procedure
) -> tuple[Decision, tuple[Repeat, ...]]:
    """Hold a case against the earlier ones. `spread` says who else got its batch."""
    found = repeats(case, earlier)
    told = "\n".join(_words(repeat, procedure) for repeat in found[:NAMED]) or None
    new = {SIMILAR: told, SPREAD: spread or None}
    if all(case.values.get(key) == text for key, text in new.items()):
        return Decision(case=case), found
    facts = {"cases": [r.number for r in found[:NAMED]], "scores": [r.score for r in found[:NAMED]], "spread": spread}
    event = Event(case=case.number, at=now, actor="bot", kind="compared", facts=facts)
    return Decision(case=replace(case, values={**case.values, **new}), events=(event,)), found


def changed(case: Case, before: Case | None) -> bool:
    """Whether a case says something else by now of what it is compared by."""
    return before is None or any(case.values.get(key) != before.values.get(key) for key in COMPARED)


def background(case: Case) -> str:
    """What whoever gets the case should know of other cases and customers; empty when nothing is known."""
    return "\n".join(str(text) for key in (SIMILAR, SPREAD) if (text := case.values.get(key)))


def refuted(case: Case, found: Iterable[Repeat], known: Mapping[str, Case], procedure: Procedure) -> Case | None:
    """The earlier case whose verified action this one shows not to work; None when there is none, or it was told."""
    if not case.open or _mark(case) in case.done:
        return None
    for repeat in found:
        earlier = known.get(repeat.number)
        if earlier is None or repeat.score < procedure.stages.recurred_score or not procedure.worked(earlier):
            continue
        if (since := _verified_at(earlier, procedure)) and since <= case.opened_at:
            return earlier
    return None


def recur(earlier: Case, by: Case, now: datetime, procedure: Procedure) -> Decision:
    """Put an earlier case back to the stage the file names, and tell whoever acts there."""
    stage, language = procedure.stages.recurred, procedure.language
    proofs = {key: value for key in procedure.proofs() if (value := earlier.values.get(key)) not in (None, "")}
    event = Event(
        case=earlier.number,
        at=now,
        actor="bot",
        kind="recurred",
        facts={"by": by.number, "stage": stage, "cleared": proofs},
    )
    said = say("recurred", language, number=by.number, stage=procedure.stages.by_key[stage].name(language))
    visits = (*earlier.visits[:-1], replace(earlier.visit, left_at=earlier.visit.left_at or now, outcome=stage))
    case = replace(earlier, closed_at=None, visits=visits, values={**earlier.values, **dict.fromkeys(proofs)})
    decision = then(
        Decision(case=remark(case, said), events=(event,)), enter(remark(case, said), stage, now, procedure)
    )
    mark = f"assignment:{stage}:{decision.case.visit.number}"
    actors = procedure.actors(decision.case, "actor")
    return then(decision, staff_letters(decision.case, "assignment", mark, actors, {"note": said}))


def told(case: Case, earlier: Case, procedure: Procedure) -> Case:
    """The new case remembers which earlier one it brought back, and its row says so."""
    case = replace(case, done=(*case.done, _mark(case)))
    return remark(case, say("recurs", procedure.language, number=earlier.number))


def _mark(case: Case) -> str:
    return f"{case.number}:recurs"


def _words(repeat: Repeat, procedure: Procedure) -> str:
    language = procedure.language
    names = listed([procedure.column_name(column) for column in repeat.same], language)
    why = say("alike", language, columns=names, percent=round(repeat.score * 100))
    return f"{repeat.number}{in_brackets(why, language)}"


def _verified_at(case: Case, procedure: Procedure) -> datetime | None:
    """When the case left the stage that proved its action for the last time."""
    proofs = procedure.proofs()
    stages = {stage.key for stage in procedure.stages.stage if stage.done in proofs}
    return max((v.left_at for v in case.visits if v.left_at and v.stage in stages), default=case.closed_at)
