"""Understanding whole mails: the corpus against its gold records, and what must hold for any mail."""

from __future__ import annotations

import json
import sys
import time
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailbot.core.model import MailKind
from mailbot.core.rulebook import Rules, load_rules
from mailbot.core.vocabulary import FIELD_KEYS
from mailbot.mail.fold import fold
from mailbot.mail.read import OwnAddresses
from mailbot.mail.record import as_record
from mailbot.mail.understand import Understanding, understand

TESTS = Path(__file__).parents[1]
CORPUS = TESTS / "corpus" / "complaints"
OWN = OwnAddresses(domains=frozenset({"huaxin-mfg.example", "huaxin-mfg.example.cn"}))


@cache
def shipped() -> Rules:
    return load_rules(lambda name: TESTS.parent / "rules" / name, fold)


@cache
def scored() -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The figures and differences of the whole corpus, by the scorer that lies beside it."""
    sys.path.insert(0, str(TESTS / "corpus"))
    try:
        import score
    finally:
        sys.path.pop(0)
    gold = score.read_gold(CORPUS)
    said = {name: as_record(understand((CORPUS / name).read_bytes(), OWN, shipped()), shipped()) for name in gold}
    figures: tuple[dict[str, Any], list[dict[str, Any]]] = score.score(gold, said)
    return figures


def a_mail(text: str, subject: str = "投诉", *files: str, sender: str = "who@customer.example") -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, "complaints@huaxin-mfg.example", subject
    mail["Date"], mail["Message-ID"] = "Tue, 10 Mar 2026 21:14:05 +0800", "<1@customer.example>"
    mail.set_content(text)
    for name in files:
        mail.add_attachment(b"x" * 30_000, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes()


def understood(text: str, subject: str = "投诉", *files: str) -> Understanding:
    return understand(a_mail(text, subject, *files), OWN, shipped())


@pytest.mark.parametrize(
    ("key", "goal"), [("kind", 0.98), ("severity", 0.95), ("nature", 0.95), ("department", 0.95), ("language", 0.98)]
)
def test_the_corpus_is_judged_as_its_gold_records(key: str, goal: float) -> None:
    figures, errors = scored()
    assert figures["accuracy"][key]["accuracy"] >= goal, [e for e in errors if e["key"] == key]


@pytest.mark.parametrize(("key", "goal"), [("fields_micro", 0.97), ("demand", 0.97), ("missing", 0.95)])
def test_the_corpus_is_read_as_its_gold_records(key: str, goal: float) -> None:
    figures, errors = scored()
    assert figures[key]["f1"] >= goal, [e for e in errors if e["key"].startswith(("fields.", key))]


def test_no_danger_of_the_corpus_is_missed_and_none_invented() -> None:
    _, errors = scored()
    assert [e for e in errors if e["key"] == "severity" and 3 in (e["gold"], e["predicted"])] == []


def test_a_record_has_the_keys_of_the_gold_records_and_says_why() -> None:
    gold = json.loads((CORPUS / "03-kettle-shock.json").read_text("utf-8"))
    record = as_record(understand((CORPUS / "03-kettle-shock.eml").read_bytes(), OWN, shipped()), shipped())
    assert gold.keys() - {"ambiguous", "notes"} <= record.keys()
    assert record["severity"] == 3
    assert record["reasons"]["danger to persons"]["sets"] == "critical"
    assert "HK-1801" in record["sources"]["model"]
    assert json.loads(json.dumps(record, ensure_ascii=False)) == record


def test_mail_of_a_machine_is_not_judged() -> None:
    said = understand((CORPUS / "26-bounce-qq.eml").read_bytes(), OWN, shipped())
    assert said.mail.kind is MailKind.BOUNCE
    assert said.verdict is None
    assert as_record(said, shipped())["severity"] == 0


def test_a_mail_that_is_no_complaint_says_what_it_is_and_is_judged_all_the_same() -> None:
    said = understood("想询价：暖风机200台，请提供报价单", "询价")
    assert (said.mail.kind, said.mail.kind_reason) == (MailKind.OTHER, "quotation or purchase")
    assert said.verdict is not None
    assert said.verdict.missing == ()
    assert not said.complains


@pytest.mark.parametrize("text", ["谢谢，新的收到了，装上了没问题，很满意", "Thank you, the replacement works great"])
def test_a_thank_you_does_not_complain(text: str) -> None:
    assert not understood(text, "Re: [CP-2026-000123]").complains


@pytest.mark.parametrize("text", ["昨天又坏了，我要退货", "It broke again yesterday"])
def test_a_new_grievance_in_a_reply_complains(text: str) -> None:
    assert understood(text, "Re: [CP-2026-000123]").complains


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("IMG_1.jpg", False),
        ("开箱视频.mp4", False),
        ("不良图片.zip", False),
        ("测试报告.pdf", False),
        ("list.xlsx", True),
        ("invoice.pdf", True),
    ],
)
def test_pictures_films_and_reports_count_as_photos(name: str, asked: bool) -> None:
    verdict = understood("灯坏了", "投诉", name).verdict
    assert verdict is not None
    assert ("photo" in verdict.missing) is asked


@pytest.mark.parametrize(
    ("text", "business"),
    [
        ("我司来料检验发现不良", True),
        ("Our incoming inspection found cracks", True),
        ("抽查后发现20个不亮", True),
        ("我买的灯不亮", False),
        ("My lamp is broken", False),
    ],
)
def test_a_business_is_told_from_a_person(text: str, business: bool) -> None:
    assert understood(text).is_business is business


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.sampled_from(
            [
                "型号：",
                "批号",
                "订单",
                "3月5日",
                "昨天",
                "¥1.2万",
                "5个",
                "起火",
                "没有",
                "HX-1",
                "0012",
                "\n",
                "\t",
                "，",
                "1/2",
                "Tel: +49 30",
                "有限公司",
                "order #",
                "of the",
                " ",
            ]
        )
        | st.text(max_size=12),
        max_size=40,
    )
)
def test_any_text_is_understood(pieces: list[str]) -> None:
    said = understand(a_mail("".join(p.encode("utf-8", "ignore").decode() for p in pieces)), OWN, shipped())
    assert said.verdict is not None
    assert set(said.mail.fields) <= set(FIELD_KEYS)
    json.dumps(as_record(said, shipped()))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_understood(raw: bytes) -> None:
    json.dumps(as_record(understand(raw, OWN, shipped()), shipped()))


@pytest.mark.parametrize(
    "piece", ["1", "批号:", "昨天", "3/5 ", "1,", "一", "订单1和", "100 of ", "没有", "A1-", "a@", "在a买 ", "Bob Bob "]
)
def test_a_very_long_mail_takes_time_in_proportion(piece: str) -> None:
    raw = a_mail(piece * (60_000 // len(piece)))
    started = time.process_time()
    understand(raw, OWN, shipped())
    assert time.process_time() - started < 8


def test_an_offer_nobody_asked_for_is_no_complaint() -> None:
    text = "We have 14 stands left. Book before 28 February and get a free entry. Worth a 10 minute call?"
    assert understood(text, "Your stand").mail.kind is MailKind.LIST
    assert (
        understood("Book a 10 minute call with your service? My lamp is broken", "Lamp").mail.kind is MailKind.COMPLAINT
    )


def test_many_pieces_show_that_a_company_writes() -> None:
    assert understood("30辆里有4辆车架掉漆").is_business
    assert not understood("买了2台，有1台不转").is_business


def test_our_own_case_number_is_no_model_and_no_order() -> None:
    raw = "From: a@b.example\nSubject: Re: CP-2026-000001\nContent-Type: text/plain; charset=utf-8\n\n"
    text = "CP-2026-000001 现在什么进度？型号HX-L11的货还没换。\n"
    said = understand((raw + text).encode(), OWN, shipped()).mail.fields
    assert said["model"].value == "HX-L11"
    assert "CP-2026-000001" not in {finding.value for finding in said.values()}
