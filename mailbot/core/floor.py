"""The floor of a severity: what a rule marked `floor` has set, nobody types lower by oversight [D-42].

It holds as long as the rule's condition holds for the row; a rule that goes by the row alone also holds for a case it
did not judge, and raises the severity when staff fill in what it goes by. Who finds the rule mistaken corrects that
(the nature, the batch); then the severity is free, and what was refused is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from mailbot.core.cells import CellEdit
from mailbot.core.decisions import remark
from mailbot.core.lookback import NOTHING, PAST, Past
from mailbot.core.model import Case, Reason, Value
from mailbot.core.procedure import Procedure
from mailbot.core.remarks import say
from mailbot.core.rulebook import Rule

SEVERITY = "severity"


def floor(case: Case, values: Mapping[str, Value], procedure: Procedure, past: Past = NOTHING) -> str:
    """Return the least severity the row may have with `values`; empty when any will do."""
    held = [rule.sets for rule in _holding(case, values, procedure, past)]
    return max(held, key=procedure.severities.index, default="")


def _holding(case: Case, values: Mapping[str, Value], procedure: Procedure, past: Past) -> list[Rule]:
    judged_by = {reason.rule for reason in case.reasons}
    rules = (rule for rule in procedure.floors if rule.name in judged_by or _by_the_row(rule))
    return [rule for rule in rules if rule.when is None or rule.when({**values, PAST: past})]


def raised(before: str, case: Case, procedure: Procedure, past: Past = NOTHING) -> Case:
    """The case at its floor, where that is higher than the floor `before` and than the severity it has."""
    least, severity = floor(case, case.values, procedure, past), case.values.get(SEVERITY)
    if least == before or not _below(severity, least, procedure):
        return case
    shown = {"column": procedure.column_name(SEVERITY), "text": procedure.label(SEVERITY, least)}
    judged_by = {reason.rule for reason in case.reasons}
    held = (rule for rule in _holding(case, case.values, procedure, past) if rule.sets == least)
    fresh = (_reason(rule, case) for rule in held if rule.name not in judged_by)
    case = replace(case, values={**case.values, SEVERITY: least}, reasons=(*case.reasons, *fresh))
    return remark(case, say("raised", procedure.language, **shown))


def _reason(rule: Rule, case: Case) -> Reason:
    names = rule.when.names if rule.when else ()
    words = tuple(f"{name}={value}" for name in names if (value := case.values.get(name)) is not None)
    return Reason(rule=rule.name, sets=rule.sets, words=words, version=rule.version)


def _by_the_row(rule: Rule) -> bool:
    """Whether a rule needs neither words nor earlier complaints, so that it can be asked of any row."""
    return rule.words is None and rule.when is not None and not rule.when.looks_back


def hold_floor(
    case: Case, edits: Iterable[CellEdit], procedure: Procedure, past: Past = NOTHING
) -> tuple[CellEdit, ...]:
    """Make a severity below the floor a misfit, an emptied one the floor; add one refused before that is free now."""
    edits = tuple(edits)
    typed = {e.column: e.value for e in edits if not e.misfit and e.column != SEVERITY}
    least = floor(case, {**case.values, **typed}, procedure, past)
    held = tuple(_held(e, least, procedure) if e.column == SEVERITY and not e.misfit else e for e in edits)
    refused = _key(case.misfits.get(SEVERITY, ""), procedure)
    if refused and not any(e.column == SEVERITY for e in edits) and not _below(refused, least, procedure):
        held = (*held, CellEdit(column=SEVERITY, old=case.values.get(SEVERITY), value=refused))
    return held


def _held(edit: CellEdit, least: str, procedure: Procedure) -> CellEdit:
    if not _below(edit.value, least, procedure):
        return edit
    if edit.value is None:
        return replace(edit, value=least)
    return replace(edit, value=None, misfit=procedure.label(SEVERITY, edit.value))


def _below(severity: Value, least: str, procedure: Procedure) -> bool:
    return bool(least) and severity != least and procedure.graver(severity, least) == least


def _key(label: str, procedure: Procedure) -> str:
    """Return the severity a label stands for; empty when it is none."""
    named = procedure.labels.get(SEVERITY, {})
    return next((key for key, names in named.items() if label in names.values()), "")
