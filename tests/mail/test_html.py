"""HTML reads as a person would copy it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.mail.html import PICTURE, declared_charset, to_text


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<p>a<b>b</b> c</p><p>&nbsp;</p><div>x<br>y<br><br>z</div>", "ab c\n\nx\ny\n\nz"),
        ("<table><tr><td>批号</td><td><p>0012</p></td></tr><tr><td>a<td>b</table>after", "批号\t0012\na\tb\nafter"),
        ("<table><tr><td><table><tr><td>k</td><td>v</td></tr></table></td><td>x</td></tr></table>", "k\tv\nx"),
        ("<div style='display: none'>hidden</div>seen<style>p{}</style><script>x()</script>", "seen"),
        ("<ul><li>one<li>two</ul>", "- one\n- two"),
        ("<pre>  a\n   b</pre>", "  a\n   b"),
        ("<blockquote type=cite><p>q1<br>q2</p></blockquote>mine", "> q1\n> q2\nmine"),
        ("<blockquote style='margin:0 0 0 40px'>indented</blockquote>", "indented"),
        (
            "<a href='mailto:li@x.example'>Li</a>, <a href='mailto:li@x.example'>li@x.example</a>",
            "Li <li@x.example>, li@x.example",
        ),
        ("one&nbsp;two &lt;x&gt;", "one two <x>"),
        ("<td>loose</td> cell", "loose cell"),
        ("", ""),
        ("no markup at all", "no markup at all"),
    ],
)
def test_pages_read_as_text(page: str, text: str) -> None:
    assert to_text(page) == text


def test_a_picture_of_the_mail_leaves_a_mark_of_its_own_line() -> None:
    assert to_text("see <img src='cid:a@b'> here") == f"see\n{PICTURE}a@b\nhere"


def test_a_long_cell_is_a_paragraph() -> None:
    assert to_text(f"<table><tr><td>{'x' * 400}</td><td>y</td></tr></table>") == "x" * 400 + "\ny"


def test_the_meta_charset_is_found() -> None:
    assert declared_charset(b'<html><head><meta http-equiv="Content-Type" content="text/html; charset=GBK">') == "GBK"
    assert declared_charset(b"<p>none") == ""


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 20_000 + "x",
        "<table><tr><td>" * 500 + "x",
        "<!--" * 80_000,
        "<p>a</p>" * 100_000,
        "<blockquote type=cite>" * 3_000 + "x",
    ],
)
def test_hostile_pages_are_read_in_time(page: str) -> None:
    started = time.perf_counter()
    to_text(page)
    assert time.perf_counter() - started < 5


@given(st.text(alphabet="<>/abtdrp =\"'!-&;\n", max_size=200))
def test_no_page_raises(page: str) -> None:
    assert "\n\n\n" not in to_text(page)
