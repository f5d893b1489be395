"""`mailbot google login`: consent in a browser becomes a file the register works with."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import pytest
from installed import new_book

from mailbot.demo.google.server import LocalGoogle
from sheets.google.login import begin, finish
from sheets.google.transport import SCOPES, Endpoints, connect
from sheets.register import Unreadable

BACK = "http://127.0.0.1:1/"


@pytest.fixture
def client(google: LocalGoogle, tmp_path: Path) -> Path:
    """The file of an OAuth client, as downloaded from the console."""
    said = {
        "client_id": "1",
        "client_secret": "2",
        "auth_uri": google.url + "/auth",
        "token_uri": google.url + "/token",
    }
    file = tmp_path / "client.json"
    file.write_text(json.dumps({"installed": said}))
    return file


def consent(url: str) -> str:
    """Allow it in a browser on this machine; where it ends up."""
    with urlopen(url) as answer:
        return str(answer.url)


def test_the_login_opens_the_sheet(google: LocalGoogle, client: Path, tmp_path: Path) -> None:
    login = begin(client, BACK, SCOPES)
    (tmp_path / "login.json").write_text(json.dumps(finish(login, google.tokens.consent(asked(login.url)))))
    endpoints = Endpoints(sheets=google.url, drive=google.url)
    assert connect(tmp_path / "login.json", endpoints=endpoints).version(new_book(google).id)


def test_a_login_made_for_less_is_told(google: LocalGoogle, client: Path, tmp_path: Path) -> None:
    """It was made before a folder in Drive was named."""
    login = begin(client, BACK, SCOPES)
    (tmp_path / "login.json").write_text(json.dumps(finish(login, google.tokens.consent(asked(login.url)))))
    endpoints = Endpoints(sheets=google.url, drive=google.url)
    with pytest.raises(Unreadable, match=r"login-ended: .*log in again"):
        connect(tmp_path / "login.json", endpoints=endpoints, files=True).version(new_book(google).id)


def asked(url: str) -> dict[str, list[str]]:
    """What the program asks for, as the page of consent reads it."""
    return parse_qs(urlsplit(url).query)


def test_only_the_answer_to_this_very_question_counts(google: LocalGoogle, client: Path) -> None:
    login, other = begin(client, BACK, SCOPES), begin(client, BACK, SCOPES)
    for address in (google.tokens.consent(asked(other.url)), BACK, f"{BACK}?state={login.state}&code=invented"):
        with pytest.raises(Unreadable, match="login-refused"):
            finish(login, address)
    with pytest.raises(Unreadable, match="access_denied"):
        finish(login, f"{BACK}?error=access_denied&state={login.state}")


def test_another_file_than_a_clients_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="no-key"):
        begin(tmp_path / "none.json", BACK, SCOPES)
    (tmp_path / "web.json").write_text('{"web": {}}')
    with pytest.raises(Unreadable, match="bad-key"):
        begin(tmp_path / "web.json", BACK, SCOPES)


@pytest.mark.parametrize("console", [False, True], ids=["a browser here", "a browser elsewhere"])
def test_the_command_keeps_the_login_where_the_configuration_says(
    google: LocalGoogle, client: Path, tmp_path: Path, console: bool
) -> None:
    config = configured(tmp_path, "login.json")
    command = [sys.executable, "-m", "mailbot", "google", "login", str(client), "--config", str(config)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen([*command, *(["--console"] if console else [])], text=True, **pipes) as running:  # type: ignore[call-overload]
        url = next(line for line in running.stdout if line.startswith(google.url))
        pasted = google.tokens.consent(asked(url.strip())) if console else consent(url)
        said, wrong = running.communicate(pasted + "\n" if console else None, timeout=30)
    assert running.returncode == 0, said + wrong
    kept = config.parent / "login.json"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert json.loads(kept.read_text())["refresh_token"] in google.tokens.logins


def configured(folder: Path, credentials: str) -> Path:
    """A configuration with a Google Sheet as the register."""
    source = Path(__file__).parents[2] / "config.example.toml"
    said = f'kind = "google"\nspreadsheet = "{"x" * 44}"\ncredentials = "{credentials}"'
    (folder / "config.toml").write_text(re.sub('kind = "excel"', said, source.read_text(encoding="utf-8"), count=1))
    return folder / "config.toml"


def test_the_key_of_a_service_account_is_never_overwritten(google: LocalGoogle, client: Path, tmp_path: Path) -> None:
    key = google.tokens.new_key_file(tmp_path / "key.json", google.url)
    before, config = key.read_bytes(), configured(tmp_path, "key.json")
    command = [sys.executable, "-m", "mailbot", "google", "login", str(client), "--config", str(config)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, key.read_bytes()) == (2, before)
    assert "something else than a login" in done.stderr
