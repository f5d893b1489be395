from __future__ import annotations

from dataclasses import replace

from builders import a_case, the_procedure

from mailbot.core.model import Language, Reason
from mailbot.core.reasons import reasons

PROCEDURE = the_procedure()
FOUND = (
    Reason(rule="nature safety", sets="safety", words=("冒烟", "烧焦味")),
    Reason(rule="several pieces", sets="important", words=("business=True", "quantity=120", "nature=function")),
    Reason(rule="danger goes to quality", sets="quality"),
)


def told(language: Language) -> tuple[str, ...]:
    return reasons(replace(a_case(), reasons=FOUND), PROCEDURE, language)


def test_reasons_are_told_in_the_words_of_the_register() -> None:
    assert told(Language.ZH_CN) == (
        "性质：安全隐患（冒烟、烧焦味）",
        "严重程度：重要（数量 120、性质 功能故障）",
        "责任部门：品质部",
    )


def test_reasons_are_told_in_the_readers_language() -> None:
    assert told(Language.EN)[1:] == (
        "Severity: Important (Quantity 120, Nature Function)",
        "Department: Quality",
    )
