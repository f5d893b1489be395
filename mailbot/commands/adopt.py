"""`mailbot register adopt`: take over a register the company kept by itself.

Shows what it makes of every column and row, asks where that is not clear, and changes nothing before a yes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from mailbot import config as configuration
from mailbot.clock import system_clock
from mailbot.commands.terminal import ask_for, heading, line, table, verdict
from mailbot.config import Config
from mailbot.core.columns import HeadingFile
from mailbot.core.procedure import Procedure
from mailbot.errors import Usage
from mailbot.headings import Proposal, added, new_columns, propose
from mailbot.lock import only_one
from mailbot.ownstates import finished, received
from mailbot.procedures import HEADINGS, load_procedure
from mailbot.rows import columns
from mailbot.steps.adopt import adopt_rows, new_rows, preview
from mailbot.steps.reconcile import reconcile
from mailbot.wiring import excel_register, lock_path, open_desk
from sheets.excel.reading import read_workbook
from sheets.excel.survey import Survey, survey
from sheets.excel.widening import unlisted, with_columns
from sheets.header import meant
from sheets.register import Refused, Unreadable, Waiting
from sheets.table import Cell, Column, Row

ALONE = "-"
SHOWN = 20
"""Rows named; the rest is counted."""
SURE = "Take it over like this? / 就这样接管吗？ (yes / no)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Takeover:
    """All that is to be done: the bytes read and to be written, the headings; by position the rows that are over, and
    when rows came in that say so in a column of the company's own."""

    old: bytes
    new: bytes
    headings: HeadingFile
    finished: frozenset[int]
    received: Mapping[int, Cell]


def adopt(path: Path, file: Path, *, sheet: str, row: int, said: Sequence[str], yes: bool) -> int:
    """Take over the workbook `file`; return 0 when done, 1 when it was not wanted or the workbook is open."""
    config, now = configuration.load(path), system_clock()
    before = read_headings(config)
    procedure = _procedure(config, before)
    try:
        data = file.read_bytes()
        found = survey(data, columns(procedure), sheet=sheet, row=row)
        answers = _answers(said, found, procedure)
        proposal = _asked(propose(found, procedure, answers), found, procedure, ask=not yes)
        takeover = _planned(data, found, proposal, procedure, before, answers)
        _show_columns(found, proposal, procedure, added(proposal.taken.values(), found, procedure))
        adopted = _procedure(config, takeover.headings)
        reading = read_workbook(takeover.new, columns(adopted))
        _show_rows(reading.sheet.rows, takeover, now, adopted)
        if not yes and ask_for(SURE, "no", lambda said: "" if said in ("yes", "no") else "yes / no") != "yes":
            line("Nothing was changed. / 未作任何更改。")
            return 1
        return _take_over(path, config, file, takeover, now)
    except (Unreadable, Refused) as error:
        raise Usage(f"{file} cannot be taken over: {error}") from error
    except Waiting as wait:
        verdict(None, str(file), str(wait), "close it everywhere, then do this again")
        return 1


def read_headings(config: Config) -> HeadingFile:
    """What an earlier takeover wrote down."""
    from mailbot.core.rulefile import read

    place = config.path(config.files.rules) / HEADINGS
    return read(place, HeadingFile) if place.exists() else HeadingFile()


def _procedure(config: Config, headings: HeadingFile) -> Procedure:
    company = config.company
    return load_procedure(config.path(config.files.rules), company.language, company.number, headings).procedure


def _answers(said: Sequence[str], found: Survey, procedure: Procedure) -> dict[str, str]:
    """`HEADING=KEY` of the command line, `HEADING=-` for a column of the company's own. Raises Usage."""
    answers = {}
    for text in said:
        title, _, key = text.rpartition("=")
        if title not in found.headings.values():
            raise Usage(
                f"--column {text}: the header row has no {title!r}; it has {', '.join(found.headings.values())}"
            )
        if key != ALONE and key not in procedure.columns:
            raise Usage(f"--column {text}: there is no column {key!r}; rules/columns.toml lists them")
        answers[title] = "" if key == ALONE else key
    return answers


def _asked(proposal: Proposal, found: Survey, procedure: Procedure, *, ask: bool) -> Proposal:
    """Ask for every column that is not clear; without asking they stay the company's own."""
    answers = {}
    for column, (key, why) in proposal.asked.items() if ask else ():
        name = procedure.column_name(key)
        shown = ", ".join(str(cell) for cell in _filled(found.below[column])[:3])
        question = (
            f"“{found.headings[column]}” ({why}; e.g. {shown}): Enter = “{name}”, {ALONE} = leave it alone, or another"
            f" key / 回车 = “{name}”，{ALONE} = 不使用，或输入其他列的键"
        )
        fault = f"there is no such column / 没有这一列: {', '.join(procedure.columns)}"
        known = {ALONE, *procedure.columns}
        said = ask_for(question, key, lambda said, known=known, fault=fault: "" if said in known else fault)  # type: ignore[misc]
        answers[column] = "" if said == ALONE else said
    left = {column: key for column, (key, _) in proposal.asked.items() if not answers.get(column)}
    settled = proposal.settled(answers)
    return Proposal(taken=settled.taken, asked={}, kept={**settled.kept, **left})


