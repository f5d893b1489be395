"""The page that shows a sheet of the local Google: what people would see, and nothing that could be run."""

from __future__ import annotations

from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from gpeople import GooglePeople
from installed import TITLE, new_book, register_in
from register_contract import a_row
from selectolax.lexbor import LexborHTMLParser

from mailbot.demo.google.server import LocalGoogle


def test_the_page_shows_the_register_and_not_what_is_hidden(google: LocalGoogle, tmp_path: Path) -> None:
    book = new_book(google)
    register = register_in(google, book, tmp_path)
    register.write(register.read(), [a_row(1, description="<script>alert(1)</script>"), a_row(2, description="seen")])
    GooglePeople(google, book, TITLE).hide(3)
    with urlopen(google.page_of(book.id)) as answer:
        tree = LexborHTMLParser(answer.read().decode())
    cells = [cell.text() for cell in tree.css("td")]
    assert "<script>alert(1)</script>" in cells
    assert "seen" not in cells
    assert [title.text() for title in tree.css("h2")] == [TITLE]
    assert not tree.css("script")
    assert tree.css('meta[http-equiv="refresh"]')


def test_there_is_no_page_of_a_sheet_nobody_has(google: LocalGoogle) -> None:
    with pytest.raises(HTTPError, match="404") as caught:
        urlopen(google.page_of("none"))
    caught.value.close()
