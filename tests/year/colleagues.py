"""The staff of the simulated year: they look at the register and type what waits for them: right, wrong, half of it.

They know only what the row shows. Who has typed all a stage asks for and still sees it there types it properly; a row
that then does not move is a fault of the program.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from stories.house import PEOPLE
from year.almanac import workday_after
from year.customers import Customers
from year.desk import Desk, sitting
from year.plant import Plant
from year.world import Typed, World

QM, QE, GM = PEOPLE["Quality Manager"], PEOPLE["Quality Engineer"], PEOPLE["General Manager"]
HELPERS = {QM: QE, PEOPLE["Sales Manager"]: PEOPLE["Customer Service"]}
"""Whom a head gives the work to; the others do it themselves."""
OWN_COLUMN = "我的备注"
Cells = dict[str, Any]
PATIENCE = 12
"""Sittings after which a row that was filled in properly must have moved."""


@dataclass(slots=True)
class Job:
    """What one colleague has to do with one row now. `flaw`: how he will go about it first."""

    stage: str
    ready: datetime
    flaw: str
    tries: int = 0


@dataclass(slots=True)
class Colleagues:
    """All of them. `leave` are each one's holidays; `care` 1: nobody makes mistakes or is late any more."""

    plant: Plant
    world: World
    customers: Customers
    chance: Random
    titles: dict[str, str]
    leave: Mapping[str, tuple[tuple[date, date], ...]]
    care: float = 0.0
    sittings: int = 0
    _jobs: dict[str, Job] = field(default_factory=dict)

    def sit(self, act: Callable[[Desk], None] | None = None) -> None:
        """Everybody who is here works through the register; then `act`, some mishap perhaps. One save."""
        self.sittings += 1
        with sitting(self.plant.workbook, self.titles, self.sittings) as desk:
            lines, rows = desk.lines(), desk.rows()
            for number, row in rows.items():
                if row["stage"] and row["status"] != "已结案":
                    self._work(desk, lines[number], number, row)
            if act:
                act(desk)

    def here(self, person: str) -> bool:
        """Whether somebody is at work today."""
        today = self.plant.clock.now.date()
        return not any(first <= today <= last for first, last in self.leave.get(person, ()))

    def _work(self, desk: Desk, line: int, number: str, row: Mapping[str, Any]) -> None:
        who = str(row["waiting_for"] or "").replace("、", ",").split(",")[0].strip()
        job = self._jobs.get(number)
        if job is None or job.stage != row["stage"]:
            job = self._jobs[number] = self._job(str(row["stage"]))
        if self.plant.clock.now < job.ready or not self.here(who):
            return
        cells = self._cells(number, row, who)
        if not cells:
            return
        assert job.tries < PATIENCE, f"{number} does not leave {row['stage']}: {row['bot_note']}"
        flaw, job.flaw = job.flaw, ""
        if not flaw:
            job.tries += 1
        for column, value in FLAWS.get(flaw, _as_it_is)(cells, self.chance).items():
            self._type(desk, line, number, column, value, wrong=flaw == "wrong")
        job.ready = self.plant.clock.now + timedelta(hours=3 if flaw else 20)

    def _job(self, stage: str) -> Job:
        slow = self.chance.choices((1, 6, 20, 60, 200), (25, 35, 25, 10, 5))[0] * (1 - self.care)
        flaw = self.chance.choices(("", "wrong", "partial"), (84, 9, 7))[0] if not self.care else ""
        return Job(stage=stage, ready=self.plant.clock.now + timedelta(hours=slow), flaw=flaw)

    def _type(self, desk: Desk, line: int, number: str, column: str, value: Any, *, wrong: bool = False) -> None:
        desk.type(line, column, value)
        self.world.type(Typed(number=number, column=column, value=value, at=self.plant.clock.now, wrong=wrong))

    # ---- what each stage asks for --------------------------------------------------------------------------------

    def _cells(self, number: str, row: Mapping[str, Any], who: str) -> Cells:
        today = self.plant.clock.now.date()
        asked = STAGES[str(row["stage"])](self, number, row, today)
        return {k: v for k, v in asked.items() if k in ALWAYS or row[k] in (None, "") or k not in ONCE}

    def bad(self, chance: float) -> bool:
        """Whether something goes wrong this time."""
        return not self.care and self.chance.random() < chance

    def assess(self, number: str, row: Mapping[str, Any], today: date) -> Cells:
        """Responsibility, who does the work, and what the mail did not tell."""
        owner = row["owner"] or HELPERS.get(str(row["waiting_for"]), row["waiting_for"])
        ours = self.chance.choices(("我司", "客户", "第三方", "非质量"), (84, 8, 4, 4))[0]
        cells: Cells = {"owner": owner, "responsibility": row["responsibility"] or ours, "assessed_on": today}
        cells |= {key: usual for key, usual in USUAL.items() if row[key] in (None, "")}
        if row["claim_type"] == "索赔" and not row["first_answer_on"]:
            cells["first_answer_on"] = today
        return cells

    def explain(self, number: str, row: Mapping[str, Any], today: date) -> Cells:
        """Why it is not ours."""
        owner = QE if row["owner"] == QM else row["owner"]
        return {"owner": owner, "note_to_customer": f"经检验，{number} 的情况与安装方式有关，请参见说明书。",
                "approved_by": QM, "explained_on": today}  # fmt: skip

    def understand(self, number: str, row: Mapping[str, Any], today: date) -> Cells:
        """Whether the customer sees it."""
        return {"understood": "不理解" if self.bad(0.3) else "理解"}

    def negotiate(self, number: str, row: Mapping[str, Any], today: date) -> Cells:
        """A way both can live with."""
        return {"negotiation": "双方协商，折价处理", "responsibility_basis": "检验记录", "negotiated_on": today}

    def contain(self, number: str, row: Mapping[str, Any], today: date) -> Cells:
        """Isolate, stop."""
        return {"containment": "隔离库存，停止发货", "scope": "同批次", "contained_on": today}

    def analyse(self, number: str, row: Mapping[str, Any], today: date) -> Cells:
        """Find the cause, sometimes after the sample came."""
        if row["waiting"]:
            return {"waiting": None, "cause_main": "铆压高度不足", "evidence": "IQC报告", "analysed_on": today}
        if self.bad(0.06):
            return {"waiting": "等样品"}
        goods = {"goods_arrived": today, "goods_disposition": "返工"} if self.bad(0.1) else {}
        return {"cause_main": f"工序偏差（{number[-4:]}）", "evidence": "检验报告", "analysed_on": today, **goods}

    def plan(self, number: str, row: Mapping[str, Any], today: date) -> Cells:
        """What will be done, approved by another."""
        money = row["compensation"] or 0
        note = f"我们将更换不良品并加严检验（{number}）。"
        if self.bad(0.02):
            note = "我们愿意赔偿贵司的损失。"  # must wait for a human
        due, approver = workday_after(today, 5), self._approver(row, money)
        plan = {"corrective": "更换模具，返修库存", "preventive": "首件检验", "approved_by": approver}
        return {**plan, "implementation_due": due, "note_to_customer": note, "planned_on": today}

    def _approver(self, row: Mapping[str, Any], money: float) -> str:
        return GM if money > 10000 or row["owner"] == QM else QM

    def accept(self, number: str, row: Mapping[str, Any], today: date) -> Cells:
        """What the customer said of the plan; who says nothing agrees."""
        said = self.customers.opinions.pop(number, "接受")
        return {"plan_answer": said if not self.care else "接受"}

    def implement(self, number: str, row: Mapping[str, Any], today: date) -> Cells:
        """Do it."""
        return {"implemented_by": row["owner"], "implemented_on": today}

    def rework(self, number: str, row: Mapping[str, Any], today: date) -> Cells:
        """Rework and look again."""
        return {"rework_plan": "全检返工", "goods_reinspection": "NG" if self.bad(0.2) else "OK"}

    def verify(self, number: str, row: Mapping[str, Any], today: date) -> Cells:
        """Somebody else looks whether it works."""
        other = QM if row["implemented_by"] != QM else QE
        return {"verified_by": other, "verification": "NG" if self.bad(0.1) else "OK"}

    def confirm(self, number: str, row: Mapping[str, Any], today: date) -> Cells:
        """What the customer says of the result."""
        return {"customer_confirmation": "NG" if self.bad(0.06) else "OK"}

    def close(self, number: str, row: Mapping[str, Any], today: date) -> Cells:
        """The result, and the file is closed."""
        cells: Cells = {"result": "换货并改善工艺", "validity": "有效", "closed_on": today}
        if row["claim_type"] == "索赔" and not row["compensation"] and not row["result"]:
            cells["compensation"] = self.chance.choice((800, 4200, 18000))
        if money := cells.get("compensation") or row["compensation"]:
            busy = {row["owner"], row["implemented_by"]}
            cells["approved_by"] = GM if money > 10000 or QM in busy else QM
        return cells

    def improve(self, number: str, row: Mapping[str, Any], today: date) -> Cells:
        """The customer was not content."""
        return {"improvement": "改善客户沟通流程"}


