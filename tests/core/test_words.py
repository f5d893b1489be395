"""Words said, denied, supposed, cited: in Chinese and English, and never a danger lost."""

from __future__ import annotations

import time
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.words import Index, Passage, Phrases, Sighting, Standing
from mailbot.mail.fold import fold

DANGERS = (
    "起火",
    "着火",
    "冒烟",
    "漏电",
    "触电",
    "受伤",
    "caught fire",
    "smoke",
    "spark",
    "hurt",
    "electric shock",
    "exploded",
)


def standings(text: str, *words: str) -> list[Standing]:
    passage = Passage(text, fold)
    return [s.standing for s in passage.sightings(Phrases(words or DANGERS, fold))]


SAID = [
    "插头起火了",
    "没想到被电到，触电了",
    "没用几天就冒烟",
    "不小心触电",
    "差点着火",
    "如果不是我及时拔掉插头就着火了",
    "顾客说家里差点着火",
    "不仅冒烟，插座也黑了",
    "按键没有反应，机身冒烟",
    "难道这不是漏电吗",
    "可怕，居然漏電",
    "It did not just smoke",
    "It EXPLODED on my nightstand",
    "The lamp does not work, smoke came out",
    "It would not switch off and caught fire",
    "顾客说“着火了”",
    "外箱有破损，打开就冒烟",
    "再晚一步就着火了",
    "it could have caught fire",
    "I'm afraid it caught fire",
    "I can't believe it caught fire",
    "On May 3 it exploded",
]
DENIED = [
    "没有起火",
    "也没有冒烟",
    "未发生漏电",
    "所幸无人受伤",
    "不漏电",
    "没有發生漏電",
    "漏电现象没有",
    "There was no smoke",
    "It never caught fire",
    "nobody was hurt",
    "an apology wouldn't hurt",
    "no sign of smoke",
    "亦都冇漏電",
    "唔係漏電",
]
SUPPOSED = [
    "如果起火怎么办",
    "万一漏电会出人命",
    "是不是漏电",
    "会不会着火",
    "担心漏电",
    "如果不处理，可能会起火",
    "before another child gets hurt",
    "请尽快处理，否则会起火",
    "it is going to catch a spark",
    "if it catches water, you could get an electric shock",
]
CITED = [
    "our former supplier's kettle caught fire",
    "以前用的那家供应商的水壶起火",
    "说明书上写着小心触电",
    "以前买别的牌子不是漏电就是坏",
    "The manual says: risk of electric shock",
    "The warning label mentions smoke",
    "说明书写着“请勿干转，否则会烧毁电机甚至引起触电”",
    "隔壁牌子的电暖器着火上了新闻",
    "Another brand recalled its kettles because of smoke",
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [(t, s) for s, ts in zip(Standing, (SAID, DENIED, SUPPOSED, CITED), strict=True) for t in ts],
)
def test_a_word_stands_as_it_is_meant(text: str, expected: Standing) -> None:
    assert standings(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "没有起火、冒烟",
        "没有起火冒烟",
        "没有漏电和起火",
        "There was no fire, smoke or sparks",
        "no smoke, spark or electric shock",
    ],
)
def test_a_denial_carries_through_an_enumeration(text: str) -> None:
    assert set(standings(text)) == {Standing.DENIED}


def test_a_denial_ends_with_its_clause() -> None:
    assert standings("没有起火，但是冒烟了") == [Standing.DENIED, Standing.SAID]
    assert standings("There was no spark, smoke was coming out") == [Standing.DENIED, Standing.SAID]


def test_what_is_fine_is_not_said() -> None:
    assert standings("尺寸、外观OK", "外观") == [Standing.DENIED]
    assert standings("产品本身没毛病", "产品") == [Standing.DENIED]
    assert standings("The voltage is normal", "voltage") == [Standing.DENIED]


def test_latin_words_match_whole_and_chinese_ones_anywhere() -> None:
    assert standings("a smoker's sparkling spark", "spark", "smoke") == [Standing.SAID]
    assert standings("two sparks", "spark") == [Standing.SAID]
    assert standings("我家冒烟", "冒烟") == [Standing.SAID]


def test_width_script_and_case_do_not_matter() -> None:
    assert standings("ＳＭＯＫＥ、觸電", "smoke", "触电") == [Standing.SAID, Standing.SAID]


