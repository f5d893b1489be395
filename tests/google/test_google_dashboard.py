"""The dashboard tab of a new Google register: what Google is asked for, once, and what its formulas come to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from dashboards import shown, tiles
from gpeople import GooglePeople
from house import open_house
from installed import connection, new_book, register_in
from libreoffice import convert, needed
from openpyxl.styles import Font
from servers.dovecot import DOVECOT
from test_dashboard import EVERY, NOW, made, procedure, some_rows

from mailbot.commands import check
from mailbot.commands.init import Answers, set_up
from mailbot.core.model import Language
from mailbot.core.procedure import Procedure
from mailbot.dashboard import WORDS, dashboard
from mailbot.demo.google import batch
from mailbot.demo.google.book import Book
from mailbot.demo.google.faults import refused
from mailbot.demo.google.server import LocalGoogle
from mailbot.demo.google.tab import Tab
from mailbot.demo.google.typed import raw
from mailbot.newbook import TITLES
from mailbot.rows import columns
from sheets.google.backend import GoogleRegister
from sheets.google.dashboard import DASHBOARD, entered
from sheets.header import find_header
from sheets.letters import letters
from sheets.register import Unreadable
from sheets.table import AppendRow

KNOWN = {"COUNTIFS", "OFFSET", "SUMPRODUCT", "IFERROR", "ISNUMBER", "INDEX", "MATCH", "LARGE", "SUM", "IF", "INT"}
KNOWN |= {"NOW", "DATE", "YEAR", "MONTH", "RIGHT", "ROW", "ROWS", "COLUMN"}
"""Functions that Google's list of functions has, under the same names and with the same arguments as in Excel."""
QUOTED = re.compile(r"""("(?:[^"]|"")*"|'(?:[^']|'')*')""")


def company_register(google: LocalGoogle, book: Book, folder: Path, rules: Procedure, **other: Any) -> GoogleRegister:
    said = {"title": TITLES[rules.language], "keep": folder / f"{book.id}.json", "now": lambda: NOW, **other}
    register = GoogleRegister(
        connection(google, folder), book.id, columns(rules), dashboard=dashboard(rules, NOW), **said
    )
    register.set_up()
    return register


def tab(google: LocalGoogle) -> Tab | None:
    (book,) = google.books.values()
    return next((one for one in book.tabs if one.id == DASHBOARD), None)


def the_tab(google: LocalGoogle) -> Tab:
    found = tab(google)
    assert found is not None
    return found


def formulas(board: Tab) -> dict[str, str]:
    cells = ((row, column, board.cell(row, column)["userEnteredValue"]) for row, column in board.filled())
    return {f"{letters(c + 1)}{r + 1}": held["formulaValue"] for r, c, held in cells if "formulaValue" in held}


@pytest.fixture
def book(google: LocalGoogle) -> Book:
    return new_book(google)


@pytest.mark.parametrize("rules", EVERY, ids=str)
def test_it_is_made_with_the_headings_in_one_batch(
    google: LocalGoogle, book: Book, tmp_path: Path, rules: tuple[Path | None, Language]
) -> None:
    company = procedure(*rules)
    company_register(google, book, tmp_path, company)
    (now,) = google.books.values()
    names = [TITLES[company.language], WORDS[company.language]["name"]]
    assert [one.title for one in now.tabs if not one.properties.get("hidden")] == names
    cards = [card for band in dashboard(company, NOW).bands for cards in band for card in cards]
    assert len(the_tab(google).charts) == len(cards)
    assert len(formulas(the_tab(google))) > 150
    assert now.version == book.version + 2  # the batch, and the first seal's


def test_a_second_set_up_makes_no_second_one(google: LocalGoogle, book: Book, tmp_path: Path) -> None:
    register = company_register(google, book, tmp_path, procedure())
    before = the_tab(google).charts
    assert register.set_up() == 0
    (tmp_path / f"{book.id}.json").unlink()  # another machine
    company_register(google, book, tmp_path, procedure())
    (now,) = google.books.values()
    assert [one.id for one in now.tabs].count(DASHBOARD) == 1
    assert the_tab(google).charts == before


def test_one_that_people_renamed_or_deleted_is_left_alone(google: LocalGoogle, book: Book, tmp_path: Path) -> None:
    register = company_register(google, book, tmp_path, procedure())
    the_tab(google).properties["title"] = "看板"
    assert register.set_up() == 0
    assert the_tab(google).title == "看板"
    (now,) = google.books.values()
    now.tabs.remove(the_tab(google))
    now.version += 1
    assert register.set_up() == 0
    assert register.read().rows == ()
    assert tab(google) is None


def test_a_register_with_headings_of_its_own_gets_none(google: LocalGoogle, book: Book, tmp_path: Path) -> None:
    company = procedure()
    book.tabs[0].properties["title"] = TITLES[company.language]
    for place, column in enumerate(columns(company)[:6]):
        book.tabs[0].enter(0, place, raw(column.title))
    company_register(google, book, tmp_path, company)
    assert tab(google) is None


