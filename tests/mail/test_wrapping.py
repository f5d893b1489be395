"""Lines that a mail program broke are read as one sentence; forms, lists and Chinese stay as they are."""

from __future__ import annotations

import pytest

from mailbot.mail.wrapping import flowing

BROKEN = (
    "I have no receipt as it was a present. If you could see your way to sending the\n"
    "price of it, that would be kind. My telephone number is below, please let it ring."
)


def test_a_sentence_that_a_program_broke_goes_on() -> None:
    assert "sending the price of it" in flowing(BROKEN)


@pytest.mark.parametrize(
    "text",
    [
        "Model: HX-220\nBatch: 2604C\nQuantity: 12",
        "A line of fifty characters, ended by the writer.\nThe next is much longer, and nobody but he ended it here.",
        "One paragraph of more than forty-five characters here\n\nand the next, after a gap of one line",
        "我们收到的这批货里面有十二台水泵完全不能启动，请尽快安排人员来厂处理，\n谢谢",
        "",
        "\n\n",
    ],
)
def test_what_a_writer_ended_stays(text: str) -> None:
    assert flowing(text) == text


def test_every_offset_stays() -> None:
    assert len(flowing(BROKEN)) == len(BROKEN)


def test_a_line_without_end_takes_no_time() -> None:
    assert flowing("Bob " * 100_000) == "Bob " * 100_000