def test_an_ellipsis_stands_for_a_few_characters_of_the_same_clause() -> None:
    assert standings("换一个新的", "换…新") == [Standing.SAID]
    assert standings("换，再说新的", "换…新") == []


@pytest.mark.parametrize("text", ["5个顾客", "三位顾客", "several customers", "12 customers", "好几个顾客"])
def test_a_number_sign_stands_for_two_or_more(text: str) -> None:
    assert standings(text, "#个顾客", "#位顾客", "# customers") == [Standing.SAID]


@pytest.mark.parametrize("text", ["1个顾客", "一个顾客", "one customer", "1 customers"])
def test_one_is_no_number_of_several(text: str) -> None:
    assert standings(text, "#个顾客", "# customers") == []


def test_a_word_inside_an_exempt_phrase_does_not_count() -> None:
    phrases = Phrases(("smoke",), fold, but_not=("smoke detector",))
    passage = Passage("The smoke detector shows smoke", fold)
    assert [s.start for s in passage.sightings(phrases)] == [25]


def test_the_longest_of_overlapping_words_wins() -> None:
    (seen,) = Passage("单号和订单号码", fold).sightings(Phrases(("订单号码", "单号码"), fold))
    assert seen == Sighting(word="订单号码", start=3, end=7, standing=Standing.SAID)


def test_the_sentence_of_a_word_is_shown_as_written() -> None:
    passage = Passage("您好。插頭冒煙了！\n謝謝", fold)
    (seen,) = passage.sightings(Phrases(("冒烟",), fold))
    assert passage.sentence(seen.start) == "插頭冒煙了！"


@given(st.text())
def test_the_folded_twin_has_the_same_length(text: str) -> None:
    passage = Passage(text, fold)
    assert len(passage.level) == len(text)
    for at in range(0, len(text), 7):
        start, end = passage.bounds(at)
        assert start <= at < end


@given(st.text(alphabet="没有起火冒烟、，。 不如果no smoke,.\n"))
def test_any_text_gives_sightings_in_order(text: str) -> None:
    seen = Passage(text, fold).sightings(Phrases(DANGERS, fold))
    assert all(a.end <= b.start for a, b in pairwise(seen))
    assert all(unicodedata.normalize("NFKC", s.word) == s.word for s in seen)


@pytest.mark.parametrize("piece", ["没有", "如果", "no ", "起火、", "不", "there was no fire, "])
def test_long_texts_take_time_in_proportion(piece: str) -> None:
    phrases = Phrases(DANGERS, fold)
    started = time.process_time()
    Passage(piece * (90_000 // len(piece)), fold).sightings(phrases)
    assert time.process_time() - started < 5


FAR = {
    "漏…地板": "漏了一二三四五六七八九地板",
    "leak…floor": "leak over the brand new oak floor",
    "#次": "dozens of 次",
    "won't…close": "will not abcdefghijklmnopqrstuv close",
    "can't stop": "can not stop",
    "hasn't work~": "has not workking",
    "(坏|碎)了#(个|只)": "碎了1,234,567只",
    "(他|她)的手": "她的手",
}


@pytest.mark.parametrize(("entry", "written"), FAR.items())
@pytest.mark.parametrize("around", ["", "。好，" * 300, "and so, " * 300])
def test_the_longest_a_form_can_be_is_found_wherever_it_stands(entry: str, written: str, around: str) -> None:
    """A text is searched only near the pieces of a form it has, so none may reach further than is thought."""
    text = f"{around}{written}。{around}{written}"
    at = [len(around), len(text) - len(written)]
    assert [s.start for s in Passage(text, fold).sightings(Phrases([entry], fold))] == at


PIECES = ("漏", "地板", "的", ",", "leak", "s", " ", "floor", "12", "次", "not", "does", "n't", "work", "一二三四五")


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_near_its_pieces_a_form_is_found_as_in_the_whole_text(text: str) -> None:
    entries = ["漏…地板", "leak~", "leak…floor", "#次", "doesn't", "work", "地板的", "(漏|的)地板", "#"]
    index = Index(fold)
    forms = [index.form(entry) for entry in entries]
    assert [index.hits(text).get(form, ()) for form in forms] == [tuple(form.spans(text)) for form in forms]
