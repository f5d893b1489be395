from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from builders import MONDAY, NUMBER, a_case, a_mail, a_reply

from mailbot.core.model import Case, Mailbox, MailKind, ReadMail
from mailbot.core.threads import (
    CASES_LOOKED_AT,
    Belonging,
    find_case,
    folded_subject,
    message_id,
    token_for,
    token_number,
)

SECRET = b"a secret of this installation"
FIRST = "<first@customer.example>"
FREEMAIL = frozenset({"qq.com", "gmail.com"})


@dataclass
class Book:
    """The ledger's three questions over a handful of cases."""

    cases: dict[str, Case] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    asked: int = 0

    def by_message_ids(self, ids: Iterable[str], /) -> Sequence[str]:
        return list(dict.fromkeys(self.ids[i] for i in ids if i in self.ids))

    def by_party(self, address: str, /) -> Sequence[str]:
        return [number for number, case in reversed(self.cases.items()) if address in case.parties]

    def get(self, number: str, /) -> Case | None:
        self.asked += 1
        return self.cases.get(number)


def a_book(*more: Case) -> Book:
    cases = (a_case(), *more)
    return Book(cases={case.number: case for case in cases}, ids={FIRST: NUMBER, "<ours@company.example>": NUMBER})


def find(mail: ReadMail, book: Book | None = None, **more: Any) -> Belonging:
    return find_case(mail, book or a_book(), SECRET, MONDAY + timedelta(days=2), freemail=FREEMAIL, **more)


def from_(address: str) -> dict[str, Mailbox]:
    return {"sender": Mailbox(address=address), "customer": Mailbox(address=address)}


def test_a_token_of_ours_joins_from_whatever_address() -> None:
    mail = a_reply("见附件", tokens=(token_for(NUMBER, SECRET).lower(),), **from_("private@qq.com"))
    assert find(mail) == Belonging(number=NUMBER, how="token")


@pytest.mark.parametrize(
    "token",
    [f"{NUMBER}-AAAAAAAAAAAAAAAA", NUMBER, "", "-", token_for("CP-2026-000124", SECRET), f"{NUMBER}-Ä", "K7Q2"],
)
def test_a_token_that_is_forged_or_of_no_case_proves_nothing(token: str) -> None:
    assert find(a_mail(tokens=(token,), subject="x", **from_("evil@evil.example"))) == Belonging()


def test_a_token_names_its_number_and_no_other() -> None:
    token = token_for(NUMBER, SECRET)
    assert token_number(f" {token.lower()} ", SECRET) == NUMBER
    assert token_number(token, b"another secret") is None
    assert token_number(token.replace("123-", "124-"), SECRET) is None


def test_a_message_id_carries_the_token_and_differs_by_letter() -> None:
    one, other = (message_id(token_for(NUMBER, SECRET), mark, "company.example") for mark in ("a", "b"))
    assert one != other
    assert one.startswith(f"<{NUMBER.lower()}.")
    assert token_for(NUMBER, SECRET).rpartition("-")[2].lower() in one
    assert one.endswith("@company.example>")


def test_a_reply_to_our_letter_joins() -> None:
    assert find(a_reply("好的", in_reply_to=("<ours@company.example>",))) == Belonging(number=NUMBER, how="headers")


def test_a_reply_to_the_customers_own_first_mail_joins() -> None:
    assert find(a_reply("补充", references=("<gone@x>", FIRST))).number == NUMBER


def test_the_number_from_a_known_party_joins() -> None:
    assert find(a_mail(numbers=(NUMBER,))) == Belonging(number=NUMBER, how="number")
    assert find(a_mail(f"关于{NUMBER}，还没有解决")).number == NUMBER


@pytest.mark.parametrize(
    "written", ["ＣＰ－２０２６－０００１２３", "cp-2026-000123", "CP–2026–000123", "CP‑2026‑000123"]
)
def test_a_number_joins_however_it_is_written(written: str) -> None:
    assert find(a_mail(f"编号{written}。")).number == NUMBER
    assert find(a_mail("见主题", numbers=(written,))).number == NUMBER