def test_where_none_is_wanted_there_is_none(google: LocalGoogle, book: Book, tmp_path: Path) -> None:
    register_in(google, book, tmp_path)
    assert tab(google) is None


def test_beside_a_tab_of_its_name_it_gets_another(google: LocalGoogle, book: Book, tmp_path: Path) -> None:
    book.tabs[0].properties["title"] = WORDS[Language.ZH_CN]["name"]
    book.tabs[0].enter(0, 0, raw("ours"))
    company_register(google, book, tmp_path, procedure())
    assert the_tab(google).title == WORDS[Language.ZH_CN]["name"] + " 2"
    (now,) = google.books.values()
    assert now.tabs[0].value(0, 0) == "ours"


def test_a_dashboard_google_refuses_costs_no_register(google: LocalGoogle, book: Book, tmp_path: Path) -> None:
    google.faults.add(refused(400, on="POST .*:batchUpdate"))
    with pytest.raises(Unreadable, match="no-dashboard: the register is made"):
        company_register(google, book, tmp_path, procedure())
    assert tab(google) is None
    register = company_register(google, book, tmp_path, procedure())
    assert register.read().rows == ()


def test_the_bot_never_takes_it_for_the_register(google: LocalGoogle, book: Book, tmp_path: Path) -> None:
    company = procedure()
    register = company_register(google, book, tmp_path, company)
    board = the_tab(google)
    grid = [[board.value(row, column) for column in range(board.column_count)] for row in range(board.row_count)]
    assert find_header(grid, columns(company)) is None
    (now,) = google.books.values()
    now.tabs.remove(next(one for one in now.tabs if one.title == TITLES[company.language]))
    now.version += 1
    with pytest.raises(Unreadable, match="no-such-tab"):
        register.read()
    register.set_up()  # makes another register, not out of the dashboard
    assert register.read().rows == ()
    assert the_tab(google).charts


def test_the_columns_are_found_by_headings_that_exist(google: LocalGoogle, book: Book, tmp_path: Path) -> None:
    company = procedure()
    company_register(google, book, tmp_path, company)
    board = the_tab(google)
    register = TITLES[company.language]
    asked = {}
    for place, formula in formulas(board).items():
        for function in re.findall(r"([A-Z]+)\(", QUOTED.sub("", formula)):
            assert function in KNOWN
        assert not re.search(r"case_|as_of|_month|,|\d\.\d", QUOTED.sub("", formula))
        if found := re.search(rf"MATCH\(\$([A-Z]+)(\d+);'{register}'!\$1:\$1;0\)", formula):
            asked[place] = found.groups()
    headings = {column.title for column in columns(company)}
    wanted = dashboard(company, NOW).columns()
    titles = {value for place, value in texts(board).items() if place in {a + b for a, b in asked.values()}}
    assert titles == {column.title for column in columns(company) if column.key in wanted}
    assert titles <= headings
    counted = [formula for formula in formulas(board).values() if "OFFSET" in formula]
    used = {
        place for formula in counted for place in re.findall(r"OFFSET\('[^']+'!\$1:\$1;0;(\$[A-Z]+\$\d+)-1", formula)
    }
    assert used <= {"$" + re.sub(r"(\d)", r"$\1", place, count=1) for place in asked}
    assert len(used) > 8


def texts(board: Tab) -> dict[str, str]:
    cells = ((row, column, board.cell(row, column)["userEnteredValue"]) for row, column in board.filled())
    return {f"{letters(c + 1)}{r + 1}": held["stringValue"] for r, c, held in cells if "stringValue" in held}


def test_a_formula_is_written_as_every_country_understands_it() -> None:
    names = {"now": "$B$3", "case_x": "OFFSET('a, b'!$1:$1,0,now-1)"}
    said = """=COUNTIFS(case_x,"<"&now,'it''s, now'!A1,"a,""now"",b")"""
    there = """=COUNTIFS(OFFSET('a, b'!$1:$1;0;$B$3-1);"<"&$B$3;'it''s, now'!A1;"a,""now"",b")"""
    assert entered(said, names) == there


def as_workbook(google: LocalGoogle, path: Path) -> Path:
    """The register and the dashboard as LibreOffice reads them: the cells as they stand, commas between arguments."""
    (now,) = google.books.values()
    book = openpyxl.Workbook()
    book.remove(book.active)
    for one in (one for one in now.tabs if not one.properties.get("hidden")):
        sheet = book.create_sheet(one.title)
        for row, column in one.filled():
            there, cell = one.cell(row, column), sheet.cell(row=row + 1, column=column + 1)
            ((kind, value),) = there["userEnteredValue"].items()
            parts = QUOTED.split(value) if kind == "formulaValue" else []
            cell.value = "".join(p if i % 2 else p.replace(";", ",") for i, p in enumerate(parts)) or value
            text = there.get("userEnteredFormat", {}).get("textFormat", {})
            cell.font = Font(size=text.get("fontSize", 10), bold=text.get("bold", False))
    book.save(path)
    return path