STAGES: dict[str, Callable[[Colleagues, str, Mapping[str, Any], date], Cells]] = {
    "评估": Colleagues.assess,
    "解释": Colleagues.explain,
    "待客户理解": Colleagues.understand,
    "协商": Colleagues.negotiate,
    "临时措施": Colleagues.contain,
    "原因分析": Colleagues.analyse,
    "方案": Colleagues.plan,
    "待客户接受方案": Colleagues.accept,
    "实施": Colleagues.implement,
    "退货返工": Colleagues.rework,
    "效果确认": Colleagues.verify,
    "客户确认": Colleagues.confirm,
    "回访结案": Colleagues.close,
    "改善计划": Colleagues.improve,
}
"""By what the register calls the stage."""
USUAL = {"nature": "其他", "severity": "一般", "claim_type": "申诉"}
ONCE, ALWAYS = frozenset({"cause_main", "corrective", "preventive", "evidence"}), frozenset({"owner"})
"""What is left as it stands when it is filled in already."""
NONSENSE: dict[str, tuple[Any, ...]] = {
    "assessed_on": ("昨天", "2026-13-45"),
    "contained_on": ("下周",),
    "analysed_on": ("快了",),
    "planned_on": ("31/31",),
    "implemented_on": ("差不多",),
    "explained_on": ("?",),
    "closed_on": ("月底",),
    "approved_by": ("王五",),
    "responsibility": ("再说",),
    "plan_answer": ("还行",),
    "verification": ("基本OK吧",),
    "customer_confirmation": ("应该行",),
    "understood": ("也许",),
    "goods_reinspection": ("待定",),
}
"""What people type that cannot be."""


def _as_it_is(cells: Cells, chance: Random) -> Cells:
    return cells


def _wrong(cells: Cells, chance: Random) -> Cells:
    """One cell holds nonsense; the others are right."""
    column = next((c for c in reversed(cells) if c in NONSENSE), "")
    return {**cells, column: chance.choice(NONSENSE[column])} if column else cells


def _partial(cells: Cells, chance: Random) -> Cells:
    """Only half of it is typed."""
    return dict(list(cells.items())[: max(1, len(cells) // 2)])


FLAWS: dict[str, Callable[[Cells, Random], Cells]] = {"wrong": _wrong, "partial": _partial}