@pytest.mark.parametrize("text", ["CP-2026-0001234", "XCP-2026-000123", "CP-2026-00012", "2026-000123"])
def test_what_only_looks_like_the_number_joins_nothing(text: str) -> None:
    assert find(a_mail(f"订单 {text} 已付款", subject="付款")) == Belonging()


def test_a_stranger_who_quotes_a_number_or_a_message_joins_nothing() -> None:
    for mail in (
        a_mail(numbers=(NUMBER,), **from_("evil@evil.example")),
        a_mail(f"Re {NUMBER}", **from_("evil@evil.example")),
        a_mail(in_reply_to=(FIRST,), **from_("evil@evil.example")),
        a_mail(numbers=(NUMBER,), **from_("")),
        a_mail(numbers=(NUMBER,), **from_("customer.example")),
    ):
        assert find(mail) == Belonging(possibly=NUMBER)


def test_a_colleague_of_the_customer_joins() -> None:
    assert find(a_mail(numbers=(NUMBER,), **from_("Wang@CUSTOMER.example"))).number == NUMBER
    assert find(a_mail(numbers=(NUMBER,), **from_("wang@mail.customer.example"))) == Belonging(possibly=NUMBER)


def test_users_of_a_free_mail_service_are_no_colleagues() -> None:
    book = a_book()
    book.cases[NUMBER] = replace(book.cases[NUMBER], parties=("li@qq.com",), answer_to="li@qq.com")
    assert find(a_mail(numbers=(NUMBER,), **from_("other@qq.com")), book) == Belonging(possibly=NUMBER)
    assert find(a_mail(numbers=(NUMBER,), **from_("LI@qq.com")), book).number == NUMBER


def test_the_address_answers_go_to_is_known_too() -> None:
    book = a_book()
    book.cases[NUMBER] = replace(book.cases[NUMBER], parties=(), answer_to="New@qq.com")
    assert find(a_mail(numbers=(NUMBER,), **from_("new@qq.com")), book).number == NUMBER


def test_staff_may_name_any_case() -> None:
    mail = a_mail(numbers=(NUMBER,), **from_("sales@company.example"))
    assert find(mail, staff=True).number == NUMBER
    assert find(mail, staff=False) == Belonging(possibly=NUMBER)


def test_of_two_numbers_the_one_the_writer_is_known_in_wins() -> None:
    foreign = replace(a_case(), number="CP-2026-000007", parties=("x@other.example",), answer_to="")
    mail = a_mail(numbers=("CP-2026-000007", NUMBER))
    assert find(mail, a_book(foreign)) == Belonging(number=NUMBER, how="number")


def test_a_reply_that_lost_its_headers_joins_by_subject() -> None:
    assert find(a_reply("还是不亮", subject="回复：RE: 【外部】灯具 投诉".replace("【外部】", ""))).how == "subject"


def test_of_cases_with_one_subject_the_newest_is_meant() -> None:
    newer = replace(a_case(), number="CP-2026-000124")
    assert find(a_reply("还是不亮", subject="Re: 灯具投诉"), a_book(newer)).number == "CP-2026-000124"


def test_a_reply_with_another_subject_joins_the_only_open_case() -> None:
    assert find(a_reply("还是不亮", subject="您好")) == Belonging(number=NUMBER, how="sender")
    assert find(a_reply("还是不亮", subject="您好"), a_book(replace(a_case(), number="CP-2026-000124"))) == Belonging()


def test_a_closed_case_is_not_guessed() -> None:
    book = a_book()
    book.cases[NUMBER] = a_case("closed")
    assert find(a_reply("还是不亮", subject="您好"), book) == Belonging()


