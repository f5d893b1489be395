"""The dashboard counts what stands in the register, in every office program, whatever staff do to the columns."""

from __future__ import annotations

import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from dashboards import shown, tiles
from libreoffice import convert, needed
from openpyxl.worksheet.worksheet import Worksheet

from mailbot.core.model import Language
from mailbot.core.procedure import Procedure
from mailbot.dashboard import WORDS, dashboard
from mailbot.newbook import TITLES
from mailbot.procedures import load_procedure
from mailbot.rows import columns
from mailbot.shipped import shipped
from sheets.excel import ExcelRegister
from sheets.excel.create import create
from sheets.header import find_header
from sheets.register import Unreadable
from sheets.table import AppendRow, Cell, SetCell

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime.now(SHANGHAI)
"""The office program asks its own clock."""
SIMPLE = shipped("rules") / "examples" / "simple-en"
EVERY = [(None, Language.ZH_CN), (None, Language.ZH_TW), (None, Language.EN), (SIMPLE, Language.EN)]


def procedure(rules: Path | None = None, language: Language = Language.ZH_CN) -> Procedure:
    return load_procedure(rules, language, "CP-{year}-{seq:06d}").procedure


def some_rows(rules: Procedure, count: int, first: int = 1, seed: int = 1) -> list[dict[str, Cell]]:
    """Rows as they may stand in a register, odd ones among them."""
    chance, today = Random(seed), NOW.replace(tzinfo=None, second=0, microsecond=0)

    def one(column: str) -> str:
        return rules.label(column, chance.choice([*rules.labels[column]]))

    rows: list[dict[str, Cell]] = []
    for number in range(first, first + count):
        received = today - timedelta(hours=chance.randrange(24 * 420))
        closed = chance.random() < 0.5
        status = "closed" if closed else chance.choice(["normal", "overdue", "due_soon", "on_hold", "needs_human"])
        row: dict[str, Cell] = {
            "number": f"CP-2026-{number:06d}",
            "stage": chance.choice(rules.stages.stage).name(rules.language),
            "status": rules.label("status", status),
            "due": None if closed else received + timedelta(days=chance.randrange(60)),
            "received_at": received,
            "severity": chance.choice([one("severity"), "?", None]),
            "department": one("department"),
            "nature": chance.choice([one("nature"), one("nature"), None]),
            "owner": chance.choice([*(p.name for p in rules.people.persons), "somebody else", None]),
            "first_answer_on": chance.choice([(received + timedelta(hours=chance.randrange(50))).date(), None, "soon"]),
            "closed_on": (received + timedelta(days=9)).date() if closed else None,
        }
        rows.append({key: cell for key, cell in row.items() if key in rules.columns})
    return [*rows, {"description": "typed by hand, not yet taken in", "severity": one("severity")}]


def made(path: Path, rules: Procedure, rows: list[dict[str, Cell]]) -> ExcelRegister:
    board = dashboard(rules, NOW)
    create(path, columns(rules), TITLES[rules.language], rows=rows, dashboard=board)
    return ExcelRegister(path, columns(rules), keep=None, now=lambda: datetime(2100, 1, 1, tzinfo=UTC))


def formulas(path: Path) -> dict[str, object]:
    """What each formula cell of the dashboard shows, but for the present time."""
    sheet, values = (openpyxl.load_workbook(path, data_only=only).worksheets[-1] for only in (False, True))
    found = {
        c.coordinate: values[c.coordinate].value or 0 for row in sheet.iter_rows() for c in row if c.data_type == "f"
    }
    return {place: round(v, 9) if isinstance(v, float) else v for place, v in found.items() if place != "B3"}


