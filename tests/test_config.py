from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from mailbot.config import Config, Secret, load
from mailbot.core.rulefile import Model
from mailbot.errors import Permanent, Usage

EXAMPLE = Path(__file__).parent.parent / "config.example.toml"
TEXT = EXAMPLE.read_text("utf-8")


def written(folder: Path, text: str = TEXT, name: str = "config.toml") -> Path:
    (folder / name).write_text(text, "utf-8")
    return folder / name


def refused(folder: Path, text: str) -> str:
    with pytest.raises(Usage) as error:
        load(written(folder, text))
    return str(error.value)


def keys_of(model: type[Model], prefix: str = "") -> set[str]:
    keys: set[str] = set()
    for name, field in model.model_fields.items():
        if field.exclude:
            continue
        part: Any = field.annotation
        if isinstance(part, type) and issubclass(part, Model):
            keys |= keys_of(part, f"{field.alias or name}.")
        else:
            keys.add(prefix + name)
    return keys


def keys_in(text: str) -> set[str]:
    """Every key of the example, those in comments too."""
    keys, table = set(), ""
    for line in text.splitlines():
        if found := re.match(r"\[(\w+)\]", line):
            table = found[1]
        elif found := re.match(r"(?:# )?(\w+) = ", line):
            keys.add(f"{table}.{found[1]}")
    return keys


def test_the_example_is_valid_and_complete(tmp_path: Path) -> None:
    config = load(written(tmp_path))
    assert config.home == tmp_path
    assert keys_in(TEXT) == keys_of(Config)


def test_the_examples_commented_lines_are_valid_too(tmp_path: Path) -> None:
    for line in re.findall(r"^# (\w+ = .*)$", TEXT, re.M):
        key = line.split(" = ")[0]
        active = TEXT.replace(f"# {line}", line)
        if re.search(rf"^{key} = ", TEXT, re.M) and key in ("password", "path"):
            active = re.sub(
                rf"^{key} = (?!.*{re.escape(line.split(' = ')[1][:9])}).*\n", "", active, count=1, flags=re.M
            )
        place = written(tmp_path, active)
        load(place)


def test_what_the_example_says_to_be_usual_is_the_default() -> None:
    minimal = Config.model_validate(
        {
            "company": {"name": "A", "domains": ["a.example"]},
            "people": {"operator": "it@a.example"},
            "mailbox": {"kind": "maildir", "address": "c@a.example", "path": "mail"},
            "smtp": {"host": "smtp.a.example"},
        }
    )
    example = load(EXAMPLE)
    for part in ("book", "ledger", "schedule", "limits", "files", "log"):
        assert getattr(example, part) == getattr(minimal, part), part
    for part, keys in {
        "company": ("language", "number"),
        "smtp": ("port", "security", "in_doubt", "give_up_days"),
    }.items():
        for key in keys:
            assert getattr(getattr(example, part), key) == getattr(getattr(minimal, part), key)


def test_every_slip_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    text = TEXT.replace("poll_seconds = 30", "pol_seconds = 30").replace('language = "zh-CN"', 'language = "zh"')
    told = refused(tmp_path, text)
    number = {
        part: n for n, line in enumerate(text.splitlines(), 1) for part in ("pol_seconds", "language") if part in line
    }
    assert f"config.toml:{number['pol_seconds']}: schedule.pol_seconds is not a known key" in told
    assert "config.toml:6: company.language" in told
    assert len(told.splitlines()) == 2


