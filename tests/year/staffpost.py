"""Colleagues who answer a letter by mail instead of opening the register: rightly, wrongly, half, or unentitled.

What must become of each mail is known before it is sent. Who acts in the stage and asks for what the rules allow is
obeyed; everybody else is answered, or shown to a human, and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from stories.house import PEOPLE, SHANGHAI
from year.colleagues import STAGES, Colleagues
from year.customers import JOINS, Customers
from year.phrases import ZH
from year.plant import Plant
from year.post import Customer, Later, Post
from year.world import Typed, World

from mailbot.core.model import Case, End, Event
from mailbot.ledger.letterstates import LetterRow
from mailbot.rows import cells as shown

HUMANS = frozenset({End.NEEDS_HUMAN})
PROMPTLY = timedelta(minutes=2)
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A mail in which a colleague told the bot something. `must`: what has to become of it, if it is read promptly.

    `cells` are what it says by column. `visits`: how often the case had changed its stage when it was written.
    """

    message_id: str
    number: str
    sender: str
    at: Any
    verb: str
    must: str
    cells: Mapping[str, Any]
    visits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a colleague is about to write. `sender` other than himself: somebody else uses his letter."""

    text: str
    must: str = ""
    verb: str = "done"
    cells: Mapping[str, Any] = field(default_factory=dict)
    sender: Customer | None = None
    fresh: bool = False


@dataclass(slots=True)
class StaffPost:
    """All such mails. `alerts` are the texts the operator got."""

    plant: Plant
    world: World
    chance: Random
    later: Later
    post: Post
    customers: Customers
    colleagues: Colleagues
    alerts: list[str] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    _waiting: list[Told] = field(default_factory=list)

    def hear(self, letter: LetterRow, raw: bytes) -> None:
        """A colleague got work; perhaps he answers the letter."""
        if letter.kind == "assignment" and not self.customers.silent and self.chance.random() < 0.09:
            after = timedelta(minutes=self.chance.choice((4, 15, 90, 600, 3000)))
            self.later(self.plant.clock.now + after, lambda: self._writes(letter, raw))

    def _writes(self, letter: LetterRow, raw: bytes) -> None:
        if not self.plant.running:
            return
        case = self.plant.office.ledger.cases.get(letter.case)
        assert case is not None
        sorts = [sort for _, sort in SORTS]
        sort = self.chance.choices(sorts, [weight for weight, _ in SORTS])[0]
        draft = sort(self, case, letter)
        if draft is None:
            return
        mine = Customer(name="", address=letter.recipient, company="", language=ZH, phone="")
        who, unheard = draft.sender or mine, draft.must == "unheard"
        ends = HUMANS if unheard else JOINS
        if draft.fresh:
            subject = f"完成 {case.number} 第{self.post.mails}封"
            posted = self.post.write(who, subject, draft.text, ends, "told the bot")
        else:
            posted = self.customers.answer(letter, raw, draft.text, who, ends, "told the bot")
            posted.case = "" if unheard else letter.case
        told = Told(
            message_id=posted.message_id,
            number=case.number,
            sender=who.address,
            at=self.plant.clock.now,
            verb=draft.verb,
            must=draft.must,
            cells=draft.cells,
            visits=len(case.visits),
        )
        self.told.append(told)
        if draft.must not in ("unheard", "a word"):
            self._waiting.append(told)

    # ---- what became of it ---------------------------------------------------------------------------------------

    def settle(self) -> None:
        """After a round: whatever was read by now was answered, and did what it had to do, or nothing."""
        for told in [*self._waiting]:
            history = self.plant.office.ledger.cases.history(told.number)
            read = [e for e in history if e.kind == "staff_answer" and _is(e, told)]
            if read:
                self._waiting.remove(told)
                (event,) = read
                together = [e for e in history if e.at == event.at and e.actor == f"mail:{told.sender}"]
                self._settled(told, event, together)

    def _settled(self, told: Told, event: Event, together: Sequence[Event]) -> None:
        ledger = self.plant.office.ledger
        case = ledger.cases.get(told.number)
        assert case is not None
        left = [visit for visit in case.visits if visit.left_at == event.at]
        kinds, obeyed = {e.kind for e in together}, bool(event.facts["obeyed"])
        with self.world.checking("a colleague who tells the bot something is answered once"):
            key = f"{told.number}:answer:{event.facts['message_id']}:{told.sender}"
            assert [m.kind for m in ledger.letters.of_case(told.number) if m.key == key] == ["answer_noted"], told
        with self.world.checking("he is told it was done when it was done, and only then"):
            assert obeyed == (bool(left) if told.verb == "done" else "extended" in kinds), (told, event, kinds)
        stood = len(case.visits) - len(left) == told.visits
        if told.must == "refused" and stood:
            with self.world.checking("what is refused changes nothing"):
                assert kinds == {"staff_answer"}, (told, together)
        if told.must == "obeyed" and stood and event.at - told.at < PROMPTLY:
            with self.world.checking("who acts and asks for what the rules allow is obeyed"):
                assert obeyed, (told, event)
        self._type(told, event, case, [e for e in together if e.kind == "edited"])

    def _type(self, told: Told, event: Event, case: Case, edits: Sequence[Event]) -> None:
        """What he said stands in the row now, as if he had typed it there."""
        closing = {stage.done for stage in self.plant.office.procedure.stages.stage}
        for edit in edits:
            column = edit.facts["column"]
            if column not in told.cells and column not in closing:
                continue  # what the rules set beside it
            value = told.cells.get(column, event.at.astimezone(SHANGHAI).date())
            before = self.world.typed.get((told.number, column))
            if before is None or before.at < event.at:
                self.world.type(Typed(number=told.number, column=column, value=value, at=event.at))

    def at_the_end(self) -> None:
        """Who may not tell the bot anything is not obeyed, and a human hears of it."""
        ledger = self.plant.office.ledger
        assert not self._waiting, self._waiting
        for told in self.told:
            if told.must not in ("unheard", "a word"):
                continue
            answers = [m for m in ledger.letters.of_case(told.number) if told.message_id in m.key]
            events = [e for e in ledger.cases.history(told.number) if e.kind == "staff_answer" and _is(e, told)]
            with self.world.checking("who may not tell the bot anything is neither obeyed nor answered"):
                assert not answers, told
                assert not events, told
            if told.must == "unheard":
                with self.world.checking("the operator hears of an instruction that was not obeyed"):
                    assert any(f"{told.sender} 来信要求" in text for text in self.alerts), told


def _is(event: Event, told: Told) -> bool:
    return str(event.facts["message_id"]).strip("<>") == told.message_id.strip("<>")


# ---- what they write -----------------------------------------------------------------------------------------------


def _asked(by: StaffPost, case: Case, letter: LetterRow) -> tuple[str, Any, dict[str, Any]]:
    """What closes the stage, the value of it, and the other cells, as the colleague knows them; "" when he does not."""
    procedure, now = by.plant.office.procedure, by.plant.clock.now
    row = shown(case, now, procedure)
    if not case.open or row["stage"] not in STAGES:
        return "", None, {}
    today: date = now.date()
    asked = STAGES[str(row["stage"])](by.colleagues, case.number, row, today)
    stage = procedure.stage(case)
    wanted = {*stage.requires, *(column for pair in stage.differs for column in pair)} - {stage.done}
    cells = {column: value for column, value in asked.items() if column in wanted and value is not None}
    return (stage.done if stage.done in asked else ""), asked.get(stage.done), cells


def _lines(by: StaffPost, cells: Mapping[str, Any]) -> str:
    return "".join(f"\n{by.colleagues.titles[column]}：{value}" for column, value in cells.items())


def _acts(by: StaffPost, case: Case, letter: LetterRow) -> bool:
    procedure = by.plant.office.procedure
    return case.open and letter.recipient in {person.address for person in procedure.actors(case, "actor")}


def _complete(by: StaffPost, case: Case, letter: LetterRow) -> Draft | None:
    done, value, cells = _asked(by, case, letter)
    if not done:
        return None
    word = by.chance.choice(("完成", "已完成", "done", "Done.", "办结"))
    dated = isinstance(value, date)
    must = "obeyed" if _acts(by, case, letter) else ""
    text = f"{word}{'' if dated else f' {value}'}{_lines(by, cells)}"
    return Draft(text=text, must=must, cells=cells if dated else {**cells, done: value})


def _half(by: StaffPost, case: Case, letter: LetterRow) -> Draft | None:
    done, value, cells = _asked(by, case, letter)
    if not done or not isinstance(value, date):
        return None
    stage = by.plant.office.procedure.stage(case)
    some = dict([*cells.items()][:1])
    return Draft(text=f"完成 {stage.name(ZH)}{_lines(by, some)}", cells=some)


def _bare(by: StaffPost, case: Case, letter: LetterRow) -> Draft | None:
    return Draft(text=by.chance.choice(("完成", "done", "已处理完")))


def _extend(by: StaffPost, case: Case, letter: LetterRow) -> Draft | None:
    if not case.open:
        return Draft(text="延期 2天 因为样品还没到", verb="extend", must="refused")
    due = shown(case, by.plant.clock.now, by.plant.office.procedure)["due"]
    soon = isinstance(due, type(by.plant.clock.now)) and due > by.plant.clock.now.replace(tzinfo=None)
    may = soon and case.visit.extended_to is None and _acts(by, case, letter)
    return Draft(text="延期 2天 因为样品还没到", verb="extend", must="obeyed" if may else "")


def _other(text: str, verb: str = "done", must: str = "refused") -> Callable[..., Draft]:
    return lambda by, case, letter: Draft(text=text, verb=verb, must=must)


def _by_friday(by: StaffPost, case: Case, letter: LetterRow) -> Draft | None:
    procedure = by.plant.office.procedure
    done = procedure.stage(case).done if case.open else ""
    free = bool(done) and procedure.columns[done].kind not in ("date", "choice")
    return Draft(text="done by Friday, I hope", must="" if free else "refused")


def _elsewhere(by: StaffPost, case: Case, letter: LetterRow) -> Draft | None:
    others = [s for s in by.plant.office.procedure.stages.stage if not s.end and s.key != case.stage]
    return Draft(text=f"完成 {by.chance.choice(others).name(ZH)}", must="refused")


def _question(by: StaffPost, case: Case, letter: LetterRow) -> Draft | None:
    return Draft(text="请问样品放在哪个仓库？我下午去取。", must="a word")


def _with_anothers_letter(by: StaffPost, case: Case, letter: LetterRow) -> Draft | None:
    everybody = [by.plant.office.procedure.people.find(name) for name in PEOPLE.values()]
    other = by.chance.choice([p for p in everybody if p and p.address != letter.recipient])
    who = Customer(name=other.name, address=other.address, company="", language=ZH, phone="")
    return Draft(text="完成", must="unheard", sender=who)


def _without_token(by: StaffPost, case: Case, letter: LetterRow) -> Draft | None:
    return Draft(text="完成", must="unheard", fresh=True)


def _nobody_knows(by: StaffPost, case: Case, letter: LetterRow) -> Draft | None:
    place = f"temp{len(by.told)}@example.test"
    return Draft(
        text="done", must="unheard", sender=Customer(name="实习生", address=place, company="", language=ZH, phone="")
    )


SORTS: tuple[tuple[int, Callable[[StaffPost, Case, LetterRow], Draft | None]], ...] = (
    (34, _complete),
    (8, _half),
    (6, _bare),
    (16, _extend),
    (4, _other("extend 3 working days because the sample is late", "extend", "")),
    (4, _other("延期 3天", "extend")),
    (4, _other("延期 60天 因为供应商停产", "extend")),
    (4, _by_friday),
    (5, _elsewhere),
    (5, _question),
    (5, _with_anothers_letter),
    (3, _without_token),
    (3, _nobody_knows),
)
"""How often which mail is written."""
