"""The wheel as a user gets it: in an environment of its own, without the source, doing the main job."""

from __future__ import annotations

import shutil
import site
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from installation import ANSWER_SUBJECT, LAMP, Installation
from servers.dovecot import DOVECOT, Dovecot
from servers.smtp_sink import Sink
from stories.house import install

ROOT = Path(__file__).parents[2]
PARTS = ("mailbot", "sheets", "templates", "rules")
FILES = ("pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "config.example.toml")
pytestmark = pytest.mark.slow


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """The wheel and the environment it is installed in."""

    wheel: Path
    bin: Path

    def run(self, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        """Run `mailbot` there."""
        command = [str(self.bin / "mailbot"), *arguments]
        return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=100, check=False)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Built from a copy of the source, so that nothing is left behind in it; the packages it needs are lent to it."""
    root = tmp_path_factory.mktemp("wheel")
    for part in PARTS:
        shutil.copytree(ROOT / part, root / "source" / part, ignore=shutil.ignore_patterns("__pycache__"))
    for file in FILES:
        shutil.copyfile(ROOT / file, root / "source" / file)
    call("-m", "build", "--wheel", "--no-isolation", "--outdir", root, root / "source")
    (wheel,) = root.glob("*.whl")
    call("-m", "venv", "--without-pip", root / "venv")
    python = root / "venv" / "bin" / "python"
    call("-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index", wheel)
    (own,) = (root / "venv" / "lib").glob("python*/site-packages")
    # Named in a .pth, these packages can be imported; an editable install among them is not followed.
    (own / "lent.pth").write_text("\n".join(site.getsitepackages()))
    return Installed(wheel=wheel, bin=python.parent)


def call(*arguments: object) -> None:
    """Run a module of Python's own or of the test environment."""
    done = subprocess.run([sys.executable, *map(str, arguments)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_it_installs_two_packages_and_nothing_else_at_the_top(installed: Installed) -> None:
    names = zipfile.ZipFile(installed.wheel).namelist()
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"mailbot", "sheets"}
    assert not [name for name in names if "__pycache__" in name or ("/tests/" in name and name.endswith(".py"))]
    assert {"mailbot/py.typed", "sheets/py.typed", "mailbot/_shipped/config.example.toml"} <= set(names)


def test_every_rule_and_letter_of_the_source_is_in_it(installed: Installed) -> None:
    names = zipfile.ZipFile(installed.wheel).namelist()
    for part in ("rules", "templates"):
        files = {f"mailbot/_shipped/{path.relative_to(ROOT)}" for path in (ROOT / part).rglob("*") if path.is_file()}
        assert files == {name for name in names if name.startswith(f"mailbot/_shipped/{part}/")}


def test_what_runs_is_the_wheel_and_not_the_source(installed: Installed, tmp_path: Path) -> None:
    script = "import mailbot, sheets; print(mailbot.__file__, sheets.__file__)"
    command = [str(installed.bin / "python"), "-c", script]
    where = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout.split()
    assert all(Path(place).is_relative_to(installed.bin.parent) for place in where)


@pytest.mark.skipif(not Path(DOVECOT).exists(), reason="dovecot is not installed")
def test_from_an_empty_folder_to_the_first_answer(installed: Installed, tmp_path: Path) -> None:
    with Dovecot() as server, Sink() as sink:
        answers = ["--company", "Huaxin", "--address", server.user, "--imap", "127.0.0.1", "--smtp", "127.0.0.1"]
        made = installed.run("init", "--yes", *answers, "--operator", "it@example.test", cwd=tmp_path)
        assert made.returncode == 0, made.stdout + made.stderr
        assert (tmp_path / "register.xlsx").exists()
        # The people and the ports are what the operator fills in by hand.
        shutil.rmtree(tmp_path / "rules")
        (tmp_path / "config.toml").unlink()
        install(tmp_path, server, sink.port, {})
        here = Installation(folder=tmp_path, server=server, sink=sink, program=[str(installed.bin / "mailbot")])
        for command in (["rules", "check"], ["check"], ["run", "--once"]):
            done = here.mailbot(*command)
            assert done.returncode == 0, done.stdout + done.stderr
        server.deliver(LAMP)
        assert here.mailbot("run", "--once").returncode == 0
        assert any(ANSWER_SUBJECT in raw for raw in sink.accepted)


@pytest.mark.parametrize(("register", "left"), [("excel", "register.xlsx"), ("google", "register.html")])
def test_the_demo_plays_from_the_wheel(installed: Installed, tmp_path: Path, register: str, left: str) -> None:
    done = installed.run("demo", "--out", "demo", "--language", "en", "--register", register, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "demo" / left).exists()
