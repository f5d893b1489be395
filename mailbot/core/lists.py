"""The company's own lists of products and customers, as catalog.csv and customers.csv hold them.

Data only, read once with the rules: UTF-8 (with or without mark) or GBK; comma, semicolon or TAB. A broken line is
named, never skipped in silence.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mailbot.core.rulefile import FileProblems, Problem

CATALOG, CUSTOMERS = "catalog.csv", "customers.csv"
_SEVERAL = re.compile(r"[;；|]")
_CATALOG_HEAD = {
    "name": "name",
    "product": "name",
    "产品名称": "name",
    "品名": "name",
    "名称": "name",
    "model": "model",
    "型号": "model",
    "part_no": "part_no",
    "料号": "part_no",
    "aliases": "aliases",
    "别名": "aliases",
}
_CUSTOMER_HEAD = {
    "company": "name",
    "name": "name",
    "客户名称": "name",
    "公司名称": "name",
    "aliases": "aliases",
    "别名": "aliases",
    "简称": "aliases",
    "domains": "domains",
    "domain": "domains",
    "域名": "domains",
    "邮箱域名": "domains",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A product: its name, and where known its model and part number as printed; `aliases` are what customers say."""

    name: str
    model: str = ""
    part_no: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A customer: the full name, short names, and the mail domains that are theirs alone (lower case)."""

    name: str
    aliases: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """Both lists; empty when the company keeps none."""

    products: tuple[Product, ...] = ()
    customers: tuple[Customer, ...] = ()


NO_LISTS = Lists()


def read_catalog(raw: bytes, *, file: str) -> tuple[Product, ...]:
    """Read catalog.csv; `file` is the name used in messages. Raises FileProblems."""
    rows = _rows(raw, _CATALOG_HEAD, file)
    return tuple(
        Product(
            name=r["name"], model=r.get("model", ""), part_no=r.get("part_no", ""), aliases=_several(r.get("aliases"))
        )
        for r in rows
    )


def read_customers(raw: bytes, *, file: str) -> tuple[Customer, ...]:
    """Read customers.csv; `file` is the name used in messages. Raises FileProblems."""
    rows = _rows(raw, _CUSTOMER_HEAD, file)
    return tuple(
        Customer(
            name=r["name"],
            aliases=_several(r.get("aliases")),
            domains=tuple(d.casefold().lstrip("@") for d in _several(r.get("domains"))),
        )
        for r in rows
    )


def _several(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in _SEVERAL.split(text or "") if part.strip())


def _rows(raw: bytes, known: Mapping[str, str], file: str) -> list[dict[str, str]]:
    text, first = _text(raw, file), raw[:4096].split(b"\n", 1)[0]
    comma = max((",", ";", "\t"), key=lambda mark: first.count(mark.encode()))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=comma, strict=True)
    problems: list[Problem] = []
    rows: list[dict[str, str]] = []
    head: list[str] = []
    try:
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            if not any(stripped) or stripped[0].startswith("#"):
                continue
            if not head:
                head = _head(stripped, known, file, reader.line_num)
            elif wrong := _wrong(stripped, head):
                problems.append(Problem(file=file, line=reader.line_num, message=wrong))
            else:
                rows.append(dict(zip(head, stripped, strict=False)))
    except csv.Error as error:
        problems.append(Problem(file=file, line=reader.line_num, message=f"is no valid CSV line: {error}"))
    if problems:
        raise FileProblems(tuple(problems))
    return rows


def _text(raw: bytes, file: str) -> str:
    for charset in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(charset)
        except UnicodeDecodeError as error:
            line = raw[: error.start].count(b"\n") + 1
    raise FileProblems((Problem(file=file, line=line, message="is neither UTF-8 nor GBK text; save it as CSV UTF-8"),))


def _head(cells: Sequence[str], known: Mapping[str, str], file: str, line: int) -> list[str]:
    head = [known.get(cell.casefold(), "") for cell in cells]
    choices = ", ".join(dict.fromkeys(known))
    if unknown := [cell for cell, key in zip(cells, head, strict=True) if not key]:
        raise FileProblems(
            (Problem(file=file, line=line, message=f"the column {unknown[0]!r} is not known; known are {choices}"),)
        )
    if "name" not in head or len(set(head)) < len(head):
        message = (
            f"the first line must name each column once and hold one of {choices.split(',')[0]}, 产品名称, 客户名称"
        )
        raise FileProblems((Problem(file=file, line=line, message=message),))
    return head


def _wrong(cells: Sequence[str], head: Sequence[str]) -> str:
    if any(cells[len(head) :]):
        return f"has {len(cells)} cells, the first line names {len(head)}; put a cell that holds a comma in quotes"
    name = dict(zip(head, cells, strict=False)).get("name", "")
    return "" if len(name) > 1 else "the name is missing or has one character only"
