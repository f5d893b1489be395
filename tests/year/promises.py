"""What must be true in the simulated year, each promise one function, checked as often as it is cheap to.

The eyes are not the program's own where that is possible: openpyxl for the workbook, the receiver for letters, a
calendar written down by hand. Letters are looked at as they come, open cases every evening, mailbox and workbook when
nobody types and everything is there, the rest when the year is over.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import openpyxl
from stories.house import SHANGHAI
from year.almanac import is_open, is_workday
from year.colleagues import OWN_COLUMN
from year.plant import Plant, message_id
from year.world import Typed, World

from mailbot.core.chasing import clocks, standing
from mailbot.core.model import Case, End, Event
from mailbot.ledger.letterstates import LetterRow, LetterState
from mailbot.rows import cells
from sheets.cells import same

CHASING = frozenset({"reminder", "escalation"})
CUSTOMERS_OWN = ("stage_news", "explanation", "plan", "result", "satisfaction", "closed")
"""Letters to a customer that go with a move from one stage to the next."""


@dataclass(slots=True)
class Promises:
    """All of them, over one plant and what the world knows of it. `refused`: whom a server did not take for good."""

    plant: Plant
    world: World
    titles: dict[str, str]
    refused: Container[str] = ()
    _letters_seen: int = 0
    _arrived: set[str] = field(default_factory=set)
    _gone: set[Typed] = field(default_factory=set)

    # ---- always --------------------------------------------------------------------------------------------------

    def letters_that_came(self, arrived: Iterable[tuple[LetterRow, bytes]]) -> None:
        """Each is one the ledger ordered, none comes twice, reminders were written in working hours."""
        for row, raw in arrived:
            with self.world.checking("no letter arrives twice"):
                assert message_id(raw) not in self._arrived, row
            self._arrived.add(message_id(raw))
            with self.world.checking("no reminder outside working hours, except of the gravest cases"):
                assert self._in_time(row), row
            with self.world.checking("a letter goes out as it was decided"):
                assert raw == self.plant.office.ledger.letters.raw(row.id)

    def _in_time(self, row: LetterRow) -> bool:
        if row.kind not in CHASING or is_open(row.queued_at.astimezone(SHANGHAI)):
            return True
        case = self.plant.office.ledger.cases.get(row.case)
        return case is not None and "critical" in (case.values.get("severity"), *_severities(self._history(row.case)))

    # ---- evenings ------------------------------------------------------------------------------------------------

    def evening(self) -> None:
        """No open case is left alone."""
        office, now = self.plant.office, self.plant.clock.now
        for case in office.ledger.cases.open():
            stand = standing(case, now, office.procedure)
            with self.world.checking("an open case has somebody responsible and a next deadline"):
                assert stand.waiting_for, case
                assert stand.due_at or case.values.get("waiting"), case
                assert next(clocks(case, office.procedure)).key.startswith(case.stage), case

    # ---- when all is quiet ---------------------------------------------------------------------------------------

    def quiet(self) -> None:
        """Mailbox, ledger and workbook agree; what staff typed stands."""
        self.every_mail_has_one_end()
        rows, typed = self._table(), defaultdict(list)
        for cell in self.world.typed.values():
            typed[cell.number].append(cell)
        for case in self.plant.office.ledger.cases.all():
            self._row_says_what_the_ledger_says(case, rows[case.number])
            self._edits_stand(case.number, rows[case.number], typed[case.number])
        for number, note in self.world.own_notes.items():
            with self.world.checking("a column of staff's own stays beside its row"):
                assert rows[number][OWN_COLUMN] == note, number

    def every_mail_has_one_end(self) -> None:
        """The sum is right, and each mail came to an end it may come to."""
        office = self.plant.office
        mails = {m.sha256: m for end in End for m in office.ledger.mails.ended_as(end)}
        balance = office.ledger.mails.balance()
        with self.world.checking("every mail has exactly one end"):
            assert balance.even, balance
            assert not balance.unfinished, balance
            assert balance.received == len(self.world.posted) == len(mails), balance
        for posted in self.world.posted:
            with self.world.checking("a mail comes to the end it should"):
                mail = mails[posted.sha256]
                assert mail.end in posted.ends, (posted, mail)
                assert not posted.case or mail.case == posted.case, (posted, mail)
            posted.case = mail.case or ""

    def _row_says_what_the_ledger_says(self, case: Case, row: dict[str, Any]) -> None:
        procedure = self.plant.office.procedure
        wanted = cells(case, self.plant.clock.now, procedure)
        for key, spec in procedure.columns.items():
            if spec.owner == "bot" and key != "attachments":
                with self.world.checking("the bot's columns say what the ledger says"):
                    assert same(wanted[key], row[key]), (case.number, key, wanted[key], row[key])

    def _edits_stand(self, number: str, row: dict[str, Any], cells: list[Typed]) -> None:
        history: list[Event] | None = None
        for typed in cells:
            if not same(row[typed.column], typed.value):
                with self.world.checking("what left a cell is in the history"):
                    if typed not in self._gone:  # a history only grows
                        history = history or self._history(number)
                        assert _taken_away(typed, history), (typed, row[typed.column])
                        self._gone.add(typed)
            with self.world.checking("no edit of staff is lost"):
                pass

    # ---- at the end ----------------------------------------------------------------------------------------------

    def at_the_end(self, first: date, last: date) -> None:
        """What can only be said of the year as a whole."""
        ledger = self.plant.office.ledger
        letters = ledger.letters.list()
        by_case: defaultdict[str, list[LetterRow]] = defaultdict(list)
        for letter in letters:
            by_case[letter.case].append(letter)
        for case in ledger.cases.all():
            self.stages_follow_their_branches(case)
            self.letters_of(case, by_case[case.number])
            self.typed_is_credited(case.number)
        self.acknowledgements(letters)
        self.summaries(letters, first, last)
        self.group_events()
        with self.world.checking("every letter came to its end"):
            ends = Counter(letter.state for letter in letters)
            assert ends.keys() <= {LetterState.SENT, LetterState.FAILED, LetterState.DROPPED}, ends
        with self.world.checking("every loop ends"):
            left = [(c.number, c.stage, c.remarks, c.needs_human) for c in ledger.cases.open()]
            assert not left, left

    def group_events(self) -> None:
        """The third customer of one batch within a month makes it grave."""
        for posted in [p for p in self.world.posted if p.facts.get("group") == "3"]:
            case = self.plant.office.ledger.cases.get(posted.case)
            with self.world.checking("three customers of one batch are a group event"):
                assert case is not None, posted
                assert case.values["severity"] == "critical", posted

    def stages_follow_their_branches(self, case: Case) -> None:
        """From each stage the case went where a line of `next` leads, or was reopened."""
        stages = self.plant.office.procedure.stages
        reopened = [e.facts["stage"] for e in self._history(case.number) if e.kind in ("reopened", "recurred")]
        for left, entered in zip(case.visits, case.visits[1:], strict=False):
            ways = {branch.to for branch in stages.by_key[left.stage].next}
            with self.world.checking("no stage is skipped without its branch"):
                assert entered.stage in ways or entered.stage in reopened, (case.number, left, entered)
                assert left.left_at == entered.entered_at, (case.number, left, entered)

    def letters_of(self, case: Case, letters: list[LetterRow]) -> None:
        """One letter to one person for each kind and stay; one reminder for each rung."""
        keys = Counter((m.recipient, m.kind, m.key) for m in letters)
        moves = Counter(
            (left.stage, entered.stage) for left, entered in zip(case.visits, case.visits[1:], strict=False)
        )
        stages = self.plant.office.procedure.stages.by_key
        with self.world.checking("no letter twice"):
            assert max(keys.values(), default=1) == 1, keys
            for kind in CUSTOMERS_OWN:
                # Whom it was told that the case is open again reads news on the way where others are told so.
                kinds = {kind, "reopened"} if kind == "stage_news" else {kind}
                lines = {(s.key, b.to) for s in stages.values() for b in s.next if b.letter in kinds}
                written = sum(m.kind == kind for m in letters)
                assert written <= sum(moves[line] for line in lines), (case.number, kind, written)
        rungs = Counter(
            (e.facts["deadline"], e.facts["rung"], e.facts["due"])
            for e in self._history(case.number)
            if e.kind == "reminded"
        )
        with self.world.checking("a reminder is told once"):
            assert max(rungs.values(), default=1) == 1, (case.number, rungs)

    def acknowledgements(self, letters: list[LetterRow]) -> None:
        """Each complaint gets one, at once; a flood does not."""
        given = defaultdict(list)
        for letter in letters:
            if letter.kind == "acknowledgement":
                given[letter.case].append(letter)
        for posted in self.world.posted:
            if posted.ends != frozenset({End.NEW_CASE}) or posted.flood:
                continue
            with self.world.checking("a complaint is acknowledged exactly once"):
                (receipt,) = given[posted.case]
                assert receipt.recipient == posted.answer_to, (posted, receipt)
            if receipt.message_id in self.world.doubted or receipt.recipient in self.refused:
                continue  # it waited for the operator, who looked whether it had come, or it cannot come
            with self.world.checking("an acknowledgement goes out at once, or when the outage is over"):
                there = self.world.back_after(
                    posted.at, *("mailbox", "smtp", "program", f"recipient {receipt.recipient}")
                )
                assert receipt.sent_at is not None, receipt
                assert receipt.sent_at <= there + timedelta(hours=3), (posted.at, there, receipt)
        floods = [p for p in self.world.posted if p.flood]
        answered = sum(len(given[p.case]) for p in floods)
        with self.world.checking("a flood is registered and not answered"):
            writers = len({p.answer_to for p in floods})
            assert answered == 3 * writers, (answered, writers)

    def summaries(self, letters: list[LetterRow], first: date, last: date) -> None:
        """One on each working day for each supervisor, none on others; none missing unless the program was off."""
        supervisors = self.plant.office.procedure.people.in_role("supervisor")
        sent = Counter(
            (m.recipient, date.fromisoformat(m.key.split(":")[1])) for m in letters if m.kind == "daily_summary"
        )
        off = [a for a in self.world.away if a.what == "program"]
        for person in supervisors:
            day = first
            while day <= last:
                struck = datetime(day.year, day.month, day.day, 8, 30, tzinfo=SHANGHAI)
                missed = any(a.since <= struck and a.until >= struck + timedelta(hours=23) for a in off)
                with self.world.checking("one summary on a working day, none on others"):
                    assert sent[person.address, day] == (is_workday(day) and not missed), (person.address, day)
                day += timedelta(days=1)

    def typed_is_credited(self, number: str) -> None:
        """Every value that stood last in a cell by a human's hand is in the history as an edit of the sheet."""
        procedure = self.plant.office.procedure
        credited = {(e.facts["column"], str(procedure.label(e.facts["column"], e.facts["new"]))[:10])
                    for e in self._history(number) if e.kind == "edited"}  # fmt: skip
        for typed in [t for t in self.world.typed.values() if t.number == number and t.value is not None]:
            shown = str(procedure.label(typed.column, typed.value))[:10]
            with self.world.checking("what staff typed is in the history"):
                assert (typed.column, shown) in credited, typed

    # ---- eyes ----------------------------------------------------------------------------------------------------

    def _history(self, number: str) -> list[Event]:
        return list(self.plant.office.ledger.cases.history(number))

    def _table(self) -> dict[str, dict[str, Any]]:
        """The rows by number, by column key and by heading; a number twice fails."""
        book = openpyxl.load_workbook(self.plant.workbook, read_only=True)
        lines = book.worksheets[0].iter_rows(values_only=True)
        heads = next(lines)
        keys = {title: key for key, title in self.titles.items()}
        rows: dict[str, dict[str, Any]] = {}
        for line in lines:
            row = {keys.get(str(head), str(head)): cell for head, cell in zip(heads, line, strict=False)}
            if row["number"]:
                with self.world.checking("a case has one row"):
                    assert row["number"] not in rows, row["number"]
                rows[row["number"]] = row
        book.close()
        with self.world.checking("the register has every case and no other"):
            assert rows.keys() == {c.number for c in self.plant.office.ledger.cases.all()}
        return rows


def _taken_away(typed: Typed, history: list[Event]) -> bool:
    """Whether the history tells that the cell was emptied after it was typed, or went out as a letter."""
    for event in history:
        if event.at < typed.at:
            continue
        if typed.column in event.facts.get("cleared", {}):
            return True
        if typed.column == "note_to_customer" and event.facts.get("note") == typed.value:
            return True
    return False


def _severities(history: list[Event]) -> list[Any]:
    changes = [e for e in history if e.facts.get("column") == "severity"]
    return [e.facts.get("old") for e in changes]
