"""Random staff, customers and weather drive cases through the shipped stages; at each step the laws must hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import hypothesis.strategies as st
from builders import CUSTOMER, MONDAY, NUMBER, a_reply, a_verdict, an_opening, the_procedure
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from mailbot.core.casework import CellEdit, add_mail, apply_edits, note_bounce, type_case
from mailbot.core.chasing import chase, clocks, standing
from mailbot.core.model import Case, Decision, LetterOrder, Value
from mailbot.rows import cells

PROCEDURE = the_procedure()
PEOPLE = [p.name for p in PROCEDURE.people.persons]
DATES = [MONDAY.date() + timedelta(days=n) for n in (-3, 0, 4, 40)]
TYPED: dict[str, list[Value]] = {
    key: [None, *PROCEDURE.labels[key]]
    for key, spec in PROCEDURE.columns.items()
    if spec.kind == "choice" and spec.owner != "bot"
}
TYPED |= {key: [None, "完成", *DATES] for key, spec in PROCEDURE.columns.items() if spec.kind == "date"}
TYPED |= {key: [None, *PEOPLE] for key in ("owner", "approved_by")}
TYPED |= {key: [None, "张三", "李四、张三"] for key in ("implemented_by", "verified_by")}
TYPED |= {"satisfaction": [None, 1, 2, 5], "email": [None, CUSTOMER, "wang@other.example", "没有"]}
WRITTEN = (
    "containment",
    "scope",
    "cause_main",
    "evidence",
    "corrective",
    "preventive",
    "note_to_customer",
    "negotiation",
)
TYPED |= {key: [None, "已写明"] for key in (*WRITTEN, "responsibility_basis", "result", "improvement")}
GOOD: dict[str, Value] = {"satisfaction": 5,
    "assessed_on": DATES[1], "responsibility": "ours", "owner": PEOPLE[1], "analysed_on": DATES[1], "cause_main": "胶",
    "evidence": "照片", "containment": "隔离", "scope": "一批", "contained_on": DATES[1], "corrective": "换胶",
    "preventive": "首检", "approved_by": "Quality Manager", "implementation_due": DATES[2], "note_to_customer": "附件",
    "planned_on": DATES[1], "plan_answer": "accepted", "implemented_by": "张三", "implemented_on": DATES[1],
    "verified_by": "李四", "verification": "ok", "customer_confirmation": "ok", "result": "换货", "validity": "valid",
    "closed_on": DATES[1], "explained_on": DATES[1], "understood": "yes", "negotiation": "折价", "severity": "normal",
    "negotiated_on": DATES[1], "responsibility_basis": "检验记录", "improvement": "培训", "nature": "function",
    "claim_type": "appeal", "rework_plan": "重铆", "goods_reinspection": "ok",
}  # fmt: skip
BAD: dict[str, Value] = {
    "responsibility": "customer",
    "understood": "no",
    "plan_answer": "rejected",
    "verification": "ng",
    "customer_confirmation": "ng",
    "satisfaction": 1,
    "goods_reinspection": "ng",
}
HOT = ["waiting", "severity", "satisfaction", "email", "closed_on", "owner"]
"""Cells on which more hangs than on others."""
AFTER_RECEIPT = {"stage_news", "explanation", "plan", "result", "satisfaction", "reopened", "closed"}


@st.composite
def cell_edits(draw: st.DrawFn) -> tuple[CellEdit, ...]:
    columns = draw(st.lists(st.sampled_from(sorted(TYPED) + 6 * HOT), min_size=1, max_size=4, unique=True))
    typed = [(column, draw(st.sampled_from(TYPED[column])), draw(st.integers(0, 9))) for column in columns]
    return tuple(
        CellEdit(column=c, old=None, value=None if odd == 0 else v, misfit="?" if odd == 0 else "")
        for c, v, odd in typed
    )


class RandomStaff(RuleBasedStateMachine):
    """One case and everything that may happen to it."""

    def __init__(self) -> None:
        super().__init__()
        self.now = MONDAY
        self.keys: set[str] = set()
        self.history: list[tuple[str, Value]] = []
        self.mails = 0

    @initialize(
        typed=st.booleans(),
        severity=st.sampled_from(PROCEDURE.severities),
        claim=st.sampled_from(["appeal", "claim", "non_quality"]),
        nature=st.sampled_from(["function", "delivery", "safety"]),
        stages=st.integers(0, len(GOOD)),
    )
    def a_complaint_arrives(self, typed: bool, severity: str, claim: str, nature: str, stages: int) -> None:
        verdict = a_verdict(severity=severity, claim_type=claim, nature=nature, emergency=severity == "critical")
        if typed:
            row = {"email": CUSTOMER, "claim_type": claim, **dict(list(GOOD.items())[:stages])}
            decision = type_case(NUMBER, "T", row, {}, self.now, PROCEDURE, verdict=verdict)
            blank = Case(
                number=NUMBER, opened_at=self.now, language=PROCEDURE.language, channel="", stage="", values=row
            )
        else:
            decision = an_opening(verdict=verdict)
            blank = replace(decision.case, values={}, visits=(), closed_at=None)
        self.case = blank
        self.take(decision)

    @rule(typed=cell_edits())
    def staff_type(self, typed: tuple[CellEdit, ...]) -> None:
        self.take(apply_edits(self.case, typed, self.now, PROCEDURE))

    @rule(outcomes=st.lists(st.integers(0, 3), min_size=1, max_size=8))
    def staff_do_their_work(self, outcomes: list[int]) -> None:
        for outcome in outcomes:
            self.staff_do_one_stage(well=outcome > 0)

    def staff_do_one_stage(self, *, well: bool) -> None:
        stage = PROCEDURE.stage(self.case)
        wanted = {*stage.requires, *stage.refuses, stage.done, *(c for pair in stage.differs for c in pair)} - {""}
        wanted |= {"satisfaction"} if stage.key == "closing" else set()
        typed = tuple(
            CellEdit(column=c, old=None, value=GOOD[c] if well else BAD.get(c, GOOD[c])) for c in sorted(wanted)
        )
        self.take(apply_edits(self.case, typed, self.now, PROCEDURE))

    @rule(
        text=st.sampled_from(["谢谢！", "1", "5分", "还是不亮，要求赔偿", "3 件也坏了"]),
        complains=st.booleans(),
        danger=st.booleans(),
    )
    def the_customer_writes(self, text: str, complains: bool, danger: bool) -> None:
        self.mails += 1
        mail = a_reply(text, message_id=f"<{self.mails}@customer.example>", fields={"batch": "B1", "quantity": 3})
        verdict = a_verdict(severity="critical", emergency=True) if danger else a_verdict(claim_type="claim")
        self.take(add_mail(self.case, mail, self.now, self.now, PROCEDURE, complains=complains, verdict=verdict))

    @rule(hours=st.sampled_from([1, 5, 24, 72, 24 * 30]))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        found = chase(self.case, self.now, PROCEDURE)
        assert chase(found.case, self.now, PROCEDURE).reminders == (), "a reminder is told once"
        self.take(Decision(case=found.case, events=found.events))

    @precondition(lambda self: self.mails % 5 == 4)
    @rule()
    def a_letter_comes_back(self) -> None:
        self.take(note_bounce(self.case, CUSTOMER, "plan", "550", self.now, PROCEDURE))

    def take(self, decision: Decision) -> None:
        self.no_stage_is_skipped(decision)
        self.what_was_cleared_is_in_the_history(decision)
        for order in decision.letters:
            assert order.key not in self.keys, "no letter twice"
            self.keys.add(order.key)
            self.the_customer_of_a_claim_hears_nothing_by_itself(order, decision.case)
        self.case = decision.case

    def no_stage_is_skipped(self, decision: Decision) -> None:
        known = len(self.case.visits)
        assert [(v.stage, v.number) for v in decision.case.visits[:known]] == [
            (v.stage, v.number) for v in self.case.visits
        ]
        reopened = {e.facts["stage"] for e in decision.events if e.kind == "reopened"}
        visits = decision.case.visits
        for left, entered in zip(visits[max(known - 1, 0) :], visits[max(known, 1) :], strict=False):
            ways = {branch.to for branch in PROCEDURE.stages.by_key[left.stage].next}
            assert entered.stage in ways or entered.stage in reopened
            assert left.left_at is not None
            assert entered.number == sum(v.stage == entered.stage for v in visits[: visits.index(entered) + 1])

    def what_was_cleared_is_in_the_history(self, decision: Decision) -> None:
        told: list[Any] = []
        for event in decision.events:
            told += event.facts.get("cleared", {}).values()
            told += [event.facts[key] for key in ("note", "new", "old") if key in event.facts]
        typed = {e.facts["column"] for e in decision.events if e.kind in ("edited", "judged_graver")}
        for column, value in self.case.values.items():
            if value is not None and decision.case.values.get(column) is None and column not in typed:
                assert value in told, f"{column} went without a trace"

    def the_customer_of_a_claim_hears_nothing_by_itself(self, order: LetterOrder, after: Case) -> None:
        claims = {self.case.values.get("claim_type"), after.values.get("claim_type")}
        if order.to.customer and order.kind in AFTER_RECEIPT and claims == {"claim"}:
            assert order.hold == "claim"

    @invariant()
    def an_open_case_has_a_stage_with_a_deadline(self) -> None:
        if not hasattr(self, "case"):
            return
        if self.case.open:
            assert PROCEDURE.stages.by_key[self.case.stage].deadline
            assert next(clocks(self.case, PROCEDURE)).key.startswith(self.case.stage)
            assert standing(self.case, self.now, PROCEDURE).waiting_for
        else:
            assert PROCEDURE.stages.by_key[self.case.stage].end
        assert self.case.visit.stage == self.case.stage
        assert sum(p.ended_at is None for p in self.case.pauses) == bool(self.case.values.get("waiting"))
        assert cells(self.case, self.now, PROCEDURE)["number"] == NUMBER


TestRandomStaff = RandomStaff.TestCase
TestRandomStaff.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