@pytest.mark.parametrize("rules", EVERY, ids=str)
class TestInEveryLanguage:
    pytestmark = needed

    def test_its_figures_are_those_counted_by_hand_and_those_of_the_workbook(
        self, google: LocalGoogle, book: Book, tmp_path: Path, rules: tuple[Path | None, Language]
    ) -> None:
        company = procedure(*rules)
        register, rows = company_register(google, book, tmp_path, company), some_rows(company, 60)[:-1]
        for row in rows[::5]:
            row |= {"status": company.label("status", "due_soon"), "due": NOW.replace(tzinfo=None) + timedelta(days=3)}
        register.write(register.read(), [AppendRow(identity=str(row["number"]), cells=row) for row in rows])
        people = GooglePeople(google, book, TITLES[company.language])
        heading = {column.key: column.title for column in columns(company)}
        people.set(len(rows) + 2, heading["severity"], company.label("severity", "major"))  # typed, not yet taken in
        people.move(heading["status"], 0)
        people.move(heading["due"], people.tab.column_count - 2)
        people.sort(heading["owner"])
        calculated = convert(as_workbook(google, tmp_path / "g.xlsx"), "xlsx", tmp_path / "out", zone="Asia/Shanghai")
        made(tmp_path / "excel.xlsx", company, rows)
        words, name = WORDS[company.language], WORDS[company.language]["name"]
        assert shown(calculated, name) == shown(tmp_path / "excel.xlsx", name)
        top = [tile.title for tile in dashboard(company, NOW).tiles]
        found, there = tiles(calculated, name), tiles(tmp_path / "excel.xlsx", name)
        assert [found[title] for title in top] == [there[title] for title in top]
        status = {key: company.label("status", key) for key in ("closed", "overdue", "due_soon")}
        live, today = [row for row in rows if row["status"] != status["closed"]], NOW.replace(tzinfo=None)
        past = [row for row in live if isinstance(due := row["due"], datetime) and due < today]
        late = [row for row in live if row["status"] == status["overdue"] or row in past]
        soon = [row for row in live if row["status"] == status["due_soon"] and row not in past]
        this_month = [row for row in rows if f"{row['received_at']:%Y-%m}" == f"{today:%Y-%m}"]
        assert (found[words["open"]], found[words["overdue"]]) == (len(live), len(late))
        assert (found[words["new_now"]], found[words["due_soon"]]) == (len(this_month), len(soon))
        assert 0 < len(soon) < len(late) < len(live) < len(rows)


def test_what_people_see_only_for_themselves_outlives_set_up_and_rounds(
    google: LocalGoogle, book: Book, tmp_path: Path
) -> None:
    """A filter view is one person's: the bot neither changes nor removes it."""
    register = company_register(google, book, tmp_path, procedure())
    mine = {
        "title": "我的",
        "range": {"startRowIndex": 0, "endRowIndex": 40, "startColumnIndex": 0, "endColumnIndex": 5},
    }
    mine["criteria"] = {"2": {"hiddenValues": ["x"]}}
    google.books[book.id], _ = batch.batch_update(google.books[book.id], [{"addFilterView": {"filter": mine}}])
    (before,) = google.books[book.id].tabs[0].views
    rows = some_rows(procedure(), 3)[:-1]
    register.write(register.read(), [AppendRow(identity=str(row["number"]), cells=row) for row in rows])
    assert register.set_up() == 0
    (after,) = google.books[book.id].tabs[0].views
    grown = {**before["range"], "endRowIndex": 40 + len(rows)}
    assert after == {**before, "range": grown}


@pytest.fixture
def house(google: LocalGoogle, book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Opens a company with its register on the local Google, with settings of its own."""
    if not Path(DOVECOT).exists():
        pytest.skip("dovecot is not installed")
    monkeypatch.setenv("MAILBOT_GOOGLE_URL", google.url)
    key = google.tokens.new_key_file(tmp_path / "google-key.json", google.url)
    said = f'kind = "google"\nspreadsheet = "{book.id}"\ncredentials = "{key}"\n'
    return lambda **more: open_house(tmp_path / "house", settings={'kind = "excel"': said, **more})


def test_rounds_and_check_do_without_it(google: LocalGoogle, house: Any, capsys: pytest.CaptureFixture[str]) -> None:
    with house() as opened:
        assert opened.round()
        assert the_tab(google).charts
        (now,) = google.books.values()
        now.tabs.remove(the_tab(google))
        now.version += 1
        opened.customer_writes("贵司 3 月发来的 200 个支架表面划伤，批号 0012，请尽快处理。", subject="支架划伤投诉")
        assert opened.round()
        assert len(opened.cases()) == 1
        capsys.readouterr()
        assert check.check_all(opened.folder / "config.toml") == 0
        assert "dashboard" not in capsys.readouterr().out.lower()
        set_up(opened.folder, Answers(), ask=False)
        assert "the register is ready" in capsys.readouterr().out
        assert tab(google) is None


def test_where_the_configuration_wants_none_there_is_none(google: LocalGoogle, house: Any) -> None:
    with house(**{"dashboard = true": "dashboard = false"}) as opened:
        assert opened.round()
        assert google.books
        assert tab(google) is None
