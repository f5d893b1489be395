"""`mailbot register upgrade`: give a register the columns the rules have come to know since it was made.

Nothing that stands in it is changed, and it may stay in use: whoever has it open is waited for, the daemon reads it
anew and fills the columns in.
"""

from __future__ import annotations

from pathlib import Path

from mailbot import config as configuration
from mailbot.commands.adopt import read_headings, say_unlisted
from mailbot.commands.terminal import ask_for, heading, line, verdict
from mailbot.errors import Usage
from mailbot.headings import added, new_columns
from mailbot.procedures import load_procedure
from mailbot.rows import columns
from mailbot.wiring import excel_register
from sheets.excel.reading import read_workbook
from sheets.excel.survey import survey
from sheets.excel.widening import same_parts, with_columns
from sheets.register import Refused, Unreadable, Waiting

SURE = "Add these columns? / 添加这些列吗？ (yes / no)"


def upgrade(path: Path, *, everything: bool, yes: bool) -> int:
    """Add the columns that are missing; return 0 when none is missing any more, 1 when it was not done."""
    config = configuration.load(path)
    if config.book.kind != "excel":
        raise Usage("only an Excel register is upgraded; to a Google sheet add the headings by hand")
    company, file = config.company, config.path(config.book.path)
    rules = config.path(config.files.rules)
    procedure = load_procedure(rules, company.language, company.number, read_headings(config)).procedure
    known = columns(procedure)
    try:
        data = file.read_bytes()
        reading = read_workbook(data, known)
        found = survey(data, known, sheet=reading.part.name, row=reading.header.row)
        titles = added(reading.header.columns, found, procedure, everything=everything)
        asking = next((reading.header.columns.get(column.key, 0) for column in known if column.asks), 0)
        coming = new_columns(titles, procedure)
        new = with_columns(data, found, coming, asking)
        if not titles and same_parts(data, new):
            verdict(True, str(file), "no column is missing")
            return 0
        heading(f"Columns to be added on the right of {reading.part.name!r}")
        line(", ".join(titles.values()) or "none; cells to be filled in now become yellow")
        say_unlisted(coming)
        if not yes and ask_for(SURE, "no", lambda said: "" if said in ("yes", "no") else "yes / no") != "yes":
            line("Nothing was changed. / 未作任何更改。")
            return 1
        excel_register(config, file, procedure).publish(data, new)
    except FileNotFoundError as error:
        raise Usage(f"{file} is not there") from error
    except (Unreadable, Refused) as error:
        raise Usage(f"{file} cannot be given new columns: {error}") from error
    except Waiting as wait:
        verdict(None, str(file), str(wait), "close it everywhere, then do this again")
        return 1
    verdict(True, str(file), f"{len(titles)} columns added; the file as it was is in data/register-versions")
    return 0
