"""Headings of a company's own register, matched to our columns by what they say and what stands below them."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

import pytest
import xlsxwriter

from mailbot.core.model import Language
from mailbot.core.procedure import Procedure
from mailbot.headings import Proposal, added, propose
from mailbot.procedures import load_procedure
from mailbot.rows import columns
from sheets.excel.survey import survey


@pytest.fixture(scope="module")
def procedure() -> Procedure:
    return load_procedure(None, Language.EN, "CP-{year}-{seq:06d}").procedure


def proposed(procedure: Procedure, heads: list[str], *rows: list[Any], **said: str) -> dict[str, str]:
    """Each heading's fate: a key, `? key` when it is asked, `own` when it stays, `never` when it must."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet()
    for number, row in enumerate([heads, *rows]):
        sheet.write_row(number, 0, row)
    book.close()
    found = survey(out.getvalue(), columns(procedure))
    proposal: Proposal = propose(found, procedure, said)
    titles = added(proposal.taken.values(), found, procedure)
    assert not set(titles) & set(proposal.taken.values())
    assert len({*titles.values(), *found.headings.values()}) == len(titles) + len(found.headings)
    fates = {column: f"? {key}" for column, (key, _) in proposal.asked.items()}
    fates |= dict.fromkeys(proposal.kept, "never") | dict(proposal.taken)
    return {heading: fates.get(column, "own") for column, heading in found.headings.items()}


def test_usual_names_are_taken_and_unusual_ones_asked(procedure: Procedure) -> None:
    heads = ["Customer", "Part No", "Qty affected", "Contact e-mail", "Problem", "Weather"]
    row = ["Ruida", "P-1", 3, "a@b.example", "It cracks at the edge", "rainy"]
    assert proposed(procedure, heads, row) == {
        "Customer": "company",
        "Part No": "part_no",
        "Qty affected": "? quantity",
        "Contact e-mail": "? email",
        "Problem": "description",
        "Weather": "own",
    }


def test_a_column_the_bot_would_write_over_stays_the_companys_own(procedure: Procedure) -> None:
    heads = ["No.", "Status", "Customer", "Problem"]
    assert list(proposed(procedure, heads, [1, "open", "Ruida", "cracks"]).values())[:2] == ["never", "never"]
    assert list(proposed(procedure, heads, ["", "", "Ruida", "cracks"]).values())[:2] == ["number", "status"]


def test_a_day_of_receipt_is_taken_when_every_cell_is_one(procedure: Procedure) -> None:
    heads = ["Date received", "Customer", "Problem"]
    assert proposed(procedure, heads, [date(2026, 3, 1), "Ruida", "cracks"])["Date received"] == "received_at"
    assert proposed(procedure, heads, ["last week", "Ruida", "cracks"])["Date received"] == "never"


def test_a_column_whose_cells_mean_nothing_is_asked_about(procedure: Procedure) -> None:
    heads = ["Severity", "Customer", "Problem"]
    assert proposed(procedure, heads, ["A3", "Ruida", "cracks"])["Severity"] == "? severity"


def test_the_operators_word_counts(procedure: Procedure) -> None:
    heads, row = ["Weather", "Customer", "Problem"], ["rainy", "Ruida", "cracks"]
    fates = proposed(procedure, heads, row, Weather="description", Problem="")
    assert fates == {"Weather": "description", "Customer": "company", "Problem": "own"}