def _planned(
    data: bytes,
    found: Survey,
    proposal: Proposal,
    procedure: Procedure,
    before: HeadingFile,
    answers: Mapping[str, str],
) -> Takeover:
    titles = added(proposal.taken.values(), found, procedure)
    own = {key: found.headings[column].replace("\n", " ") for column, key in proposal.taken.items()}
    never: dict[str, tuple[str, ...]] = dict(before.never)
    own_words = [title for title, key in answers.items() if not key]
    refused = {found.headings[column]: key for column, key in proposal.kept.items()}
    refused |= {title: key for title in own_words if (key := meant(title, columns(procedure)))}
    for title, key in refused.items():
        never[key] = tuple(dict.fromkeys((*never.get(key, ()), title)))
    return Takeover(
        old=data,
        new=with_columns(data, found, new_columns(titles, procedure)) if titles else data,
        headings=HeadingFile(headings={**before.headings, **own, **titles}, never=never),
        finished=finished(found, proposal),
        received=received(found, proposal),
    )


def _show_columns(found: Survey, proposal: Proposal, procedure: Procedure, titles: Mapping[str, str]) -> None:
    rows = []
    for column, title in found.headings.items():
        filled = _filled(found.below[column])
        key = proposal.taken.get(column, "")
        what = f"{key} ({procedure.column_name(key)})" if key else "stays yours, not used"
        if column in proposal.kept and procedure.columns[proposal.kept[column]].owner == "bot":
            what = "stays yours: the bot writes its own column beside it"
        rows.append((title, what, str(len(filled)), str(filled[0])[:24] if filled else ""))
    table(f"Sheet {found.part.name!r}, headings in row {found.row}", ("heading", "taken as", "filled", "such as"), rows)
    if found.doubles:
        line(f"Sheets with the same headings, left alone; --sheet takes another one: {', '.join(found.doubles)}")
    if titles:
        heading("Columns to be added on the right")
        line(", ".join(titles.values()))
        say_unlisted(new_columns(titles, procedure))


def say_unlisted(new: Sequence[Column]) -> None:
    """Name the columns to be added that get no list to choose from."""
    if without := [column.title for column in new if unlisted(column)]:
        line(
            f"No drop-down list for {', '.join(without)}: the choices are longer than the 255 characters Excel takes,"
            " or one holds a comma. Write them on another sheet and choose Data › Data Validation › List in Excel. / "
            "以上列的选项超过 255 个字符或含有逗号，未设下拉列表："
            "请把选项写在另一工作表，再用“数据 › 数据验证 › 序列”设置。"
        )


def _show_rows(rows: Sequence[Row], takeover: Takeover, now: datetime, procedure: Procedure) -> None:
    records = _records(rows, procedure)
    cases = preview(records, takeover.finished, takeover.received, now, procedure)
    stages = Counter(procedure.stage(case).name(procedure.language) for case in cases)
    heading("Rows")
    line(f"{len(cases)} cases: " + (", ".join(f"{stage} {count}" for stage, count in stages.most_common()) or "none"))
    known = {row.position for row in records}
    if left := [str(row.position) for row in rows if row.position not in known]:
        line(f"{len(left)} rows are left alone, for they look like totals, notes or too little to be a complaint:")
        line(", ".join(left[:SHOWN]) + (" …" if len(left) > SHOWN else ""))
    misfits = Counter(procedure.column_name(key) for case in cases for key in case.misfits)
    if misfits:
        line("Cells that mean nothing to the bot; they stay, and the row says so: ")
        line(", ".join(f"{name} {count}" for name, count in misfits.most_common()))
    line("Nobody is written to because of this. / 接管时不会给任何人发信。")


def _records(rows: Sequence[Row], procedure: Procedure) -> list[Row]:
    from sheets.records import is_record

    known = columns(procedure)
    return [row for row in rows if is_record(row, known)]


def _take_over(path: Path, config: Config, file: Path, takeover: Takeover, now: datetime) -> int:
    with only_one(lock_path(config)):
        register = excel_register(config, file, _procedure(config, takeover.headings))
        if (holder := register.held_by()) is not None:
            raise holder
        _write_headings(config, takeover.headings)
        config = _pointed_at(path, config, file)
        with open_desk(config) as office:
            sheet = read_workbook(takeover.new, columns(office.procedure)).sheet
            stages = adopt_rows(office, new_rows(office, sheet, now), takeover.finished, takeover.received, now)
            if takeover.new != takeover.old:
                register.publish(takeover.old, takeover.new)
            reconcile(replace(office, register=register), now)
    verdict(
        True, str(file), f"taken over, {sum(stages.values())} cases; the file as it was is in data/register-versions"
    )
    return 0


def _write_headings(config: Config, headings: HeadingFile) -> None:
    lines = ["# What your register calls the columns, by key; written by `mailbot register adopt`.", "", "[headings]"]
    lines += [f"{key} = {_quoted(title)}" for key, title in headings.headings.items()]
    lines += ["", "# Headings that are yours alone, though they look like the column's.", "[never]"]
    lines += [f"{key} = [{', '.join(map(_quoted, titles))}]" for key, titles in headings.never.items()]
    place = config.path(config.files.rules) / HEADINGS
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text("\n".join(lines) + "\n", encoding="utf-8")
    verdict(True, str(place))


def _pointed_at(path: Path, config: Config, file: Path) -> Config:
    """The configuration with the workbook as its register; the file is changed where it names another."""
    if config.path(config.book.path) == file.resolve():
        return config
    text = path.read_text(encoding="utf-8")
    head, section, rest = text.partition("[register]")
    new, count = re.subn(
        r'(?m)^path\s*=\s*"[^"\n]*"', f"path = {_quoted(str(file.resolve()))}".replace("\\", r"\\"), rest, count=1
    )
    if not section or not count:
        raise Usage(
            f"{path} names another register: write path = {_quoted(str(file.resolve()))} under [register] first"
        )
    path.write_text(head + section + new, encoding="utf-8")
    verdict(True, str(path), f"[register] path is {file.resolve()} now")
    return configuration.load(path)


def _filled(cells: Sequence[Cell]) -> list[Cell]:
    return [cell for cell in cells if cell is not None]


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
