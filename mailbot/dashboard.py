"""What the dashboard of a new register shows, said with the company's own stages, people and words.

It counts what stands in the register's columns, so it goes on living in the workbook without the program.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from mailbot.core.model import Language
from mailbot.core.procedure import Procedure
from sheets.dashboard import Card, Dashboard, Groups, Measure, Months, Point, Punctuality, Tally, Tests, Where

OWNERS, ADDED = 12, 10
"""Owners shown, those with the most open cases; names people may add to the list behind."""
BLUE, DARK, RED, AMBER, VIOLET, GREEN, GREY = "2E75B6", "1F3864", "D9534F", "E0A100", "7B5EA7", "4E9A6B", "8A94A6"
HOURS = {"hours": 1, "days": 24}
RECEIVED = Where(column="received_at", sign=">", value=0)

_WORDS = {
    "name": ("仪表盘", "儀表板", "Dashboard"),
    "title": ("客户投诉仪表盘", "客訴儀表板", "Complaints dashboard"),
    "as_of": ("截至", "截至", "As of"),
    "lists": (
        "公式用的列、月份和名单（可添加责任人）",
        "公式用的欄、月份和名單（可新增負責人）",
        "For the formulas (add owners here)",
    ),
    "open": ("未结案", "未結案", "Open"),
    "overdue": ("逾期", "逾期", "Overdue"),
    "due_soon": ("即将到期", "即將到期", "Due soon"),
    "needs_human": ("需人工处理", "需人工處理", "Needs a human"),
    "new_now": ("本月新增", "本月新增", "New this month"),
    "closed_now": ("本月结案", "本月結案", "Closed this month"),
    "new": ("新增", "新增", "New"),
    "closed": ("结案", "結案", "Closed"),
    "by_stage": ("未结案：按阶段", "未結案：依階段", "Open by stage"),
    "by_severity": ("未结案：按严重程度", "未結案：依嚴重程度", "Open by severity"),
    "by_department": ("未结案：按部门", "未結案：依部門", "Open by department"),
    "by_owner": ("未结案：按责任人", "未結案：依負責人", "Open by owner"),
    "months": ("每月新增与结案", "每月新增與結案", "New and closed by month"),
    "pareto": ("性质帕累托图（近12个月）", "性質柏拉圖（近12個月）", "Pareto of natures (12 months)"),
    "count": ("件数", "件數", "Cases"),
    "running": ("累计占比", "累計占比", "Running"),
    "rest": ("其余", "其餘", "Not listed"),
    "nobody": ("未指定", "未指定", "Nobody"),
    "on_time": ("{deadline}：按时率", "{deadline}：準時率", "{deadline}: on time"),
    "due": ("到期", "到期", "Due"),
    "kept": ("按时", "準時", "On time"),
    "share": ("按时率", "準時率", "Share"),
}
_LANGUAGES = (Language.ZH_CN, Language.ZH_TW, Language.EN)
WORDS: Mapping[Language, Mapping[str, str]] = {
    language: {key: said[index] for key, said in _WORDS.items()} for index, language in enumerate(_LANGUAGES)
}
"""What the dashboard says, in each language."""


def dashboard(procedure: Procedure, now: datetime) -> Dashboard:
    """The dashboard for these rules in the staff's language; its first figures are those of `now`."""
    return _Design(procedure).drawn(now)


