"""`mailbot demo`: the first thing a newcomer runs must work, be quick, and leave something to look at."""

from __future__ import annotations

import csv
import email
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from pathlib import Path

import openpyxl
import pytest
from selectolax.lexbor import LexborHTMLParser, LexborNode

SECONDS = 60
SOFFICE = shutil.which("soffice")
HEADINGS = {"zh-CN": ("投诉编号", "评估"), "en": ("Complaint no.", "Assessment")}
"""What the register says in each language: the heading of the number, a stage."""
SUMMARY = {"zh-CN": "日报", "en": "Complaints, "}
pytestmark = pytest.mark.slow


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """A demo that was played."""

    language: str
    register: str
    out: Path
    done: subprocess.CompletedProcess[str]
    seconds: float

    @property
    def letters(self) -> list[EmailMessage]:
        """Every letter it left, in the order they were sent."""
        files = sorted((self.out / "mails-sent").glob("*.eml"))
        return [email.message_from_bytes(f.read_bytes(), policy=policy.default) for f in files]  # type: ignore[misc]


def demo(out: Path, language: str = "zh-CN", register: str = "excel") -> subprocess.CompletedProcess[str]:
    """Play it."""
    chosen = ["--language", language, "--register", register]
    command = [sys.executable, "-m", "mailbot", "demo", "--out", str(out), *chosen]
    return subprocess.run(command, cwd=out.parent, capture_output=True, text=True, timeout=110, check=False)


@pytest.fixture(scope="module", params=[("zh-CN", "excel"), ("en", "excel"), ("en", "google")], ids="-".join)
def played(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Played:
    (language, register), out = request.param, tmp_path_factory.mktemp("demo") / "out"
    start = time.monotonic()
    done = demo(out, language, register)
    return Played(language=language, register=register, out=out, done=done, seconds=time.monotonic() - start)


def rows_of_workbook(out: Path) -> list[tuple[object, ...]]:
    sheet = openpyxl.load_workbook(out / "register.xlsx").worksheets[0]
    return list(sheet.iter_rows(values_only=True))


def rows_of_page(out: Path) -> list[tuple[object, ...]]:
    tree = LexborHTMLParser((out / "register.html").read_text(encoding="utf-8"))
    return [tuple(cell.text() for cell in row.css("td")) for row in the_register(tree).css("tr")]


def the_register(page: LexborHTMLParser) -> LexborNode:
    """The first table of the page; the dashboard's comes behind it."""
    table = page.css_first("table")
    assert table is not None
    return table


FOUND = {"excel": rows_of_workbook, "google": rows_of_page}


def test_it_ends_well_within_a_minute(played: Played) -> None:
    assert played.done.returncode == 0, played.done.stdout + played.done.stderr
    assert played.done.stderr == ""
    assert played.seconds < SECONDS


def test_it_leaves_a_register_that_opens(played: Played) -> None:
    heads, *rows = FOUND[played.register](played.out)
    numbers = [row[heads.index(HEADINGS[played.language][0])] for row in rows if any(row)]
    assert len(numbers) >= 5
    assert set(Counter(numbers).values()) == {1}


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_the_register(played: Played, tmp_path: Path) -> None:
    if played.register != "excel":
        pytest.skip("no workbook")
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    to = ["--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76", "--outdir", str(tmp_path)]
    command = [str(SOFFICE), profile, "--headless", "--norestore", *to, str(played.out / "register.xlsx")]
    subprocess.run(command, check=True, capture_output=True, timeout=100)
    with (tmp_path / "register.csv").open(encoding="utf-8", newline="") as file:
        shown = list(csv.reader(file))
    assert len(shown) > 5
    assert all(words in {cell for row in shown for cell in row} for words in HEADINGS[played.language])


def test_a_local_google_is_named_to_watch_and_its_sheet_stays_as_a_page(played: Played) -> None:
    if played.register != "google":
        pytest.skip("a workbook")
    (seen,) = set(re.findall(r"http://127\.0\.0\.1:\d+/view/\S+", played.done.stdout))
    assert f'\nshown_as = "{seen}"' in (played.out / "config.toml").read_text(encoding="utf-8")
    assert str(played.out / "register.html") in played.done.stdout
    assert not (played.out / "register.xlsx").exists()
    page = LexborHTMLParser((played.out / "register.html").read_text(encoding="utf-8"))
    overdue = [cell for cell in the_register(page).css("td") if cell.text() == "Overdue"]
    assert overdue
    assert all("background:#" in str(cell.attributes["style"]) for cell in overdue)


def test_a_register_nobody_knows_is_refused(tmp_path: Path) -> None:
    refused = demo(tmp_path / "out", register="lotus")
    assert (refused.returncode, "excel, google" in refused.stderr) == (2, True)
    assert not (tmp_path / "out").exists()


def test_it_leaves_every_letter_as_mail_and_as_page(played: Played) -> None:
    mails = sorted(path.stem for path in (played.out / "mails-sent").glob("*.eml"))
    assert mails == sorted(path.stem for path in (played.out / "mails-sent").glob("*.html"))
    ids = Counter(str(letter["Message-ID"]) for letter in played.letters)
    assert len(ids) >= 10
    assert set(ids.values()) == {1}


def test_it_answers_in_the_customers_language_whatever_the_office_speaks(played: Played) -> None:
    subjects = [str(letter["Subject"]) for letter in played.letters]
    for words in ("您的投诉已收到", "已收到您反映的問題", "We have received your complaint"):
        assert any(words in subject for subject in subjects)


def test_it_leaves_the_summary_in_the_offices_language(played: Played) -> None:
    assert [letter for letter in played.letters if SUMMARY[played.language] in str(letter["Subject"])]


@pytest.mark.parametrize(
    ("package", "arguments", "extra"), [("pymap", [], "demo"), ("gspread", ["--register", "google"], "demo,google")]
)
def test_without_its_packages_it_says_what_to_install(
    tmp_path: Path, package: str, arguments: list[str], extra: str
) -> None:
    script = (
        f"import sys; sys.modules['{package}'] = None; sys.argv[1:] = ['demo', *{arguments}];"
        "from mailbot.cli import main; main()"
    )
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, f"[{extra}]'" in done.stderr) == (2, True)
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


def test_it_may_be_played_again_but_never_empties_a_folder_of_yours(tmp_path: Path) -> None:
    yours = tmp_path / "yours"
    yours.mkdir()
    (yours / "thesis.txt").write_text("mine")
    refused = demo(yours)
    assert (refused.returncode, "not empty" in refused.stderr) == (2, True)
    assert [path.name for path in yours.iterdir()] == ["thesis.txt"]
    assert [demo(tmp_path / "out").returncode for _ in range(2)] == [0, 0]
