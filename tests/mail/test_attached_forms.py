"""Forms attached as workbook or document: read like a form in the mail, and never a danger."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from mailbot.core.model import Attachment, Language, Mailbox, MailKind, ReadMail
from mailbot.core.rulebook import load_rules
from mailbot.mail.attached_forms import TEXT_LIMIT, attached_forms
from mailbot.mail.fields import find_fields
from mailbot.mail.fold import fold
from mailbot.mail.read import Parts
from mailbot.shipped import shipped

WORD = (
    '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
    "<w:p><w:r><w:t>客户投诉单</w:t></w:r></w:p><w:tbl>"
    "<w:tr><w:tc><w:p><w:r><w:t>批</w:t></w:r><w:r><w:t>号</w:t></w:r></w:p></w:tc>"
    "<w:tc><w:p><w:r><w:t>0012</w:t></w:r></w:p></w:tc></w:tr>"
    "</w:tbl><w:p><w:r><w:t>型号：</w:t><w:tab/><w:t>HX-7</w:t></w:r></w:p></w:body></w:document>"
)


def attachment(name: str, content: bytes) -> Attachment:
    return Attachment(
        filename=name, content_type="application/octet-stream", size=len(content), sha256="", content=content
    )


def packed(name: str, text: str | bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(name, text)
    return out.getvalue()


def workbook() -> bytes:
    book, out = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet.append(["客户投诉单"])
    sheet.append(["产品型号", None, "HL-A60-9W"])
    sheet.append(["料号", 110025408])
    sheet.append(["发生日期", date(2026, 3, 5)])
    sheet.append(["不良数量", "64只"])
    book.save(out)
    return out.getvalue()


def text_of(name: str, content: bytes) -> str:
    return "\n".join(form.text for form in attached_forms([attachment(name, content)]))


def test_the_cells_of_a_workbook_become_lines_parted_by_tab() -> None:
    assert text_of("客诉单.xlsx", workbook()).splitlines() == [
        "客户投诉单",
        "产品型号\t\tHL-A60-9W",
        "料号\t110025408",
        "发生日期\t2026-03-05",
        "不良数量\t64只",
    ]


def test_the_tables_of_a_document_become_lines_too() -> None:
    assert text_of("8D.docx", packed("word/document.xml", WORD)) == "客户投诉单\n批号\t0012\n型号：\tHX-7"


def test_what_the_mail_says_wins_over_its_form() -> None:
    customer = Mailbox(address="who@customer.example")
    mail = ReadMail(
        kind=MailKind.COMPLAINT,
        language=Language.ZH_CN,
        subject="客诉",
        sender=customer,
        customer=customer,
        new_text="不良数量：70只，见附件",
        attachments=(attachment("客诉单.xlsx", workbook()),),
    )
    rules = load_rules(lambda name: shipped("rules") / name, fold)
    found = find_fields(Parts(text=mail.new_text, new_text=mail.new_text), mail, rules)
    assert (found["quantity"].value, found["quantity"].attachment) == (70, "")
    assert (found["model"].value, found["model"].attachment) == ("HL-A60-9W", "客诉单.xlsx")
    assert found["model"].confidence <= 0.6
    assert found["model"].source == "产品型号\t\tHL-A60-9W"


BOMB = '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><d>&b;</d>'


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no zip at all",
        packed("word/document.xml", BOMB),
        packed("word/document.xml", b"<w>" + b" " * 20_000_000 + b"</w>"),
        packed("word/document.xml", "<unclosed"),
        packed("word/document.xml", "<tc>" * 20_000),
        packed("other.xml", "<a/>"),
        workbook()[:2000],
    ],
    ids=["empty", "no zip", "entities", "zip bomb", "broken", "deep", "foreign", "cut off"],
)
def test_a_file_that_is_no_form_says_nothing(content: bytes) -> None:
    assert text_of("form.docx", content) == text_of("form.xlsx", content) == ""


def test_a_long_form_is_cut() -> None:
    rows = "".join(f"<p><t>型号：A{number}</t></p>" for number in range(5_000))
    assert len(text_of("a.docx", packed("word/document.xml", f"<d>{rows}</d>"))) == TEXT_LIMIT


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 5000), st.binary(min_size=1, max_size=40))
def test_no_damage_to_a_file_raises(at: int, noise: bytes) -> None:
    content = workbook()
    attached_forms([attachment("a.xlsx", content[:at] + noise + content[at + len(noise) :])])
