"""What the company's own lists make of a mail."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from field_page import findings, shipped_rules

from mailbot.core.lists import Customer, Lists, Product
from mailbot.core.model import Finding, Language, Mailbox, MailKind, ReadMail
from mailbot.mail.fields import find_fields
from mailbot.mail.read import Parts

LISTS = Lists(
    products=(
        Product(name="空气炸锅", model="HA-350", part_no="1100-25408", aliases=("气炸锅",)),
        Product(name="Ambra", model="HL-T20"),
    ),
    customers=(
        Customer(name="恒力重工有限公司", aliases=("恒力重工",), domains=("hengli.example",)),
        Customer(name="恒通电器有限公司"),
    ),
)


def said(text: str, *, sender: str = "who@customer.example", signature: str = "") -> dict[str, Finding]:
    customer = Mailbox(address=sender)
    mail = ReadMail(
        kind=MailKind.COMPLAINT,
        language=Language.ZH_CN,
        subject="投诉",
        sender=customer,
        customer=customer,
        new_text=text,
    )
    parts = Parts(text=text, new_text=text, signature=signature, subject="投诉")
    return dict(find_fields(parts, mail, replace(shipped_rules(), lists=LISTS)))


CASES: list[tuple[str, str, Any]] = [
    ("那个氣炸鍋冒烟了", "product", "氣炸鍋"),
    ("The Ambra we got does not dim", "product", "Ambra"),
    ("The Ambrans are fine people", "product", None),
    ("1100-25408 漏打", "part_no", "1100-25408"),
    ("ha-350坏了", "product", "空气炸锅"),
]


@pytest.mark.parametrize(("text", "key", "value"), CASES)
def test_a_listed_name_or_code_is_known_without_a_label(text: str, key: str, value: Any) -> None:
    found = said(text).get(key)
    assert (found.value if found else None) == value


def test_a_product_that_only_its_model_tells_is_half_sure() -> None:
    assert said("HL-T20 闪")["product"].confidence == 0.5


def test_a_model_one_letter_off_stays_as_written_and_is_suggested() -> None:
    model = said("型号：HA-35O，坏了")["model"]
    assert (model.value, model.suggestion) == ("HA-35O", "HA-350")


def test_companies_that_look_alike_are_never_merged() -> None:
    company = said("坏了", signature="王敏\n恒立重工有限公司\n13812345678")["company"]
    assert (company.value, company.suggestion) == ("恒立重工有限公司", "恒力重工有限公司")


def test_the_senders_domain_names_the_company_only_when_the_mail_does_not() -> None:
    company = said("坏了", sender="wang@hengli.example")["company"]
    assert (company.value, company.confidence) == ("恒力重工有限公司", 0.6)
    assert said("我们恒通电器有限公司收到的货坏了", sender="w@hengli.example")["company"].value == "恒通电器有限公司"


def test_without_lists_nothing_is_suggested() -> None:
    assert not any(finding.suggestion for finding in findings("型号：HA-35O，坏了").values())
