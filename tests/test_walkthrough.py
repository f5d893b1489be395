"""The walkthrough for quality managers is played as it stands, in both languages: its edits, its commands, its outputs.

After a change of what the program prints: `python tests/test_walkthrough.py` writes the outputs into the pages anew.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from played_page import Player, alike, blocks, refreshed
from servers.smtp_sink import Sink
from stories.house import seat_people
from year.plant import MAILDIR

from mailbot.commands.init import Answers, set_up

DOCS = Path(__file__).parent.parent / "docs"
PAGES = {"en": DOCS / "walkthrough.md", "zh-CN": DOCS / "zh" / "walkthrough.md"}
NAMES = {"en": "Huaxin Manufacturing", "zh-CN": "华信制造"}


@contextmanager
def an_installation(folder: Path, language: str) -> Iterator[Player]:
    """What the pages begin with: `mailbot init` was run, a daemon is on."""
    if language == "zh-CN":
        seat_people(folder)
    answers = Answers(
        company=NAMES[language],
        address="complaints@huaxin.example",
        imap="127.0.0.1",
        smtp="127.0.0.1",
        operator="it@huaxin.example",
        language=language,
    )
    with Sink() as sink:
        set_up(folder, answers, ask=False)
        text = (folder / "config.toml").read_text(encoding="utf-8")
        here = {
            **MAILDIR,
            "port = 465": f"port = {sink.port}",
            'security = "tls"': 'security = "none"',
            '"complaints@huaxin.example"\npassword': '""\npassword',
            "poll_seconds = 30": "poll_seconds = 1",
            "quiet_seconds = 3": "quiet_seconds = 0",
        }
        for old, new in here.items():
            assert old in text, old
            text = text.replace(old, new)
        (folder / "config.toml").write_text(text, encoding="utf-8")
        for name in ("new", "cur", "tmp"):
            (folder / "Maildir" / name).mkdir(parents=True)
        player = Player(folder=folder)
        player.start()
        try:
            yield player
        finally:
            player.stop()


@pytest.mark.slow
@pytest.mark.parametrize("language", PAGES)
def test_the_walkthrough_shows_what_really_happens(tmp_path: Path, language: str) -> None:
    with an_installation(tmp_path, language) as player:
        player.play(PAGES[language].read_text(encoding="utf-8"))
    for block, came in player.shown:
        assert alike(block.text, came), f"the page shows\n{block.text}\nand this came\n{came}"


def test_both_pages_take_the_same_steps() -> None:
    """What is typed differs in language only: as many commands, edits and mails, in the same order."""
    kinds = [[block.kind for block in blocks(page.read_text(encoding="utf-8"))] for page in PAGES.values()]
    assert kinds[0] == kinds[1]


def main() -> None:
    """Write the outputs into the pages anew."""
    for language, page in PAGES.items():
        with tempfile.TemporaryDirectory() as folder, an_installation(Path(folder), language) as player:
            text = page.read_text(encoding="utf-8")
            player.play(text)
            page.write_text(refreshed(text, player.shown, player.folder), encoding="utf-8")


if __name__ == "__main__":
    main()