class _Design:
    """The parts of the dashboard, each said once."""

    def __init__(self, procedure: Procedure) -> None:
        self.procedure, self.words = procedure, WORDS[procedure.language]

        def status(sign: str, key: str) -> Where:
            return Where(column="status", sign=sign, value=procedure.label("status", key))

        late = Where(column="due", sign="<", value=Point.NOW)
        self.live: Tests = (RECEIVED, status("<>", "closed"))
        open_ = Tally(plus=(self.live,))
        overdue = Tally(plus=((RECEIVED, status("=", "overdue")), (*self.live, status("<>", "overdue"), late)))
        self.open, self.overdue = self._measure("open", open_, BLUE), self._measure("overdue", overdue, RED)
        self.closed = (RECEIVED, status("=", "closed"))
        soon = (RECEIVED, status("=", "due_soon"))
        self.soon = self._measure("due_soon", Tally(plus=(soon,), minus=((*soon, late),)), AMBER)
        human = (RECEIVED, status("=", "needs_human"))
        self.human = self._measure("needs_human", Tally(plus=(human,), minus=((*human, late),)), VIOLET)

    def drawn(self, now: datetime) -> Dashboard:
        """All of it."""
        this_month = Where(column="received_at", sign=">=", value=Point.MONTH)
        tiles = [self.open, self.overdue, self.soon, self.human]
        tiles.append(self._measure("new_now", Tally(plus=((RECEIVED, this_month),)), DARK))
        if ended := self._ended_column():
            closed = (*self.closed, Where(column=ended, sign=">=", value=Point.MONTH))
            tiles.append(self._measure("closed_now", Tally(plus=(closed,)), GREEN))
        stages = [s.name(self.procedure.language) for s in self.procedure.stages.stage if not s.end]
        open_now: tuple[tuple[Card, ...], ...] = (
            (self._open_by("stage", "by_stage", stages),),
            (self._listed("severity", "by_severity"), self._listed("department", "by_department")),
            (self._owners(),),
        )
        months = ((self._months(ended),), (self._natures(),), self._punctuality())
        return Dashboard(
            name=self.words["name"],
            title=self.words["title"],
            as_of_title=self.words["as_of"],
            lists_title=self.words["lists"],
            dated="received_at",
            as_of=now.astimezone(self.procedure.calendar.zone).replace(tzinfo=None, second=0, microsecond=0),
            tiles=tuple(tiles),
            bands=(open_now, months),
        )

    def _measure(self, word: str, tally: Tally, fill: str) -> Measure:
        return Measure(title=self.words[word], tally=tally, fill=fill)

    def _listed(self, column: str, title: str) -> Groups:
        """By the choices of a column; the gravest severity first."""
        labels = [self.procedure.label(column, key) for key in self.procedure.labels[column]]
        return self._open_by(column, title, labels[::-1] if column == "severity" else labels)

    def _open_by(self, column: str, title: str, labels: list[str]) -> Groups:
        measures = (self.open, self.overdue)
        rest, named = self.words["rest"], tuple(dict.fromkeys(labels))
        return Groups(title=self.words[title], column=column, labels=named, measures=measures, rest=rest)

    def _owners(self) -> Groups:
        return Groups(
            title=self.words["by_owner"],
            column="owner",
            labels=tuple(dict.fromkeys(person.name for person in self.procedure.people.persons)),
            measures=(self.open, self.overdue),
            rest=self.words["rest"],
            blank=self.words["nobody"],
            shown=OWNERS,
            spare=ADDED,
        )

    def _natures(self) -> Groups:
        labels = [self.procedure.label("nature", key) for key in self.procedure.labels["nature"]]
        lately = (RECEIVED, Where(column="received_at", sign=">=", value=Point.WINDOW))
        return Groups(
            title=self.words["pareto"],
            column="nature",
            labels=tuple(dict.fromkeys(labels)),
            measures=(self._measure("count", Tally(plus=(lately,)), BLUE),),
            rest=self.words["rest"],
            shown=len(labels),
            running=self.words["running"],
        )

    def _months(self, ended: str) -> Months:
        def within(column: str, *also: Where) -> Tally:
            from_, to = (Where(column=column, sign=s, value=p) for s, p in ((">=", Point.START), ("<", Point.END)))
            return Tally(plus=((*also, from_, to),))

        measures = [self._measure("new", within("received_at"), BLUE)]
        if ended:
            measures.append(self._measure("closed", within(ended, *self.closed), GREEN))
        return Months(title=self.words["months"], measures=tuple(measures))

    def _ended_column(self) -> str:
        """The date column that closes a case; empty when the rule files have none."""
        ends = {stage.key for stage in self.procedure.stages.stage if stage.end}
        closing = (s.done for s in self.procedure.stages.stage if any(branch.to in ends for branch in s.next))
        columns = self.procedure.columns
        return next((key for key in closing if key in columns and columns[key].kind == "date"), "")

    def _punctuality(self) -> tuple[Card, ...]:
        """The first deadline beside the stages whose term can be told from the columns alone; none: no card."""
        for side in self.procedure.stages.deadline:
            plain = side.unit in HOURS and side.start == "receipt" and not side.amounts and not side.pauses
            if plain and side.until in self.procedure.columns:
                name = side.names.get(self.procedure.language) or next(iter(side.names.values()))
                return (
                    Punctuality(
                        title=self.words["on_time"].format(deadline=name),
                        start="received_at",
                        until=side.until,
                        hours=side.amount * HOURS[side.unit],
                        titles=(self.words["due"], self.words["kept"], self.words["share"]),
                        fill=GREY,
                    ),
                )
        return ()