@pytest.mark.parametrize("rules", EVERY, ids=str)
class TestInEveryLanguage:
    pytestmark = needed

    def test_it_shows_at_once_what_an_office_program_calculates(
        self, rules: tuple[Path | None, Language], tmp_path: Path
    ) -> None:
        made(tmp_path / "r.xlsx", procedure(*rules), some_rows(procedure(*rules), 150))
        calculated = convert(tmp_path / "r.xlsx", "xlsx", tmp_path / "out", zone="Asia/Shanghai")
        before = formulas(tmp_path / "r.xlsx")
        assert len(before) > 150
        assert before == formulas(calculated)

    def test_rows_the_bot_adds_and_changes_are_counted(
        self, rules: tuple[Path | None, Language], tmp_path: Path
    ) -> None:
        company = procedure(*rules)
        rows = some_rows(company, 40)[:-1]
        store = made(tmp_path / "r.xlsx", company, rows[:3])
        store.write(store.read(), [AppendRow(identity=str(row["number"]), cells=row) for row in rows[3:]])
        sheet, closed = store.read(), company.label("status", "closed")
        first = sheet.rows[0]
        change = {"identity": str(first.cells["number"]), "position": first.position, "column": "status"}
        store.write(sheet, [SetCell(**change, expected=first.cells["status"], value=closed)])  # type: ignore[arg-type]
        rows[0]["status"] = closed
        made(tmp_path / "whole.xlsx", company, rows)
        calculated = convert(tmp_path / "r.xlsx", "xlsx", tmp_path / "out", zone="Asia/Shanghai")
        name = WORDS[company.language]["name"]
        assert shown(calculated, name) == shown(tmp_path / "whole.xlsx", name)
        assert tiles(calculated, name) == tiles(tmp_path / "whole.xlsx", name)


@pytest.mark.parametrize("rules", EVERY, ids=str)
def test_the_bot_never_takes_it_for_the_register(rules: tuple[Path | None, Language], tmp_path: Path) -> None:
    company = procedure(*rules)
    store = made(tmp_path / "r.xlsx", company, some_rows(company, 20))
    assert not store.read().doubles
    book = openpyxl.load_workbook(tmp_path / "r.xlsx", data_only=True)
    assert find_header([[c.value for c in row] for row in book.worksheets[-1].iter_rows()], columns(company)) is None
    del book[TITLES[company.language]]
    book.save(tmp_path / "r.xlsx")
    with pytest.raises(Unreadable, match="no-header"):
        store.read()


def test_what_the_bot_writes_leaves_it_byte_for_byte(tmp_path: Path) -> None:
    company = procedure()
    store = made(tmp_path / "r.xlsx", company, some_rows(company, 5)[:-1])

    def parts() -> dict[str, bytes]:
        with zipfile.ZipFile(tmp_path / "r.xlsx") as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    before = parts()
    sheet = store.read()
    first = sheet.rows[0]
    change = SetCell(position=2, identity="", column="owner", expected=first.cells["owner"], value="张三")
    added = [AppendRow(identity=str(r["number"]), cells=r) for r in some_rows(company, 9, first=6)[:-1]]
    store.write(sheet, [change, *added])
    assert {name for name, content in parts().items() if content != before[name]} <= {
        *("xl/worksheets/sheet1.xml", "xl/tables/table1.xml", "xl/styles.xml", "xl/workbook.xml")
    }
    assert b'fullCalcOnLoad="1"' in parts()["xl/workbook.xml"]
    assert sum(name.startswith("xl/charts/chart") for name in before) == 7


def test_a_chart_has_no_title_that_a_program_thinks_of_and_labels_of_its_own_format(tmp_path: Path) -> None:
    made(tmp_path / "r.xlsx", procedure(), [])
    with zipfile.ZipFile(tmp_path / "r.xlsx") as archive:
        charts = [archive.read(name) for name in archive.namelist() if name.startswith("xl/charts/chart")]
    assert all(b'<chart><autoTitleDeleted val="1"/><plotArea>' in chart for chart in charts)
    assert all(chart.count(b"<numFmt ") == chart.count(b"sourceLinked=") for chart in charts)


def moved(sheet: Worksheet) -> None:
    """The columns turned round, each with its heading."""
    for row in sheet.iter_rows():
        for cell, value in zip(row, [cell.value for cell in row][::-1], strict=True):
            cell.value = value


def renamed(sheet: Worksheet) -> None:
    """Headings the bot does not know."""
    for cell in sheet[1]:
        cell.value = f"our {cell.value}"


