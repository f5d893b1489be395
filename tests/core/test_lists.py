"""The company's lists of products and customers: what is read, and which line is wrong."""

from __future__ import annotations

import pytest

from mailbot.core.lists import Customer, Product, read_catalog, read_customers
from mailbot.core.rulefile import FileProblems

CATALOG = "产品名称,型号,料号,别名\n空气炸锅,HA-350,1100-1,炸锅;气炸锅\n# 停产\n护眼台灯,HL-T20,,\n"


@pytest.mark.parametrize("raw", [CATALOG.encode(), CATALOG.encode("utf-8-sig"), CATALOG.encode("gbk")])
def test_a_catalog_is_read_whatever_a_spreadsheet_saves(raw: bytes) -> None:
    assert read_catalog(raw, file="catalog.csv") == (
        Product(name="空气炸锅", model="HA-350", part_no="1100-1", aliases=("炸锅", "气炸锅")),
        Product(name="护眼台灯", model="HL-T20"),
    )


def test_customers_have_domains() -> None:
    raw = b"company;aliases;domains\nDonauwerk Automotive GmbH;Donauwerk;@Donauwerk.example|dw.example\n"
    assert read_customers(raw, file="customers.csv") == (
        Customer(name="Donauwerk Automotive GmbH", aliases=("Donauwerk",), domains=("donauwerk.example", "dw.example")),
    )


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("name,modell\nlamp,L1\n", 1, "'modell' is not known"),
        ("model\nL1\n", 1, "must name each column once"),
        ("name,model\nlamp,L1\nfan,F1,blue\n", 3, "has 3 cells"),
        ("name,model\n,L1\n", 2, "the name is missing"),
        ('name,model\n"lamp,L1\n', 2, "no valid CSV line"),
    ],
)
def test_a_broken_line_is_named(text: str, line: int, said: str) -> None:
    with pytest.raises(FileProblems) as caught:
        read_catalog(text.encode(), file="rules/catalog.csv")
    problem = caught.value.problems[0]
    assert (problem.file, problem.line) == ("rules/catalog.csv", line)
    assert said in problem.message


def test_every_broken_line_is_named_at_once() -> None:
    with pytest.raises(FileProblems) as caught:
        read_catalog(b"name\na\nlamp\nb\n", file="catalog.csv")
    assert [p.line for p in caught.value.problems] == [2, 4]
