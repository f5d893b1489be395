"""`mailbot history` and `mailbot preview` as their user meets them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from builders import the_procedure
from installation import LAMP, Installation, installed
from servers.dovecot import DOVECOT

from mailbot.commands import preview
from mailbot.commands.case import told
from mailbot.commands.history import moment
from mailbot.core.model import Event
from mailbot.errors import Usage

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 5, 11, 1, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    if not Path(DOVECOT).exists():
        pytest.skip("dovecot is not installed")
    with installed(tmp_path_factory.mktemp("house")) as made:
        made.server.deliver(LAMP)
        assert made.mailbot("run", "--once").returncode == 0
        yield made


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("36h", NOW - timedelta(hours=36)),
        ("7d", NOW - timedelta(days=7)),
        ("2 w", NOW - timedelta(days=14)),
        ("2026-05-01", datetime(2026, 5, 1, tzinfo=SHANGHAI)),
        ("2026-05-01 09:30", datetime(2026, 5, 1, 9, 30, tzinfo=SHANGHAI)),
        ("2026-05-01T09:30+00:00", datetime(2026, 5, 1, 9, 30, tzinfo=UTC)),
    ],
)
def test_a_moment_is_read_as_operators_write_it(text: str, meant: datetime) -> None:
    assert moment(text, NOW, SHANGHAI) == meant


def test_what_is_no_moment_is_refused() -> None:
    with pytest.raises(Usage, match="yesterday"):
        moment("yesterday", NOW, SHANGHAI)


def test_the_history_tells_what_happened_to_all_cases(here: Installation) -> None:
    number = f"CP-{datetime.now(UTC):%Y}-000001"
    shown = here.mailbot("history", "--since", "1h").stdout
    assert number in shown
    assert "opened" in shown
    events = json.loads(here.mailbot("history", "--json").stdout)
    assert {event["case"] for event in events} == {number}
    assert json.loads(here.mailbot("history", "--since", "2999-01-01", "--json").stdout) == []
    assert here.mailbot("history", "--since", "soon").returncode == 2


@pytest.mark.parametrize(
    ("kind", "facts", "said"),
    [
        ("edited", {"column": "owner", "old": None, "new": "张三"}, "责任人: (empty) → 张三"),
        ("edited", {"column": "severity", "old": "normal", "new": "urgent"}, "严重程度: 一般 → 紧急"),
        (
            "changed",
            {"column": "first_answer_on", "old": None, "new": date(2026, 5, 12), "rules": "2026-01"},
            "首次答复: (empty) → 2026-05-12  [rules 2026-01]",
        ),
        (
            "stage_entered",
            {"stage": "root_cause", "visit": 2, "cleared": {"cause_main": "模具"}},
            "enters 原因分析, visit 2; 主要原因: 模具 → (empty)",
        ),
        ("mail_joined", {"from": "a@b.example", "filled": {"batch": "A1"}}, "批号: (empty) → A1"),
        ("edited", {"column": "scope", "old": None, "new": "300只\n在途0"}, "影响范围: (empty) → 300只 / 在途0"),
        ("staff_answer", {"text": "完成\n范围：无", "obeyed": True}, "text: 完成 / 范围：无, obeyed: True"),
        ("extended", {"new": NOW}, "new: 2026-05-11 09:00 CST"),
    ],
)
def test_a_change_is_told_with_what_stood_before_and_after(kind: str, facts: dict[str, object], said: str) -> None:
    event = Event(case="CP-2026-000001", at=NOW, actor="bot", kind=kind, facts=facts)
    assert told(event, the_procedure()).endswith(said)


def test_a_letter_is_previewed_from_a_case_without_being_sent(here: Installation) -> None:
    number = f"CP-{datetime.now(UTC):%Y}-000001"
    before = len(here.sink.accepted)
    done = here.mailbot("preview", "acknowledgement", "--case", number, "--out", "look")
    assert done.returncode == 0, done.stderr
    text = (here.folder / "look" / f"acknowledgement-{number}-en.txt").read_text("utf-8")
    assert text.startswith(f"[{number}]")
    assert "HX-L11" in text
    assert "HX-L11" in (here.folder / "look" / f"acknowledgement-{number}-en.html").read_text("utf-8")
    assert here.mailbot("run", "--once").returncode == 0
    assert len(here.sink.accepted) == before


def test_a_letter_is_previewed_with_examples_in_any_language(here: Installation) -> None:
    assert here.mailbot("preview", "plan", "--language", "zh-TW").returncode == 0
    assert "處理方案" in (here.folder / "plan-example-zh-TW.txt").read_text("utf-8")


@pytest.mark.parametrize("wrong", [["no_such"], ["plan", "--language", "tlh"], ["plan", "--case", "CP-2026-999999"]])
def test_what_does_not_exist_cannot_be_previewed(here: Installation, wrong: list[str]) -> None:
    done = here.mailbot("preview", *wrong)
    assert done.returncode == 2
    assert wrong[-1] in done.stderr + done.stdout


def test_without_a_browser_there_is_no_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preview, "BROWSERS", ("no-browser-of-this-name",))
    assert not preview._photographed(tmp_path / "page.html", tmp_path / "page.png")