def test_a_new_complaint_joins_no_earlier_case_by_itself() -> None:
    assert find(a_mail("另外一件事", subject="开关投诉", message_id="<new@customer.example>")) == Belonging()
    assert find(a_reply("x", kind=MailKind.FOLLOW_UP, **from_(""))) == Belonging()


def test_a_second_mail_under_the_same_subject_joins_while_the_case_is_open() -> None:
    mail = a_mail("忘了说：外壳也裂了", message_id="<new@customer.example>")
    assert find(mail) == Belonging(number=NUMBER, how="subject")
    assert find(replace(mail, kind=MailKind.OTHER)) == Belonging(number=NUMBER, how="subject")
    assert find(replace(mail, kind=MailKind.LIST)) == Belonging()
    assert find(replace(mail, subject="")) == Belonging()
    assert find(a_mail("灯不亮", **from_("wang@customer.example"))) == Belonging()
    closed = a_book()
    closed.cases[NUMBER] = a_case("closed")
    assert find(mail, closed) == Belonging()


@pytest.mark.parametrize(
    ("known", "said", "joined"),
    [
        ({"order_no": "A1"}, {"order_no": "A2"}, False),
        ({"batch": "0407"}, {"batch": "0408"}, False),
        ({"order_no": "A1", "batch": "b 1"}, {"order_no": "A1", "batch": "B1"}, True),
        ({"order_no": "A1"}, {"model": "L-9"}, True),
        ({"product": "台灯"}, {"product": "落地灯"}, False),
        ({"product": "台灯"}, {"product": "LED台灯"}, True),
        ({"quantity": 3}, {"quantity": 5}, True),
    ],
)
def test_the_same_subject_about_other_goods_is_another_matter(
    known: dict[str, Any], said: dict[str, Any], joined: bool
) -> None:
    book = a_book()
    book.cases[NUMBER] = a_case(**known)
    assert bool(find(a_mail("灯不亮", fields=said), book).number) == joined
    assert find(a_reply("灯不亮", fields=said), book).number == NUMBER


def test_the_window_of_a_subject_begins_with_the_customers_last_mail() -> None:
    book, mail = a_book(), a_mail("还是不亮")
    when = MONDAY + timedelta(days=20)
    assert find_case(mail, book, SECRET, when) == Belonging()
    assert find_case(mail, book, SECRET, when, same_subject=timedelta(days=21)).number == NUMBER
    book.cases[NUMBER] = replace(a_case(), heard_at=MONDAY + timedelta(days=10))
    assert find_case(mail, book, SECRET, when).number == NUMBER


def test_an_old_case_is_not_guessed_from_its_subject() -> None:
    mail, when = a_reply("还是不亮", subject="灯具投诉"), MONDAY + timedelta(days=15)
    assert find_case(mail, a_book(), SECRET, when) == Belonging()


def test_a_mail_full_of_numbers_and_references_costs_a_few_questions() -> None:
    text = " ".join(f"AB-2026-{n:06d}" for n in range(5000))
    book = a_book()
    mail = a_mail(text, references=tuple(f"<{n}@x>" for n in range(5000)), **from_("evil@evil.example"))
    assert find(mail, book) == Belonging()
    assert book.asked <= CASES_LOOKED_AT
    crowd = Book(cases={f"CP-2026-{n:06d}": replace(a_case(), number=f"CP-2026-{n:06d}") for n in range(500)})
    assert find(a_reply("x", subject="您好"), crowd) == Belonging()
    assert crowd.asked <= CASES_LOOKED_AT


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Re: Re: Lamp broken", "lamp  broken"),
        ("答复: 转发：灯具投诉", "灯具投诉"),
        ("AW: [External] Lamp", "Lamp"),
        ("Fwd: [CP-2026-000123] Lamp", "lamp"),
    ],
)
def test_subjects_are_compared_without_what_mail_programs_add(one: str, other: str) -> None:
    assert folded_subject(one) == folded_subject(other)
