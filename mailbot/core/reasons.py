"""Why a verdict is what it is, as people read it: what was decided and on which words of the mail.

Staff read labels of the register; the rule and its version stand behind, for those who keep the rule files.
"""

from __future__ import annotations

from collections.abc import Iterator

from mailbot.core.model import Case, Language, Reason
from mailbot.core.procedure import Procedure
from mailbot.core.remarks import colon, in_brackets, listed

AXES = ("severity", "department", "claim_type")
"""What rules decide besides the nature, in the order in which a key is looked for."""


def reasons(case: Case, procedure: Procedure, language: Language) -> tuple[str, ...]:
    """Every reason of the case, one line each: "严重程度：紧急（停线、产线停）"."""
    return tuple(_line(reason, procedure, language) for reason in case.reasons)


def traced_reasons(case: Case, procedure: Procedure, language: Language) -> tuple[str, ...]:
    """The same with the rule and the version of its file behind each, so that a verdict can be traced [D-05]."""
    return tuple(_line(reason, procedure, language) + _mark(reason) for reason in case.reasons)


def decided(reason: Reason, procedure: Procedure, language: Language) -> str:
    """What one rule decided: the column's name and the label it was given."""
    axis = _axis(reason, procedure)
    return f"{procedure.column_name(axis, language)}{colon(language)}{procedure.label(axis, reason.sets, language)}"


def _line(reason: Reason, procedure: Procedure, language: Language) -> str:
    words = listed(list(_words(reason, procedure, language)), language)
    return decided(reason, procedure, language) + (in_brackets(words, language) if words else "")


def _mark(reason: Reason) -> str:
    name = "" if _of_natures(reason) else reason.rule
    known = ", ".join(part for part in (name, reason.version) if part)
    return f" [{known}]" if known else ""


def _of_natures(reason: Reason) -> bool:
    """A rule of natures is called after what it sets, all others as people like."""
    return reason.rule == f"nature {reason.sets}"


def _axis(reason: Reason, procedure: Procedure) -> str:
    """Which column the reason decided."""
    if _of_natures(reason):
        return "nature"
    return next((axis for axis in AXES if reason.sets in procedure.labels.get(axis, {})), "nature")


def _words(reason: Reason, procedure: Procedure, language: Language) -> Iterator[str]:
    """The words found, and the values a condition looked at; values that stand in no column are left to the rules."""
    for word in reason.words:
        key, equals, value = word.partition("=")
        if not equals:
            yield word
        elif key in procedure.columns:
            yield f"{procedure.column_name(key, language)} {procedure.label(key, value, language)}"