@pytest.mark.parametrize(
    ("good", "bad", "why"),
    [
        ('operator = "it@company.example"', 'operator = "it"', "people.operator"),
        ("port = 993", "port = 99300", "mailbox.port"),
        ('summary = "08:30"', 'summary = "8:30"', "schedule.summary"),
        ('domains = ["company.example"]', "domains = []", "company.domains"),
        ('kind = "imap" ', 'kind = "maildir" ', 'kind = "maildir" needs path'),
        ('host = "imap.company.example"', 'host = ""', 'kind = "imap" needs host, user and password'),
        ('password = { env = "MAILBOT_IMAP_PASSWORD" }', 'password = { env = "A", file = "b" }', "exactly one of env"),
        ('password = { env = "MAILBOT_IMAP_PASSWORD" }', "password = {}", "exactly one of env"),
        ('number = "CP-{year}-{seq:06d}"', 'number = "{years}"', "may use {year} and {seq:06d} only"),
        ('number = "CP-{year}-{seq:06d}"', 'number = "CP-{year.x}-{seq}"', "may use {year} and {seq:06d} only"),
        ('number = "CP-{year}-{seq:06d}"', 'number = "CP-{year}-000001"', "must count"),
        ('number = "CP-{year}-{seq:06d}"', 'number = "{seq}"', "must give numbers like CP-2026-000123"),
        ('number = "CP-{year}-{seq:06d}"', 'number = "CP-{year}-{seq}"', "this gives CP-2026-1"),
    ],
)
def test_what_cannot_work_is_refused_with_a_line(tmp_path: Path, good: str, bad: str, why: str) -> None:
    assert good in TEXT
    told = refused(tmp_path, TEXT.replace(good, bad, 1))
    assert why in told
    assert re.match(r".*config\.toml:\d+: ", told)


def test_a_password_written_into_the_file_is_refused_and_not_repeated(tmp_path: Path) -> None:
    told = refused(tmp_path, TEXT.replace('password = { env = "MAILBOT_IMAP_PASSWORD" }', 'password = "hunter2"'))
    assert "mailbox.password" in told
    assert "hunter2" not in told


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(Usage, match="mailbot init"):
        load(tmp_path / "config.toml")


def test_paths_are_taken_from_the_files_folder(tmp_path: Path) -> None:
    config = load(written(tmp_path))
    assert config.path("rules") == tmp_path / "rules"
    assert config.path("/etc/rules") == Path("/etc/rules")
    assert config.ledger_url == f"sqlite:///{tmp_path}/data/ledger.sqlite3"


@pytest.mark.parametrize("url", ["sqlite:////var/l.sqlite3", "postgresql+psycopg://u@h/d"])
def test_a_whole_database_address_is_left_as_it_is(tmp_path: Path, url: str) -> None:
    config = load(written(tmp_path, TEXT.replace("sqlite:///data/ledger.sqlite3", url)))
    assert config.ledger_url == url


def test_a_password_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILBOT_TEST_PASSWORD", "hunter2")
    assert Secret(env="MAILBOT_TEST_PASSWORD").get() == "hunter2"
    monkeypatch.delenv("MAILBOT_TEST_PASSWORD")
    with pytest.raises(Permanent, match="MAILBOT_TEST_PASSWORD is not set"):
        Secret(env="MAILBOT_TEST_PASSWORD").get()


def test_a_password_comes_from_the_first_line_of_a_file(tmp_path: Path) -> None:
    written(tmp_path, "hunter2\nrest", "secret")
    assert Secret(file="secret").get(tmp_path) == "hunter2"
    written(tmp_path, "", "secret")
    with pytest.raises(Permanent, match="is empty"):
        Secret(file="secret").get(tmp_path)
    with pytest.raises(Permanent, match="cannot be read"):
        Secret(file="gone").get(tmp_path)


def test_a_password_comes_from_a_command() -> None:
    assert Secret(command="printf 'hunter2\\nrest'").get() == "hunter2"


@pytest.mark.parametrize("command", ["true", "false", "/no/such/program", "echo 'unclosed"])
def test_a_command_that_gives_no_password_is_told_without_its_output(command: str) -> None:
    with pytest.raises(Permanent, match="password command") as error:
        Secret(command=command).get()
    assert "config.toml" in str(error.value)


def test_a_password_file_others_may_read_is_refused(tmp_path: Path) -> None:
    text = TEXT.replace('password = { env = "MAILBOT_IMAP_PASSWORD" }', 'password = { file = "secret" }')
    place = written(tmp_path, "hunter2", "secret")
    place.chmod(0o644)
    assert f"chmod 600 {place}" in refused(tmp_path, text)
    place.chmod(0o600)
    assert load(tmp_path / "config.toml").mailbox.password == Secret(file="secret")
    place.unlink()
    load(tmp_path / "config.toml")
