"""How each mail program quotes, forwards, signs and advertises: the forms in `forms/`, and what is new in each.

A block is `#### name | From or Subject`, the text as sent, `#### new`, the lines expected. A new form is a new block.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mailbot.core.model import ReadMail
from mailbot.mail.read import OwnAddresses, Parts, read_mail

FORMS = Path(__file__).parent / "forms"
OWN = OwnAddresses(domains=frozenset({"us.example"}))
Form = tuple[str, str, str, str]


def forms(name: str) -> list[Form]:
    text = (FORMS / name).read_text("utf-8")
    return re.findall(r"^#### (.+?) \| (.+)\n((?:.*\n)*?)#### new\n((?:.*\n)*?)(?=#### |\Z)", text, re.M)


def read(sender: str, subject: str, text: str) -> tuple[ReadMail, Parts]:
    head = f"From: {sender}\nTo: cs@us.example\nSubject: {subject}\nContent-Type: text/plain; charset=utf-8\n\n"
    return read_mail((head + text).encode(), OWN)


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


@pytest.mark.parametrize("form", forms("replies.txt"), ids=lambda form: form[0])
def test_what_is_new_in_an_answer_is_kept_and_all_else_is_removed_text(form: Form) -> None:
    _, sender, text, new = form
    mail, _ = read(sender, "Re: x", text)
    assert lines(mail.new_text) == lines(new)
    said = " ".join(mail.new_text.split() + mail.removed_text.split())
    assert set(text.replace("\ufeff", "").split()) <= set(said.split())


@pytest.mark.parametrize("form", forms("forwards.txt"), ids=lambda form: form[0])
def test_a_colleagues_forward_is_the_customers_in_the_form_of_each_program(form: Form) -> None:
    _, subject, text, new = form
    mail, _ = read("李雷 <lilei@us.example>", subject, text)
    assert (mail.forwarded_by, mail.customer.address) == ("lilei@us.example", "wang@c.example")
    assert lines(mail.new_text) == lines(new)


@pytest.mark.parametrize("name", ["replies.txt", "forwards.txt"])
def test_every_form_is_read_from_its_file(name: str) -> None:
    assert len(forms(name)) == (FORMS / name).read_text("utf-8").count("#### new")


@pytest.mark.parametrize("form", forms("forwards.txt"), ids=lambda form: form[0])
def test_a_strangers_forward_stays_the_strangers(form: Form) -> None:
    mail, _ = read("Ann <ann@x.example>", form[1], form[2])
    assert (mail.forwarded_by, mail.customer.address) == (None, "ann@x.example")
