"""A company's own templates win over the shipped ones; what is wrong with them is told before they are used."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from selectolax.lexbor import LexborHTMLParser

from mailbot.core.model import Language
from mailbot.core.rulefile import FileProblems
from mailbot.errors import Permanent
from mailbot.letters import Company, Letters

SHIPPED = Path(__file__).resolve().parents[1] / "templates"
COMPANY = Company(name="Huaxin Manufacturing Co., Ltd.")
SHANGHAI = ZoneInfo("Asia/Shanghai")


def the_letters(*folders: Path) -> Letters:
    return Letters([*folders, SHIPPED], COMPANY, SHANGHAI)


def the_company_writes(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return folder


def seen(html: str) -> str:
    body = LexborHTMLParser(html).body
    assert body is not None
    return body.text(separator=" ")


def test_the_companys_own_letter_wins_and_its_text_makes_the_page(tmp_path):
    own = the_company_writes(tmp_path, "en/closed.txt", "Subject: [{{ number }}] Done\n\nDear <you>,\n\nit is done.\n")
    letter = the_letters(own).render("closed", Language.EN, {"number": "CP-1"})
    assert (letter.subject, letter.text) == ("[CP-1] Done", "Dear <you>,\n\nit is done.\n")
    assert "Dear <you>," in seen(letter.html)
    assert "Thank you for your report" not in letter.html
    assert the_letters(own).check() == []


def test_the_companys_own_page_is_used_beside_its_own_text(tmp_path):
    the_company_writes(tmp_path, "en/closed.txt", "Subject: Done\nDone.\n")
    the_company_writes(tmp_path, "en/closed.html", "<p>Done {{ number }}, {{ 2 * 3 }}.</p>")
    assert "Done CP-1, 6." in the_letters(tmp_path).render("closed", Language.EN, {"number": "CP-1"}).html


def test_the_company_may_change_the_page_alone(tmp_path):
    the_company_writes(tmp_path, "en/closed.html", "<p>Our own look: {{ number }}.</p>")
    letter = the_letters(tmp_path).render("closed", Language.EN, {"number": "CP-1"})
    assert "Our own look: CP-1." in letter.html
    assert "Thank you for your report" in letter.text


def test_a_template_that_is_not_utf_8_is_named(tmp_path):
    the_company_writes(tmp_path, "zh-CN/closed.txt", "").joinpath("zh-CN/closed.txt").write_bytes(
        "Subject: 结案".encode("gbk")
    )
    with pytest.raises(FileProblems, match=r"closed\.txt: is not UTF-8"):
        the_letters(tmp_path)


UNWRITABLE = {
    "acknowledgement": ("Subject: x\n{{ numbre }}", "acknowledgement.txt:2: does not know numbre"),
    "stage_news": ("Subject: x\n{% if claim %}{{ never_there }}{% endif %}", "does not know never_there"),
    "explanation": ("Subject: x\n\n{% if %}", ":3: "),
    "plan": ("Subject: x\n{{ number | no_such_filter }}", ":2: No filter named"),
    "result": ("Subject: x\n{{ items[0].colour }}", "colour"),
    "satisfaction": ("no subject\n", "first line must be"),
    "reopened": ("Subject: x\n{{ 'a' * 999999999 }}", "multiply numbers only"),
    "closed": ("Subject: x\n{{ 2 ** 999999 }}", "multiply numbers only"),
    "assignment": ("Subject: x\n{{ ().__class__ }}", "unsafe"),
    "reminder": ("Subject: x\n{{ range(1000000000) | list }}", "does not know range"),
    "escalation": (
        "Subject: x\n{% for a in 'x' | center(9999) %}{% for b in 'x' | center(9999) %}xxxx{% endfor %}{% endfor %}",
        "more than 400,000 characters",
    ),
    "emergency": ("Subject: x\n{{ missing.append(1) }}", "append"),
}


def test_each_letter_that_cannot_be_written_is_reported_with_its_file(tmp_path):
    for kind, (text, _) in UNWRITABLE.items():
        the_company_writes(tmp_path, f"en/{kind}.txt", text)
    problems = {Path(line.partition(":")[0]).stem: line for line in the_letters(tmp_path).check()}
    assert problems.keys() == UNWRITABLE.keys()
    assert [line for kind, line in problems.items() if UNWRITABLE[kind][1] not in line] == []
    assert all(line.startswith(str(tmp_path / "en")) for line in problems.values())


def test_a_broken_letter_does_not_stop_the_others(tmp_path):
    the_company_writes(tmp_path, "en/closed.txt", "Subject: {{ nobody }}")
    letters = the_letters(tmp_path)
    assert letters.render("result", Language.EN, {"number": "CP-1"}).subject
    with pytest.raises(Permanent, match=r"closed\.txt"):
        letters.render("closed", Language.EN, {"number": "CP-1"})


def test_a_broken_shared_part_is_reported_once_per_language(tmp_path):
    the_company_writes(tmp_path, "_parts.txt", "{% macro %}")
    problems = the_letters(tmp_path).check()
    assert len(problems) == 3
    assert all(line.startswith(f"{tmp_path / '_parts.txt'}:1: ") for line in problems)


def test_templates_are_read_once(tmp_path):
    own = the_company_writes(tmp_path, "en/closed.txt", "Subject: before\n")
    letters = the_letters(own)
    the_company_writes(tmp_path, "en/closed.txt", "{% broken")
    assert letters.render("closed", Language.EN, {"number": "CP-1"}).subject == "before"


def test_a_kind_the_company_adds_must_exist_in_every_language(tmp_path):
    own = the_company_writes(tmp_path, "en/recall.txt", "Subject: [{{ number }}] Recall\n")
    assert the_letters(own).check() == ["zh-CN/recall.txt: is missing", "zh-TW/recall.txt: is missing"]


def test_broken_words_are_reported_with_file_and_line(tmp_path):
    shipped = (SHIPPED / "en" / "words.toml").read_text("utf-8")
    own = the_company_writes(tmp_path, "en/words.toml", shipped.replace("{month_name}", "{monat}"))
    with pytest.raises(FileProblems, match="monat"):
        the_letters(own)
    with pytest.raises(FileProblems, match=r"words\.toml"):
        Letters([tmp_path / "nowhere"], COMPANY, SHANGHAI)
