"""The commands as a user meets them: what is said, and the exit status, when something is wrong. Never a traceback."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from installation import ANSWER_SUBJECT, LAMP, Installation, installed
from servers.dovecot import DOVECOT

pytestmark = pytest.mark.skipif(not Path(DOVECOT).exists(), reason="dovecot is not installed")

WORKED, WAITS, TO_CORRECT, HUMAN = 0, 1, 2, 3
QUOTATION = (
    b"From: Ann <ann@mailg.example>\r\nTo: bot@example.test\r\nSubject: Quotation\r\n"
    b"Message-ID: <price-1@mailg.example>\r\n\r\nPlease send me your price list.\r\n"
)
COMMANDS = (
    [],
    ["demo"],
    ["init"],
    ["check"],
    ["run"],
    ["parse"],
    ["status"],
    ["case"],
    ["mail"],
    *(["mail", verb] for verb in ("list", "show", "refile")),
    ["outbox"],
    *(["outbox", verb] for verb in ("show", "release", "resend", "sent", "drop")),
    ["report"],
    ["report", "daily"],
    ["rules"],
    ["rules", "check"],
    ["rules", "test"],
    ["rules", "simulate"],
)


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Installation]:
    with installed(tmp_path) as made:
        yield made


def refused(done: subprocess.CompletedProcess[str], status: int, *words: str) -> None:
    """The command ended with this status and said all of this, without a traceback."""
    said = done.stdout + done.stderr
    assert done.returncode == status, said
    assert "Traceback" not in said
    for word in words:
        assert word in said


def until(true: Callable[[], bool], seconds: float) -> float:
    """Wait until something is true; return how long it took."""
    start = time.monotonic()
    while not true():
        assert time.monotonic() - start < seconds
        time.sleep(0.05)
    return time.monotonic() - start


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_explains_itself(tmp_path: Path, command: list[str]) -> None:
    run = [sys.executable, "-m", "mailbot", *command, "--help"]
    done = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == WORKED
    assert "Usage: " in done.stdout
    assert not list(tmp_path.iterdir())


def test_a_missing_configuration_is_named_with_the_way_to_make_one(here: Installation) -> None:
    here.config.unlink()
    for command in (["run"], ["check"], ["status"], ["case", "CP-2026-000001"], ["outbox"], ["report", "daily"]):
        refused(here.mailbot(*command), TO_CORRECT, "config.toml", "mailbot init")


def test_unknown_keys_are_named_with_their_lines_all_at_once(here: Installation) -> None:
    here.change('folder = "INBOX"', 'foldr = "INBOX"')
    here.change("poll_seconds = 30", 'poll_seconds = "soon"')
    places = [f"config.toml:{here.line_of(key)}" for key in ("foldr", "poll_seconds")]
    refused(here.mailbot("run", "--once"), TO_CORRECT, "foldr", "poll_seconds", *places)


def test_a_wrong_password_is_reported_with_its_remedy_and_never_shown(here: Installation) -> None:
    (here.folder / "password").write_text("not-the-password\n")
    checked = here.mailbot("check")
    refused(checked, HUMAN, "mailbox", "password", "→")
    ran = here.mailbot("run", "--once")
    refused(ran, WAITS, "intake", "password")
    assert "not-the-password" not in checked.stdout + checked.stderr + ran.stdout + ran.stderr


def test_a_workbook_that_is_open_is_reported_with_who_has_it(here: Installation) -> None:
    here.server.deliver(LAMP)
    lock = here.somebody_opens_the_workbook("李经理")
    refused(here.mailbot("run", "--once"), WAITS, "李经理")
    assert here.sink.accepted
    lock.unlink()
    refused(here.mailbot("run", "--once"), WORKED)


def test_a_typing_mistake_in_a_rule_file_is_named_with_file_and_line(here: Installation) -> None:
    path = here.folder / "rules" / "severity.toml"
    path.write_text(path.read_text(encoding="utf-8") + '\n[[rule]]\nnam = "typo"\n', encoding="utf-8")
    place = f"severity.toml:{here.line_of('nam = ', 'rules/severity.toml')}"
    for command in (["rules", "check"], ["run", "--once"], ["check"]):
        refused(here.mailbot(*command), TO_CORRECT, place, "nam")


def test_a_rule_file_that_is_no_toml_is_named_with_the_line(here: Installation) -> None:
    (here.folder / "rules" / "nature.toml").write_text('version = "1"\n[[rule]\n', encoding="utf-8")
    refused(here.mailbot("rules", "check"), TO_CORRECT, "nature.toml:2")


def test_a_mistake_in_a_letter_keeps_the_daemon_from_starting_and_no_mail_is_parked(here: Installation) -> None:
    path = here.folder / "templates" / "en" / "acknowledgement.txt"
    good = path.read_text(encoding="utf-8")
    path.write_text(good + "{% if %}\n", encoding="utf-8")
    here.server.deliver(LAMP)
    place = f"acknowledgement.txt:{len(path.read_text(encoding='utf-8').splitlines())}"
    for command in (["rules", "check"], ["run", "--once"]):
        refused(here.mailbot(*command), TO_CORRECT, place)
    path.write_text(good, encoding="utf-8")
    refused(here.mailbot("run", "--once"), WORKED)
    assert any(ANSWER_SUBJECT in raw for raw in here.sink.accepted)


def test_what_check_passes_runs_and_what_it_does_not_pass_does_not(here: Installation) -> None:
    refused(here.mailbot("check"), WORKED)
    (here.folder / "register.xlsx").rename(here.folder / "aside.xlsx")
    refused(here.mailbot("check"), HUMAN, "missing", "mailbot init")
    refused(here.mailbot("run", "--once"), WAITS, "missing")
    (here.folder / "aside.xlsx").rename(here.folder / "register.xlsx")
    here.change('data = "data"', 'data = "config.toml"')
    refused(here.mailbot("check"), HUMAN, "[ledger] data")
    refused(here.mailbot("run", "--once"), TO_CORRECT, "[ledger] data")


@pytest.mark.parametrize("command", [["init", "--yes", "FILE"], ["demo", "--out", "FILE"]], ids=" ".join)
def test_a_file_is_not_taken_for_a_folder(tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "FILE").write_text("mine")
    run = [sys.executable, "-m", "mailbot", *command]
    refused(subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False), 2, "FILE")
    assert (tmp_path / "FILE").read_text() == "mine"


def test_what_does_not_exist_is_said_to_be_missing(here: Installation) -> None:
    refused(here.mailbot("case", "CP-2026-000999"), TO_CORRECT, "CP-2026-000999")
    refused(here.mailbot("outbox", "release", "7"), TO_CORRECT, "7")
    refused(here.mailbot("parse", "nowhere.eml"), TO_CORRECT, "nowhere.eml")
    refused(here.mailbot("demo", "--language", "tlh", "--out", str(here.folder / "demo")), TO_CORRECT, "tlh")
    refused(here.mailbot("init", "--yes", "--address", "nobody", str(here.folder / "new")), TO_CORRECT, "nobody")
    assert not (here.folder / "new").exists()


def test_a_round_shows_in_every_report(here: Installation) -> None:
    here.server.deliver(LAMP)
    refused(here.mailbot("run", "--once"), WORKED)
    number = f"CP-{datetime.now(ZoneInfo('Asia/Shanghai')):%Y}-000001"
    status = json.loads(here.mailbot("status", "--json").stdout)
    assert status
    case = json.loads(here.mailbot("case", number, "--json").stdout)
    assert case["values"]["model"] == "HX-L11"
    assert number in here.mailbot("case", number).stdout
    assert json.loads(here.mailbot("outbox", "--json").stdout) == []
    refused(here.mailbot("report", "daily"), WORKED, number)
    refused(here.mailbot("status"), WORKED)
    read = json.loads(here.mailbot("parse", "-", "--json", text=LAMP.decode()).stdout)
    assert read["fields"]["model"] == "HX-L11"


def test_a_mail_filed_by_a_human_becomes_a_case_while_the_daemon_runs(here: Installation) -> None:
    here.server.deliver(QUOTATION)
    refused(here.mailbot("run", "--once"), WORKED)
    assert "Quotation" in here.mailbot("mail", "list").stdout
    refused(here.mailbot("mail", "show", "1"), WORKED, "needs_human", "price list", "INBOX UID")
    refused(here.mailbot("mail", "refile", "1", "--to", "CP-2026-000999"), TO_CORRECT, "there is no case")
    refused(here.mailbot("mail", "refile", "1", "--as", "complaint"), WORKED, "run --once")
    refused(here.mailbot("status"), WORKED, "filed again in the next round: 1")
    here.change("poll_seconds = 30", "poll_seconds = 1")
    with here.start("run") as daemon:
        try:
            until(lambda: json.loads(here.mailbot("mail", "list", "--end", "new_case", "--json").stdout) != [], 30)
            refused(here.mailbot("mail", "list"), WORKED, "Mails: 0")
            refused(here.mailbot("mail", "refile", "1"), TO_CORRECT, "go on in the register")
        finally:
            daemon.terminate()


def test_a_second_daemon_is_turned_away_with_the_first_ones_number(here: Installation) -> None:
    with here.start("run") as first:
        try:
            until((here.folder / "data" / "mailbot.lock").exists, 20)
            until(lambda: (here.folder / "data" / "mailbot.lock").read_text().strip() == str(first.pid), 20)
            refused(here.mailbot("run", "--once"), TO_CORRECT, str(first.pid))
        finally:
            first.terminate()
    refused(here.mailbot("run", "--once"), WORKED)


def test_mail_wakes_the_daemon_and_a_termination_ends_it_at_once(here: Installation) -> None:
    here.change("poll_seconds = 30", "poll_seconds = 600")
    with here.start("run") as daemon:
        try:
            # IDLE has begun when Dovecot serves two sessions: the one that fetches and the one that watches.
            until(lambda: len(here.server.sessions()) >= 2, 20)
            time.sleep(1)
            here.server.deliver(LAMP)
            assert until(lambda: bool(here.sink.accepted), 10) < 10
        finally:
            daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(10) == WORKED
        assert daemon.stderr
        assert "Traceback" not in daemon.stderr.read()
    done = here.mailbot("run", "--once")
    refused(done, WORKED)
    assert len({raw.partition(b"Message-ID:")[2][:80] for raw in here.sink.accepted}) == len(here.sink.accepted)


def test_rules_are_tried_on_the_examples_init_has_left(here: Installation) -> None:
    refused(here.mailbot("rules", "test"), WORKED, "examples in 3 files")
    here.change('nature = "safety"', 'nature = "function"', "rules/tests/en.toml")
    line = here.line_of('nature = "function"', "rules/tests/en.toml")
    refused(here.mailbot("rules", "test"), TO_CORRECT, f"en.toml:{line}", "expected function, got safety", "because")
    here.change("[[example]]", "[[exmple]]", "rules/tests/en.toml")
    refused(here.mailbot("rules", "test"), TO_CORRECT, "en.toml:", "exmple is not a known key")
