"""A mail of a colleague that tells the bot to do something: `完成`, `done`, `延期 3天 因为…`.

It is obeyed only from somebody in routing.toml, and only with the signed token of a letter that was written to that
very person; anything else changes nothing and is shown to a human. What it does is decided in `core.answers`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from mailbot.core.answers import answered, extend, finish, may_answer
from mailbot.core.cells import CellEdit
from mailbot.core.instructions import Instruction, read_instruction
from mailbot.core.model import Case, Decision, End, Event, ReadMail
from mailbot.core.people import Person
from mailbot.core.procedure import Procedure
from mailbot.core.remarks import listed
from mailbot.core.replies import reply
from mailbot.core.threads import staff_token_number
from mailbot.notify import notify
from mailbot.office import Office
from mailbot.steps.outcome import Outcome
from mailbot.typed import misfit_complaint, read_edit

TEXT_LIMIT = 4000


def instruction_of(office: Office, mail: ReadMail) -> Instruction | None:
    """What a colleague's own mail asks the bot to do; None for every other mail."""
    sender = mail.sender.address
    if mail.kind.automatic or mail.forwarded_by or mail.refuted or not _colleague(office, sender):
        return None
    return read_instruction(mail.new_text, office.procedure)


def obey(office: Office, mail: ReadMail, asked: Instruction, now: datetime) -> Outcome:
    """Do what a colleague asks for, and tell him; or change nothing and tell the operator."""
    sender = mail.sender.address
    person = office.procedure.people.find(sender)
    numbers = (staff_token_number(token, sender, office.secret) for token in mail.tokens)
    case = next((case for number in numbers if number and (case := office.ledger.cases.get(number))), None)
    if person is None or case is None:
        why = "is not in routing.toml" if person is None else "did not answer a letter written to that address"
        what = "instruction_unknown" if person is None else "instruction_no_answer"
        key = f"instruction:{mail.message_id or mail.content_hash}"
        notify(office, key, what, now, sender=sender, verb=asked.verb)
        return Outcome(end=End.NEEDS_HUMAN, note=f"an instruction that cannot be obeyed: the sender {why}")
    decision, said, obeyed = _obeyed(office, case, asked, person, now)
    facts = {"from": sender, "message_id": mail.message_id, "text": mail.new_text[:TEXT_LIMIT], "obeyed": obeyed}
    event = Event(case=case.number, at=now, actor=f"mail:{sender}", kind="staff_answer", facts=facts)
    decision = replace(decision, events=(event, *decision.events))
    decision = answered(decision, person, mail.message_id or mail.content_hash, said, obeyed=obeyed)
    return Outcome(end=End.FOLLOW_UP, note=f"a colleague's instruction: {asked.verb}", decision=decision)


def _colleague(office: Office, address: str) -> bool:
    return office.procedure.people.find(address) is not None or office.own.includes(address)


def _obeyed(
    office: Office, case: Case, asked: Instruction, person: Person, now: datetime
) -> tuple[Decision, tuple[str, ...], bool]:
    procedure = office.procedure
    if said := _refusal(case, asked, person, procedure):
        return Decision(case=case), (said,), False
    if asked.verb == "extend":
        decision, told = extend(case, asked, person, now, procedure)
        return decision, told, bool(decision.events)
    closing = _closing(case, asked, now, procedure)
    if closing is None:
        return Decision(case=case), (_unclear(case, asked, person, procedure),), False
    cells, untaken = _cells(case, asked, person, procedure)
    decision, told = finish(case, (*cells, closing), person, now, procedure, untaken, office.precedents.of(case))
    return decision, told, len(decision.case.visits) > len(case.visits)


def _refusal(case: Case, asked: Instruction, person: Person, procedure: Procedure) -> str:
    """Why nothing can be done at all; empty: it can."""
    language, stage = person.language, procedure.stage(case)
    if not case.open:
        return reply("over", language)
    if not may_answer(case, person, procedure):
        people = listed([p.name for p in procedure.actors(case, "actor")], language)
        return reply("not_yours", language, people=people)
    if asked.stage and asked.stage != stage.key:
        named = procedure.stages.by_key[asked.stage].name(language)
        return reply("another_stage", language, stage=stage.name(language), named=named)
    return ""


def _closing(case: Case, asked: Instruction, now: datetime, procedure: Procedure) -> CellEdit | None:
    """The cell that closes the stage; None when the answer does not say what is to stand there."""
    done = procedure.stage(case).done
    old, spec = case.values.get(done), procedure.columns[done]
    if spec.kind in ("date", "datetime"):
        day = now.astimezone(procedure.calendar.zone).date()
        return None if asked.doubtful else CellEdit(column=done, old=old, value=day)
    said = [text for column, text in asked.cells if column == done] + [asked.result]
    pieces = said + [text.split()[0] for text in said if text] if spec.kind == "choice" else said
    reads = (read_edit(done, old, piece, procedure) for piece in pieces if piece)
    return next((read for read in reads if not read.misfit), None)


def _unclear(case: Case, asked: Instruction, person: Person, procedure: Procedure) -> str:
    stage, language = procedure.stage(case), person.language
    choices = [procedure.label(stage.done, key, language) for key in procedure.labels.get(stage.done, {})]
    if choices:
        return reply("which", language, example=choices[0], choices=listed(choices, language))
    if asked.result:
        return reply("unclear", language, text=asked.result[:80], stage=stage.name(language))
    return reply("say_what", language, column=procedure.column_name(stage.done, language))


def _cells(
    case: Case, asked: Instruction, person: Person, procedure: Procedure
) -> tuple[tuple[CellEdit, ...], tuple[str, ...]]:
    """The cells an answer fills, and what of it was not taken, in words."""
    stage, spoken = procedure.stage(case), replace(procedure, language=person.language)
    wanted = {*stage.requires, *(column for pair in stage.differs for column in pair)}
    edits: dict[str, CellEdit] = {}
    untaken: list[str] = []
    for column, text in asked.cells:
        read = read_edit(column, case.values.get(column), text, procedure)
        if column == stage.done:
            continue
        if column not in wanted:
            untaken.append(reply("not_asked", person.language, column=spoken.column_name(column)))
        elif read.misfit:
            untaken.append(misfit_complaint(column, text, spoken))
        elif column in case.misfits or read.value != case.values.get(column):
            edits[column] = read
    return tuple(edits.values()), tuple(untaken)