def one_down(sheet: Worksheet) -> None:
    """A free row in the middle, rows moved down below it."""
    sheet.move_range(f"A10:{sheet.cell(row=1, column=sheet.max_column).column_letter}{sheet.max_row}", rows=1)


@pytest.mark.parametrize("change", [moved, renamed, one_down])
@pytest.mark.slow
def test_it_follows_columns_that_are_moved_or_renamed(change: object, tmp_path: Path) -> None:
    company, name = procedure(), WORDS[Language.ZH_CN]["name"]
    made(tmp_path / "r.xlsx", company, some_rows(company, 60))
    before = shown(tmp_path / "r.xlsx", name)
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    change(book.worksheets[0])  # type: ignore[operator]
    book.save(tmp_path / "r.xlsx")
    assert shown(convert(tmp_path / "r.xlsx", "xlsx", tmp_path / "out", zone="Asia/Shanghai"), name) == before


def test_a_column_put_before_all_others_shifts_no_reference(tmp_path: Path) -> None:
    """Programs move references that name columns; the places of the columns are counted from the sheet's edge."""
    made(tmp_path / "r.xlsx", procedure(), [])
    sheet = openpyxl.load_workbook(tmp_path / "r.xlsx").worksheets[-1]
    meanings = [name.attr_text for name in sheet.defined_names.values() if name.name.startswith("case_")]
    assert len(meanings) > 8
    assert all(meaning.count("!$1:$1048576") == 2 and "!$A:" not in meaning for meaning in meanings)


def deleted(book: openpyxl.Workbook) -> None:
    del book["仪表盘"]


def called_otherwise(book: openpyxl.Workbook) -> None:
    book["仪表盘"].title = "看板"


def first_of_all(book: openpyxl.Workbook) -> None:
    book.move_sheet("仪表盘", -1)
    book["仪表盘"].delete_rows(3, 30)


@pytest.mark.parametrize("change", [deleted, called_otherwise, first_of_all])
def test_the_register_goes_on_whatever_staff_do_to_it(change: object, tmp_path: Path) -> None:
    company = procedure()
    store = made(tmp_path / "r.xlsx", company, some_rows(company, 5)[:-1])
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    change(book)  # type: ignore[operator]
    book.save(tmp_path / "r.xlsx")
    (row, _) = some_rows(company, 1, first=9)
    done = store.write(store.read(), [AppendRow(identity="CP-2026-000009", cells=row)])
    assert len(done) == 1
    assert [r.cells["number"] for r in store.read().rows][-1] == "CP-2026-000009"


def test_no_figure_is_typed_in(tmp_path: Path) -> None:
    made(tmp_path / "r.xlsx", procedure(), some_rows(procedure(), 30))
    sheet = openpyxl.load_workbook(tmp_path / "r.xlsx").worksheets[-1]
    assert not [
        cell.coordinate for row in sheet.iter_rows() for cell in row if cell.data_type == "n" and cell.value is not None
    ]


def test_words_are_there_in_every_language_and_make_good_sheet_names() -> None:
    assert {frozenset(words) for words in WORDS.values()} == {frozenset(WORDS[Language.EN])}
    for language, words in WORDS.items():
        assert len(words["name"]) <= 31
        assert words["name"] != TITLES[language]


def test_first_answers_are_left_out_when_the_columns_cannot_tell(tmp_path: Path) -> None:
    cards = {card.title for band in dashboard(procedure(SIMPLE, Language.EN), NOW).bands for c in band for card in c}
    assert "Pareto of natures (12 months)" in cards
    assert not any("on time" in title for title in cards)


def test_the_first_day_of_a_month_belongs_to_it(tmp_path: Path) -> None:
    company, words = procedure(), WORDS[Language.ZH_CN]
    month = date(NOW.year, NOW.month, 1)
    row: dict[str, Cell] = {"number": "CP-2026-000001", "received_at": datetime(month.year, month.month, 1)}
    made(tmp_path / "r.xlsx", company, [row])
    assert tiles(tmp_path / "r.xlsx", words["name"])[words["new_now"]] == 1
    assert shown(tmp_path / "r.xlsx", words["name"])[words["months"]][f"{month:%Y-%m}"] == (1, 0)
