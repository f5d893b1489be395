import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.ledger.filenames import ENDINGS, LONGEST, ending, numbered, safe_folder, safe_name, same

NAMES = {
    "不良照片.JPG": "不良照片.jpg",
    "Report v1.2.pdf": "Report v1.2.pdf",
    "../../etc/cron.d/evil": "evil.bin",
    "..\\..\\x": "x.bin",
    "C:\\Users\\li\\photo.jpg": "photo.jpg",
    "\\\\srv\\share\\a.pdf": "a.pdf",
    "CON": "_CON.bin",
    "nul.txt": "_nul.txt",
    "COM¹.pdf": "_COM¹.pdf",
    "aux.": "_aux.bin",
    "com1 .jpg": "_com1.jpg",
    "x:ads": "x_ads.bin",
    "photo\u202egpj.exe": "photogpj.exe.bin",
    "a\u200bb\ufeff.pdf": "ab.pdf",
    "invoice.pdf" + " " * 60 + ".exe": "invoice.pdf .exe.bin",
    "": "attachment.bin",
    ".": "attachment.bin",
    "..": "attachment.bin",
    ".pdf": "pdf.bin",
    "   ": "attachment.bin",
    "a\x00b\r\nc.pdf": "ab c.pdf",
    ".bashrc": "bashrc.bin",
    "~$reg.xlsx": "reg.xlsx",
    "-rf.txt": "rf.txt",
    "desktop.ini": "desktop.ini.bin",
    "page.html": "page.html.bin",
    "list.xlsm": "list.xlsm.bin",
    "a<b>|c?.png": "a_b__c_.png",
    "half\ud800.png": "half.png",
    "x.pdf. . .": "x.pdf",
}


@pytest.mark.parametrize(("given_name", "expected"), NAMES.items(), ids=ascii)
def test_a_name_is_made_safe(given_name: str, expected: str) -> None:
    assert safe_name(given_name) == expected


@given(st.text(st.characters()) | st.text("./\\ ~$-:\u202e\x00ACONcon1¹x", max_size=12))
def test_any_name_becomes_one_that_every_system_takes(name: str) -> None:
    made = safe_name(name)
    assert len(made.encode()) <= LONGEST
    assert made.rpartition(".")[2] in ENDINGS | {"bin"}
    assert made == made.strip(" .")
    assert not set(made) & set('<>:"|?*\\/\x00')
    assert not {unicodedata.category(char) for char in made} & {"Cc", "Cf", "Cs"}
    assert made[0] not in ".~$-"
    assert safe_name(made) == made


def test_a_long_name_is_cut_between_characters_and_keeps_its_ending() -> None:
    made = safe_name("质" * 300 + ".xlsx")
    assert made == "质" * ((LONGEST - 5) // 3) + ".xlsx"


def test_an_ending_not_on_the_list_is_bin() -> None:
    assert [ending(name) for name in ("a.PDF", "a.exe", "a", "a.js ", "b.tar.gz", "质.图")] == [
        ".pdf", ".bin", ".bin", ".bin", ".gz", ".bin",
    ]  # fmt: skip


def test_a_second_file_of_a_name_gets_a_number() -> None:
    assert [numbered("a.b.jpg", count) for count in (1, 2, 3)] == ["a.b.jpg", "a.b (2).jpg", "a.b (3).jpg"]


def test_names_meet_in_any_case_and_composition() -> None:
    assert same("Photo.JPG", "photo.jpg")
    assert same("u\u0308ber.pdf", "ÜBER.pdf")
    assert not same("a.pdf", "b.pdf")


def test_a_case_number_stays_its_folders_name() -> None:
    assert safe_folder("CP-2026-000123") == "CP-2026-000123"


def test_strange_case_numbers_get_folders_of_their_own() -> None:
    strange = ["客诉/12", "客诉_12", "../x", "", ".", "CON", "A" * 400, "a\ud800"]
    made = [safe_folder(number) for number in strange]
    assert len(set(made)) == len(strange)
    assert all("/" not in name and not name.startswith(".") and len(name.encode()) < 200 for name in made)
