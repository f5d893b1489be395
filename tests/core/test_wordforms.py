"""What may be written in a list of words: alternatives, endings, gaps, numbers, and English negations."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.wordforms import Form, WordError
from mailbot.mail.fold import fold


def found(entry: str, text: str) -> list[str]:
    folded = fold(text)
    return [folded[start:end] for start, end in Form(entry, fold).spans(folded)]


@pytest.mark.parametrize(
    ("entry", "text", "hits"),
    [
        ("电到(手|人)", "电到人了，又电到手", ["电到人", "电到手"]),
        ("(a |)fire", "a fire, fires", ["a fire", "fires"]),
        ("shock (at (you|him)|to)", "shock at him, shock to", ["shock at him", "shock to"]),
        ("leak~", "it leaks, leaked, is leaking, leaky; a leaker", ["leaks", "leaked", "leaking", "leaky", "leaker"]),
        ("leak~", "leakproof bleak", []),
        ("trip~", "tripped, tripping, strip", ["tripped", "tripping"]),
        ("arrive~", "arrives, arrived, arriving, arrival", ["arrives", "arrived", "arriving"]),
        ("(ship|arrive)~", "shipping, arriving", ["shipping", "arriving"]),
        ("doesn't work", "doesn't work, doesnt work, does not work", ["doesn't work", "doesnt work", "does not work"]),
        ("won't start", "it will not start, wont start", ["will not start", "wont start"]),
        ("can't", "I cannot, can't and can not", ["cannot", "can't", "can not"]),
        ("线…停了", "线昨天就停了", ["线昨天就停了"]),
        ("线…停了", "线，昨天停了", []),
        ("charge…to you", "charge the sorting cost to you", ["charge the sorting cost to you"]),
        ("#件", "12件、一件、1,200件", ["12件", "1,200件"]),
        ("dent", "an accident, two dents", ["dents"]),
        ("usb口", "usb口坏了", ["usb口"]),
    ],
)
def test_an_entry_finds_what_it_stands_for(entry: str, text: str, hits: list[str]) -> None:
    assert found(entry, text) == hits


@pytest.mark.parametrize("entry", ["(a|b", "a)", "", "…", "(a|)", "~"])
def test_an_entry_that_cannot_be_read_is_refused(entry: str) -> None:
    with pytest.raises(WordError):
        Form(entry, fold)


@given(st.text(alphabet="电到人手a fire…#~(|)n't", max_size=12), st.text(alphabet="电到人手a fire", max_size=40))
def test_hits_are_in_order_and_never_empty(entry: str, text: str) -> None:
    try:
        form = Form(entry, fold)
    except WordError:
        return
    spans = list(form.spans(text))
    assert all(start < end for start, end in spans)
    assert spans == sorted(spans)


@pytest.mark.parametrize("entry", ["线…停了", "#件…坏", "(a|an) … (b|c)", "leak~…(x|y)"])
def test_searching_a_long_text_takes_time_in_proportion(entry: str) -> None:
    form = Form(entry, fold)
    started = time.process_time()
    for piece in ("线", "1", "11件", "a ", "leak", "leak x"):
        list(form.spans(piece * 20_000))
    assert time.process_time() - started < 3
