"""Letters as customers and staff get them. `python tests/test_letters.py` writes the golden letters anew."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import opencc
import pytest
from selectolax.lexbor import LexborHTMLParser

from mailbot.core.model import Language
from mailbot.core.rulefile import read
from mailbot.errors import Permanent
from mailbot.letterfacts import one_line, some_lines
from mailbot.letters import CUSTOMER_KINDS, KINDS, STAFF_KINDS, Company, Letters, Rendered
from mailbot.wording import Words

ROOT = Path(__file__).resolve().parents[1]
SHIPPED = ROOT / "templates"
GOLDEN = Path(__file__).parent / "letters" / "golden"
GOLDEN_PAGES = (("acknowledgement", Language.ZH_CN), ("daily_summary", Language.ZH_TW), ("reminder", Language.EN))
EVERY = [(kind, language) for language in Language for kind in KINDS]
COMPANY = Company(
    name="华信制造有限公司",
    address="service@huaxin.example",
    phone="+86 755 8888 6666",
    signature="客户服务部",
    register="//files/quality/register.xlsx",
    names={Language.ZH_TW: "華信製造股份有限公司", Language.EN: "Huaxin Manufacturing Co., Ltd."},
    signatures={Language.ZH_TW: "客戶服務部", Language.EN: "Customer Service"},
)
SHANGHAI = ZoneInfo("Asia/Shanghai")
HOSTILE = (
    "{{123457*89123}}",
    "{% for c in ().__class__.__base__.__subclasses__() %}{% endfor %}",
    "${7*7}",
    "<%= 7*7 %>",
    "%(password)s",
    "{0.__class__}",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
)


def the_letters(*folders: Path, zone: ZoneInfo = SHANGHAI, **options: object) -> Letters:
    return Letters([*folders, SHIPPED], COMPANY, zone, **options)  # type: ignore[arg-type]


@cache
def shipped_letters() -> Letters:
    return the_letters()


def a_letter(kind: str, language: Language = Language.EN, **facts: object) -> Rendered:
    return shipped_letters().render(kind, language, shipped_letters().specimen(kind, language) | facts)


def seen(html: str) -> str:
    body = LexborHTMLParser(html).body
    assert body is not None
    return body.text(separator=" ")


def bare(text: str) -> str:
    return re.sub(r"[\s\-•>※:：·|]+", "", text)


@pytest.fixture(scope="module")
def written() -> dict[tuple[str, Language], Rendered]:
    letters = shipped_letters()
    return {each: letters.render(*each, letters.specimen(*each)) for each in EVERY}


def test_every_shipped_letter_passes_the_check():
    assert shipped_letters().check() == []


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_a_letter_reads_as_its_golden_copy(written, kind, language):
    letter = written[kind, language]
    assert f"{letter.subject}\n\n{letter.text}" == (GOLDEN / language / f"{kind}.txt").read_text("utf-8")


@pytest.mark.parametrize(("kind", "language"), GOLDEN_PAGES)
def test_a_page_is_set_as_its_golden_copy(written, kind, language):
    assert written[kind, language].html == (GOLDEN / language / f"{kind}.html").read_text("utf-8")


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_the_page_says_all_that_the_text_says(written, kind, language):
    letter = written[kind, language]
    page = bare(seen(letter.html))
    lines = [line for line in letter.text.splitlines() if bare(line).strip("—") and "|" not in line]
    assert [line for line in lines if bare(line) not in page] == []


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_the_page_asks_nothing_of_the_mail_program(written, kind, language):
    html = written[kind, language].html
    tree = LexborHTMLParser(html)
    assert tree.css("script, link, img, a, form, iframe, object, input, button, video, svg") == []
    assert not re.search(r"https?:|url\(|javascript:|expression\(|@import", html)
    assert f'<html lang="{language}">' in html
    assert all(node.attributes.get("style") for node in tree.css("p, h1, h2, td"))
    assert {line.split("{")[0].strip() for node in tree.css("style") for line in node.text().splitlines()[:1]} <= {
        "@media only screen and (max-width: 480px)"
    }
    assert len(html) < 100_000, "Gmail cuts longer mails"


@pytest.mark.parametrize(("kind", "language"), [(k, la) for k, la in EVERY if k in CUSTOMER_KINDS])
def test_a_customers_letter_carries_number_reference_and_sender(written, kind, language):
    letter = written[kind, language]
    assert letter.subject.startswith("[CP-2026-000123] ")
    for part in ("CP-2026-000123-K7Q2MXT4A9B3C5D6", COMPANY.speaking(language).name, "service@huaxin.example"):
        assert part in letter.text
        assert part in seen(letter.html)


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("kind", CUSTOMER_KINDS)
def test_a_customer_is_not_told_internal_judgements(kind, language):
    letter = a_letter(kind, language, severity="INTERNAL-SEVERITY", what="INTERNAL-TASK", reasons=("INTERNAL-REASON",))
    assert "INTERNAL" not in letter.subject + letter.text + letter.html


@pytest.mark.parametrize("language", list(Language))
def test_a_claim_is_only_received_and_somebody_will_get_in_touch(language):
    facts = shipped_letters().specimen("acknowledgement", language)
    letter = a_letter("acknowledgement", language, claim=True, safety=False)
    told = [value for _, value in facts["understood"]] + facts["missing"] + [what for what, _ in facts["promises"]]
    assert [each for each in told if each in letter.text] == []
    assert facts["owner"] in letter.text
    assert "CP-2026-000123" in letter.text


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("kind", [k for k in KINDS if k not in ("daily_summary", "monthly_report", "operator_alert")])
def test_a_letter_can_do_with_the_number_alone(kind, language):
    letter = shipped_letters().render(kind, language, {"number": "CP-2026-000001"})
    assert "None" not in letter.subject + letter.text + letter.html
    assert "\n\n\n" not in letter.text


def test_a_case_letter_without_a_number_is_refused():
    with pytest.raises(Permanent, match="acknowledgement"):
        shipped_letters().render("acknowledgement", Language.EN, {"customer_name": "Ann"})


def test_an_unknown_kind_is_refused():
    with pytest.raises(Permanent, match="no_such_letter"):
        shipped_letters().render("no_such_letter", Language.EN, {"number": "CP-1"})


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("kind", ["acknowledgement", "reminder", "emergency"])
def test_a_strangers_text_stays_text(kind, hostile):
    item = {"number": "CP-2026-000009", "customer": hostile, "product": hostile}
    facts = {"customer_name": hostile, "customer": hostile, "said": hostile, "understood": [("Product", hostile)]}
    letter = a_letter(kind, **facts, **({"items": (item,)} if kind == "reminder" else {}))
    assert hostile in letter.text
    assert hostile in seen(letter.html)
    assert LexborHTMLParser(letter.html).css("script, img") == []
    assert "11002858611" not in letter.text


def test_a_strangers_links_line_breaks_and_hidden_characters_do_not_travel():
    bait = "Kettle\r\nBcc: x@evil.example\u2028\u202e see http://evil.example/pay or www.evil.example or evil.example/x"
    letter = a_letter("acknowledgement", customer_name=bait, understood=[("Product", bait)])
    assert "evil.example/" not in letter.text
    assert "www." not in letter.text
    assert "Product: Kettle Bcc: x@evil.example see … or … or …" in letter.text
    assert "\u202e" not in letter.text + letter.html


def test_a_subject_is_one_short_line():
    letter = a_letter("emergency", product="x\nBcc: y@z.example " + "long " * 100)
    assert "\n" not in letter.subject
    assert len(letter.subject) <= 150


def test_text_is_cut_visibly_and_lines_for_staff_are_kept():
    assert one_line("a" * 30, 10) == "a" * 9 + "…"
    assert one_line("DN3.5/4 型, 3-4", 20) == "DN3.5/4 型, 3-4"
    assert some_lines("one\r\n  two\x00\n" + "x" * 50, 20) == "one\ntwo\n" + "x" * 11 + "…"


def test_a_reminder_counts_what_is_late_and_one_case_names_itself():
    two = a_letter("reminder")
    one = a_letter("reminder", items=({"number": "CP-2026-000007", "what": "decide", "late": "1 day overdue"},))
    assert two.subject == "Reminder: 2 complaints are waiting for you, 1 overdue"
    assert one.subject == "[CP-2026-000007] Reminder: decide, overdue"


def test_a_letter_of_a_thousand_cases_can_be_written_and_names_the_first_fifty():
    item = shipped_letters().specimen("reminder", Language.EN)["items"][0]
    many = a_letter("reminder", items=tuple({**item, "number": f"CP-2026-{n:06}"} for n in range(1000)))
    assert "1000 complaints" in many.subject
    for page in (many.text, seen(many.html)):
        assert "CP-2026-000049" in page
        assert "CP-2026-000050" not in page
        assert "and 950 more: see the register" in page


def test_a_company_label_wins_over_the_key():
    letters = the_letters(
        label=lambda axis, key, language: {"stage:root_cause": "Finding the cause"}.get(f"{axis}:{key}", key)
    )
    letter = letters.render("stage_news", Language.EN, {"number": "CP-1", "stage": "root_cause"})
    assert letter.subject == "[CP-1] News on your complaint: Finding the cause"
    assert "(acknowledgement)" in letters.render("held_letter", Language.EN, {"letter": "acknowledgement"}).text


WHEN = datetime(2026, 7, 3, 21, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "language", "expected"),
    [
        ("Asia/Shanghai", "zh-CN", "2026年7月4日 星期六 05:05（北京时间）"),
        ("Asia/Taipei", "zh-TW", "2026年7月4日（六）05:05（台北時間）"),
        ("Asia/Shanghai", "en", "Saturday, 4 July 2026, 05:05 (China time, UTC+8)"),
        ("Europe/Berlin", "en", "Friday, 3 July 2026, 23:05 (UTC+2)"),
        ("Asia/Kolkata", "en", "Saturday, 4 July 2026, 02:35 (UTC+5:30)"),
        ("America/St_Johns", "en", "Friday, 3 July 2026, 18:35 (UTC-2:30)"),
        ("UTC", "en", "Friday, 3 July 2026, 21:05 (UTC)"),
    ],
)
def test_a_time_is_local_and_names_its_zone(zone, language, expected):
    assert read(SHIPPED / language / "words.toml", Words).write_when(WHEN, ZoneInfo(zone)) == expected


def test_a_day_is_a_date_or_the_local_day_of_a_time():
    words = read(SHIPPED / "en" / "words.toml", Words)
    assert words.write_day(WHEN, SHANGHAI) == words.write_day(WHEN.astimezone(SHANGHAI).date(), SHANGHAI)
    assert words.write_day(WHEN, SHANGHAI) == "Saturday, 4 July 2026"


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(Permanent, match="no time zone"):
        a_letter("assignment", due=datetime(2026, 7, 3, 21, 5))


def test_the_languages_have_the_same_letters_words_and_labels():
    names = {la: {path.name for path in (SHIPPED / la).iterdir()} for la in Language}
    assert names[Language.ZH_CN] == names[Language.ZH_TW] == names[Language.EN]
    assert {f"{kind}.{end}" for kind in KINDS for end in ("txt", "html")} <= names[Language.EN]
    words = {la: read(SHIPPED / la / "words.toml", Words) for la in Language}
    assert words[Language.ZH_CN].words.keys() == words[Language.ZH_TW].words.keys() == words[Language.EN].words.keys()
    assert all(set(each.labels["letter"]) == {*CUSTOMER_KINDS, *STAFF_KINDS} for each in words.values())


@pytest.mark.parametrize(("language", "config", "shared"), [("zh-TW", "s2t", "台群"), ("zh-CN", "t2s", "")])
def test_each_chinese_is_written_in_its_own_characters(language, config, shared):
    text = "".join(path.read_text("utf-8") for path in sorted((SHIPPED / language).glob("*.[ht]*")))
    convert = opencc.OpenCC(config).convert
    foreign = {char for char in set(text) if convert(char) != char} - set(shared)
    assert foreign == set()


def test_taiwan_reads_its_own_words():
    text = "".join(path.read_text("utf-8") for path in sorted((SHIPPED / "zh-TW").glob("*.[ht]*")))
    assert [
        word
        for word in ("聯繫", "質量", "信息", "視頻", "回復", "郵箱", "默認", "反饋", "投訴", "臺賬", "台賬")
        if word in text
    ] == []


def write_golden() -> None:
    """Write the golden letters from the shipped templates and their specimens."""
    letters = shipped_letters()
    for kind, language in EVERY:
        folder = GOLDEN / language
        folder.mkdir(parents=True, exist_ok=True)
        letter = letters.render(kind, language, letters.specimen(kind, language))
        (folder / f"{kind}.txt").write_text(f"{letter.subject}\n\n{letter.text}", "utf-8")
        if (kind, language) in GOLDEN_PAGES:
            (folder / f"{kind}.html").write_text(letter.html, "utf-8")


if __name__ == "__main__":
    write_golden()
