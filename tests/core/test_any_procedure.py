"""Random staff, customers and weather in every set of rules that is shipped: the laws hold whatever the file says.

The sets are read from the rules folder, so a new one is tried without a word here. What only the usual set promises is
in `test_random_staff`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import hypothesis.strategies as st
import pytest
from any_staff import distances, finish_stage, possible, typeable
from builders import CUSTOMER, NUMBER, a_mail, a_reply, a_verdict
from hypothesis import Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from mailbot.commands.init import rule_sets
from mailbot.core.casework import CellEdit, Intake, add_mail, apply_edits, open_case
from mailbot.core.chasing import chase, clocks, standing
from mailbot.core.model import Decision, Language
from mailbot.core.procedure import Procedure
from mailbot.procedures import load_procedure
from mailbot.shipped import shipped

MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
STAYS = 400
"""More than so many stays in stages would be a loop nobody drives."""


def procedure_of(name: str) -> Procedure:
    """A set of rules by name; empty: the usual one."""
    folder = shipped("rules") / "examples" / name if name else None
    language = next((each for each in Language if name.endswith(f"-{each}")), Language.ZH_CN)
    return load_procedure(folder, language, "CP-{year}-{seq:06d}").procedure


class AnyStaff(RuleBasedStateMachine):
    """One case under one set of rules, and everything that may happen to it."""

    procedure: Procedure

    def __init__(self) -> None:
        super().__init__()
        self.now = MONDAY
        self.keys: set[str] = set()
        self.letters: Counter[tuple[str, str]] = Counter()
        self.rungs: Counter[Any] = Counter()
        self.mails = 0

    @initialize(data=st.data())
    def a_complaint_arrives(self, data: st.DataObject) -> None:
        labels = self.procedure.labels
        verdict = a_verdict(
            severity=data.draw(st.sampled_from(self.procedure.severities)),
            nature=data.draw(st.sampled_from(sorted(labels["nature"]))),
            department=data.draw(st.sampled_from(sorted(labels["department"]))),
            claim_type=data.draw(st.sampled_from(sorted(labels["claim_type"]))),
        )
        intake = Intake(mail=a_mail(), verdict=verdict, answer_to=CUSTOMER, parties=(CUSTOMER,), received_at=self.now)
        decision = open_case(NUMBER, "T", intake, self.now, self.procedure)
        self.case = replace(decision.case, visits=(), closed_at=None)
        self.take(decision)

    @rule(data=st.data())
    def staff_type(self, data: st.DataObject) -> None:
        columns = data.draw(
            st.lists(st.sampled_from(sorted(typeable(self.procedure))), min_size=1, max_size=4, unique=True)
        )
        typed = []
        for column in columns:
            value = data.draw(st.sampled_from([None, *possible(column, self.procedure, self.now)]))
            misfit = "?" if data.draw(st.integers(0, 9)) == 0 else ""
            typed.append(CellEdit(column=column, old=None, value=None if misfit else value, misfit=misfit))
        self.take(apply_edits(self.case, tuple(typed), self.now, self.procedure))

    @rule(count=st.integers(1, 5))
    def staff_do_their_work(self, count: int) -> None:
        for _ in range(count if self.case.open else 0):
            if self.case.open:
                self.take(finish_stage(self.case, self.now, self.procedure))

    @rule(
        said=st.sampled_from(["谢谢！", "Thank you!", "1", "5 分", "还是不亮，要求赔偿", "It is broken again."]),
        angry=st.booleans(),
    )
    def the_customer_writes(self, said: str, angry: bool) -> None:
        self.mails += 1
        mail = a_reply(said, message_id=f"<{self.mails}@customer.example>")
        verdict = a_verdict(severity=self.procedure.severities[-1], emergency=angry)
        self.take(add_mail(self.case, mail, self.now, self.now, self.procedure, complains=angry, verdict=verdict))

    @rule(hours=st.sampled_from([1, 5, 24, 72, 24 * 30]))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        found = chase(self.case, self.now, self.procedure)
        assert chase(found.case, self.now, self.procedure).reminders == (), "a reminder is told once"
        for event in found.events:
            self.rungs[event.facts["deadline"], event.facts["rung"], event.facts["due"]] += 1
        assert max(self.rungs.values(), default=1) == 1, "a rung is climbed once"
        self.take(Decision(case=found.case, events=found.events))

    def take(self, decision: Decision) -> None:
        """Go on from a decision, if it keeps the laws."""
        self.no_stage_is_skipped(decision)
        for order in decision.letters:
            assert order.key not in self.keys, "no letter twice"
            self.keys.add(order.key)
            self.letters[order.kind, order.to.address] += 1
        assert self.letters["acknowledgement", CUSTOMER] <= 1
        self.case = decision.case
        assert len(self.case.visits) < STAYS

    def no_stage_is_skipped(self, decision: Decision) -> None:
        known, visits = len(self.case.visits), decision.case.visits
        assert visits[:known] == self.case.visits[:-1] + visits[known - 1 : known] if known else True
        reopened = {event.facts["stage"] for event in decision.events if event.kind == "reopened"}
        for left, entered in zip(visits[max(known - 1, 0) :], visits[max(known, 1) :], strict=False):
            ways = {branch.to for branch in self.procedure.stages.by_key[left.stage].next}
            assert entered.stage in ways | reopened
            assert left.left_at is not None

    @invariant()
    def an_open_case_has_somebody_and_a_deadline(self) -> None:
        if not hasattr(self, "case"):
            return
        if self.case.open:
            first = next(clocks(self.case, self.procedure))
            assert first.key == f"{self.case.stage}:{self.case.visit.number}"
            assert first.due.at or self.case.values.get("waiting")
            assert standing(self.case, self.now, self.procedure).waiting_for
        else:
            assert self.procedure.stages.by_key[self.case.stage].end

    def teardown(self) -> None:
        """However it was left, people who do their work bring it to its end, stage by stage, and then it is quiet."""
        if not hasattr(self, "case"):
            return
        for _ in range(2 * len(distances(self.procedure))):
            if self.case.open:
                self.now += timedelta(hours=30)
                self.take(finish_stage(self.case, self.now, self.procedure))
        assert not self.case.open, "every loop ends"
        self.now += timedelta(days=60)
        assert not chase(self.case, self.now, self.procedure).events


@pytest.mark.parametrize("name", ["", *rule_sets()], ids=lambda name: name or "usual")
def test_the_laws_hold_whatever_people_do(name: str) -> None:
    machine = cast(Any, type("Machine", (AnyStaff,), {"procedure": procedure_of(name)}))
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=30, stateful_step_count=25, deadline=None, phases=(Phase.explicit, Phase.generate)
        ),
    )
